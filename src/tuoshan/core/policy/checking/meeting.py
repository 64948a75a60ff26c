"""Matters in which rows meet, made from the cells of their tables where no example comes near.

Facts are chosen class by class until the rows hit; what tables give follows from the rows of the tables that give it.
What is reckoned from days (values, the dates of clauses) is as in one of the examples, whose days are taken. The search
is bounded, and what it finds is ruled on by whoever asked: where it finds nothing, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from tuoshan.core.conditions import MISSING, ConditionError, Expression
from tuoshan.core.policy.engine.compiled import ABSENT, UNKNOWN
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Amount, Example, Fact, Pack, Row, Table
from tuoshan.core.policy.reading.cells import Cell, Domain, Partition
from tuoshan.core.policy.reading.value_reading import domain_of_fact, names_read
from tuoshan.core.policy.ruling import read

MOST_STEPS, MOST_GROUNDS = 400, 3
"""How far one search goes, and on how many examples' days it is tried."""
ANY_DAY = date(2026, 1, 1)
"""The day of a matter in which nothing is reckoned from days."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that has to hit; or, where `leaving` names a fact, whose other cells have to hold."""

    table: Table
    row: Row
    leaving: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """A day and facts. `chosen`: those of the facts on which the rows turn."""

    on: date
    facts: Mapping[str, object]
    chosen: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Ground:
    """The day of an example, its facts from which days are reckoned, and what is reckoned from them."""

    on: date
    facts: Mapping[str, object]
    known: Mapping[str, object]


class Meeting:
    """Searches the tables of one book for matters in which rows meet."""

    def __init__(self, pack: Pack, examples: Iterable[Example]) -> None:
        self.pack = pack
        self.given_by = {output.name: table for table in pack.tables.values() for output in table.outputs}
        self.grounds = list(self._grounds(examples))
        cells: dict[str, list[Cell | None]] = {}
        for table in pack.tables.values():
            for place, column in enumerate(table.columns):
                cells.setdefault(column.name, []).extend(row.cells[place] for row in table.rows)
        self.classes = {
            name: _classes(fact, Partition(domain_of_fact(fact), cells.get(name, ())))
            for name, fact in pack.facts.items() if fact.field.kind != "date"
        }  # fmt: skip
        self._masks: dict[tuple[str, int, object], int] = {}

    def _grounds(self, examples: Iterable[Example]) -> Iterator[_Ground]:
        pack, seen = self.pack, set[frozenset[tuple[str, object]]]()
        columns = {column.name for table in pack.tables.values() for column in table.columns}
        names = {name for name in columns if name not in self.given_by and not self._is_chosen(name)}
        base = self._read_from(names) | (pack.applies.reads if pack.applies is not None else frozenset())
        for example in examples:
            facts, problems = read_given(pack.facts, example.facts, example.on)
            desk = None if problems else read(pack, facts, example.on, choosing=False).desk
            if desk is None:
                continue
            known = {name: desk.value(name) for name in names}
            taken = {name: value for name, value in facts.items() if name in base}
            if (key := frozenset((known | taken).items())) not in seen:
                seen.add(key)
                yield _Ground(example.on, taken, known)
        yield _Ground(ANY_DAY, {}, dict.fromkeys(names, UNKNOWN))

    def _is_chosen(self, name: str) -> bool:
        return name in self.pack.facts and self.pack.facts[name].field.kind != "date"

    def _read_from(self, names: Iterable[str]) -> frozenset[str]:
        """The facts from which these are reckoned, and the dates by which clauses and the book go."""
        waiting, seen = list(names), set[str]()
        dates = [self.pack.in_force, *(clause.in_force for clause in self.pack.clauses.values())]
        waiting += [one.by for one in dates if one is not None]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.pack.values:
                waiting += names_read(self.pack.values[name])
            elif name in self.pack.facts:
                waiting += self.pack.facts[name].not_before
        return frozenset(seen)

    def mask(self, table: Table, place: int, value: object) -> int:
        """The rows of a table that hold for a value of one column."""
        key = (table.name, place, value)
        if key not in self._masks:
            self._masks[key] = sum(1 << n for n, row in enumerate(table.rows) if _holds(row.cells[place], value))
        return self._masks[key]

    def turns_on(self, wanted: Wanted) -> frozenset[str]:
        """The facts by whose answers a row hits, itself or by what other tables give; of one that stands for all the
        rest those of the rows before it."""
        table, row = wanted.table, wanted.row
        waiting, seen = list(_columns(Wanted(table, row))), set[str]()
        if not waiting and table.hit == "first":
            waiting = [name for one in table.rows for name in _columns(Wanted(table, one))]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                source = self.given_by.get(name)
                waiting += [column.name for column in source.columns] if source is not None else []
        return frozenset(seen & self.classes.keys())

    def existing(self, names: Iterable[str]) -> dict[str, None]:
        """Facts, before each those by which it exists at all."""
        found: dict[str, None] = {}

        def add(name: str, behind: tuple[str, ...]) -> None:
            condition = self.pack.facts[name].asked_if
            for other in sorted(condition.reads) if condition is not None else ():
                if other in self.classes and other not in behind and other not in found:
                    add(other, (*behind, other))
            found.setdefault(name)

        for name in names:
            add(name, (name,))
        return found

    # -- the search ----------------------------------------------------------------------------------------
    def of(self, wanted: Sequence[Wanted]) -> Iterator[Matter]:
        """Matters in which all of these do as they should, one for each ground at most; none where they turn on no fact
        in common."""
        turning = [self.turns_on(one) for one in wanted]
        if not frozenset.intersection(*turning) or not _meet(wanted):
            return
        told, tables = frozenset().union(*turning), self._tables(one.table for one in wanted)
        for ground in [one for one in self.grounds if self._fits(one, wanted)][:MOST_GROUNDS]:
            found = _Search(self, ground, tables, wanted).found()
            if found is not None:
                facts = {name: value for name, value in found.items() if value is not ABSENT}
                yield Matter(ground.on, {**ground.facts, **facts}, {n: v for n, v in facts.items() if n in told})

    @staticmethod
    def _fits(ground: _Ground, wanted: Sequence[Wanted]) -> bool:
        return all(
            _holds(cell, ground.known[name]) for one in wanted for name, cell in _columns(one).items()
            if name in ground.known
        )  # fmt: skip

    def _tables(self, wanted: Iterable[Table]) -> list[Table]:
        """The tables and all whose outputs they read, those first."""
        found: dict[str, Table] = {}

        def add(table: Table, above: tuple[str, ...]) -> None:
            for column in table.columns:
                source = self.given_by.get(column.name)
                if source is not None and source.name not in above:
                    add(source, (*above, source.name))
            found.setdefault(table.name, table)

        for table in wanted:
            add(table, (table.name,))
        return list(found.values())


