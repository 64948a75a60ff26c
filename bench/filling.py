"""Filling a database with very many cases: copies of patterns, each with its own id, number and unbroken chain.

A pattern is read back from the rows that the write path wrote. A copy takes all of them, so that no rule of the
write path is told a second time here; what must differ is replaced, and every event's hash is worked out anew.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from bench.company import Patterns
from django.conf import settings
from django.db import connection

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import sql, tally, tally_room
from tuoshan.cases.chain import canonical_event
from tuoshan.cases.flushing import wake_key
from tuoshan.cases.models import Case
from tuoshan.cases.writing import event_row
from tuoshan.core.numbering import format_number
from tuoshan.insight import index, tokens
from tuoshan.insight.content import Content
from tuoshan.insight.indexing import index_cases
from tuoshan.insight.models import Entry

TOGETHER = 2_000
RARE_EVERY = 5_000
CLOSED_EVERY = 20
COPIED = ("cases_case", "cases_event", "cases_deadline", "cases_task", "cases_words", "agenda_item", "insight_figures")
Row = list[Any]


@dataclass(slots=True)
class Pattern:
    """The stored rows of one case; `events` are its events in canonical form, cut where the case's id stands."""

    rows: dict[str, list[Row]]
    events: list[tuple[bytes, bytes]]
    entry: tuple[str, list[str]]
    numbers: set[str]
    unit: str


class Filler:
    """Copies patterns into the database that Django is connected to."""

    def __init__(self, patterns: Patterns) -> None:
        self.vendor = connection.vendor
        self.names: dict[str, list[str]] = {}
        ids = [*patterns.open, patterns.rare, *patterns.closed]
        index_cases(ids)
        made = {case_id: self._read(case_id) for case_id in ids}
        self.open = [made[case_id] for case_id in patterns.open]
        self.closed = [made[case_id] for case_id in patterns.closed]
        self.rare = made[patterns.rare]
        self.customers = _numbers("SELECT id FROM parties_customer WHERE erased_at IS NULL ORDER BY id")
        self.units = sorted(Case.objects.filter(id__in=ids).values_list("unit_id", flat=True).distinct())
        self.copied = 0

    def fill_to(self, cases: int, seen: Callable[[int], None] = lambda done: None) -> int:
        """Copy until there are so many open cases (closed ones come beside them); how many rows of cases were added."""
        missing = cases - Case.objects.filter(ended=False).count()
        many = missing + missing // CLOSED_EVERY if missing > 0 else 0
        if not many:
            return 0
        month = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
        with write_transaction() as cursor:
            last = sql.next_serials(cursor, f"case:{month.year:04d}-{month.month:02d}", many)
        number_of = (format_number(month.year, month.month, last - many + 1 + place) for place in range(many))
        store = _Postgresql(self.names) if self.vendor == "postgresql" else _Sqlite(self.names)
        with store:
            done = 0
            while part := list(islice(number_of, TOGETHER)):
                tables: dict[str, list[Row]] = {name: [] for name in self.names}
                words: list[tuple[int, list[str]]] = []
                for number in part:
                    self._copy(self._next(), number, tables, words)
                store.write(tables, words)
                done += len(part)
                seen(done)
        return many

    def _next(self) -> Pattern:
        self.copied += 1
        if self.copied % RARE_EVERY == RARE_EVERY // 2:
            return self.rare
        if self.copied % (CLOSED_EVERY + 1) == CLOSED_EVERY:
            return self.closed[self.copied % len(self.closed)]
        return self.open[self.copied * 7919 % len(self.open)]

    # -- reading a pattern -----------------------------------------------------------------------------
    def _read(self, case_id: int) -> Pattern:
        rows: dict[str, list[Row]] = {}
        with _plain() as run:
            for table in COPIED:
                by = "id" if table in ("cases_case", "insight_figures") else "case_id"
                extra = " AND kind = 'wake' AND done_at IS NULL" if table == "agenda_item" else ""
                order = "seq" if table == "cases_event" else "1"
                names, found = run(f"SELECT * FROM {table} WHERE {by} = {int(case_id)}{extra} ORDER BY {order}")
                self.names[table] = names
                rows[table] = found
        self.names["insight_entry"] = ["id", "case_id", "seq", "content"]
        events = []
        with connection.cursor() as cursor:
            cursor.execute(sql.SELECT_EVENTS, [case_id, 0, 1_000_000])
            for values in cursor.fetchall():
                text = canonical_event(event_row(values)).encode()
                before, _, after = text.partition(f'"case":{case_id},'.encode())
                events.append((before + b'"case":', b"," + after))
        entry = Entry.objects.get(case_id=case_id)
        content = Content.from_text(entry.content)
        with connection.cursor() as cursor:
            cursor.execute("SELECT content FROM insight_entry WHERE case_id = %s", [case_id])
            stored = cursor.fetchone()[0]
        number, unit = Case.objects.values_list("number", "unit_id").get(pk=case_id)
        return Pattern(rows, events, (stored, content.tokens()), set(_number_tokens(number)), tokens.key("u", unit))

    # -- copying it ------------------------------------------------------------------------------------
    def _copy(
        self, pattern: Pattern, number: str, tables: dict[str, list[Row]], words: list[tuple[int, list[str]]]
    ) -> None:
        case_id = identifiers.next_id()
        head = ""
        columns = self.names["cases_event"]
        at_case, at_hash, at_previous = (columns.index(name) for name in ("case_id", "hash", "previous_hash"))
        mark = str(case_id).encode()
        for row, (before, after) in zip(pattern.rows["cases_event"], pattern.events, strict=True):
            digest = hashlib.sha256(head.encode() + before + mark + after).hexdigest()
            fresh = list(row)
            fresh[at_case], fresh[at_previous], fresh[at_hash] = case_id, head, digest
            tables["cases_event"].append(fresh)
            head = digest
        customer = self.customers[self.copied % len(self.customers)]
        unit = self.units[(self.copied * 2_654_435_761 >> 16) % len(self.units)]  # of any store, whatever the pattern
        given = {"id": case_id, "number": number, "customer_id": customer, "head_hash": head, "unit_id": unit}
        self._with("cases_case", pattern, tables, given)
        self._with("insight_figures", pattern, tables, {"id": case_id, "unit_id": unit})
        for table in ("cases_deadline", "cases_task", "cases_words"):
            self._with(table, pattern, tables, {"case_id": case_id})
        for row in pattern.rows["agenda_item"]:
            wake = {"id": identifiers.next_id(), "case_id": case_id, "key": wake_key(case_id)}
            tables["agenda_item"].append(self._changed("agenda_item", row, wake))
        stored, found = pattern.entry
        seq = pattern.rows["cases_event"][-1][columns.index("seq")]
        tables["insight_entry"].append([0, case_id, seq, stored])
        kept = (tokens.key("u", unit) if one == pattern.unit else one for one in found if one not in pattern.numbers)
        words.append((case_id, [*kept, *_number_tokens(number)]))

    def _with(self, table: str, pattern: Pattern, tables: dict[str, list[Row]], given: dict[str, Any]) -> None:
        tables[table] += [self._changed(table, row, given) for row in pattern.rows[table]]

    def _changed(self, table: str, row: Row, given: dict[str, Any]) -> Row:
        fresh = list(row)
        names = self.names[table]
        for name, value in given.items():
            fresh[names.index(name)] = value
        return fresh


