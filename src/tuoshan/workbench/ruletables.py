"""The tables of a rule book's copy, changed as grids and as CSV."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.policy.editing import table_editing
from tuoshan.core.policy.pack import Pack
from tuoshan.identifiers import is_id
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import me
from tuoshan.parties.permissions import permitted
from tuoshan.rulings import copying, library, publishing, taken_out, typed_cells
from tuoshan.rulings.cells_in_words import cell_words, heading_words
from tuoshan.rulings.copying import Grid, GridRow, NotEditable
from tuoshan.rulings.models import BookDraft
from tuoshan.rulings.reading_aloud import tables_to_read
from tuoshan.workbench import rowfindings
from tuoshan.workbench.bookcopies import draft_for
from tuoshan.workbench.bookrescue import always_opens, finding_told
from tuoshan.workbench.casepage import person_id
from tuoshan.workbench.copyparts import findings_shown, say_saved
from tuoshan.workbench.rowfindings import RowFinding

MOST_ROWS = 400
MOST_OPTIONS = 4_000
"""That stand in one column of a page."""
DOINGS = ("up", "down", "copy", "drop", "add", "back")
HEADINGS = {
    "id": _lazy("行名"), "then": _lazy("结论"), "clause": _lazy("条款"), "because_zh": _lazy("理由（中文）"),
    "because_en": _lazy("理由（英文）"),
}  # fmt: skip
KINDS = {
    "choice": _lazy("选项"), "yes_no": _lazy("是非"), "number": _lazy("数字"), "date": _lazy("日期"),
}  # fmt: skip
EXAMPLES = {
    "choice": ("leather", "leather, sports", "not leather"), "yes_no": ("yes", "no"),
    "number": ("30", "<= 30", "> 5", "3..8"), "date": (">= 2024-07-01", "< 2024-07-01"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a column."""

    name: str
    label: str
    kind: str
    output: bool
    choices: list[tuple[str, str]]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownCell:
    name: str
    field: str
    label: str
    value: str
    size: int
    listed: str
    wrong: list[str]
    said: str = ""
    """What stands in it, in words."""
    options: tuple[tuple[str, str], ...] = ()
    """What may be chosen in its place, in words; nothing where it is typed."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the form: its cells, what it says in words, and what is wrong with it."""

    number: int
    of: int | None
    name: str
    cells: list[ShownCell]
    own: dict[str, ShownCell]
    said: list[str]
    wrong: list[str]


@permitted("workbench.rule_table")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_table(request: HttpRequest, name: str, table: str) -> HttpResponse:
    """A table of the copy as a grid; every button saves what was typed."""
    draft = draft_for(request, name)
    grid = _grid(draft, table)
    if request.method != "POST":
        return render(request, "workbench/rulebooks/table.html", _table(request, draft, grid))
    rows = _typed(request, copying.pack_of(draft), grid)
    doing, _dash, place = request.POST.get("do", "").partition("-")
    at = int(place) if is_id(place) and int(place) < len(rows) else None
    rows, at = _brought_back(rows, name, table, place) if doing == "back" else _done(rows, doing, at, grid)
    if doing not in (*DOINGS, "row") and (bare := copying.saying_nothing(draft, grid, rows)):
        context = {**_as_typed(request, draft, grid, rows), "bare": [_bare_row(number) for number in bare]}
        return render(request, "workbench/rulebooks/table.html", context, status=422)
    try:
        copying.save_rows(draft, table, rows, request.POST.get("seen", ""), person_id=person_id(request),
                          now=clock.now(), record=office.noting(me(request), name))  # fmt: skip
    except copying.ChangedMeanwhile:
        context = {**_as_typed(request, draft, grid, rows), "meanwhile": True}
        return render(request, "workbench/rulebooks/table.html", context, status=409)
    if doing == "row" and at is not None:
        return redirect("workbench:rule_row", name=name, table=table, number=at)
    if doing not in DOINGS:
        say_saved(request, name)
    return _back(name, table, doing if doing in DOINGS else "", at)


