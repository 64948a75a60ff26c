"""One thing done in many picked cases: what all of them allow, in one batch, each with its own outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock, identifiers
from tuoshan.cases import batches, library, queries
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.forms import PlaybookForm, words
from tuoshan.cases.models import Batch, Case
from tuoshan.cases.orders import Order
from tuoshan.cases.possible import Standing
from tuoshan.cases.refusals import sentence
from tuoshan.core.case import Refusal
from tuoshan.core.playbook import Playbook
from tuoshan.identifiers import is_id
from tuoshan.office import absences
from tuoshan.office import bulk as office
from tuoshan.office.bulk import MOST, shared
from tuoshan.office.taking_over import CLAIM, only_oneself
from tuoshan.office.writing import MOST_WRITTEN
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench import assignable
from tuoshan.workbench.answers import done_in


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that all picked cases allow."""

    name: str
    title: str


def picked(request: HttpRequest) -> list[Case]:
    """The picked cases within reach, in the order in which they were picked, at most `MOST`."""
    given = request.POST if request.method == "POST" else request.GET
    numbers = list(dict.fromkeys(given.getlist("case")))[:MOST]
    found = {case.number: case for case in queries.reachable(request.user).defer(None).filter(number__in=numbers)}
    return [found[number] for number in numbers if number in found]


def _standings(request: HttpRequest, cases: Sequence[Case]) -> list[Standing]:
    acting = ActingAs.by_person(request.user)
    return [Standing(case, acting) for case in cases]


@permitted("workbench.bulk")
@require_safe
def bulk(request: HttpRequest) -> HttpResponse:
    """What can be done in all picked cases."""
    cases = picked(request)
    choices = [Choice(name, words(item.title)) for name, item in shared(_standings(request, cases)).items()]
    over = len(set(request.GET.getlist("case"))) > MOST
    may_learn = allowed(request.user, "workbench.lesson_link")
    context = {"cases": cases, "choices": choices, "over": over, "most": MOST, "may_learn": may_learn}
    return render(request, "workbench/bulk/choices.html", context)


@permitted("workbench.bulk_form")
@require_safe
def bulk_form(request: HttpRequest) -> HttpResponse:
    """The form of one thing, once for all of them."""
    return _form_page(request, picked(request), request.GET.get("do", ""), None)


def _form_page(
    request: HttpRequest, cases: Sequence[Case], name: str, form: PlaybookForm | None, problem: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    title = {"note": _("备注（客户看不到）"), "watch": _("关注")}.get(name, "")
    alone = False
    if not title:
        standings = _standings(request, cases)
        item = shared(standings).get(name)
        if item is None:
            problem = _("这些工单里有的已不能做这一步，请重新选择。")
            return render(request, "workbench/bulk/choices.html", {"cases": cases, "problem": problem}, status=409)
        title = words(item.title)
        form = form or office.asking_most(standings, item).form(item)
        alone = name == CLAIM and any(only_oneself(standing) for standing in standings)
    if form is not None:
        assignable.offer(form, clock.now(), request.user, takes=name == CLAIM, alone=alone)
    context = {
        "cases": cases, "name": name, "title": title, "form": form, "problem": problem,
        "batch": request.POST.get("batch") or identifiers.next_id(),
        "text": request.POST.get("text", ""),
    }  # fmt: skip
    return render(request, "workbench/bulk/form.html", context, status=status)


@permitted("workbench.bulk_run")
@require_POST
def bulk_run(request: HttpRequest) -> HttpResponse:
    """Do it: done members and refused ones with their reasons. Sent again, done members are not done twice."""
    cases, name = picked(request), request.POST.get("do", "")
    if name == "watch":
        return _watch(request, cases)
    actor = ActingAs.by_person(request.user)
    if name == "note":
        text = request.POST.get("text", "").strip()[:MOST_WRITTEN]
        if not text:
            return _form_page(request, cases, name, None, _("请先写下内容。"), 422)
        return _result(request, cases, _("备注"), office.note(actor, text))
    fitting = office.fitting(actor, cases, name)
    if fitting is None:
        return _form_page(request, cases, name, None)
    item, standing = fitting
    form = standing.form(item, data=request.POST)
    if not form.is_valid():
        return _form_page(request, cases, name, form, status=422)
    return _result(request, cases, words(item.title), Order("act", actor, name, form.values()))


def _batch(request: HttpRequest) -> int | None:
    text = request.POST.get("batch", "")
    if not is_id(text):
        return None
    known = Batch.objects.filter(pk=int(text)).first()
    return int(text) if known is None or known.person_id == request.user.pk else None


def _result(request: HttpRequest, cases: Sequence[Case], title: str, order: Order) -> HttpResponse:
    outcome = batches.run_many(case_ids=[case.pk for case in cases], order=order, batch_id=_batch(request))
    refused = outcome.refused
    done = [case for case in cases if case.pk not in refused]
    context = {
        "title": title,
        "done": done,
        "refused": [
            (case, _said(request, refused[case.pk], library.pinned(case.playbook, case.playbook_hash)))
            for case in cases
            if case.pk in refused
        ],
    }
    return done_in(render(request, "workbench/bulk/result.html", context), done)


def _said(request: HttpRequest, refusal: Refusal, playbook: Playbook) -> str:
    return absences.refusal_of(cast(Person, request.user), refusal, sentence(refusal, playbook), clock.now())


def _watch(request: HttpRequest, cases: Sequence[Case]) -> HttpResponse:
    office.watch(int(request.user.pk or 0), cases)
    title = ngettext("关注 %(n)d 件", "关注 %(n)d 件", len(cases)) % {"n": len(cases)}
    context = {"title": title, "done": cases, "refused": []}
    return done_in(render(request, "workbench/bulk/result.html", context), cases)


urlpatterns = [
    path("bulk", bulk, name="bulk"),
    path("bulk/form", bulk_form, name="bulk_form"),
    path("bulk/run", bulk_run, name="bulk_run"),
]
