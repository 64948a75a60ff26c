"""Changing a rule book's text in place: rows of a table, a clause, an example.

Only what was changed is written anew; the rest of the text stays as it was typed, comments and order with it. A table
is a grid of texts: what stands in a cell is what the grammar reads there. Rows that lie in a CSV file beside the pack
are changed in that file.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import yaml

from tuoshan.core import yaml_strict
from tuoshan.core.yaml_strict import Mapping as StrictMapping
from tuoshan.core.yaml_strict import Scalar

HeadingKind = Literal["id", "cell", "output", "then", "clause", "because"]
OWN = ("then", "clause", "because_zh", "because_en")
BECAUSE = ("because_zh", "because_en")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SIMPLE = re.compile(r"[A-Za-z0-9_\u3400-\u9fff]")


class NotEditable(ValueError):
    """The text cannot be changed in place: it is no YAML without troubles, or has no such table, clause or row."""


@dataclass(frozen=True, slots=True)
class Heading:
    name: str
    kind: HeadingKind


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row as texts. `of` is the place that it had before; None for a new one."""

    cells: Mapping[str, str]
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is written. `file` is the CSV file that its rows lie in, empty where they lie in the pack."""

    table: str
    headings: tuple[Heading, ...]
    rows: tuple[GridRow, ...]
    file: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(heading.name for heading in self.headings)


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause as a form has it; dates as texts, empty where there are none."""

    zh: str = ""
    en: str = ""
    by: str = ""
    begins: str = ""
    until: str = ""
    provisional_zh: str = ""
    provisional_en: str = ""
    overridden_by: str = ""
    """The clauses above it, with a comma between them."""


# -- tables ---------------------------------------------------------------------------------------------------


def grid(text: str, files: Mapping[str, str], table: str) -> Grid:
    """A table of a pack as a grid. Raises NotEditable."""
    body = _table(text, table)
    rows = _value(body, "rows")
    if isinstance(rows, yaml.ScalarNode) and rows.value in files:
        return _filed(body, table, rows.value, files[rows.value])
    if not isinstance(rows, yaml.SequenceNode):
        return Grid(table, _headings(body), ())
    read = [_cells(text, item) for item in rows.value]
    return Grid(table, _headings(body), tuple(GridRow(cells, place) for place, cells in enumerate(read)))


def with_rows(text: str, files: Mapping[str, str], table: str, rows: Sequence[GridRow]) -> tuple[str, dict[str, str]]:
    """The text and its files with these rows in the table. Rows that are as they were keep their writing."""
    before = grid(text, files, table)
    if before.file:
        return text, {**files, before.file: to_csv(before.names, [row.cells for row in rows])}
    return _replaced_rows(text, before, rows), dict(files)


def table_names(text: str) -> list[str]:
    """The tables in their order; none where the text cannot be read."""
    try:
        return [key.value for key, _body in _section(text, "tables").value]
    except NotEditable:
        return []


def _table(text: str, table: str) -> yaml.MappingNode:
    found = _value(_section(text, "tables"), table)
    if not isinstance(found, yaml.MappingNode):
        raise NotEditable(table)
    return found


def _headings(body: yaml.MappingNode) -> tuple[Heading, ...]:
    when, gives = _value(body, "when"), _value(body, "gives")
    names = [one.value for one in when.value] if isinstance(when, yaml.SequenceNode) else _listed(when)
    outputs = [key.value for key, _kind in gives.value] if isinstance(gives, yaml.MappingNode) else []
    return (
        Heading("id", "id"), *(Heading(str(name), "cell") for name in names),
        *(Heading(name, "output") for name in outputs), Heading("then", "then"), Heading("clause", "clause"),
        *(Heading(name, "because") for name in BECAUSE),
    )  # fmt: skip


def _listed(node: yaml.Node | None) -> list[str]:
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    return [part.strip() for part in text.split(",") if part.strip()]


def _cells(text: str, item: yaml.Node) -> dict[str, str]:
    """A row as texts by heading."""
    found: dict[str, str] = {}
    if not isinstance(item, yaml.MappingNode):
        return found
    for key, value in item.value:
        if key.value == "because":
            found["because_zh"], found["because_en"] = _wording(value)
        elif key.value == "clause":
            found["clause"] = ", ".join(one.value for one in value.value) if isinstance(
                value, yaml.SequenceNode) else str(value.value)  # fmt: skip
        else:
            found[key.value] = value.value if isinstance(value, yaml.ScalarNode) else _flow(text, value)
    return found


