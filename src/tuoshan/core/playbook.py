"""A compiled playbook: one business process as frozen data.

Read from YAML by `reading`, proved by `checker`, run by `decide`. Nothing here computes; names follow
docs/playbooks.md. Every element keeps the line of the file it came from, so that a finding can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, cast

from tuoshan.core.conditions import Expression
from tuoshan.core.durations import Duration
from tuoshan.core.wording import NO_WORDING as NO_WORDING
from tuoshan.core.wording import Wording as Wording

FieldKind = Literal[
    "text", "long_text", "choice", "choices", "yes_no", "number", "money", "date", "datetime", "phone",
    "person", "org_unit", "product", "order_line", "address", "photo", "file",
]  # fmt: skip
"""What a form field may hold (docs/playbooks.md, Form fields)."""

PERSONAL_KINDS = frozenset({"text", "long_text", "phone", "address"})
"""Kinds whose values are kept outside the event chain and referred to by keyed hash."""

PHASES = (
    "receive", "acknowledge", "assess", "investigate", "decide", "remedy", "close", "learn",
)  # fmt: skip
"""The phases of ISO 10002, in order."""

Clock = Literal["elapsed", "working_time"]
EndKind = Literal["", "ordinary", "early"]

EVIDENCE_KINDS = frozenset({
    "photo", "video", "receipt", "contract", "report", "test_report", "finding", "agreement", "voucher", "waybill",
    "recording", "proof", "label", "screenshot", "quote", "letter", "other",
})  # fmt: skip
"""What a piece of evidence can be; `cases.evidence_kinds` has the words."""
ANY_EVIDENCE = "any"
"""What an action or task asks for where any evidence will do."""

SYSTEM = "system"
ANY_OPEN = "any_open"
ALWAYS_OUTSIDE = frozenset({"customer", "system"})
"""Parties who are not staff even where a playbook does not declare them."""
START = "start"
MESSAGE = "message"
"""What ends a clock, or opens a task, when one of ours has sent the customer a message by hand."""


OVERRULED, BELOW_LAW = "ruling_overridden", "ruling_below_law"
"""How a case's history calls it that somebody decided otherwise than a ruling: giving no less than the law, or less."""
DEPARTURES: Mapping[str, Wording] = {
    OVERRULED: Wording("不按裁定处理", "Departure from a ruling"),
    BELOW_LAW: Wording("不按裁定处理，低于法定", "Departure below the law"),
}
"""What is recorded beside the main line and may be named in `not_by` and in conditions."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    title: Wording


@dataclass(frozen=True, slots=True)
class Field:
    """One form field. `list` names a list kept by the company (categories, departments, shops …)."""

    name: str
    kind: FieldKind
    label: Wording
    required: bool = True
    choices: tuple[Choice, ...] = ()
    list: str = ""
    unit: Wording = NO_WORDING
    minimum: str = ""
    maximum: str = ""
    ceilings: tuple[str, ...] = ()
    """Facts of the same kind that the value may not exceed; see `core.ceilings`."""
    help: Wording = NO_WORDING
    supervisors_only: bool = False
    show_if: Expression | None = None
    imported: bool = False
    """Given by an import or a platform, not asked in a form."""
    correctable: bool = False
    """May be corrected afterwards although the registration does not ask for it."""
    past: bool = False
    """A day or moment that has been: what is said of it is not later than the saying."""
    customer: Wording = NO_WORDING
    """The label as it is put to the customer; with it, `help` is for staff alone."""
    customer_help: Wording = NO_WORDING
    line: int = 0

    @property
    def personal(self) -> bool:
        return self.kind in PERSONAL_KINDS

    def for_customer(self) -> Field:
        """The same field as the customer reads it. Staff's `help` goes where the label has a customer's wording."""
        if not self.customer.zh and not self.customer_help.zh:
            return self
        return replace(self, label=self.customer if self.customer.zh else self.label, help=self.customer_help)


@dataclass(frozen=True, slots=True)
class FromTable:
    """A value looked up in the company's table `table` by the fact `of` (none: a single value)."""

    table: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """How long: exactly one of `within` (a duration or a table of durations) and `at` (a moment)."""

    within: Duration | FromTable | None = None
    at: Expression | None = None
    clock: Clock = "elapsed"
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class LateStep:
    """Who is told that a limit has passed, and how long after (None: at once)."""

    party: str
    after: Duration | None = None


