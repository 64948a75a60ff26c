"""Queues, counts, pages by key, the story and the clocks."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from tests.cases.process import CUSTOMER, DESK, HANDLER, SHOP

from tuoshan.cases import paging, queries, service
from tuoshan.cases.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everyone_reaches_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.cases import neighbours

    monkeypatch.setattr(neighbours, "case_filter", lambda person: None)


ME = SimpleNamespace(pk=2, unit_id=None, unit=None)


def register(clock: Any, count: int, **more: Any) -> list[int]:
    ids = []
    for number in range(count):
        values = {"what_happened": f"第 {number} 单", **more}
        outcome = service.register(
            playbook="repair", actor=DESK, values=values, channel="web", customer_id=77, unit_id=5, title=f"{number}"
        )
        ids.append(outcome.case_id)
        clock.advance(timedelta(minutes=1))
    return ids


def test_queues_hold_what_they_say(repair: Any, clock: Any) -> None:
    ids = register(clock, 6)
    for case_id in ids[:4]:
        service.act(case_id=case_id, action="accept", actor=DESK, values={"handler": "2"})
    service.complete_task(case_id=ids[0], task_key="check#1", actor=SHOP, values={"answer": "x"})
    service.act(case_id=ids[0], action="ask", actor=HANDLER, values={"question": "?"})
    service.act(case_id=ids[1], action="withdraw", actor=CUSTOMER)
    counts = queries.counts(ME)
    assert counts["mine"] == 3 and counts["unassigned"] == 2 and counts["open"] == 5 and counts["closed"] == 1
    assert counts["waiting_customer"] == counts["paused"] == 1
    assert counts["due_today"] == 2 and counts["overdue"] == 0
    clock.advance(timedelta(hours=4))
    assert queries.count("overdue", ME) == 2 and queries.count("due_today", ME) == 0


def test_pages_follow_each_other_forth_and_back_without_gap_or_repeat(repair: Any, clock: Any) -> None:
    ids = register(clock, 23)
    queue = queries.queue("open", ME)
    seen: list[int] = []
    cursor, pages = "", []
    while True:
        found = queries.page(queue, cursor, 5)
        pages.append([case.id for case in found.rows])
        seen += pages[-1]
        if not found.next:
            break
        cursor = found.next
    assert seen == ids and [len(one) for one in pages] == [5, 5, 5, 5, 3]
    back = queries.page(queue, found.previous, 5)
    assert [case.id for case in back.rows] == pages[-2] and back.next and back.previous
    while back.previous:
        back = queries.page(queue, back.previous, 5)
    assert [case.id for case in back.rows] == pages[0]


def test_urgent_cases_stand_before_the_others_on_every_page_forth_and_back(repair: Any, clock: Any) -> None:
    ids = register(clock, 17)
    urgent = [ids[3], ids[8], ids[16]]
    Case.objects.filter(pk__in=urgent).update(grade="urgent")
    wanted = [*urgent, *(one for one in ids if one not in urgent)]
    for size in (1, 2, 3, 4, 20):
        seen: list[int] = []
        pages: list[list[int]] = []
        cursor = ""
        while True:
            found = queries.page(queries.queue("open", ME), cursor, size)
            pages.append([case.id for case in found.rows])
            seen += pages[-1]
            if not found.next:
                break
            cursor = found.next
        assert seen == wanted, size
        assert [case.id for case in queries.first_page("open", ME, size).rows] == wanted[:size]
        for earlier in reversed(pages[:-1]):
            found = queries.page(queries.queue("open", ME), found.previous, size)
            assert [case.id for case in found.rows] == earlier, size
        assert not found.previous


def test_a_cursor_of_another_order_is_refused(repair: Any, clock: Any) -> None:
    register(clock, 3)
    cursor = queries.page(queries.queue("open", ME), "", 1).next
    with pytest.raises(queries.CursorBroken):
        queries.page(queries.queue("closed", ME), cursor, 1)
    with pytest.raises(queries.CursorBroken):
        queries.page(queries.queue("open", ME), "nonsense", 1)


def test_free_counts_are_capped(repair: Any, clock: Any) -> None:
    register(clock, 5)
    assert queries.capped_count(Case.objects.all(), 3) == (3, True)
    assert queries.capped_count(Case.objects.all(), 5) == (5, False)


def test_a_queue_page_and_its_counts_use_the_indexes(repair: Any, clock: Any) -> None:
    register(clock, 3)
    for name in ("mine", "unassigned", "overdue", "open", "waiting_customer", "closed"):
        plan = queries.queue(name, ME)[:50].explain()
        assert "SCAN cases_case\n" not in plan + "\n", (name, plan)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="with three rows PostgreSQL reads the table")
@pytest.mark.parametrize("name", ["unassigned", "mine", "open", "due_today"])
def test_urgent_cases_are_not_looked_for_among_all_others(repair: Any, clock: Any, name: str) -> None:
    """The part of a list that comes first is read from urgent cases alone, whether SQLite knows statistics or not."""
    register(clock, 3)
    urgent, _others = paging.bands_of(queries.BY_DUE)
    plan = queries.queue(name, ME).filter(urgent)[:50].explain()
    assert "cases_urgent_of_handler (grade=? AND handler_id=?" in plan or "cases_open_grade (grade=?" in plan, plan
    assert "cases_open_grade (grade=?" not in plan or name not in ("unassigned", "mine"), plan


def test_clocks_explain_themselves(begun: int, clock: Any) -> None:
    clock.advance(timedelta(minutes=30))
    views = queries.clocks(Case.objects.get(id=begun))
    assert [view.name for view in views] == ["received", "solve"]
    assert (views[0].title, views[0].due, views[0].progress) == ("待受理", clock() + timedelta(minutes=90), 25)
    assert len(views[0].lines) >= 2