def _replaced_rows(text: str, before: Grid, rows: Sequence[GridRow]) -> str:
    body = _table(text, before.table)
    node = _value(body, "rows")
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    block = isinstance(node, yaml.SequenceNode) and not node.flow_style and bool(items)
    first = items[0].start_mark.line if block else 0
    if block and any(_end_line(text, one) >= two.start_mark.line for one, two in pairwise(items)):
        block = False
    key = next((one for one, _value_node in body.value if one.value == "rows"), body.value[-1][0])
    indent = " " * (node.start_mark.column if block and node is not None else key.start_mark.column + 2)
    written = []
    lines = text.splitlines(keepends=True)
    begins, ends = (key.start_mark.line + 1, _end_line(text, items[-1])) if block else (0, 0)
    for row in rows:
        if row.of is None or not 0 <= row.of < len(items):
            written.append(f"{indent}- {_row_text(before, row.cells, None, text)}\n")
            continue
        item = items[row.of]
        start = (_end_line(text, items[row.of - 1]) + 1 if row.of else begins) if block else item.start_mark.line
        same = _bare(row.cells) == _bare(before.rows[row.of].cells)
        if block and same:
            written.append(_ended("".join(lines[start : _end_line(text, item) + 1])))
            continue
        said = _flow(text, item) if same else _row_text(before, row.cells, item, text)
        above = "".join(lines[start : item.start_mark.line]) if block else ""
        after = _comment(text, item) if block else ""
        written.append(f"{above}{indent}- {said}{after}\n")
    if block:
        return "".join([*lines[: min(begins, first)], *(written or [f"{indent[:-2]}  []\n"]), *lines[ends + 1 :]])
    at, end = (node.start_mark.index, _end(text, node)) if node is not None else (None, None)
    rest = "\n" + "".join(written).removesuffix("\n") if written else "[]"
    if at is None or end is None:
        raise NotEditable(before.table)
    return text[:at].rstrip(" ") + (rest if written else " []") + text[end:]


def _ended(chunk: str) -> str:
    return chunk if chunk.endswith("\n") else chunk + "\n"


def _bare(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: _one_line(value) for name, value in cells.items() if _one_line(value) not in ("", "-")}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _row_text(before: Grid, cells: Mapping[str, str], item: yaml.Node | None, text: str) -> str:
    """A row as one flow mapping; values that are as they were keep their writing."""
    old = _bare(_cells(text, item)) if item is not None else {}
    nodes = {key.value: value for key, value in item.value} if isinstance(item, yaml.MappingNode) else {}
    given = _bare(cells)
    parts = []
    for heading in before.headings:
        name = heading.name
        if heading.kind == "because":
            continue
        if name not in given:
            continue
        if given[name] == old.get(name) and name in nodes:
            parts.append(f"{name}: {_flow(text, nodes[name])}")
        elif heading.kind == "then":
            parts.append(f"then: {_then(given[name])}")
        elif heading.kind == "clause":
            parts.append(f"clause: {_clauses(given[name])}")
        else:
            parts.append(f"{name}: {scalar(given[name])}")
    extra = [name for name in nodes if name not in before.names and name != "because"]
    parts += [f"{name}: {_flow(text, nodes[name])}" for name in extra]
    zh, en = given.get("because_zh", ""), given.get("because_en", "")
    if "because" in nodes and (zh, en) == tuple(old.get(name, "") for name in BECAUSE):
        parts.append(f"because: {_flow(text, nodes['because'])}")
    elif zh or en:
        parts.append(f"because: {wording(zh, en)}")
    return "{" + ", ".join(parts) + "}"


def _then(text: str) -> str:
    """What a row finds, as it was typed where YAML takes it for one value; else as a text, for the reader to refuse."""
    root, troubles = yaml_strict.compose("{then: " + text + "}", "")
    whole = isinstance(root, StrictMapping) and len(root.entries) == 1 and not isinstance(root.get("then"), Scalar)
    return text if whole and not troubles and text[0] in "[{" else scalar(text)


def _clauses(text: str) -> str:
    names = [part.strip() for part in text.strip("[]").split(",") if part.strip()]
    return scalar(names[0]) if len(names) == 1 else "[" + ", ".join(scalar(name) for name in names) + "]"


def scalar(text: str) -> str:
    """A text as YAML reads it back within a flow mapping: plain where that is safe, else in double quotes."""
    if _SIMPLE.match(text):
        root, troubles = yaml_strict.compose("{k: " + text + "}", "")
        read = root.get("k") if isinstance(root, StrictMapping) and len(root.entries) == 1 else None
        if not troubles and isinstance(read, Scalar) and read.text == text:
            return text
    return json.dumps(text, ensure_ascii=any(sign in text for sign in "\x7f\x85\u2028\u2029\ufeff"))


def wording(zh: str, en: str) -> str:
    """`中文 / English`, or `{zh: …, en: …}` where that would be read otherwise."""
    zh, en = _one_line(zh), _one_line(en)
    if " / " in zh or " / " in en or (not en and not _CHINESE.search(zh)) or not zh:
        return "{zh: " + scalar(zh) + ", en: " + scalar(en) + "}"
    return scalar(f"{zh} / {en}" if en else zh)


