"""Changing the copy of a rule book part by part: its tables row by row, its clauses, its examples.

What is changed goes back into the text of the copy, so that forms, programs and whoever edits the whole text work on
one and the same thing. Nobody's change is lost beside another's: whoever saves says what the part was when it was read.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.editing import clause_editing, length_editing, setting_editing, table_editing
from tuoshan.core.policy.editing.clause_editing import ClauseText
from tuoshan.core.policy.editing.example_renewing import plain_expectations
from tuoshan.core.policy.editing.length_editing import Length
from tuoshan.core.policy.editing.setting_editing import Written
from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.reading import table_sheets
from tuoshan.core.policy.reading.cells import Domain
from tuoshan.core.policy.reading.grids import Grid, GridRow
from tuoshan.core.policy.reading.text_places import NotEditable
from tuoshan.core.reading.findings import Finding
from tuoshan.rulings import library, publishing, taken_out, typed_cells
from tuoshan.rulings.models import BookDraft
from tuoshan.rulings.publishing import Record

ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheets save CSV in; the second knows every sequence that the first does not."""
LARGEST_SHEET = 1_000_000


class ChangedMeanwhile(ValueError):
    """Somebody else changed this part of the copy since it was read."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Findings as they stand beside a table: by row (its place), those of the table itself, and all others."""

    by_row: dict[int, list[tuple[str, Finding]]]
    """With the heading that each is about; empty where it is about the whole row."""
    of_table: list[Finding]
    elsewhere: list[Finding]


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong with an uploaded table: line of the file, heading, words."""

    line: int
    heading: str
    code: str
    finding: Finding | None = None


@dataclass(slots=True)
class Sheet:
    rows: list[GridRow] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)


def table_of(draft: BookDraft, table: str) -> Grid:
    """A table of the copy. Raises NotEditable."""
    return table_editing.grid(draft.text, publishing.tables_of(draft), table)


def pack_of(draft: BookDraft) -> Pack:
    """The copy as far as it can be read; else the newest version."""
    read = library.read_version(draft.name, draft.text, publishing.tables_of(draft)).pack
    return read or library.newest(draft.name)


def stamp(part: Grid | ClauseText | None) -> str:
    """What a part is now, as a short text; another one when it was changed."""
    if isinstance(part, Grid):
        known: object = [list(part.names), [sorted(row.cells.items()) for row in part.rows]]
    else:
        known = None if part is None else [getattr(part, name) for name in ClauseText.__slots__]
    return hashlib.sha256(json.dumps(known, ensure_ascii=False).encode()).hexdigest()[:16]


def save_rows(
    draft: BookDraft, table: str, rows: Sequence[GridRow], seen: str, *, person_id: int, now: datetime,
    record: Record | None = None,
) -> BookDraft:  # fmt: skip
    """Put rows into a table of the copy. Raises NotEditable, ChangedMeanwhile."""

    def make(draft: BookDraft) -> publishing.Written:
        if seen != stamp(table_of(draft, table)):
            raise ChangedMeanwhile(table)
        return table_editing.with_rows(draft.text, publishing.tables_of(draft), table, rows)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def saying_nothing(draft: BookDraft, grid: Grid, rows: Sequence[GridRow]) -> list[int]:
    """The rows, counted from 1, without a condition, a result, a conclusion, a clause or a reason. The newest version
    may have such a row on purpose."""
    try:
        known = table_editing.grid(*library.text_of(library.newest(draft.name)), grid.table).rows
    except NotEditable:
        known = ()
    meant = {row.cells.get("id", "") for row in known if _is_bare(row)}
    return [place for place, row in enumerate(rows, 1) if _is_bare(row) and row.cells.get("id", "") not in meant]


def _is_bare(row: GridRow) -> bool:
    return not any(value.strip() not in ("", "-") for name, value in row.cells.items() if name != "id")


def save_clause(
    draft: BookDraft, name: str, clause: ClauseText | None, seen: str, *, person_id: int, now: datetime,
    record: Record | None = None,
) -> BookDraft:  # fmt: skip
    """Put a clause into the copy, or take it out. Raises NotEditable, ChangedMeanwhile."""

    def make(draft: BookDraft) -> publishing.Written:
        if seen != stamp(clause_editing.clauses(draft.text).get(name)):
            raise ChangedMeanwhile(name)
        if clause is None:
            text = clause_editing.without_clause(draft.text, name)
        else:
            text = clause_editing.with_clause(draft.text, name, clause)
        return text, publishing.tables_of(draft)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def save_settings(
    draft: BookDraft, values: Mapping[str, Written], seen: str, *, person_id: int, now: datetime,
    record: Record | None = None,
) -> BookDraft:  # fmt: skip
    """Put settings into the copy. Raises NotEditable, ChangedMeanwhile."""

    def make(draft: BookDraft) -> publishing.Written:
        if seen != stamp_of_settings(draft):
            raise ChangedMeanwhile("settings")
        return setting_editing.with_settings(draft.text, values), publishing.tables_of(draft)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def stamp_of_settings(draft: BookDraft) -> str:
    """What the settings of the copy are now, as a short text. Raises NotEditable."""
    known = sorted(setting_editing.settings(draft.text).items())
    return hashlib.sha256(json.dumps(known, ensure_ascii=False).encode()).hexdigest()[:16]


def drop_example(
    draft: BookDraft, name: str, *, person_id: int, now: datetime, record: Record | None = None
) -> BookDraft:
    """Take an example out of the copy. Raises NotEditable."""

    def make(draft: BookDraft) -> publishing.Written:
        return clause_editing.without_example(draft.text, name), publishing.tables_of(draft)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def renew_example(
    draft: BookDraft, name: str, expect: Mapping[str, object], seen: str, *, person_id: int, now: datetime,
    record: Record | None = None,
) -> BookDraft:  # fmt: skip
    """Have an example expect this. Raises NotEditable, ChangedMeanwhile."""

    def make(draft: BookDraft) -> publishing.Written:
        if seen != stamp_of_copy(draft):
            raise ChangedMeanwhile(name)
        text = clause_editing.with_expectations(draft.text, name, plain_expectations(expect))
        return text, publishing.tables_of(draft)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def stamp_of_copy(draft: BookDraft) -> str:
    """What the whole copy is now, as a short text: what an example comes to turns on all of it."""
    known = json.dumps([draft.text, publishing.tables_of(draft)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def save_lengths(
    draft: BookDraft, lengths: Mapping[str, Length], labels: Mapping[str, Wording], seen: str, *, person_id: int,
    now: datetime, record: Record | None = None,
) -> BookDraft:  # fmt: skip
    """Put lengths of periods into the copy, and what these are called. Raises NotEditable, ChangedMeanwhile."""

    def make(draft: BookDraft) -> publishing.Written:
        if seen != stamp_of_lengths(draft):
            raise ChangedMeanwhile("values")
        text = length_editing.with_lengths(draft.text, lengths)
        for name, said in labels.items():
            text = length_editing.with_label(text, name, said)
        return text, publishing.tables_of(draft)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def stamp_of_lengths(draft: BookDraft) -> str:
    """What the lengths of the copy are now, as a short text. Raises NotEditable."""
    known = [(key, one.written) for key, one in length_editing.lengths(draft.text).items()]
    return hashlib.sha256(json.dumps(known, ensure_ascii=False).encode()).hexdigest()[:16]


def bring_back(
    draft: BookDraft, part: str, name: str, table: str = "", *, person_id: int, now: datetime,
    record: Record | None = None,
) -> BookDraft:  # fmt: skip
    """Put a `clause`, an `example` or a `row` of a table that was taken out back where it stood in the newest version.
    Raises NotEditable, also where it is there."""

    def make(draft: BookDraft) -> publishing.Written:
        return taken_out.back(draft.name, (draft.text, publishing.tables_of(draft)), part, name, table)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def answer_doubt(
    draft: BookDraft, doubt: str, because: str, *, person_id: int, now: datetime, record: Record | None = None
) -> BookDraft:
    """Say in the copy why something that the check doubts is meant. Raises NotEditable."""

    def make(draft: BookDraft) -> publishing.Written:
        return clause_editing.with_meant(draft.text, doubt, because), publishing.tables_of(draft)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def ask_again(
    draft: BookDraft, doubt: str, *, person_id: int, now: datetime, record: Record | None = None
) -> BookDraft:
    """Take back that something which the check doubts is meant. Raises NotEditable, also where nothing said so."""

    def make(draft: BookDraft) -> publishing.Written:
        return clause_editing.without_meant(draft.text, doubt), publishing.tables_of(draft)

    return publishing.change(draft.name, make, person_id=person_id, now=now, record=record)


def placed(findings: Sequence[Finding], grid: Grid) -> Placed:
    """Which findings stand beside which row of a table."""
    found = Placed({}, [], [])
    head = f"tables.{grid.table}"
    for finding in findings:
        if finding.where != head and not finding.where.startswith(f"{head}."):
            found.elsewhere.append(finding)
            continue
        row, heading = _row_of(finding.where.removeprefix(f"{head}.rows."), grid)
        if row is None:
            found.of_table.append(finding)
        else:
            found.by_row.setdefault(row, []).append((heading, finding))
    return found


def _row_of(where: str, grid: Grid) -> tuple[int | None, str]:
    """The row that a finding is about, by its id or by its number where it has none, and the heading."""
    fits = [
        (len(name), place, where.removeprefix(name).removeprefix(".").partition(".")[0])
        for place, row in enumerate(grid.rows)
        if where == (name := row.cells.get("id") or f"row{place + 1}") or where.startswith(f"{name}.")
    ]
    if not fits:
        return None, ""
    _length, place, heading = max(fits)
    return place, "because_zh" if heading == "because" else heading if heading in grid.names else ""


def of_parts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings each table (`tables.NAME`) and clause (`clauses.NAME`) has."""
    found: dict[str, int] = {}
    for finding in findings:
        part = ".".join(finding.where.split(".", 2)[:2])
        found[part] = found.get(part, 0) + 1
    return found


