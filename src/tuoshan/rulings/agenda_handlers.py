"""Jobs of the rule books."""

from datetime import datetime, timedelta

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.rulings import effects

FORGOTTEN_EVERY = timedelta(hours=6)


@handler("job", effects.JOB, outside=True)
def rule_book_effect(item: Item, now: datetime) -> datetime | None:
    """What a changed copy would do to cases is looked at some at a time, each step in a transaction of its own."""
    return effects.go_on(item, now)


@handler("job", "forget_effect_lines", every=FORGOTTEN_EVERY)
def forget_effect_lines(item: Item, now: datetime) -> datetime:
    """Lines of a copy that is gone, or that was looked at anew, a bounded number at a time."""
    return now + (timedelta(minutes=1) if effects.forget_lines() else FORGOTTEN_EVERY)
