"""Somebody hands their work on: cases go to others in a batch, then, when they leave, the account is closed."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tuoshan import clock, identifiers
from tuoshan.cases import batches, library
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Task
from tuoshan.cases.refusals import sentence
from tuoshan.office.assignable import Assignable, assignables
from tuoshan.office.overseeing import managed
from tuoshan.parties import leaving
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import permitted
from tuoshan.workbench import tasks
from tuoshan.workbench.cards import cards

MOST = 500
ACTION = "transfer"


@dataclass(frozen=True, slots=True)
class Refused:
    """A case that stayed, and why."""

    case: Case
    why: str


@permitted("workbench.leaver")
@require_http_methods(["GET", "POST"])
def leaver(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person has in hand; a POST hands the chosen cases on, each to whom it says."""
    person = managed(request.user, pk)
    if request.method == "POST":
        return _hand_on(request, person)
    return _page(request, person)


def _page(
    request: HttpRequest, person: Person, refused: list[Refused] | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    over = leaving.belongings(person)
    found = Case.objects.filter(pk__in=over.case_ids[:MOST]).order_by("queue_at", "id")
    wanted = {(case_id, key) for case_id, key in over.tasks if case_id not in over.case_ids}
    rows = list(Task.objects.filter(person_id=person.pk, status="open").order_by("due_at")[:MOST])
    others = [row for row in rows if (row.case_id, row.key) in wanted]
    context = {
        "person": person,
        "rows": cards(found, request.user),
        "count": len(over.case_ids),
        "tasks": tasks.rows_of(others, request.user),
        "others": [one for one in assignables(clock.now()) if one.person.pk != person.pk],
        "refused": refused or [],
        "problem": problem,
        "batch": identifiers.next_id(),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "workbench/leavers/page.html", context, status=status)


def _hand_on(request: HttpRequest, person: Person) -> HttpResponse:
    """Cases by recipient, one batch for each; what a case refuses stays and is named."""
    mine = set(leaving.belongings(person).case_ids)
    chosen = {int(text) for text in request.POST.getlist("case") if text.isdecimal()} & mine
    reason = request.POST.get("reason", "").strip()
    if not chosen or not reason:
        problem = _("请选择要交接的工单。") if not chosen else _("请写明交接原因。")
        return _page(request, person, problem=problem, status=422)
    able: dict[int, Assignable] = {one.person.pk: one for one in assignables(clock.now()) if one.person.pk != person.pk}
    groups: dict[int, list[int]] = {}
    for case_id in sorted(chosen):
        text = request.POST.get(f"to-{case_id}") or request.POST.get("to", "")
        if not text.isdecimal() or int(text) not in able:
            return _page(request, person, problem=_("请为每件工单选择接手的人。"), status=422)
        groups.setdefault(int(text), []).append(case_id)
    refused: list[Refused] = []
    done = 0
    for to, case_ids in groups.items():
        values = {"handler": str(to), "reason": reason}
        outcome = batches.act_many(
            case_ids=case_ids, action=ACTION, actor=ActingAs.by_person(request.user), values=values
        )
        done += outcome.done
        refused += _named(outcome)
    if done:
        said = ngettext("已交接 %(n)d 件工单", "已交接 %(n)d 件工单", done) % {"n": done}
        messages.success(request, said)
    if refused:
        return _page(request, person, refused, status=409)
    return redirect("workbench:leaver", pk=person.pk)


def _named(outcome: batches.BatchOutcome) -> list[Refused]:
    cases = Case.objects.in_bulk(list(outcome.refused))
    return [
        Refused(
            cases[pk], sentence(refusal, library.pinned(cases[pk].playbook, cases[pk].playbook_hash))
        )
        for pk, refusal in outcome.refused.items()
        if pk in cases
    ]  # fmt: skip


@permitted("workbench.leave")
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account, once no open case is left with the person; what else names them passes to `to`."""
    person = managed(request.user, pk)
    if person.pk == request.user.pk:
        return _page(request, person, problem=_("不能停用自己的账号。"), status=422)
    if leaving.belongings(person).case_ids:
        return _page(request, person, problem=_("还有未结工单在此人手上，请先交接。"), status=409)
    text = request.POST.get("to", "")
    to = Person.objects.filter(pk=int(text)).first() if text.isdecimal() else None
    if to is None:
        return _page(request, person, problem=_("请选择接替的人。"), status=422)
    try:
        leaving.leave(person, to=to, now=clock.now())
    except leaving.CannotHandOn:
        return _page(request, person, problem=_("此人不能接替：已离职、只有查看权限，或就是同一个人。"), status=422)
    messages.success(request, _("%(name)s 的账号已停用。") % {"name": person})
    return redirect("workbench:board")


urlpatterns: list[Any] = [
    path("people/<int:pk>/handover", leaver, name="leaver"),
    path("people/<int:pk>/leave", leave, name="leave"),
]
