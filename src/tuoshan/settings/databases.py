"""DATABASE_URL → Django's database settings."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tuoshan.settings.config import Config

SQLITE_TIMEOUT_SECONDS = 20


def database(config: Config) -> dict[str, Any]:
    """Settings of the one database. Raises ValueError for a URL that is neither SQLite nor PostgreSQL."""
    url = config.database_url or f"sqlite:///{config.data_dir / 'tuoshan.sqlite3'}"
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return sqlite(unquote(url.removeprefix("sqlite:///")), config)
    if scheme in {"postgresql", "postgres"}:
        return postgresql(url, config)
    raise ValueError(f"TUOSHAN_DATABASE_URL: {scheme!r} is neither sqlite nor postgresql")


def sqlite(path: str, config: Config) -> dict[str, Any]:
    """Write-ahead log, every commit on the disk, writers wait in line instead of failing half-way."""
    pragmas = {
        "journal_mode": "WAL",
        "synchronous": config.sqlite_synchronous,
        # KiB a connection. Pages are read through the mapping below; more cache costs memory and gains nothing.
        "cache_size": -4_096,
        "mmap_size": 134_217_728,  # bytes
        "temp_store": "MEMORY",
        "journal_size_limit": 67_108_864,  # bytes
    }
    return {
        "ENGINE": "tuoshan.settings.sqlite",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": SQLITE_TIMEOUT_SECONDS,
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in pragmas.items()),
        },
        # A file, not :memory:, so that tests meet the same locks as the product.
        "TEST": {"NAME": str(config.data_dir / "test.sqlite3")},
    }


def postgresql(url: str, config: Config) -> dict[str, Any]:
    """psycopg 3 with server-side binding and prepared statements; connections are pooled in each process."""
    parts = urlsplit(url)
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 1}
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or unquote(parts.hostname or "")
    port = query.pop("port", None) or str(parts.port or "")
    options |= query
    if config.database_pool_size:
        options["pool"] = {"min_size": 1, "max_size": config.database_pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 0,  # the pool keeps them; Django allows only one of the two
        "OPTIONS": options,
    }


_HOLD_DATA = ("cases_case", "parties_person", "readiness_keyproof")


def holds_data(config: Config) -> bool:
    """Whether the database holds cases, people or proofs of keys, asked without Django, which is not set up yet.

    A database that cannot be reached may hold some.
    """
    known = database(config)
    if known["ENGINE"].endswith("postgresql"):
        return _postgresql_holds_data(config.database_url)
    if not Path(known["NAME"]).is_file():
        return False
    link = sqlite3.connect(known["NAME"], timeout=SQLITE_TIMEOUT_SECONDS)
    try:
        return any(_has_rows(link, table, "SELECT 1 FROM sqlite_master WHERE name = ?") for table in _HOLD_DATA)
    except sqlite3.Error:
        return True
    finally:
        link.close()


def _postgresql_holds_data(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=10) as link:
            return any(_has_rows(link, table, "SELECT to_regclass(%s)") for table in _HOLD_DATA)
    except psycopg.Error:
        return True


def _has_rows(link: Any, table: str, asks_for_it: str) -> bool:
    there = link.execute(asks_for_it, (table,)).fetchone()
    return bool(there and there[0]) and link.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608
