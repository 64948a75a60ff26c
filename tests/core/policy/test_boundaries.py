"""Each number and each date on which a rule book turns has a case worked out by hand on both of its sides.

A bound of a cell, what a value is compared with, the last day of a period: one case stands on the bound and one next to
it. Next to it is the neighbouring day, count or fen; of what is measured, a tenth. The day from which a clause, or a
whole book, is in force, and the day from which it is no longer: one case of that day and one of the day before, of
which one names the clause and the other expects to be `without` it; of a book, asked of every book that applies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from tests.core.policy.worked import asked_on, cases_of, hand_worked, known

from tuoshan.core.conditions.syntax import Both, Compare, Either, Literal, Node, Not
from tuoshan.core.conditions.syntax import Fact as Named
from tuoshan.core.policy.cells import Between
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import TODAY, Band, Bands, Clause, Computed, InForce, Pack
from tuoshan.core.policy.ruling import read
from tuoshan.core.policy.valuing import Desk
from tuoshan.rulings import files

Bound = Decimal | date


@dataclass(frozen=True)
class Boundary:
    """Where an answer changes: a name that is held against a bound, beyond which lies `after` or before it."""

    pack: Pack
    name: str
    bound: Bound
    after: bool
    """Whether the bound itself belongs to what lies below it, so that the other side lies after it."""

    def __str__(self) -> str:
        return f"{self.pack.name}: {self.name} {'after' if self.after else 'from'} {self.bound}"

    def missing(self) -> list[Bound]:
        """The sides on which no case stands."""
        found = {value for desk in desks(self.pack) if isinstance(value := desk.value(self.name), Decimal | date)}
        return [side for side in (self.bound, self._beside()) if side not in found]

    def _beside(self) -> Bound:
        if isinstance(self.bound, date):
            return self.bound + timedelta(days=1 if self.after else -1)
        fact = self.pack.facts.get(self.name)
        if fact is not None and fact.field.kind == "money":
            step = Decimal("0.01")
        else:
            step = Decimal(1) if fact is None or fact.whole or self.name.endswith("_km") else Decimal("0.1")
        return self.bound + (step if self.after else -step)


@dataclass(frozen=True)
class Against:
    """Where an answer changes: one name held against another, both days or both numbers."""

    pack: Pack
    name: str
    other: str
    after: bool

    def __str__(self) -> str:
        return f"{self.pack.name}: {self.name} {'after' if self.after else 'from'} {self.other}"

    def missing(self) -> list[int]:
        """By how much above or below the other no case stands."""
        found = {self._above(desk) for desk in desks(self.pack)}
        return [much for much in (0, 1 if self.after else -1) if much not in found]

    def _above(self, desk: Desk) -> Decimal | None:
        match desk.value(self.name), desk.value(self.other):
            case date() as day, date() as other:
                return Decimal((day - other).days)
            case Decimal() as number, Decimal() | int() as other:
                return number - other
        return None


@dataclass(frozen=True)
class LastDay:
    """The last day of a period, and the day after it."""

    pack: Pack
    value: Bands
    band: Band

    def __str__(self) -> str:
        return f"{self.pack.name}: {self.value.name} {self.band.name}"

    def missing(self) -> list[int]:
        """By how many days after the last one no case stands: 0, 1."""
        found = {self._days_after(desk) for desk in desks(self.pack)}
        return [days for days in (0, 1) if days not in found]

    def _days_after(self, desk: Desk) -> int | None:
        start, to = desk.value(self.value.start), desk.value(self.value.to)
        off = desk.value(self.value.less) if self.value.less else Decimal(0)
        length = desk.value(self.band.count) if isinstance(self.band.count, str) else self.band.count
        if not (isinstance(start, date) and isinstance(to, date) and isinstance(length, int | Decimal)):
            return None
        end, _guessed = desk.end(start, self.band, off if isinstance(off, Decimal) else Decimal(0))
        return (to - end).days


@dataclass(frozen=True)
class FirstDay:
    """The day from which a clause, or a whole book, is in force or no longer is, and the day before it."""

    pack: Pack
    clause: Clause | None
    dates: InForce
    day: date
    begins: bool

    def __str__(self) -> str:
        what = f"{self.pack.name} {self.clause.name}" if self.clause else f"the book {self.pack.name}"
        return f"{what} {'from' if self.begins else 'until'} {self.day}"

    def missing(self) -> set[tuple[date, bool]]:
        """The days, and whether it counts on them, of which no case tells it."""
        before = self.day - timedelta(days=1)
        return {(self.day, self.begins), (before, not self.begins)} - set(self._told())

    def _told(self) -> Iterator[tuple[date, bool]]:
        names = {self.clause.name} if self.clause else set(self.pack.clauses)
        for case in cases_of(self.pack):
            day = case.today if self.dates.by == TODAY else case.facts.get(self.dates.by)
            if isinstance(day, date) and (self.clause is not None or not case.alone):
                if not names.isdisjoint(case.expect.get("clauses", ())):
                    yield day, True
                if not names.isdisjoint(case.expect.get("without", ())):
                    yield day, False


@cache
def desks(pack: Pack) -> list[Desk]:
    """Each case of the book, read by it."""
    found = []
    for case in hand_worked(pack.name):
        today = asked_on(case)
        facts, _problems = read_given(known(), case["facts"], today)
        desk = read(pack, facts, today, choosing=False).desk
        assert desk is not None
        found.append(desk)
    return found


AnyBoundary = Boundary | Against | LastDay | FirstDay


def boundaries() -> Iterator[AnyBoundary]:
    for pack in files.packaged():
        found: dict[AnyBoundary, None] = {}
        for table in pack.tables.values():
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    if isinstance(cell, Between):
                        found |= dict.fromkeys(_of_cell(pack, column.name, cell))
        for value in pack.values.values():
            if isinstance(value, Bands):
                found |= dict.fromkeys(LastDay(pack, value, band) for band in value.bands)
            elif isinstance(value, Computed):
                found |= dict.fromkeys(_compared(pack, value.expression.tree))
        for clause in (None, *pack.clauses.values()):
            found |= dict.fromkeys(_first_days(pack, clause))
        yield from found


def _first_days(pack: Pack, clause: Clause | None) -> Iterator[FirstDay]:
    dates = pack.in_force if clause is None else clause.in_force
    if dates is not None and dates.begins is not None:
        yield FirstDay(pack, clause, dates, dates.begins, begins=True)
    if dates is not None and dates.until is not None:
        yield FirstDay(pack, clause, dates, dates.until, begins=False)


def _of_cell(pack: Pack, name: str, cell: Between) -> Iterator[Boundary]:
    if cell.low is not None:
        yield Boundary(pack, name, cell.low, after=not cell.low_in)
    if cell.high is not None:
        yield Boundary(pack, name, cell.high, after=cell.high_in)


def _compared(pack: Pack, node: Node) -> Iterator[Boundary | Against]:
    match node:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _compared(pack, part)
        case Not(operand):
            yield from _compared(pack, operand)
        case Compare("<=" | ">", Named(name), Literal(Decimal() as bound)):
            yield Boundary(pack, name, bound, after=True)
        case Compare("<" | ">=", Named(name), Literal(Decimal() as bound)):
            yield Boundary(pack, name, bound, after=False)
        case Compare("<=" | ">", Named(name), Named(other)):
            yield Against(pack, name, other, after=True)
        case Compare("<" | ">=", Named(name), Named(other)):
            yield Against(pack, name, other, after=False)


@pytest.mark.parametrize("boundary", list(boundaries()), ids=str)
def test_both_sides_are_worked_out_by_hand(boundary: AnyBoundary) -> None:
    assert not boundary.missing()