# -- what stands above a column ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class About:
    """What a column is called, of what kind it is, and what may stand in it: value → title."""

    label: str
    kind: str
    choices: dict[str, str]


def about(pack: Pack, grid: Grid, language: str) -> dict[str, About]:
    """The columns and outputs of a table in words."""
    table = pack.tables.get(grid.table)
    domains: dict[str, Domain] = {column.name: column.domain for column in table.columns} if table else {}
    kinds: dict[str, str] = {output.name: output.kind for output in table.outputs} if table else {}
    found = {}
    for heading in grid.headings:
        if heading.kind not in ("cell", "output"):
            continue
        domain = domains.get(heading.name)
        kind = domain.kind if domain else kinds.get(heading.name, "").replace("money", "number")
        fact = pack.facts.get(heading.name)
        titles = {one.value: one.title.in_language(language) for one in fact.field.choices} if fact else {}
        names = domain.choices if domain else ()
        choices = {
            name: titles.get(name) or (pack.labels[name].in_language(language) if name in pack.labels else "")
            for name in names
        }
        label = label_of(pack, heading.name).in_language(language) or heading.name
        found[heading.name] = About(label, str(kind), choices)
    return found


# -- sheets -----------------------------------------------------------------------------------------------------


def as_sheet(grid: Grid, titles: dict[str, str]) -> bytes:
    """A table as CSV that a spreadsheet opens right."""
    return table_sheets.to_csv(grid.names, [row.cells for row in grid.rows], titles).encode("utf-8-sig")


