"""Changing a rule book's tables in place.

Only what was changed is written anew; the rest of the text stays as it was typed, comments and order with it. Rows that
lie in a CSV file beside the pack are changed in that file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import pairwise

import yaml

from tuoshan.core import yaml_strict
from tuoshan.core.policy.reading.grids import Grid, GridRow, Heading
from tuoshan.core.policy.reading.table_sheets import to_csv
from tuoshan.core.policy.reading.text_places import (
    NotEditable,
    comment_behind,
    end_line,
    end_of,
    on_one_line,
    one_line,
    scalar,
    section,
    value_of,
    wording,
    wording_of,
)
from tuoshan.core.yaml_strict import Mapping as StrictMapping
from tuoshan.core.yaml_strict import Scalar

OWN = ("then", "clause", "because_zh", "because_en")
BECAUSE = ("because_zh", "because_en")


def grid(text: str, files: Mapping[str, str], table: str) -> Grid:
    """A table of a pack as a grid. Raises NotEditable."""
    body = _table(text, table)
    rows = value_of(body, "rows")
    if isinstance(rows, yaml.ScalarNode) and rows.value in files:
        return _filed(body, table, rows.value, files[rows.value])
    if not isinstance(rows, yaml.SequenceNode):
        return Grid(table, _headings(body), ())
    written = _written(text, body, rows)
    return Grid(table, _headings(body), tuple(
        GridRow(_cells(text, item), place, written[place]) for place, item in enumerate(rows.value)
    ))  # fmt: skip


def _written(text: str, body: yaml.MappingNode, rows: yaml.SequenceNode) -> list[str]:
    """Each row of a block as its lines, with what stands between it and the one before; nothing for others."""
    if not _is_block(text, rows):
        return [""] * len(rows.value)
    lines = text.splitlines(keepends=True)
    key = next(one for one, _value_node in body.value if one.value == "rows")
    ends = [key.start_mark.line, *(end_line(text, one) for one in rows.value)]
    return [_ended("".join(lines[above + 1 : end + 1])) for above, end in pairwise(ends)]


def _is_block(text: str, node: yaml.Node | None) -> bool:
    """Whether rows stand each on lines of their own."""
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        return False
    return not any(end_line(text, one) >= two.start_mark.line for one, two in pairwise(node.value))


def with_rows(text: str, files: Mapping[str, str], table: str, rows: Sequence[GridRow]) -> tuple[str, dict[str, str]]:
    """The text and its files with these rows in the table. Rows that are as they were keep their writing."""
    before = grid(text, files, table)
    if [(row.of, _bare(row.cells)) for row in rows] == [(row.of, _bare(row.cells)) for row in before.rows]:
        return text, dict(files)
    if before.file:
        return text, {**files, before.file: to_csv(before.names, [row.cells for row in rows])}
    return _replaced_rows(text, before, rows), dict(files)


def table_names(text: str) -> list[str]:
    """The tables in their order; none where the text cannot be read."""
    try:
        return [key.value for key, _body in section(text, "tables").value]
    except NotEditable:
        return []


def _table(text: str, table: str) -> yaml.MappingNode:
    found = value_of(section(text, "tables"), table)
    if not isinstance(found, yaml.MappingNode):
        raise NotEditable(table)
    return found


def _headings(body: yaml.MappingNode) -> tuple[Heading, ...]:
    when, gives = value_of(body, "when"), value_of(body, "gives")
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
            found["because_zh"], found["because_en"] = wording_of(value)
        elif key.value == "clause":
            found["clause"] = ", ".join(one.value for one in value.value) if isinstance(
                value, yaml.SequenceNode) else str(value.value)  # fmt: skip
        else:
            found[key.value] = value.value if isinstance(value, yaml.ScalarNode) else on_one_line(text, value)
    return found


def _replaced_rows(text: str, before: Grid, rows: Sequence[GridRow]) -> str:
    body = _table(text, before.table)
    node = value_of(body, "rows")
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    block = _is_block(text, node)
    first = items[0].start_mark.line if block else 0
    key = next((one for one, _value_node in body.value if one.value == "rows"), body.value[-1][0])
    indent = " " * (node.start_mark.column if block and node is not None else key.start_mark.column + 2)
    written = []
    lines = text.splitlines(keepends=True)
    begins, ends = (key.start_mark.line + 1, end_line(text, items[-1])) if block else (0, 0)
    for row in rows:
        if row.of is None and row.written and (block or not items):
            written.append(row.written)
            continue
        if row.of is None or not 0 <= row.of < len(items):
            written.append(f"{indent}- {_row_text(before, row.cells, None, text)}\n")
            continue
        item = items[row.of]
        start = (end_line(text, items[row.of - 1]) + 1 if row.of else begins) if block else item.start_mark.line
        same = _bare(row.cells) == _bare(before.rows[row.of].cells)
        if block and same:
            written.append(_ended("".join(lines[start : end_line(text, item) + 1])))
            continue
        said = on_one_line(text, item) if same else _row_text(before, row.cells, item, text)
        above = "".join(lines[start : item.start_mark.line]) if block else ""
        after = comment_behind(text, item) if block else ""
        written.append(f"{above}{indent}- {said}{after}\n")
    if block:
        return "".join([*lines[: min(begins, first)], *(written or [f"{indent[:-2]}  []\n"]), *lines[ends + 1 :]])
    at, end = (node.start_mark.index, end_of(text, node)) if node is not None else (None, None)
    rest = "\n" + "".join(written).removesuffix("\n") if written else "[]"
    if at is None or end is None:
        raise NotEditable(before.table)
    return (text[:at].rstrip() + rest if written else text[:at].rstrip(" ") + " []") + text[end:]


def _ended(chunk: str) -> str:
    return chunk if chunk.endswith("\n") else chunk + "\n"


def _bare(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: one_line(value) for name, value in cells.items() if one_line(value) not in ("", "-")}


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
            parts.append(f"{name}: {on_one_line(text, nodes[name])}")
        elif heading.kind == "then":
            parts.append(f"then: {_then(given[name])}")
        elif heading.kind == "clause":
            parts.append(f"clause: {_clauses(given[name])}")
        else:
            parts.append(f"{name}: {scalar(given[name])}")
    extra = [name for name in nodes if name not in before.names and name != "because"]
    parts += [f"{name}: {on_one_line(text, nodes[name])}" for name in extra]
    zh, en = given.get("because_zh", ""), given.get("because_en", "")
    if "because" in nodes and (zh, en) == tuple(old.get(name, "") for name in BECAUSE):
        parts.append(f"because: {on_one_line(text, nodes['because'])}")
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


# -- clauses --------------------------------------------------------------------------------------------------


def _filed(body: yaml.MappingNode, table: str, file: str, content: str) -> Grid:
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    read = [{key: (value or "").strip() for key, value in row.items() if key} for row in rows]
    return Grid(table, _headings(body), tuple(GridRow(row, place) for place, row in enumerate(read)), file)