def _as_typed(request: HttpRequest, draft: BookDraft, grid: Grid, rows: list[GridRow]) -> dict[str, Any]:
    """The form with rows that were not saved."""
    places = {row.cells.get("id", ""): row.of for row in grid.rows}
    mine = tuple(GridRow(row.cells, places.get(row.cells.get("id", ""))) for row in rows)
    typed = _table(request, draft, Grid(grid.table, grid.headings, mine, grid.file))
    return {**typed, "seen": copying.stamp(grid)}


def _bare_row(number: int) -> str:
    return _("第 %(number)d 行什么也没有写：没有条件、结果、结论、条款和理由。") % {"number": number}


def _back(name: str, table: str, doing: str = "", at: int | None = None) -> HttpResponseRedirect:
    address = reverse("workbench:rule_table", args=[name, table])
    if at is None:
        return redirect(address)
    return redirect(f"{address}?{urlencode({'at': at, 'do': doing})}")  # no fragment: it would win over the focus


def _grid(draft: BookDraft, table: str) -> Grid:
    try:
        return copying.table_of(draft, table)
    except NotEditable as error:
        raise Http404 from error


def _typed(request: HttpRequest, pack: Pack, grid: Grid) -> list[GridRow]:
    """The rows as they were typed, in the order of the form, a choice by its code; what the table has no heading for
    is not read."""
    rows = []
    count = request.POST.get("rows", "")
    for number in range(min(int(count) if is_id(count) else 0, MOST_ROWS)):
        of = request.POST.get(f"r{number}-of", "")
        cells = {name: request.POST.get(f"r{number}-{name}", "").strip() for name in grid.names}
        rows.append(GridRow(cells, int(of) if is_id(of) and int(of) < len(grid.rows) else None))
    return typed_cells.as_the_grammar_has_it(pack, grid, rows)


def _done(rows: list[GridRow], doing: str, at: int | None, grid: Grid) -> tuple[list[GridRow], int | None]:
    """Move, copy, add or remove a row; and where it stands then."""
    if doing == "add":
        place = len(rows)
        if rows and not any(rows[-1].cells.get(one.name) for one in grid.headings if one.kind == "cell"):
            place -= 1  # above the row that holds for all the rest
        return [*rows[:place], GridRow({"id": _free("new", rows)}), *rows[place:]], place
    if at is None:
        return rows, None
    if doing == "copy":
        twin = GridRow({**rows[at].cells, "id": _free(rows[at].cells.get("id") or "new", rows)})
        return [*rows[: at + 1], twin, *rows[at + 1 :]], at + 1
    if doing == "drop":
        return [*rows[:at], *rows[at + 1 :]], min(at, len(rows) - 2) if len(rows) > 1 else None
    to = at - 1 if doing == "up" else at + 1
    if doing in ("up", "down") and 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
        return rows, to
    return rows, at


def _brought_back(rows: list[GridRow], name: str, table: str, place: str) -> tuple[list[GridRow], int | None]:
    """With a row that was taken out, by its place in the newest version; and where it stands."""
    try:
        return taken_out.row_back(name, rows, table, int(place) if is_id(place) else MOST_ROWS)
    except NotEditable:
        return rows, None


def _free(name: str, rows: list[GridRow]) -> str:
    taken = {row.cells.get("id") for row in rows}
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return name if name not in taken else f"{name}_{number}"


