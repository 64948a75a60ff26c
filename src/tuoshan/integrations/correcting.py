"""When a customer's phone or mail address is put right, or two customers are one: what is not out yet follows."""

from collections.abc import Mapping

from tuoshan.cases.models import Case
from tuoshan.integrations.models import ContactPreference, OutgoingMessage
from tuoshan.integrations.outbox import OPEN
from tuoshan.knowledge.links import renewed
from tuoshan.parties.models import Customer

WAYS = {"phone": OutgoingMessage.Channel.SMS, "email": OutgoingMessage.Channel.MAIL}


def correct(customer: Customer, before: Mapping[str, str]) -> None:
    """Runs in the transaction of the correction. What waits, or failed, for the old number or address is for the new
    one, with links that open; without a new one it is cancelled, and stands on the customer's page all the same.
    """
    cases = Case.objects.filter(customer_id=customer.pk).values("id")
    linked = {name: old for name, old in before.items() if name in WAYS and old}
    if not linked:
        return
    for row in OutgoingMessage.objects.filter(case_id__in=cases, status__in=OPEN):
        row.body = renewed(row.body)
        for name, old in linked.items():
            if row.channel == WAYS[name] and row.to == old:
                row.to = getattr(customer, name)
        if not row.to and row.channel in WAYS.values():
            row.status = OutgoingMessage.Status.CANCELLED
        row.save(update_fields=["to", "body", "status"])


def join(customer: Customer, into: Customer) -> None:
    """Runs in the transaction of the joining, after the cases have passed: messages that wait go to whom the customer
    turned out to be, and so does the wish how to be told, where that one had none.
    """
    mine = ContactPreference.objects.filter(customer_id=customer.pk)
    if not ContactPreference.objects.filter(customer_id=into.pk).exists():
        for wish in mine:
            ContactPreference.objects.create(customer_id=into.pk, way=wish.way, changed_at=wish.changed_at)
    mine.delete()
    for name in WAYS:
        old, new = getattr(customer, name), getattr(into, name)
        if old and new and old != new:
            correct(into, {name: old})
