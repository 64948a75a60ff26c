"""Putting back what was taken out of a rule book's text: a clause, an example, a row, as written and where it stood.

A comment directly above a clause or an example goes with it and comes back with it; so does what stands between a row
and the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import yaml

from tuoshan.core import yaml_strict
from tuoshan.core.policy.reading.grids import Grid, GridRow
from tuoshan.core.policy.reading.text_places import NotEditable, end_line, first_line, value_of


def with_clause_back(text: str, before: str, name: str) -> str:
    """The text with the clause of this name as `before` has it. Raises NotEditable."""
    return _with_entry_back(text, before, "clauses", name)


def with_example_back(text: str, before: str, name: str) -> str:
    """The same for an example. Raises NotEditable."""
    return _with_entry_back(text, before, "examples", name)


def with_row_back(now: Sequence[GridRow], before: Grid, place: int) -> tuple[list[GridRow], int]:
    """The rows with the one that stood at a place of `before`, behind the nearest that stood above it there, and where
    it stands now."""
    row = before.rows[place]
    names = [one.cells.get("id", "") for one in before.rows]
    at = _place([one.cells.get("id", "") for one in now], names, place)
    return [*now[:at], replace(row, of=None), *now[at:]], at


def _place(now: Sequence[str], before: Sequence[str], place: int) -> int:
    """Where what stood at a place of `before` belongs: behind its nearest neighbour above, else above the one below."""
    for name in reversed(before[:place]):
        if name in now:
            return now.index(name) + 1
    return next((now.index(name) for name in before[place + 1 :] if name in now), len(now))


def _with_entry_back(text: str, before: str, part: str, name: str) -> str:
    were = _entries(before, part)
    place = next((place for place, (known, _first, _end) in enumerate(were) if known == name), None)
    are = _entries(text, part)
    if place is None or any(known == name for known, _first, _end in are):
        raise NotEditable(name)
    _name, first, end = were[place]
    chunk = "".join(before.splitlines(keepends=True)[first:end])
    chunk = chunk if chunk.endswith("\n") else chunk + "\n"
    lines = [line if line.endswith("\n") else line + "\n" for line in text.splitlines(keepends=True)]
    if not are:
        return _under_its_heading(text, lines, part, chunk)
    at = _place([known for known, _first, _end in are], [known for known, _first, _end in were], place)
    line = are[at - 1][2] if at else are[0][1]
    return "".join([*lines[:line], _indented(chunk, _column(before, part), _column(text, part)), *lines[line:]])


def _under_its_heading(text: str, lines: list[str], part: str, chunk: str) -> str:
    """Where none is left, `examples: []` or `clauses:` may still stand."""
    root = yaml_strict.marked(text)
    keys = root.value if isinstance(root, yaml.MappingNode) else []
    line = next((key.start_mark.line for key, _value in keys if key.value == part), None)
    if line is None:
        return "".join([*lines, "\n", f"{part}:\n", chunk])
    return "".join([*lines[:line], f"{part}:\n", chunk, *lines[line + 1 :]])


def _node(text: str, part: str) -> yaml.CollectionNode | None:
    root = yaml_strict.marked(text)
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable(part)
    node = value_of(root, part)
    if isinstance(node, yaml.CollectionNode) and node.value and node.flow_style:
        raise NotEditable(part)
    return node if isinstance(node, yaml.CollectionNode) and node.value else None


def _column(text: str, part: str) -> int:
    node = _node(text, part)
    return int(node.start_mark.column) if node is not None else 0


def _indented(chunk: str, was: int, now: int) -> str:
    if was == now:
        return chunk
    lines = chunk.splitlines(keepends=True)
    return "".join(" " * (now - was) + line if now > was else line[was - now :] for line in lines)


def _entries(text: str, part: str) -> list[tuple[str, int, int]]:
    """Each by its name with the line where it begins and the one behind its last."""
    node = _node(text, part)
    found: list[tuple[str, int, int]] = []
    if node is None:
        return found
    lines = text.splitlines()
    for place, item in enumerate(node.value, 1):
        start, value = item if isinstance(item, tuple) else (item, item)
        if isinstance(item, tuple):
            name = str(start.value)
        else:
            mine = value_of(item, "id") if isinstance(item, yaml.MappingNode) else None
            name = str(mine.value) if mine is not None else f"{place}"
        floor = found[-1][2] if found else 0
        found.append((name, first_line(lines, start.start_mark.line, floor), end_line(text, value) + 1))
    return found
