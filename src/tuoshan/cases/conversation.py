"""What a case's customer was told: rows of the conversation, and how they arrived.

What the system tells by itself is the consequence of an event that stands in the chain already, so it makes no event of
its own. A message by hand is an answer: that it has failed for good, or has arrived after all, is an event of the case.
"""

import json
from datetime import datetime

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Event, Message
from tuoshan.core.undelivered import DELIVERED, UNDELIVERED


def told(
    *, case_id: int, at: datetime, channel: str, subject: str, text: str, event_seq: int | None, delivery: str
) -> Message:
    """Keep what is being told to the customer; `delivery` is one of Message.Delivery."""
    with write_transaction():
        return Message.objects.create(
            case_id=case_id, at=at, direction=Message.Direction.OUT, channel=channel, subject=subject, text=text,
            visible_to_customer=True, event_seq=event_seq, delivery=delivery,
        )  # fmt: skip


def stands_on_page(message_id: int, channel: str) -> None:
    """A message that goes out by no way, as there is none: it is to be read on the customer's page alone."""
    Message.objects.filter(id=message_id).exclude(channel=channel).update(channel=channel)


def delivered(message_id: int, delivery: str) -> None:
    """Note how the delivery stands now, with what follows from it for the case, both or neither."""
    with write_transaction():
        row = Message.objects.filter(id=message_id).first()
        if row is None or row.delivery in (delivery, Message.Delivery.NOBODY):
            return
        name = _becomes_of(row, delivery)
        if name:
            service.record(
                case_id=row.case_id, name=name, actor=ActingAs.by_system(), extra={"message": row.event_seq},
                idempotency_key=f"{name}:{row.pk}",
            )  # fmt: skip
        Message.objects.filter(id=message_id).update(delivery=delivery)


def _becomes_of(row: Message, delivery: str) -> str:
    """The event that an arrival or a failure makes; only a message that one of ours wrote makes any."""
    if row.direction != Message.Direction.OUT or row.author_id is None or row.event_seq is None:
        return ""
    if delivery == Message.Delivery.FAILED:
        return UNDELIVERED
    if delivery != Message.Delivery.SENT:
        return ""
    failed = Event.objects.filter(case_id=row.case_id, kind="record", name=UNDELIVERED)
    return DELIVERED if any(_about(event) == row.event_seq for event in failed) else ""


def _about(event: Event) -> int:
    return int(json.loads(event.body)["input"]["extra"]["message"])
