"""Import from a spreadsheet: upload, confirm the columns, dry run, run with progress, mend the bad rows."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.insight.conditions import Conditions
from tuoshan.intake.imports import desk, mapping
from tuoshan.intake.imports.tables import TableRefused
from tuoshan.intake.models import ImportRun
from tuoshan.parties.permissions import allowed, may_change, permitted
from tuoshan.punctuation import in_brackets
from tuoshan.workbench import turning

SHOWN_BAD = 50
RUNS_PAGE = 20
SHOWN_CONDITIONS = 2


def _find(number: int) -> ImportRun:
    run = ImportRun.objects.filter(pk=number).first()
    if run is None:
        raise Http404
    return run


def _only_reads(request: HttpRequest) -> bool:
    return not may_change(request.user, "workbench.import_errors")


@permitted("workbench.import_upload")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; earlier imports stand below."""
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            problem = _("请先选择一个文件。")
        else:
            try:
                user: Any = request.user
                return redirect("workbench:import_mapping", desk.take_in(file, user).pk)
            except TableRefused as refused:
                problem = str(refused)
    page, turns = turning.page(request, ImportRun.objects.order_by("-created_at", "-id"), RUNS_PAGE)
    people = desk.by_whom(page.rows)
    context = {"runs": [(run, people.get(run.person_id, "")) for run in page.rows], "problem": problem, **turns}
    return render(request, "workbench/importing/upload.html", context, status=422 if problem else 200)


@permitted("workbench.import_mapping")
@require_http_methods(["GET", "POST"])
def map_columns(request: HttpRequest, number: int) -> HttpResponse:
    """Which column means what: guessed, shown with the first rows, confirmed."""
    run = _find(number)
    if run.status == ImportRun.Status.RUNNING:
        return redirect("workbench:import_run", run.pk)
    problems: list[str] = []
    _as_asked(request, run)
    if request.method == "POST":
        columns = {name: request.POST.get(f"column-{place}", "") for place, name in enumerate(run.columns)}
        playbook = mapping.ORDERS if run.of_orders else request.POST.get("playbook", desk.FIRST)
        live = request.POST.get("mode") == "live"
        problems = desk.confirm(run, columns, playbook, live=live, only=_only(request))
        if not problems:
            return redirect("workbench:import_run", run.pk)
    shown = [
        {"place": place, "name": name, "target": run.mapping.get(name, ""), "sample": _sample(run, name)}
        for place, name in enumerate(run.columns)
    ]
    books = [(key, words(book.title)) for key, book in library.everything().items()]
    context = {
        "run": run, "columns": shown, "targets": mapping.targets_of(run.playbook), "problems": problems,
        "books": books, "conditions": _conditions(run),
    }  # fmt: skip
    return render(request, "workbench/importing/mapping.html", context, status=422 if problems else 200)


def _as_asked(request: HttpRequest, run: ImportRun) -> None:
    """Read the table as orders, or as cases, where that is asked for; its columns are guessed anew."""
    asked = request.GET.get("rows") or request.POST.get("rows")
    if asked not in ("orders", "cases") or (asked == "orders") == run.of_orders:
        return
    run.playbook = mapping.ORDERS if asked == "orders" else desk.FIRST
    run.mapping = mapping.guess(run.columns, mapping.targets_of(run.playbook))


def _only(request: HttpRequest) -> dict[str, str]:
    """Column → value, of the lines that name a column."""
    pairs = zip(request.POST.getlist("only-column"), request.POST.getlist("only-value"), strict=False)
    return {name: value for name, value in pairs if name}


def _conditions(run: ImportRun) -> list[dict[str, Any]]:
    """The lines to choose rows by: those chosen, then empty ones."""
    chosen = list(run.only.items())
    lines = [*chosen, *[("", "")] * max(1, SHOWN_CONDITIONS - len(chosen))]
    return [{"place": place, "name": name, "value": value} for place, (name, value) in enumerate(lines)]


def _sample(run: ImportRun, name: str) -> list[str]:
    found = [str(cells.get(name, "")) for cells in run.sample]
    return [text for text in found if text][:3]


@permitted("workbench.import_run")
@require_http_methods(["GET", "POST"])
def show_run(request: HttpRequest, number: int) -> HttpResponse:
    """The outcome of the dry run; then the import with its progress; POST starts it."""
    run = _find(number)
    if request.method == "POST" and run.can_start:
        desk.start(run)
        return redirect("workbench:import_run", run.pk)
    template = "progress" if request.headers.get("HX-Request") else "run"
    bad = [{"number": row, "why": why} for row, why in desk.bad_rows(run, SHOWN_BAD, masked=_only_reads(request))]
    remarks = [{"number": row, "why": why} for row, why in desk.remarks(run, SHOWN_BAD)]
    context = {
        "run": run, "by": desk.by_whom([run]).get(run.person_id, ""), "kind": _kind(run), "notes": desk.notes(run),
        "bad": bad, "more": max(0, len(run.bad) - SHOWN_BAD),
        "cases": _cases_of(request, run), "remarks": remarks, "more_remarks": max(0, len(run.remarks) - SHOWN_BAD),
    }  # fmt: skip
    return render(request, f"workbench/importing/{template}.html", context)


def _cases_of(request: HttpRequest, run: ImportRun) -> str:
    """Where the cases are found that it made, as far as the reader may see them; empty while there are none."""
    if not allowed(request.user, "workbench.search") or not desk.has_cases(run):
        return ""
    return reverse("workbench:search") + Conditions(imported=str(run.pk)).address()


def _kind(run: ImportRun) -> str:
    """What the rows become: orders, or cases of which process, closed ones or new."""
    if run.of_orders:
        return _("订单")
    book = library.everything().get(run.playbook)
    mode = _("新工单，开始计时") if run.live else _("历史工单，已结案")
    return in_brackets(words(book.title) if book is not None else run.playbook, mode)


@permitted("workbench.import_stop")
@require_POST
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop a running import; what was taken stays."""
    run = _find(number)
    desk.stop(run)
    return redirect(reverse("workbench:import_run", args=[run.pk]))


@permitted("workbench.import_errors")
@require_GET
def errors(request: HttpRequest, number: int) -> HttpResponseBase:
    """The bad rows as a spreadsheet of their own, to be mended and imported again."""
    run = _find(number)
    if not run.bad:
        raise Http404
    name = run.file_name.rpartition(".")[0] or run.file_name
    report = desk.report(run, masked=_only_reads(request))
    return FileResponse(report.open("rb"), as_attachment=True, filename=f"{name}-{_('待修改')}.xlsx")


urlpatterns = [
    path("import/", upload, name="import_upload"),
    path("import/<int:number>/columns", map_columns, name="import_mapping"),
    path("import/<int:number>", show_run, name="import_run"),
    path("import/<int:number>/stop", stop, name="import_stop"),
    path("import/<int:number>/errors.xlsx", errors, name="import_errors"),
]
