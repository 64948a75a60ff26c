"""What a ruling consists of: the statements of the rule books, and the answer that they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.pack import Finding, Pack

if TYPE_CHECKING:
    from tuoshan.core.policy.engine.expiring import Expired, Furthest
    from tuoshan.core.policy.engine.reckoning import Reckoning
    from tuoshan.core.policy.ruling import Read

ZERO = Decimal("0.00")
NO_RANK = 99
SAYS_NOTHING = frozenset({"outside", "governs", "governs_after", "period", "note", "duty", "floor", "for"})
"""Statements that stand beside an answer and are none."""


@dataclass(frozen=True, slots=True)
class Why:
    """Where a statement comes from."""

    pack: Pack
    table: str
    row: str
    clauses: tuple[str, ...]
    because: Wording
    findings: tuple[Finding, ...] = ()
    """What the row says, as the pack has it."""

    @property
    def rank(self) -> int:
        """0 for the law, larger for lower layers."""
        return self.pack.rank


@dataclass(frozen=True, slots=True)
class Lengthening:
    """A fact, not asked, by which a last day may be later than the one told."""

    fact: str
    label: Wording


@dataclass(frozen=True, slots=True)
class Statement:
    """One finding as it stands for these facts."""

    kind: str
    what: str
    why: Why
    amounts: Mapping[str, Any]
    words: Mapping[str, Any]
    provisional: tuple[Wording, ...] = ()
    counting: Callable[[], Reckoning | None] | None = field(default=None, compare=False, repr=False)
    """Works out how its last day was counted; most who ask for a ruling do not ask for that."""
    later: tuple[Lengthening, ...] = ()
    """The facts by which its last day may be later than the one told; empty where that day is certain."""
    waits: tuple[str, ...] = ()
    """The facts that its figures wait for."""
    open: tuple[str, ...] = ()
    """The figures that it names and that are not known yet."""

    ending: Callable[[], Expired | None] | None = field(default=None, compare=False, repr=False)
    """Of a refusal: works out on which period that is over it rests."""

    reaching: Callable[[], Furthest | None] | None = field(default=None, compare=False, repr=False)
    """Of what has a last day: works out the distance with which it ends where that comes first."""

    @property
    def furthest(self) -> Furthest | None:
        """The distance with which it ends where that comes before its last day."""
        return self.reaching() if self.reaching is not None else None

    @property
    def expired(self) -> Expired | None:
        """The period that is over and on which a refusal rests."""
        return self.ending() if self.ending is not None else None

    @property
    def counted(self) -> Reckoning | None:
        """How its last day was counted, where that is the end of a period."""
        return self.counting() if self.counting is not None else None

    def names(self, figure: str) -> bool:
        """Whether it says such a figure at all, known or not."""
        return figure in self.amounts or figure in self.open


Said = Mapping[str, Sequence[Statement]]
"""Statements by their kind, the highest layer first."""


@dataclass(frozen=True, slots=True)
class Right:
    """One remedy that is due, with the best of each term and all statements that give it, highest layer first."""

    remedy: str
    given_by: tuple[Statement, ...]
    amount: Decimal | None = None
    fee: Decimal | None = None
    until: date | None = None
    needs: tuple[str, ...] = ()
    """Conditions to meet: documents, the state of the goods."""
    better_needs: tuple[str, ...] = ()
    """What the book further asks that gives more than the one whose conditions count."""
    asked_by: tuple[Statement, ...] = ()
    """Where a book says in a row of its own what it asks for."""
    better_terms: tuple[str, ...] = ("amount", "until")
    """Which of its terms are better with these: the sum, the last day."""
    rank: int = NO_RANK
    sum_until: date | None = None
    """Until when the sum told is given, where it is asked for later for less; None where it stays until the end."""
    later: tuple[Lengthening, ...] = ()
    """The facts, not asked, by which the last day may be later than the one told."""
    freight: Mapping[str, Chosen] = field(default_factory=dict)
    """Who bears each leg if this remedy is chosen: the cheapest for the consumer of what concerns it."""
    risk: Mapping[str, Chosen] = field(default_factory=dict)
    """Likewise whose risk each leg is."""
    counting: Callable[[], Reckoning | None] | None = field(default=None, compare=False, repr=False)
    reaching: Callable[[], Furthest | None] | None = field(default=None, compare=False, repr=False)

    @property
    def furthest(self) -> Furthest | None:
        """The distance with which it ends where that comes before its last day."""
        return self.reaching() if self.reaching is not None else None

    @property
    def counted(self) -> Reckoning | None:
        """How the last day was counted, by the highest layer that names it."""
        return self.counting() if self.counting is not None else None


@dataclass(frozen=True, slots=True)
class Refused:
    """A remedy that no layer gives and these refuse."""

    remedy: str
    refused_by: tuple[Statement, ...]

    @property
    def ground(self) -> Statement:
        """The statement by which it is told why: that of the highest layer; where each rests on a period that is over,
        that of the longest, for until then it would have been given."""
        periods = [one.expired for one in self.refused_by]
        days = [one.last_day for one in periods if one is not None]
        return self.refused_by[days.index(max(days)) if len(days) == len(periods) else 0]

    @property
    def because(self) -> Wording:
        """Why."""
        return self.ground.why.because

    @property
    def expired(self) -> Expired | None:
        """The period that is over, where that is why."""
        return self.ground.expired


@dataclass(frozen=True, slots=True)
class Chosen:
    """One answer where several layers may speak: the statement that counts, and the others."""

    subject: str
    value: object
    by: Statement
    others: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two layers that do not say the same, and which of them counts."""

    subject: str
    what: str
    counts: Statement
    yields: Statement
    better_for_consumer: bool
    """Whether the lower layer counts because it is better for the consumer."""