def _table(request: HttpRequest, draft: BookDraft, grid: Grid) -> dict[str, Any]:
    proved = publishing.prove_copy(draft)
    pack = proved.pack or library.newest(draft.name)
    placed = copying.placed(proved.findings, grid)
    wrong = rowfindings.by_row(draft, grid, proved.findings)
    wrong_rows, heads = _wrong_rows(pack, grid, wrong), _heads(pack, grid)
    at = request.GET.get("at", "")
    names = table_editing.table_names(draft.text)
    place = names.index(grid.table)
    known = pack.tables.get(grid.table)
    return {
        "draft": draft, "name": draft.name, "title": words(library.newest(draft.name).title), "grid": grid,
        "table_title": words(known.title) if known else grid.table, "hit": known.hit if known else "first",
        "heads": heads, "rows": _rows(pack, grid, heads, wrong),
        "wrong_rows": wrong_rows, "seen": copying.stamp(grid),
        "of_table": [finding_told(one) for one in placed.of_table],
        "elsewhere": len(findings_shown(draft, placed.elsewhere)),
        "wrong": len(wrong_rows) + len(placed.of_table),
        "at": int(at) if is_id(at) else None, "did": request.GET.get("do", ""),
        "before": names[place - 1] if place else "", "after": names[place + 1] if place + 1 < len(names) else "",
        "lists": [head for head in heads if head.choices], "may_more": len(grid.rows) < MOST_ROWS,
        "gone": [(one, words(one.label), words(one.said)) for one in taken_out.rows_gone(
            draft.name, (draft.text, publishing.tables_of(draft)), grid.table)],
    }  # fmt: skip


def _heads(pack: Pack, grid: Grid) -> list[Head]:
    about = copying.about(pack, grid, get_language() or "zh-hans")
    found = []
    for heading in grid.headings:
        known = about.get(heading.name)
        if known is None:
            continue
        output = heading.kind == "output"
        kind = "choice" if known.choices and not output else known.kind
        choices = list(known.choices.items()) or ([("yes", _("是")), ("no", _("否"))] if kind == "yes_no" else [])
        examples = () if output else EXAMPLES.get(kind, ())
        found.append(Head(heading.name, known.label, str(KINDS.get(kind, kind)), output, choices, examples))
    return found


def _wrong_rows(pack: Pack, grid: Grid, wrong: dict[int, list[RowFinding]]) -> list[dict[str, Any]]:
    """The same above the table, where it is in view: by row and column, each with the way to it."""
    language = get_language() or "zh-hans"
    told: list[dict[str, Any]] = []
    for number, found in wrong.items():
        for one in found:
            name = grid.rows[number].cells.get("id", "")
            row = _("第 %(number)d 行（%(name)s）") % {"number": number + 1, "name": name}
            place = f"{row} {heading_words(pack, one.heading, language)}" if one.heading else row
            named = one.text.startswith(_("第 %(number)d 行") % {"number": number + 1})
            if one.text not in {shown["text"] for shown in told}:
                told.append({"href": f"#row-{number}", "place": "" if named else place, "text": one.text})
    return told


def _rows(pack: Pack, grid: Grid, heads: list[Head], found_in: dict[int, list[RowFinding]]) -> list[ShownRow]:
    language = get_language() or "zh-hans"
    said = {
        row.name: row.conclusions for table in tables_to_read(pack, language) if table.name == grid.table
        for row in table.rows
    }  # fmt: skip
    widest = {head.name: min(max([len(row.cells.get(head.name, "")) for row in grid.rows] + [6]), 22) for head in heads}
    found = []
    for number, row in enumerate(grid.rows):
        wrong: dict[str, list[str]] = {}
        for one in found_in.get(number, ()):
            wrong.setdefault(one.heading, []).append(one.text)
        cells = [
            ShownCell(
                head.name, f"r{number}-{head.name}", head.label, row.cells.get(head.name, ""), widest[head.name],
                f"list-{head.name}" if head.choices else "", wrong.get(head.name, []),
                _said(pack, head.name, row.cells.get(head.name, "").strip(), language),
                _options(head, row.cells.get(head.name, "").strip(), len(grid.rows)),
            )
            for head in heads
        ]  # fmt: skip
        own = {
            name: ShownCell(name, f"r{number}-{name}", str(label), row.cells.get(name, ""), 10, "", wrong.get(name, []))
            for name, label in HEADINGS.items()
        }
        name = row.cells.get("id", "")
        found.append(ShownRow(number, row.of, name, cells, own, said.get(name, []), wrong.get("", [])))
    return found


def _options(head: Head, text: str, rows: int) -> tuple[tuple[str, str], ...]:
    """What may stand in a cell of one value; a cell of several, of what it is not, or of what there is not, is typed;
    so is a column of a table so long that its page would be heavy."""
    values = [value for value, _title in head.choices]
    if not values or rows * len(values) > MOST_OPTIONS or (text not in ("", "-") and text not in values):
        return ()
    nothing = (text if text == "-" else "", _("没有写明") if head.output else _("不限"))
    return (nothing, *((value, title or value) for value, title in head.choices))


