"""Decision tables made ready: one look-up a column, rows as bits of a number.

A row is one bit, the first row the lowest. Every class of a column's values has a mask of the rows that hold for
it; what is not known leaves the rows `possible` that it might still decide, and takes them out of those that are
`certain`. So a table with any number of rows costs a look-up and two operations a column, known or not.

What a table is for some of its columns (`begun`) is the same for all facts that agree on them: it is worked out once,
and only the columns on which it still turns are looked at (`finish`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tuoshan.core.policy.pack import Amount, Row, Table
from tuoshan.core.policy.reading.cells import Partition


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
    weights: tuple[int, ...]
    """For each unknown column, how many of the rows still possible any answer about it rules out at least."""
    given: Mapping[str, object]
    """What the outputs are: a value, ABSENT, UNKNOWN, or an amount that is still to be worked out."""
    fixed: bool
    """Whether they are the same for all facts for which the table looks like this."""


class Masked(NamedTuple):
    """A column as masks of rows."""

    place: int
    name: str
    partition: Partition
    masks: tuple[int, ...]
    """For each class of its values, the rows that hold."""
    anything: int
    """The rows that hold for any value."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A table for what is known of some columns: the rows left, and the columns on which it still turns."""

    certain: int
    possible: int
    unknown: tuple[int, ...]
    columns: tuple[Masked, ...]
    reads: tuple[str, ...]
    """The names of these columns."""
    settled: Looked | None
    """What it gives where it turns on no further column."""


class CompiledTable:
    """A table's rows as masks. `finish` is all that runs while ruling."""

    __slots__ = ("_all", "_first", "_seen", "any_masks", "columns", "partitions", "table")

    def __init__(self, table: Table) -> None:
        self.table = table
        self._seen: dict[tuple[int, int, tuple[int, ...]], Looked] = {}
        self._all = (1 << len(table.rows)) - 1
        self._first = table.hit == "first"
        self.columns: tuple[Masked, ...] = tuple(self._column(place) for place in range(len(table.columns)))
        self.partitions = tuple(column.partition for column in self.columns)
        self.any_masks = tuple(column.anything for column in self.columns)

    def _column(self, place: int) -> Masked:
        column = self.table.columns[place]
        cells = [row.cells[place] for row in self.table.rows]
        partition = Partition(column.domain, cells)
        masks = tuple(
            sum(1 << number for number, cell in enumerate(cells) if cell is None or cell.holds(sample))
            for sample in partition.samples
        )
        anything = sum(1 << number for number, cell in enumerate(cells) if cell is None)
        return Masked(place, column.name, partition, masks, anything)

    def look(self, known: Mapping[str, object], value_of: Callable[[str], object]) -> Looked:
        """Which rows hit, by all columns in their order. What is not in `known` is asked of `value_of`, which gives a
        value, UNKNOWN or ABSENT; once no row is left no further column is asked."""
        return self._given_by(*self._masks(self._all, self._all, [], self.columns, known, value_of))

    def begun(self, known: Mapping[str, object]) -> Begun:
        """The table for the columns that stand in `known`, and the others on which it then still turns."""
        told = tuple(column for column in self.columns if column.name in known)
        certain, possible, unknown = self._masks(self._all, self._all, [], told, known, known.__getitem__)
        left = [column for column in self.columns if column.name not in known]
        if self.table.hit != "collect":
            for_anything = certain
            for column in left:
                for_anything &= column.anything
            if first := for_anything & -for_anything:
                possible &= first | (first - 1)
                certain &= possible
        columns = tuple(column for column in left if possible & ~column.anything)
        settled = None if columns else self._given_by(certain, possible, tuple(unknown))
        return Begun(certain, possible, tuple(unknown), columns, tuple(column.name for column in columns), settled)

    def finish(self, begun: Begun, known: Mapping[str, object], value_of: Callable[[str], object]) -> Looked:
        """Which rows hit, as `look` says, of a table that is begun."""
        if begun.settled is not None:
            return begun.settled
        unknown = list(begun.unknown)
        return self._given_by(*self._masks(begun.certain, begun.possible, unknown, begun.columns, known, value_of))

    def _masks(
        self, certain: int, possible: int, unknown: list[int], columns: Iterable[Masked],
        known: Mapping[str, object], value_of: Callable[[str], object],
    ) -> tuple[int, int, list[int]]:  # fmt: skip
        for place, name, partition, masks, anything in columns:
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
        return certain, possible, unknown

    def _given_by(self, certain: int, possible: int, unknown: Iterable[int]) -> Looked:
        key = (certain, possible, tuple(unknown))
        looked = self._seen.get(key)
        if looked is None:
            looked = self._seen[key] = self._looked(certain, possible, tuple(sorted(unknown)))
        return looked

    def _looked(self, certain: int, possible: int, unknown: tuple[int, ...]) -> Looked:
        if self.table.hit == "collect":
            mattering = self._mattering(possible ^ certain, unknown)
            return self._with_outputs(certain, possible, mattering, certain, decided=certain == possible)
        first_certain = certain & -certain
        if self._first:
            possible = possible & (first_certain - 1) | first_certain if first_certain else possible
            decided = not possible or possible == first_certain
            hits = first_certain if decided else 0
        else:
            decided, hits = bool(certain) or not possible, first_certain
            possible = first_certain or possible
        mattering = self._mattering(0 if decided else possible, unknown)
        return self._with_outputs(certain, possible, mattering, hits, decided=decided)

    def _with_outputs(
        self, certain: int, possible: int, unknown: tuple[int, ...], hits: int, *, decided: bool
    ) -> Looked:
        weights = tuple(self._least_ruled_out(possible, place, unknown) for place in unknown)
        rows = list(self.rows_of(hits if decided else possible))
        given = {output.name: _said(output.name, rows) for output in self.table.outputs}
        fixed = not any(value is UNKNOWN or isinstance(value, Amount) for value in given.values())
        return Looked(certain, possible, unknown, hits, decided, weights, given, fixed)

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

    def _least_ruled_out(self, possible: int, place: int, unknown: tuple[int, ...]) -> int:
        others = possible
        for other in unknown:
            if other != place:
                others &= self.any_masks[other]
        left = 0
        for mask in self.columns[place].masks:
            rows, certain = possible & mask, others & mask
            if self._first and certain:
                lowest = certain & -certain
                rows &= lowest | (lowest - 1)
            left = max(left, rows.bit_count())
        return possible.bit_count() - left


def _said(name: str, rows: Sequence[Row]) -> object:
    """An output is known when one row hits, or when all rows that still may hit say the same."""
    said = [row.outputs.get(name) for row in rows]
    if not rows:
        return ABSENT
    if len(rows) == 1 or (not any(isinstance(value, Amount) for value in said) and len(set(said)) == 1):
        return ABSENT if said[0] is None else said[0]
    return UNKNOWN
