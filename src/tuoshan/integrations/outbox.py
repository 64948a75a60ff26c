"""The outbox: messages are first written down, then handed over; each at least once, and noticeably once.

What is handed over carries the row's key (Message-ID, Idempotency-Key), so that the other side can drop a second
copy. A process that dies while handing over leaves the row `uncertain`: it is tried once more, not for ever.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from django.db import connection
from django.db.models import F

from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import conversation
from tuoshan.cases.models import Message
from tuoshan.integrations import mail, sms
from tuoshan.integrations.failures import DeliveryError, DeliveryRefused
from tuoshan.integrations.models import OutgoingMessage

log = structlog.get_logger(__name__)

Status = OutgoingMessage.Status
OPEN = (Status.PENDING, Status.FAILED)
MOST_UNCERTAIN = 2
UNCERTAIN = "interrupted twice while sending; whether it arrived is not known"


CANCELLED = (
    "SELECT 1 FROM agenda_item WHERE case_id = %s AND key = %s AND done_at IS NOT NULL AND last_error = 'cancelled'"
)
"""With the case: keys of items that are done stand in no index."""


def rows_of(effect_key: str) -> list[OutgoingMessage]:
    """The messages of an effect, in the order of their making."""
    return list(OutgoingMessage.objects.filter(effect_key=effect_key).order_by("id"))


def deliver_all(rows: Sequence[OutgoingMessage], now: datetime, *, last_try: bool) -> None:
    """Try every message that is not out yet. Raises DeliveryError when one should be tried again later.

    One that fails does not keep the others back. On the last try, and where trying is no use, it is marked as failed.
    """
    again: DeliveryError | None = None
    for row in rows:
        if row.status not in OPEN:
            continue
        try:
            deliver(row, now)
        except DeliveryRefused as error:
            _fail(row, str(error))
        except DeliveryError as error:
            again = error
            if last_try:
                _fail(row, str(error))
    _note_conversation(rows)
    if again is not None:
        raise again


def deliver(row: OutgoingMessage, now: datetime) -> None:
    """Hand one message over and note the outcome. Raises DeliveryError, DeliveryRefused; the row then is pending."""
    if row.channel == OutgoingMessage.Channel.IN_APP:
        _note(row, Status.SENT, now)
        return
    port = sms.gateway() if row.channel == OutgoingMessage.Channel.SMS else None
    server = row.channel == OutgoingMessage.Channel.MAIL and mail.is_set_up()
    if port is None and not server:
        name = mail.lay_down(row) if row.channel == OutgoingMessage.Channel.MAIL else ""
        _note(row, Status.FOLDER, now, provider_id=name)
        return
    if row.uncertain >= MOST_UNCERTAIN:
        raise DeliveryRefused(UNCERTAIN)
    _begin(row)
    try:
        provider_id = sms.send(port, row) if port is not None else mail.send(row)
    except DeliveryError as error:
        _note(row, Status.PENDING, None, error=str(error))
        raise
    _note(row, Status.SENT, now, provider_id=provider_id)


def _begin(row: OutgoingMessage) -> None:
    """Committed before anything leaves, so that a crash leaves a trace."""
    with write_transaction():
        OutgoingMessage.objects.filter(id=row.id).update(attempts=F("attempts") + 1, uncertain=F("uncertain") + 1)
    row.attempts += 1
    row.uncertain += 1


def _note(row: OutgoingMessage, status: str, now: datetime | None, *, provider_id: str = "", error: str = "") -> None:
    row.status, row.uncertain, row.last_error, row.done_at = status, 0, error[:2000], now
    row.provider_id = provider_id or row.provider_id
    with write_transaction():
        row.save(update_fields=["status", "uncertain", "last_error", "done_at", "provider_id"])


def _fail(row: OutgoingMessage, error: str) -> None:
    from tuoshan.integrations.notifying import delivery_failed

    row.status, row.last_error = Status.FAILED, error[:2000]
    with write_transaction():
        row.save(update_fields=["status", "last_error"])
        delivery_failed(row)
    log.warning("delivery_failed", case=row.case_id, channel=row.channel, key=row.key, error=error[:200])


def _note_conversation(rows: Iterable[OutgoingMessage]) -> None:
    """A row of the conversation is sent as soon as one way has worked, failed when all have failed."""
    ways: dict[int, list[str]] = {}
    for row in rows:
        if row.message_id is not None:
            ways.setdefault(row.message_id, []).append(row.status)
    for message_id, found in ways.items():
        if Status.SENT in found or Status.FOLDER in found:
            outcome = Message.Delivery.SENT
        elif Status.PENDING in found:
            outcome = Message.Delivery.PENDING
        else:
            outcome = Message.Delivery.FAILED if Status.FAILED in found else Message.Delivery.NONE
        conversation.delivered(message_id, outcome)


def cancel_withdrawn(now: datetime) -> int:
    """Messages whose effect was taken back (withdrawal, a step back) before they got out are cancelled; how many."""
    count = 0
    waiting = list(OutgoingMessage.objects.filter(status=Status.PENDING).order_by("at")[:500])
    keys = {row.effect_key for row in waiting}
    cancelled = set(
        Item.objects.filter(key__in=keys, done_at__isnull=False, last_error="cancelled").values_list("key", flat=True)
    )
    open_again = set(Item.objects.filter(key__in=keys, done_at__isnull=True).values_list("key", flat=True))
    for row in waiting:
        if row.effect_key in cancelled - open_again:
            _note(row, Status.CANCELLED, now)
            _note_conversation([row])
            count += 1
    return count


def is_cancelled(item: Item) -> bool:
    """Whether the effect was taken back: asked again right before sending."""
    with connection.cursor() as cursor:
        cursor.execute(CANCELLED, [item.case_id, item.key])
        return cursor.fetchone() is not None
