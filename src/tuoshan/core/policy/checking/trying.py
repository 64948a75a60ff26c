"""Trying a table with every combination of classes that can happen: gaps, overlaps, rows that never hit.

The search goes column by column and stops where all that follows is settled, so that it meets the interesting
combinations alone. What cannot happen is left out: `never`, and facts outside or inside their `asked_if`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from tuoshan.core.conditions import MISSING, ConditionError
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.compiled import ABSENT, CompiledTable
from tuoshan.core.policy.pack import Pack, Row
from tuoshan.core.policy.words.naming import told

MOST_TRIED = 300_000
"""Steps of a search before the table is called too wide to be proved."""


@dataclass(frozen=True, slots=True)
class Combination:
    """One value of each column, standing for all of its class."""

    values: Mapping[str, object]

    def told(self, pack: Pack) -> Wording:
        """It in words."""
        return told(pack, {name: value for name, value in self.values.items() if value is not ABSENT})


class Trial:
    """Searches over the classes of one table's columns."""

    def __init__(self, pack: Pack, table: CompiledTable) -> None:
        self.pack, self.table = pack, table
        self.too_wide = False
        self._left = MOST_TRIED
        self._columns: list[tuple[str, list[tuple[object, int]]]] = []
        for _, name, partition, masks, anything in table.columns:
            fact = pack.facts.get(name)
            classes: list[tuple[object, int]] = list(zip(partition.samples, masks, strict=True))
            if fact is not None and fact.asked_if is not None:
                classes.append((ABSENT, anything))
            self._columns.append((name, classes))
        rows = len(table.table.rows)
        self._free: list[int] = [(1 << rows) - 1]
        for column in reversed(table.columns):
            self._free.insert(0, self._free[0] & column.anything)

    # -- questions -----------------------------------------------------------------------------------------
    def gap(self) -> Combination | None:
        """A combination for which no row holds."""
        return self._search(lambda mask, place: not mask & self._free[place], lambda mask: not mask)

    def overlap(self) -> tuple[Combination, Row, Row] | None:
        """A combination for which two rows hold."""
        found = self._search(lambda mask, place: mask.bit_count() > 1, lambda mask: mask.bit_count() > 1)
        if found is None:
            return None
        one, other = list(self.table.rows_of(self._mask(found)))[:2]
        return found, one, other

    def dead(self) -> Iterator[Row]:
        """Rows that no combination reaches."""
        for number, row in enumerate(self.table.table.rows):
            if self.reached(number) is None and not self.too_wide:
                yield row

    def reached(self, number: int) -> Combination | None:
        """A combination for which this row, counted from 0, hits."""
        bit, above = 1 << number, (1 << number) - 1 if self.table.table.hit == "first" else 0
        return self._search(
            lambda mask, place: bool(mask & bit) and not mask & above & self._free[place],
            lambda mask: bool(mask & bit) and not mask & above,
        )

    # -- the search ----------------------------------------------------------------------------------------
    def _search(self, worth: Callable[[int, int], bool], found: Callable[[int], bool]) -> Combination | None:
        """Depth first. `worth(mask, place)` says whether columns from `place` on may still lead to what is sought."""
        self._left = MOST_TRIED
        chosen: list[object] = []
        return self._step(0, self._free_all(), chosen, worth, found)

    def _free_all(self) -> int:
        return (1 << len(self.table.table.rows)) - 1

    def _step(
        self, place: int, mask: int, chosen: list[object], worth: Callable[[int, int], bool],
        found: Callable[[int], bool],
    ) -> Combination | None:  # fmt: skip
        self._left -= 1
        if self._left < 0:
            self.too_wide = True
            return None
        if not worth(mask, place):
            return None
        if place == len(self._columns):
            combination = self._combination(chosen)
            return combination if found(mask) and self._can_happen(combination.values) else None
        for value, rows in self._columns[place][1]:
            chosen.append(value)
            reached = self._step(place + 1, mask & rows, chosen, worth, found)
            chosen.pop()
            if reached is not None:
                return reached
        return None

    def _combination(self, chosen: Sequence[object]) -> Combination:
        return Combination({name: value for (name, _), value in zip(self._columns, chosen, strict=True)})

    def _mask(self, combination: Combination) -> int:
        return self.table.look(combination.values, combination.values.__getitem__).certain

    def _can_happen(self, values: Mapping[str, object]) -> bool:
        for excluded in self.table.table.never:
            if all(name in values and cell.holds(values[name]) for name, cell in excluded.items()):
                return False
        scope = _Scope(values)
        for name, value in values.items():
            fact = self.pack.facts.get(name)
            if fact is None or fact.asked_if is None or fact.asked_if.guarded - values.keys():
                continue  # `has(x)` of a fact that is no column says nothing here
            try:
                exists = fact.asked_if.holds(scope)  # type: ignore[arg-type]
            except (ConditionError, LookupError):
                continue
            if exists is (value is ABSENT):
                return False
        return True


class _Scope:
    """A combination as expressions see it; what is no column of the table is not given."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.now = datetime.combine(date(2026, 1, 1), time(12), UTC)

    def fact(self, name: str) -> object:
        value = self.values.get(name, MISSING)
        return MISSING if value is ABSENT else value
