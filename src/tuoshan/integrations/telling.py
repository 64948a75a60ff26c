"""From a playbook's `tell`, or a message that an agent wrote, to messages in the outbox."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tuoshan.agenda.claiming import ATTEMPTS
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import conversation
from tuoshan.cases.models import Case, Message
from tuoshan.core.case import CaseState
from tuoshan.core.playbook import Playbook
from tuoshan.integrations import outbox, recipients
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.integrations.notifying import tell_staff
from tuoshan.integrations.recipients import Addressee
from tuoshan.knowledge import templates, wording, writing
from tuoshan.knowledge.case_values import CaseTexts, of_case

PORTAL = "portal"
WAYS = {"sms": "sms", "mail": "mail", "email": "mail", "letter": "letter"}
"""What an agent may choose as the channel of a message, and the way out that it means."""


def tell(item: Item, now: datetime) -> None:
    """Deliver one `tell`. Raises DeliveryError to be tried again; written messages are then found by their key."""
    case = Case.objects.filter(id=item.case_id or 0).first()
    if case is None or is_silent(case, item.data):
        return
    rows = outbox.rows_of(item.key)
    if not rows and not outbox.is_cancelled(item) and not _comes_too_late(case, item.data, now):
        rows = _write_down(case, item, now)
    outbox.deliver_all(rows, now, last_try=item.attempts >= ATTEMPTS)


def is_silent(case: Any, data: dict[str, Any]) -> bool:
    """A case that came in as history says nothing of itself; what happens in it later on is told."""
    return bool(case.is_history) and int(data.get("seq", 0)) <= 1


def _comes_too_late(case: Any, data: dict[str, Any], now: datetime) -> bool:
    """A reminder of a clock that has run out or ended meanwhile is not sent: what it asks for is past or done."""
    if not data.get("clock"):
        return False
    limit = CaseState.from_json(json.loads(case.snapshot)).clocks.get(str(data["clock"]))
    return limit is None or limit.ended is not None or (limit.due is not None and limit.due < now)


def _write_down(case: Any, item: Item, now: datetime) -> list[OutgoingMessage]:
    """What was true when the event told it: a message that waits or is tried again says nothing of a later one."""
    data = item.data
    texts = of_case(case, task=str(data.get("task", "")), seq=int(data.get("seq", 0)))
    message = texts.playbook.messages.get(data["message"])
    if message is None:
        raise LookupError(f"the playbook {texts.playbook.key} has no message {data['message']!r}")
    made: list[OutgoingMessage] = []
    with write_transaction():
        for party in message.to:
            made += _Telling(case, texts, item, message.name, now).to(party)
    return made


@dataclass(frozen=True)
class _Telling:
    """One message of a playbook on its way to its parties."""

    case: Any
    texts: CaseTexts
    item: Item
    message: str
    now: datetime

    @property
    def playbook(self) -> Playbook:
        return self.texts.playbook

    def to(self, party: str) -> list[OutgoingMessage]:
        """The rows for one party; staff are notified, and what they were told stands on the page that is theirs."""
        if recipients.is_customer(party):
            return self._customer()
        if recipients.is_outsider(self.playbook, party):
            one = recipients.outsider(self.playbook, party, "zh-hans")
            return [self._row(one, f"letter:{party}", None)]
        tell_staff(self.case, self.playbook, party, message=self.message, key=self.item.key, now=self.now)
        return [self._on_their_page()] if party == self.playbook.portal else []

    def _on_their_page(self) -> OutgoingMessage:
        """A colleague for whom the page of the case is reads there what they were told."""
        one = Addressee("in_app", "", "", "zh-hans")
        subject, text = self._text(one)
        kept = conversation.told(
            case_id=self.case.pk, at=self.now, channel=PORTAL, subject=subject, text=text,
            event_seq=self.item.data.get("seq"), delivery=Message.Delivery.PENDING,
        )  # fmt: skip
        return self._row(one, one.channel, kept.id, (subject, text))

    def _customer(self) -> list[OutgoingMessage]:
        if self.case.is_erased:
            return [self._to_nobody()]
        customer = recipients.of_case(self.case)
        ways = recipients.addressees(customer) if customer is not None else []
        if not ways:  # nobody to be reached: it stands on the customer's page alone
            ways = [Addressee("in_app", "", "", recipients.language_of(customer))]
        first = ways[0]
        subject, text = self._text(first)
        kept = conversation.told(
            case_id=self.case.pk, at=self.now, channel=PORTAL if first.channel == "in_app" else first.channel,
            subject=subject, text=text, event_seq=self.item.data.get("seq"), delivery=Message.Delivery.PENDING,
        )  # fmt: skip
        return [self._row(one, one.channel, kept.id, (subject, text) if one is first else None) for one in ways]

    def _to_nobody(self) -> OutgoingMessage:
        """The customer was erased: the case keeps what the process had to say, and that it reached nobody."""
        one = Addressee("in_app", "", "", "zh-hans")
        subject, text = self._text(one)
        conversation.told(
            case_id=self.case.pk, at=self.now, channel="", subject=subject, text=text,
            event_seq=self.item.data.get("seq"), delivery=Message.Delivery.NOBODY,
        )  # fmt: skip
        return outgoing(
            item=self.item, way=one.channel, one=one, subject="", body="", now=self.now, message_id=None,
            message=self.message, status=OutgoingMessage.Status.CANCELLED,
        )  # fmt: skip

    def _text(self, one: Addressee) -> tuple[str, str]:
        text = templates.text_for(self.playbook, self.message, language=one.language, channel=one.channel)
        named = {*wording.variables(text.subject), *wording.variables(text.body)}
        values = self.texts.values(one.language, named)
        return wording.fill(text.subject, values), wording.fill(text.body, values)

    def _row(
        self, one: Addressee, way: str, message_id: int | None, text: tuple[str, str] | None = None
    ) -> OutgoingMessage:
        subject, body = text or self._text(one)
        return outgoing(
            item=self.item, way=way, one=one, subject=subject, body=body, now=self.now, message_id=message_id,
            message=self.message,
        )  # fmt: skip


def outgoing(
    *, item: Item, way: str, one: Addressee, subject: str, body: str, now: datetime, message_id: int | None,
    message: str = "", status: str = OutgoingMessage.Status.PENDING,
) -> OutgoingMessage:  # fmt: skip
    """Write a message down; one that stands there already under the key is given back."""
    key = f"{item.key}:{way}"[:200]
    try:
        with transaction.atomic():  # made first, as it is hardly ever there: whoever has the item is alone with it
            return OutgoingMessage.objects.create(
                key=key, case_id=item.case_id, effect_key=item.key, message_id=message_id, message=message,
                channel=one.channel, language=one.language, to=one.to, to_name=one.name, subject=subject, body=body,
                at=now, status=status,
            )  # fmt: skip
    except IntegrityError:
        return OutgoingMessage.objects.get(key=key)


def send_written(item: Item, now: datetime) -> None:
    """Deliver a message that an agent wrote (`cases.service.message`). Raises DeliveryError to be tried again."""
    written = Message.objects.filter(id=item.data["message"]).first()
    case = Case.objects.filter(id=item.case_id or 0).first()
    if written is None or case is None:
        return
    rows = outbox.rows_of(item.key)
    if not rows and not outbox.is_cancelled(item):
        rows = _write_down_written(written, case, item, now)
    outbox.deliver_all(rows, now, last_try=item.attempts >= ATTEMPTS)


def _write_down_written(written: Message, case: Any, item: Item, now: datetime) -> list[OutgoingMessage]:
    if case.is_erased:  # between the writing and the sending
        conversation.delivered(written.id, Message.Delivery.NOBODY)
        return []
    customer = recipients.of_case(case)
    way = WAYS.get(written.channel, "")
    ways = recipients.addressees(customer, only=way) if customer is not None and written.channel != PORTAL else []
    if not ways:
        ways = [Addressee("in_app", "", "", recipients.language_of(customer))]
    subject = writing.with_links(case, written.subject) or case.title or case.number
    body = writing.with_links(case, written.text)
    with write_transaction():
        if all(one.channel == "in_app" for one in ways):
            conversation.stands_on_page(written.id, PORTAL)
        return [
            outgoing(item=item, way=one.channel, one=one, subject=subject, body=body, now=now, message_id=written.id)
            for one in ways
        ]
