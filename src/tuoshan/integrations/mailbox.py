"""The mail folder as a list: everything that left the house or waits to, for the screen of the workbench."""

from django.db.models import QuerySet

from tuoshan.agenda.claiming import retry
from tuoshan.agenda.models import Item
from tuoshan.integrations.models import OutgoingMessage


def listing(
    *, channel: str = "", status: str = "", case_id: int | None = None, before: int | None = None
) -> "QuerySet[OutgoingMessage]":
    """Newest first; `before` is the id of the last one shown. What is only on the customer's page is left out
    until asked for by its channel.
    """
    found = OutgoingMessage.objects.order_by("-id")
    found = found.filter(channel=channel) if channel else found.exclude(channel=OutgoingMessage.Channel.IN_APP)
    if status:
        found = found.filter(status=status)
    if case_id is not None:
        found = found.filter(case_id=case_id)
    return found if before is None else found.filter(id__lt=before)


def try_again(row: OutgoingMessage) -> bool:
    """Put the parked delivery of a failed message back; False when there is nothing parked any more."""
    item = Item.objects.filter(key=row.effect_key, done_at__isnull=True, parked_at__isnull=False).first()
    if item is None:
        return False
    OutgoingMessage.objects.filter(id=row.id).update(uncertain=0)
    return retry(item.id)
