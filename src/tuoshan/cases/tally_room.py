"""The room that the tally takes on PostgreSQL.

Each change of a case appends rows, which folding takes away again; the room stays with the table and its index, and a
count is planned and read as if it were full: after a hundred thousand cases at once 24 ms instead of one and a half.
"""

from typing import Any

from django.db import OperationalError, connection

LARGE = 2_000_000
"""Bytes below which nothing is done: so much comes and goes between two tidyings of a busy day."""
BYTES_A_ROW = 200
WAITED = "300ms"
"""So long at most anybody waits for the room to be given back while a longer transaction is in the way."""

_ROWS = "SELECT pg_relation_size('cases_tally'), (SELECT count(*) FROM cases_tally)"
_DEAD = "(SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'cases_tally')"
_ROWS_AND_DEAD = f"{_ROWS} + {_DEAD}"


def give_back() -> bool:
    """Write the table anew where it is mostly room, in some tens of milliseconds for which writers wait; whether it
    was. Left for the next time where it cannot be had at once, or where an old transaction still sees the rows."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        if not _is_mostly_room(cursor, _ROWS):
            return False
        # Counted now what this connection changed: added after VACUUM has counted, gone rows would pass for seen ones.
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("VACUUM cases_tally")
        if not _is_mostly_room(cursor, _ROWS_AND_DEAD):
            return False
        cursor.execute(f"SET lock_timeout = '{WAITED}'")
        try:
            cursor.execute("VACUUM (FULL, ANALYZE) cases_tally")
        except OperationalError:
            return False
        finally:
            cursor.execute("RESET lock_timeout")
    return True


def _is_mostly_room(cursor: Any, size_and_rows: str) -> bool:
    cursor.execute(size_and_rows)
    size, rows = cursor.fetchone()
    return bool(size > LARGE and size > 4 * BYTES_A_ROW * rows)
