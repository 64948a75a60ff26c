"""The worker: takes what is due, does it, and sleeps until something may be due again."""

import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import close_old_connections, connection, connections
from django.db.models import Q

from tuoshan import clock, identifiers
from tuoshan.agenda import claiming
from tuoshan.agenda.handlers import HANDLERS, Handler, find
from tuoshan.agenda.models import Item, Worker
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.secrets import strictly

log = structlog.get_logger(__name__)

KINDS = ("effect", "wake", "job")
BATCH = 50
"""So many cases at most in one transaction beside web traffic; PostgreSQL locks rows, not the file, and takes more."""
BATCH_POSTGRESQL = 200
SHORTEST_SLEEP, LONGEST_SLEEP = 0.05, 2.0
HEARTBEAT_SECONDS = 10.0
DEAD_AFTER = timedelta(seconds=60)


@dataclass
class Run:
    """One worker's life: its name, what it has done, and the wish to stop."""

    name: str
    batch: int
    stop: threading.Event = field(default_factory=threading.Event)
    counts: Counter[str] = field(default_factory=Counter)

    def once(self) -> int:
        """Take one batch of every kind; how many items were taken."""
        taken = 0
        for kind in KINDS:
            if self.stop.is_set():
                break
            taken += self.take(kind)
        return taken

    def take(self, kind: str) -> int:
        """Take one batch of one kind; how many items were taken."""
        limit = self.batch if kind == "wake" else min(self.batch, BATCH)
        items = claiming.claim(worker=self.name, kind=kind, now=clock.now(), limit=limit)
        self._handle(items)
        return len(items)

    def _handle(self, items: Sequence[Item]) -> None:
        groups: dict[str, list[Item]] = {}
        for item in items:
            groups.setdefault(item.name, []).append(item)
        for name, members in groups.items():
            found = find(members[0].kind, name)
            if found is not None and found.group is not None and len(members) > 1 and self._group(found, members):
                continue
            for item in members:
                self._single(found, item)

    def _group(self, found: Handler, items: Sequence[Item]) -> bool:
        """All in one transaction; False when one of them failed, so that each is tried alone."""
        assert found.group is not None
        try:
            with strictly():
                found.group(items, clock.now())
        except Exception as error:
            log.warning("agenda_group_failed", name=found.name, size=len(items), error=repr(error))
            return False
        self.counts["done"] += len(items)
        return True

    def _single(self, found: Handler | None, item: Item) -> None:
        if found is None:
            error = f"no handler for {item.kind} {item.name!r} in this version"
            claiming.fail(item, error, clock.now(), at_once=True)
            self.counts["failed"] += 1
            log.error("agenda_unknown", kind=item.kind, name=item.name, item=item.id)
            return
        try:
            with strictly():
                do(found, item)
        except claiming.LeaseLost:
            log.warning("agenda_lease_lost", kind=item.kind, name=item.name, item=item.id)
        except Exception as error:
            parked = claiming.fail(item, f"{type(error).__name__}: {error}", clock.now())
            self.counts["failed"] += 1
            log.warning("agenda_failed", kind=item.kind, name=item.name, item=item.id, parked=parked, error=repr(error))
        else:
            self.counts["done"] += 1


def do(found: Handler, item: Item) -> None:
    """Run one handler with its mark: in one transaction, or first the outside and then the mark.

    A wake is armed anew by the write path itself; its handler ends it only when its case is gone.
    """
    now = clock.now()
    if item.kind == "wake":
        found.run(item, now)
        return
    if found.outside:
        following = found.run(item, now)
        with write_transaction() as cursor:
            _mark(cursor, item, now, following)
        return
    with write_transaction() as cursor:
        claiming.finish(cursor, item, now)  # first, so that a lost lease stops the work before it is done
        following = found.run(item, now)
        if following is not None:
            cursor.execute("UPDATE agenda_item SET done_at = NULL WHERE id = %s", [item.id])
            claiming.again(cursor, _without_lease(item), following)


