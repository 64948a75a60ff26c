"""What a book says twice over: rows that exclude each other in one and the same matter, and words beside other numbers;
and what it leaves out: a row for all the rest that gives nothing, examples.

Both may be meant, so a doubt keeps no book from loading. It is shown before publishing and answered there, in the book
itself (`meant:`, by the doubt's key, with the reason). Rows are tried on real matters: those of the examples, each fact
of theirs varied over its classes, so that what is shown has really been ruled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.cells import Between, Cell, Partition
from tuoshan.core.policy.clause_numbers import unused
from tuoshan.core.policy.compiled import CompiledTable
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.naming import named
from tuoshan.core.policy.pack import PUTTING_RIGHT, REMEDIES, Example, Pack
from tuoshan.core.policy.ruling import read
from tuoshan.core.policy.statements import Statement, Why
from tuoshan.core.policy.tracing import label_of
from tuoshan.core.policy.trying import Trial
from tuoshan.core.policy.value_reading import domain_of_fact, names_read
from tuoshan.core.reading.findings import Finding, in_order

CONTRADICTION, WORDS_APART, LEFT_WITHOUT, UNPROVED = 11, 12, 13, 14
"""The checks, as docs/policies.md numbers them; 10 is about the processes' files."""
WAITING = ("where_upheld", "where_none_governs")
"""Rights that stand only where another row says so, and that no refusal beside them denies."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that may not be meant. `key`: by what `meant` answers it; a change of its figures asks again."""

    key: str
    finding: Finding


def doubts(pack: Pack, examples: Iterable[Example] = ()) -> tuple[Doubt, ...]:
    """All doubts of a book that its `meant` does not answer. `examples`: further matters on which rows are tried."""
    found = {one.key: one for one in [
        *_rows_apart(pack, examples), *_words_apart(pack), *_left_without(pack), *_unproved(pack)
    ]}  # fmt: skip
    open_ones = {one.finding: one for key, one in found.items() if key not in pack.meant}
    return tuple(open_ones[finding] for finding in in_order(open_ones))


APART = Wording("改掉其中一处；确实有意的，写明理由", "mend one of them; where it is meant, say why")
MISSING = Wording("写上它；确实有意的，写明理由", "write it; where it is meant, say why")


def _doubt(pack: Pack, number: int, line: int, where: str, key: str, said: Wording, mend: Wording = APART) -> Doubt:
    return Doubt(key, Finding(number, "warning", pack.file, line, where, said, mend))


# -- words and numbers ------------------------------------------------------------------------------------------


def _words_apart(pack: Pack) -> Iterator[Doubt]:
    for clause, said in unused(pack):
        yield _doubt(
            pack, WORDS_APART, clause.line, f"clauses.{clause.name}", f"{clause.name}: {said.text}", Wording(
                f"条款写着“{said.text}”，引用它的行里却没有这个数",
                f"the clause says '{said.text}', a number on which no row that cites it turns",
            ),
        )  # fmt: skip


# -- what is missing --------------------------------------------------------------------------------------------


def _left_without(pack: Pack) -> Iterator[Doubt]:
    """A row for all the rest that leaves out what the book works out other things by, as the length of a guarantee."""
    read = {name for value in pack.values.values() for name in names_read(value)}
    for table in pack.tables.values():
        wanted = [one.name for one in table.outputs if one.name in read]
        for number, row in enumerate(table.rows):
            if not wanted or row.outputs or row.findings or any(cell is not None for cell in row.cells):
                continue
            case = Trial(pack, CompiledTable(table)).reached(number)
            if case is None:
                continue
            what, met = [named(pack, name) for name in wanted], case.told(pack)
            yield _doubt(
                pack, LEFT_WITHOUT, row.line, f"tables.{table.name}.rows.{row.name}",
                f"{table.name}.{row.name}: no {', '.join(wanted)}", Wording(
                    f"这一行没有条件，也没有给{'、'.join(one.zh for one in what)}：{met.zh}的就没有，也算不出来",
                    f"this row has no cells and gives no {', '.join(one.en for one in what)}: {met.en} goes without,"
                    " and nothing is worked out by it",
                ), MISSING,
            )  # fmt: skip