class _Search:
    """One search: depth first over the facts of some tables, each table as the rows that are still left of it."""

    def __init__(self, meeting: Meeting, ground: _Ground, tables: Sequence[Table], wanted: Sequence[Wanted]) -> None:
        self.meeting, self.pack, self.given_by = meeting, meeting.pack, meeting.given_by
        self.ground, self.tables, self.wanted = ground, tables, wanted
        self.left = MOST_STEPS
        columns = dict.fromkeys(name for one in wanted for name in _columns(one))
        columns |= dict.fromkeys(column.name for table in tables for column in table.columns)
        self.names = list(meeting.existing(name for name in columns if name in meeting.classes))
        self.places: dict[str, list[tuple[Table, int]]] = {}
        for table in tables:
            for place, column in enumerate(table.columns):
                self.places.setdefault(column.name, []).append((table, place))
        self.numbers = [one.table.rows.index(one.row) for one in wanted]
        self.given_cells = [
            [(name, cell, self.given_by[name]) for name, cell in _columns(one).items() if name in self.given_by]
            for one in wanted
        ]
        self.before = [list(self._hit_before(one, number)) for one, number in zip(wanted, self.numbers, strict=True)]
        self.classes = {
            name: [ground.facts[name]] if name in ground.facts else meeting.classes[name] for name in self.names
        }  # fmt: skip

    def found(self) -> dict[str, object] | None:
        masks = {table.name: (1 << len(table.rows)) - 1 for table in self.tables}
        for name, value in self.ground.known.items():
            if value is not UNKNOWN:
                masks = self._taken(masks, name, value)
        return self._step(0, masks, {})

    def _step(self, place: int, masks: dict[str, int], chosen: dict[str, object]) -> dict[str, object] | None:
        self.left -= 1
        if self.left < 0 or not self._possible(masks, place):
            return None
        if place == len(self.names):
            return dict(chosen) if self._all_hit(masks) and not self._excluded(chosen) else None
        name = self.names[place]
        for value in self._existing_as(name, chosen):
            reached = self._step(place + 1, self._taken(masks, name, value), {**chosen, name: value})
            if reached is not None or self.left < 0:
                return reached
        return None

    def _taken(self, masks: dict[str, int], name: str, value: object) -> dict[str, int]:
        """The rows that are left of each table once a column's value is known."""
        left = dict(masks)
        for table, place in self.places.get(name, ()):
            mask = self.meeting.mask(table, place, value)
            for one, number in zip(self.wanted, self.numbers, strict=True):
                if one.table is table and one.leaving == name:
                    mask |= 1 << number
            left[table.name] &= mask
        return left

    def _hit_before(self, wanted: Wanted, number: int) -> Iterator[int]:
        """By how many facts are chosen, the rows that hit before the wanted one wherever they are left."""
        for place in range(len(self.names) + 1):
            open_ones = set(self.names[place:]) | self.given_by.keys() | {
                name for name, value in self.ground.known.items() if value is UNKNOWN
            }  # fmt: skip
            yield sum(
                1 << n for n, row in enumerate(wanted.table.rows[:number])
                if wanted.table.hit != "collect" and not wanted.leaving
                and open_ones.isdisjoint(_columns(Wanted(wanted.table, row)))
            )  # fmt: skip

    def _possible(self, masks: dict[str, int], place: int) -> bool:
        """Whether each row that is wanted may still be met, by what is left of its table and of those it reads."""
        for one, number, before in zip(self.wanted, self.numbers, self.before, strict=True):
            if not masks[one.table.name] >> number & 1 or masks[one.table.name] & before[place]:
                return False
        return all(
            any(_holds(cell, row.outputs.get(name, ABSENT)) for row in _rows(source, masks[source.name]))
            for cells in self.given_cells for name, cell, source in cells
        )  # fmt: skip

    def _all_hit(self, masks: dict[str, int]) -> bool:
        """What the tables give, table by table, and whether the rows that are wanted hit."""
        hits: dict[str, list[Row]] = {}
        for table in self.tables:
            rows = list(_rows(table, masks[table.name]))
            hits[table.name] = rows if table.hit == "collect" else rows[:1]
            for output in table.outputs:
                said = [row.outputs.get(output.name, ABSENT) for row in hits[table.name]] or [ABSENT]
                masks = self._taken(masks, output.name, said[0])
        return all(
            one.row in hits[one.table.name] or (one.leaving and masks[one.table.name] >> number & 1)
            for one, number in zip(self.wanted, self.numbers, strict=True)
        )  # fmt: skip

    def _existing_as(self, name: str, chosen: Mapping[str, object]) -> list[object]:
        """What a fact may be beside those chosen before it: a value where it exists, ABSENT where it does not."""
        condition, classes = self.pack.facts[name].asked_if, self.classes[name]
        exists = self._holds(condition, chosen) if condition is not None else None
        return classes if exists is None else [value for value in classes if (value is not ABSENT) is exists]

    def _holds(self, condition: Expression, chosen: Mapping[str, object]) -> bool | None:
        """Whether a condition holds of what is chosen; None where that is not known."""
        try:
            return condition.holds(_Scope({**self.ground.facts, **chosen}, self.ground.on))  # type: ignore[arg-type]
        except (ConditionError, LookupError):
            return None

    def _excluded(self, chosen: Mapping[str, object]) -> bool:
        """Whether this cannot be, or is nothing of which the book speaks."""
        if self.pack.applies is not None and self._holds(self.pack.applies, chosen) is False:
            return True
        values = {**self.ground.facts, **chosen}
        return any(
            all(name in values and _holds(cell, values[name]) for name, cell in excluded.items())
            for table in self.tables for excluded in table.never
        )  # fmt: skip


