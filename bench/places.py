"""Where a measurement runs: a data folder and a database of its own, and child processes that use them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "var" / "bench"
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Place:
    """One database with its data folder; `environment` is all that a child process needs."""

    database: str
    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The developer's own TUOSHAN_* settings reach no measurement."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TUOSHAN_")}
        return plain | {
            "DJANGO_SETTINGS_MODULE": "tuoshan.settings",
            "TUOSHAN_DATA_DIR": str(self.folder),
            "TUOSHAN_DATABASE_URL": self.url,
            "TUOSHAN_LOG_LEVEL": "ERROR",
            "PYTHONUTF8": "1",
        }


@contextmanager
def place(database: str) -> Iterator[Place]:
    """A fresh folder under var/bench with an empty database; both are gone afterwards.

    Commits are as durable as in the product: SQLite `synchronous=FULL`, PostgreSQL with its own defaults.
    """
    OUT.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{database}-", dir=OUT))
    server: Any = None
    try:
        url = f"sqlite:///{folder / 'tuoshan.sqlite3'}"
        if database == "postgresql":
            from tests import postgres

            server, url = postgres.start(safe=True)
        yield Place(database, folder, url)
    finally:
        if server is not None:
            postgres.stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def run_child(at: Place, module: str, *arguments: str) -> Any:
    """Run `python -m bench.MODULE ARGUMENTS` there; its last line of output is JSON and is returned.

    Raises subprocess.CalledProcessError.
    """
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *arguments],
        cwd=ROOT, env=at.environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])
