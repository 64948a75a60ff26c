"""The hand-worked histories of `histories/` against the kernel: events in, clocks and state out.

Each file holds one small playbook and stories told step by step, with what must be true after each; they
were worked out by hand from the rules of docs/playbooks.md (format in histories/README.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from tuoshan.core.case import Actor, Assignment, CaseState, Clock, Command, Decision, Event
from tuoshan.core.decide import decide
from tuoshan.core.evolve import replay
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.possible import open_questions
from tuoshan.core.reading import read_playbook
from tuoshan.core.worktime import DayOverride, WorkCalendar, standard_cn

HISTORIES = Path(__file__).parent / "histories"
ZONE = ZoneInfo("Asia/Shanghai")


def local(text: object) -> datetime:
    at = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
    return at.replace(tzinfo=ZONE).astimezone(UTC)


@cache
def load(path: Path) -> tuple[Playbook, Mapping[str, Any], list[Any]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    written = dict(content["playbook"])
    written["fields"] = {name: long_form(name, kind) for name, kind in written.pop("facts", {}).items()}
    text = yaml.safe_dump(written, allow_unicode=True, sort_keys=False)
    playbook, findings = read_playbook(text, path.name, {})
    assert playbook is not None, [str(finding) for finding in findings]
    return playbook, content.get("calendars", {}), content["histories"]


def long_form(name: str, kind: Any) -> dict[str, object]:
    """The histories write `grade: [normal, urgent]` and `known: yes/no`; a playbook spells its fields out."""
    label = f"{name} / {name}"
    if isinstance(kind, list):
        return {"kind": "choice", "label": label, "choices": {value: f"{value} / {value}" for value in kind}}
    if isinstance(kind, dict):
        return {"kind": "choices", "label": label, "choices": {value: f"{value} / {value}" for value in kind["list"]}}
    spelled = {"yes/no": "yes_no", "date and time": "datetime", "changes": "long_text"}
    return {"kind": spelled.get(kind, kind), "label": label}


def all_histories() -> Iterator[Any]:
    for path in sorted(HISTORIES.glob("*.yaml")):
        for number, history in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["histories"]):
            yield pytest.param(path, number, id=f"{path.stem}: {history['name']}")


@dataclass
class Company:
    """Who is who and which tables hold, as the history tells."""

    tables: dict[str, object] = field(default_factory=dict)
    people: Mapping[str, list[str]] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    calendars: dict[str, WorkCalendar] = field(default_factory=dict)

    def calendar(self, name: str) -> WorkCalendar:
        return self.calendars.get(name) or standard_cn()

    def set_calendars(self, given: Mapping[str, Any]) -> None:
        for name, told in given.items():
            base = self.calendars.get(name) or replace(standard_cn(), name=name, version="1")
            self.calendars[name] = calendar_of(base, told)

    def table(self, name: str) -> object:
        return self.tables.get(name)

    def choose(self, party: str, case: CaseState) -> Assignment | None:
        person = self.choices.get(party)
        return Assignment(person) if person else None

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        return self.people is None or bool(set(self.people.get(party, ())) - excluding)


def calendar_of(base: WorkCalendar, told: Mapping[str, Any]) -> WorkCalendar:
    """The version that follows `base`: its hours, and single days off or worked, as the history tells."""
    week, days = base.weekly, dict(base.overrides)
    if "hours" in told:
        hours = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in told["hours"])
        week = tuple(hours if shifts else () for shifts in week)
        days = {day: replace(one, shifts=hours if one.shifts else ()) for day, one in days.items()}
    else:
        hours = week[0]
    days |= {date.fromisoformat(day): DayOverride((), "") for day in told.get("closed", ())}
    days |= {date.fromisoformat(day): DayOverride(hours, "") for day in told.get("work", ())}
    official = (base.official_years or frozenset()) | frozenset(told.get("official", ()))
    return WorkCalendar(
        base.name, told.get("version", base.version), week, base.timezone, days, official, base.guessed_holidays
    )


@dataclass
class Teller:
    playbook: Playbook
    company: Company
    case: CaseState
    events: list[Event] = field(default_factory=list)
    keys: dict[str, Decision] = field(default_factory=dict)

    def send(self, command: Command, at: datetime) -> Decision:
        before = self.case
        decision = decide(self.playbook, self.case, command, at, self.company)
        self.case = decision.case
        self.events += decision.events
        assert replay(self.playbook.key, self.events) == self.case, "replaying the events gives the stored state"
        assert CaseState.from_json(self.case.to_json()) == self.case
        assert before.seq + len(decision.events) == self.case.seq
        return decision

    def typed(self, fields: Mapping[str, Field], values: Mapping[str, object]) -> dict[str, object]:
        return {name: typed(fields.get(name), value) for name, value in values.items()}


def typed(item: Field | None, value: object) -> object:
    if item is None or value is None:
        return value
    if item.kind in ("money", "number") and not isinstance(value, bool):
        try:
            return Decimal(str(value))
        except ArithmeticError:
            return value
    if item.kind == "datetime":
        return local(value)
    if item.kind == "date" and isinstance(value, str):
        return datetime.fromisoformat(value).date()
    return value


@pytest.mark.parametrize(("path", "number"), list(all_histories()))
def test_history(path: Path, number: int) -> None:
    playbook, calendars, histories = load(path)
    history = histories[number]
    start = history["start"]
    if start.get("superior"):
        parties = {name: replace(party, superior=start["superior"].get(name, party.superior))
                   for name, party in playbook.parties.items()}  # fmt: skip
        playbook = replace(playbook, parties=parties)
    company = Company(dict(start.get("tables", {})), start.get("people"), start.get("choose", {}))
    company.set_calendars({**calendars, **history.get("calendars", {})})
    given = [replace(playbook.facts[name], required=False) for name in start.get("facts", {})
             if name not in {item.name for item in playbook.register}]  # fmt: skip
    asked = [replace(item, required=False) for item in playbook.register]
    playbook = replace(playbook, register=(*asked, *given))
    teller = Teller(playbook, company, CaseState(playbook.key))
    facts = teller.typed(playbook.facts, start.get("facts", {}))
    actor = Actor("customer", "customer", frozenset({"customer"}))
    first = teller.send(Command("start", actor=actor, values=facts), local(start["at"]))
    if "expect" in start:
        check(teller, first, start["expect"], 0, local(start["at"]))
    else:
        assert first.refusal is None, first.refusal
    for step in history.get("steps", ()):
        take(teller, step)
    final(teller, history.get("finally", {}), local(_last_moment(history)))


def _last_moment(history: Any) -> object:
    moments = [
        step.get("at") or step.get("wake") for step in history.get("steps", ()) if "at" in step or "wake" in step
    ]
    return moments[-1] if moments else history["start"]["at"]


def take(teller: Teller, step: Any) -> None:
    if "set_table" in step:
        teller.company.tables.update(step["set_table"])
        return
    if "set_calendar" in step:
        teller.company.set_calendars(step["set_calendar"])
        return
    at = local(step.get("wake") or step["at"])
    seq = teller.case.seq
    repeated = step.get("idempotency") in teller.keys
    if "wake" in step:
        decision = teller.send(Command("wake"), at)
    elif step.get("idempotency") in teller.keys:
        decision = teller.keys[step["idempotency"]]
    else:
        decision = teller.send(command(teller, step), at)
        if "idempotency" in step:
            teller.keys[step["idempotency"]] = decision
    expected = dict(step.get("expect", {}))
    assert expected.pop("repeated", repeated) == repeated
    if "wake" not in step and "refused" not in expected:
        assert decision.refusal is None, f"{step}: {decision.refusal}"
    check(teller, decision, expected, seq, at)


def command(teller: Teller, step: Any) -> Command:
    playbook = teller.playbook
    word, _, name = step["do"].partition(" ")
    parties = frozenset(step.get("as", ()))
    by_system = "system" in parties or step.get("by") == "system"
    kind = "customer" if parties == {"customer"} else "system" if by_system else "person"
    actor = Actor(kind, step.get("by", "someone"), parties, step.get("for", ""))  # type: ignore[arg-type]
    fields = dict(playbook.facts)
    values = teller.typed(fields, step.get("values", {}))
    if isinstance(values.get("changes"), dict):
        values["changes"] = teller.typed(fields, values["changes"])
    evidence = tuple(step.get("evidence", ()))
    backdated = local(step["happened"]) if "happened" in step else None
    common = {"actor": actor, "values": values, "evidence": evidence, "at": backdated, "extra": step.get("extra", {}),
              "events": tuple(teller.events)}  # fmt: skip
    if word in playbook.actions and not name:
        return Command("act", word, **common)
    match word:
        case "task":
            name, _, key = name.partition("[")
            key = step.get("key", key.rstrip("]"))
            return Command("task", name, outcome=step.get("outcome", ""), key=key, **common)
        case "settle" | "fail":
            outcome = "settled" if word == "settle" else "failed"
            run = next(run for run in teller.case.open_tasks() if run.name == name)
            holder = replace(actor, parties=actor.parties | {run.party})
            return Command("task", name, outcome=outcome, **{**common, "actor": holder})
        case "ask" | "hold" | "release":
            return Command(word, name, **common)  # type: ignore[arg-type]
        case "correct" if "correct" not in playbook.actions:
            return Command("correct", "correct", **common)
        case "recompute":
            return Command("recompute", "recompute", **common)
        case "adopt":
            extra = {"from": step["from_case"], "clocks": [promise(*one) for one in step["promises"].items()]}
            return Command("adopt", "adopt", **{**common, "extra": extra})
        case "step_back" if "step_back" not in playbook.actions:
            return Command("step_back", **common)
    return Command("act", word, **common)


def promise(name: str, told: Mapping[str, Any]) -> object:
    """A clock as the merged case had it. `told`: the steps given there, as `late PARTY`."""
    amount, unit = told["within"].split(" ")
    fired = tuple(STEPS[one] for one in told.get("told", ()))
    clock = Clock(
        f"deadline:{name}#1", name, "deadline", 1, local(told["start"]), local(told["due"]), amount, unit, fired=fired
    )
    return clock.to_json()


STEPS = {"late lead": "late0"}


# -- what must be true ------------------------------------------------------------------------------------


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
                assert any(event.input.get("up_the_line") for event in decision.events) == bool(wanted)
            case "superior_task":
                _superior_task(teller, wanted)
            case "changed":
                _changed(decision, wanted)
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
