"""Reports as pictures with their tables; every number leads to the cases behind it, every page to an Excel file."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan.core.money import format_money
from tuoshan.insight import export
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.reports import pages, pages_of
from tuoshan.insight.reports.counting import Counting
from tuoshan.insight.reports.period import NAMES, Period
from tuoshan.insight.reports.shapes import Cell, Chart, Table, Tile
from tuoshan.office import exports
from tuoshan.parties.permissions import permitted
from tuoshan.templatetags.design import duration_text
from tuoshan.workbench.searching import Select, chips_of, selects

PAGES = pages.PAGES
MOST_UPRIGHT = 8
"""Of more bars than this the names do not fit side by side, so they lie one under the other."""
MOST_LYING = 40
"""So many of them are drawn; the table has them all."""
RIGHT = frozenset({"cases", "seconds", "percent", "score", "date", "money"})


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell in words, with the address of the cases behind it."""

    text: str
    href: str = ""
    right: bool = True
    small: bool = False


@dataclass(frozen=True, slots=True)
class ShownTile:
    name: str
    title: str
    cell: ShownCell
    delta: str
    trend: str
    hint: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    table: Table
    heads: list[tuple[str, bool]]
    rows: list[list[ShownCell]]
    chart: dict[str, Any] | None
    chart_id: str
    nothing: str
    """What is said in the place of a picture or of rows where there is nothing to show."""


