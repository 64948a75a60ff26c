"""The running case as the kernel sees it: frozen values and their JSON form.

Nothing here knows the database. `CaseState.to_json` is what is stored as the snapshot and what replaying
the events must give again. Moments are UTC with microseconds; in JSON they are ISO 8601 texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from tuoshan.core.facts import decode, encode, moment_text
from tuoshan.core.worktime import WorkCalendar

Json = Any

CommandKind = Literal[
    "start", "act", "task", "ask", "hold", "release", "correct", "step_back", "adopt", "disown", "record",
    "recompute", "wake", "migrate",
]  # fmt: skip
ClockKind = Literal["state", "deadline", "task", "hold"]
Interval = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: every party of the playbook that this actor holds in this case, and for whom (a delegate)."""

    kind: Literal["person", "customer", "system", "authority"]
    id: str = ""
    parties: frozenset[str] = frozenset()
    on_behalf_of: str = ""
    stands_in: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)
    """Of each party held only by standing in for the absent: for whom. Empty where `on_behalf_of` goes for all."""

    @property
    def persons(self) -> frozenset[str]:
        return frozenset(p for p in (self.id, self.on_behalf_of) if p)


SYSTEM_ACTOR = Actor("system", "system")


@dataclass(frozen=True, slots=True)
class Assignment:
    person: str
    reason: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clock:
    """One running or ended limit.

    `amount`/`unit` is the frozen duration (empty for `at` and for a given moment); `due` is None exactly
    while paused or held. `fired` lists the steps that have gone off: `warn0 …`, `else`, `late0 …`.
    `late_since` is set once the due moment has passed; `outcome` when it ended: kept, late or stopped
    (ended without being met: the state was left by the system, the case withdrawn). `not_before` holds the
    due moment off where a changed calendar would have put it into the past.
    """

    key: str
    name: str
    kind: ClockKind
    run: int
    started: datetime
    due: datetime | None
    amount: str = ""
    unit: str = ""
    fixed: datetime | None = None
    working: bool = False
    calendar: str = ""
    parties: tuple[str, ...] = ()
    paused: tuple[Interval, ...] = ()
    held: tuple[Interval, ...] = ()
    fired: tuple[str, ...] = ()
    provisional: bool = False
    adopted_from: str = ""
    ended: datetime | None = None
    last_due: datetime | None = None
    outcome: str = ""
    recorded_late: bool = False
    not_before: datetime | None = None

    @property
    def running(self) -> bool:
        return self.ended is None

    def to_json(self) -> Json:
        out: dict[str, Json] = {"key": self.key, "name": self.name, "kind": self.kind, "run": self.run}
        out["started"] = moment_text(self.started)
        for name in ("due", "fixed", "ended", "last_due", "not_before"):
            value = getattr(self, name)
            if value is not None:
                out[name] = moment_text(value)
        for name in ("amount", "unit", "calendar", "adopted_from", "outcome"):
            if getattr(self, name):
                out[name] = getattr(self, name)
        for name in ("working", "provisional", "recorded_late"):
            if getattr(self, name):
                out[name] = True
        if self.parties:
            out["parties"] = list(self.parties)
        if self.fired:
            out["fired"] = list(self.fired)
        for name in ("paused", "held"):
            if getattr(self, name):
                out[name] = [[moment_text(a), moment_text(b) if b else None] for a, b in getattr(self, name)]
        return out

    @staticmethod
    def from_json(data: Json) -> Clock:
        def when(name: str) -> datetime | None:
            return datetime.fromisoformat(data[name]) if name in data else None

        def spans(name: str) -> tuple[Interval, ...]:
            return tuple(
                (datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in data.get(name, ())
            )

        return Clock(
            key=data["key"], name=data["name"], kind=data["kind"], run=data["run"],
            started=datetime.fromisoformat(data["started"]), due=when("due"), amount=data.get("amount", ""),
            unit=data.get("unit", ""), fixed=when("fixed"), working=data.get("working", False),
            calendar=data.get("calendar", ""), parties=tuple(data.get("parties", ())), paused=spans("paused"),
            held=spans("held"), fired=tuple(data.get("fired", ())), provisional=data.get("provisional", False),
            adopted_from=data.get("adopted_from", ""), ended=when("ended"), last_due=when("last_due"),
            outcome=data.get("outcome", ""), recorded_late=data.get("recorded_late", False),
            not_before=when("not_before"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One run of a task, `name#run` or `name[key]#run` with `each`."""

    id: str
    name: str
    run: int
    party: str
    opened: datetime
    key: str = ""
    status: Literal["open", "done", "lapsed"] = "open"
    outcome: str = ""
    closed: datetime | None = None
    by: str = ""
    about: str = ""

    def to_json(self) -> Json:
        out: dict[str, Json] = {"id": self.id, "name": self.name, "run": self.run, "party": self.party}
        out["opened"] = moment_text(self.opened)
        out["status"] = self.status
        for name in ("key", "outcome", "by", "about"):
            if getattr(self, name):
                out[name] = getattr(self, name)
        if self.closed is not None:
            out["closed"] = moment_text(self.closed)
        return out

    @staticmethod
    def from_json(data: Json) -> TaskRun:
        closed = datetime.fromisoformat(data["closed"]) if "closed" in data else None
        return TaskRun(
            id=data["id"], name=data["name"], run=data["run"], party=data["party"],
            opened=datetime.fromisoformat(data["opened"]), key=data.get("key", ""), status=data["status"],
            outcome=data.get("outcome", ""), closed=closed, by=data.get("by", ""), about=data.get("about", ""),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HoldRun:
    name: str
    since: datetime
    by: str = ""
    waiting_else: tuple[str, ...] = ()

    def to_json(self) -> Json:
        out: dict[str, Json] = {"name": self.name, "since": moment_text(self.since), "by": self.by}
        if self.waiting_else:
            out["waiting_else"] = list(self.waiting_else)
        return out

    @staticmethod
    def from_json(data: Json) -> HoldRun:
        return HoldRun(
            data["name"],
            datetime.fromisoformat(data["since"]),
            data["by"],
            tuple(data.get("waiting_else", ())),
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """What the history knows of one action or state: how often, first and last moment, by whom (persons)."""

    times: int = 0
    first: datetime | None = None
    last: datetime | None = None
    by: tuple[str, ...] = ()

    def again(self, at: datetime, persons: frozenset[str] = frozenset()) -> Trace:
        return Trace(self.times + 1, self.first or at, at, tuple(sorted(set(self.by) | persons)))

    def joined(self, other: Trace) -> Trace:
        """Two histories as one."""
        firsts = [one for one in (self.first, other.first) if one]
        lasts = [one for one in (self.last, other.last) if one]
        return Trace(
            self.times + other.times, min(firsts, default=None), max(lasts, default=None),
            tuple(sorted({*self.by, *other.by})),
        )  # fmt: skip

    def to_json(self) -> Json:
        out: dict[str, Json] = {"times": self.times}
        if self.first and self.last:
            out["first"], out["last"] = moment_text(self.first), moment_text(self.last)
        if self.by:
            out["by"] = list(self.by)
        return out

    @staticmethod
    def from_json(data: Json) -> Trace:
        when = [datetime.fromisoformat(data[name]) if name in data else None for name in ("first", "last")]
        return Trace(data["times"], when[0], when[1], tuple(data.get("by", ())))


@dataclass(slots=True)
class CaseState:
    """Everything that deciding needs to know of a case; `seq` is the number of its last event.

    Only `evolve` changes one, and only a copy that nobody else holds: a decision makes its own at the beginning.
    """

    playbook: str
    state: str = ""
    seq: int = 0
    last_at: datetime | None = None
    facts: dict[str, object] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    tasks: dict[str, TaskRun] = field(default_factory=dict)
    hold: HoldRun | None = None
    assigned: dict[str, str] = field(default_factory=dict)
    actions: dict[str, Trace] = field(default_factory=dict)
    entered: dict[str, Trace] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    """Amounts carried out so far in this case, per money fact (exact decimal text)."""
    moved: Mapping[str, Json] = field(default_factory=dict)
    """The last transition: `{action, from, to, at, seq, by_system}`."""
    merged_into: str = ""

    def copy(self) -> CaseState:
        """The same, free to be changed; the values inside are frozen and shared."""
        return CaseState(
            self.playbook, self.state, self.seq, self.last_at, dict(self.facts), dict(self.clocks), dict(self.tasks),
            self.hold, dict(self.assigned), dict(self.actions), dict(self.entered), dict(self.settled), self.moved,
            self.merged_into,
        )  # fmt: skip

    def to_json(self) -> Json:
        return {
            "playbook": self.playbook,
            "state": self.state,
            "seq": self.seq,
            "last_at": moment_text(self.last_at) if self.last_at else None,
            "facts": {name: encode(value) for name, value in sorted(self.facts.items())},
            "clocks": [clock.to_json() for _, clock in sorted(self.clocks.items())],
            "tasks": [task.to_json() for _, task in sorted(self.tasks.items())],
            "hold": self.hold.to_json() if self.hold else None,
            "assigned": dict(sorted(self.assigned.items())),
            "actions": {name: trace.to_json() for name, trace in sorted(self.actions.items())},
            "entered": {name: trace.to_json() for name, trace in sorted(self.entered.items())},
            "settled": dict(sorted(self.settled.items())),
            "moved": dict(self.moved),
            "merged_into": self.merged_into,
        }

    @staticmethod
    def from_json(data: Json) -> CaseState:
        clocks = [Clock.from_json(item) for item in data["clocks"]]
        tasks = [TaskRun.from_json(item) for item in data["tasks"]]
        return CaseState(
            playbook=data["playbook"],
            state=data["state"],
            seq=data["seq"],
            last_at=datetime.fromisoformat(data["last_at"]) if data["last_at"] else None,
            facts={name: decode(value) for name, value in data["facts"].items()},
            clocks={clock.key: clock for clock in clocks},
            tasks={task.id: task for task in tasks},
            hold=HoldRun.from_json(data["hold"]) if data["hold"] else None,
            assigned=data["assigned"],
            actions={name: Trace.from_json(item) for name, item in data["actions"].items()},
            entered={name: Trace.from_json(item) for name, item in data["entered"].items()},
            settled=data["settled"],
            moved=data["moved"],
            merged_into=data["merged_into"],
        )

    def running_clocks(self) -> list[Clock]:
        return [clock for clock in self.clocks.values() if clock.running]

    def open_tasks(self) -> list[TaskRun]:
        return [task for task in self.tasks.values() if task.status == "open"]


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done. `name` is the action, task, hold or (for `record`) the kind of note."""

    kind: CommandKind
    name: str = ""
    actor: Actor = SYSTEM_ACTOR
    values: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    task: str = ""
    outcome: str = ""
    key: str = ""
    at: datetime | None = None
    """A declared earlier moment (backdating); None: now."""
    expected_seq: int | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    """For `step_back` and `adopt` alone: all that has happened in the case so far."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of a case. `changes` carry full new values, so that replay needs no playbook."""

    seq: int
    at: datetime
    kind: str
    name: str
    actor: Actor
    input: Mapping[str, Json] = field(default_factory=dict)
    changes: tuple[Mapping[str, Json], ...] = ()

    def to_json(self) -> Json:
        actor: dict[str, Json] = {"kind": self.actor.kind, "id": self.actor.id}
        if self.actor.on_behalf_of:
            actor["on_behalf_of"] = self.actor.on_behalf_of
        return {
            "seq": self.seq, "at": moment_text(self.at), "kind": self.kind, "name": self.name,
            "actor": actor, "input": dict(self.input), "changes": [dict(change) for change in self.changes],
        }  # fmt: skip

    @staticmethod
    def from_json(data: Json) -> Event:
        actor = Actor(data["actor"]["kind"], data["actor"]["id"], frozenset(), data["actor"].get("on_behalf_of", ""))
        return Event(
            data["seq"], datetime.fromisoformat(data["at"]), data["kind"], data["name"], actor,
            data["input"], tuple(data["changes"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to deliver after commit, once: `tell`, `carry_out`, `notify` …; `key` is unique in the case."""

    verb: str
    key: str
    seq: int
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not taken, as a fact with particulars; screens turn it into words."""

    because: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    case: CaseState
    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    refusal: Refusal | None = None
    wake_at: datetime | None = None

    @property
    def accepted(self) -> bool:
        return self.refusal is None


class Around(Protocol):
    """What surrounds a decision: company tables, calendars, named queries. Answers are frozen in the event."""

    def calendar(self, name: str) -> WorkCalendar: ...
    def table(self, name: str) -> object: ...
    def choose(self, party: str, case: CaseState) -> Assignment | None: ...
    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        """Whether somebody other than `excluding` holds the party in this case; by standing in, only for others too."""
        ...

    def about(self, query: str, case: CaseState) -> Decimal:
        """What the other cases about the same thing come to: how many are `open`, the money `paid_out` or on its way,
        and `offered` but not answered; 0 where it names no such thing.
        """
        ...
