"""Somebody who walks through a playbook: a plain company, a moved clock, commands sent to the kernel.

Required fields that a step does not give are filled with something plausible of their kind. Moments and dates may be
given as hours from the start. The clock starts on a Monday at 09:00.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from tuoshan.core import forms, judging, mending, timing
from tuoshan.core.case import Actor, Assignment, CaseState, Command, Decision, Effect, Event, Json
from tuoshan.core.decide import decide
from tuoshan.core.page import is_announced, is_told
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.work import Work
from tuoshan.core.worktime import WorkCalendar, round_the_clock, standard_cn

PLENTY = Decimal(100_000)
"""What a fact that bounds another has in a walk that does not name it."""

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


class WalkProblem(Exception):
    """A step that did not go as the walk says."""


@dataclass
class WalkAround:
    """The plain company of a walk: the playbook's own tables, every party is somebody."""

    tables: Mapping[str, object] = field(default_factory=dict)
    standard: WorkCalendar = field(default_factory=standard_cn)
    others: Mapping[str, object] = field(default_factory=dict)
    """What the other cases about the same thing come to."""

    def calendar(self, name: str) -> WorkCalendar:
        return round_the_clock() if name == "round_the_clock" else self.standard

    def table(self, name: str) -> object:
        return self.tables.get(name)

    def choose(self, party: str, case: CaseState) -> Assignment | None:
        return Assignment(f"the_{party}", {"walk": True})

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        return True

    def about(self, query: str, case: CaseState) -> Decimal:
        return Decimal(str(self.others.get(query, 0)))