def _number_tokens(number: str) -> list[str]:
    digits = "".join(sign for sign in number.partition("-")[2] if sign.isdigit())
    return [tokens.key("n", number), tokens.key("r", digits)]


def _numbers(statement: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


class _plain:
    """Rows as the database holds them, without Django's conversions."""

    def __enter__(self) -> Callable[[str], tuple[list[str], list[Row]]]:
        self.raw = open_raw()

        def run(statement: str) -> tuple[list[str], list[Row]]:
            cursor = self.raw.execute(statement)
            return [column[0] for column in cursor.description], [list(row) for row in cursor.fetchall()]

        return run

    def __exit__(self, *_error: object) -> None:
        self.raw.close()


def open_raw() -> Any:
    """A connection of the bare driver with the product's own settings of durability."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        raw = sqlite3.connect(str(values["NAME"]), isolation_level=None, timeout=20)
        raw.executescript(values["OPTIONS"]["init_command"])
        return raw
    import psycopg

    return psycopg.connect(
        dbname=values["NAME"], user=values["USER"], password=values["PASSWORD"], host=values["HOST"],
        port=values["PORT"] or None, autocommit=True, prepare_threshold=1,
    )  # fmt: skip


class _Sqlite:
    """Loads without waiting for the disk, in one transaction for each part."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self.names = names

    def __enter__(self) -> "_Sqlite":
        connection.close()
        self.raw = open_raw()
        self.raw.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
        (self.entry,) = self.raw.execute("SELECT coalesce(max(id), 0) FROM insight_entry").fetchone()
        return self

    def write(self, tables: dict[str, list[Row]], words: Sequence[tuple[int, list[str]]]) -> None:
        self.raw.execute("BEGIN IMMEDIATE")
        for place, row in enumerate(tables["insight_entry"], self.entry + 1):
            row[0] = place
        for table, rows in tables.items():
            marks = ", ".join("?" * len(self.names[table]))
            self.raw.executemany(f"INSERT INTO {table} ({', '.join(self.names[table])}) VALUES ({marks})", rows)
        self.raw.executemany(
            f"INSERT INTO {index.WORDS} (rowid, words) VALUES (?, ?)",
            [(self.entry + place, " ".join(found)) for place, (_, found) in enumerate(words, 1)],
        )
        self.entry += len(words)
        self.raw.execute("COMMIT")

    def __exit__(self, *_error: object) -> None:
        self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.raw.close()


class _Postgresql:
    """Loads by COPY; the full-text index is made anew at the end."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self.names = names

    def __enter__(self) -> "_Postgresql":
        self.raw = open_raw()
        self.raw.execute(f"DROP INDEX IF EXISTS {index.WORDS}")
        return self

    def write(self, tables: dict[str, list[Row]], words: Sequence[tuple[int, list[str]]]) -> None:
        found = dict(words)
        with self.raw.transaction(), self.raw.cursor() as cursor:
            for table, rows in tables.items():
                names = self.names[table]
                if table == "insight_entry":
                    names = ["case_id", "seq", "content", "words"]
                    rows = [[*row[1:], index.vector(found[row[1]])] for row in rows]
                with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

    def __exit__(self, *_error: object) -> None:
        self.raw.execute("SET maintenance_work_mem = '512MB'")
        for statement in index.CREATE_POSTGRESQL:
            if statement.startswith("CREATE INDEX"):
                self.raw.execute(statement)
        tally.fold(clock.now())  # as the worker has done by the time that anybody looks
        tally_room.give_back()
        self.raw.execute("VACUUM ANALYZE")
        self.raw.close()


def moments(values: Iterator[Any]) -> list[datetime]:
    """Stored moments, whichever database they come from."""
    return [value if value.tzinfo else value.replace(tzinfo=UTC) for value in map(sql.moment, values) if value]
