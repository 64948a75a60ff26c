"""What the copy of a rule book would change in cases: counted, case by case, and as an Excel file."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from tuoshan import clock
from tuoshan.api import rulebooks
from tuoshan.api.application import gives, me
from tuoshan.api.files import SHEET, sent
from tuoshan.api.pages import page_of
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import Limit
from tuoshan.office import book_effects
from tuoshan.parties.permissions import api_permitted
from tuoshan.rulings import effects, publishing, touching
from tuoshan.rulings.models import BookDraft, BookEffect

router = Router(tags=["rulings"])


class EffectOut(Schema):
    """What the copy would change among the rulings of a group: how many were looked at, of how many the book speaks,
    how many would be answered otherwise; costs of those of which it speaks, and of those that change alone. `on_bench`:
    asked on the bench and never a case; these are not looked at, for one matter may be asked there many times."""

    looked_at: int
    unreadable: int
    concerned: int
    many: int
    cost_before: str
    cost_after: str
    changed_before: str
    changed_after: str
    on_bench: int


class UnruledOut(Schema):
    """Open cases without a ruling, by what is known of them: how many the book is certain to speak of (`concerned`;
    they count in `open_cases`), how many of those change, in how many something is to be asked first (`asks`), and of
    how many it is not known whether it speaks (`unsure`). `closed`: cases of the last quarter that ended without a
    ruling; these are not looked at."""

    looked_at: int
    concerned: int
    many: int
    asks: int
    unsure: int
    closed: int


class TouchedOut(Schema):
    """What a version that counts from `begins` on really changes in open cases: how many lines, in how many cases, and
    their costs; `unknown` lines do not tell their day yet. Both groups of the effect suppose instead that the newest
    version, or the copy, had been in force on every case's own dates."""

    begins: date
    many: int
    cases: int
    unknown: int
    cost_before: str
    cost_after: str


class EffectsOut(Schema):
    """`goes_by`: the fact by whose day a version is chosen (`today`: the day of asking); `touched` by the day that was
    asked for, else the first possible one, once the state is done.

    `state`: none (nobody has asked for it since the copy was changed), working, done. While it works, the numbers
    are of the `looked` first of `total`. A case that is open and was ruled on in the last quarter counts in both."""

    state: str
    looked: int
    total: int
    begun_at: datetime | None
    ended_at: datetime | None
    open_cases: EffectOut
    last_quarter: EffectOut
    unruled: UnruledOut
    goes_by: str
    touched: TouchedOut | None


class EffectBeginIn(Schema):
    """`again`: from the beginning, though it was found already; cases have gone on since."""

    again: bool = False


class EffectCaseOut(Schema):
    """A line that would be answered otherwise, and how. `case` and `ruling` are empty, with what it is about, where
    the caller may not see the case; `ruling` also where nobody has ruled. `has_case` is always true. `at`: when it was
    ruled on, else when the case was registered. Costs are what is paid to the customer, of all `pieces`."""

    case: str
    ruling: str
    title: str
    product: str
    label: str
    pieces: int
    has_case: bool
    ended: bool | None
    at: datetime | None
    changes: list[str]
    before: str
    after: str
    cost_before: str
    cost_after: str


class EffectCasePage(Schema):
    """One page of them; hand `next` back as `cursor`."""

    cases: list[EffectCaseOut]
    next: str


@router.get("/rule-books/{name}/draft/effect", response=gives(EffectsOut), url_name="book_effect", summary="Its effect")
@api_permitted("api.book_effect")
def book_effect(request: HttpRequest, name: str, begins: date | None = None) -> dict[str, Any]:
    """What was found of what the copy would change, once it was asked for (`book_effect_begin`); `begins`: from which
    day it is to count."""
    return _effects(name, effects.found_for(_in_order(name)), begins)


