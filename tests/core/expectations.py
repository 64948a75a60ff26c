"""What a hand-worked history expects, compared with what the kernel has done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.core.telling import Teller, local, typed

from tuoshan.core.case import Clock, Decision
from tuoshan.core.facts import decode
from tuoshan.core.possible import open_questions


def fired_steps(decision: Decision) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for event in decision.events:
        given = event.input
        if event.kind == "clock":
            step = str(given["step"]).rstrip("0123456789")
            key = _shown(str(given["clock"]))
            item: dict[str, object] = {"clock": key, "step": step, "due": given["due"], "at": event.at}
            item["to"] = list(given.get("to", ()))
            if step == "else":
                item |= {"action": given["action"], "refused": given["refused"]}
            found.append(item)
        elif event.kind in ("act", "release") and event.actor.kind == "system" and given.get("due"):
            clock = _shown(str(given.get("clock", f"hold:{event.name}#1")))
            step = "limit" if event.kind == "release" else "else"
            found.append({"clock": clock, "step": step, "action": event.name, "due": given["due"], "at": event.at})
    return found


def _same(name: str, wanted: object, found: object) -> bool:
    if name in ("due", "at", "moved_at"):
        at = datetime.fromisoformat(found) if isinstance(found, str) else found
        return local(wanted) == at
    return wanted == found


def check(teller: Teller, decision: Decision, expected: Mapping[str, Any], seq: int, at: datetime) -> None:
    for name, wanted in expected.items():
        match name:
            case "state":
                assert teller.case.state == wanted
            case "refused":
                _refused(decision, wanted)
            case "fired":
                _fired(fired_steps(decision), wanted)
            case "need":
                questions = open_questions(teller.playbook, teller.case, at, teller.company)
                found = decision.refusal.data["facts"] if decision.refusal else questions
                assert sorted(found) == sorted(wanted)
            case "marked":
                marked = bool(decision.events and decision.events[-1].input.get("late")) or any(
                    event.input.get("late") for event in decision.events
                )
                assert ("late" if marked else None) == wanted
            case "time":
                assert decision.events[-1].at == local(wanted)
            case "up_the_line":
                told = [event.input["up_the_line"] for event in decision.events if "up_the_line" in event.input]
                assert bool(told) == bool(wanted)
                assert not told or {**told[0], **wanted} == told[0]
            case "superior_task":
                _superior_task(teller, wanted)
            case "changed":
                _changed(decision, wanted)
            case "asked_about":
                kept = decision.events[-1].input.get("about", {}) if decision.events else {}
                assert {query: str(decode(answer)) for query, answer in kept.items()} == wanted
            case "passed_on":
                told = [effect.data for effect in decision.effects if effect.data.get("what") == "passed_on"]
                assert {data["person"]: data["to"] for data in told} == wanted
            case "tells":
                assert [effect.data["message"] for effect in decision.effects if effect.verb == "tell"] == wanted
            case "clocks" | "tasks" | "facts" | "log":
                final(teller, {name: wanted}, at)
            case _:
                raise AssertionError(f"the history expects something unknown: {name}")


def _changed(decision: Decision, wanted: list[str]) -> None:
    """The clocks that the event of recomputing names."""
    events = [event for event in decision.events if event.kind == "recompute"]
    keys = [_shown(key) for event in events for key in event.input["clocks"]]
    assert bool(events) == bool(wanted)
    assert sorted(keys) == sorted(wanted)


def _shown(key: str) -> str:
    """A clock's key as a history names it: `deadline:solve#1` is solve, `deadline:solve#1@B` is `solve of B`."""
    name, _, source = key.split(":", 1)[1].partition("@")
    name = name.partition("#")[0]
    return f"{name} of {source}" if source else name


def _superior_task(teller: Teller, wanted: Mapping[str, Any] | None) -> None:
    runs = [run for run in teller.case.tasks.values() if run.name == "else_refused"]
    if wanted is None:
        assert not runs
        return
    run = runs[-1]
    clock = teller.case.clocks[f"task:{run.id}"]
    assert (run.party, run.status, clock.due) == (wanted["for"], wanted["status"], local(wanted["due"]))


def _refused(decision: Decision, wanted: Any) -> None:
    if wanted is None:
        assert decision.refusal is None, decision.refusal
        return
    assert decision.refusal is not None, "it was taken"
    data = decision.refusal.data
    codes = wanted["because"] if isinstance(wanted["because"], list) else [wanted["because"]]
    assert decision.refusal.because in codes, decision.refusal
    for name, value in wanted.items():
        match name:
            case "because":
                pass
            case "moved_at":
                assert _same("moved_at", value, data["at"])
            case "fields":
                assert sorted(data["fields"]) == sorted(value)
            case "need":
                assert sorted(data["facts"]) == sorted(value)
            case "evidence":
                assert sorted(data["kinds"]) == sorted(value)
            case "tasks":
                assert sorted({str(t).partition("#")[0] for t in data["tasks"]}) == sorted(value)
            case "possible":
                assert sorted(data["possible"]) == sorted(value)
            case _:
                assert _same(name, value, data[name]), (name, data)


