"""Making demos on an empty database: repeatable, and with something at every place."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.demo.small import END, make

WHOLE_RUN = "a whole demo inside one test's transaction: PostgreSQL cannot clear dead rows there; test_demo covers it"


@pytest.fixture
def data_dir(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    settings.EMAIL_HOST = ""
    return tmp_path


@pytest.fixture
def fresh(db: None, data_dir: Path) -> Iterator[None]:
    from tuoshan.cases import calendars

    calendars.forget()
    yield
    calendars.forget()


def test_the_same_seed_tells_the_same_story(fresh: None, on_postgres: bool) -> None:
    if on_postgres:
        pytest.skip(WHOLE_RUN)
    from django.db import transaction

    def story() -> list[tuple[Any, ...]]:
        from tuoshan.cases import library
        from tuoshan.cases.models import Event

        library.forget()  # what was stored before is taken back with the transaction
        with transaction.atomic():
            make(seed=5)
            told = list(Event.objects.order_by("case_id", "seq").values_list("case_id", "seq", "at", "name"))
            transaction.set_rollback(True)
        return told

    assert story() == story()


def test_without_a_demo_a_link_makes_the_administrator(fresh: None, settings: Any) -> None:
    from tuoshan.cli import demo
    from tuoshan.demo import making

    settings.PUBLIC_URL = "http://127.0.0.1:8123"
    lines = "\n".join(demo.first_steps(demo=False))
    assert "http://127.0.0.1:8123/" in lines
    assert not making.is_demo()


@pytest.mark.slow
def test_the_demo_shows_every_state(fresh: None, on_postgres: bool) -> None:
    if on_postgres:
        pytest.skip(WHOLE_RUN)
    from tuoshan.cases import library, queries, verifying
    from tuoshan.cases.models import Case, Event
    from tuoshan.parties.models import Person

    made = make(scale=0.3)
    assert made.failures == ()
    reached: dict[str, set[str]] = {}
    kinds = dict(Case.objects.values_list("id", "playbook"))
    for case_id, body in Event.objects.values_list("case_id", "body"):
        for change in json.loads(body)["changes"]:
            if change["op"] == "enter":
                reached.setdefault(kinds[case_id], set()).add(change["state"])
    assert set(library.current("complaint").states) <= reached["complaint"] | {"received"}
    standing = set(Case.objects.filter(playbook="complaint", ended=False).values_list("state", flat=True))
    assert set(library.current("complaint").states) - {"closed", "withdrawn"} <= standing
    lead = Person.objects.get(username="lead")
    from tuoshan import clock

    with clock.use(END):
        counts = queries.counts(lead, ("overdue", "urgent", "appeals", "waiting_customer", "paused", "held", "open"))
    assert all(counts.values()), counts
    assert list(verifying.verify()) == []
