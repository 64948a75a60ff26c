"""What the agenda asks of documents."""

from datetime import datetime

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.documents import evidence


@handler("job", evidence.DISCARD_JOB, outside=True)
def discard_erased(item: Item, now: datetime) -> None:
    """A customer was erased: the contents of their files go. A second run finds nothing left."""
    evidence.discard_erased(item.data["contents"])
