"""What the agenda asks of intake: working off imports piece by piece."""

from datetime import datetime, timedelta

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.intake.imports import desk


@handler("job", "import", outside=True)
def work_off(item: Item, now: datetime) -> datetime | None:
    """The next piece of an import. Its rows are transactions of their own and are known again when repeated."""
    return desk.work_off(item, now)


@handler("job", "sweep_imports", every=timedelta(days=1))
def sweep(item: Item, now: datetime) -> datetime | None:
    """Remove the files of imports that ended a month ago."""
    desk.sweep(now)
    return now + timedelta(days=1)
