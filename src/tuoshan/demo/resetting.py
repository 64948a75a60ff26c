"""Emptying a demo's database, and nobody else's."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection

from tuoshan import clock
from tuoshan.agenda import worker
from tuoshan.cases import calendars, library
from tuoshan.demo import making


class NotResettable(RuntimeError):
    """This database is not a demo's, or somebody works in it just now."""


def reset() -> None:
    """Take away all tables and files of a demo. Raises NotResettable; an unused database is left alone."""
    try:
        empty, demo = making.is_empty(), making.is_demo()
        alive = worker.living(clock.now())
    except (OperationalError, ProgrammingError):  # no tables yet
        return
    if empty:
        return
    if not demo:
        raise NotResettable("这个数据库不是演示数据，不会清空。 / This database holds no demo and is not emptied.")
    if alive:
        raise NotResettable("妥善正在运行，请先停止。 / Tuoshan is running; stop it first.")
    _drop()
    for name in ("evidence", "mail"):
        shutil.rmtree(Path(settings.DATA_DIR) / name, ignore_errors=True)
    calendars.forget()
    library.forget()


def _drop() -> None:
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        tables = ", ".join(connection.ops.quote_name(table) for table in connection.introspection.table_names())
        cursor.execute(f"DROP TABLE {tables} CASCADE")
