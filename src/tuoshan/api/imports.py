"""Spreadsheets: take in, confirm the columns (dry run), run, watch the progress, fetch the bad rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.files import UploadedFile as NinjaFile
from ninja.params import File as FileParameter

from tuoshan.api.application import Id, gives, me
from tuoshan.api.files import SHEET, sent
from tuoshan.api.pages import page_of
from tuoshan.api.problems import Problem
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import Limit
from tuoshan.intake.imports import desk, mapping
from tuoshan.intake.imports.tables import TableRefused
from tuoshan.intake.models import ImportRun
from tuoshan.parties.permissions import api_permitted, may_change

router = Router(tags=["imports"])
MOST_BAD = 200


class TargetOut(Schema):
    """Something that a column may mean."""

    name: str
    title: str
    required: bool


class BadOut(Schema):
    """A row, and why it cannot be taken, or what of it is not."""

    row: int
    why: str


class ImportRow(Schema):
    """An import. `status`: mapping, checked (dry run done), running, done, stopped, failed. Ids are texts. Where
    `playbook` is empty the rows are orders. `by` is who imported; empty: the command line, in nobody's name.
    """

    id: str
    file_name: str
    by: str
    status: str
    playbook: str
    live: bool
    rows: int
    passed_over: int
    position: int
    percent: int
    taken: int
    known: int
    refused: int
    problem: str
    created_at: datetime
    finished_at: datetime | None


class ImportPage(Schema):
    """One page of imports; hand `next` back as `cursor`."""

    imports: list[ImportRow]
    next: str


class ImportOut(ImportRow):
    """With its columns (heading → target, as guessed or confirmed), what they may mean, which rows are taken at all
    (`only`, heading → value), the first bad rows, what of rows that are taken is not (`remarks`), and what holds for
    the whole table (`notes`)."""

    columns: dict[str, str]
    only: dict[str, str]
    targets: list[TargetOut]
    bad: list[BadOut]
    remarks: list[BadOut]
    notes: list[str]


class ColumnsIn(Schema):
    """What the columns mean (heading → target; left out or empty: not used), and how the cases come in.

    `only` (heading → value) takes no other rows than those whose cells say exactly that. With an empty `playbook` the
    rows are orders, which are recorded or renewed and become no cases.
    """

    columns: dict[str, str]
    playbook: str = "complaint"
    live: bool = False
    only: dict[str, str] = {}


def _row(run: ImportRun, people: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": str(run.pk), "file_name": run.file_name, "by": people.get(run.person_id, ""),
        "status": run.status, "playbook": run.playbook, "live": run.live, "rows": run.rows,
        "passed_over": run.passed_over, "position": run.position, "percent": run.percent, "taken": run.taken,
        "known": run.known, "refused": len(run.bad), "problem": run.problem_said, "created_at": run.created_at,
        "finished_at": run.finished_at,
    }  # fmt: skip


def _out(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    return _row(run, desk.by_whom([run])) | {
        "columns": {name: run.mapping.get(name, "") for name in run.columns},
        "targets": [
            {"name": one.name, "title": str(one.title), "required": one.required}
            for one in mapping.targets_of(run.playbook)
        ],
        "only": run.only,
        "bad": [{"row": row, "why": why} for row, why in desk.bad_rows(run, MOST_BAD, masked=_only_reads(request))],
        "remarks": [{"row": row, "why": why} for row, why in desk.remarks(run, MOST_BAD)],
        "notes": desk.notes(run),
    }


def _only_reads(request: HttpRequest) -> bool:
    return not may_change(me(request), "workbench.import_errors")


def _find(pk: int) -> ImportRun:
    run = ImportRun.objects.filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


@router.get("", response=gives(ImportPage), url_name="import_list", summary="Imports")
@api_permitted("api.import_list")
def import_list(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """The newest first."""
    page = page_of(ImportRun.objects.order_by("-created_at", "-id"), cursor, limit)
    people = desk.by_whom(page.rows)
    return {"imports": [_row(run, people) for run in page.rows], "next": page.next}


@router.post("", response=gives(ImportOut, 201), url_name="import_upload", summary="Take a spreadsheet in")
@api_permitted("api.import_upload")
@repeatable
def import_upload(request: HttpRequest, file: Annotated[NinjaFile, FileParameter()]) -> tuple[int, dict[str, Any]]:
    """CSV or Excel; its headings are read and their meaning guessed. Nothing is imported yet."""
    try:
        return 201, _out(request, _find(desk.take_in(file, me(request)).pk))
    except TableRefused as refused:
        raise Problem(422, "table_refused", str(refused)) from refused


@router.get("/{pk}", response=gives(ImportOut), url_name="import_read", summary="Progress and outcome")
@api_permitted("api.import_read")
def import_read(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """The first two hundred bad rows stand with it; all of them are in the file."""
    return _out(request, _find(pk))


@router.put("/{pk}/columns", response=gives(ImportOut), url_name="import_columns", summary="Dry run")
@api_permitted("api.import_columns")
def import_columns(request: HttpRequest, pk: Id, body: ColumnsIn) -> dict[str, Any]:
    """Confirm what the columns mean; every row is judged and nothing is stored."""
    run = _find(pk)
    if run.status == ImportRun.Status.RUNNING:
        raise Problem(409, "running", desk.is_running())
    problems = desk.confirm(run, body.columns, body.playbook, live=body.live, only=body.only)
    if problems:
        raise Problem(422, "invalid_columns", " ".join(problems), facts={"problems": problems})
    return _out(request, run)


@router.post("/{pk}/start", response=gives(ImportOut), url_name="import_start", summary="Import")
@api_permitted("api.import_start")
@repeatable
def import_start(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Begin, or go on after a stop; a worker does it. Beginning twice imports once."""
    run = _find(pk)
    if run.can_start:
        desk.start(run)
    elif run.status != ImportRun.Status.RUNNING:
        raise Problem(409, "not_checked", desk.not_checked())
    return _out(request, run)


@router.post("/{pk}/stop", response=gives(ImportOut), url_name="import_stop", summary="Stop")
@api_permitted("api.import_stop")
@repeatable
def import_stop(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """What was taken stays."""
    desk.stop(_find(pk))
    return _out(request, _find(pk))


@router.get(
    "/{pk}/errors.xlsx", response=gives(bytes), url_name="import_errors", summary="The bad rows",
    openapi_extra=SHEET,
)  # fmt: skip
@api_permitted("api.import_errors")
def import_errors(request: HttpRequest, pk: Id) -> HttpResponse | FileResponse:
    """As a spreadsheet of their own, to be mended and imported again; 404 where there are none. Names and phones are
    masked for who may not import.
    """
    run = _find(pk)
    if not run.bad:
        raise Http404
    report = desk.report(run, masked=_only_reads(request))
    return sent(report, f"{run.pk}-errors.xlsx")
