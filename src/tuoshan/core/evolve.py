"""From events back to the state: a fold that needs neither playbook, clock nor database.

Here is the only place where a `CaseState` changes. `decide` uses `begin`, `change` and `put_clock` while it
writes an event, so what is stored and what replay gives cannot drift apart. These work on the state that they
are given; `apply` and `replay` leave theirs as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from tuoshan.core.case import CaseState, Clock, Event, HoldRun, Json, TaskRun, Trace
from tuoshan.core.facts import decode, moment_text

TRACED_KINDS = frozenset({"start", "act", "task", "correct", "step_back", "hold", "release", "record"})
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


def _enter(case: CaseState, item: Mapping[str, Json], at: datetime) -> None:
    name = item["state"]
    case.entered[name] = case.entered.get(name, _NEVER).again(at)
    case.moved = {
        "action": item["action"], "from": case.state, "to": name, "at": moment_text(at),
        "seq": case.seq, "by_system": bool(item.get("by_system")), "due": item.get("due"),
    }  # fmt: skip
    case.state = name
