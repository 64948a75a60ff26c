"""What is learned: improvement actions with owner, day and status, the cases behind them, and whether they helped."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from tuoshan import clock
from tuoshan.api.application import Id, gives, me
from tuoshan.api.formwork import judged, posted
from tuoshan.api.pages import page_of
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import Limit
from tuoshan.cases import queries
from tuoshan.insight.conditions import Conditions
from tuoshan.office import lessons
from tuoshan.office.lessons import LessonForm
from tuoshan.parties.permissions import api_permitted
from tuoshan.quality import lessons as quality
from tuoshan.quality.models import Lesson

router = Router(tags=["lessons"])


class LessonIn(Schema):
    """A new improvement, from the cases named. `kind`: product, process, training or supplier."""

    what: str
    reason: str = ""
    kind: str = "process"
    owner_id: Id
    due_on: date
    cases: list[str]


class LessonsIn(Schema):
    """Which list: `unfinished`, `mine`, `late`, `unchecked` (done, effect not judged), `done` or `all`. `since` and
    `until`: days on which they were done, in the list `done`, else put forward; the rest are conditions on the cases
    that they were learned from, as for a search.
    """

    show: str = "unfinished"
    since: date | None = None
    until: date | None = None
    playbook: str = ""
    category: str = ""
    product: str = ""
    line: str = ""
    unit: str = ""
    history: str = ""
    cursor: str = ""
    limit: Limit = 200


class LessonRow(Schema):
    """An improvement. Ids are texts."""

    id: str
    what: str
    kind: str
    status: str
    owner_id: int | None
    due_on: date | None
    done_at: datetime | None
    late: bool
    effect: str


class LessonPage(Schema):
    """One page; hand `next` back as `cursor` for the one after."""

    lessons: list[LessonRow]
    next: str


class LessonOut(LessonRow):
    """With its grounds, how far it is, and the cases within reach that it was learned from."""

    reason: str
    progress: str
    effect_note: str
    checked_by_id: int | None
    checked_at: datetime | None
    created_by_id: int | None
    created_at: datetime
    cases: list[str]


class ProgressIn(Schema):
    """How far it is. Dropping it needs words."""

    status: Literal["open", "doing", "done", "dropped"]
    progress: str = ""


class CheckIn(Schema):
    """Whether it helped."""

    effect: Literal["helped", "not_helped"]
    note: str = ""


class LinkIn(Schema):
    """Cases by number."""

    cases: list[str] = Field(min_length=1, max_length=200)


def _row(lesson: Lesson) -> dict[str, Any]:
    today = timezone.localdate(clock.now())
    late = lesson.status in quality.OPEN and lesson.due_on is not None and lesson.due_on < today
    return {
        "id": str(lesson.pk), "what": lesson.what, "kind": lesson.kind, "status": lesson.status, "late": late,
        "owner_id": lesson.owner_id, "due_on": lesson.due_on, "done_at": lesson.done_at, "effect": lesson.effect,
    }  # fmt: skip


def _out(request: HttpRequest, lesson: Lesson) -> dict[str, Any]:
    linked = queries.reachable(me(request)).filter(pk__in=quality.cases_of(lesson)).order_by("-id")
    names = "reason progress effect_note checked_by_id checked_at created_by_id created_at"
    return _row(lesson) | {name: getattr(lesson, name) for name in names.split()} | {
        "cases": list(linked.values_list("number", flat=True)[: lessons.MOST_CASES])
    }  # fmt: skip


def _find(request: HttpRequest, pk: int) -> Lesson:
    found: Lesson | None = lessons.within(me(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@router.get("", response=gives(LessonPage), url_name="lesson_list", summary="Improvements")
@api_permitted("api.lesson_list")
def lesson_list(request: HttpRequest, where: Query[LessonsIn]) -> dict[str, Any]:
    """By the day on which each is due."""
    today, asked = timezone.localdate(clock.now()), Conditions.read(where.dict())
    page = page_of(lessons.in_columns(lessons.chosen(me(request), where.show, today, asked)), where.cursor, where.limit)
    return {"lessons": [_row(one) for one in page.rows], "next": page.next}


@router.post("", response=gives(LessonOut, 201), url_name="lesson_make", summary="Plan an improvement")
@api_permitted("api.lesson_make")
@repeatable
def lesson_make(request: HttpRequest, body: LessonIn) -> tuple[int, dict[str, Any]]:
    """By hand from cases; its owner is told."""
    values = body.dict() | {"owner": body.owner_id, "cases": "\n".join(body.cases)}
    given = judged(LessonForm(posted(values), viewer=me(request))).cleaned_data
    made = quality.make(
        what=given["what"], case_ids=given["cases"], reason=given["reason"], kind=given["kind"],
        owner_id=given["owner"].pk, due_on=given["due_on"], person_id=me(request).pk, now=clock.now(),
    )  # fmt: skip
    return 201, _out(request, Lesson.objects.get(pk=made.pk))


@router.get("/{pk}", response=gives(LessonOut), url_name="lesson_read", summary="One improvement")
@api_permitted("api.lesson_read")
def lesson_read(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """With the cases it was learned from."""
    return _out(request, _find(request, pk))


@router.post("/{pk}/progress", response=gives(LessonOut), url_name="lesson_progress", summary="How far")
@api_permitted("api.lesson_progress")
@repeatable
def lesson_progress(request: HttpRequest, pk: Id, body: ProgressIn) -> dict[str, Any]:
    """By its owner, or by those who lead; to others it is not there."""
    found = _find(request, pk)
    if not lessons.may_progress(me(request), found):
        raise Http404
    try:
        quality.progress(found, status=body.status, text=body.progress[:5000], now=clock.now())
    except quality.LessonRefused as refused:
        raise _refused(refused) from refused
    return _out(request, _find(request, pk))


@router.post("/{pk}/check", response=gives(LessonOut), url_name="lesson_check", summary="Did it help")
@api_permitted("api.lesson_check")
@repeatable
def lesson_check(request: HttpRequest, pk: Id, body: CheckIn) -> dict[str, Any]:
    """Only what is done can be judged."""
    found = _find(request, pk)
    try:
        quality.check_effect(
            found, effect=body.effect, note=body.note[:5000], person_id=me(request).pk, now=clock.now()
        )
    except quality.LessonRefused as refused:
        raise _refused(refused) from refused
    return _out(request, _find(request, pk))


def _refused(refused: quality.LessonRefused) -> Problem:
    said = str(lessons.REFUSED[refused.because])
    return Problem(409 if refused.because == "not_done" else 422, refused.because, said)


@router.post("/{pk}/cases", response=gives(LessonOut), url_name="lesson_link", summary="Cases that show the same")
@api_permitted("api.lesson_link")
@repeatable
def lesson_link(request: HttpRequest, pk: Id, body: LinkIn) -> dict[str, Any]:
    """Put cases within reach to an improvement; those there already stay."""
    found = _find(request, pk)
    ids = dict(queries.reachable(me(request)).filter(number__in=body.cases).values_list("number", "pk"))
    missing = [number for number in body.cases if number not in ids]
    if missing:
        raise invalid({"cases": [lessons.not_found(missing)]})
    quality.link(found, ids.values())
    return _out(request, _find(request, pk))
