"""Reports as figures, each with the conditions under which a search finds the cases behind it; and as files."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from ninja import Query, Router, Schema

from tuoshan.api.application import gives, me
from tuoshan.api.files import SHEET, sent
from tuoshan.api.searching import ConditionsIn, SearchIn, conditions_of
from tuoshan.insight import export
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.reports import pages, pages_of
from tuoshan.insight.reports.counting import Counting
from tuoshan.insight.reports.period import Period
from tuoshan.insight.reports.shapes import Cell
from tuoshan.office import exports
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["reports"])


class ReportIn(ConditionsIn):
    """Conditions, and the days: `period` is today, 7, 30, 90, month, last_month, or custom with `since`, `until`."""

    period: str = "30"


class PageOut(Schema):
    """A report by name."""

    name: str
    title: str


class CellOut(Schema):
    """A value in its unit: cases, seconds, percent, score, date, money, text. `behind` finds what it counts (search),
    `lessons` the improvements that it counts (`lesson_list`).

    `small`: of so few cases that it says little.
    """

    value: float | str | None
    unit: str
    behind: dict[str, str] | None
    lessons: dict[str, str] | None
    small: bool


class TileOut(Schema):
    """A number with what it was in the period before; `better` says whether more is better."""

    name: str
    title: str
    cell: CellOut
    before: float | str | None
    better: bool | None
    hint: str


class TableOut(Schema):
    """Rows of cells under their columns."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[CellOut]]
    note: str


class ReportOut(Schema):
    """One page, for the days and conditions as understood."""

    name: str
    title: str
    since: date
    until: date
    scope: dict[str, str]
    tiles: list[TileOut]
    tables: list[TableOut]


def _counting(request: HttpRequest, where: ReportIn) -> Counting:
    return Counting(me(request), conditions_of(where), Period.read(where.dict()))


def _plain(value: Any) -> float | str | None:
    return value if value is None or isinstance(value, int | float) else str(value)


def _cell(cell: Cell) -> dict[str, Any]:
    behind = cell.behind.params() if cell.behind is not None and cell.value else None
    lessons = dict(cell.lessons) if cell.lessons and cell.value else None
    return {
        "value": _plain(cell.value), "unit": cell.unit, "behind": behind, "lessons": lessons, "small": cell.small,
    }  # fmt: skip


def _readable(request: HttpRequest, name: str) -> None:
    if name not in pages.PAGES:
        raise Http404
    if name not in pages_of(me(request)):
        raise PermissionDenied


@router.get("/reports", response=gives(list[PageOut]), url_name="report_list", summary="Reports")
@api_permitted("api.report_list")
def report_list(request: HttpRequest) -> list[dict[str, str]]:
    """Their names and titles."""
    return [{"name": name, "title": str(title)} for name, title in pages_of(me(request)).items()]


@router.get("/reports/{name}", response=gives(ReportOut), url_name="report_read", summary="One report")
@api_permitted("api.report_read")
def report_read(request: HttpRequest, name: str, where: Query[ReportIn]) -> dict[str, Any]:
    """Within the caller's reach. Only unit, playbook, category, product, line and history narrow a report."""
    _readable(request, name)
    counting = _counting(request, where)
    made = pages.make(name, counting)
    return {
        "name": name, "title": str(made.title), "since": counting.period.since, "until": counting.period.until,
        "scope": counting.scope.params(),
        "tiles": [
            {
                "name": one.name, "title": str(one.title), "cell": _cell(one.cell), "before": _plain(one.before),
                "better": one.better, "hint": str(one.hint),
            }
            for one in made.tiles
        ],
        "tables": [
            {
                "name": one.name, "title": str(one.title), "columns": [str(column.title) for column in one.columns],
                "rows": [[_cell(cell) for cell in row] for row in one.rows], "note": str(one.note),
            }
            for one in made.tables
        ],
    }  # fmt: skip


@router.get(
    "/reports/{name}/file", response=gives(bytes), url_name="report_file", summary="A report as Excel",
    openapi_extra=SHEET,
)  # fmt: skip
@api_permitted("api.report_file")
def report_file(request: HttpRequest, name: str, where: Query[ReportIn]) -> FileResponse:
    """One sheet a table; durations in hours."""
    _readable(request, name)
    counting = _counting(request, where)
    scope = [f"{key}: {value}" for key, value in counting.scope.params().items()]
    return sent(export.report_file(pages.make(name, counting), scope), f"tuoshan-{name}.xlsx", gone=True)


@router.get(
    "/search/file", response=gives(bytes), url_name="cases_file", summary="Cases as Excel",
    openapi_extra=SHEET,
)  # fmt: skip
@api_permitted("api.cases_file")
def cases_file(request: HttpRequest, where: Query[SearchIn]) -> FileResponse:
    """What a search finds, newest first, up to 50,000."""
    conditions: Conditions = conditions_of(where)
    return sent(exports.cases_file(me(request), conditions), "tuoshan-cases.xlsx", gone=True)
