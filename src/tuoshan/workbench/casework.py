"""What people do in a case: take a step, finish a task, watch, hand over, merge.

Every form carries the number of the last event its reader saw and a key that makes a double click act once.
A refusal comes back into the open form with what was typed.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tuoshan import clock, identifiers, punctuation
from tuoshan.cases import lists, queries, service, upload_holders
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.forms import DayAndTime, PlaybookForm, choices_of, words
from tuoshan.cases.models import Case, Watch
from tuoshan.cases.possible import Standing
from tuoshan.cases.refusals import evidence_title, problems, sentence
from tuoshan.core.case import Refusal
from tuoshan.core.numbering import MisheardNumber, parse_number
from tuoshan.core.playbook import Playbook
from tuoshan.core.possible import Possible
from tuoshan.documents import drafts, evidence
from tuoshan.documents.views import lapsed
from tuoshan.identifiers import is_id
from tuoshan.insight import reviewed
from tuoshan.insight.story import Audience, Story
from tuoshan.insight.told_to_staff import whose_page
from tuoshan.intake import duplicates
from tuoshan.intake.beside import REASONS
from tuoshan.office import absences
from tuoshan.office.attaching import names_a_person, shown_by_itself
from tuoshan.office.taking_over import CLAIM, only_oneself
from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.permissions import permitted
from tuoshan.rulings import proposing
from tuoshan.workbench import assignable, correcting, foreseen
from tuoshan.workbench.casepage import find_case, money_of_others, person_id, standing_of, way_back
from tuoshan.workbench.keptrulings import ruled_here

MOST_REASON = 200
HAPPENED = "happened-at"
"""The moment at which a step really happened, beside the fields of its form; no fact of a playbook has such a name."""
_FORESEE = "foresee"
"""In the address of a form that is being filled in: tell what would follow, do nothing."""


def done(request: HttpRequest, case: Case, said: str, kind: str = "ok") -> HttpResponse:
    """Back to the case, which says what was done, or of what `kind` a refusal is; htmx swaps the case, and list and
    counts are read anew.
    """
    address = reverse("workbench:case", args=[case.number])
    if back := way_back(request):
        address += f"?{urlencode({'back': back})}"
    if not request.headers.get("HX-Request"):
        if kind != "ok":
            messages.error(request, said)
        return redirect(address)
    response = HttpResponse(status=204)
    if request.GET.get("from") == "board":  # the form stood on the board, which stays and looks again
        told = {"kind": "ok", "text": f"{case.number} {said}"}
        response["HX-Trigger"] = json.dumps({"banner": told, "decided": True})
        return response
    response["HX-Location"] = json.dumps({"path": address, "target": "#case", "swap": "outerHTML"})
    response["HX-Trigger"] = json.dumps({"banner": {"kind": kind, "text": said}, "decided": True})
    return response


@permitted("workbench.act")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, kind: str, name: str) -> HttpResponse:
    """The form of one possible thing, or its being done."""
    case = find_case(request, number)
    standing = standing_of(request, case)
    task = request.GET.get("task", "") or request.POST.get("task", "")
    item = standing.find(kind, name, task)
    if item is None:
        if request.method == "POST":
            return _gone(request, case, standing, kind, name, task)
        raise Http404
    item = correcting.with_facts(standing, item)
    if request.method == "POST" and _FORESEE in request.GET:
        told = foreseen.lines(standing, item, standing.form(item, data=request.POST))
        return render(request, "workbench/case/foreseen.html", {"preview": told})
    if request.method == "GET":
        texts = correcting.known_texts(standing, item) if correcting.is_correction(standing, item) else None
        ruled = proposing.initial(case.pk, standing.playbook, item.form, standing.state) if texts is None else {}
        form = _form(standing, item, initial=texts or ruled)
        return _form_page(request, case, standing, item, form, drafts.new_upload_token(_holder(request)))
    return _do(request, case, standing, item)


def _holder(request: HttpRequest) -> str:
    return upload_holders.of_person(person_id(request))


def _place(standing: Standing, item: Possible) -> str:
    """The form's own word in the page: several steps, on the board also of several cases, may stand open at once."""
    return re.sub(r"\W+", "-", f"{standing.row.pk} {item.name} {item.task}").strip("-")


