"""A consistent copy of the database into a folder, and back: one file on SQLite, one per table on PostgreSQL.

On PostgreSQL the tables are read by COPY in one REPEATABLE READ transaction instead of by pg_dump: that needs no
client programs, works whatever their version, and the structure comes from the migrations in any case.
"""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, how much there is."""
SQLITE_FILE = "tuoshan.sqlite3"
STEP_PAGES = 4096
PEOPLE, CASES = "parties_person", "cases_case"


class CannotRestore(RuntimeError):
    """The backup does not fit here; the text says why and what to do."""


def vendor() -> str:
    """`sqlite` or `postgresql`."""
    return connection.vendor


def dump(folder: Path, progress: Progress) -> dict[str, int]:
    """Write the database into the folder; table → rows."""
    folder.mkdir(parents=True, exist_ok=True)
    return _dump_sqlite(folder, progress) if vendor() == "sqlite" else _dump_postgresql(folder, progress)


def load(folder: Path, counts: dict[str, int], applied: list[list[str]], progress: Progress) -> None:
    """Put the copy in the place of the database, then bring it to this version. Raises CannotRestore."""
    if vendor() == "sqlite":
        _load_sqlite(folder / SQLITE_FILE)
    else:
        _load_postgresql(folder, counts, applied, progress)
    _migrate()
    connection.close()


def is_empty() -> bool:
    """Whether nobody and nothing is in the database, migrated or not."""
    if vendor() == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).is_file():
        return True
    known = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in (PEOPLE, CASES):
            if table in known:
                cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    return False
    return True


def applied_migrations() -> list[list[str]]:
    """App and name of every migration that the database has had."""
    from django.db.migrations.recorder import MigrationRecorder

    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def unknown_migrations(applied: Iterable[list[str]]) -> list[str]:
    """Those that this version does not know: the backup is of a newer one."""
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None).disk_migrations
    return [f"{app}.{name}" for app, name in applied if known is not None and (app, name) not in known]


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


# -- SQLite ------------------------------------------------------------------------------------------------


def _dump_sqlite(folder: Path, progress: Progress) -> dict[str, int]:
    """SQLite's own online backup, from one snapshot that is held open, so that writers neither wait nor disturb."""
    target = folder / SQLITE_FILE
    source = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    copy = sqlite3.connect(target)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            copy, pages=STEP_PAGES, progress=lambda _status, left, total: progress("database", total - left, total)
        )
        copy.execute("PRAGMA journal_mode=DELETE")
        return _counts_sqlite(copy)
    finally:
        copy.close()
        source.close()


def _counts_sqlite(database: sqlite3.Connection) -> dict[str, int]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' "
        "AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in rows.fetchall()
    }


def keep_aside(mark: str) -> None:
    """Keep a whole copy of the SQLite database that is about to be replaced."""
    place = Path(settings.DATABASES["default"]["NAME"])
    with sqlite3.connect(place) as old, sqlite3.connect(place.with_name(f"{place.name}.{mark}")) as copy:
        old.backup(copy)
    old.close()
    copy.close()


def _load_sqlite(source: Path) -> None:
    with sqlite3.connect(source) as copy:
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    copy.close()
    if found != "ok":
        raise CannotRestore(f"the database inside the backup is damaged: {found}")
    connection.close()
    target = Path(settings.DATABASES["default"]["NAME"])
    target.parent.mkdir(parents=True, exist_ok=True)
    for ending in ("-wal", "-shm", ""):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    source.chmod(0o600)
    source.replace(target)


# -- PostgreSQL --------------------------------------------------------------------------------------------

_TABLES = """
SELECT c.relname, array_agg(quote_ident(a.attname) ORDER BY a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = """
SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
"""
KEPT_BY_MIGRATE = "django_migrations"
KEPT_BY_TRIGGERS = frozenset({"cases_tally"})
"""Follows from the other tables while these are filled, so it is in no backup."""


def _own_connection() -> Any:
    """A connection of ours, so that neither pool nor server-side binding stand in the way of COPY."""
    import psycopg

    known = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given: dict[str, Any] = {name: str(known[key]) for name, key in names.items() if known.get(key)}
    return psycopg.connect(**given)


def _dump_postgresql(folder: Path, progress: Progress) -> dict[str, int]:
    counts: dict[str, int] = {}
    with _own_connection() as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables = [row for row in cursor.execute(_TABLES).fetchall() if row[0] not in KEPT_BY_TRIGGERS]
        for number, (table, columns) in enumerate(tables):
            progress("database", number, len(tables))
            listed = ", ".join(columns)
            query = f'COPY (SELECT {listed} FROM "{table}") TO STDOUT'  # noqa: S608
            with (folder / f"{table}.copy").open("wb") as file, cursor.copy(query) as pieces:
                for piece in pieces:
                    file.write(piece)
            counts[table] = max(cursor.rowcount, 0)
            (folder / f"{table}.columns").write_text("\n".join(columns), encoding="utf-8")
        progress("database", len(tables), len(tables))
    return counts


def _load_postgresql(folder: Path, counts: dict[str, int], applied: list[list[str]], progress: Progress) -> None:
    """Drop what is there, build the tables as they were at the backup, fill them in one transaction."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'DROP TABLE IF EXISTS "{table}" CASCADE')
    connection.close()
    _migrate_as_it_was(applied)
    connection.close()
    with _own_connection() as link, link.cursor() as cursor:
        there = {table for table, _columns in cursor.execute(_TABLES).fetchall()}
        missing = sorted(set(counts) - there)
        if missing:
            raise CannotRestore(f"this version has no table for: {', '.join(missing)}")
        filled = sorted(set(counts) - {KEPT_BY_MIGRATE})
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in filled) + " RESTART IDENTITY CASCADE")
        for number, table in enumerate(filled):
            progress("database", number, len(filled))
            columns = ", ".join((folder / f"{table}.columns").read_text(encoding="utf-8").split("\n"))
            query = f'COPY "{table}" ({columns}) FROM STDIN'
            with (folder / f"{table}.copy").open("rb") as file, cursor.copy(query) as pieces:
                while piece := file.read(1 << 20):
                    pieces.write(piece)
        for table, column, sequence in cursor.execute(_SEQUENCES).fetchall():
            cursor.execute(
                f'SELECT setval(%s, coalesce((SELECT max("{column}") FROM "{table}"), 0) + 1, false)',  # noqa: S608
                (sequence,),
            )
        progress("database", len(filled), len(filled))


def _migrate_as_it_was(applied: list[list[str]]) -> None:
    """Only as far as the database of the backup had come, so that its rows fit."""
    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    had = {(app, name) for app, name in applied}
    if had >= set(loader.disk_migrations or ()):
        _migrate()
        return
    for app in sorted({app for app, _name in had}):
        own = {name for one, name in had if one == app}
        followed = {
            parent[1] for name in own for parent in loader.disk_migrations[app, name].dependencies if parent[0] == app
        }
        for last in sorted(own - followed):
            call_command("migrate", app, last, verbosity=0, interactive=False)
