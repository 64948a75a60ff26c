"""Settings that move clocks and limits: working calendars, company tables. Tried first, then kept as a new version."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tuoshan import clock
from tuoshan.api.application import gives
from tuoshan.api.formwork import judged, posted
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.repeating import repeatable
from tuoshan.cases import calendars as stored
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.cases.models import Calendar, Recomputation
from tuoshan.core.durations import DurationError, parse_duration
from tuoshan.core.playbook import Playbook
from tuoshan.core.worktime import CalendarError
from tuoshan.office.settings import calendar_use, calendars, recomputing, table_shapes, tables
from tuoshan.office.settings.calendar_days import write_days
from tuoshan.office.settings.calendars import OFFICE_HOURS, NewForm, NoticeForm, WeekForm
from tuoshan.office.settings.moved_clocks import Moved
from tuoshan.office.settings.table_shapes import Shape
from tuoshan.office.settings.tables import TableForm
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["settings"])


class MovedOut(Schema):
    """A running clock that would be due otherwise if it were started again. Nothing is moved."""

    number: str
    title: str
    clock: str
    due: datetime
    would_be: datetime
    provisional: bool


class TrialOut(Schema):
    """What a change would do, or (`stored_from`) that it is kept. `more`: running clocks not looked at."""

    preview: str
    moved: list[MovedOut]
    more: int
    stored_from: datetime | None


class CalendarRow(Schema):
    """A calendar as it stands: its version, what is provisional, which playbooks reckon by it, in words all that does,
    and whether it can be taken away.
    """

    name: str
    title: str
    version: str
    provisional_years: list[int]
    playbooks: list[str]
    uses: list[str]
    may_go: bool
    preview: str


class CalendarOut(CalendarRow):
    """With what can be changed: its title in both languages, seven days of shifts as text (Monday first), holidays,
    make-up hours, single days.
    """

    title_zh: str
    title_en: str
    weekly: list[str]
    holidays: bool
    make_up: str
    days: str


class WeekIn(Schema):
    """A calendar; what is left out stays. `days`: one a line, `2027-02-06 休 春节`. Only with `store` it is kept."""

    title_zh: str = ""
    title_en: str = ""
    weekly: list[str] = []
    holidays: bool = True
    make_up: str = ""
    days: str = ""
    valid_from: date | None = None
    store: bool = False


class NewCalendarIn(Schema):
    """A new calendar; `key` is what playbooks call it. `weekly`: seven days of shifts as text, Monday first; without
    it office hours. `holidays`: whether public holidays are off and make-up days worked.
    """

    key: str
    title_zh: str
    title_en: str = ""
    weekly: list[str] = []
    holidays: bool = True
    make_up: str = ""
    days: str = ""


class NoticeIn(Schema):
    """A year's notice of holidays and make-up days, one a line. Only with `store` it is kept."""

    year: int
    notice: str
    store: bool = False


class TierIn(Schema):
    """Up to an amount (as text; none: beyond the last) a party approves."""

    limit: str | None
    party: str


class TableRow(Schema):
    """A table of a playbook: `kind` is time, tiers, choice, number or words; `uses` says where it counts.

    `cells`: keys joined by `/` → value as text (`3 working_days`); the single cell of a table without keys is `value`.
    """

    playbook: str
    name: str
    kind: str
    uses: list[str]
    keys: list[str]
    cells: dict[str, str]
    tiers: list[TierIn]
    shown: dict[str, str]
    is_own: bool


class TableIn(Schema):
    """New values; cells that are left out stay. Only with `store` they are kept, from a day on or at once."""

    cells: dict[str, str] = {}
    tiers: list[TierIn] = []
    valid_from: date | None = None
    store: bool = False


def _moved(rows: list[Moved]) -> list[dict[str, Any]]:
    names = ("number", "title", "clock", "due", "would_be", "provisional")
    return [{name: getattr(one, name) for name in names} for one in rows]


# -- calendars -------------------------------------------------------------------------------------------------------


def _calendar(name: str) -> dict[str, Any]:
    summary = calendars.summary(name, clock.now())
    names = ("name", "title", "version", "provisional_years", "playbooks", "uses", "may_go", "preview")
    return {one: getattr(summary, one) for one in names}


def _known(name: str) -> str:
    if name not in calendar_use.names():
        raise Http404
    return name


