"""A small house with two stores, and complaints of my own writing. Imports stand inside, as Django is not ready yet."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def complaints() -> Iterator[Any]:
    """The shipped playbooks in use."""
    from tuoshan.cases import calendars, library

    calendars.forget()
    library.load_all()
    yield library.current("complaint")
    calendars.forget()


@pytest.fixture
def house(db: None) -> Any:
    """hq/{service, east/store1, west/store2} and people: a supervisor, two store managers, an agent in no service."""
    from django.db import connection
    from tests.insight.house import House

    from tuoshan.insight import index

    with connection.cursor() as cursor:  # the table of SQLite's index is no model's, so tests do not empty it
        index.clear(cursor)
    return House()


@pytest.fixture
def lodge(complaints: Any, house: Any, clock: Any) -> Callable[..., Any]:
    """Register a complaint and let the worker take it in; gives the case."""

    def make(text: str, *, work: bool = True, **more: Any) -> Any:
        from datetime import timedelta

        case = house.lodge(text, **more)
        if work:
            house.work()
        clock.advance(timedelta(seconds=1))
        return case

    return make
