"""What arrives with a form of the portal: photos, and how much of the case its sender had seen."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tuoshan.cases.models import Case, Event, Message
from tuoshan.documents import evidence
from tuoshan.documents.views import lapsed, take_from_form
from tuoshan.portal.forms import MOST_PHOTOS
from tuoshan.portal.story import PROPOSED


def photo_problems(request: HttpRequest, token: str, holder: str = "") -> list[str]:
    """Take the files that came with the form itself (a browser without script); what is wrong, in sentences."""
    problems = [refused.sentence for refused in take_from_form(request, token)]
    if gone := lapsed(request):
        problems.append(gone)
    if len(evidence.of_draft(token, (holder,))) > MOST_PHOTOS:
        problems.append(_("最多 %(most)d 个文件，请移除多出的再提交。") % {"most": MOST_PHOTOS})
    return problems


def has_news(case: Case, text: str) -> bool:
    """Whether something that matters to the customer happened since the event `text`, up to which their page went.

    A note between colleagues is no reason to refuse a customer's answer; a new state, a message, another proposal
    or something they did themselves on another device is. A page that does not say what it showed is trusted.
    """
    if not text.isdecimal() or len(text) > 9 or int(text) >= case.seq:
        return False
    newer = Event.objects.filter(case_id=case.pk, seq__gt=int(text))
    said = Message.objects.filter(
        case_id=case.pk, event_seq__gt=int(text), visible_to_customer=True, direction=Message.Direction.OUT
    )
    return any(_matters(event) for event in newer) or said.exists()


def _matters(event: Event) -> bool:
    if event.actor_kind == "customer" and event.kind != "record":
        return True
    changes = _changes(event)
    moved = any(change["op"] in ("enter", "back") for change in changes)
    facts = {name for change in changes if change["op"] == "facts" for name in change["values"]}
    return moved or not facts.isdisjoint(PROPOSED)


def _changes(event: Event) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(event.body).get("changes", [])
    return found
