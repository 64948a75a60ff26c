"""The house in which the playbooks that ship are worked at the desk."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.insight.house import House

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Shanghai."""


@pytest.fixture
def house(db: None, clock: Any, settings: Any, tmp_path: Any) -> Iterator[House]:
    """Units and people, with the playbooks that ship. 陈 is the agent and 林 the supervisor."""
    from tuoshan.cases import calendars, library

    settings.DATA_DIR = tmp_path
    calendars.forget()
    library.load_all()
    yield House()
    calendars.forget()


def client(house: House, name: str) -> Client:
    made = Client()
    made.force_login(house.fresh(name))
    return made