def _form(standing: Standing, item: Possible, **given: Any) -> PlaybookForm:
    """The form of the step; where its playbook lets it be recorded afterwards, with the moment at which it happened."""
    form = standing.form(item, **given)
    form.auto_id = f"{_place(standing, item)}-%s"
    if item.backdate:
        form.fields[HAPPENED] = forms.SplitDateTimeField(
            label=_("实际发生时间"), required=False, widget=DayAndTime(),
            help_text=_("不填就是现在；当时已经办了、事后才记录的，请填当时的时间"),
        )  # fmt: skip
    return form


def _do(request: HttpRequest, case: Case, standing: Standing, item: Possible) -> HttpResponse:
    form = _form(standing, item, data=request.POST)
    token = drafts.usable(request.POST.get("upload_token", ""), _holder(request))
    if not form.is_valid():
        return _form_page(request, case, standing, item, form, token, status=422)
    if gone := lapsed(request):
        return _form_page(request, case, standing, item, form, token, gone, 422)
    evidence.mark_draft(token, (_holder(request),), **_seen_by(request, standing, item))
    values = form.values()
    if correcting.is_correction(standing, item):
        values = correcting.changed(standing, item, values)
        if not values["changes"]:
            return _form_page(request, case, standing, item, form, token, _("没有改动任何内容。"), 422)
    outcome = _send(request, case, item, values, token, form.cleaned_data.get(HAPPENED))
    if outcome.refusal is not None:
        form.refuse(problems(outcome.refusal, standing.playbook))
        problem = _said(request, outcome.refusal, standing.playbook, marked=True)
        status = 409 if outcome.refusal.because in ("stale", "moved_by_system") else 422
        return _form_page(request, case, standing, item, form, token, problem, status)
    after = Case.objects.get(pk=case.pk)
    told = _told(case, after, standing.playbook, words(item.title))
    if queries.can_reach(request.user, after):
        return done(request, case, told)
    messages.success(request, f"{case.number} {told}")
    return _away(request)


def _away(request: HttpRequest) -> HttpResponse:
    """To one's own work: what was done took the case out of one's reach."""
    if not request.headers.get("HX-Request"):
        return redirect("workbench:home")
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("workbench:home")})


def _told(before: Case, after: Case, playbook: Playbook, title: str) -> str:
    """What was done, and what it brought that was not chosen in so many words: another handler, grade or unit."""
    told = [_("已完成：%(title)s") % {"title": title}]
    if after.handler_id is not None and after.handler_id != before.handler_id:
        told.append(_("经办人：%(name)s") % {"name": Person.objects.get(pk=after.handler_id)})
    if after.unit_id != before.unit_id:
        unit = OrgUnit.objects.filter(pk=after.unit_id or 0).first()
        told.append(_("工单转到：%(unit)s") % {"unit": unit or _("没有单位")})
    grade = playbook.facts.get("grade")
    if grade is not None and after.grade != before.grade:
        told.append(punctuation.titled(words(grade.label), dict(choices_of(grade)).get(after.grade, after.grade)))
    return punctuation.in_turn(told)


def _send(
    request: HttpRequest, case: Case, item: Possible, values: dict[str, Any], token: str, at: datetime | None = None
) -> service.Outcome:
    actor = ActingAs.by_person(request.user)
    common: dict[str, Any] = {
        "case_id": case.pk, "actor": actor, "values": values, "expected_seq": _seq(request),
        "idempotency_key": request.POST.get("key") or None,
    }  # fmt: skip
    if item.kind == "act":
        return service.act(action=item.name, upload_token=token, at=at, **common)
    if item.kind == "task":
        return service.complete_task(
            task_key=item.task, outcome=request.POST.get("outcome", ""), upload_token=token, **common
        )
    calls: dict[str, tuple[Callable[..., service.Outcome], str]] = {
        "ask": (service.ask_task, "task"), "hold": (service.hold, "name"), "release": (service.release, "name"),
    }  # fmt: skip
    call, argument = calls[item.kind]
    return call(**{argument: item.name}, **common)


