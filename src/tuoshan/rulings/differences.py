"""What is otherwise between two texts of a rule book, in words: settings, cells of tables, clauses, examples.

Made for the record of changes, so that it also reads a copy that is not in order.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from tuoshan.core import yaml_strict
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.checking.examples_told import expected_words
from tuoshan.core.policy.editing import clause_editing, length_editing, table_editing
from tuoshan.core.policy.editing.clause_editing import ClauseText
from tuoshan.core.policy.editing.length_editing import Length
from tuoshan.core.policy.pack import Example, Pack, Setting, example_title
from tuoshan.core.policy.reading.grids import Grid, GridRow
from tuoshan.core.policy.reading.text_places import NotEditable
from tuoshan.rulings import examples_in_words, lengths_in_words, library
from tuoshan.rulings.cells_in_words import cell_words, heading_words
from tuoshan.rulings.reading_aloud import tables_to_read
from tuoshan.rulings.reckoned_in_words import setting_value

GONE = Wording("已删除", "deleted")
MOST_LINES = 20
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Text:
    """A rule book as it is written, with the pack as far as it can be read."""

    name: str
    text: str
    tables: Mapping[str, str]

    def pack(self) -> Pack | None:
        return library.read_version(self.name, self.text, dict(self.tables)).pack


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise; nothing on one side where it was added or taken out."""

    label: Wording
    before: Wording
    after: Wording


def differences(before: Text, after: Text) -> list[Difference]:
    """Everything that is otherwise, in the order of the book's screen."""
    if (before.text, before.tables) == (after.text, after.tables):
        return []
    if any(yaml_strict.marked(one.text) is None for one in (before, after)):
        return [lines(before.text, after.text)]
    newest = library.newest(after.name)
    packs = (before.pack() or newest, after.pack() or newest)
    found = [
        *_settings(packs[0].settings, packs[1].settings),
        *_lengths(before, after, packs), *_labels(packs), *_tables(before, after, packs),
        *_clauses(_parts(clause_editing.clauses, before.text), _parts(clause_editing.clauses, after.text)),
        *_examples(before, after, packs),
        *_meant(packs),
    ]
    rest = lines(before.text, after.text)
    return found or ([rest] if rest.before != rest.after else [])


def _parts(read: Callable[[str], dict[str, Part]], text: str) -> dict[str, Part]:
    try:
        return read(text)
    except NotEditable:
        return {}


def lines(before: str, after: str) -> Difference:
    """What has no form of its own, as it is written."""
    changed = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:1] in "+-"]
    old, new = ("\n".join([line[2:].strip() for line in changed if line[0] == sign and line[2:].strip()][:MOST_LINES])
                for sign in "-+")
    return Difference(Wording("其余内容", "The rest of the text"), Wording(old, old), Wording(new, new))


# -- settings -----------------------------------------------------------------------------------------------------


def _settings(before: Mapping[str, Setting], after: Mapping[str, Setting]) -> Iterator[Difference]:
    for name in {**before, **after}:
        old, new = (_setting(found.get(name)) for found in (before, after))
        if old != new:
            yield Difference((after.get(name) or before[name]).label, old, new)


def _setting(setting: Setting | None) -> Wording:
    return NO_WORDING if setting is None else Wording(setting_value(setting, "zh-hans"), setting_value(setting, "en"))


# -- periods ------------------------------------------------------------------------------------------------------


def _lengths(before: Text, after: Text, packs: Sequence[Pack]) -> Iterator[Difference]:
    old, new = (_parts(length_editing.lengths, one.text) for one in (before, after))
    for key in {**old, **new}:
        was, becomes = old.get(key), new.get(key)
        if was != becomes:
            pack, one = (packs[1], becomes) if becomes is not None else (packs[0], was)
            label = Wording(*(lengths_in_words.title(pack, one, language) for language in ("zh-hans", "en")))  # type: ignore[arg-type]
            yield Difference(label, _length(was), GONE if becomes is None else _length(becomes))


def _length(length: Length | None) -> Wording:
    if length is None:
        return NO_WORDING
    return Wording(*(lengths_in_words.length_words(length, language) for language in ("zh-hans", "en")))


def _labels(packs: Sequence[Pack]) -> Iterator[Difference]:
    """What something is called: one that the book no longer names by itself goes by what books share."""
    old, new = (pack.labels for pack in packs)
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield Difference(Wording("叫法", "Called"), old.get(name, NO_WORDING), new.get(name, GONE))


def _meant(packs: Sequence[Pack]) -> Iterator[Difference]:
    """Doubts of the check that were answered as meant, and answers that were taken back."""
    old, new = (pack.meant for pack in packs)
    for key in {**old, **new}:
        if old.get(key) != new.get(key):
            label = _joined(Wording("提示答复为有意", "Doubt answered as meant"), Wording(key, key))
            yield Difference(label, old.get(key, NO_WORDING), new.get(key, Wording("收回答复", "taken back")))


