"""The index's own statements, which differ between the two databases."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection

from tuoshan.insight.models import Entry

WORDS = "insight_words"
MOST_PLACES, LAST_PLACE = 255, 16_383
"""What PostgreSQL keeps of one lexeme's positions."""

CREATE_SQLITE = (
    "CREATE VIRTUAL TABLE insight_words USING fts5"
    "(words, content='', columnsize=0, detail=full, tokenize=\"ascii\")",
    # Small merges often instead of a large one now and then.
    "INSERT INTO insight_words (insight_words, rank) VALUES ('automerge', 16)",
    "INSERT INTO insight_words (insight_words, rank) VALUES ('crisismerge', 64)",
)
CREATE_POSTGRESQL = (
    "ALTER TABLE insight_entry ADD COLUMN words tsvector NOT NULL DEFAULT ''",
    "CREATE INDEX insight_words ON insight_entry USING gin (words) WITH (fastupdate = off)",
    # Which words are common decides between the index and walking back from the newest.
    "ALTER TABLE insight_entry ALTER COLUMN words SET STATISTICS 1000",
)


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def create(cursor: Any) -> None:
    """Make the part of the index that models cannot describe."""
    for statement in CREATE_POSTGRESQL if on_postgresql() else CREATE_SQLITE:
        cursor.execute(statement)


def expected(asked: str) -> int:
    """About how many entries hold the words of a tsquery, by PostgreSQL's own statistics; too many for rare words."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) SELECT id FROM insight_entry WHERE words @@ %s::tsquery", [asked])
        plan = cursor.fetchone()[0]
    return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])


def clear(cursor: Any) -> None:
    """Empty the index and its entries."""
    if on_postgresql():
        cursor.execute("TRUNCATE insight_entry RESTART IDENTITY")
        return
    cursor.execute("INSERT INTO insight_words (insight_words) VALUES ('delete-all')")
    Entry.objects.all().delete()


def vector(tokens: Sequence[str]) -> str:
    """The text form of a tsvector: every token with its places."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens, 1):
        if place > LAST_PLACE:
            break
        known = places.setdefault(token, [])
        if len(known) < MOST_PLACES:
            known.append(place)
    return " ".join(f"{token}:{','.join(map(str, known))}" for token, known in places.items())


def write(cursor: Any, rows: Iterable[tuple[int, Sequence[str] | None, Sequence[str]]]) -> None:
    """Put entries into the index: (id, tokens that stood there or None, tokens to stand there)."""
    if on_postgresql():
        cursor.executemany(
            "UPDATE insight_entry SET words = %s::tsvector WHERE id = %s",
            [(vector(new), number) for number, _, new in rows],
        )
        return
    for number, old, new in rows:
        if old is not None:  # a contentless index forgets only what it is told exactly
            cursor.execute(
                "INSERT INTO insight_words (insight_words, rowid, words) VALUES ('delete', %s, %s)",
                [number, " ".join(old)],
            )
        cursor.execute("INSERT INTO insight_words (rowid, words) VALUES (%s, %s)", [number, " ".join(new)])


def lacking(cursor: Any, rows: Sequence[tuple[int, Callable[[], Sequence[str]], str]]) -> set[int]:
    """Entries (id, tokens, the key of the case's number) that do not stand in the index.

    PostgreSQL compares every token and its place. SQLite keeps no content beside its index, so it is asked for the
    number's key alone: what went missing went with it.
    """
    if on_postgresql():
        cursor.execute(
            "SELECT asked.id FROM unnest(%s::bigint[], %s::text[]) AS asked (id, words) "
            "JOIN insight_entry entry ON entry.id = asked.id WHERE entry.words <> asked.words::tsvector",
            [[number for number, _, _ in rows], [vector(tokens()) for _, tokens, _ in rows]],
        )
        return {number for (number,) in cursor.fetchall()}
    found = set()
    for number, _tokens, mark in rows:
        cursor.execute("SELECT 1 FROM insight_words WHERE insight_words MATCH %s AND rowid = %s", [f'"{mark}"', number])
        if cursor.fetchone() is None:
            found.add(number)
    return found


def settle(cursor: Any) -> None:
    """After a rebuild: one tidy index and fresh statistics."""
    if not on_postgresql():
        cursor.execute("INSERT INTO insight_words (insight_words) VALUES ('optimize')")