class _Scope:
    """Chosen facts as expressions see them."""

    def __init__(self, values: Mapping[str, object], on: date) -> None:
        self.values, self.now = values, datetime.combine(on, time(12), UTC)

    def fact(self, name: str) -> object:
        value = self.values.get(name, MISSING)
        return MISSING if value is ABSENT else value


def _columns(wanted: Wanted) -> dict[str, Cell]:
    """The cells of a wanted row by their columns, but that which is left out."""
    cells = zip(wanted.table.columns, wanted.row.cells, strict=True)
    return {column.name: cell for column, cell in cells if cell is not None and column.name != wanted.leaving}


def _meet(wanted: Sequence[Wanted]) -> bool:
    """Whether no two cells on one column exclude each other."""
    cells: dict[str, tuple[Domain, list[Cell]]] = {}
    for one in wanted:
        domains, own = {column.name: column.domain for column in one.table.columns}, _columns(one)
        for name, cell in own.items():
            cells.setdefault(name, (domains[name], []))[1].append(cell)
    return all(
        any(all(cell.holds(sample) for cell in of) for sample in Partition(domain, of).samples)
        for domain, of in cells.values() if len(of) > 1
    )  # fmt: skip


def _rows(table: Table, mask: int) -> Iterator[Row]:
    return (row for number, row in enumerate(table.rows) if mask >> number & 1)


def _holds(cell: Cell | None, value: object) -> bool:
    """Whether a cell holds, as far as the value is known."""
    if cell is None or value is UNKNOWN or isinstance(value, Amount):
        return True
    return value is not ABSENT and value is not None and cell.holds(value)


def _classes(fact: Fact, partition: Partition) -> list[object]:
    """A value of each class that a fact may have at all."""
    least, most = (Decimal(one) if one else None for one in (fact.field.minimum, fact.field.maximum))
    found: list[object] = [
        value for value in partition.samples
        if not isinstance(value, Decimal) or (
            (least is None or value >= least) and (most is None or value <= most)
            and (not fact.whole or value == value.to_integral_value())
        )
    ]  # fmt: skip
    if fact.asked_if is not None:
        found.append(ABSENT)
    return found
