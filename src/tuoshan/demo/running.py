"""Time runs: people act when their moment comes, and between them the worker does what has fallen due."""

import gc
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection

from tuoshan.agenda import worker
from tuoshan.agenda.handlers import HANDLERS
from tuoshan.agenda.models import Item
from tuoshan.agenda.sql import moment
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import hooks
from tuoshan.clock import MovedClock

Story = Iterator[datetime]
"""What somebody does, one step after another; gives the moment at which it goes on."""

DAY = timedelta(days=1)
PROMPT = timedelta(seconds=1)
"""How long after its moment the worker comes to a limit: it is kept up to and including its due second."""

NEXT = (
    "SELECT kind, MIN(ready_at) FROM agenda_item WHERE done_at IS NULL AND parked_at IS NULL "
    "AND kind IN ('effect', 'job', 'wake') GROUP BY kind"
)


class StoryFailed(RuntimeError):
    """A step of a story was refused although the story thought it possible."""


class Simulation:
    """Stories and the worker on one clock that only moves forward."""

    def __init__(self, clock: MovedClock, seen: Callable[[datetime], None]) -> None:
        self.clock = clock
        self.failures: list[str] = []
        self._seen = seen
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._count = 0
        self._worker = worker.Run("demo", worker.BATCH)

    @property
    def now(self) -> datetime:
        return self.clock()

    def begin(self, at: datetime, story: Story) -> None:
        """Let a story begin at a moment; one that lies in the past begins now."""
        self._count += 1
        heapq.heappush(self._waiting, (max(at, self.now), self._count, story))

    def run(self, end: datetime) -> None:
        """Go on until `end`. One transaction a day, as nobody else reads meanwhile."""
        while self.now < end:
            until = min(self.now + DAY, end)
            with write_transaction():
                self._stretch(until)
            self._seen(until)

    def _stretch(self, until: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= until:
            begins, _number, story = heapq.heappop(self._waiting)
            self.work(begins)
            self.clock.move_to(max(begins, self.now))
            self._step(story)
        self.work(until)
        self.clock.move_to(max(until, self.now))

    def _step(self, story: Story) -> None:
        try:
            following = next(story)
        except StopIteration:
            return
        except StoryFailed as failure:
            self.failures.append(str(failure))
            return
        self.begin(following, story)

    def work(self, until: datetime) -> None:
        """Do everything that falls due up to `until`, each at its moment."""
        while True:
            due, kind = self._next_due()
            if kind == "" or due > until:
                return
            self.clock.move_to(max(self.now, due))
            self._worker.take(kind)

    def _next_due(self) -> tuple[datetime, str]:
        """When the worker has to come next, and for what; a wake only counts once its moment is over."""
        with connection.cursor() as cursor:
            cursor.execute(NEXT)
            found = [(moment(at), kind) for kind, at in cursor.fetchall()]
        return min(((at + PROMPT if kind == "wake" else at, kind) for at, kind in found if at), default=(self.now, ""))


@contextmanager
def unfollowed(*effects: str) -> Iterator[None]:
    """Inside the block these consequences of events are not noted; the caller makes up for them at the end."""
    kept = {name: hooks.FOLLOWERS.pop(name) for name in effects if name in hooks.FOLLOWERS}
    try:
        yield
    finally:
        hooks.FOLLOWERS.update(kept)


HUSHED = ("notify", "approval", "customer_replied", "carry_out", "mention")
"""Effects that do nothing but tell staff."""


@contextmanager
def hushed() -> Iterator[None]:
    """Inside the block staff are told nothing: who would read a notice of two months ago. Cases stay the same."""
    kept = {("effect", name): HANDLERS[("effect", name)] for name in HUSHED if ("effect", name) in HANDLERS}
    HANDLERS.update({key: replace(known, run=_nothing, group=None) for key, known in kept.items()})
    try:
        yield
    finally:
        HANDLERS.update(kept)


def _nothing(item: Item, now: datetime) -> None:
    return None


@contextmanager
def rarely_swept() -> Iterator[None]:
    """Inside the block memory is swept for rings of objects a hundred times less often: millions of short-lived
    ones are made here, hardly any of them in rings, and looking through them took an eighth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def hurry() -> str:
    """Do not wait for the disk while the demo is made; what was set before, to be put back."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return ""
    with connection.cursor() as cursor:
        before = str(cursor.execute("PRAGMA synchronous").fetchone()[0])
        cursor.execute("PRAGMA synchronous=OFF")
    return before


def settle(before: str) -> None:
    """Put the disk back in its right and let everything reach it."""
    if before and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={int(before)}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