@dataclass(frozen=True, slots=True)
class Overriding:
    """A clause that stands above what another book states; its words where its book speaks in the matter."""

    pack: str
    clause: str
    says: Wording = NO_WORDING


@dataclass(frozen=True, slots=True)
class Stated:
    """A clause that a source states and that is not applied, and what stands above it."""

    pack: str
    clause: str
    title: Wording
    says: Wording
    overridden_by: tuple[Overriding, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask for. `weight`: how much an answer decides at least, over all tables."""

    fact: str
    weight: int
    packs: tuple[str, ...]


@dataclass(frozen=True)
class Ruling:
    """The answer. `statements` is all that was found; the rest is made of it."""

    on: date
    facts: Mapping[str, object]
    packs: tuple[Pack, ...]
    statements: tuple[Statement, ...]
    asking: Callable[[], tuple[Question, ...]] = field(compare=False, repr=False)
    """Works out what is still open."""
    rights: tuple[Right, ...]
    refused: tuple[Refused, ...]
    freight: Mapping[str, Chosen]
    """The legs that somebody bears alike whichever remedy is chosen; where remedies differ, each has its own. Without
    any remedy: what is said of the freight itself, or beside a refusal."""
    risk: Mapping[str, Chosen]
    """Likewise."""
    pays: Mapping[str, Chosen]
    extras: Mapping[str, Chosen]
    deductions: Mapping[str, Chosen]
    limits: Mapping[str, Chosen]
    proofs: tuple[Statement, ...]
    periods: tuple[Statement, ...]
    deadlines: tuple[Statement, ...]
    said: tuple[Statement, ...]
    """Duties and notes."""
    differences: tuple[Difference, ...]
    stated: tuple[Stated, ...] = ()
    """Clauses that are stated and not applied."""
    optional: tuple[Question, ...] = ()
    """What somebody may tell besides, and nothing turns on: the last day stated for a proof."""
    reads: tuple[Read, ...] = field(default=(), repr=False, compare=False)
    to_customer: bool = False
    """Whether it is told to the customer, without what is for staff alone."""

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The facts to ask for, the most deciding first."""
        return self.asking()

    @property
    def provisional(self) -> tuple[Wording, ...]:
        """Why it is not certain; empty when it is."""
        return tuple(dict.fromkeys(why for one in self.statements for why in one.provisional))

    @property
    def clauses(self) -> tuple[tuple[Pack, str], ...]:
        """The clauses cited, each once, in order."""
        found = {(one.why.pack.name, name): (one.why.pack, name) for one in self.statements for name in one.why.clauses}
        return tuple(found.values())

    @property
    def ignored(self) -> tuple[str, ...]:
        """Facts that were given and that no book which speaks has in this matter: outside of their `asked_if` they do
        not exist, so they were not used, and whoever gave them is told."""
        exists: dict[str, bool] = {}
        for read in self.reads:
            for name, is_there in read.given():
                exists[name] = is_there or exists.get(name, False)
        return tuple(name for name, is_there in exists.items() if not is_there)

    @property
    def outside(self) -> bool:
        """Whether nothing was said of the matter itself: nothing promised, refused, asked for or borne."""
        return all(one.kind in SAYS_NOTHING for one in self.statements)

    def for_customer(self) -> Ruling:
        """The same without what is for staff alone: notes, and how far they may go."""
        duties = tuple(one for one in self.said if one.kind == "duty")
        return replace(self, said=duties, limits={}, optional=(), to_customer=True)

    @property
    def extra(self) -> Decimal | None:
        """All sums on top of the remedy; None where there are none."""
        found = [one.value for one in self.extras.values() if isinstance(one.value, Decimal)]
        return sum(found, ZERO) if found else None