def _without_lease(item: Item) -> Item:
    item.lease_by = ""
    return item


def _mark(cursor: object, item: Item, now: datetime, following: datetime | None) -> None:
    if following is None:
        claiming.finish(cursor, item, now)
    else:
        claiming.again(cursor, item, following)


def arm_jobs() -> None:
    """Make sure that every job that repeats has its open row."""
    now = clock.now()
    for found in HANDLERS.values():
        if found.kind == "job" and found.every is not None:
            claiming.put(kind="job", name=found.name, key=f"job:{found.name}", due_at=now)


def drain(*, limit: int = 10_000, name: str = "drain", batch: int = BATCH) -> int:
    """Do everything that is due now, in this thread, for tests, the demo and the simulation; how many items.

    Raises RuntimeError after `limit` items: something arms itself without end.
    """
    work = Run(name, batch)
    total = 0
    while taken := work.once():
        total += taken
        if total > limit:
            raise RuntimeError(f"still not done after {total} items")
    return total


def run(*, name: str = "", batch: int = 0, until_idle: bool = False) -> Counter[str]:
    """Work until SIGTERM or SIGINT, or until nothing is due; what was done and what failed."""
    postgresql = connection.vendor == "postgresql"
    work = Run(
        name or f"{socket.gethostname()}:{os.getpid()}:{identifiers.token(4)}"[:80],
        batch or (BATCH_POSTGRESQL if postgresql else BATCH),
    )
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: work.stop.set())
    beat(work, started=True)
    arm_jobs()
    heart = threading.Thread(target=_heart, args=(work,), name="heartbeat", daemon=True)
    heart.start()
    log.info("worker_started", worker=work.name)
    try:
        _loop(work, until_idle=until_idle)
    finally:
        work.stop.set()
        heart.join(timeout=HEARTBEAT_SECONDS)
        beat(work, stopped=True)
        log.info("worker_stopped", worker=work.name, **work.counts)
    return work.counts


def _loop(work: Run, *, until_idle: bool) -> None:
    sleep = SHORTEST_SLEEP
    while not work.stop.is_set():
        try:
            taken = work.once()
        except Exception as error:  # the database is away: leases run out by themselves
            log.error("worker_error", worker=work.name, error=repr(error))
            close_old_connections()
            taken = 0
        if taken:
            sleep = SHORTEST_SLEEP
            continue
        if until_idle:
            return
        work.stop.wait(sleep)
        sleep = min(sleep * 1.5, LONGEST_SLEEP)


def _heart(work: Run) -> None:
    """Report life and lengthen leases, beside the work, so that a long delivery keeps its item."""
    try:
        while not work.stop.wait(HEARTBEAT_SECONDS):
            try:
                claiming.renew(work.name, clock.now())
                beat(work)
            except Exception as error:
                log.warning("heartbeat_failed", worker=work.name, error=repr(error))
                close_old_connections()
    finally:
        connections.close_all()


def beat(work: Run, *, started: bool = False, stopped: bool = False) -> None:
    """Write the worker's row; long-gone workers' rows are swept away at a start."""
    now = clock.now()
    values = {
        "seen_at": now,
        "stopped_at": now if stopped else None,
        "done": work.counts["done"],
        "failed": work.counts["failed"],
    }
    with write_transaction():
        if started:
            gone = now - timedelta(days=1)
            Worker.objects.filter(Q(stopped_at__lt=gone) | Q(seen_at__lt=gone)).delete()
            Worker.objects.create(name=work.name, started_at=now, **values)
        else:
            Worker.objects.filter(name=work.name).update(**values)


def living(now: datetime) -> list[Worker]:
    """Workers that have reported lately and have not stopped."""
    return list(Worker.objects.filter(stopped_at__isnull=True, seen_at__gte=now - DEAD_AFTER).order_by("started_at"))
