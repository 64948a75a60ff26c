"""Somebody hands their work on: cases go to others in a batch, then, when they leave, the account is closed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tuoshan import identifiers
from tuoshan.identifiers import is_id
from tuoshan.office import handing_on
from tuoshan.office.handing_on import NotHandedOn, Refused
from tuoshan.office.overseeing import looked_at, managed, may_manage
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import may_change, permitted
from tuoshan.workbench import tasks
from tuoshan.workbench.cards import cards


@permitted("workbench.leaver")
@require_http_methods(["GET", "POST"])
def leaver(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person has in hand; a POST hands the chosen cases on, each to whom it says. Who looks over everything
    reads it of all.
    """
    if request.method == "POST":
        return _hand_on(request, managed(request.user, pk))
    person = looked_at(request.user, pk)
    changes = may_change(request.user, "workbench.leaver") and may_manage(request.user, person)
    return _page(request, person, changes=changes)


def _page(
    request: HttpRequest, person: Person, refused: list[Refused] | None = None, problem: str = "", status: int = 200,
    *, changes: bool = True,
) -> HttpResponse:  # fmt: skip
    held = handing_on.in_hand(person)
    context = {
        "person": person,
        "rows": cards(held.cases, request.user),
        "count": held.count,
        "tasks": tasks.rows_of(held.tasks, request.user),
        "others": handing_on.takers(person),
        "refused": refused or [],
        "problem": problem,
        "batch": identifiers.next_id(),
        "reason": request.POST.get("reason", ""),
        "may_change": changes,
    }
    return render(request, "workbench/leavers/page.html", context, status=status)


def _hand_on(request: HttpRequest, person: Person) -> HttpResponse:
    """Cases by recipient, one batch for each; what a case refuses stays and is named."""
    chosen = {int(text): _to(request, text) for text in request.POST.getlist("case") if is_id(text)}
    try:
        done, refused = handing_on.hand_on(request.user, person, chosen, request.POST.get("reason", ""))
    except NotHandedOn as problem:
        return _page(request, person, problem=str(problem), status=422)
    if done:
        said = ngettext("已交接 %(n)d 件工单", "已交接 %(n)d 件工单", done) % {"n": done}
        messages.success(request, said)
    if refused:
        return _page(request, person, refused, status=409)
    return redirect("workbench:leaver", pk=person.pk)


def _to(request: HttpRequest, case: str) -> int | None:
    text = request.POST.get(f"to-{case}") or request.POST.get("to", "")
    return int(text) if is_id(text) else None


@permitted("workbench.leave")
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account, once no open case is left with the person; what else names them passes to `to`."""
    person = managed(request.user, pk)
    text = request.POST.get("to", "")
    to = Person.objects.filter(pk=int(text)).first() if is_id(text) else None
    try:
        handing_on.close_account(request.user, person, to)
    except NotHandedOn as problem:
        return _page(request, person, problem=str(problem), status=409 if problem.because == "in_hand" else 422)
    messages.success(request, _("%(name)s 的账号已停用。") % {"name": person})
    return redirect("workbench:board")


urlpatterns: list[Any] = [
    path("people/<int:pk>/handover", leaver, name="leaver"),
    path("people/<int:pk>/leave", leave, name="leave"),
]