@dataclass
class Walker:
    """Takes one walk step by step; also used by the simulation to act plausibly."""

    playbook: Playbook
    around: WalkAround = field(default_factory=WalkAround)
    now: datetime = BEGIN
    case: CaseState = field(init=False)
    last: Decision | None = None
    used: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    """Numbers of the events whose messages have left: a walk delivers at once."""
    notices: set[tuple[str, str, str]] = field(default_factory=set)
    """The warnings and late steps so far: `("warning1", "", "solve")`, `("late", "lead", "solve")`."""
    effects: list[Effect] = field(default_factory=list)
    """What the step just taken, and the system after it, has set going."""
    empty_handed: bool = False
    """Whether the step is taken without the evidence that it asks for."""

    def __post_init__(self) -> None:
        self.case = CaseState(self.playbook.key)

    # -- commands --------------------------------------------------------------------------------------
    def send(self, command: Command) -> Decision:
        decision = decide(self.playbook, self.case, command, self.now, self.around)
        self.case, self.last = decision.case, decision
        self.events += decision.events
        self.effects += decision.effects
        self.told += [effect.seq for effect in decision.effects if effect.verb == "tell"]
        for event in decision.events:
            step = str(event.input.get("step", "")) if event.kind == "clock" else ""
            if step.startswith("warn"):
                self.notices.add((f"warning{int(step.removeprefix('warn')) + 1}", "", event.name))
                self.notices |= {("warned", str(party), event.name) for party in event.input.get("to", ())}
            if step.startswith("late"):
                self.notices |= {("late", str(party), event.name) for party in event.input.get("to", ())}
        for event in decision.events:
            if event.kind == "act":
                self.used.add(event.name)
            if event.kind in ("correct", "step_back"):
                self.used.add(event.name)
            if event.kind == "act" and event.input.get("clock"):
                self.used.add(f"else:{event.name}")
        return decision

    def start(self, values: Mapping[str, object]) -> Decision:
        filled = self.fill(self.playbook.register, values)
        return self.send(Command("start", actor=Actor("customer", "customer", frozenset({"customer"})), values=filled))

    def fill(self, fields: tuple[Field, ...], values: Mapping[str, object]) -> dict[str, object]:
        """The given values in their kinds, and something plausible for each required one not given."""
        known = {item.name: item for item in fields}
        given = {name: self.typed(known.get(name) or self.playbook.facts.get(name), v) for name, v in values.items()}
        work = Work(self.playbook, self.case, self.now, self.around)
        for item in fields:
            if item.name not in given and item.required and forms.shown(item, work.scope(given)):
                given[item.name] = self.plausible(item)
        return given

    def typed(self, item: Field | None, value: object) -> object:
        if item is None:
            return value
        if item.kind in ("money", "number") and isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        if item.kind in ("date", "datetime") and isinstance(value, int | Decimal):
            at = BEGIN + timedelta(hours=float(value))
            return at.astimezone(ZoneInfo(self.around.calendar("").timezone)).date() if item.kind == "date" else at
        if item.kind in ("date", "datetime") and isinstance(value, str):
            at = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
            return at.date() if item.kind == "date" else at.astimezone(UTC)
        return value

    def plausible(self, item: Field) -> object:
        match item.kind:
            case "choice":
                return item.choices[0].value if item.choices else "one"
            case "choices":
                return [item.choices[0].value] if item.choices else ["one"]
            case "yes_no":
                return False
            case "money" | "number":
                bounds = any(item.name in other.ceilings for other in self.playbook.facts.values())
                paid_out = any(item.name in verb.amounts for one in self.playbook.actions.values() for verb in one.do)
                return PLENTY if bounds and not paid_out else Decimal(item.minimum or 1)
            case "date":
                return (self.now + timedelta(days=-1 if item.past else 1)).date()
            case "datetime":
                return self.now + timedelta(days=-1 if item.past else 1)
        return "某某"

    def actor_for(self, parties: tuple[str, ...], as_party: str = "", person: str = "") -> Actor:
        party = as_party or (parties[0] if parties else "staff")
        kinds: dict[str, Literal["person", "customer", "system"]] = {"customer": "customer", "system": "system"}
        kind = kinds.get(party, "person")
        return Actor(kind, person or f"the_{party}", frozenset({party, "staff"} if kind == "person" else {party}))

    def act(
        self, name: str, values: Mapping[str, object], as_party: str = "", person: str = "",
        ago: timedelta | None = None,
    ) -> Decision:  # fmt: skip
        """Take a step; `ago`: how long before now it really happened."""
        action = self.playbook.actions.get(name)
        if action is None:
            raise WalkProblem(f"there is no action {name}")
        fields = action.form
        if judging.corrects(action):
            form_values = {k: v for k, v in values.items() if k in {f.name for f in fields}}
            rest = {k: self.typed(self.playbook.facts.get(k), v) for k, v in values.items() if k not in form_values}
            filled = {
                **self.fill(tuple(f for f in fields if f.name != "changes"), form_values),
                "changes": rest,
            }
        else:
            filled = self.fill(fields, values)
        by = action.by
        if action.by_tier is not None:  # the amount may come with the form itself
            work = Work(self.playbook, self.case, self.now, self.around)
            by = (judging.tier_party(work, action, {**filled, **values}),)
        extra = self.untold() if action.back else {}
        command = Command(
            "act", name, self.actor_for(by, as_party, person), filled, self._evidence(action.evidence),
            at=None if ago is None else self.now - ago, events=tuple(self.events), extra=extra,
        )  # fmt: skip
        return self.send(command)

    def untold(self) -> dict[str, Json]:
        """What was told since the last transition and cannot be untold."""
        seq = int(self.case.moved.get("seq", 0))
        told = [number for number in self.told if number >= seq]
        return {"delivered": told} if seq and told else {}

    def task(
        self, name: str, key: str, outcome: str, values: Mapping[str, object], as_party: str = "", person: str = ""
    ) -> Decision:
        task = self.playbook.tasks.get(name)
        run = next((r for r in self.case.open_tasks() if r.name == name and (not key or r.key == key)), None)
        if run is None:
            raise WalkProblem(f"task {name} is not open in {self.case.state}")
        fields, evidence = (task.form, task.evidence) if task else ((), ())
        actor = self.actor_for((run.key or run.party,), as_party, person or f"the_{run.key or run.party}")
        attached = self._evidence(evidence)
        return self.send(Command("task", name, actor, self.fill(fields, values), attached, run.id, outcome))

    def _evidence(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if self.empty_handed:
            return ()
        return tuple("photo" if kind == "any" else kind.split("|")[0] for kind in kinds)

    def wait(self, span: timedelta) -> None:
        """Time passes; a prompt worker wakes the case whenever something is due."""
        until = self.now + span
        for _ in range(1000):
            step = self.last.wake_at if self.last else None
            if step is None or step >= until:
                break
            self.now = max(self.now, step + timedelta(seconds=1))
            if self.now > until:
                self.now = until
            self.send(Command("wake"))
        self.now = until
        self.send(Command("wake"))

    # -- what a walk may assert ------------------------------------------------------------------------
    def is_late(self, clock: str) -> bool:
        runs = [c for c in self.case.clocks.values() if c.name == clock]
        if not runs:
            raise WalkProblem(f"no clock {clock} has ever run")
        last = max(runs, key=lambda c: c.run)
        if last.ended is not None:
            return last.outcome == "late"
        return last.due is not None and last.due < self.now

    def is_kept(self, clock: str) -> bool:
        runs = [c for c in self.case.clocks.values() if c.name == clock]
        if not runs:
            raise WalkProblem(f"no clock {clock} has ever run")
        return max(runs, key=lambda c: c.run).outcome == "kept"

    def clock_is(self, clock: str, wanted: str) -> bool:
        runs = [c for c in self.case.clocks.values() if c.name == clock]
        last = max(runs, key=lambda c: c.run, default=None)
        if last is None:
            return wanted == "ended"
        found = "ended" if last.ended is not None else "paused" if last.due is None else "running"
        return found == wanted

    def is_shown(self, clock: str) -> bool:
        """Whether the page of the case tells of this clock, which runs or stands still."""
        runs = [one for one in self.case.clocks.values() if one.name == clock and one.ended is None]
        return bool(self.playbook.portal) and any(is_told(self.playbook, one) for one in runs)

    def is_hidden(self, fact: str) -> bool:
        """Whether the case holds this fact and, of us, supervisors alone see it."""
        known = self.playbook.facts.get(fact)
        return fact in self.case.facts and known is not None and known.supervisors_only

    def is_announced(self, phase: str) -> bool:
        """Whether the page of the case names this phase before the case comes to it."""
        return is_announced(self.playbook, phase)

    def is_awaited(self, party: str) -> bool:
        """Whether the case waits for this party."""
        return party in timing.awaited(self.playbook, self.case)

    def is_correctable(self, fact: str) -> bool:
        """Whether this fact may be put right afterwards."""
        return mending.not_correctable(self.playbook, [fact]) is None

    def is_word_of(self, party: str) -> bool:
        """Whether the step just taken is told as what this party said."""
        taken = next((event for event in reversed(self.events) if event.kind == "act"), None)
        action = self.playbook.actions.get(taken.name) if taken is not None else None
        return action is not None and action.speaks_for == party

    def has_told(self, party: str, message: str) -> bool:
        """Whether this message has just gone out to this party."""
        known = self.playbook.messages.get(message)
        out = any(effect.verb == "tell" and effect.data.get("message") == message for effect in self.effects)
        return out and known is not None and party in known.to

    def has_followed(self, verb: str, target: str) -> bool:
        """Whether a verb of `do` has just been done for whom or for what it names."""
        for effect in self.effects:
            assigned = effect.verb == "notify" and effect.data.get("what") == "assigned"
            if verb == ("assign" if assigned else effect.verb):
                named = effect.data.get("party" if assigned else "what" if verb == "carry_out" else "target")
                if named == target:
                    return True
        return False
