"""On PostgreSQL the tally gives back the room of rows that came and went, and waits for nobody long."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from tuoshan.cases import tally_room
from tuoshan.cases.models import Tally

pytestmark = pytest.mark.django_db(transaction=True)
CAME = 60_000


@pytest.fixture
def crowded() -> Iterator[None]:
    """A tally in which very many rows have come and gone."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite adds to the cells where they lie")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_tally (kind, scope, what, part, n) "
            f"SELECT 0, '7', 'received nu', i, 1 FROM generate_series(1, {CAME}) i"
        )
        cursor.execute("DELETE FROM cases_tally WHERE part < %s", [CAME])
    yield
    Tally.objects.all().delete()


def size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('cases_tally')")
        return int(cursor.fetchone()[0])


def other() -> Any:
    """Somebody else at the same database."""
    known = connection.get_connection_params()
    wanted = {name: known[name] for name in ("dbname", "user", "host", "port") if known.get(name)}
    return psycopg.connect(**wanted)


def test_room_is_given_back_and_the_rows_stay(crowded: None) -> None:
    before = size()
    assert tally_room.give_back()
    assert size() < before / 10
    assert list(Tally.objects.values_list("kind", "scope", "what", "part", "n")) == [(0, "7", "received nu", CAME, 1)]
    assert not tally_room.give_back()


def test_a_writer_in_the_way_is_not_waited_for(crowded: None) -> None:
    before = size()
    with other() as writer:
        writer.execute("INSERT INTO cases_tally (kind, scope, what, part, n) VALUES (0, '8', 'x n', 1, 1)")
        start = time.monotonic()
        assert not tally_room.give_back()
        assert time.monotonic() - start < 5
        assert size() >= before / 2
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "0"
    assert tally_room.give_back() and Tally.objects.count() == 2


def test_rows_that_somebody_still_sees_are_left_for_another_time(crowded: None) -> None:
    with other() as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT count(*) FROM cases_tally")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_tally (kind, scope, what, part, n) "
                f"SELECT 0, '9', 'received nu', i, 1 FROM generate_series(1, {CAME}) i"
            )
            cursor.execute("DELETE FROM cases_tally WHERE scope = '9'")
        assert not tally_room.give_back()
    # The database's own tidying may be at the table just now.
    assert any(tally_room.give_back() or time.sleep(0.3) for _ in range(20))