@router.get("/calendars", response=gives(list[CalendarRow]), url_name="calendar_list", summary="Calendars")
@api_permitted("api.calendar_list")
def calendar_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Every calendar there is."""
    return [_calendar(name) for name in calendar_use.names()]


@router.get("/calendars/{name}", response=gives(CalendarOut), url_name="calendar_read", summary="One calendar")
@api_permitted("api.calendar_read")
def calendar_read(request: HttpRequest, name: str) -> dict[str, Any]:
    """The newest version, which may count from a later day only."""
    return _calendar_out(_known(name))


def _calendar_out(name: str) -> dict[str, Any]:
    content = calendars.content_of(name, clock.now())
    return _calendar(name) | calendars.titles_of(name, content) | {
        "weekly": [*content.get("weekly", ()), *[""] * 7][:7], "holidays": bool(content.get("holidays", True)),
        "make_up": str(content.get("make_up", "")), "days": write_days(content),
    }  # fmt: skip


@router.post("/calendars", response=gives(CalendarOut, 201), url_name="calendar_make", summary="A new calendar")
@api_permitted("api.calendar_make")
@repeatable
def calendar_make(request: HttpRequest, body: NewCalendarIn) -> tuple[int, dict[str, Any]]:
    """Make a calendar; a playbook that says `calendar: KEY` reckons by it."""
    week = dict(enumerate(body.weekly or OFFICE_HOURS["weekly"]))
    days = {f"day{number}": week.get(number, "") for number in range(7)}
    try:
        made = calendars.make(request, judged(NewForm(posted(body.dict(exclude={"weekly"}) | days))))
    except CalendarError as error:
        raise Problem(422, "no_time", _("这样的日历算不出时间：%(what)s") % {"what": error}) from error
    return 201, _calendar_out(Calendar.objects.get(pk=made.pk).name)


@router.delete("/calendars/{name}", response=gives(None, 204), url_name="calendar_remove", summary="Take away")
@api_permitted("api.calendar_remove")
def calendar_remove(request: HttpRequest, name: str) -> tuple[int, None]:
    """With all its versions, unless it came with the system or something uses or has used it."""
    if not calendars.remove(request, _known(name)):
        raise Problem(409, "in_use", calendars.why_it_stays(name), facts={"uses": calendar_use.uses(name)})
    return 204, None


@router.put("/calendars/{name}", response=gives(TrialOut), url_name="calendar_change", summary="Change a calendar")
@api_permitted("api.calendar_change")
def calendar_change(request: HttpRequest, name: str, body: WeekIn) -> dict[str, Any]:
    """Try, or keep as a new version. Running clocks are worked out to their end by the old one."""
    content = calendars.content_of(_known(name), clock.now())
    values = {one.name: one.value() for one in WeekForm(name=name, content=content)}
    given = body.dict(exclude_unset=True, exclude={"weekly", "store"})
    days = {f"day{number}": hours for number, hours in enumerate(body.weekly[:7])}
    form = WeekForm(posted(values | given | days), name=name, content=content)
    return _tried(request, name, form, store=body.store)


@router.post(
    "/calendars/{name}/notice", response=gives(TrialOut), url_name="calendar_notice", summary="Install a year's notice"
)
@api_permitted("api.calendar_notice")
@repeatable
def calendar_notice(request: HttpRequest, name: str, body: NoticeIn) -> dict[str, Any]:
    """Install a year's notice; the year is then no longer provisional."""
    content = calendars.content_of(_known(name), clock.now())
    return _tried(request, name, NoticeForm(posted(body.dict(exclude={"store"})), content=content), store=body.store)


def _tried(request: HttpRequest, name: str, form: WeekForm | NoticeForm, *, store: bool) -> dict[str, Any]:
    judged(form)
    try:
        trial = calendars.tried(name, form)
        start = calendars.store(request, name, form) if store else None
    except CalendarError as error:
        raise Problem(422, "no_time", _("这样的日历算不出时间：%(what)s") % {"what": error}) from error
    return {"preview": trial.preview, "moved": _moved(trial.moved), "more": trial.more, "stored_from": start}


# -- clocks that run already -----------------------------------------------------------------------------------------


class PassedOut(Schema):
    """A case that a run could not reckon anew, and why; its clocks go on as they were."""

    number: str
    why: str


class RunOut(Schema):
    """A run that reckons clocks anew: how many cases it has looked at, in how many something moved, how many it had to
    pass over (the first 500 of them are named)."""

    asked_at: datetime
    ended_at: datetime | None
    looked_at: int
    moved: int
    passed: int
    passed_over: list[PassedOut]


class ClocksOut(Schema):
    """What a run would move now, and the last run. While one is going on `would_move` is empty."""

    would_move: list[MovedOut]
    more: int
    last_run: RunOut | None


def _run(run: Recomputation) -> dict[str, Any]:
    names = ("asked_at", "ended_at", "looked_at", "moved", "passed")
    passed_over = [{"number": number, "why": why} for number, why in recomputing.passed_over(run)]
    return {name: getattr(run, name) for name in names} | {"passed_over": passed_over}


def _clocks(subject: recomputing.Subject) -> dict[str, Any]:
    run = recomputing.latest(subject)
    moved, more = ([], 0) if run is not None and run.ended_at is None else subject.moved()
    return {"would_move": _moved(moved), "more": more, "last_run": _run(run) if run is not None else None}


def _subject(text: str) -> recomputing.Subject:
    try:
        return recomputing.subject_of(text)
    except recomputing.SubjectUnknown as error:
        raise Http404 from error


