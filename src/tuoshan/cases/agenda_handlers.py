"""What the agenda asks of cases: waking them, carrying promises between merged ones, and tidying up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from tuoshan.agenda.handlers import handler
from tuoshan.agenda.models import Item
from tuoshan.cases import merging, migration_runs, recomputing, tally, tally_room, writing
from tuoshan.cases.models import Command, Presence

COMMANDS_KEPT = timedelta(days=30)
PRESENCE_KEPT = timedelta(hours=1)
AT_ONCE = 5000
FOLDED_EVERY = {"postgresql": timedelta(seconds=5), "sqlite": timedelta(hours=1)}
"""How often the tally is folded: PostgreSQL appends to it, SQLite only leaves cells behind that are long past."""
ROOM_LOOKED_AT = {"postgresql": timedelta(minutes=1), "sqlite": timedelta(days=1)}


def wake_group(items: Sequence[Item], now: datetime) -> None:
    """All due cases of a batch in one transaction."""
    writing.wake_many([item.case_id for item in items if item.case_id is not None])


@handler("wake", "case", group=wake_group)
def wake_case(item: Item, now: datetime) -> None:
    """One due case by itself, when its batch failed."""
    if item.case_id is not None:
        writing.wake_many([item.case_id])


@handler("effect", "adopt")
def adopt(item: Item, now: datetime) -> None:
    """The promises of a merged case go on in the main case."""
    merging.adopt(item, now)


@handler("effect", "disown")
def disown(item: Item, now: datetime) -> None:
    """The promises go back when a merge is undone."""
    merging.disown(item, now)


@handler("job", "forget_old_commands", every=timedelta(hours=6))
def forget_old_commands(item: Item, now: datetime) -> datetime:
    """Idempotency keys, with the answers kept under them, and presence are kept for a bounded time; keys of imports
    for ever.

    A spreadsheet may be imported again next year, and must not double its cases then either.
    """
    requests = Q(key__startswith="api:")  # whatever their senders called them
    ended = Command.objects.filter(requests | ~Q(key__contains=":import:"), at__lt=now - COMMANDS_KEPT)
    old = list(ended.values_list("key", flat=True)[:AT_ONCE])
    Command.objects.filter(key__in=old).delete()
    migration_runs.forget_trials(now)
    Presence.objects.filter(seen_at__lt=now - PRESENCE_KEPT).delete()
    return now + (timedelta(minutes=1) if len(old) == AT_ONCE else timedelta(hours=6))


@handler("job", "fold_tally", every=timedelta(minutes=1))
def fold_tally(item: Item, now: datetime) -> datetime:
    """Counts stay short to add up."""
    tally.fold(now)
    return now + FOLDED_EVERY[connection.vendor]


@handler("job", "give_back_tally_room", outside=True, every=timedelta(minutes=1))
def give_back_tally_room(item: Item, now: datetime) -> datetime:
    """A count costs what there is to add up, not what there once was."""
    tally_room.give_back()
    return now + ROOM_LOOKED_AT[connection.vendor]


@handler("job", recomputing.JOB)
def recompute_clocks(item: Item, now: datetime) -> datetime | None:
    """Running clocks follow a changed calendar or table, where somebody has asked for it."""
    return recomputing.take_some(item, now)


@handler("job", migration_runs.JOB, outside=True)
def migrate_cases(item: Item, now: datetime) -> datetime | None:
    """Open cases are brought over to another version of their playbook, each in a transaction of its own."""
    return migration_runs.take_some(item, now)
