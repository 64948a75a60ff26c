"""Each number and each date on which a rule book turns is guarded on both of its sides by the book's own examples.

A bound of a cell, what a value is compared with, the last day of a period: one example stands on the bound and one next
to it. Next to it is the neighbouring day, count or fen; of what is measured, a tenth. The day from which a clause is in
force, and the day from which it is no longer: one example of that day and one of the day before, of which one names the
clause and the other expects to be `without` it. They travel with the book, so that the check of a changed copy says
which of its boundaries it moved. Of a whole book its examples cannot tell that, since they ask it whatever the day:
there two cases worked out by hand beside the tests stand, of every book that applies.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from tests.core.policy.worked import cases_of, examples_of

from tuoshan.core.conditions.syntax import Both, Compare, Either, Literal, Node, Not
from tuoshan.core.conditions.syntax import Fact as Named
from tuoshan.core.policy.checking.examples import run_examples
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.pack import TODAY, Band, Bands, Clause, Computed, InForce, Pack, Row, Table
from tuoshan.core.policy.reading.cells import Between
from tuoshan.core.policy.ruling import read
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
        """The sides on which no example stands."""
        found = {value for desk in desks(self.pack) if isinstance(value := desk.value(self.name), Decimal | date)}
        return [side for side in (self.bound, self._beside()) if side not in found]

    def _beside(self) -> Bound:
        step = step_of(self.pack, self.name, self.bound)
        return self.bound + (step if self.after else -step)  # type: ignore[operator]


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
        """By how much above or below the other no example stands."""
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
        """By how many days after the last one no example stands: 0, 1."""
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
        cases = examples_of(self.pack) if self.clause else [case for case in cases_of(self.pack) if not case.alone]
        for case in cases:
            day = case.today if self.dates.by == TODAY else case.facts.get(self.dates.by)
            if isinstance(day, date):
                if not names.isdisjoint(case.expect.get("clauses", ())):
                    yield day, True
                if not names.isdisjoint(case.expect.get("without", ())):
                    yield day, False


@cache
def desks(pack: Pack) -> list[Desk]:
    """Each example of the book, read by it."""
    found = []
    for example in examples_of(pack):
        desk = read(pack, example.facts, example.today, choosing=False).desk
        assert desk is not None
        found.append(desk)
    return found


def step_of(pack: Pack, name: str, bound: Bound) -> Decimal | timedelta:
    """How far the neighbour of a value lies."""
    if isinstance(bound, date):
        return timedelta(days=1)
    fact = pack.facts.get(name)
    if fact is not None and fact.field.kind == "money":
        return Decimal("0.01")
    return Decimal(1) if fact is None or fact.whole or name.endswith("_km") else Decimal("0.1")


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
def test_both_sides_stand_in_the_examples_of_the_book(boundary: AnyBoundary) -> None:
    assert not boundary.missing()


# -- moved by one step ----------------------------------------------------------------------------------------

THE_SAME_EITHER_WAY = {
    # at 36 and at 24 months what the card says is what the rule says; at 200,000 km the fee is the price itself
    "lengths: agreed_months 36 - 1", "exchange_lengths: exchange_months 24 - 1", "fee: mileage_km 200000 - 1",
    # beside these runs the card's period, which is never less than the rule's
    "in_time: 24 law_months - 1", "in_time: 36 law_months - 1",
}  # fmt: skip
"""Of cars: moved so, nothing is ruled otherwise."""


def moved(pack: Pack) -> Iterator[tuple[str, Pack]]:
    """The book with a bound of one table, or one length of a period, a step further and a step nearer.

    All cells of a column that name the bound go with it, as do all periods of one name and length: who changes one
    changes the other, or the ruling would not change.
    """
    cells = {
        (table.name, column.name, bound): None
        for table in pack.tables.values() for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True) if isinstance(cell, Between)
        for bound in (cell.low, cell.high) if bound is not None
    }  # fmt: skip
    for where, name, bound in cells:
        table, step = pack.tables[where], step_of(pack, name, bound)
        for by, sign in ((step, "+"), (-step, "-")):
            other = replace(table, rows=tuple(_moved_row(table, row, name, bound, by) for row in table.rows))
            yield f"{where}: {name} {bound} {sign} {step}", replace(pack, tables={**pack.tables, where: other})
    for band in {band: None for value in pack.values.values() if isinstance(value, Bands) for band in value.bands}:
        if isinstance(band.count, int):
            for longer, sign in ((1, "+"), (-1, "-")):
                yield f"{band.name}: {band.count} {band.unit} {sign} 1", replace(pack, values={
                    name: _moved_bands(value, band, longer) if isinstance(value, Bands) else value
                    for name, value in pack.values.items()
                })  # fmt: skip


def _moved_row(table: Table, row: Row, name: str, bound: Bound, by: Decimal | timedelta) -> Row:
    cells = [
        replace(
            cell,
            low=cell.low + by if cell.low == bound else cell.low,  # type: ignore[operator]
            high=cell.high + by if cell.high == bound else cell.high,  # type: ignore[operator]
        ) if column.name == name and isinstance(cell, Between) else cell
        for column, cell in zip(table.columns, row.cells, strict=True)
    ]  # fmt: skip
    return replace(row, cells=tuple(cells))


def _moved_bands(value: Bands, band: Band, longer: int) -> Bands:
    other = replace(band, count=int(band.count) + longer)
    return replace(value, bands=tuple(other if one == band else one for one in value.bands))


@pytest.mark.parametrize("pack", files.packaged(), ids=lambda pack: pack.name)
def test_an_example_fails_wherever_a_bound_is_moved_by_one_step(pack: Pack) -> None:
    unnoticed = {what for what, other in moved(pack) if not any(wrong for _example, wrong in run_examples(other))}
    assert unnoticed == (THE_SAME_EITHER_WAY if pack.name == "national_car" else set())