# -- tables -------------------------------------------------------------------------------------------------------


def _tables(before: Text, after: Text, packs: Sequence[Pack]) -> Iterator[Difference]:
    names = dict.fromkeys([*table_editing.table_names(before.text), *table_editing.table_names(after.text)])
    for name in names:
        old, new = _grid(before, name), _grid(after, name)
        if old is None and new is None:
            continue
        known = packs[1].tables.get(name) or packs[0].tables.get(name)
        yield from _table(known.title if known else Wording(name, name), old, new, packs)


def _grid(of: Text, table: str) -> Grid | None:
    try:
        return table_editing.grid(of.text, of.tables, table)
    except NotEditable:
        return None


def _table(title: Wording, before: Grid | None, after: Grid | None, packs: Sequence[Pack]) -> Iterator[Difference]:
    old, new = _rows(before), _rows(after)
    if list(old.items()) == list(new.items()):
        return
    said = [conclusions_of(pack, (before or after).table) for pack in packs]  # type: ignore[union-attr]
    for name in {**old, **new}:
        place, row = _placed(new if name in new else old, name)
        label = _joined(title, place)
        if name not in old or name not in new:
            one, pack, told = (row, packs[1], said[1]) if name in new else (row, packs[0], said[0])
            whole = row_words(pack, one, told.get(name, NO_WORDING), before or after)
            yield Difference(label, *((NO_WORDING, whole) if name in new else (whole, GONE)))
            continue
        for heading in dict.fromkeys([*old[name].cells, *new[name].cells]):
            cells = [rows[name].cells.get(heading, "") for rows in (old, new)]
            if cells[0].strip() == cells[1].strip() or heading == "id":
                continue
            both = [side.get(name, NO_WORDING) for side in said]
            values = both if heading == "then" and both[0] != both[1] else [
                _cell(pack, heading, cell) for pack, cell in zip(packs, cells, strict=True)]  # fmt: skip
            yield Difference(_joined(label, _heading(packs[1], heading)), *values)
    kept = [[name for name in rows if name in old and name in new] for rows in (old, new)]
    if kept[0] != kept[1]:
        order = [_order(names, rows, pack, one) for names, rows, pack, one in zip(
            kept, (old, new), packs, (before, after), strict=True)]  # fmt: skip
        yield Difference(_joined(title, Wording("行的次序", "order of the rows")), *order)


def _rows(grid: Grid | None) -> dict[str, GridRow]:
    rows = grid.rows if grid is not None else ()
    return {row.cells.get("id") or f"row{place}": GridRow(row.cells) for place, row in enumerate(rows, 1)}


def _placed(rows: Mapping[str, GridRow], name: str) -> tuple[Wording, GridRow]:
    place = list(rows).index(name) + 1
    return Wording(f"第 {place} 行（{name}）", f"row {place} ({name})"), rows[name]


def conclusions_of(pack: Pack, table: str) -> dict[str, Wording]:
    """What each row of a table says, by its name."""
    only = replace(pack, tables={name: one for name, one in pack.tables.items() if name == table})
    both = [
        {row.name: "; ".join(row.conclusions) for one in tables_to_read(only, language) for row in one.rows}
        for language in ("zh-hans", "en")
    ]
    return {name: Wording(zh.replace("; ", "；"), both[1].get(name, zh)) for name, zh in both[0].items()}


def _cell(pack: Pack, heading: str, text: str) -> Wording:
    if heading in ("then", "clause", "because_zh", "because_en"):
        return Wording(text, text)
    return Wording(cell_words(pack, heading, text, "zh-hans"), cell_words(pack, heading, text, "en"))


def _heading(pack: Pack, name: str) -> Wording:
    return Wording(heading_words(pack, name, "zh-hans"), heading_words(pack, name, "en"))


MOST_OF_A_ROW = 40
ALL_THE_REST = Wording("其余", "all the rest")


def _order(names: Sequence[str], rows: Mapping[str, GridRow], pack: Pack, grid: Grid | None) -> Wording:
    """The rows one after the other, each by what it asks for; by its name as well where that is alike."""
    told = [_asked(pack, rows[name], grid) for name in names]
    told = [_joined(one, Wording(name, name), (" ", " ")) if told.count(one) > 1 else one
            for one, name in zip(told, names, strict=True)]  # fmt: skip
    return Wording("；".join(f"{number} {one.zh}" for number, one in enumerate(told, 1)),
                   "; ".join(f"{number} {one.en}" for number, one in enumerate(told, 1)))  # fmt: skip