def _fired(found: list[dict[str, object]], wanted: list[Mapping[str, Any]]) -> None:
    assert [(f["clock"], f["step"]) for f in found] == [(w["clock"], w["step"]) for w in wanted], found
    for one, other in zip(found, wanted, strict=True):
        for name, value in other.items():
            assert _same(name, value, one.get(name)), (name, one)


def final(teller: Teller, expected: Mapping[str, Any], at: datetime) -> None:
    for name, wanted in expected.items():
        match name:
            case "state":
                assert teller.case.state == wanted
            case "clocks":
                for clock, particulars in wanted.items():
                    _clock(teller, clock, particulars, at)
            case "tasks":
                for task, status in wanted.items():
                    assert task_status(teller, task, status) == status, (task, teller.case.tasks)
            case "facts":
                for fact, value in wanted.items():
                    assert teller.case.facts.get(fact) == typed(teller.playbook.facts.get(fact), value), fact
            case "log":
                assert log(teller) == list(wanted)
            case "hold":
                assert (teller.case.hold.name if teller.case.hold else None) == wanted
            case "assigned":
                assert {**teller.case.assigned} == wanted
            case _:
                raise AssertionError(f"the history ends with something unknown: {name}")


def task_status(teller: Teller, name: str, wanted: object) -> object:
    base, _, key = name.partition("[")
    key = key.rstrip("]")
    runs = [run for run in teller.case.tasks.values() if run.name == base and (not key or run.key == key)]
    runs.sort(key=lambda run: (run.opened, run.run))
    ended = bool(teller.playbook.states[teller.case.state].end)
    states: list[object] = []
    for run in runs:
        if run.status == "lapsed":
            at_end = ended and run.closed == teller.case.last_at and "cancelled" not in str(wanted)
            states.append("lapsed" if at_end or "lapsed" in str(wanted) else "cancelled")
        else:
            states.append(run.outcome if run.status == "done" else "open")
    if isinstance(wanted, list):
        return states
    return states[-1] if states else None


def log(teller: Teller) -> list[str]:
    names = []
    for event in teller.events:
        mark = "*" if event.actor.kind == "system" else ""
        match event.kind:
            case "clock":
                continue
            case "task":
                run = teller.case.tasks[event.input["task"]]
                names.append(f"task {run.name}[{run.key}]" if run.key else f"task {run.name}")
            case "hold" | "release":
                names.append(f"{event.kind} {event.name}{mark}")
            case "record":
                names.append(event.name.replace("ask.", "ask "))
            case _:
                names.append(event.name + mark)
    return names


def _clock(teller: Teller, name: str, wanted: Mapping[str, Any] | None, at: datetime) -> None:
    name, _, source = name.partition(" of ")
    base, _, key = name.partition("[")
    runs = [
        clock for clock in teller.case.clocks.values()
        if clock.name == base and clock.adopted_from == source and (not key or f"[{key.rstrip(']')}]" in clock.key)
    ]  # fmt: skip
    if wanted is None:
        assert not runs
        return
    assert runs, f"no clock {name}"
    clock = max(runs, key=lambda item: (item.running, item.run))
    for what, value in wanted.items():
        found = clock_fact(clock, what, value, at)
        if what in ("paused_hours", "remaining_hours", "held_hours"):
            assert found == pytest.approx(value, abs=0.01), (name, what)
        else:
            is_moment = what in ("due", "ended", "started") and value
            assert found == (local(value) if is_moment else value), (name, what, clock)


def _hours(intervals: Any, at: datetime) -> float:
    return sum(((end or at) - begin).total_seconds() for begin, end in intervals) / 3600


def clock_fact(clock: Clock, what: str, value: object, at: datetime) -> object:
    match what:
        case "due":
            return clock.due
        case "ended" | "started":
            return getattr(clock, what)
        case "status":
            overdue = clock.ended is None and clock.due is not None and clock.due < at
            if clock.ended is not None:
                return "expired" if value == "expired" and "else" in clock.fired else "ended"
            if clock.held and clock.held[-1][1] is None:
                return "held"
            if clock.due is None:
                return "paused"
            return "expired" if overdue else "running"
        case "paused_hours":
            return _hours(clock.paused, at)
        case "held_hours":
            return _hours(clock.held, at)
        case "outcome":
            return clock.outcome or None
        case "calendar":
            return clock.calendar
        case "provisional":
            return clock.provisional
        case "recorded_late":
            return clock.recorded_late
        case "runs":
            return clock.run
        case "remaining_hours":
            return _remaining(clock, at)
    raise AssertionError(f"a clock has no {what}")


def _remaining(clock: Clock, at: datetime) -> float:
    """Elapsed clocks only: the duration less what has run."""
    units = {"hours": 1, "days": 24, "minutes": 1 / 60}
    total = timedelta(hours=float(Decimal(clock.amount)) * units[clock.unit])
    stopped = timedelta(hours=_hours(clock.paused, at) + _hours(clock.held, at))
    return (total - (at - clock.started - stopped)).total_seconds() / 3600
