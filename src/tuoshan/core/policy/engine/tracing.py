"""Why a ruling is as it is: each table read, the row that hit, and why the others did not.

Nothing of this is kept while ruling; it is worked out again from the same facts and is the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.engine.compiled import ABSENT, UNKNOWN, CompiledTable, Looked
from tuoshan.core.policy.engine.reckoning import PeriodRead, periods_read
from tuoshan.core.policy.engine.rows import compiled
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.pack import Pack, Row
from tuoshan.core.policy.ruling import Read
from tuoshan.core.policy.statements import Ruling

Outcome = Literal["hit", "failed", "passed_over", "open"]
"""failed: a cell did not hold · passed_over: a row above hit first · open: it turns on what is not known yet."""


@dataclass(frozen=True, slots=True)
class CellTrace:
    """One cell against what it was compared with; `holds` is None while that is not known."""

    column: str
    label: Wording
    cell: str
    value: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class RowTrace:
    row: str
    outcome: Outcome
    cells: tuple[CellTrace, ...]
    clauses: tuple[str, ...]
    because: Wording

    @property
    def failed(self) -> CellTrace | None:
        """The first cell that did not hold."""
        return next((cell for cell in self.cells if cell.holds is False), None)


@dataclass(frozen=True, slots=True)
class TableTrace:
    pack: Pack
    table: str
    title: Wording
    hit: str
    rows: tuple[RowTrace, ...]
    periods: tuple[PeriodRead, ...] = ()
    """The periods that it turned on, as they were counted."""


def trace(ruling: Ruling) -> tuple[TableTrace, ...]:
    """All tables that were read, pack by pack, in the order in which they were read."""
    return tuple(table for read in ruling.reads for table in _of_pack(read))


def _of_pack(read: Read) -> Iterator[TableTrace]:
    desk = read.desk
    if desk is None or read.applies is not True:
        return
    tables = compiled(read.pack).tables
    for table in tables.values():
        table.look(desk.known, desk.value)  # asks for the columns that ruling could pass over, so that all are shown
    for name, table in tables.items():
        looked = desk.look(name)
        rows = tuple(_row(desk, table, looked, number, row) for number, row in enumerate(table.table.rows))
        periods = tuple(periods_read(desk, table.table))
        yield TableTrace(read.pack, name, table.table.title, table.table.hit, rows, periods)


def _row(desk: Desk, table: CompiledTable, looked: Looked, number: int, row: Row) -> RowTrace:
    cells = tuple(_cells(desk, table, row))
    outcome: Outcome = "passed_over"
    if looked.hits >> number & 1:
        outcome = "hit"
    elif any(cell.holds is False for cell in cells):
        outcome = "failed"
    elif looked.possible >> number & 1:
        outcome = "open"
    return RowTrace(row.name, outcome, cells, row.clauses, row.because)


def _cells(desk: Desk, table: CompiledTable, row: Row) -> Iterator[CellTrace]:
    for column, cell in zip(table.table.columns, row.cells, strict=True):
        if cell is None:
            continue
        value = desk.known.get(column.name, UNKNOWN)
        holds = None if value is UNKNOWN else False if value is ABSENT else cell.holds(value)
        yield CellTrace(column.name, label_of(desk.pack, column.name), cell.text, shown(value), holds)


def label_of(pack: Pack, name: str) -> Wording:
    """What a column is called: the label of the fact, setting or value, or the clause; without one, nothing."""
    if (fact := pack.facts.get(name)) is not None:
        return fact.field.label
    if (setting := pack.settings.get(name)) is not None:
        return setting.label
    if name.startswith("clause "):
        clause = name.removeprefix("clause ")
        return Wording(f"{clause} 是否有效", f"{clause} in force")
    return pack.labels.get(name, NO_WORDING)


def shown(value: object) -> str:
    """A value as data: yes, 3, 399.00, 2026-05-22; nothing where it is not known or does not exist."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case str():
            return value
    return ""