@permitted("workbench.reports")
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The overview."""
    return _page(request, "overview")


@permitted("workbench.report")
@require_safe
def report(request: HttpRequest, name: str) -> HttpResponse:
    """One page."""
    return _page(request, name)


def _page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in PAGES:
        raise Http404
    if name not in pages_of(request.user):
        raise PermissionDenied
    counting = _counting(request)
    made = pages.make(name, counting)
    params = {**counting.period.params(), **counting.scope.params()}
    tail = f"?{urlencode(params)}"
    tables = [_table(table) for table in made.tables]
    return render(
        request,
        "workbench/reports/page.html",
        {
            "report": made,
            "tiles": [_tile(tile) for tile in made.tiles],
            "tables": tables,
            "tabs": [
                (title, reverse("workbench:report", args=[key]) + tail, key == name)
                for key, title in pages_of(request.user).items()
            ],
            "period": counting.period,
            "periods": [(key, title, key == counting.period.name) for key, title in NAMES.items()],
            "before": counting.period.before(),
            "selects": _selects(request, counting.scope),
            "here": reverse("workbench:report", args=[name]),
            "export_href": reverse("workbench:report_export", args=[name]) + tail,
            "nothing": not any(tile.cell.value for tile in made.tiles) and not any(t.rows or t.nothing for t in tables),
        },
    )


def _counting(request: HttpRequest) -> Counting:
    given = request.GET.dict()
    return Counting(request.user, Conditions.read(given), Period.read(given))


def _selects(request: HttpRequest, scope: Conditions) -> list[Select]:
    wanted = ("unit", "playbook", "category", "line", "product", "history")
    return [one for one in selects(request.user, scope) if one.name in wanted]


# -- numbers in words -------------------------------------------------------------------------------------------


def shown(cell: Cell) -> ShownCell:
    """A cell as people read it; one without a value is a dash, one without cases leads nowhere."""
    return ShownCell(text_of(cell.value, cell.unit), _leads_to(cell), cell.unit in RIGHT, cell.small)


def _leads_to(cell: Cell) -> str:
    if cell.case:
        return reverse("workbench:case", args=[cell.case])
    if cell.lesson:
        return reverse("workbench:lesson", args=[cell.lesson])
    if cell.lessons and cell.value:
        return f"{reverse('workbench:lessons')}?{urlencode(cell.lessons)}"
    return reverse("workbench:search") + cell.behind.address() if cell.behind is not None and cell.value else ""


def text_of(value: Any, unit: str) -> str:
    """A value with its unit in words."""
    if value is None or value == "":
        return "—"
    match unit:
        case "seconds":
            return duration_text(value)
        case "percent":
            return f"{value:.1f}%"
        case "score":
            return f"{value:.2f}"
        case "cases":
            return f"{value:,}"
        case "money":
            return format_money(value)
    return str(value)


def _tile(tile: Tile) -> ShownTile:
    delta, trend = _delta(tile)
    return ShownTile(tile.name, str(tile.title), shown(tile.cell), delta, trend, tile.hint)


def _delta(tile: Tile) -> tuple[str, str]:
    """The change against the period before in words, and whether it is good, bad or neither."""
    now, before = tile.cell.value, tile.before
    if before is None or now is None:
        return ("", "")
    change = now - before
    if abs(change) < 1e-9:
        return (_("与上期持平"), "")
    amount = text_of(abs(change), tile.cell.unit)
    if tile.cell.unit == "percent":
        amount = _("%(points)s 个百分点") % {"points": f"{abs(change):.1f}"}
    text = _("比上期多 %(amount)s") if change > 0 else _("比上期少 %(amount)s")
    trend = "" if tile.better is None else "good" if (change > 0) == tile.better else "bad"
    return (text % {"amount": amount}, trend)


def _table(table: Table) -> ShownTable:
    rows = [[shown(cell) for cell in row] for row in table.rows]
    heads = [(str(column.title), column.unit in RIGHT) for column in table.columns]
    chart = _chart(table, table.chart, rows) if table.chart is not None and table.rows else None
    if chart is not None and not any(value for one in chart["series"] for value in one["values"]):
        chart = None
    missing = not rows or (table.chart is not None and chart is None)
    nothing = (str(table.empty) or _("这个期间还没有数据。")) if missing else ""
    return ShownTable(table, heads, rows, chart, f"chart-{table.name}", nothing)


def _chart(table: Table, chart: Chart, rows: list[list[ShownCell]]) -> dict[str, Any]:
    """The data of the picture; a bar leads where its cell leads. A bar's rows stand from the top down."""
    drawn = [place for place, row in enumerate(table.rows) if chart.kind != "pareto" or row[-1].value is not None]
    lying = chart.horizontal or (chart.kind != "line" and len(drawn) > MOST_UPRIGHT)
    if lying:
        drawn = drawn[:MOST_LYING]
    series = [
        {
            "name": str(table.columns[number].title),
            "values": [table.rows[place][number].value or 0 for place in drawn],
            "links": [rows[place][number].href for place in drawn],
        }
        for number in chart.columns
    ]
    return {
        "kind": chart.kind, "labels": [str(table.rows[place][0].value) for place in drawn],
        "series": series, "unit": chart.unit,
        "horizontal": lying, "fractions": chart.fractions, "share_name": _("累计"),
        "shares": [table.rows[place][-1].value for place in drawn] if chart.kind == "pareto" else [],
    }  # fmt: skip


# -- files -----------------------------------------------------------------------------------------------------


@permitted("workbench.report_export")
@require_safe
def report_export(request: HttpRequest, name: str) -> FileResponse:
    """A report, or the list of cases of a search (`cases`), as an Excel file."""
    counting = _counting(request)
    if name == "cases":
        conditions = Conditions.read(request.GET.dict())
        place, title = exports.cases_file(request.user, conditions), "cases"
    elif name in PAGES:
        if name not in pages_of(request.user):
            raise PermissionDenied
        place = export.report_file(pages.make(name, counting), [chip.title for chip in chips_of(counting.scope)])
        title = name
    else:
        raise Http404
    file = place.open("rb")
    place.unlink()  # the open file is all that is left of it, and goes when it was sent
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"tuoshan-{title}-{counting.period.since:%Y%m%d}-{counting.period.until:%Y%m%d}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("reports/", reports, name="reports"),
    path("reports/<slug:name>", report, name="report"),
    path("reports/<slug:name>.xlsx", report_export, name="report_export"),
]
