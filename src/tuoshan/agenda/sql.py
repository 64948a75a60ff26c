"""The agenda's hand-written statements, the same for both databases but for row locks and date adaptation."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

COLUMNS = (
    "id", "case_id", "kind", "name", "key", "due_at", "ready_at", "payload",
    "attempts", "lease_by", "done_at", "parked_at", "last_error", "created_at",
)  # fmt: skip
_LIST = ", ".join(COLUMNS)
_NEW = "(%s, %s, %s, %s, %s, %s, %s, %s, 0, '', NULL, NULL, '', %s)"
"""A fresh row: no tries, nobody's, open. Said here and not by every row, as psycopg translates statements of more
than 50 values anew each time, and a registration has five rows.
"""

UPSERT = (
    f"INSERT INTO agenda_item ({_LIST}) VALUES {{rows}} "  # noqa: S608
    "ON CONFLICT (key) WHERE done_at IS NULL DO UPDATE SET due_at = excluded.due_at, ready_at = excluded.ready_at, "
    "attempts = 0, lease_by = '', parked_at = NULL, last_error = '' WHERE agenda_item.kind = 'wake'"
)
"""A wake moves its case's one open row; an effect or job whose key is open already stays as it is."""

FINISH_WAKES = (
    "UPDATE agenda_item SET done_at = %s, lease_by = '', parked_at = NULL WHERE done_at IS NULL AND key IN ({keys})"
)

CLAIM = (
    "UPDATE agenda_item SET ready_at = %s, lease_by = %s, attempts = attempts + 1 WHERE id IN ("  # noqa: S608
    "SELECT id FROM agenda_item WHERE kind = %s AND ready_at < %s AND done_at IS NULL AND parked_at IS NULL "
    f"ORDER BY ready_at LIMIT %s{{lock}}) RETURNING {_LIST}"
)
FINISH = (
    "UPDATE agenda_item SET done_at = %s, lease_by = '', last_error = '' "
    "WHERE id = %s AND lease_by = %s AND done_at IS NULL"
)
AGAIN = (
    "UPDATE agenda_item SET due_at = %s, ready_at = %s, attempts = 0, lease_by = '', last_error = '' "
    "WHERE id = %s AND lease_by = %s AND done_at IS NULL"
)
FAIL = (
    "UPDATE agenda_item SET ready_at = %s, parked_at = %s, lease_by = '', last_error = %s "
    "WHERE id = %s AND lease_by = %s AND done_at IS NULL"
)
RENEW = (
    "UPDATE agenda_item SET ready_at = %s "
    "WHERE lease_by = %s AND done_at IS NULL AND parked_at IS NULL AND ready_at >= %s"
)


def adapt(moment: datetime | None, using: str = DEFAULT_DB_ALIAS) -> Any:
    """A moment as this database's driver takes it; on SQLite exactly the text that Django writes."""
    return adapted((moment,), using)[0]


def adapted(values: Iterable[Any], using: str = DEFAULT_DB_ALIAS) -> list[Any]:
    """Values of any kind as this database's driver takes them; asked once for a whole statement."""
    if not _has_forms(using):
        return list(values)
    return [form(value) if (form := _FORMS.get(type(value))) else value for value in values]


@cache
def _has_forms(using: str) -> bool:
    return connections[using].vendor == "sqlite"


_FORMS: dict[type, Callable[[Any], str]] = {
    datetime: lru_cache(maxsize=512)(lambda moment: str(moment.astimezone(UTC).replace(tzinfo=None))),
    Decimal: lambda amount: format(amount, "f"),
}
"""Moments and decimals exactly as Django writes them on SQLite."""


def moment(value: Any) -> datetime | None:
    """A moment read by hand-written SQL: SQLite gives a naive time or a text, PostgreSQL a time with zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value.astimezone(UTC) if isinstance(value, datetime) else None


@lru_cache(maxsize=512)
def rows_of(statement: str, row: str, count: int) -> str:
    """The statement with `count` rows of placeholders."""
    return statement.format(rows=", ".join([row] * count))


def upsert(cursor: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write fresh rows: id, case, kind, name, key, due, ready, payload, created."""
    if rows:
        cursor.execute(rows_of(UPSERT, _NEW, len(rows)), adapted(value for row in rows for value in row))


def finish_wakes(cursor: Any, keys: Sequence[str], now: datetime) -> None:
    """End the open wakes with these keys: nothing more happens by itself in those cases."""
    if keys:
        statement = FINISH_WAKES.format(keys=", ".join(["%s"] * len(keys)))
        cursor.execute(statement, [adapt(now), *keys])
