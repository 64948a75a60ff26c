"""Where somebody decided otherwise than a ruling: what was ruled, what was done, and the difference in money.

Of several decisions about one line the last holds, as long as its ruling is the one that counts: it alone has a
difference in money and is below the law. The others are counted as decisions.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tuoshan.cases.forms import words
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine import costing
from tuoshan.core.policy.pack import PUTTING_RIGHT, REMEDIES
from tuoshan.identifiers import is_id
from tuoshan.insight import names
from tuoshan.rulings import keeping, library, proposing
from tuoshan.rulings.models import Override

Span = tuple[datetime, datetime]
ZERO = Decimal("0.00")
MONEY = frozenset({"refund", "return", "compensation", "discount"})
"""Remedies that pay something, so that an amount which nobody named is unknown and not nothing."""
BELOW, PERSON, BOOK, CLAUSE = "below", "person", "book", "clause"
"""What a figure `overridden:…` may be narrowed to; the last three with a name behind a full stop."""


@dataclass(frozen=True, slots=True)
class Overridden:
    """An override beside its ruling."""

    row: Override
    said: str
    ruled: Decimal
    given: Decimal | None
    """None where money is given and nobody said how much."""
    clauses: tuple[tuple[str, str], ...]
    """Book and clause of what was set aside: of the remedy that was due, of what was due besides and on top, or of the
    refusal. What was given all the same is not among it."""
    holds: bool = True

    @property
    def below_law(self) -> bool:
        """Whether less than the law gives is given by it."""
        return self.row.below_law and self.holds

    @property
    def difference(self) -> Decimal | None:
        """How much more was given than ruled; negative where it was less, None where that is not known, or another
        decision holds."""
        return None if self.given is None or not self.holds else self.given - self.ruled

    @property
    def books(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(book for book, _clause in self.clauses))


def within(span: Span, cases: Sequence[int] | None = None) -> Iterator[Overridden]:
    """The overrides of a stretch of time, the newest first; of these cases alone where they are named."""
    rows = Override.objects.filter(made_at__gte=span[0], made_at__lt=span[1]).select_related("ruling")
    known = None if cases is None else set(cases)
    found = [row for row in rows.order_by("-made_at", "-id") if known is None or row.case_id in known]
    holding = keeping.departures_that_hold(row.case_id for row in found)
    for row in found:
        yield read(row, holds=row.pk in holding)


def read(row: Override, *, holds: bool = True) -> Overridden:
    """An override beside what was ruled."""
    kept = row.ruling
    due = proposing.right_of(kept)
    ruled = proposing.amount_of(kept, due) if due is not None else ZERO
    cited = dict.fromkeys((by["pack"], clause) for by in _set_aside(row, due) for clause in by["clauses"])
    return Overridden(row, proposing.said_of_all(kept), ruled, _given(row), tuple(cited), holds)


def _set_aside(row: Override, due: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What of the ruling was not followed: the remedy, unless it is given with its money, and what comes beside it and
    on top as far as the sum does not reach for it. The remedy as well where all of it is given, and more."""
    kept = row.ruling
    result = keeping.result_of(kept)
    if due is None:
        return [by for one in result["refused"] for by in one["refused_by"]]
    given, back = row.amount or ZERO, proposing.money_back(kept, due)
    beside = costing.with_it(due["remedy"], costing.due_in(result)) * kept.quantity
    named = row.remedy == due["remedy"] and given >= back
    left = given - back if named else given
    found: list[dict[str, Any]] = []
    if left < beside + keeping.on_top_of(kept):
        found += [one["by"] for one in result["extras"].values() if Decimal(one["value"])]
        if beside:
            besides = (right for right in result["rights"] if right["remedy"] not in PUTTING_RIGHT)
            found += [by for right in besides for by in right["given_by"]]
    return found if named and found else [*due["given_by"], *found]


def _given(row: Override) -> Decimal | None:
    return ZERO if row.amount is None and row.remedy not in MONEY else row.amount


def case_ids(span: Span, value: str) -> list[int]:
    """The cases with an override of the stretch that a figure is narrowed to."""
    kind, _dot, name = value.partition(".")
    rows = Override.objects.filter(made_at__gte=span[0], made_at__lt=span[1])
    if not value:
        found: Iterable[int] = rows.values_list("case_id", flat=True)
    elif kind == BELOW:
        below = dict(rows.filter(below_law=True).values_list("id", "case_id"))
        found = [below[pk] for pk in keeping.departures_that_hold(below.values()) if pk in below]
    elif kind == PERSON:
        found = rows.filter(made_by_id=int(name) if is_id(name) else -1).values_list("case_id", flat=True)
    elif kind == BOOK:
        found = (one.row.case_id for one in within(span) if name in one.books)
    elif kind == CLAUSE:
        book, _dot, clause = name.partition(".")
        found = (one.row.case_id for one in within(span) if (book, clause) in one.clauses)
    else:
        found = ()
    return sorted(set(found))


# -- in words ---------------------------------------------------------------------------------------------------


def book_title(name: str) -> str:
    try:
        return words(library.newest(name).title)
    except library.BookUnknown:
        return name


def clause_title(book: str, clause: str) -> str:
    """`M03, Mall guarantee: shoes`."""
    return f"{clause} {book_title(book)}"


def value_title(value: str) -> str:
    """What a figure is narrowed to, in words."""
    kind, _dot, name = value.partition(".")
    if kind == BELOW:
        return words(Wording("低于法定", "below the law"))
    if kind == PERSON:
        return names.people().get(int(name), name) if name.isascii() and name.isdigit() else name
    if kind == BOOK:
        return book_title(name)
    book, _dot, clause = name.partition(".")
    return clause_title(book, clause) if kind == CLAUSE else value


def done_title(row: Override) -> str:
    """What was done instead."""
    return words(REMEDIES[row.remedy]) if row.remedy in REMEDIES else row.title
