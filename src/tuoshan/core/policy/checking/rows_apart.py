"""Rows that exclude each other in one and the same matter, and remedies whose bounds do not meet.

Rows are tried on real matters, those of the examples, each fact of theirs varied over its classes; and on matters made
from the cells of two rows that turn on the same facts (`meeting`), where no example comes near them. What is shown has
been ruled so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.checking.meeting import Meeting, Wanted
from tuoshan.core.policy.checking.pack_findings import CONTRADICTION, Doubt, doubt
from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import PUTTING_RIGHT, REMEDIES, Example, Pack, Row, Table
from tuoshan.core.policy.reading.cells import Between, Cell, Partition
from tuoshan.core.policy.reading.value_reading import domain_of_fact
from tuoshan.core.policy.ruling import read
from tuoshan.core.policy.statements import Statement, Why
from tuoshan.core.policy.words.naming import told

WAITING = ("where_upheld", "where_none_governs")
"""Rights that stand only where another row says so, and that no refusal beside them denies."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """What is given and refused for one value of a fact."""

    value: object
    given: Mapping[str, Statement]
    refused: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class _Matter:
    """A matter that rows are tried on, and how it is told what else is so in it."""

    on: date
    facts: Mapping[str, object]
    example: Wording | None = None
    """The example that it is."""
    chosen: Wording = NO_WORDING
    """What was chosen for its sake."""

    def beside(self, fact: Wording) -> Wording:
        """`例如性质：开胶，其余同例子“…”`."""
        if self.example is None:
            return Wording(f"例如{self.chosen.zh}", f"such as {self.chosen.en}")
        return Wording(f"例如{fact.zh}，其余同例子“{self.example.zh}”",
                       f"such as {fact.en}, all else as in the example '{self.example.en}'")  # fmt: skip

    @property
    def rest(self) -> Wording:
        """`其余同例子“…”`."""
        if self.example is None:
            return self.beside(NO_WORDING)
        return Wording(f"其余同例子“{self.example.zh}”", f"all else as in the example '{self.example.en}'")


def rows_apart(pack: Pack, examples: Iterable[Example]) -> Iterator[Doubt]:
    """Rows that both hold in one matter: of which one gives what the other refuses, or between whose bounds two
    remedies, of which one was to end where the other begins, are both given or neither. Those that an example comes
    near are told by it."""
    every, seen = (*pack.examples, *examples), set[str]()
    for one in _by_examples(pack, every):
        seen.add(one.key)
        yield one
    meeting = Meeting(pack, every)
    for one in (*_opposite(pack, meeting, seen), *_bounds_of_two(pack, meeting)):
        if one.key not in seen:
            seen.add(one.key)
            yield one


def _by_examples(pack: Pack, examples: Iterable[Example]) -> Iterator[Doubt]:
    cells = _cells(pack)
    seen: set[tuple[date, frozenset[tuple[str, object]]]] = set()
    for example in examples:
        facts, problems = read_given(pack.facts, example.facts, example.on)
        if problems:
            continue
        for name, partition in cells.items():
            if name not in facts:
                continue
            others = frozenset((key, value) for key, value in facts.items() if key != name)
            matter = (example.on, others | {(name, partition.place(facts[name]))})
            if matter in seen:
                continue
            seen.add(matter)
            yield from _varied(pack, _Matter(example.on, facts, example.title), name, partition)


def _varied(pack: Pack, matter: _Matter, name: str, partition: Partition) -> Iterator[Doubt]:
    """One fact of a matter over all its classes."""
    tried = [
        _try(pack, {**matter.facts, name: value}, value, matter.on) for value in _values(pack, name, partition)
    ]
    for one in tried:
        yield from _contradictions(pack, matter, _valued(pack, name, one.value), one)
    if pack.facts[name].field.kind in ("number", "money"):
        yield from _between(pack, matter, name, partition, tried)


# -- two rows of a book, on a matter made for them ---------------------------------------------------------------


def _speaking(pack: Pack, kind: str) -> list[tuple[Table, Row, str]]:
    """The rows that give a remedy, or refuse one, each with what."""
    return [
        (table, row, one.what) for table in pack.tables.values() for row in table.rows for one in row.findings
        if one.kind == kind and not any(one.words.get(name) for name in WAITING)
    ]  # fmt: skip


def _opposite(pack: Pack, meeting: Meeting, seen: set[str]) -> Iterator[Doubt]:
    """What one row gives and another refuses, where both turn on one fact and can hit together."""
    for table, row, remedy in _speaking(pack, "right"):
        for other, refusing, refused in _speaking(pack, "no_right"):
            key = f"{' & '.join(sorted((f'{table.name}.{row.name}', f'{other.name}.{refusing.name}')))}: {remedy}"
            if refused not in (remedy, "all") or row is refusing or key in seen:
                continue
            for one in meeting.of([Wanted(table, row), Wanted(other, refusing)]):
                matter = _Matter(one.on, one.facts, chosen=told(pack, one.chosen))
                yield from _contradictions(pack, matter, NO_WORDING, _try(pack, one.facts, None, one.on))


def _bounds_of_two(pack: Pack, meeting: Meeting) -> Iterator[Doubt]:
    """Two remedies on one number, of which one ends where the other begins."""
    cells = _cells(pack)
    ending, beginning = (_bounded_rows(pack, side) for side in ("high", "low"))
    for (table, row, remedy), name in ending:
        for (other, begun, another), also in beginning:
            if name != also or remedy == another:
                continue
            for one in meeting.of([Wanted(table, row), Wanted(other, begun, leaving=name)]):
                chosen = {fact: value for fact, value in one.chosen.items() if fact != name}
                yield from _varied(pack, _Matter(one.on, one.facts, chosen=told(pack, chosen)), name, cells[name])


def _bounded_rows(pack: Pack, side: str) -> list[tuple[tuple[Table, Row, str], str]]:
    """The rows that give a remedy up to some number of a fact, or from one on, each with that fact."""
    return [
        ((table, row, remedy), column.name)
        for table, row, remedy in _speaking(pack, "right") if remedy in PUTTING_RIGHT
        for column, cell in zip(table.columns, row.cells, strict=True)
        if isinstance(cell, Between) and getattr(cell, side) is not None and column.name in pack.facts
        and pack.facts[column.name].field.kind in ("number", "money")
    ]  # fmt: skip


# -- trying ------------------------------------------------------------------------------------------------------


def _cells(pack: Pack) -> dict[str, Partition]:
    """The classes of each fact on which rows turn themselves; days are reckoned with before they are compared."""
    found: dict[str, list[Cell | None]] = {}
    for table in pack.tables.values():
        for place, column in enumerate(table.columns):
            if column.name in pack.facts and column.domain.kind != "date":
                found.setdefault(column.name, []).extend(row.cells[place] for row in table.rows)
    return {name: Partition(domain_of_fact(pack.facts[name]), cells) for name, cells in found.items()}


def _values(pack: Pack, name: str, partition: Partition) -> list[object]:
    """A value of each class that the fact may have at all."""
    field = pack.facts[name].field
    least, most = (Decimal(one) if one else None for one in (field.minimum, field.maximum))
    return [
        value for value in partition.samples
        if not isinstance(value, Decimal)
        or ((least is None or value >= least) and (most is None or value <= most))
    ]  # fmt: skip


def _try(pack: Pack, facts: Mapping[str, object], value: object, on: date) -> _Tried:
    said = read(pack, facts, on, choosing=False).statements
    given: dict[str, Statement] = {}
    for one in said:
        if one.kind == "right" and not any(one.words.get(name) for name in WAITING):
            given.setdefault(one.what, one)
    return _Tried(value, given, [one for one in said if one.kind == "no_right"])


def _contradictions(pack: Pack, matter: _Matter, fact: Wording, tried: _Tried) -> Iterator[Doubt]:
    for refusal in tried.refused:
        for remedy, right in tried.given.items():
            if refusal.what in (remedy, "all"):
                both, title = (right.why, refusal.why), REMEDIES[remedy]
                beside = matter.beside(fact)
                yield doubt(
                    pack, CONTRADICTION, _line(pack, refusal.why), _where(refusal.why), f"{_pair(both)}: {remedy}",
                    Wording(
                        f"同一件事既给又不给{title.zh}：{_row(right.why).zh}给，{_row(refusal.why).zh}不支持"
                        f"（{beside.zh}）",
                        f"{title.en.lower()} is given and refused in one matter: {_row(right.why).en} gives it,"
                        f" {_row(refusal.why).en} refuses it ({beside.en})",
                    ),
                )  # fmt: skip


def _between(
    pack: Pack, matter: _Matter, name: str, partition: Partition, tried: Sequence[_Tried]
) -> Iterator[Doubt]:
    """One remedy that ends at some value of a fact and another that begins there: they meet, without overlap or gap."""
    if len(tried) < 3:
        return
    first, last = tried[0].given, tried[-1].given
    for ends in first:
        if ends in last or ends not in PUTTING_RIGHT:
            continue
        for begins in last:
            if begins in first or begins not in PUTTING_RIGHT:
                continue
            until = max(place for place, one in enumerate(tried) if ends in one.given)
            since = min(place for place, one in enumerate(tried) if begins in one.given)
            if until + 1 == since or not _bounded(pack, name, tried[0].given[ends], tried[-1].given[begins]):
                continue
            overlap = since <= until
            stretch = _stretch([one.value for one in tried], *(
                (since, until) if overlap else (until + 1, since - 1)), partition)  # fmt: skip
            both = tried[until].given[ends], tried[since].given[begins]
            yield _apart(pack, matter, name, both, stretch, overlap=overlap)


def _bounded(pack: Pack, name: str, ends: Statement, begins: Statement) -> bool:
    """Whether the one row, or one that leads to it, says up to where, and the other from where."""
    return any(one.high is not None for one in _bounds(pack, name, ends.why)) and any(
        one.low is not None for one in _bounds(pack, name, begins.why))  # fmt: skip


def _bounds(pack: Pack, name: str, why: Why) -> Iterator[Between]:
    """The cells on a fact of a row and of the rows of the tables that its own columns come from."""
    waiting, seen = [why.table], set[str]()
    given_by = {output.name: table.name for table in pack.tables.values() for output in table.outputs}
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        table = pack.tables[at]
        rows = [row for row in table.rows if at != why.table or row.name == why.row]
        for place, column in enumerate(table.columns):
            cells = [row.cells[place] for row in rows]
            if column.name == name:
                yield from (cell for cell in cells if isinstance(cell, Between))
            elif column.name in given_by and any(cell is not None for cell in cells):
                waiting.append(given_by[column.name])


def _stretch(values: Sequence[object], first: int, last: int, partition: Partition) -> Wording:
    """From one class to another by the bounds that cut them; a class between two bounds is told by both."""
    low, high = values[first], values[last]
    zh, en = f"{_figure(low)} 起", f"{_figure(low)} or more"
    if not partition.is_bound(low):
        zh, en = f"超过 {_figure(values[first - 1])}", f"more than {_figure(values[first - 1])}"
    if first == last and partition.is_bound(low):
        return Wording(f"正好 {_figure(low)}", f"exactly {_figure(low)}")
    if partition.is_bound(high):
        return Wording(f"{zh}、到 {_figure(high)}", f"{en} and up to {_figure(high)}")
    return Wording(f"{zh}、不到 {_figure(values[last + 1])}", f"{en} and less than {_figure(values[last + 1])}")


def _apart(
    pack: Pack, matter: _Matter, name: str, both: tuple[Statement, Statement], stretch: Wording, *, overlap: bool
) -> Doubt:
    one, other = both
    titles, rows = [REMEDIES[each.what] for each in both], [_row(each.why) for each in both]
    what, unit = label_of(pack, name), pack.facts[name].field.unit
    zh, en = ("两种都给", "both are given") if overlap else ("两种都不给", "neither is given")
    return doubt(
        pack, CONTRADICTION, _line(pack, other.why), _where(other.why),
        f"{_pair((one.why, other.why))}: {name} {stretch.en}",
        Wording(
            f"{what.zh}{stretch.zh} {unit.zh}时{zh}：{rows[0].zh}给{titles[0].zh}，{rows[1].zh}给{titles[1].zh}，"
            f"界限没有接上（{matter.rest.zh}）",
            f"{what.en}, {stretch.en} {unit.en}: {en}; {rows[0].en} gives {titles[0].en.lower()},"
            f" {rows[1].en} gives {titles[1].en.lower()}, and their bounds do not meet"
            f" ({matter.rest.en})",
        ),
    )  # fmt: skip


# -- words ------------------------------------------------------------------------------------------------------


def _pair(both: tuple[Why, Why]) -> str:
    return " & ".join(sorted(f"{why.table}.{why.row}" for why in both))


def _where(why: Why) -> str:
    return f"tables.{why.table}.rows.{why.row}"


def _line(pack: Pack, why: Why) -> int:
    table = pack.tables[why.table]
    return next((row.line for row in table.rows if row.name == why.row), table.line)


def _row(why: Why) -> Wording:
    table = why.pack.tables[why.table]
    number = next((place for place, row in enumerate(table.rows, 1) if row.name == why.row), 0)
    return Wording(
        f"《{table.title.zh}》第 {number} 行（{why.row}）", f"row {number} ({why.row}) of '{table.title.en}'"
    )


def _figure(value: object) -> str:
    if isinstance(value, Decimal):
        return number_text(value)
    return str(value)


def _valued(pack: Pack, name: str, value: object) -> Wording:
    label, field = label_of(pack, name), pack.facts[name].field
    if isinstance(value, bool):
        return Wording(f"{label.zh}：{'是' if value else '否'}", f"{label.en}: {'yes' if value else 'no'}")
    title = next((one.title for one in field.choices if one.value == value), None)
    if title is not None:
        return Wording(f"{label.zh}：{title.zh}", f"{label.en}: {title.en}")
    figure = _figure(value)
    return Wording(f"{label.zh} {figure} {field.unit.zh}".rstrip(), f"{label.en} {figure} {field.unit.en}".rstrip())