@dataclass(frozen=True, slots=True)
class WarnStep:
    """How long before a limit somebody is warned; nobody named: whom the clock waits for."""

    before: Duration
    party: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """Whom a state waits for and what covers the wait: a limit of its own, a promise, or a stated reason."""

    parties: tuple[str, ...]
    limit: Limit | None = None
    promise: str = ""
    no_promise: Wording | None = None
    otherwise: str = ""
    late: tuple[LateStep, ...] = ()
    warn: tuple[WarnStep, ...] = ()
    pauses: tuple[str, ...] = ()
    for_customer: bool = False
    """Whether the page of the case says who has this limit and until when."""
    remind: str = ""
    """The message that goes out with each warning: a customer hears by messages alone."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class State:
    name: str
    title: Wording
    phase: str
    waits: Waits | None = None
    end: EndKind = ""
    reviews: tuple[str, ...] = ()
    """The actions whose decision is heard again here: from then on what they gave is not corrected any more."""
    customer: Wording = NO_WORDING
    line: int = 0


@dataclass(frozen=True, slots=True)
class TierBy:
    """`by: {table: approver, of: amount}`: one accountable approver by the cumulative amount of the case."""

    table: str
    of: str


@dataclass(frozen=True, slots=True)
class Verb:
    """One entry of `do`: a verb of the closed list with its arguments."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    target: str = ""
    line: int = 0

    @property
    def amounts(self) -> tuple[str, ...]:
        """The facts that `carry_out` gives out: first what it costs, then parts of it. Of other verbs none."""
        if self.name != "carry_out":
            return ()
        return cast("tuple[str, ...]", self.arguments.get("amounts", ("amount",)))


VERBS = frozenset({
    "assign", "carry_out", "book", "print", "start", "set", "default", "add", "open_task", "correct", "notify",
})  # fmt: skip
"""The closed list of effects' verbs (`tell` has its own key). `push` and `spawn` come with groups."""
GIVING = frozenset({"set", "default", "add"})
"""Those that give facts values, written `set: {fact: value}`. `default` does where the case holds none."""


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    title: Wording
    sources: tuple[str, ...]
    to: str = ""
    by: tuple[str, ...] = ()
    by_tier: TierBy | None = None
    backdate: bool = False
    not_by: tuple[str, ...] = ()
    not_by_why: Wording = NO_WORDING
    """What somebody whom `not_by` keeps out is told."""
    form: tuple[Field, ...] = ()
    evidence: tuple[str, ...] = ()
    evidence_shown: bool = False
    """Whether whoever's page it is must see some of the evidence, because they are told that they find it there."""
    condition: Expression | None = None
    as_soon_as: Expression | None = None
    do: tuple[Verb, ...] = ()
    tell: tuple[str, ...] = ()
    rule: str = ""
    source: str = ""
    """Where it is written that silence, or the other side's decision, may move money here."""
    back: bool = False
    retimes: bool = False
    """Whether it only says anew until when the same party is waited for: what was awaited has not come, so the clock
    that it replaces was neither kept nor missed."""
    speaks_for: str = ""
    """The party whose word somebody of ours records by this, said on the telephone or at the counter."""
    customer: Wording = NO_WORDING
    line: int = 0

    @property
    def automatic(self) -> bool:
        return self.as_soon_as is not None

    @property
    def moves(self) -> bool:
        """Whether it is a step of the main line (a hold blocks those)."""
        return bool(self.to) or self.back


