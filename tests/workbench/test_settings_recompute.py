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


def lose_playbook(case: Any) -> None:
    from tuoshan.cases.models import Case

    Case.objects.filter(pk=case.pk).update(playbook_hash="0" * 64)


def test_a_case_whose_playbook_is_gone_is_passed_over_and_told(desk: Any, clock: Any) -> None:
    from tests.api.callers import Caller

    from tuoshan.agenda.models import Item
    from tuoshan.cases.models import Recomputation

    gone, there = desk.accepted(), desk.accepted()
    lose_playbook(gone)
    before = due(gone), due(there)
    shorten(clock())
    client = desk.client("manager")
    client.post(address(TABLE))
    work()
    run = Recomputation.objects.get()
    assert run.ended_at is not None and not Item.objects.filter(parked_at__isnull=False, kind="job").exists()
    assert (run.looked_at, run.moved, run.passed) == (2, 1, 1)
    assert due(gone) == before[0] and due(there) < before[1]
    page = client.get(address(TABLE)).content.decode()
    assert "1 件工单没有重新推算" in page and gone.number in page and "它的流程版本已经没有了" in page
    assert there.number not in page
    last = Caller(desk.people["manager"], "read").get(f"/settings/clocks/{TABLE}")["last_run"]
    assert last["passed"] == 1
    assert last["passed_over"] == [{"number": gone.number, "why": "它的流程版本已经没有了，时限照原来的走"}]
    english = Caller(desk.people["manager"], "read", "en").get(f"/settings/clocks/{TABLE}")["last_run"]
    assert english["passed_over"][0]["why"].startswith("Its version of the playbook is gone")


def test_a_case_that_gives_no_moment_is_passed_over_alone(
    desk: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.cases import recomputing, writing
    from tuoshan.cases.models import Recomputation
    from tuoshan.core.worktime import CalendarError

    unclear, there = desk.accepted(), desk.accepted()
    shorten(clock())
    whole = writing.judge

    def judge(cursor: Any, row: Any, *more: Any) -> Any:
        if row.id == unclear.pk and more[1].kind == "recompute":
            raise CalendarError("no working day for ten years")
        return whole(cursor, row, *more)

    monkeypatch.setattr(writing, "judge", judge)
    desk.client("manager").post(address(TABLE))
    work()
    run = Recomputation.objects.get()
    assert (run.looked_at, run.moved, run.passed) == (2, 1, 1) and run.ended_at is not None
    assert run.passed_over == f'[["{unclear.number}", "{recomputing.UNCLEAR}"]]'
    assert there.number not in run.passed_over


def test_a_playbook_taken_away_is_still_looked_at_after_a_change_of_its_calendar(desk: Any, clock: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.office.settings.moved_clocks import playbooks_on, with_cases_on

    desk.accepted()
    assert "complaint" in playbooks_on("standard")
    book = library._library.current.pop("complaint")
    try:
        assert "complaint" not in playbooks_on("standard")
        assert "complaint" in with_cases_on("standard")
        assert "complaint" not in with_cases_on("nowhere")
    finally:
        library._library.current["complaint"] = book


def test_nobody_else_may(desk: Any) -> None:
    for nobody in ("agent", "lead", "auditor", "finance", "qa"):
        assert desk.client(nobody).post(address(TABLE)).status_code == 403, nobody
    for unknown in ("calendar/nowhere", "table/complaint/free_limit", "table/nothing/at_all", "else"):
        assert desk.client("admin").get(address(unknown)).status_code == 404, unknown