def _said(pack: Pack, name: str, text: str, language: str) -> str:
    """A cell in words, where these say more than what was typed."""
    said = cell_words(pack, name, text, language) if text not in ("", "-") else ""
    return said if said != text else ""


# -- as CSV -----------------------------------------------------------------------------------------------------


@permitted("workbench.rule_table_csv")
@require_safe
@always_opens
def rule_table_csv(request: HttpRequest, name: str, table: str) -> HttpResponse:
    """A table of the copy for a spreadsheet."""
    draft = draft_for(request, name)
    grid = _grid(draft, table)
    response = HttpResponse(copying.as_sheet(grid, _titles(draft, grid)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{table}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _titles(draft: BookDraft, grid: Grid) -> dict[str, str]:
    pack = publishing.prove_copy(draft).pack or library.newest(draft.name)
    about = copying.about(pack, grid, get_language() or "zh-hans")
    labels = {name: one.label for name, one in about.items() if one.label != name}
    return {**{name: str(label) for name, label in HEADINGS.items()}, **labels}


@permitted("workbench.rule_table_upload")
@require_POST
@always_opens
def rule_table_upload(request: HttpRequest, name: str, table: str) -> HttpResponse:
    """A table from a spreadsheet in place of the one in the copy; taken whole, or refused with row and column."""
    draft = draft_for(request, name)
    grid = _grid(draft, table)
    file = request.FILES.get("sheet")
    if file is None or (file.size or 0) > 4 * copying.LARGEST_SHEET:
        problems = [_("请选择一个 CSV 文件。")] if file is None else [_("文件过大。")]
        return _refused(request, draft, grid, problems)
    sheet = copying.read_sheet(draft, grid, file.read())
    if sheet.problems:
        return _refused(request, draft, grid, [_sheet_problem(one, _titles(draft, grid)) for one in sheet.problems])
    copying.save_rows(draft, table, sheet.rows, copying.stamp(grid), person_id=person_id(request), now=clock.now(),
                      record=office.noting(me(request), name))  # fmt: skip
    messages.success(request, _("已读入 %(count)d 行并检查。") % {"count": len(sheet.rows)})
    return _back(name, table)


def _refused(request: HttpRequest, draft: BookDraft, grid: Grid, problems: list[str]) -> HttpResponse:
    context = {**_table(request, draft, grid), "refused": problems}
    return render(request, "workbench/rulebooks/table.html", context, status=422)


def _sheet_problem(one: copying.SheetProblem, titles: dict[str, str]) -> str:
    column = f"{titles.get(one.heading, '')} {one.heading}".strip()
    said = {
        "unknown": _("没有“%(column)s”这一列"), "twice": _("“%(column)s”列出现了两次"),
        "missing": _("缺少“%(column)s”列"), "too_many": _("第 %(line)d 行：比标题多出了格子"),
        "no_id": _("第 %(line)d 行，“%(column)s”列：没有填"),
        "same_id": _("第 %(line)d 行，“%(column)s”列：与上面的行重复"),
        "empty": _("文件里没有任何行"), "encoding": _("文件不是 UTF-8 或 GB18030 编码的文本"),
        "too_long": _("文件过大。"),
    }.get(one.code)  # fmt: skip
    if said is not None:
        return said % {"column": column, "line": one.line}
    where = _("第 %(line)d 行，“%(column)s”列：") if column else _("第 %(line)d 行：")
    return where % {"column": column, "line": one.line} + (finding_told(one.finding) if one.finding else "")


_TABLE = "rule-books/<slug:name>/change/tables/<slug:table>"
urlpatterns = [
    path(_TABLE, rule_table, name="rule_table"),
    path(f"{_TABLE}.csv", rule_table_csv, name="rule_table_csv"),
    path(f"{_TABLE}/upload", rule_table_upload, name="rule_table_upload"),
]