@dataclass(frozen=True, slots=True)
class Task:
    name: str
    title: Wording
    party: str
    each: str = ""
    opens: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()
    during: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    optional: bool = False
    owed: bool = False
    until: tuple[str, ...] = ()
    condition: Expression | None = None
    limit: Limit | None = None
    late: tuple[LateStep, ...] = ()
    warn: tuple[WarnStep, ...] = ()
    pauses: tuple[str, ...] = ()
    form: tuple[Field, ...] = ()
    evidence: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ("done",)
    outcome_titles: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    outcome_customer: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    """Outcomes as the customer reads them, where that differs."""
    outcome_evidence: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """What an outcome asks for instead of the task's own `evidence`."""
    not_by: tuple[str, ...] = ()
    not_by_why: Wording = NO_WORDING
    do: Mapping[str, tuple[Verb, ...]] = field(default_factory=lambda: MappingProxyType({}))
    tell: tuple[str, ...] = ()
    customer: Wording = NO_WORDING
    line: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    name: str
    title: Wording
    starts: tuple[str, ...]
    until: tuple[str, ...]
    limit: Limit
    pauses: tuple[str, ...] = ()
    runs_while: tuple[str, ...] = ()
    warn: tuple[WarnStep, ...] = ()
    late: tuple[LateStep, ...] = ()
    otherwise: str = ""
    restarts: bool = False
    for_customer: bool = False
    customer: Wording = NO_WORDING
    """What is done by then, as the page of the case names it; the general promise where nothing is said."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    name: str
    title: Wording
    by: tuple[str, ...]
    form: tuple[Field, ...] = ()
    stops: tuple[str, ...] = ()
    stops_all: bool = False
    limit: Duration | None = None
    release_by: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    title: Wording
    superior: str = ""
    outside: bool = False
    customer: Wording = NO_WORDING
    line: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A text that an action tells: to whom, over which ways, subject and body with `{variables}`."""

    name: str
    to: tuple[str, ...]
    subject: Wording
    text: Wording
    line: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    name: str
    steps: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Playbook:
    """One process. `hash` covers the composed text, fragments included; table values stand outside it."""

    key: str
    version: int
    title: Wording
    source: str
    start: str
    register: tuple[Field, ...]
    facts: Mapping[str, Field]
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    tasks: Mapping[str, Task]
    deadlines: Mapping[str, Deadline]
    holds: Mapping[str, Hold]
    parties: Mapping[str, Party]
    messages: Mapping[str, Message]
    tables: Mapping[str, object]
    walks: tuple[Walk, ...]
    takes: tuple[str, ...] = ()
    about: str = ""
    calendar: str = "standard"
    portal: str = ""
    """Whom the page of a case is for: `customer`, another party, or nobody."""
    first_answer: tuple[str, ...] = ()
    """The clocks (deadlines, states) that run until whoever asked is first answered; reports measure by them."""
    means: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """What parts of it mean to queues, reports and rulings, by the words of `meanings.MEANINGS`."""
    phase_words: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    """Phases as the page of a case calls them, where the process says so."""
    detours: frozenset[str] = frozenset()
    """Phases that most cases never see: the page does not announce them."""
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The file of every element that a fragment brought: `actions.note` → its file."""
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """The line of what carries none itself: `start`, `title`, `tables.solve_time` …"""
    hash: str = ""
    text: str = ""
    file: str = ""
    _from: dict[str, tuple[Action, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Actions by state, kept as they are found: every clock asks for them at every event."""
    _plans: dict[tuple[str, str], object] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `timing.plan_of` has read from the declarations, by kind and name of the clock."""
    _gating: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The tasks that keep a way on back (`timing.gating`), by state."""

    def numbers(self) -> dict[str, object]:
        """The tables that are one number, such as the days within which an appeal is taken: messages may name them."""
        return {
            name: value for name, value in self.tables.items()
            if isinstance(value, int | Decimal) and not isinstance(value, bool)
        }  # fmt: skip

    def superior_of(self, party: str) -> str:
        """The party to whom this party's overdue work goes; `lead` where the file names none."""
        known = self.parties.get(party)
        return known.superior if known and known.superior else "lead"

    def is_outside(self, party: str) -> bool:
        """Whether nobody of the house is meant: the customer, the system, or a party that says so."""
        known = self.parties.get(party)
        return party in ALWAYS_OUTSIDE or (known is not None and known.outside)

    def actions_from(self, state: str) -> tuple[Action, ...]:
        """Actions possible from a state in order of declaration, `any_open` ones included."""
        found = self._from.get(state)
        if found is None:
            open_state = state in self.states and not self.states[state].end
            found = self._from[state] = tuple(
                action for action in self.actions.values()
                if state in action.sources or (open_state and ANY_OPEN in action.sources)
            )  # fmt: skip
        return found
