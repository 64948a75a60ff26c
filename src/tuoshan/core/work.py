"""The desk on which one decision is written: the case so far, the open event, effects collected.

`Work` keeps the rule that every change goes through an event and `evolve`, on a copy of the case that is its own, so
the decided state is by construction the one that replay gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tuoshan.core import clocks, evolve
from tuoshan.core.case import (
    SYSTEM_ACTOR,
    Actor,
    Around,
    CaseState,
    Clock,
    Effect,
    Event,
    Json,
    Refusal,
    TaskRun,
)
from tuoshan.core.clocks import Plan, Step
from tuoshan.core.conditions import Expression, Value
from tuoshan.core.facts import encode
from tuoshan.core.playbook import Playbook
from tuoshan.core.scope import CaseScope
from tuoshan.core.worktime import WorkCalendar


class Refused(Exception):
    """Ends the judging of a command; nothing of it is kept."""

    def __init__(self, because: str, **data: Json) -> None:
        super().__init__(because)
        self.refusal = Refusal(because, data)


class Work:
    def __init__(self, playbook: Playbook, case: CaseState, now: datetime, around: Around) -> None:
        self.playbook = playbook
        self.case = case.copy()
        self.now = now
        self.around = around
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self._open: Event | None = None
        self._changes: list[Mapping[str, Json]] = []
        self._steps: dict[str, tuple[Clock, list[Step]]] = {}
        self._calendars: dict[str, WorkCalendar] = {}
        self._looked_up: dict[str, Value] = {}
        self._asked: set[str] = set()
        self._somebody: dict[tuple[int, str, frozenset[str]], bool] = {}

    # -- transaction of one command ---------------------------------------------------------------
    def mark(self) -> tuple[CaseState, int, int]:
        return self.case.copy(), len(self.events), len(self.effects)

    def return_to(self, mark: tuple[CaseState, int, int]) -> None:
        self.case, events, effects = mark
        del self.events[events:], self.effects[effects:]
        self._open = None

    # -- writing an event --------------------------------------------------------------------------
    def begin(self, kind: str, name: str, actor: Actor = SYSTEM_ACTOR, **given: Json) -> None:
        """Open an event. What its judging asked about other cases is kept with it, and nothing that an earlier one
        asked: which alarms go off in the same decision depends on the worker.
        """
        given["about"] = {name: encode(answer) for name, answer in self._looked_up.items() if name in self._asked}
        self.forget_asked()
        noted = {key: value for key, value in given.items() if value not in (None, {}, [], ())}
        self._open = Event(self.case.seq + 1, self.now, kind, name, actor, noted)
        self._changes = []
        evolve.begin(self.case, self._open)

    def forget_asked(self) -> None:
        """What was asked until now has led to nothing that is written, or is written already."""
        self._asked.clear()

    def change(self, op: str, **values: Json) -> None:
        evolve.change(self.case, self._noted({"op": op, **values}), self.now)

    def _noted(self, item: dict[str, Json]) -> dict[str, Json]:
        assert self._open is not None, "a change outside an event"
        self._changes.append(item)
        return item

    def note(self, **given: Json) -> None:
        """Add to the input of the open event what became known while it was written."""
        assert self._open is not None
        self._open = replace(self._open, input={**self._open.input, **given})

    def touched(self, expression: Expression) -> bool:
        """Whether the open event changed a fact or a piece of history that the expression reads."""
        assert self._open is not None
        names = {self._open.name}
        for change in self._changes:
            match change["op"]:
                case "facts":
                    names |= set(change["values"])
                case "enter" | "back":
                    names.add(change["state"])
                case "task":
                    names.add(change["task"]["name"])
        history = {part for _, name in expression.namespaces for part in (name, name.partition(".")[0])}
        return self._open.kind == "step_back" or bool(names & (set(expression.reads) | history))

    def end(self) -> None:
        assert self._open is not None
        done = self._open
        self.events.append(Event(done.seq, done.at, done.kind, done.name, done.actor, done.input, tuple(self._changes)))
        self._open = None

    # -- shorthands --------------------------------------------------------------------------------
    def calendar(self, plan: Plan) -> WorkCalendar:
        """The calendar on which a limit runs: its own, else the playbook's."""
        name = plan.limit.calendar or self.playbook.calendar
        if name not in self._calendars:
            self._calendars[name] = self.around.calendar(name)
        return self._calendars[name]

    def somebody(self, party: str, excluding: frozenset[str]) -> bool:
        """Whether somebody other than these holds the party, as the case stands; asked once for each event."""
        asked = (self.case.seq, party, excluding)
        if asked not in self._somebody:
            self._somebody[asked] = self.around.anyone(party, excluding, self.case)
        return self._somebody[asked]

    def steps_of(self, clock: Clock, plan: Plan) -> list[Step]:
        """What the clock has still to do, reckoned once for as long as this very clock stands in the case."""
        known = self._steps.get(clock.key)
        if known is None or known[0] is not clock:
            known = self._steps[clock.key] = (clock, clocks.steps(clock, plan, self.calendar(plan)))
        return known[1]

    def scope(self, overlay: Mapping[str, object] | None = None) -> CaseScope:
        return CaseScope(self.playbook, self.case, self.now, self.around, overlay or {}, self._looked_up, self._asked)

    def put_clock(self, clock: Clock) -> None:
        known = self.case.clocks.get(clock.key)
        if known is not clock and known != clock:
            self._noted({"op": "clock", "clock": clock.to_json()})
            evolve.put_clock(self.case, clock)

    def put_task(self, task: TaskRun) -> None:
        self._noted({"op": "task", "task": task.to_json()})
        evolve.put_task(self.case, task)

    def put_facts(self, values: Mapping[str, object]) -> None:
        if values:
            self.change("facts", values={name: encode(value) for name, value in values.items()})

    def effect(self, verb: str, **data: Json) -> None:
        seq = self.case.seq
        number = sum(effect.seq == seq for effect in self.effects)
        self.effects.append(Effect(verb, f"{seq}.{number}.{verb}", seq, data))
