"""The call on the third day, what customers say, and what was learned: beside the case and as a list to work off."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuoshan import clock, identifiers
from tuoshan.care import follow_up
from tuoshan.care.models import FollowUpCall, SurveyAnswer, SurveyReason
from tuoshan.cases import queries
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.cases.queries import CursorBroken
from tuoshan.cases.refusals import sentence
from tuoshan.core.facts import Words
from tuoshan.identifiers import is_id
from tuoshan.intake.models import Arrival
from tuoshan.knowledge.showing import words_of
from tuoshan.office.absences import moment_field
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench import lessons
from tuoshan.workbench.cards import cards
from tuoshan.workbench.casepage import find_case, standing_of
from tuoshan.workbench.casework import done
from tuoshan.workbench.panels import Shown, panel

PAGE = 50
FACES = {1: "😞", 2: "🙁", 3: "😐", 4: "🙂", 5: "😀"}
HANDLED = "handler"


# -- panels of the case page -------------------------------------------------------------------------------


@panel("follow_up", order=40)
def follow_up_panel(standing: Standing, case: Case, person: Any) -> Shown | None:
    """Survey answers with their faces, calls made, and the call that is due."""
    answers = [
        {
            "answer": answer,
            "face": FACES.get(answer.score, ""),
            "reasons": _("、").join(_reason_titles(answer.reasons)),
        }
        for answer in SurveyAnswer.objects.filter(case_id=case.pk).order_by("-at", "-id")
    ]
    calls = follow_up.calls(case.pk)
    due = follow_up.is_due(case)
    if not (answers or calls or due):
        return None
    people = Person.objects.in_bulk({call.person_id for call in calls})
    return Shown(
        "workbench/followups/panel.html",
        {
            "case": case,
            "answers": answers,
            "calls": [{"call": call, "who": people.get(call.person_id)} for call in calls],
            "due": due,
            "left": follow_up.left(case, calls),
            "may_call": due and HANDLED in standing.actor.parties and allowed(person, "workbench.follow_up"),
        },
    )


def _reason_titles(keys: list[str]) -> list[str]:
    known = {row.key: row.title for row in SurveyReason.objects.filter(key__in=keys)}
    return [known.get(key, key) for key in keys]


@panel("lessons", order=50)
def lessons_panel(standing: Standing, case: Case, person: Any) -> Shown | None:
    """What was learned from the case, and the way to learn something more."""
    found = lessons.of_case(case)
    may_make = allowed(person, "workbench.lesson_make")
    if not found and not (may_make and case.ended):
        return None
    people = Person.objects.in_bulk({row.owner_id for row in found if row.owner_id})
    rows = [{"lesson": row, "owner": people.get(row.owner_id or 0)} for row in found]
    return Shown("workbench/lessons/panel.html", {"case": case, "rows": rows, "may_make": may_make})


@panel("identity", order=30)
def identity_panel(standing: Standing, case: Case, person: Any) -> Shown | None:
    """The result of the identity check, and under which order the customer came to us."""
    facts = standing.state.facts
    result = facts.get("identity")
    arrival = Arrival.objects.filter(case_id=case.pk).first()
    order_no = arrival.order_no if arrival is not None else ""
    if result is None and not order_no:
        return None
    known = standing.playbook.facts.get("identity")
    titles = {choice.value: words(choice.title) for choice in known.choices} if known else {}
    note = facts.get("identity_note")
    text = words_of(case.pk, [note]).get(note.ref, "") if isinstance(note, Words) else str(note or "")
    context = {
        "result": str(result or ""),
        "title": titles.get(str(result), ""),
        "note": text,
        "order_no": order_no,
        "received_at": arrival.received_at if arrival is not None else None,
        "case": case,
    }
    return Shown("workbench/followups/identity.html", context)


# -- the call ------------------------------------------------------------------------------------------------


@permitted("workbench.follow_up")
@require_http_methods(["GET", "POST"])
def follow_up_call(request: HttpRequest, number: str) -> HttpResponse:
    """Record one call: reached, or not reached and when to try again."""
    case = find_case(request, number)
    if request.method == "GET":
        return _call_page(request, case)
    result = request.POST.get("result", "")
    said = request.POST.get("words", "").strip()[:5000]
    for texts in follow_up.problem_of(result, said).values():
        return _call_page(request, case, texts[0], 422)
    next_at, problem = _next_at(request)
    if problem:
        return _call_page(request, case, problem, 422)
    seq = request.POST.get("seq", "")
    outcome = follow_up.record_call(
        case_id=case.pk, person=request.user, result=result, words=said or _("没有联系上"), now=clock.now(),
        next_at=next_at, expected_seq=int(seq) if is_id(seq) else None,
        idempotency_key=request.POST.get("key") or None,
    )  # fmt: skip
    if outcome.refusal is not None:
        return _call_page(request, case, sentence(outcome.refusal, standing_of(request, case).playbook), 422)
    return done(request, case, _("回访已记录"))


def _next_at(request: HttpRequest) -> tuple[datetime | None, str]:
    field = moment_field("")
    field.required = False
    given = [request.POST.get("next_0", ""), request.POST.get("next_1", "")]
    if not any(given):
        return None, ""
    if not all(given):
        return None, _("请把下次联系的日期和时间都填上。")
    try:
        value: datetime = field.clean(given)
    except forms.ValidationError:
        return None, _("下次联系的时间看不懂，请重新填写。")
    return value, ""


def _call_page(request: HttpRequest, case: Case, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "case": case,
        "results": FollowUpCall.Result.choices,
        "problem": problem,
        "key": identifiers.token(),
        "seq": case.seq,
        "given": request.POST,
        "action": request.path,
    }
    return render(request, "workbench/followups/call.html", context, status=status)


@permitted("workbench.follow_ups")
@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Whom to call next: one's own cases, or with `?all` everyone's within reach."""
    everyone = "all" in request.GET
    found = follow_up.due(request.user, own=not everyone)
    try:
        page = queries.page(found, request.GET.get("cursor", ""), PAGE)
    except CursorBroken:
        page = queries.page(found, "", PAGE)
    extra: dict[int, Any] = {case.pk: case for case in page.rows}
    context = {
        "rows": [
            {"card": card, "tries": extra[card.case.pk].tries, "next_at": extra[card.case.pk].next_at}
            for card in cards(page.rows, request.user)
        ],
        "count": found.order_by().count(),
        "all": everyone,
        "next_url": f"?{'all&' if everyone else ''}cursor={page.next}" if page.next else "",
    }
    return render(request, "workbench/followups/page.html", context)


urlpatterns = [
    path("follow-ups", follow_ups, name="follow_ups"),
    path("case/<str:number>/follow-up", follow_up_call, name="follow_up"),
]
