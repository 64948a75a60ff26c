"""The only place that makes identifiers and random values; a seed makes them repeatable.

An id is a positive 63-bit integer: 50 bits of microseconds since 2024-01-01 UTC (enough until 2059)
and 13 bits that tell processes apart. So ids rise with time, within a process strictly, and two
processes of one machine never make the same one while their process numbers differ modulo 8192.
"""

import hashlib
import os
import random
import secrets
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tuoshan import clock

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_NODE_BITS = 13
_NODE_MASK = (1 << _NODE_BITS) - 1
_MICROSECOND = timedelta(microseconds=1)

_machine = int.from_bytes(
    hashlib.blake2b(f"{socket.gethostname()}/{uuid.getnode()}".encode(), digest_size=4).digest(), "big"
)
LARGEST = 2**63 - 1
"""What a column of 64 bits holds; ids have nineteen digits from November 2027 on."""
_lock = threading.Lock()
_last_tick = 0
_seeded: random.Random | None = None
_seeded_node = 0


def is_id(text: str) -> bool:
    """Whether a text from outside can be the id of a row: plain digits, no more than a column holds."""
    return text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= LARGEST


def id_in(text: str | None) -> int:
    """The id that a text from outside is; 0, which no row has, where it is none."""
    return int(text) if text and is_id(text) else 0


def next_id() -> int:
    """A new time-ordered 63-bit integer, unique across threads, processes and machines."""
    global _last_tick
    tick = (clock.now() - _EPOCH) // _MICROSECOND
    with _lock:
        _last_tick = max(tick, _last_tick + 1)
        node = _seeded_node if _seeded else (_machine + os.getpid()) & _NODE_MASK
        return (_last_tick << _NODE_BITS) | node


def moment_of(identifier: int) -> datetime:
    """The moment at which an id was made, to the microsecond; later when many were made at once."""
    return _EPOCH + (identifier >> _NODE_BITS) * _MICROSECOND


def token(size_bytes: int = 24) -> str:
    """An unguessable URL-safe text; 24 bytes of randomness give 32 characters."""
    if _seeded:
        return _seeded.randbytes(size_bytes).hex()
    return secrets.token_urlsafe(size_bytes)


def digits(count: int) -> str:
    """So many random decimal digits, for codes that people read out."""
    source = _seeded or secrets.SystemRandom()
    return "".join(source.choice("0123456789") for _ in range(count))


def random_source() -> random.Random:
    """A source of chance for jitter and sampling: the seeded one, or the operating system's."""
    return _seeded or secrets.SystemRandom()


@contextmanager
def seeded(seed: int) -> Iterator[random.Random]:
    """Inside the block the same calls give the same values in this process; for simulation and tests only."""
    global _seeded, _seeded_node, _last_tick
    before = (_seeded, _seeded_node, _last_tick)
    with _lock:
        _seeded, _seeded_node, _last_tick = random.Random(seed), seed & _NODE_MASK, 0  # noqa: S311
    try:
        yield _seeded
    finally:
        with _lock:
            _seeded, _seeded_node, _last_tick = before
