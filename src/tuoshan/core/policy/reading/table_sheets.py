"""A table of a rule book as CSV, for spreadsheets and from them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tuoshan.core.policy.reading.grids import Grid, GridRow
from tuoshan.core.policy.reading.text_places import one_line


def to_csv(names: Sequence[str], rows: Sequence[Mapping[str, str]], titles: Mapping[str, str] | None = None) -> str:
    """Rows as CSV, headings first; `titles` say beside a heading's name what it means."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n" if titles is None else "\r\n")
    writer.writerow([f"{titles[name]} {name}".strip() if titles and titles.get(name) else name for name in names])
    for row in rows:
        cells = [one_line(row.get(name, "")) for name in names]
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
    value = one_line(value)
    if value[:1] == "'" and value[1:].startswith(_FORMULA):
        value = value[1:]
    if day := _SLASHED.match(value):
        value = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    return {"TRUE": "yes", "FALSE": "no"}.get(value, value)


def _delimiter(content: str) -> str:
    head = content.partition("\n")[0]
    return max(",;\t", key=head.count)