def _wording(node: yaml.Node) -> tuple[str, str]:
    if isinstance(node, yaml.MappingNode):
        halves = {key.value: str(value.value) for key, value in node.value}
        return halves.get("zh", ""), halves.get("en", "")
    text = str(node.value)
    zh, slash, en = text.partition(" / ")
    return (zh.strip(), en.strip()) if slash or _CHINESE.search(text) else ("", text)


# -- CSV ------------------------------------------------------------------------------------------------------


def _filed(body: yaml.MappingNode, table: str, file: str, content: str) -> Grid:
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    read = [{key: (value or "").strip() for key, value in row.items() if key} for row in rows]
    return Grid(table, _headings(body), tuple(GridRow(row, place) for place, row in enumerate(read)), file)


def to_csv(names: Sequence[str], rows: Sequence[Mapping[str, str]], titles: Mapping[str, str] | None = None) -> str:
    """Rows as CSV, headings first; `titles` say beside a heading's name what it means."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n" if titles is None else "\r\n")
    writer.writerow([f"{titles[name]} {name}".strip() if titles and titles.get(name) else name for name in names])
    for row in rows:
        cells = [_one_line(row.get(name, "")) for name in names]
        writer.writerow([_harmless(cell) if titles is not None else cell for cell in cells])
    return out.getvalue()


_FORMULA = tuple("=+-@")


def _harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


@dataclass(frozen=True, slots=True)
class CsvProblem:
    """What keeps an uploaded table from being taken: the line of the file, the heading, and which problem."""

    line: int
    heading: str
    code: Literal["unknown", "twice", "missing", "too_many", "no_id", "same_id", "empty"]


@dataclass(slots=True)
class FromCsv:
    rows: list[GridRow] = field(default_factory=list)
    problems: list[CsvProblem] = field(default_factory=list)


def from_csv(content: str, before: Grid) -> FromCsv:
    """The rows of a CSV file for a table, or everything that is wrong with it. Rows known by their id stay theirs."""
    found = FromCsv()
    content = content.removeprefix("\ufeff")
    lines = list(csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content)))
    if not lines:
        found.problems.append(CsvProblem(1, "", "empty"))
        return found
    heads = [head.split()[-1] if head.split() else "" for head in lines[0]]
    while heads and not heads[-1]:
        heads.pop()
    for place, head in enumerate(heads):
        if head not in before.names:
            found.problems.append(CsvProblem(1, lines[0][place].strip() or str(place + 1), "unknown"))
        elif head in heads[:place]:
            found.problems.append(CsvProblem(1, head, "twice"))
    found.problems += [CsvProblem(1, name, "missing") for name in before.names if name not in heads]
    if found.problems:
        return found
    known = {row.cells.get("id", ""): row.of for row in before.rows}
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], 2):
        cells = {head: _plain_cell(value) for head, value in zip(heads, line, strict=False)}
        if not any(cells.values()):
            continue
        if any(value.strip() for value in line[len(heads) :]):
            found.problems.append(CsvProblem(number, "", "too_many"))
        name = cells.get("id", "")
        if not name:
            found.problems.append(CsvProblem(number, "id", "no_id"))
        elif name in seen:
            found.problems.append(CsvProblem(number, "id", "same_id"))
        seen.add(name)
        found.rows.append(GridRow(cells, known.get(name)))
    if not found.rows and not found.problems:
        found.problems.append(CsvProblem(1, "", "empty"))
    return found


_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})\Z")


def _plain_cell(value: str) -> str:
    """A cell as it was meant: without what spreadsheets put before a text, and dates as the grammar writes them."""
    value = _one_line(value)
    if value[:1] == "'" and value[1:].startswith(_FORMULA):
        value = value[1:]
    if day := _SLASHED.match(value):
        value = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    return {"TRUE": "yes", "FALSE": "no"}.get(value, value)


def _delimiter(content: str) -> str:
    head = content.partition("\n")[0]
    return max(",;\t", key=head.count)


# -- clauses --------------------------------------------------------------------------------------------------


def clauses(text: str) -> dict[str, ClauseText]:
    """The clauses by name. Raises NotEditable."""
    return {key.value: _clause(body) for key, body in _section(text, "clauses").value}


def _clause(body: yaml.Node) -> ClauseText:
    if not isinstance(body, yaml.MappingNode):
        return ClauseText(*_wording(body))
    words, doubt, dates = (_value(body, name) for name in ("text", "provisional", "in_force"))
    given = {key.value: str(value.value) for key, value in dates.value} if isinstance(
        dates, yaml.MappingNode) else {}  # fmt: skip
    zh, en = _wording(words) if words is not None else ("", "")
    doubt_zh, doubt_en = _wording(doubt) if doubt is not None else ("", "")
    above = _value(body, "overridden_by")
    names = above.value if isinstance(above, yaml.SequenceNode) else [above] if above is not None else []
    return ClauseText(
        zh, en, given.get("by", ""), given.get("from", ""), given.get("until", ""), doubt_zh, doubt_en,
        ", ".join(str(one.value) for one in names),
    )  # fmt: skip


def with_clause(text: str, name: str, clause: ClauseText) -> str:
    """The text with this clause, changed where it stands, or put behind the last one. Raises NotEditable."""
    section = _section(text, "clauses")
    old = _value(section, name)
    said = _clause_text(clause)
    if old is not None:
        return said.join((text[: old.start_mark.index], text[_end(text, old) :]))
    if section.flow_style or not section.value:
        raise NotEditable(name)
    last = section.value[-1][1]
    at = text.find("\n", _end(text, last))
    at = len(text) if at < 0 else at
    return f"{text[:at]}\n{' ' * section.start_mark.column}{scalar(name)}: {said}{text[at:]}"


def without_clause(text: str, name: str) -> str:
    """The text without a clause; a comment above it goes with it. Raises NotEditable."""
    section = _section(text, "clauses")
    if section.flow_style:
        raise NotEditable(name)
    for key, value in section.value:
        if key.value == name:
            lines = text.splitlines(keepends=True)
            return "".join([*lines[: key.start_mark.line], *lines[_end_line(text, value) + 1 :]])
    raise NotEditable(name)


def _clause_text(clause: ClauseText) -> str:
    parts = [f"text: {wording(clause.zh, clause.en)}"]
    dates = [f"{key}: {scalar(value)}" for key, value in
             (("by", clause.by), ("from", clause.begins), ("until", clause.until)) if value]  # fmt: skip
    if clause.begins or clause.until:
        parts.append("in_force: {" + ", ".join(dates) + "}")
    if clause.provisional_zh or clause.provisional_en:
        parts.append(f"provisional: {wording(clause.provisional_zh, clause.provisional_en)}")
    if above := [scalar(one.strip()) for one in clause.overridden_by.split(",") if one.strip()]:
        parts.append(f"overridden_by: [{', '.join(above)}]")
    return "{" + ", ".join(parts) + "}"


def without_example(text: str, name: str) -> str:
    """The text without the example of this name. Raises NotEditable."""
    root = yaml_strict.marked(text)
    items = _value(root, "examples") if isinstance(root, yaml.MappingNode) else None
    if not isinstance(items, yaml.SequenceNode) or items.flow_style:
        raise NotEditable(name)
    lines = text.splitlines(keepends=True)
    for item in items.value:
        mine = _value(item, "id") if isinstance(item, yaml.MappingNode) else None
        if mine is not None and str(mine.value) == name:
            if len(items.value) == 1:
                return text[: items.start_mark.index].rstrip() + " []" + text[_end(text, items) :]
            return "".join([*lines[: item.start_mark.line], *lines[_end_line(text, item) + 1 :]])
    raise NotEditable(name)


# -- places in the text -----------------------------------------------------------------------------------------


def _section(text: str, name: str) -> yaml.MappingNode:
    root = yaml_strict.marked(text)
    found = _value(root, name) if isinstance(root, yaml.MappingNode) else None
    if not isinstance(found, yaml.MappingNode):
        raise NotEditable(name)
    return found


def _value(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    found: yaml.Node | None = next((value for key, value in node.value if key.value == name), None)
    return found


def _end(text: str, node: yaml.Node) -> int:
    """Where a node ends in the text; one in block style ends with its last part, not where the next begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    at: int = node.end_mark.index
    return len(text[:at].rstrip()) if at > node.start_mark.index else at


def _end_line(text: str, node: yaml.Node) -> int:
    return text.count("\n", 0, _end(text, node))


def _comment(text: str, node: yaml.Node) -> str:
    """What stands behind a node on its last line."""
    return text[_end(text, node) :].partition("\n")[0].rstrip()


def _flow(text: str, node: yaml.Node) -> str:
    """A node on one line, as it was written where that fits on one."""
    written = text[node.start_mark.index : _end(text, node)]
    if "\n" not in written and not (isinstance(node, yaml.CollectionNode) and not node.flow_style):
        return written
    if isinstance(node, yaml.ScalarNode):
        return scalar(_one_line(node.value)) if node.style in (None, ">") else json.dumps(
            node.value, ensure_ascii=False)  # fmt: skip
    if isinstance(node, yaml.SequenceNode):
        return "[" + ", ".join(_flow(text, one) for one in node.value) + "]"
    return "{" + ", ".join(f"{_flow(text, key)}: {_flow(text, value)}" for key, value in node.value) + "}"
