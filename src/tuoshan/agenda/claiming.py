"""Taking items, ending them, and what becomes of those that fail."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tuoshan import clock, identifiers
from tuoshan.agenda import sql
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction

LEASE = timedelta(seconds=60)
ATTEMPTS = 8
FIRST_RETRY_SECONDS = 2.0
LAST_RETRY_SECONDS = 3600.0


class LeaseLost(Exception):
    """The item was taken by another worker meanwhile, because this one was away for longer than its lease."""


def put(
    *,
    kind: str,
    name: str,
    key: str,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
    case_id: int | None = None,
) -> bool:
    """Add an item in the caller's transaction; False when one with this key is open already."""
    now = sql.adapt(clock.now())
    due = sql.adapt(due_at)
    row = (
        identifiers.next_id(), case_id, kind, name, key, due, due,
        json.dumps(payload or {}, ensure_ascii=False), now,
    )  # fmt: skip
    with write_transaction() as cursor:
        sql.upsert(cursor, [row])
        return bool(cursor.rowcount == 1)


def claim(*, worker: str, kind: str, now: datetime, limit: int, lease: timedelta = LEASE) -> list[Item]:
    """Lease up to `limit` items that are due, the longest waiting first.

    A wake must lie strictly before `now`, because a limit is kept up to and including its due moment. A try
    is counted here, so that an item which kills its worker is parked in the end like one that raises.
    """
    before = now if kind == "wake" else now + timedelta(microseconds=1)
    lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with write_transaction() as cursor:
        cursor.execute(sql.CLAIM.format(lock=lock), [sql.adapt(now + lease), worker, kind, sql.adapt(before), limit])
        items = [_item(row) for row in cursor.fetchall()]
    return sorted(items, key=lambda item: (item.due_at, item.id))


def _item(row: tuple[Any, ...]) -> Item:
    values = dict(zip(sql.COLUMNS, row, strict=True))
    for name in ("due_at", "ready_at", "done_at", "parked_at", "created_at"):
        values[name] = sql.moment(values[name])
    return Item(**values)


def finish(cursor: Any, item: Item, now: datetime) -> None:
    """Mark done, in the caller's transaction. Raises LeaseLost when the lease has gone to another."""
    cursor.execute(sql.FINISH, [sql.adapt(now), item.id, item.lease_by])
    if cursor.rowcount != 1:
        raise LeaseLost(str(item))


def again(cursor: Any, item: Item, due: datetime) -> None:
    """Arm the item for another moment instead of ending it. Raises LeaseLost."""
    cursor.execute(sql.AGAIN, [sql.adapt(due), sql.adapt(due), item.id, item.lease_by])
    if cursor.rowcount != 1:
        raise LeaseLost(str(item))


def fail(item: Item, error: str, now: datetime, *, at_once: bool = False) -> bool:
    """Note the error; try again later, or park (True) after the last attempt or when trying is no use."""
    parked = at_once or item.attempts >= ATTEMPTS
    ready = now + timedelta(seconds=retry_seconds(item.attempts))
    with write_transaction() as cursor:
        cursor.execute(
            sql.FAIL, [sql.adapt(ready), sql.adapt(now) if parked else None, error[:4000], item.id, item.lease_by]
        )
    return parked


def retry_seconds(attempts: int) -> float:
    """2, 4, 8 … 3600 seconds, each shifted by up to a quarter so that failures do not return in step."""
    base = min(FIRST_RETRY_SECONDS * 2.0 ** max(attempts - 1, 0), LAST_RETRY_SECONDS)
    return float(base * (0.75 + identifiers.random_source().random() / 2))


def renew(worker: str, now: datetime, lease: timedelta = LEASE) -> int:
    """Lengthen every lease of this worker that has not run out yet; how many there were."""
    with write_transaction() as cursor:
        cursor.execute(sql.RENEW, [sql.adapt(now + lease), worker, sql.adapt(now)])
        return int(cursor.rowcount)


def parked() -> "QuerySet[Item]":
    """Items that gave up and wait for a person, the newest first."""
    return Item.objects.filter(parked_at__isnull=False, done_at__isnull=True).order_by("-parked_at", "-id")


def retry(item_id: int) -> bool:
    """Put a parked item back, due now and with all its attempts; False when it was not parked any more."""
    with write_transaction():
        changed = Item.objects.filter(id=item_id, parked_at__isnull=False, done_at__isnull=True).update(
            parked_at=None, attempts=0, ready_at=clock.now(), lease_by=""
        )
    return changed == 1


def drop(item_id: int) -> bool:
    """End a parked item without doing it; False when it was not parked any more."""
    with write_transaction():
        changed = Item.objects.filter(id=item_id, parked_at__isnull=False, done_at__isnull=True).update(
            done_at=clock.now(), lease_by=""
        )
    return changed == 1
