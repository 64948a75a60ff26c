"""What is wrong with the rows of a table, in words: a row that can never hold is told with the one that stands before
it, and which of both is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tuoshan.core.policy.editing import table_editing
from tuoshan.core.reading.findings import Finding
from tuoshan.punctuation import listed
from tuoshan.rulings import copying, library
from tuoshan.rulings.copying import Grid, NotEditable
from tuoshan.rulings.models import BookDraft
from tuoshan.workbench.bookrescue import finding_told

DEAD = 3
"""The check that finds rows that can never hold, as docs/policies.md numbers it."""


@dataclass(frozen=True, slots=True)
class RowFinding:
    """What stands beside a row, and under which heading (empty: beside the whole row)."""

    heading: str
    text: str


def by_row(draft: BookDraft, grid: Grid, findings: Sequence[Finding]) -> dict[int, list[RowFinding]]:
    """By the place of the row."""
    found: dict[int, list[RowFinding]] = {}
    for number, known in sorted(copying.placed(findings, grid).by_row.items()):
        for heading, finding in known:
            for place, text in _told(draft, grid, number, heading, finding):
                one = RowFinding(heading if place == number else "", text)
                if one not in found.setdefault(place, []):
                    found[place].append(one)
    return dict(sorted(found.items()))


def _told(draft: BookDraft, grid: Grid, number: int, heading: str, finding: Finding) -> list[tuple[int, str]]:
    if finding.check != DEAD or heading:
        return [(number, finding_told(finding))]
    taker = number if _takes_all(grid, number) and number + 1 < len(grid.rows) else _taker(grid, number)
    if taker is None:
        return [(number, f"{_called(draft, grid, number)}{_('：')}{finding_told(finding)}")]
    first = _called(draft, grid, taker)
    behind = range(taker + 1, len(grid.rows)) if taker == number else [number]
    dead = listed(_called(draft, grid, place) for place in behind)
    if _takes_all(grid, taker):
        said = _(
            "%(first)s没有条件，什么都归它，排在它后面的%(dead)s永远轮不到。给%(first)s写上条件，或把它移到最后、删除。"
        )
    else:
        said = _("%(dead)s要的情况，排在前面的%(first)s都先接走了，所以永远轮不到。改%(first)s的条件，或调换次序。")
    text = said % {"first": first, "dead": dead}
    return [(taker, text), *((place, text) for place in behind)]


def _cells(grid: Grid, number: int) -> dict[str, str]:
    row = grid.rows[number].cells
    found = {one.name: row.get(one.name, "").strip() for one in grid.headings if one.kind == "cell"}
    return {name: "" if text == "-" else text for name, text in found.items()}


def _takes_all(grid: Grid, number: int) -> bool:
    return not any(_cells(grid, number).values())


def _taker(grid: Grid, number: int) -> int | None:
    """A row before this one that by itself takes all that it asks for; nothing where only several do together."""
    mine = _cells(grid, number)
    for place in range(number):
        if all(text in ("", mine[name]) for name, text in _cells(grid, place).items()):
            return place
    return None


def _called(draft: BookDraft, grid: Grid, number: int) -> str:
    """`第 6 行（new，新加的）`."""
    name = grid.rows[number].cells.get("id", "")
    new = _is_new(draft, grid, name)
    said = _("第 %(number)d 行（%(name)s，新加的）") if new else _("第 %(number)d 行（%(name)s）")
    return said % {"number": number + 1, "name": name}


def _is_new(draft: BookDraft, grid: Grid, name: str) -> bool:
    try:
        known = table_editing.grid(*library.text_of(library.newest(draft.name)), grid.table).rows
    except NotEditable:
        return False
    return name not in {row.cells.get("id", "") for row in known}
