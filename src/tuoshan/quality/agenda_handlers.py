"""What the agenda asks of quality."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.cases import meanings
from tuoshan.cases.hooks import follow
from tuoshan.cases.models import Event as StoredEvent
from tuoshan.cases.orders import Order
from tuoshan.core.case import Event
from tuoshan.core.facts import Words, decode
from tuoshan.core.playbook import Playbook
from tuoshan.knowledge.showing import words_of
from tuoshan.quality import lessons, liability

MORNING_HOUR = 8


def _is_lesson(event: Event, order: Order, playbook: Playbook) -> bool:
    return event.kind == "task" and event.name in meanings.meant(playbook, "lesson")


follow("lesson_planned", _is_lesson)


@handler("effect", "lesson_planned")
def lesson_planned(item: Item, now: datetime) -> None:
    """A case's task has planned an improvement: it lives on after the case."""
    case_id, seq = item.case_id or 0, int(item.data["seq"])
    event = StoredEvent.objects.filter(case_id=case_id, seq=seq).first()
    if event is None:
        return
    facts = {name: decode(value) for name, value in json.loads(event.body)["input"].get("values", {}).items()}
    texts = words_of(case_id, facts.values())
    plain = {name: texts.get(value.ref, "") if isinstance(value, Words) else value for name, value in facts.items()}
    lessons.record(case_id=case_id, values=plain, person_id=event.actor_id, now=now, key=f"{case_id}:{seq}")


@handler("effect", "book")
def book(item: Item, now: datetime) -> None:
    """Who is responsible for what the case cost."""
    liability.book(item, now)


@handler("job", "remind_lessons", every=timedelta(days=1))
def remind_lessons(item: Item, now: datetime) -> datetime:
    """Every morning, in the house's zone."""
    lessons.remind(now)
    return next_morning(now)


def next_morning(now: datetime) -> datetime:
    """The next 08:00 of the house's zone after now."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    morning = local.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)
