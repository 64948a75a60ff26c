"""One writer at a time on SQLite, in turn, across threads and processes; nothing at all on PostgreSQL.

SQLite's own wait for its write lock is a poll with growing naps, so the unlucky writer starves for seconds.
Two file locks beside the database make a fair queue of it: whoever waits first stands *in* the turnstile, the
others before it, and the writer that has just finished cannot run past them. The operating system drops both
locks when a process dies. Inside a transaction that is already open there is nothing left to wait for.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

_own = threading.local()
_memory_turnstile, _memory_work = threading.Lock(), threading.Lock()


@contextmanager
def writing(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Hold the right to write. Every transaction that writes is opened inside this."""
    connection = connections[using]
    if connection.vendor != "sqlite" or connection.in_atomic_block or getattr(_own, "writing", False):
        yield
        return
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        _memory_turnstile.acquire()
        _memory_work.acquire()
        _memory_turnstile.release()
        release = _memory_work.release
    else:
        turnstile, work = _handles(name)
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        try:
            fcntl.flock(work, fcntl.LOCK_EX)
        finally:
            fcntl.flock(turnstile, fcntl.LOCK_UN)

        def release() -> None:
            fcntl.flock(work, fcntl.LOCK_UN)

    _own.writing = True
    try:
        yield
    finally:
        _own.writing = False
        release()


@contextmanager
def write_transaction(using: str = DEFAULT_DB_ALIAS) -> Iterator[Any]:
    """`writing` and a transaction in one; a savepoint when a transaction is open already. Gives a cursor."""
    with writing(using), transaction.atomic(using=using), connections[using].cursor() as cursor:
        yield cursor


def _handles(name: str) -> tuple[int, int]:
    """This thread's two open files; a forked child opens its own, as locks belong to the open file."""
    known: dict[tuple[int, str], tuple[int, int]] = getattr(_own, "handles", {})
    key = (os.getpid(), name)
    if key not in known:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        known = {**known, key: (os.open(f"{name}.turnstile", flags, 0o600), os.open(f"{name}.work", flags, 0o600))}
        _own.handles = known
    return known[key]