def read_sheet(draft: BookDraft, grid: Grid, data: bytes) -> Sheet:
    """The rows of an uploaded table, or everything that is wrong with it by line and heading; nothing is saved."""
    text = _decoded(data)
    if text is None:
        return Sheet(problems=[SheetProblem(1, "", "encoding")])
    if len(text) > LARGEST_SHEET:
        return Sheet(problems=[SheetProblem(1, "", "too_long")])
    read = table_sheets.from_csv(text, grid)
    if read.problems:
        return Sheet(problems=[SheetProblem(one.line, one.heading, one.code) for one in read.problems])
    read.rows[:] = typed_cells.as_the_grammar_has_it(pack_of(draft), grid, read.rows)
    changed, files = table_editing.with_rows(draft.text, publishing.tables_of(draft), grid.table, read.rows)
    after = table_editing.grid(changed, files, grid.table)
    found = placed(library.read_version(draft.name, changed, files).findings, after)
    problems = [
        SheetProblem(place + 2, heading, "cell", finding)
        for place, known in sorted(found.by_row.items()) for heading, finding in known
    ]  # fmt: skip
    return Sheet(read.rows, problems)


def _decoded(data: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


__all__ = [
    "About", "ChangedMeanwhile", "ClauseText", "Grid", "GridRow", "NotEditable", "about", "answer_doubt", "as_sheet",
    "ask_again", "bring_back", "drop_example", "of_parts", "pack_of", "placed", "read_sheet", "renew_example",
    "save_clause", "save_lengths", "save_rows", "save_settings", "saying_nothing", "stamp", "stamp_of_copy",
    "stamp_of_lengths", "stamp_of_settings", "table_of",
]  # fmt: skip
