"""Beside the fields in which people write: quick replies filled in for the case, colleagues to mention, and what
the customer will see.
"""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan.cases.models import Case
from tuoshan.integrations import recipients
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.knowledge import replies
from tuoshan.knowledge.models import QuickReply
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import permitted
from tuoshan.parties.reach import reaches
from tuoshan.secrets import mask_email, mask_phone
from tuoshan.workbench.casepage import find_case, person_id

MOST_NAMES = 8
MOST_WRITTEN = 20_000
SMS_ONE, SMS_PART = 70, 67
"""Signs in one short message, and in each part of a longer one, where Chinese is among them."""
LINES_SHOWN = 12


@permitted("workbench.quick_replies")
@require_http_methods(["GET", "POST"])
def quick_replies(request: HttpRequest, number: str) -> JsonResponse:
    """`?q=`: replies that fit, filled in for the case. A POST with `id` counts a use."""
    case = find_case(request, number)
    person = person_id(request)
    if request.method == "POST":
        text = request.POST.get("id", "")
        if text.isdecimal() and replies.usable(person).filter(pk=int(text)).exists():
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
    text = request.GET.get("q", "").strip()[:40]
    named = Q(display_name__icontains=text) | Q(username__istartswith=text)
    found = Person.objects.filter(named, is_active=True).exclude(pk=person_id(request)).select_related("unit")
    shown = []
    for person in found.order_by("display_name", "pk")[: MOST_NAMES * 3]:
        if reaches(person, case):
            shown.append(
                {
                    "id": person.pk,
                    "title": str(person),
                    "hint": person.unit.name if person.unit else "",
                    "text": f"@{person} ",
                }
            )
    return JsonResponse({"items": shown[:MOST_NAMES]})


@permitted("workbench.message_preview")
@require_POST
def message_preview(request: HttpRequest, number: str) -> HttpResponse:
    """What will go out, by which way and to whom; nothing is written."""
    case = find_case(request, number)
    text = request.POST.get("text", "").strip()[:MOST_WRITTEN]
    channel = request.POST.get("channel", "sms")
    customer = recipients.of_case(case)
    ways = recipients.addressees(customer, only=channel) if customer is not None else []
    context = {
        "text": text,
        "ways": [
            {"title": OutgoingMessage.Channel(way.channel).label, "to": _masked(way.channel, way.to)} for way in ways
        ],
        "other": bool(ways) and ways[0].channel != channel,
        "parts": sms_parts(text) if any(way.channel == "sms" for way in ways) else 0,
        "signs": len(text),
        "empty": "" if text else _("请先写下内容。"),
    }
    return render(request, "workbench/replies/preview.html", context)


def _masked(channel: str, to: str) -> str:
    if channel == "sms":
        return mask_phone(to)
    return mask_email(to) if channel == "mail" else to


def sms_parts(text: str) -> int:
    """How many short messages the text makes: one up to 70 signs, else parts of 67."""
    return 1 if len(text) <= SMS_ONE else -(-len(text) // SMS_PART)


urlpatterns = [
    path("case/<str:number>/replies", quick_replies, name="quick_replies"),
    path("case/<str:number>/mentions", mentions, name="mentions"),
    path("case/<str:number>/message/preview", message_preview, name="message_preview"),
]