@router.get("/clocks/{path:subject}", response=gives(ClocksOut), url_name="clocks_read", summary="Running clocks")
@api_permitted("api.clocks_read")
def clocks_read(request: HttpRequest, subject: str) -> dict[str, Any]:
    """What `calendar/NAME` or `table/PLAYBOOK/NAME`, as they stand now, would move of the clocks that run already."""
    return _clocks(_subject(subject))


@router.post(
    "/clocks/{path:subject}", response=gives(ClocksOut), url_name="clocks_recompute", summary="Reckon clocks anew"
)
@api_permitted("api.clocks_recompute")
@repeatable
def clocks_recompute(request: HttpRequest, subject: str) -> dict[str, Any]:
    """Begin a run over all cases concerned; one that is going on already is given instead."""
    found = _subject(subject)
    recomputing.start(request, found)
    return _clocks(found)


# -- tables ----------------------------------------------------------------------------------------------------------


def _book(key: str, name: str) -> tuple[Playbook, Shape]:
    try:
        book = library.current(key)
    except library.PlaybookUnknown as error:
        raise Http404 from error
    if name not in book.tables:
        raise Http404
    return book, table_shapes.shape_of(book, name)


def _table(book: Playbook, shape: Shape) -> dict[str, Any]:
    value = tables.value_of(book, shape.name)
    tiered = shape.kind == "tiers"
    cells = {} if tiered else {"/".join(path) or "value": str(leaf) for path, leaf in table_shapes.leaves(value)}
    tiers = [
        {"limit": None if limit in ("more", "none") else str(limit), "party": str(party)}
        for limit, party in (value["tiers"] if tiered else ())
    ]
    return {
        "playbook": book.key, "name": shape.name, "kind": shape.kind, "uses": list(shape.uses), "cells": cells,
        "keys": [words(key.label) for key in shape.keys], "tiers": tiers,
        "shown": table_shapes.as_read(shape, book, value, get_language() or "zh"),
        "is_own": stored.table(book.key, shape.name) is None,
    }  # fmt: skip


@router.get("/tables", response=gives(list[TableRow]), url_name="table_list", summary="Company tables")
@api_permitted("api.table_list")
def table_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Every table of every playbook with the values in force; `is_own`: as the playbook has it."""
    return [_table(book, shape) for book in library.everything().values() for shape in table_shapes.shapes(book)]


@router.get("/tables/{playbook}/{name}", response=gives(TableRow), url_name="table_read", summary="One table")
@api_permitted("api.table_read")
def table_read(request: HttpRequest, playbook: str, name: str) -> dict[str, Any]:
    """The values in force."""
    return _table(*_book(playbook, name))


@router.put("/tables/{playbook}/{name}", response=gives(TrialOut), url_name="table_change", summary="Change a table")
@api_permitted("api.table_change")
def table_change(request: HttpRequest, playbook: str, name: str, body: TableIn) -> dict[str, Any]:
    """Try, or keep as a new version. Running clocks keep the duration that they began with."""
    book, shape = _book(playbook, name)
    value = tables.value_of(book, shape.name)
    form: TableForm = judged(TableForm(posted(_values(shape, value, body)), playbook=book, shape=shape, value=value))
    moved, more = tables.moved_by(book, shape, form.value)
    start = tables.store(request, book, shape, form.value, body.valid_from) if body.store else None
    return {"preview": "", "moved": _moved(moved), "more": more, "stored_from": start}


def _values(shape: Shape, value: Any, body: TableIn) -> dict[str, Any]:
    """The fields of the form for what the body says. Raises Problem 422 for a cell that there is not."""
    shown: dict[str, Any] = {"valid_from": body.valid_from}
    if shape.kind == "tiers":
        bounded = [tier for tier in body.tiers if tier.limit is not None]
        for number, tier in enumerate(bounded):
            shown |= {f"limit-{number}": tier.limit, f"party-{number}": tier.party}
        return shown | {"party-more": next((tier.party for tier in body.tiers if tier.limit is None), "")}
    known = {"/".join(path) or "value": (path, str(leaf)) for path, leaf in table_shapes.leaves(value)}
    unknown = [cell for cell in body.cells if cell not in known]
    if unknown:
        raise invalid({cell: [_("没有这一格。")] for cell in unknown})
    for cell, (path, leaf) in known.items():
        field, text = "cell-" + ("-".join(path) or "value"), body.cells.get(cell, leaf)
        shown |= _duration(cell, field, text) if shape.kind == "time" else {field: text}
    return shown


def _duration(cell: str, field: str, text: str) -> dict[str, str]:
    try:
        length = parse_duration(text)
    except DurationError as error:
        raise invalid({cell: [str(error)]}) from error
    return {f"{field}_0": length.amount_text, f"{field}_1": length.unit}


@router.delete(
    "/tables/{playbook}/{name}", response=gives(TableRow), url_name="table_back", summary="Back to the playbook's own"
)
@api_permitted("api.table_back")
def table_back(request: HttpRequest, playbook: str, name: str) -> dict[str, Any]:
    """Back to the playbook's own values, as a new version."""
    book, shape = _book(playbook, name)
    tables.store(request, book, shape, book.tables[name])
    return _table(book, shape)
