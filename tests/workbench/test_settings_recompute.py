"""Clocks that run already are moved by a changed calendar or table only when somebody asks for it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.workbench.deskhouse import desk

__all__ = ["desk"]

TABLE, CALENDAR = "table/complaint/solve_time", "calendar/standard"


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    from tuoshan.cases import calendars

    calendars.forget()
    yield
    calendars.forget()


def address(subject: str) -> str:
    return reverse("workbench:settings_recompute", args=[subject])


def due(case: Any) -> datetime:
    from tuoshan.cases.models import Deadline

    found = Deadline.objects.get(case_id=case.pk, name="solve", ended_at=None).due_at
    assert found is not None
    return found


def shorten(now: datetime) -> None:
    from tuoshan.cases import calendars

    times = {"normal": "3 working_days", "important": "3 working_days", "urgent": "2 working_days"}
    calendars.set_table(playbook="complaint", name="solve_time", value=times, valid_from=now)


def work() -> None:
    from tuoshan.agenda import worker

    worker.drain()


def test_a_shorter_time_moves_running_clocks_when_asked_to(desk: Any, clock: Any) -> None:
    from tuoshan.cases import verifying
    from tuoshan.cases.models import Event, Recomputation

    case = desk.accepted()
    before = due(case)
    shorten(clock())
    client = desk.client("manager")
    page = client.get(address(TABLE)).content.decode()
    assert case.number in page and "全部重新推算" in page
    assert due(case) == before, "looking moves nothing"
    assert client.post(address(TABLE)).status_code == 302
    assert client.post(address(TABLE)).status_code == 302, "a double click begins no second run"
    assert Recomputation.objects.count() == 1
    assert "正在重新推算" in client.get(address(TABLE)).content.decode()
    work()
    assert due(case) < before
    run = Recomputation.objects.get()
    assert (run.looked_at, run.moved) == (1, 1) and run.ended_at is not None
    event = Event.objects.get(case_id=case.pk, kind="recompute")
    assert (event.actor_kind, event.actor_id) == ("person", desk.people["manager"].pk)
    page = client.get(address(TABLE)).content.decode()
    assert "上一次重新推算" in page and "没有正在计时的时限会因此改变" in page
    told = desk.client("agent").get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "按现在的日历和时限重新推算" in told
    assert not list(verifying.verify())


def test_a_day_off_moves_them_in_english_too(desk: Any, clock: Any) -> None:
    from tuoshan.cases import calendars

    case = desk.accepted()
    before = due(case)
    content = {"weekly": ["09:00-12:00, 13:30-18:00"] * 5 + ["", ""], "days": {"2026-03-04": ""}}
    calendars.set_calendar(name="standard", content=content, valid_from=clock())
    client = desk.client("admin")
    client.cookies["tuoshan_language"] = "en"
    assert "Reckon all anew" in client.get(address(CALENDAR)).content.decode()
    client.post(address(CALENDAR))
    work()
    assert due(case) == before + timedelta(days=1)


def test_a_worker_that_remembers_the_old_table_reads_the_new_one(desk: Any, clock: Any) -> None:
    """What is company-wide is kept for half a minute in each process; a run asked for meanwhile must not miss it."""
    from tuoshan.cases import calendars

    case = desk.accepted()
    before = due(case)
    remembered = calendars._read()
    shorten(clock())
    desk.client("manager").post(address(TABLE))
    calendars._known = remembered
    work()
    assert due(case) < before


def test_a_run_goes_on_where_it_stopped(desk: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.cases import recomputing, writing
    from tuoshan.cases.models import Event, Recomputation

    cases = [desk.accepted() for _ in range(3)]
    shorten(clock())
    monkeypatch.setattr(recomputing, "AT_ONCE", 1)
    desk.client("manager").post(address(TABLE))
    done: list[int] = []
    whole = writing.execute_many

    def broken(ids: Any, order: Any) -> Any:
        outcomes = whole(ids, order)
        done.extend(ids)
        if len(done) == 2:
            raise RuntimeError("the second step dies after its writing")
        return outcomes

    monkeypatch.setattr(writing, "execute_many", broken)
    work()
    assert Recomputation.objects.get().looked_at == 1, "what had not been committed is not counted"
    clock.advance(timedelta(minutes=5))
    work()
    run = Recomputation.objects.get()
    assert (run.looked_at, run.moved) == (3, 3)
    for case in cases:
        assert Event.objects.filter(case_id=case.pk, kind="recompute").count() == 1


def test_nobody_else_may(desk: Any) -> None:
    for nobody in ("agent", "lead", "auditor", "finance", "qa"):
        assert desk.client(nobody).post(address(TABLE)).status_code == 403, nobody
    for unknown in ("calendar/nowhere", "table/complaint/free_limit", "table/nothing/at_all", "else"):
        assert desk.client("admin").get(address(unknown)).status_code == 404, unknown
