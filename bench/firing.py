"""Firing of due deadlines: so many due among so many open cases, by the worker's own claims and batches."""

import time
from datetime import datetime, timedelta
from typing import Any

from bench.raw import Bare, record_writes
from django.db import connection

from tuoshan import clock
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.agenda.worker import BATCH, BATCH_POSTGRESQL, Run
from tuoshan.cases import service
from tuoshan.cases.models import Case


def _moment_of(due: int) -> datetime:
    """The moment at which the `due` earliest wakes have become due."""
    wakes = Item.objects.filter(kind="wake", done_at=None).order_by("due_at")
    last = wakes.values_list("due_at", flat=True)[due - 1 : due]
    return last[0] + timedelta(seconds=1)


def fire_in_turns(due: int, turns: int = 3) -> dict[str, Any]:
    """The middle one of several firings of so many: few batches alone are quick or slow by chance."""
    return sorted((fire(due) for _ in range(turns)), key=lambda one: one["per_second"])[turns // 2]


def fire(due: int) -> dict[str, Any]:
    """Claim and fire about `due` wakes, counted exactly; the raw rate is of the same statements for two batches."""
    waiting = Item.objects.filter(kind="wake", done_at=None).count()
    due = min(due, waiting)
    batch = BATCH_POSTGRESQL if connection.vendor == "postgresql" else BATCH
    among = Case.objects.filter(ended=False).count()
    with clock.use(_moment_of(due)):
        raw = _raw(batch)
        run = Run("bench", batch)
        claims, fired = 0.0, 0
        start, worked = time.perf_counter(), time.process_time()
        while fired < due:
            before = time.perf_counter()
            items = claiming.claim(worker=run.name, kind="wake", now=clock.now(), limit=batch)
            claims += time.perf_counter() - before
            if not items:
                break
            run._handle(items)
            fired += len(items)
        seconds, cpu = time.perf_counter() - start, time.process_time() - worked
    if run.counts["failed"]:
        raise RuntimeError(f"{run.counts['failed']} wakes failed")
    return {
        "due": fired, "among": among, "per_second": fired / seconds, "claims_share": claims / seconds,
        "cpu_ms": cpu / max(fired, 1) * 1000,
        "raw_per_second": raw, "ratio": fired / seconds / raw,
    }  # fmt: skip


def _raw(batch: int) -> float:
    """Cases a second when the bare driver sends what one batch sends. Taken back, so that all are still due."""
    ids = list(
        Item.objects.filter(kind="wake", done_at=None, due_at__lt=clock.now()).order_by("due_at")
        .values_list("case_id", flat=True)[:batch]
    )  # fmt: skip
    recorded = record_writes(lambda _number: service.wake_many(ids), 1)
    bare = Bare()
    pieces = bare.prepared(recorded.pieces)
    rates = []
    for _ in range(3):
        start = time.perf_counter()
        bare.raw.execute("BEGIN IMMEDIATE" if bare.is_sqlite else "BEGIN")
        bare._send(pieces[0])
        rates.append(len(ids) / (time.perf_counter() - start))
        bare.raw.execute("ROLLBACK")
    bare.close()
    return sorted(rates)[1]