def _unproved(pack: Pack) -> Iterator[Doubt]:
    if not pack.examples:
        said = Wording("没有一个例子：没有什么证明它判得对", "there is no example: nothing proves what it rules")
        mend = Wording("在 examples 里写上例子，界限两边都写；确实不要的，写明理由",
                       "write examples, on both sides of each bound; where none is wanted, say why")  # fmt: skip
        yield Doubt("no examples", Finding(UNPROVED, "warning", pack.file, 1, "examples", said, mend))


# -- rows -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tried:
    """What is given and refused for one value of a fact."""

    value: object
    given: Mapping[str, Statement]
    refused: Sequence[Statement]


def _rows_apart(pack: Pack, examples: Iterable[Example]) -> Iterator[Doubt]:
    """Rows that both hold in one matter: of which one gives what the other refuses, or between whose bounds two
    remedies, of which one was to end where the other begins, are both given or neither."""
    cells = _cells(pack)
    seen: set[tuple[date, frozenset[tuple[str, object]]]] = set()
    for example in (*pack.examples, *examples):
        facts, problems = read_given(pack.facts, example.facts, example.on)
        if problems:
            continue
        for name, partition in cells.items():
            if name not in facts:
                continue
            matter = (example.on, frozenset((key, value) for key, value in facts.items() if key != name))
            if (matter[0], matter[1] | {(name, partition.place(facts[name]))}) in seen:
                continue
            seen.add((matter[0], matter[1] | {(name, partition.place(facts[name]))}))
            tried = [_try(pack, {**facts, name: value}, value, example.on) for value in _values(pack, name, partition)]
            for one in tried:
                yield from _contradictions(pack, example, name, one)
            if pack.facts[name].field.kind in ("number", "money"):
                yield from _between(pack, example, name, partition, tried)


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


def _contradictions(pack: Pack, example: Example, name: str, tried: _Tried) -> Iterator[Doubt]:
    for refusal in tried.refused:
        for remedy, right in tried.given.items():
            if refusal.what in (remedy, "all"):
                both, title = (right.why, refusal.why), REMEDIES[remedy]
                fact = _valued(pack, name, tried.value)
                yield _doubt(
                    pack, CONTRADICTION, _line(pack, refusal.why), _where(refusal.why), f"{_pair(both)}: {remedy}",
                    Wording(
                        f"同一件事既给又不给{title.zh}：{_row(right.why).zh}给，{_row(refusal.why).zh}不支持"
                        f"（例如{fact.zh}，其余同例子“{example.title.zh}”）",
                        f"{title.en.lower()} is given and refused in one matter: {_row(right.why).en} gives it,"
                        f" {_row(refusal.why).en} refuses it (such as {fact.en}, all else as in the example"
                        f" '{example.title.en}')",
                    ),
                )  # fmt: skip


def _between(
    pack: Pack, example: Example, name: str, partition: Partition, tried: Sequence[_Tried]
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
            yield _apart(pack, example, name, both, stretch, overlap=overlap)


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
    pack: Pack, example: Example, name: str, both: tuple[Statement, Statement], stretch: Wording, *, overlap: bool
) -> Doubt:
    one, other = both
    titles, rows = [REMEDIES[each.what] for each in both], [_row(each.why) for each in both]
    what, unit = label_of(pack, name), pack.facts[name].field.unit
    zh, en = ("两种都给", "both are given") if overlap else ("两种都不给", "neither is given")
    return _doubt(
        pack, CONTRADICTION, _line(pack, other.why), _where(other.why),
        f"{_pair((one.why, other.why))}: {name} {stretch.en}",
        Wording(
            f"{what.zh}{stretch.zh} {unit.zh}时{zh}：{rows[0].zh}给{titles[0].zh}，{rows[1].zh}给{titles[1].zh}，"
            f"界限没有接上（其余同例子“{example.title.zh}”）",
            f"{what.en}, {stretch.en} {unit.en}: {en}; {rows[0].en} gives {titles[0].en.lower()},"
            f" {rows[1].en} gives {titles[1].en.lower()}, and their bounds do not meet"
            f" (all else as in the example '{example.title.en}')",
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
