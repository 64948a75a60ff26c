"""What the agenda asks of integrations: telling customers and staff, printing slips, and the daily chores."""

from datetime import datetime, timedelta

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.cases.hooks import follow
from tuoshan.cases.orders import Order
from tuoshan.core.case import Event
from tuoshan.core.playbook import Playbook
from tuoshan.integrations import (
    account_mail,
    following,
    mail,
    notifying,
    outbox,
    printing,
    replied,
    staff_mail,
    telling,
)
from tuoshan.parties import password_reset


@handler("effect", "tell", outside=True)
def tell(item: Item, now: datetime) -> None:
    """A playbook's message to a customer or someone else outside."""
    telling.tell(item, now)


@handler("effect", "send", outside=True)
def send(item: Item, now: datetime) -> None:
    """A message that one of us wrote to the customer."""
    telling.send_written(item, now)


@handler("effect", "notify")
def notify(item: Item, now: datetime) -> None:
    """A task, an assignment, a warning or lateness: told to those whom it concerns."""
    following.notify_effect(item, now)


@handler("effect", "carry_out")
def carry_out(item: Item, now: datetime) -> None:
    """The remedy is a task: whoever holds it is told."""
    following.carry_out(item, now)


@handler("effect", "print", outside=True)
def print_paper(item: Item, now: datetime) -> None:
    """A paper for the customer, kept as evidence."""
    printing.print_paper(item, now)


@handler("effect", "mention")
def mention(item: Item, now: datetime) -> None:
    """Somebody was named with `@` in a note."""
    following.mention(item, now)


@handler("effect", "customer_replied")
def customer_replied(item: Item, now: datetime) -> None:
    """The customer has done or said something: the handler and those who watch hear of it."""
    following.customer_replied(item, now)


@handler("effect", "approval")
def approval(item: Item, now: datetime) -> None:
    """A case has come to where somebody must approve."""
    following.approval(item, now)


def _mentions(event: Event, order: Order, playbook: Playbook) -> bool:
    draft = order.message
    return event.kind == "record" and draft is not None and draft.direction in ("note", "call") and (
        "@" in draft.text or "＠" in draft.text
    )  # fmt: skip


def _from_customer(event: Event, order: Order, playbook: Playbook) -> bool:
    received = event.name == "message_received"
    return (event.actor.kind == "customer" and event.kind in ("act", "task", "record")) or received


def _for_approval(event: Event, order: Order, playbook: Playbook) -> bool:
    for change in event.changes:
        if change["op"] == "enter" and any(action.by_tier for action in playbook.actions_from(change["state"])):
            return True
    return False


follow("mention", _mentions)
follow("customer_replied", _from_customer)
follow("approval", _for_approval)


@handler("job", staff_mail.JOB, outside=True)
def mail_to_staff(item: Item, now: datetime) -> None:
    """What waits for one person goes out as one mail."""
    staff_mail.send(item, now)


@handler("job", password_reset.JOB, outside=True)
def mail_password_link(item: Item, now: datetime) -> None:
    """Somebody has forgotten their password, or says so."""
    account_mail.send_password_link(item, now)


@handler("job", "cancel_withdrawn_messages", every=timedelta(minutes=10))
def cancel_withdrawn(item: Item, now: datetime) -> datetime:
    """Messages that were taken back before they got out."""
    outbox.cancel_withdrawn(now)
    return now + timedelta(minutes=10)


@handler("job", "sweep_mail_folder", every=timedelta(days=1), outside=True)
def sweep_mail_folder(item: Item, now: datetime) -> datetime:
    """The mail folder keeps 90 days; notifications are kept as long."""
    mail.sweep_folder(now)
    while notifying.forget_old(now) == 5000:
        pass
    replied.forget_old(now - notifying.KEPT)
    return now + timedelta(days=1)


@handler("job", "sweep_draft_uploads", every=timedelta(hours=6), outside=True)
def sweep_draft_uploads(item: Item, now: datetime) -> datetime:
    """Files handed in for a case that never came."""
    from tuoshan.documents import evidence

    evidence.sweep(now)
    return now + timedelta(hours=6)
