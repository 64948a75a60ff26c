"""Two versions of a rule book side by side: which settings, clauses and rows came, went or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from tuoshan.core.policy.pack import Pack, Row, Table

How = Literal["added", "removed", "changed"]
Kind = Literal["fact", "setting", "value", "clause", "table", "row"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BookChange:
    """One thing that is not as it was. `table` is empty but for a row."""

    kind: Kind
    how: How
    name: str
    table: str = ""


def book_changes(old: Pack, new: Pack) -> tuple[BookChange, ...]:
    """All differences that can change a ruling or what is read of it, in the order of the newer book."""
    found = [
        *_changes("fact", old.facts, new.facts, lambda fact: replace(fact, field=replace(fact.field, line=0))),
        *_changes("setting", old.settings, new.settings, lambda setting: replace(setting, line=0)),
        *_changes("value", old.values, new.values, lambda value: replace(value, line=0)),
        *_changes("clause", old.clauses, new.clauses, lambda clause: replace(clause, line=0)),
    ]
    for name in dict.fromkeys([*new.tables, *old.tables]):
        found += _table_changes(name, old.tables.get(name), new.tables.get(name))
    return tuple(found)


def _table_changes(name: str, old: Table | None, new: Table | None) -> Iterator[BookChange]:
    if old is None or new is None:
        yield BookChange("table", "added" if old is None else "removed", name)
        return
    before, after = (_rows(table) for table in (old, new))
    stayed = [[row for row in rows if row in before and row in after] for rows in (before, after)]
    if _frame(old) != _frame(new) or (new.hit == "first" and stayed[0] != stayed[1]):
        yield BookChange("table", "changed", name)
    for change in _changes("row", before, after, lambda said: said):
        yield replace(change, table=name)


def _frame(table: Table) -> tuple[object, ...]:
    """A table without its rows."""
    return table.title, table.hit, [column.name for column in table.columns], table.outputs, table.never


def _rows(table: Table) -> dict[str, object]:
    """What each row says, without the line on which it stands."""
    return {row.name: _said(table, row) for row in table.rows}


def _said(table: Table, row: Row) -> tuple[object, ...]:
    cells = {column.name: cell for column, cell in zip(table.columns, row.cells, strict=True) if cell is not None}
    findings = tuple(replace(finding, line=0) for finding in row.findings)
    return cells, row.outputs, findings, row.clauses, row.because


def _changes(
    kind: Kind, old: Mapping[str, T], new: Mapping[str, T], as_said: Callable[[T], object]
) -> Iterator[BookChange]:
    for name in dict.fromkeys([*new, *old]):
        if name not in old:
            yield BookChange(kind, "added", name)
        elif name not in new:
            yield BookChange(kind, "removed", name)
        elif as_said(old[name]) != as_said(new[name]):
            yield BookChange(kind, "changed", name)
