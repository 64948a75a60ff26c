"""The agenda's own job: forgetting what was done long ago."""

from datetime import datetime, timedelta

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item

KEPT = timedelta(days=30)
EVERY = timedelta(hours=6)
AT_ONCE = 5000


@handler("job", "forget_done_items", every=EVERY)
def forget_done_items(item: Item, now: datetime) -> datetime:
    """Delete items done more than 30 days ago, a bounded number at a time; the events keep the history."""
    old = list(Item.objects.filter(done_at__lt=now - KEPT).order_by("done_at").values_list("id", flat=True)[:AT_ONCE])
    Item.objects.filter(id__in=old).delete()
    return now + (timedelta(minutes=1) if len(old) == AT_ONCE else EVERY)
