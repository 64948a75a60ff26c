"""Decision tables made ready: one look-up a column, rows as bits of a number.

A row is one bit, the first row the lowest. Every class of a column's values has a mask of the rows that hold for
it; what is not known leaves the rows `possible` that it might still decide, and takes them out of those that are
`certain`. So a table with any number of rows costs a look-up and two operations a column, known or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tuoshan.core.policy.cells import Partition
from tuoshan.core.policy.pack import Amount, Row, Table


class Gap:
    """Stands for a value that is not known (`UNKNOWN`) or that does not exist in this matter (`ABSENT`)."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


UNKNOWN: Final = Gap("UNKNOWN")
ABSENT: Final = Gap("ABSENT")
_NOT_ASKED: Final = Gap("NOT ASKED")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a table gives for some facts: masks of rows, and the columns that would have to be known."""

    certain: int
    possible: int
    unknown: tuple[int, ...]
    hits: int
    """The rows that hit: one at most under `first` and `unique`."""
    decided: bool
    """Whether nothing that is unknown could still change the hits."""


class CompiledTable:
    """A table's rows as masks. `look` is all that runs while ruling."""

    __slots__ = ("_all", "_first", "_seen", "any_masks", "columns", "fixed", "nothing", "partitions", "table")

    def __init__(self, table: Table) -> None:
        self.table = table
        self._seen: dict[tuple[int, int, tuple[int, ...]], Looked] = {}
        self.nothing: dict[str, object] = {output.name: ABSENT for output in table.outputs}
        """What the outputs are where no row hits."""
        self.fixed = tuple(self._fixed(row) for row in table.rows)
        """What each row gives, where it is the same for all facts; else None."""
        self._all = (1 << len(table.rows)) - 1
        self._first = table.hit == "first"
        self.columns: tuple[tuple[str, Partition, tuple[int, ...], int], ...] = tuple(
            self._column(place) for place in range(len(table.columns))
        )
        self.partitions = tuple(column[1] for column in self.columns)
        self.any_masks = tuple(column[3] for column in self.columns)

    def _column(self, place: int) -> tuple[str, Partition, tuple[int, ...], int]:
        column = self.table.columns[place]
        cells = [row.cells[place] for row in self.table.rows]
        partition = Partition(column.domain, cells)
        masks = tuple(
            sum(1 << number for number, cell in enumerate(cells) if cell is None or cell.holds(sample))
            for sample in partition.samples
        )
        return column.name, partition, masks, sum(1 << number for number, cell in enumerate(cells) if cell is None)

    def _fixed(self, row: Row) -> dict[str, object] | None:
        given = {name: row.outputs.get(name) for name in self.nothing}
        if any(isinstance(value, Amount) for value in given.values()):
            return None
        return {name: ABSENT if value is None else value for name, value in given.items()}

    def look(self, known: Mapping[str, object], value_of: Callable[[str], object]) -> Looked:
        """Which rows hit. What is not in `known` is asked of `value_of`, which gives a value, UNKNOWN or ABSENT;
        columns that cannot matter are not asked."""
        certain = possible = self._all
        unknown: list[int] = []
        for place, (name, partition, masks, anything) in enumerate(self.columns):
            value = known.get(name, _NOT_ASKED)
            if value is _NOT_ASKED:
                value = value_of(name)
            if value is UNKNOWN:
                certain &= anything
                unknown.append(place)
                continue
            if value is ABSENT:
                mask = anything
            else:
                found = partition.place(value)
                mask = masks[found] if found >= 0 else anything
            certain &= mask
            possible &= mask
            if not possible:
                break
        key = (certain, possible, tuple(unknown))
        looked = self._seen.get(key)
        if looked is None:
            looked = self._seen[key] = self._looked(*key)
        return looked

    def _looked(self, certain: int, possible: int, unknown: tuple[int, ...]) -> Looked:
        if self.table.hit == "collect":
            return Looked(certain, possible, self._mattering(possible ^ certain, unknown), certain, certain == possible)
        first_certain = certain & -certain
        if self._first:
            possible = possible & (first_certain - 1) | first_certain if first_certain else possible
            decided = not possible or possible == first_certain
            hits = first_certain if decided else 0
        else:
            decided, hits = bool(certain) or not possible, first_certain
            possible = first_certain or possible
        open_rows = 0 if decided else possible
        return Looked(certain, possible, self._mattering(open_rows, unknown), hits, decided)

    def _mattering(self, rows: int, unknown: tuple[int, ...]) -> tuple[int, ...]:
        """The unknown columns on which one of these rows turns."""
        return tuple(place for place in unknown if rows & ~self.any_masks[place])

    def rows_of(self, mask: int) -> Iterator[Row]:
        """The rows of a mask, in order."""
        rows = self.table.rows
        while mask:
            lowest = mask & -mask
            yield rows[lowest.bit_length() - 1]
            mask ^= lowest

    def least_ruled_out(self, looked: Looked, place: int) -> int:
        """How many of the rows still possible any answer about this column rules out at least."""
        masks, possible = self.columns[place][2], looked.possible
        return possible.bit_count() - max((possible & mask).bit_count() for mask in masks)
