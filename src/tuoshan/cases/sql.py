"""The hand-written statements of the write path.

Both databases run the same text; only row locks and the form of moments, decimals and truth values differ.
Raw statements on SQLite write moments and decimals exactly as Django does, so the ORM reads and compares them.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from tuoshan.agenda.sql import adapt, adapted, moment
from tuoshan.cases.summary import DEADLINE_COLUMNS, SUMMARY_COLUMNS, TASK_COLUMNS

IDENTITY_COLUMNS = (
    "id", "number", "playbook", "playbook_hash", "kind", "title", "channel", "customer_id", "unit_id",
    "registrant_id", "is_history", "created_at", "head_hash", "snapshot",
)  # fmt: skip
LOADED_COLUMNS = (
    "id", "number", "playbook", "playbook_hash", "title", "channel", "customer_id", "unit_id", "registrant_id",
    "is_history", "created_at", "head_hash", "snapshot", "seq",
)  # fmt: skip
EVENT_COLUMNS = (
    "case_id", "seq", "at", "kind", "name", "actor_kind", "actor_id", "on_behalf_of_id", "body", "hash",
    "previous_hash",
)  # fmt: skip
MESSAGE_COLUMNS = (
    "id", "case_id", "at", "direction", "channel", "author_id", "subject", "text", "visible_to_customer",
    "event_seq", "delivery",
)  # fmt: skip
WORDS_COLUMNS = ("case_id", "ref", "text")
COMMAND_COLUMNS = ("key", "case_id", "actor_id", "fingerprint", "reply", "at")


def _insert(table: str, columns: Sequence[str], conflict: str = "") -> tuple[str, int]:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {{rows}}{conflict}", len(columns)  # noqa: S608


def _on_conflict(keys: Sequence[str], columns: Sequence[str]) -> str:
    new = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    return f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {new}"


INSERT_CASES = _insert("cases_case", (*IDENTITY_COLUMNS, *SUMMARY_COLUMNS))
INSERT_EVENTS = _insert("cases_event", EVENT_COLUMNS)
UPSERT_DEADLINES = _insert("cases_deadline", DEADLINE_COLUMNS, _on_conflict(("case_id", "key"), DEADLINE_COLUMNS))
UPSERT_TASKS = _insert("cases_task", TASK_COLUMNS, _on_conflict(("case_id", "key"), TASK_COLUMNS))
INSERT_MESSAGES = _insert("cases_message", MESSAGE_COLUMNS)
INSERT_WORDS = _insert("cases_words", WORDS_COLUMNS, " ON CONFLICT (case_id, ref) DO NOTHING")
INSERT_COMMANDS = _insert("cases_command", COMMAND_COLUMNS)

UPDATE_CASE = (
    "UPDATE cases_case SET head_hash = %s, snapshot = %s, "  # noqa: S608
    + ", ".join(f"{name} = %s" for name in SUMMARY_COLUMNS)
    + " WHERE id = %s"
)
MOVE_CASE = "UPDATE cases_case SET unit_id = %s WHERE id = %s"
SELECT_CASES = f"SELECT {', '.join(LOADED_COLUMNS)} FROM cases_case WHERE id IN ({{ids}}) ORDER BY id{{lock}}"  # noqa: S608
SELECT_COMMANDS = "SELECT key, case_id, fingerprint, reply FROM cases_command WHERE key IN ({keys})"
NEXT_SERIALS = (
    "INSERT INTO cases_counter (series, value) VALUES (%s, %s) "
    "ON CONFLICT (series) DO UPDATE SET value = cases_counter.value + excluded.value RETURNING value"
)
SELECT_EVENTS = (
    f"SELECT {', '.join(EVENT_COLUMNS)} FROM cases_event WHERE case_id = %s AND seq > %s AND seq <= %s ORDER BY seq"  # noqa: S608
)
OPEN_EFFECTS = "SELECT id, name, key FROM agenda_item WHERE case_id = %s AND kind = 'effect' AND done_at IS NULL"
DONE_EFFECTS = (
    "SELECT name, key FROM agenda_item "
    "WHERE case_id = %s AND kind = 'effect' AND done_at IS NOT NULL AND last_error = ''"
)
CANCEL_EFFECTS = (
    "UPDATE agenda_item SET done_at = %s, lease_by = '', parked_at = NULL, last_error = 'cancelled' WHERE id IN ({ids})"
)


@lru_cache(maxsize=1024)
def _with_rows(statement: str, width: int, count: int) -> str:
    row = "(" + ", ".join(["%s"] * width) + ")"
    return statement.format(rows=", ".join([row] * count))


def insert(cursor: Any, statement: tuple[str, int], rows: Sequence[Iterable[Any]]) -> None:
    """Run one of the INSERT statements with as many rows as there are; nothing without any."""
    if rows:
        text, width = statement
        cursor.execute(_with_rows(text, width, len(rows)), adapted(value for row in rows for value in row))


def marks(count: int) -> str:
    """`%s, %s, …` for a list of values."""
    return ", ".join(["%s"] * count)


def select_cases(cursor: Any, ids: Sequence[int], *, lock: bool) -> list[tuple[Any, ...]]:
    """The rows to decide on, in the order of their ids, locked on PostgreSQL."""
    locking = " FOR UPDATE" if lock and connection.vendor == "postgresql" else ""
    cursor.execute(SELECT_CASES.format(ids=marks(len(ids)), lock=locking), list(ids))
    return list(cursor.fetchall())


def next_serials(cursor: Any, series: str, count: int) -> int:
    """Take `count` serials of a series; the last of them."""
    cursor.execute(NEXT_SERIALS, [series, count])
    return int(cursor.fetchone()[0])


__all__ = ["adapt", "adapted", "insert", "marks", "moment", "next_serials", "select_cases"]
