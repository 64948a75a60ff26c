"""From events back to the state: a fold that needs neither playbook, clock nor database.

`apply` is the only place where a `CaseState` changes. `decide` uses `begin` and `change` while it writes an
event, so what is stored and what replay gives cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from tuoshan.core.case import CaseState, Clock, Event, HoldRun, Json, TaskRun, Trace, decode, moment_text

TRACED_KINDS = frozenset({"start", "act", "task", "correct", "step_back", "hold", "release", "record"})


def apply(case: CaseState, event: Event) -> CaseState:
    """The case after one more event. Raises ValueError when the event is not the next one."""
    if event.seq != case.seq + 1:
        raise ValueError(f"event {event.seq} does not follow {case.seq}")
    case = begin(case, event)
    for item in event.changes:
        case = change(case, item, event.at)
    return case


def replay(playbook: str, events: Iterable[Event]) -> CaseState:
    """The state that the events give, from nothing."""
    case = CaseState(playbook=playbook)
    for event in events:
        case = apply(case, event)
    return case


def begin(case: CaseState, event: Event) -> CaseState:
    """The header of an event: its number, its moment and the trace of who did what when."""
    actions = case.actions
    if event.kind in TRACED_KINDS:
        name = event.name if event.kind != "task" else f"task.{event.name}"
        actions = {**actions, name: actions.get(name, Trace()).again(event.at, event.actor.persons)}
    return replace(case, seq=event.seq, last_at=event.at, actions=actions)


def change(case: CaseState, item: Mapping[str, Json], at: datetime) -> CaseState:
    """One operation of an event. Unknown operations are refused: a newer file must not be half read."""
    match item["op"]:
        case "enter":
            return _enter(case, item, at)
        case "back":
            return replace(case, state=item["state"], moved={})
        case "facts":
            facts = {**case.facts, **{name: decode(value) for name, value in item["values"].items()}}
            return replace(case, facts={name: value for name, value in facts.items() if value is not None})
        case "clock":
            clock = Clock.from_json(item["clock"])
            return replace(case, clocks={**case.clocks, clock.key: clock})
        case "task":
            task = TaskRun.from_json(item["task"])
            return replace(case, tasks={**case.tasks, task.id: task})
        case "hold":
            return replace(case, hold=HoldRun.from_json(item["hold"]) if item["hold"] else None)
        case "assign":
            return replace(case, assigned={**case.assigned, item["party"]: item["person"]})
        case "settled":
            return replace(case, settled={**case.settled, item["fact"]: item["total"]})
        case "merged":
            return replace(case, merged_into=item["into"])
        case "acted":
            trace = case.actions.get(item["name"], Trace()).again(at, frozenset(item["by"]))
            return replace(case, actions={**case.actions, item["name"]: trace})
    raise ValueError(f"unknown operation {item['op']!r}")


def _enter(case: CaseState, item: Mapping[str, Json], at: datetime) -> CaseState:
    name = item["state"]
    entered = {**case.entered, name: case.entered.get(name, Trace()).again(at)}
    moved = {
        "action": item["action"], "from": case.state, "to": name, "at": moment_text(at),
        "seq": case.seq, "by_system": bool(item.get("by_system")), "due": item.get("due"),
    }  # fmt: skip
    return replace(case, state=name, entered=entered, moved=moved)
