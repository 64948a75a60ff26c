"""What people say in a case: notes among colleagues, what was said on the telephone, messages to the customer.

What cannot be written down comes back into the open form with what was typed.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuoshan import identifiers
from tuoshan.cases import library, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.cases.refusals import customer_erased, sentence
from tuoshan.integrations import recipients
from tuoshan.office import variables, writing
from tuoshan.office.writing import CannotBeSaid
from tuoshan.parties.models import Customer
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.casepage import find_case, reply_title
from tuoshan.workbench.casework import done


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").strip()[: writing.MOST_WRITTEN]


def _not_written(
    request: HttpRequest, case: Case, what: str, problem: str, status: int, *, unsaid: bool = False
) -> HttpResponse:
    """The small form again, with what was typed; `unsaid`: something in it has no words, so that it shows what has."""
    context = {**_writing(request, case, what), "problem": problem, "text": _text(request), "unsaid": unsaid}
    context["way"] = request.POST.get("channel") or context.get("way", "")
    return render(request, "workbench/case/write.html", context, status=status)


def _writing(request: HttpRequest, case: Case, what: str) -> dict[str, Any]:
    """What the small form for a note, a call or a message is made of."""
    made: dict[str, Any] = {"case": case, "what": what, "key": identifiers.token()}
    if what != "message":
        return made
    playbook, customer = library.pinned(case.playbook, case.playbook_hash), recipients.of_case(case)
    ways = _ways(customer)
    return made | {
        "reply_title": reply_title(playbook), "has_ways": playbook.portal in ("", "customer"),
        "way": next(iter(ways), ""), "no_way": not ways,
        "wants_none": customer is not None and recipients.wants_none(customer),
        "variables": variables.of_case(case, request.user),
    }  # fmt: skip


def _sender(request: HttpRequest) -> dict[str, Any]:
    return {"actor": ActingAs.by_person(request.user), "idempotency_key": request.POST.get("key")}


def _write(
    request: HttpRequest, number: str, what: str, send: Callable[..., service.Outcome], said: str, else_said: str = ""
) -> HttpResponse:
    case = find_case(request, number)
    if request.method == "GET":
        if case.is_erased and what != "note":
            return _not_written(request, case, what, customer_erased(), 409)
        return render(request, "workbench/case/write.html", _writing(request, case, what))
    text = _text(request)
    if not text:
        return _not_written(request, case, what, _("请先写下内容。"), 422)
    try:
        outcome = send(case_id=case.pk, text=text)
    except CannotBeSaid as why:
        return _not_written(request, case, what, str(why), 422, unsaid=True)
    if outcome.refusal is not None:
        playbook = library.pinned(case.playbook, case.playbook_hash)
        return _not_written(request, case, what, sentence(outcome.refusal, playbook), 409)
    return done(request, case, else_said if else_said and not _ways(recipients.of_case(case)) else said)


def _ways(customer: Customer | None) -> list[str]:
    """By which ways a message to the customer leaves; none where it only stands on their page."""
    return [one.channel for one in recipients.addressees(customer)] if customer is not None else []


@permitted("workbench.note")
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, number: str) -> HttpResponse:
    """A note among colleagues."""
    return _write(request, number, "note", partial(service.note, **_sender(request)), _("备注已保存"))


@permitted("workbench.call")
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, number: str) -> HttpResponse:
    """What was said on the telephone."""
    return _write(request, number, "call", partial(service.call, **_sender(request)), _("通话记录已保存"))


@permitted("workbench.message")
@require_http_methods(["GET", "POST"])
def message(request: HttpRequest, number: str) -> HttpResponse:
    """A message to the customer."""
    channel = request.POST.get("channel", "sms")
    send = partial(writing.send, person=request.user, channel=channel, **_sender(request))
    return _write(request, number, "message", send, _("消息已提交，正在发送"), _("客户没有联系方式：已写在查询页上"))


urlpatterns = [
    path("case/<str:number>/note", note, name="note"),
    path("case/<str:number>/call", call, name="call"),
    path("case/<str:number>/message", message, name="message"),
]
