"""What was taken out of the copy of a rule book, and stands in its newest version still: clauses, rows, examples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.editing import clause_editing, putting_back, table_editing
from tuoshan.core.policy.editing.clause_editing import ClauseText
from tuoshan.core.policy.pack import example_title
from tuoshan.core.policy.reading.grids import Grid, GridRow
from tuoshan.core.policy.reading.text_places import NotEditable
from tuoshan.core.reading.findings import Finding
from tuoshan.rulings import library
from tuoshan.rulings.differences import conclusions_of, row_words

Part = Literal["clause", "row", "example"]
Written = tuple[str, dict[str, str]]
BRING_BACK = Wording("它在这份副本里被删除了：把它放回，或改引别的条款",
                     "it was taken out in this copy: bring it back, or cite another")  # fmt: skip
BRING_BACK_OR_NOT = Wording("它在这份副本里被删除了：把它放回，或从例子里去掉",
                            "it was taken out in this copy: bring it back, or leave it out of the example")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that was taken out: of a row also its table, and its place in the newest version."""

    part: Part
    name: str
    label: Wording
    said: Wording
    table: str = ""
    place: int = 0


def taken_out(name: str, written: Written) -> list[Gone]:
    """Everything of the newest version that the copy has no more, in the order of the book's screen."""
    text, _files = library.text_of(library.newest(name))
    found = [one for table in table_editing.table_names(text) for one in rows_gone(name, written, table)]
    try:
        are = clause_editing.clauses(written[0])
        found += [
            Gone("clause", one, Wording(f"条款 {one}", f"Clause {one}"), Wording(was.zh, was.en))
            for one, was in _clauses(text).items() if one not in are
        ]  # fmt: skip
        examples = clause_editing.examples(written[0])
        found += [
            Gone("example", one, Wording(f"例子“{title.zh}”", f"Example '{title.en}'"), NO_WORDING)
            for one in clause_editing.examples(text) if one not in examples for title in [example_title(one)]
        ]  # fmt: skip
    except NotEditable:
        pass
    return found


def _clauses(text: str) -> dict[str, ClauseText]:
    try:
        return clause_editing.clauses(text)
    except NotEditable:
        return {}


def rows_gone(name: str, written: Written, table: str) -> list[Gone]:
    """The rows of a table of the newest version that the copy has no more. One that only has another name is there."""
    newest = library.newest(name)
    try:
        was = table_editing.grid(*library.text_of(newest), table)
        now = table_editing.grid(*written, table)
    except NotEditable:
        return []
    names = {row.cells.get("id", "") for row in now.rows}
    said = [_nameless(row) for row in now.rows]
    places = [
        place for place, row in enumerate(was.rows)
        if row.cells.get("id", "") not in names and _nameless(row) not in said
    ]  # fmt: skip
    if not places:
        return []
    title = newest.tables[table].title if table in newest.tables else Wording(table, table)
    conclusions = conclusions_of(newest, table)
    return [
        Gone(
            "row", id_, Wording(f"《{title.zh}》第 {place + 1} 行（{id_}）", f"{title.en}, row {place + 1} ({id_})"),
            row_words(newest, was.rows[place], conclusions.get(id_, NO_WORDING), was), table, place,
        )
        for place in places for id_ in [was.rows[place].cells.get("id", "")]
    ]  # fmt: skip


def _nameless(row: GridRow) -> dict[str, str]:
    return {name: value for name, value in row.cells.items() if name != "id" and value.strip() not in ("", "-")}


def back(name: str, written: Written, part: str, item: str, table: str = "") -> Written:
    """The text with this in its old place. Raises NotEditable, also where it is there already."""
    text, files = written
    before = library.text_of(library.newest(name))
    if part == "clause":
        return putting_back.with_clause_back(text, before[0], item), files
    if part == "example":
        return putting_back.with_example_back(text, before[0], item), files
    if part != "row":
        raise NotEditable(part)
    gone = next((one for one in rows_gone(name, written, table) if one.name == item), None)
    if gone is None:
        raise NotEditable(item)
    rows, _at = row_back(name, table_editing.grid(text, files, table).rows, table, gone.place)
    return table_editing.with_rows(text, files, table, rows)


def row_back(name: str, now: Sequence[GridRow], table: str, place: int) -> tuple[list[GridRow], int]:
    """The rows with the one at this place of the newest version, and where it stands. Raises NotEditable."""
    was: Grid = table_editing.grid(*library.text_of(library.newest(name)), table)
    if place >= len(was.rows) or was.rows[place].cells.get("id", "") in {row.cells.get("id", "") for row in now}:
        raise NotEditable(table)
    return putting_back.with_row_back(now, was, place)


# -- what the check says of it ----------------------------------------------------------------------------------------


def clause_missed(name: str, text: str, finding: Finding) -> str:
    """The clause that a finding misses because it was taken out of this copy; empty where it is about something else.
    """
    return next((clause for clause, _mend in _missed(name, text, [finding])), "")


def told(name: str, text: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, in which a clause that was taken out of this copy is not taken for a slip of the pen."""
    mends = {finding: mend for finding in findings for _clause, mend in _missed(name, text, [finding])}
    return tuple(replace(one, mend=mends[one]) if one in mends else one for one in findings)


def _missed(name: str, text: str, findings: Sequence[Finding]) -> Iterator[tuple[str, Wording]]:
    if not any("没有条款" in one.message.zh for one in findings):
        return
    are = _clauses(text)
    gone = [one for one in _clauses(library.text_of(library.newest(name))[0]) if one not in are] if are else []
    for finding in findings:
        message = finding.message.zh
        for clause in gone:
            if message in (f"没有条款 {clause}", f"没有条款“{clause}”"):
                yield clause, BRING_BACK
            elif message.endswith(f"没有条款“{clause}”，“without”总是成立"):
                yield clause, BRING_BACK_OR_NOT
