"""A machine whose clock jumps: events never go back, a wake at the same moment twice acts once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

BEGUN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def case_id() -> Iterator[int]:
    """A case of the small process of `tests.cases.process`, begun on a Monday at nine."""
    from tests.cases.process import DESK, compiled

    from tuoshan import clock
    from tuoshan.cases import calendars, library, service

    calendars.forget()
    with library.using(compiled()), clock.use(BEGUN):
        yield service.register(
            playbook="repair", actor=DESK, values={"what_happened": "漏水"}, channel="web", customer_id=77, unit_id=None
        ).case_id
    calendars.forget()


def moments(case_id: int) -> list[datetime]:
    from tuoshan.cases.models import Event

    return list(Event.objects.filter(case_id=case_id).order_by("seq").values_list("at", flat=True))


def test_a_clock_that_jumps_back_never_makes_an_earlier_event(case_id: int) -> None:
    from tests.cases.process import DESK

    from tuoshan import clock
    from tuoshan.cases import service
    from tuoshan.cases.verifying import faults_of

    for hours in (1, -5, 0.5, -48, 1.5):
        with clock.use(BEGUN + timedelta(hours=hours)):
            assert service.note(case_id=case_id, actor=DESK, text="x").accepted
    found = moments(case_id)
    assert found == sorted(found)
    assert found[-1] == BEGUN + timedelta(hours=1.5) and found[2] == BEGUN + timedelta(hours=1)
    assert faults_of([case_id]) == []


def test_a_clock_that_jumps_forward_fires_what_is_due_once_and_jumping_back_takes_nothing_back(case_id: int) -> None:
    from tuoshan import clock
    from tuoshan.agenda import worker
    from tuoshan.cases.models import Case, Event
    from tuoshan.cases.verifying import faults_of

    with clock.use(BEGUN + timedelta(days=4)):
        worker.drain()
    fired = list(Event.objects.filter(case_id=case_id, kind="clock").values_list("name", flat=True))
    assert fired == ["received", "received"]  # the warning and the lateness of the two hours
    with clock.use(BEGUN + timedelta(hours=1)):
        worker.drain()
    with clock.use(BEGUN + timedelta(days=4)):
        worker.drain()
    assert Event.objects.filter(case_id=case_id, kind="clock").count() == 2
    assert Case.objects.get(id=case_id).overdue and faults_of([case_id]) == []


def test_a_wake_at_the_same_moment_twice_acts_once(case_id: int) -> None:
    from tuoshan import clock
    from tuoshan.cases import service

    with clock.use(BEGUN + timedelta(hours=3)):
        first, second = service.wake(case_id), service.wake(case_id)
    assert first is not None and second is not None
    assert [len(first.events), len(second.events)] == [2, 0]


def test_at_the_very_limit_nothing_has_fired_yet(case_id: int) -> None:
    from tests.cases.process import DESK

    from tuoshan import clock
    from tuoshan.agenda import worker
    from tuoshan.cases import service

    with clock.use(BEGUN + timedelta(hours=2)):
        worker.drain()
        taken = service.act(case_id=case_id, action="accept", actor=DESK, values={"handler": "2"})
    assert taken.accepted and "late" not in taken.events[-1].input