def _in_order(name: str) -> BookDraft:
    """The copy, which must be in order. Raises Problem 409."""
    draft = rulebooks.copy_read(name)
    found = publishing.prove_copy(draft)
    if not found.good:
        raise rulebooks.not_in_order(found)
    return draft


@router.post(
    "/rule-books/{name}/draft/effect", response=gives(EffectsOut), url_name="book_effect_begin",
    summary="Have its effect looked at",
)  # fmt: skip
@api_permitted("api.book_effect_begin")
@repeatable
def book_effect_begin(request: HttpRequest, name: str, body: EffectBeginIn) -> dict[str, Any]:
    """Hold the copy against every ruling of an open case and of the last quarter, and against open cases without one.

    A small house has the answer at once; else a worker goes on and `book_effect` tells how far it has come.
    """
    return _effects(name, effects.begin(_in_order(name), me(request).pk, again=body.again))


def _effects(name: str, run: BookEffect | None, begins: date | None = None) -> dict[str, Any]:
    counts = effects.counts_of(run) if run is not None else effects.Counts()
    state = "none" if run is None else "done" if run.ended_at else "working"
    return {
        "state": state, "looked": run.looked if run else 0, "total": run.total if run else 0,
        "begun_at": run.begun_at if run else None, "ended_at": run.ended_at if run else None,
        "open_cases": _counted(counts.open), "last_quarter": _counted(counts.quarter),
        "unruled": {name: getattr(counts.unruled, name) for name in UnruledOut.model_fields},
        "goes_by": touching.goes_by(name), "touched": _touched(name, run, begins) if state == "done" and run else None,
    }  # fmt: skip


def _touched(name: str, run: BookEffect, begins: date | None) -> dict[str, Any]:
    found = touching.touched(run, publishing.earliest(name, timezone.localdate(clock.now()), begins))
    values = {one: getattr(found, one) for one in TouchedOut.model_fields}
    return {one: f"{value:f}" if isinstance(value, Decimal) else value for one, value in values.items()}


def _counted(found: effects.Counted) -> dict[str, Any]:
    values = {name: getattr(found, name) for name in EffectOut.model_fields}
    return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in values.items()}


@router.get(
    "/rule-books/{name}/draft/effect/{group}", response=gives(EffectCasePage), url_name="book_effect_cases",
    summary="Which cases it changes",
)  # fmt: skip
@api_permitted("api.book_effect_cases")
def book_effect_cases(
    request: HttpRequest, name: str, group: Literal["open", "quarter"], cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """The lines that change, page by page: of open cases, or of the last quarter. 404 while nobody has asked for it."""
    page = page_of(book_effects.lines(_run(name), group), cursor, limit)
    return {"cases": [_case(one) for one in book_effects.told(me(request), page.rows)], "next": page.next}


def _run(name: str) -> BookEffect:
    run = effects.found_for(rulebooks.copy_read(name))
    if run is None:
        raise Http404
    return run


def _case(one: book_effects.ToldLine) -> dict[str, Any]:
    names = ("title", "product", "label", "pieces", "ended", "at", "before", "after")
    return {
        "has_case": True,
        **{name: getattr(one, name) for name in names}, "case": one.number, "ruling": str(one.ruling or ""),
        "changes": list(one.changes), "cost_before": f"{one.cost_before:f}", "cost_after": f"{one.cost_after:f}",
    }  # fmt: skip


@router.get(
    "/rule-books/{name}/draft/effect/{group}/file", response=gives(bytes), url_name="book_effect_file",
    summary="The same as an Excel file", openapi_extra=SHEET,
)  # fmt: skip
@api_permitted("api.book_effect_file")
def book_effect_file(request: HttpRequest, name: str, group: Literal["open", "quarter"]) -> FileResponse:
    """Every line that changes, up to 50,000; where there are more, its first row says how many."""
    place = book_effects.cases_file(me(request), _run(name), group)
    return sent(place, f"tuoshan-{name}-{group}.xlsx", gone=True)
