"""Random walks through the real write path on this database: crashes, double sends, stale pages, slow workers.

200 walks in `make test`, ten times that in `make torture` (TUOSHAN_WALKS). A failure prints its seed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.simulation.company import shipped

pytestmark = pytest.mark.django_db(transaction=True)

WALKS = round(200 * float(os.environ.get("TUOSHAN_WALKS", "1")))
CHUNK = 10
LENGTH = 8


@pytest.fixture(autouse=True)
def books() -> Iterator[None]:
    from tuoshan.cases import calendars, library

    calendars.forget()
    library.forget()
    yield
    calendars.forget()
    library.forget()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, WALKS, CHUNK))
def test_database_walks(first: int) -> None:
    from tests.simulation.database import DatabaseWalk

    from tuoshan.agenda.models import Item
    from tuoshan.cases.models import Event
    from tuoshan.cases.verifying import faults_of

    keys = sorted(shipped())
    for seed in range(first, min(first + CHUNK, WALKS)):
        key = keys[seed % len(keys)]
        walk = DatabaseWalk(shipped()[key], seed)
        try:
            ids = walk.walk(LENGTH)
        except Exception as error:
            raise AssertionError(f"playbook {key}, seed {seed}: {error!r}") from error
        assert not faults_of(ids), f"playbook {key}, seed {seed}: {faults_of(ids)}"
        mine = Item.objects.filter(case_id__in=ids)
        open_ = list(mine.filter(kind="effect", done_at=None).values_list("name", "key", "attempts", "last_error"))
        assert not open_, f"playbook {key}, seed {seed}: undone {open_}"
        effects = list(mine.filter(kind="effect").values_list("key", flat=True))
        assert len(effects) == len(set(effects)), f"playbook {key}, seed {seed}: an effect was given out twice"
        late = mine.filter(kind="wake", done_at=None, ready_at__lt=walk.moment)  # a lease still runs to its end
        slept = list(late.values_list("key", "due_at", "ready_at", "attempts", "last_error"))
        assert not slept, f"playbook {key}, seed {seed}: slept through at {walk.moment}: {slept}"
        for case_id in ids:
            times = list(Event.objects.filter(case_id=case_id).order_by("seq").values_list("at", flat=True))
            assert times == sorted(times), f"playbook {key}, seed {seed}: time went back"
