"""What a case's customer was told by the system itself: rows of the conversation, and how they arrived.

Such a message is the consequence of an event that stands in the chain already, so it makes no event of its own.
"""

from datetime import datetime

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import Message


def told(
    *, case_id: int, at: datetime, channel: str, subject: str, text: str, event_seq: int | None, delivery: str
) -> Message:
    """Keep what is being told to the customer; `delivery` is one of Message.Delivery."""
    with write_transaction():
        return Message.objects.create(
            case_id=case_id, at=at, direction=Message.Direction.OUT, channel=channel, subject=subject, text=text,
            visible_to_customer=True, event_seq=event_seq, delivery=delivery,
        )  # fmt: skip


def delivered(message_id: int, delivery: str) -> None:
    """Note how the delivery stands now."""
    with write_transaction():
        Message.objects.filter(id=message_id).update(delivery=delivery)
