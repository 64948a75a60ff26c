"""On which period that is over a refusal rests: had the matter been brought up on its last day, the row that refuses
would not have applied, and one day later it would. So it is found however a book says it: by a band of days, by a
comparison with a last day, by another table, or by a row for whatever is left over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial

from tuoshan.core.conditions.syntax import Compare, Literal, walk
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.focusing import desk_for
from tuoshan.core.policy.engine.proving import judge_silence
from tuoshan.core.policy.engine.reckoning import Reckoning, period
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.pack import SILENT, Bands, Computed, EndOf
from tuoshan.core.policy.reading.cells import Between

BROUGHT_UP = "reported_on"
"""The fact that says on which day a matter was brought up."""
REFUSING = frozenset({"no_right", "bars"})
"""The findings that refuse."""
DISTANCE = "公里"
"""The unit of a fact that tells how far a thing has run."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expired:
    """The last day on which a refusal would not have stood yet, and how the period to it was counted; that is nothing
    where the day itself was told."""

    last_day: date
    counted: Reckoning | None = None


def expired(desk: Desk, table: str, row: str) -> Expired | None:
    """The period that is over and on which a row rests that refuses; None where it rests on something else."""
    told = desk.value(BROUGHT_UP) if BROUGHT_UP in desk.facts else None
    if not isinstance(told, date):
        return None
    periods = [one for one in periods_of(desk) if one.ends < told]
    days = {desk.given.get(name) for name, fact in desk.facts.items() if fact.field.kind == "date"}
    last = {one.ends for one in periods} | {day for day in days if isinstance(day, date) and day < told}
    on = cache(partial(_on, desk))
    for asks in (_fits, _applies):
        for day in sorted(last, reverse=True):
            if not asks(on(day), table, row) and asks(on(day + ONE_DAY), table, row):
                return Expired(day, next((one for one in periods if one.ends == day), None))
    return None


@dataclass(frozen=True, slots=True)
class Furthest:
    """How far the thing may have run for a row to apply: a period ends with that distance where it comes first."""

    fact: str
    count: int
    unit: Wording


def furthest(desk: Desk, table: str, row: str) -> Furthest | None:
    """The distance with which a row ends that applies: at it the row still would, one further it would not. Found by
    the numbers with which the book compares a distance; None where no distance ends it."""
    for name in _distances(desk):
        run = desk.given.get(name)
        bounds = [one for one in _compared_with(desk, name) if isinstance(run, Decimal) and one >= run]
        for bound in sorted(bounds):
            at, beyond = (_changed(desk, {name: one}) for one in (bound, bound + 1))
            if _applies(at, table, row) and not _applies(beyond, table, row):
                return Furthest(name, int(bound), desk.facts[name].field.unit)
    return None


def _distances(desk: Desk) -> list[str]:
    return [name for name, fact in desk.facts.items() if fact.field.unit.zh == DISTANCE]


def _compared_with(desk: Desk, name: str) -> set[Decimal]:
    """The numbers with which a book compares a fact: its own, and the distances that it knows of the matter."""
    found = {value for other in _distances(desk) if isinstance(value := desk.given.get(other), Decimal)}
    for value in desk.pack.values.values():
        if isinstance(value, Computed) and name in value.expression.reads:
            found |= {
                side.value for node, _depth in walk(value.expression.tree) if isinstance(node, Compare)
                for side in (node.left, node.right) if isinstance(side, Literal) and isinstance(side.value, Decimal)
            }  # fmt: skip
    for one in desk.pack.tables.values():
        for row in one.rows:
            found |= {
                cell.high for column, cell in zip(one.columns, row.cells, strict=True)
                if column.name == name and isinstance(cell, Between) and isinstance(cell.high, Decimal)
            }  # fmt: skip
    return found


def periods_of(desk: Desk) -> Iterator[Reckoning]:
    """The periods of the book as far as they are known, those first that it names by their last day."""
    values = desk.pack.values.values()
    for value in values:
        if isinstance(value, EndOf) and (found := period(desk, value.start, value.plus, value.more)) is not None:
            yield found
    for value in values:
        if isinstance(value, Bands) and value.to == BROUGHT_UP:
            for band in value.bands:
                if (found := period(desk, value.start, band, value.less)) is not None:
                    yield found


def _on(desk: Desk, day: date) -> Desk:
    """The same matter brought up on another day."""
    return _changed(desk, {BROUGHT_UP: day})


def _changed(desk: Desk, given: Mapping[str, object]) -> Desk:
    """The same matter but for these facts."""
    other = desk_for(desk.ready, {**desk.given, **given}, desk.today, desk.calendar)
    if SILENT in other.given.values():
        judge_silence(other)
    return other


def _fits(desk: Desk, table: str, row: str) -> bool:
    """Whether all that the row itself asks for is so: a row above that gives something instead is another matter."""
    read = desk.ready.tables[table].table
    cells = next(one.cells for one in read.rows if one.name == row)
    return all(
        cell is None or cell.holds(desk.value(column.name)) for column, cell in zip(read.columns, cells, strict=True)
    )


def _applies(desk: Desk, table: str, row: str) -> bool:
    """Whether the row applies, so that no row above it does."""
    looked = desk.look(table)
    return any(one.name == row for one in desk.ready.tables[table].rows_of(looked.hits))
