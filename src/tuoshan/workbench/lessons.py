"""What is learned: improvement actions with owner, day and status, the cases behind them, and whether they helped."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan import clock
from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.insight.conditions import Conditions
from tuoshan.office.lessons import FILTERS, MOST_CASES, REFUSED, LessonForm, LinkForm, chosen, may_progress, within
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.quality import lessons as quality
from tuoshan.quality.models import Lesson
from tuoshan.workbench.answers import done_in
from tuoshan.workbench.bulk import picked
from tuoshan.workbench.cards import cards
from tuoshan.workbench.casepage import person_id
from tuoshan.workbench.searching import chips_of

SHOWN = 200
ON_CASE = "do-lesson"
"""Where the form opens on the page of a case; in a list it opens above the rows."""


@permitted("workbench.lessons")
@require_safe
def lessons(request: HttpRequest) -> HttpResponse:
    """The list, by the day on which each is due; narrowed to days and cases where a report's number led here."""
    name = request.GET.get("show", "unfinished")
    today = timezone.localdate(clock.now())
    asked = Conditions.read(request.GET.dict())
    found = chosen(request.user, name, today, asked)
    rows = list(found[:SHOWN])
    people = Person.objects.in_bulk({row.owner_id for row in rows if row.owner_id})
    context = {
        "rows": [_row(row, people, today) for row in rows],
        "total": found.count() if len(rows) == SHOWN else len(rows),
        "show": name,
        "filters": FILTERS,
        "narrowed_to": _narrowed_to(name, asked),
        "may_make": allowed(request.user, "workbench.lesson_make"),
        "pareto_url": reverse("workbench:report", args=["causes"]) if allowed(request.user, "workbench.report") else "",
    }
    return render(request, "workbench/lessons/page.html", context)


def _narrowed_to(name: str, asked: Conditions) -> list[str]:
    """The days and cases that the list is narrowed to, in words."""
    said = []
    if asked.since and asked.until:
        text = _("%(since)s 至 %(until)s 完成") if name == "done" else _("%(since)s 至 %(until)s 提出")
        said.append(text % {"since": asked.since, "until": asked.until})
    return said + [chip.title for chip in chips_of(asked.scope())]


def _row(lesson: Lesson, people: dict[int, Person], today: date) -> dict[str, Any]:
    open_ = lesson.status in quality.OPEN
    return {
        "lesson": lesson,
        "owner": people.get(lesson.owner_id or 0),
        "late": open_ and lesson.due_on is not None and lesson.due_on < today,
    }


@permitted("workbench.lesson_make")
@require_http_methods(["GET", "POST"])
def lesson_make(request: HttpRequest) -> HttpResponse:
    """Make one by hand from the cases named (`?case=` fills them in)."""
    status = 200
    if request.method == "POST":
        form = LessonForm(request.POST, viewer=request.user)
        if form.is_valid():
            given = form.cleaned_data
            made = quality.make(
                what=given["what"], case_ids=given["cases"], reason=given["reason"], kind=given["kind"],
                owner_id=given["owner"].pk, due_on=given["due_on"], person_id=person_id(request), now=clock.now(),
            )  # fmt: skip
            messages.success(request, _("整改已登记，负责人会收到提醒。"))
            return redirect("workbench:lesson", pk=made.pk)
        status = 422
    else:
        form = LessonForm(initial={"cases": "\n".join(request.GET.getlist("case"))}, viewer=request.user)
    return render(request, "workbench/lessons/make.html", {"form": form}, status=status)


@permitted("workbench.lesson_link")
@require_http_methods(["GET", "POST"])
def lesson_link(request: HttpRequest) -> HttpResponse:
    """Put the cases picked in a list, or the open one, to an improvement that is there already, or go on to make one
    from them."""
    cases = picked(request)
    form = LinkForm(request.POST or None, viewer=request.user)
    done = None
    if request.method == "POST" and cases and form.is_valid():
        done = form.cleaned_data["lesson"]
        quality.link(done, [case.pk for case in cases])
    context = {
        "form": form, "cases": cases, "done": done,
        "place": ON_CASE if request.headers.get("HX-Target") == ON_CASE else "bulk",
        "make_url": f"{reverse('workbench:lesson_make')}?{urlencode({'case': [case.number for case in cases]}, True)}",
    }  # fmt: skip
    status = 422 if request.method == "POST" and done is None else 200
    response = render(request, "workbench/bulk/lesson.html", context, status=status)
    return done_in(response, cases) if done is not None else response


def _find(request: HttpRequest, pk: int) -> Lesson:
    found: Lesson | None = within(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@permitted("workbench.lesson")
@require_safe
def lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """One improvement with the cases it was learned from."""
    return _page(request, _find(request, pk))


def _page(request: HttpRequest, found: Lesson, problem: str = "", status: int = 200) -> HttpResponse:
    linked = queries.reachable(request.user).filter(pk__in=quality.cases_of(found)).order_by("-id")
    people = Person.objects.in_bulk(
        [pk for pk in (found.owner_id, found.created_by_id, found.checked_by_id) if pk is not None]
    )
    context = {
        **_row(found, people, timezone.localdate(clock.now())),
        "maker": people.get(found.created_by_id or 0),
        "checker": people.get(found.checked_by_id or 0),
        "rows": cards(linked[:MOST_CASES], request.user),
        "problem": problem,
        "statuses": Lesson.Status.choices,
        "effects": [choice for choice in Lesson.Effect.choices if choice[0]],
        "may_progress": may_progress(request.user, found) and allowed(request.user, "workbench.lesson_progress"),
        "may_check": allowed(request.user, "workbench.lesson_check") and found.status == Lesson.Status.DONE,
    }
    return render(request, "workbench/lessons/lesson.html", context, status=status)


@permitted("workbench.lesson_progress")
@require_POST
def lesson_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Its owner, or who leads, says how far it is."""
    found = _find(request, pk)
    status = request.POST.get("status", "")
    if not may_progress(request.user, found) or status not in Lesson.Status.values:
        raise Http404
    try:
        quality.progress(found, status=status, text=request.POST.get("progress", "")[:5000], now=clock.now())
    except quality.LessonRefused as refused:
        found = _find(request, pk)
        return _page(request, found, str(REFUSED[refused.because]), 422)
    messages.success(request, _("进展已保存。"))
    return redirect("workbench:lesson", pk=pk)


@permitted("workbench.lesson_check")
@require_POST
def lesson_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who leads says whether it helped."""
    found = _find(request, pk)
    effect = request.POST.get("effect", "")
    if effect not in (Lesson.Effect.HELPED, Lesson.Effect.NOT_HELPED):
        return _page(request, found, _("请选择是否有效。"), 422)
    try:
        quality.check_effect(
            found, effect=effect, note=request.POST.get("note", "")[:5000], person_id=person_id(request),
            now=clock.now(),
        )  # fmt: skip
    except quality.LessonRefused as refused:
        return _page(request, _find(request, pk), str(REFUSED[refused.because]), 422)
    messages.success(request, _("效果已记录。"))
    return redirect("workbench:lesson", pk=pk)


def of_case(case: Case) -> list[Lesson]:
    """What was learned from one case."""
    return list(quality.listing(case_id=case.pk))


urlpatterns = [
    path("lessons", lessons, name="lessons"),
    path("lessons/new", lesson_make, name="lesson_make"),
    path("lessons/link", lesson_link, name="lesson_link"),
    path("lessons/<int:pk>", lesson, name="lesson"),
    path("lessons/<int:pk>/progress", lesson_progress, name="lesson_progress"),
    path("lessons/<int:pk>/check", lesson_check, name="lesson_check"),
]