def _asked(pack: Pack, row: GridRow, grid: Grid | None) -> Wording:
    """What a row asks for, cut short."""
    columns = {one.name for one in grid.headings if one.kind == "cell"} if grid is not None else set()
    cells = [_cell(pack, heading, text) for heading, text in row.cells.items()
             if heading in columns and text.strip() not in ("", "-")]  # fmt: skip
    both = Wording("、".join(one.zh for one in cells), ", ".join(one.en for one in cells)) if cells else ALL_THE_REST
    return Wording(_cut(both.zh), _cut(both.en))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_OF_A_ROW else f"{text[: MOST_OF_A_ROW - 1]}…"


EMPTY_ROW = Wording("空行", "an empty row")


def row_words(pack: Pack, row: GridRow, conclusion: Wording, grid: Grid | None) -> Wording:
    """A row that came or went: what it asks for, what it says; what it says tells its results."""
    told: list[Wording] = []
    given = {one.name for one in grid.headings if one.kind == "output"} if grid is not None and conclusion.zh else set()
    for heading, text in row.cells.items():
        if heading in given or heading in ("id", "because_zh", "because_en", "then") or text.strip() in ("", "-"):
            continue
        told.append(_joined(_heading(pack, heading), _cell(pack, heading, text), ("：", ": ")))
    then = row.cells.get("then", "")
    told.append(conclusion if conclusion.zh else Wording(then, then))
    if not any(one.zh for one in told):
        return EMPTY_ROW
    return Wording("；".join(one.zh for one in told if one.zh), "; ".join(one.en for one in told if one.en))


def _joined(one: Wording, other: Wording, by: tuple[str, str] = (" · ", " · ")) -> Wording:
    return Wording(f"{one.zh}{by[0]}{other.zh}", f"{one.en}{by[1]}{other.en}")


# -- clauses and examples -------------------------------------------------------------------------------------------


def _clauses(before: Mapping[str, ClauseText], after: Mapping[str, ClauseText]) -> Iterator[Difference]:
    for name in {**before, **after}:
        label, old, new = Wording(f"条款 {name}", f"Clause {name}"), before.get(name), after.get(name)
        if old is None or new is None:
            yield Difference(label, _words(old), GONE if new is None else _words(new))
            continue
        if _words(old) != _words(new):
            yield Difference(label, _words(old), _words(new))
        for part, title in CLAUSE_PARTS.items():
            values = [_of_clause(one, part) for one in (old, new)]
            if values[0] != values[1]:
                yield Difference(_joined(label, title), *values)


CLAUSE_PARTS = {
    "by": Wording("按哪个日期", "by which date"), "begins": Wording("从", "from"), "until": Wording("到", "until"),
    "article": Wording("依据的条文", "article"), "verify_number": Wording("条号待核对", "number to verify"),
    "provisional": Wording("暂定", "provisional"), "overridden_by": Wording("在它之上的条款", "clauses above it"),
}  # fmt: skip


def _words(clause: ClauseText | None) -> Wording:
    return NO_WORDING if clause is None else Wording(clause.zh, clause.en)


def _of_clause(clause: ClauseText, part: str) -> Wording:
    if part in ("article", "provisional"):
        return Wording(getattr(clause, f"{part}_zh"), getattr(clause, f"{part}_en"))
    if part == "verify_number":
        return Wording("是", "yes") if clause.verify_number else Wording("否", "no")
    value = str(getattr(clause, part))
    return Wording(value, value)


def _examples(before: Text, after: Text, packs: Sequence[Pack]) -> Iterator[Difference]:
    """An example that came or went is told whole, of one that is otherwise what is otherwise."""
    written = [_parts(clause_editing.examples, one.text) for one in (before, after)]
    known = [{one.name: one for one in pack.examples} for pack in packs]
    for name in {**written[0], **written[1]}:
        title, (old, new) = example_title(name), (one.get(name) for one in written)
        label = Wording(f"例子 {title.zh}", f"Example {title.en}")
        if old == new:
            continue
        told = [_example(pack, found.get(name), text) for pack, found, text in zip(
            packs, known, (old, new), strict=True)]  # fmt: skip
        if old is None or new is None:
            yield Difference(label, told[0], GONE if new is None else told[1])
            continue
        both = [found[name] for found in known if name in found]
        if len(both) == len(known) and both[0].facts == both[1].facts and both[0].on == both[1].on:
            told = [_joined_all(expected_words(pack, one.expect)) for pack, one in zip(packs, both, strict=True)]
        yield Difference(label, *told)


def _example(pack: Pack, example: Example | None, text: str | None) -> Wording:
    """An example in words; as it is written where it cannot be read."""
    if text is None:
        return NO_WORDING
    shown = " ".join(text.split())
    return examples_in_words.told(pack, example) if example is not None else Wording(shown, shown)


def _joined_all(parts: Sequence[Wording]) -> Wording:
    return Wording("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))
