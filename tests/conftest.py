"""The same tests on both databases: `TUOSHAN_TEST_DB=sqlite` (default) or `postgres`.

Settings are read once, so the environment is made here, before pytest-django loads them. Under xdist the
controller makes it and its workers inherit it: one PostgreSQL server, one database in it per worker.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy with something else makes no test fail.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

pytest.register_assert_rewrite("tests.core.expectations")

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
TEST_DB = os.environ.get("TUOSHAN_TEST_DB", "sqlite")
_KEPT = {"TUOSHAN_TEST_DB", "TUOSHAN_WALKS", "TUOSHAN_FIRST_SEED", "TUOSHAN_KILLS", "TUOSHAN_CHROMIUM"}
_server: Any = None


def _make_environment() -> None:
    """Nothing of the developer's own TUOSHAN_* settings reaches the tests, but what says how much to test."""
    for name in [name for name in os.environ if name.startswith("TUOSHAN_") and name not in _KEPT]:
        del os.environ[name]
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tuoshan.settings",
        TUOSHAN_DATA_DIR=tempfile.mkdtemp(prefix="tuoshan-test-"),
        TUOSHAN_SQLITE_SYNCHRONOUS="OFF",
        TUOSHAN_DATABASE_POOL_SIZE="0",
        TUOSHAN_LOG_LEVEL="ERROR",
    )


if TEST_DB not in {"sqlite", "postgres"}:
    raise pytest.UsageError(f"TUOSHAN_TEST_DB={TEST_DB}: must be sqlite or postgres")
if not _IS_WORKER:
    _make_environment()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL when asked, then let Django hash passwords fast."""
    global _server
    if TEST_DB == "postgres" and not _IS_WORKER:
        from tests import postgres

        _server, os.environ["TUOSHAN_DATABASE_URL"] = postgres.start()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if _IS_WORKER:
        return
    if _server is not None:
        from tests import postgres

        postgres.stop(_server)
    shutil.rmtree(os.environ["TUOSHAN_DATA_DIR"], ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin first, so that no processor waits for the last of them; those that empty tables stay last, as
    pytest-django wants them."""
    items.sort(key=lambda item: (_empties_tables(item), "slow" not in item.keywords))


def _empties_tables(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return mark is not None and bool(mark.kwargs.get("transaction"))


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database it is."""
    return f"database: {TEST_DB}"


class OutsideCallError(RuntimeError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        is_local = host in {"localhost", "::1", "0.0.0.0", "::"} or str(host).startswith("127.")
        if self.family != getattr(socket, "AF_UNIX", None) and not is_local:
            raise OutsideCallError(f"tests stay on this machine: {address}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def no_language_left_over() -> Iterator[None]:
    """A page that one test read in English does not speak English in the next."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands at Monday 2026-03-02 09:00 in Shanghai, for the whole process; `clock.advance(…)`."""
    from tuoshan import clock as product_clock

    moved = product_clock.MovedClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    product_clock.set_clock(moved)
    yield moved
    product_clock.set_clock(None)


@pytest.fixture(scope="session")
def on_postgres() -> bool:
    """Whether this run is on PostgreSQL."""
    return TEST_DB == "postgres"