def _seq(request: HttpRequest) -> int | None:
    text = request.POST.get("seq", "")
    return int(text) if is_id(text) else None


def _form_page(
    request: HttpRequest, case: Case, standing: Standing, item: Possible, form: PlaybookForm, token: str,
    problem: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    takes = item.name == CLAIM
    alone = takes and only_oneself(standing)
    assignable.offer(form, clock.now(), request.user, takes=takes, alone=alone)
    context = {
        "case": case, "item": item, "form": form, "problem": problem, "token": token,
        "title": words(item.title), "place": _place(standing, item),
        "outcomes": [(value, words(title)) for value, title in item.outcomes],
        "wanted": [evidence_title(kind) for kind in item.evidence],
        "bare": [words(title) for value, title in item.outcomes if value in item.bare],
        "evidence_kind": item.evidence[0].split("|")[0].replace("any", "") if item.evidence else "",
        "evidence_choices": _evidence_choices(item),
        "seen_by": _seen_by(request, standing, item), "seen_by_whom": _seen_by_whom(standing),
        "against_a_person": names_a_person(item),
        "seq": request.POST.get("seq", case.seq) if status != 409 else case.seq,
        "key": request.POST.get("key") if status == 200 else identifiers.token(),
        "preview": foreseen.lines(standing, item) if status == 200 else [],
        "foresees": item.kind == "act" and bool(item.form), "foresee": f"{_FORESEE}=1",
        "said": status == 409,  # the case has moved on: that is said whatever the form lacks
        "action": request.get_full_path(), "deciding": _deciding(request, case, standing, item),
    }  # fmt: skip
    context["key"] = context["key"] or identifiers.token()
    return render(request, "workbench/case/form.html", context, status=status)


def _deciding(request: HttpRequest, case: Case, standing: Standing, item: Possible) -> dict[str, Any] | None:
    """What is decided by this step, as far as its reader may know it; None where it decides nothing."""
    if item.kind != "act" or not item.main:
        return None
    with lists.remembered():
        told = reviewed.to_be_decided(Story(case, standing.playbook, Audience.staff(request.user)), standing.state)
    if not told:
        return None
    rulings, sums = ruled_here(request.user, case)
    return {"entries": told, "money": money_of_others(standing, case), "rulings": rulings, "sums": sums}


def _evidence_choices(item: Possible) -> list[tuple[str, str]]:
    kinds = [kind for wanted in item.evidence for kind in wanted.split("|") if kind != "any"]
    return [(kind, evidence_title(kind)) for kind in kinds] if len(kinds) > 1 else []


def _seen_by(request: HttpRequest, standing: Standing, item: Possible) -> dict[str, bool]:
    """Who may see what is attached: as ticked, and on a fresh form whoever's page it is when the step writes to them.

    Only a form that names a person to supervisors alone can keep its files for them.
    """
    if request.method == "POST":
        kept = names_a_person(item) and "supervisors_only" in request.POST
        return {"visible_to_customer": "visible_to_customer" in request.POST and not kept, "supervisors_only": kept}
    action = standing.playbook.actions.get(item.name) if item.kind == "act" else None
    return {"visible_to_customer": shown_by_itself(standing.playbook, action), "supervisors_only": False}


def _seen_by_whom(standing: Standing) -> str:
    """Whose page shows what is attached, where that is not a customer's."""
    return "" if standing.playbook.portal in ("", "customer") else whose_page(standing.playbook)


def _gone(request: HttpRequest, case: Case, standing: Standing, kind: str, name: str, task: str) -> HttpResponse:
    """The thing is no longer possible: let the write path say what happened meanwhile."""
    playbook = standing.playbook
    places: dict[str, Any] = {"act": playbook.actions, "hold": playbook.holds}
    known = places.get(kind, playbook.tasks).get(name)
    title, asked = (known.title, known.form) if known else (playbook.title, ())
    backdate = kind == "act" and known is not None and playbook.actions[name].backdate
    asked = asked if kind != "ask" else ()
    item = Possible(kind, name, title, asked, task=task, backdate=backdate)  # type: ignore[arg-type]
    form = _form(standing, item, data=request.POST)  # what was typed stays, to be copied or sent another way
    form.is_valid()
    outcome = _send(request, case, item, {}, "", form.cleaned_data.get(HAPPENED))
    if outcome.refusal is None:
        return done(request, case, _("已完成"))
    problem = _said(request, outcome.refusal, playbook)
    return _form_page(request, case, standing, item, form, "", problem, 409)


def _said(request: HttpRequest, refusal: Refusal, playbook: Playbook, *, marked: bool = False) -> str:
    said = sentence(refusal, playbook, marked=marked)
    return absences.refusal_of(cast(Person, request.user), refusal, said, clock.now())


# -- beside the case ---------------------------------------------------------------------------------------


@permitted("workbench.watch")
@require_POST
def watch(request: HttpRequest, number: str) -> HttpResponse:
    """Follow the case, or stop."""
    case = find_case(request, number)
    found = Watch.objects.filter(case_id=case.pk, person_id=person_id(request))
    if found.exists():
        found.delete()
        return done(request, case, _("已取消关注"))
    Watch.objects.create(case_id=case.pk, person_id=person_id(request), since=clock.now())
    return done(request, case, _("已关注，有变化会提醒您"))


@permitted("workbench.merge")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Merge this case into another: the likely ones are offered, any number may be typed."""
    case = find_case(request, number)
    if request.method == "GET":
        return _merge_page(request, case)
    target = request.POST.get("number", "").strip() or request.POST.get("into", "").strip()
    if not target:
        return _merge_page(request, case, _("请选择一个工单，或输入编号。"), 422)
    try:
        into = queries.reachable(request.user).filter(number=parse_number(target)).first()
    except MisheardNumber as misheard:
        return _merge_page(request, case, misheard.reason(_language()), 422)
    if into is None:
        return _merge_page(request, case, _("没有找到编号为“%(number)s”的工单。") % {"number": target}, 422)
    outcome = service.merge(
        case_id=case.pk, into_id=into.pk, actor=ActingAs.by_person(request.user),
        reason=request.POST.get("reason", "").strip()[:MOST_REASON], idempotency_key=request.POST.get("key") or None,
    )  # fmt: skip
    if outcome.refusal is not None:
        standing = standing_of(request, case)
        return _merge_page(request, case, sentence(outcome.refusal, standing.playbook), 422)
    return done(request, case, _("已并入 %(number)s，可以撤销") % {"number": into.number})


def _language() -> Literal["zh", "en"]:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _merge_page(request: HttpRequest, case: Case, problem: str = "", status: int = 200) -> HttpResponse:
    """The form, with what was chosen and typed; likely duplicates are those of the API."""
    likely = [(one.case, [REASONS[why] for why in one.reasons]) for one in duplicates.likely_of(case, request.user)]
    given = {name: request.POST.get(name, "") for name in ("into", "number", "reason")}
    context = {"case": case, "likely": likely, "problem": problem, "key": identifiers.token(), **given}
    return render(request, "workbench/case/merge.html", context, status=status)


@permitted("workbench.unmerge")
@require_POST
def unmerge(request: HttpRequest, number: str) -> HttpResponse:
    """Undo a merge."""
    case = find_case(request, number)
    outcome = service.unmerge(case_id=case.pk, actor=ActingAs.by_person(request.user))
    if outcome.refusal is not None:
        return done(request, case, sentence(outcome.refusal, standing_of(request, case).playbook), "late")
    return done(request, case, _("已撤销并单，时限按原来的时间继续"))


urlpatterns = [
    path("case/<str:number>/do/<slug:kind>/<slug:name>", act, name="act"),
    path("case/<str:number>/watch", watch, name="watch"),
    path("case/<str:number>/merge", merge, name="merge"),
    path("case/<str:number>/unmerge", unmerge, name="unmerge"),
]
