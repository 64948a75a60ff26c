"""Fixtures of cases; imports stand inside, as this file is read before Django is ready."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def repair() -> Iterator[Any]:
    """The process, in use for this test alone."""
    from tests.cases.process import compiled

    from tuoshan.cases import calendars, library

    calendars.forget()
    playbook = compiled()
    with library.using(playbook):
        yield playbook
    calendars.forget()


@pytest.fixture
def begun(repair: Any, clock: Any) -> int:
    """A case just registered; its id."""
    from tests.cases.process import DESK

    from tuoshan.cases import service

    return service.register(
        playbook="repair", actor=DESK, values={"what_happened": "水管漏水", "grade": "normal"}, channel="counter",
        customer_id=77, unit_id=5, title="水管",
    ).case_id  # fmt: skip


@pytest.fixture(autouse=True)
def library_as_it_was() -> Iterator[None]:
    """No test leaves its playbooks to the next."""
    from tuoshan.cases import library

    before = library._library
    yield
    library._library = before
