"""Every screen around the desk opens for those who may, and for nobody else; lists ask a bounded number of times."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.workbench.deskhouse import desk, moment

from tuoshan.cases.models import Deadline

__all__ = ["desk"]

EVERYONE = ("agent", "lead", "manager", "admin", "auditor", "qa", "finance")
OVERSIGHT = ("lead", "manager", "admin", "auditor")
LEADS = ("lead", "manager", "admin")
WRITERS = ("agent", "lead", "manager", "admin", "qa")
SCREENS = {
    "/tasks": EVERYONE, "/tasks?done": EVERYONE, "/notifications": EVERYONE, "/notifications?count=bell-rail": EVERYONE,
    "/lessons": EVERYONE, "/lessons?show=all": EVERYONE, "/follow-ups": EVERYONE, "/follow-ups?all": EVERYONE,
    "/customers": EVERYONE,
    "/parked": OVERSIGHT, "/mailbox": OVERSIGHT, "/lessons/new": LEADS, "/me/absence": WRITERS,
    "/me/replies": WRITERS, "/me/replies/new": WRITERS, "/bulk": WRITERS,
}  # fmt: skip
POSTS = {
    "/parked/retry": LEADS, "/parked/drop": LEADS, "/bulk/run": WRITERS, "/notifications/read": EVERYONE,
}  # fmt: skip


@pytest.mark.parametrize("address", SCREENS)
def test_who_may_open_a_screen(desk: Any, address: str) -> None:
    for who in EVERYONE:
        answer = desk.client(who).get(address)
        assert answer.status_code == (200 if who in SCREENS[address] else 403), who
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("address", POSTS)
def test_who_may_do_something(desk: Any, address: str) -> None:
    for who in EVERYONE:
        status = desk.client(who).post(address).status_code
        assert (status == 403) is (who not in POSTS[address]), (who, status)


def test_people_are_managed_by_those_above_them(desk: Any) -> None:
    people = desk.people
    expected = {
        ("lead", "agent"): 200, ("lead", "manager"): 404, ("manager", "lead"): 200, ("manager", "admin"): 404,
        ("admin", "manager"): 200, ("agent", "colleague"): 403, ("auditor", "agent"): 200, ("finance", "agent"): 403,
    }  # fmt: skip
    for (who, whom), status in expected.items():
        for page in ("absence", "handover"):
            address = f"/people/{people[whom].pk}/{page}"
            assert desk.client(who).get(address).status_code == status, (who, whom, page)


def _queries(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_a_list_that_is_looked_at_writes_once_an_hour_that_its_reader_is_there(desk: Any, clock: Any) -> None:
    client = desk.client("agent")
    for _ in range(3):
        written = []
        for queue in ("open", "unassigned", "open"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(f"/queue/{queue}").status_code == 200
            written += [one["sql"] for one in seen if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert len(written) == 1 and "django_session" in written[0]
        clock.advance(timedelta(hours=1))


def test_a_case_stands_beside_the_list_that_was_looked_at_last(desk: Any) -> None:
    case = desk.complaint()
    client = desk.client("agent")
    for queue, title in (("open", "全部未结"), ("unassigned", "待分派")):
        client.get(f"/queue/{queue}")
        assert f'id="pane-title" class="text-lg">{title}</h1>' in client.get(f"/case/{case.number}").content.decode()


def test_a_tasks_clock_warns_in_both_places_of_a_case(desk: Any, clock: Any) -> None:
    case = desk.inquiring()
    due = Deadline.objects.get(case_id=case.pk, kind="task").due_at
    assert due is not None
    clock.move_to(due - timedelta(hours=2))  # four hours before, the department is warned
    page = desk.client("qa").get(f"/case/{case.number}").content.decode()
    tasks = page.partition('aria-labelledby="tasks-h"')[2].partition("</section>")[0]
    assert 'data-state="warn"' in tasks and page.count('data-state="warn"') > 1


def test_a_list_asks_the_database_few_times(desk: Any) -> None:
    desk.complaint()
    for who, most in (("lead", 12), ("agent", 12), ("qa", 14)):
        client = desk.client(who)
        _queries(client, "/queue/open")
        assert _queries(client, "/queue/open") <= most, who


def test_lists_do_not_ask_once_per_row(desk: Any, clock: Any, work: Any) -> None:
    from tuoshan.quality import lessons

    addresses = ("/tasks", "/notifications", "/mailbox", "/lessons?show=all", "/parked", "/board/cases/unassigned")
    client = desk.client("lead")

    def more(times: int) -> None:
        for _ in range(times):
            case = desk.complaint()
            desk.inquiring()
            lessons.make(what="改进包装", case_ids=[case.pk], now=moment(), owner_id=desk.people["lead"].pk)
        clock.advance(timedelta(hours=25))
        work()

    more(1)
    before = {address: (_queries(client, address), _queries(client, address))[1] for address in addresses}
    more(4)
    for address in addresses:
        assert _queries(client, address) <= before[address] + 3, address


@pytest.fixture
def work() -> Any:
    """Do everything that is due now."""
    from tuoshan.agenda.worker import drain

    return drain
