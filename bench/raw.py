"""The raw database doing the same: statements as the product sent them, sent again by the bare driver.

Writes are recorded inside a transaction that is rolled back, so that the very same rows can be written again: same
texts, same values, same transactions (IMMEDIATE on SQLite), same durability, nothing of Python but the driver.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.filling import open_raw
from django.db import connection, transaction

from tuoshan.agenda.turnstile import writing

_CONTROL = re.compile(r"^(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET TRANSACTION)", re.IGNORECASE)
_READ = re.compile(r"^\s*\(?(SELECT|WITH)\b", re.IGNORECASE)
Statement = tuple[str, Any, bool]


@dataclass
class Recorded:
    """The statements of many pieces of work, a list for each."""

    pieces: list[list[Statement]] = field(default_factory=list)

    @property
    def each(self) -> float:
        """Statements in a piece, on average."""
        return sum(map(len, self.pieces)) / max(len(self.pieces), 1)


@contextmanager
def recording() -> Iterator[list[Statement]]:
    """Every statement sent through Django's connection inside the block."""
    sent: list[Statement] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not _CONTROL.match(sql):
            sent.append((sql, params, many))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield sent


def record_writes(work: Callable[[int], object], many: int) -> Recorded:
    """Do the work `many` times, note its statements, and take all of it back."""
    found = Recorded()
    with writing(), transaction.atomic():
        for number in range(many):
            with recording() as sent:
                work(number)
            found.pieces.append(sent)
        transaction.set_rollback(True)
    return found


def record_reads(work: Callable[[], object]) -> list[Statement]:
    """The statements by which something reads. What it may note on the way, as that somebody has seen a case, is left
    out."""
    with recording() as sent:
        work()
    return [one for one in sent if _READ.match(one[0])]


class Bare:
    """Sends recorded statements by the bare driver."""

    def __init__(self) -> None:
        self.is_sqlite = connection.vendor == "sqlite"
        self.raw = open_raw()

    def prepared(self, pieces: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        """The statements in the driver's own form, so that no time is lost on it when they are sent."""
        return [
            [(self._form(sql, params), self._values(params, many), many) for sql, params, many in piece]
            for piece in pieces
        ]

    def _form(self, sql: str, params: Any) -> str:
        if not self.is_sqlite or params is None:
            return sql
        return sql % tuple("?" * sql.replace("%%", "").count("%s"))

    def _values(self, params: Any, many: bool) -> Any:
        if params is None:
            return ()
        return [tuple(map(_plain, row)) for row in params] if many else tuple(map(_plain, params))

    def write(self, pieces: Sequence[Sequence[Statement]]) -> float:
        """Each piece in a transaction of its own; pieces a second."""
        start = time.perf_counter()
        for piece in pieces:
            self.raw.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
            self._send(piece)
            self.raw.execute("COMMIT")
        return len(pieces) / (time.perf_counter() - start)

    def read(self, piece: Sequence[Statement]) -> float:
        """Seconds for all its statements, rows fetched."""
        start = time.perf_counter()
        self._send(piece)
        return time.perf_counter() - start

    def _send(self, piece: Sequence[Statement]) -> None:
        for sql, params, many in piece:
            if many:
                self.raw.cursor().executemany(sql, params)
                continue
            cursor = self.raw.execute(sql, params) if self.is_sqlite or params else self.raw.execute(sql)
            if cursor.description is not None:
                cursor.fetchall()

    def close(self) -> None:
        self.raw.close()


def _plain(value: Any) -> Any:
    """Values as drivers take them; Django's own adapters of lazy values are not the bare driver's."""
    if isinstance(value, str) and type(value) is not str:
        return str(value)
    return value
