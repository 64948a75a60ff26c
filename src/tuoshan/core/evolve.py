"""From events back to the state: a fold that needs neither playbook, clock nor database.

Here is the only place where a `CaseState` changes. `decide` uses `begin`, `change` and `put_clock` while it
writes an event, so what is stored and what replay gives cannot drift apart. These work on the state that they
are given; `apply` and `replay` leave theirs as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from tuoshan.core.case import CaseState, Clock, Event, HoldRun, Json, TaskRun, Trace
from tuoshan.core.facts import decode, moment_text

TRACED_KINDS = frozenset({"start", "act", "task", "correct", "step_back", "hold", "release", "record"})
ENDS = ("from", "to")
"""Of the last step: where it began and where it led."""
_NEVER = Trace()


def apply(case: CaseState, event: Event) -> CaseState:
    """The case after one more event. Raises ValueError when the event is not the next one."""
    case = case.copy()
    _take_in(case, event)
    return case


def replay(playbook: str, events: Iterable[Event]) -> CaseState:
    """The state that the events give, from nothing."""
    case = CaseState(playbook=playbook)
    for event in events:
        _take_in(case, event)
    return case


def taken_back(events: Iterable[Event]) -> set[int]:
    """The numbers of the events among these that were stepped back from: they have not happened."""
    return {int(event.input["undone"]["seq"]) for event in events if event.kind == "step_back"}


def _take_in(case: CaseState, event: Event) -> None:
    if event.seq != case.seq + 1:
        raise ValueError(f"event {event.seq} does not follow {case.seq}")
    begin(case, event)
    for item in event.changes:
        change(case, item, event.at)


def begin(case: CaseState, event: Event) -> None:
    """The header of an event: its number, its moment and the trace of who did what when."""
    if event.kind in TRACED_KINDS:
        name = event.name if event.kind != "task" else f"task.{event.name}"
        case.actions[name] = case.actions.get(name, _NEVER).again(event.at, event.actor.persons)
    case.seq, case.last_at = event.seq, event.at


def change(case: CaseState, item: Mapping[str, Json], at: datetime) -> None:
    """One operation of an event. Unknown operations are refused: a newer file must not be half read."""
    match item["op"]:
        case "enter":
            _enter(case, item, at)
        case "back":
            case.state, case.moved = item["state"], {}
        case "facts":
            _give_facts(case, item["values"])
        case "clock":
            put_clock(case, Clock.from_json(item["clock"]))
        case "task":
            put_task(case, TaskRun.from_json(item["task"]))
        case "hold":
            case.hold = HoldRun.from_json(item["hold"]) if item["hold"] else None
        case "assign":
            case.assigned[item["party"]] = item["person"]
        case "settled":
            case.settled[item["fact"]] = item["total"]
        case "merged":
            case.merged_into = item["into"]
        case "renamed":
            _rename(case, item["states"], item["tasks"])
        case "acted":
            case.actions[item["name"]] = case.actions.get(item["name"], _NEVER).again(at, frozenset(item["by"]))
        case other:
            raise ValueError(f"unknown operation {other!r}")


def put_clock(case: CaseState, clock: Clock) -> None:
    """What the operation `clock` does, for whom the clock is at hand already."""
    case.clocks[clock.key] = clock


def put_task(case: CaseState, run: TaskRun) -> None:
    """What the operation `task` does, for whom the run is at hand already."""
    case.tasks[run.id] = run


def _give_facts(case: CaseState, values: Mapping[str, Json]) -> None:
    for name, value in values.items():
        if value is None:
            case.facts.pop(name, None)
        else:
            case.facts[name] = decode(value)


def _rename(case: CaseState, states: Mapping[str, str], tasks: Mapping[str, str]) -> None:
    """Another version of the playbook calls states and tasks otherwise: what happened is known by the new names."""
    names = {"state": states, "task": tasks}
    case.state = states.get(case.state, case.state)
    ends = {end: case.moved[end] for end in ENDS if end in case.moved}
    case.moved = {**case.moved, **{end: states.get(state, state) for end, state in ends.items()}}
    case.entered = _by_other_names(case.entered, states)
    case.actions = _by_other_names(case.actions, {f"task.{old}": f"task.{new}" for old, new in tasks.items()})
    for clock in list(case.clocks.values()):
        put_clock(case, replace(clock, name=names.get(clock.kind, {}).get(clock.name, clock.name)))
    for run in list(case.tasks.values()):
        put_task(case, replace(run, name=tasks.get(run.name, run.name)))


def _by_other_names(traces: Mapping[str, Trace], names: Mapping[str, str]) -> dict[str, Trace]:
    found: dict[str, Trace] = {}
    for name, trace in traces.items():
        new = names.get(name, name)
        found[new] = found[new].joined(trace) if new in found else trace
    return found


def _enter(case: CaseState, item: Mapping[str, Json], at: datetime) -> None:
    name = item["state"]
    case.entered[name] = case.entered.get(name, _NEVER).again(at)
    case.moved = {
        "action": item["action"], "from": case.state, "to": name, "at": moment_text(at),
        "seq": case.seq, "by_system": bool(item.get("by_system")), "due": item.get("due"),
    }  # fmt: skip
    case.state = name
