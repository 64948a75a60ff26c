"""Beside the fields in which people write: quick replies filled in for the case, colleagues to mention, and what
the customer will see.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan.cases.models import Case
from tuoshan.cases.refusals import customer_erased
from tuoshan.identifiers import is_id
from tuoshan.integrations import recipients
from tuoshan.knowledge import replies
from tuoshan.knowledge.models import QuickReply
from tuoshan.office import beside
from tuoshan.office.writing import MOST_WRITTEN
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.casepage import find_case, person_id

LINES_SHOWN = 12


@permitted("workbench.quick_replies")
@require_http_methods(["GET", "POST"])
def quick_replies(request: HttpRequest, number: str) -> JsonResponse:
    """`?q=`: replies that fit, filled in for the case. A POST with `id` counts a use."""
    case = find_case(request, number)
    person = person_id(request)
    if request.method == "POST":
        text = request.POST.get("id", "")
        if is_id(text) and replies.usable(person).filter(pk=int(text)).exists():
            replies.used(int(text))
        return JsonResponse({})
    found = replies.search(request.GET.get("q", "")[:60], person_id=person, language=_language(case))[:LINES_SHOWN]
    return JsonResponse({"items": [_reply(reply, case, request) for reply in found]})


def _reply(reply: QuickReply, case: Case, request: HttpRequest) -> dict[str, Any]:
    text = replies.render(reply, case, person=request.user)
    hint = f"/{reply.shortcut}" if reply.shortcut else reply.category
    return {"id": reply.pk, "title": reply.title, "hint": hint, "text": text}


def _language(case: Case) -> str:
    return recipients.language_of(recipients.of_case(case))


@permitted("workbench.mentions")
@require_safe
def mentions(request: HttpRequest, number: str) -> JsonResponse:
    """`?q=`: colleagues whose name begins so and who can see the case."""
    case = find_case(request, number)
    shown = [
        {
            "id": person.pk,
            "title": str(person),
            "hint": person.unit.name if person.unit else "",
            "text": f"@{person} ",
        }
        for person in beside.mentionable(case, person_id(request), request.GET.get("q", ""))
    ]
    return JsonResponse({"items": shown})


@permitted("workbench.message_preview")
@require_POST
def message_preview(request: HttpRequest, number: str) -> HttpResponse:
    """What will go out, by which way and to whom; nothing is written."""
    case = find_case(request, number)
    text = request.POST.get("text", "").strip()[:MOST_WRITTEN]
    channel = request.POST.get("channel", "sms")
    seen = beside.preview(case, text, channel, request.user)
    context = {
        "text": seen.text,
        "ways": [{"title": title, "to": to} for _channel, title, to in seen.ways],
        "other": seen.other,
        "parts": seen.parts,
        "signs": seen.signs,
        "problems": seen.problems,
        "empty": customer_erased() if case.is_erased else "" if text else _("请先写下内容。"),
    }
    return render(request, "workbench/replies/preview.html", context)


urlpatterns = [
    path("case/<str:number>/replies", quick_replies, name="quick_replies"),
    path("case/<str:number>/mentions", mentions, name="mentions"),
    path("case/<str:number>/message/preview", message_preview, name="message_preview"),
]
