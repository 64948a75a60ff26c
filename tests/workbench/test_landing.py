"""Where each role lands, and what is said and counted after one's own action without another page being opened."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.workbench.deskhouse import desk

__all__ = ["desk"]

pytestmark = pytest.mark.django_db

LANDINGS = {
    "agent": "/queue/mine", "lead": "/board", "manager": "/board", "qa": "/queue/tasks", "finance": "/reports",
    "auditor": "/reports", "admin": "/settings/",
}  # fmt: skip


@pytest.mark.parametrize("who", LANDINGS)
def test_each_role_lands_on_a_page_that_it_may_open(desk: Any, who: str) -> None:
    client = desk.client(who)
    answer = client.get("/")
    assert answer.status_code == 302 and answer["Location"].rstrip("/") == LANDINGS[who].rstrip("/")
    assert client.get("/", follow=True).status_code == 200


def test_every_role_has_a_landing_and_the_order_decides_for_several(desk: Any) -> None:
    from tuoshan.parties.models import Role
    from tuoshan.parties.permissions import STAFF
    from tuoshan.workbench.landing import LANDINGS as TABLE
    from tuoshan.workbench.landing import landing_of

    assert {one.role for one in TABLE} == STAFF
    both = desk.people["finance"]
    both.roles.add(Role.objects.get(key="agent"))
    assert landing_of(desk.Person.objects.get(pk=both.pk)).role == "agent"


def test_only_those_who_claim_are_sent_to_claim(desk: Any) -> None:
    hint = "可以到“待分派”里领取。"
    assert hint in desk.client("colleague").get("/queue/mine").content.decode()
    for who in ("qa", "finance", "admin"):
        page = desk.client(who).get("/queue/mine").content.decode()
        assert hint not in page and "我的待办" in page, who


def test_an_action_tells_list_and_rail_which_read_themselves_anew(desk: Any) -> None:
    case = desk.complaint()
    page = desk.client("agent").get(f"/case/{case.number}?queue=unassigned").content.decode()
    when = 'hx-trigger="decided from:body, every 60s"'
    list_at = re.search(rf'data-list-anew data-calm hx-get="([^"]+)" {when}', page)
    rail_at = re.search(rf'class="rail-groups" data-calm hx-get="([^"]+)" {when}', page)
    assert list_at and rail_at
    answer = desk.htmx("agent", "post", f"/case/{case.number}/note", {"text": "已电联", "key": "k-note"})
    assert json.loads(answer["HX-Trigger"])["decided"] is True

    where = list_at[1].replace("&amp;", "&")
    rows = desk.htmx("agent", "get", f"{where}&rows=80").content.decode()
    assert rows.lstrip().startswith("<section") and "<html" not in rows
    assert f'href="/case/{case.number}?queue=unassigned" aria-current="true"' in rows
    rail = desk.htmx("agent", "get", rail_at[1].replace("&amp;", "&")).content.decode()
    assert "<html" not in rail and re.search(r'href="/queue/unassigned"[^>]*aria-current="page"', rail)

    desk.house.act(case, "claim", handler=str(desk.house.agent.pk))
    assert case.number not in desk.htmx("agent", "get", where).content.decode()
    after = desk.htmx("agent", "get", rail_at[1].replace("&amp;", "&")).content.decode()
    assert _count(after, "unassigned") == _count(rail, "unassigned") - 1


def _count(rail: str, name: str) -> int:
    found = re.search(rf'href="/queue/{name}".*?</a>', rail, re.S)
    assert found
    number = re.search(r'class="num">(\d+)<', found[0])
    return int(number[1]) if number else 0


def test_the_board_stands_right_below_ones_own_queues(desk: Any) -> None:
    page = desk.client("lead").get("/queue/mine").content.decode()
    assert page.index('href="/queue/watched"') < page.index('href="/board" data-command') < page.index(
        'href="/queue/unassigned"'
    )
    assert 'href="/board" data-command' not in desk.client("agent").get("/queue/mine").content.decode()


def test_list_and_case_turn_amber_at_the_same_moment_and_the_customers_clock_is_named(
    desk: Any, django_assert_num_queries: Any
) -> None:
    from tuoshan.cases.clock_views import clock_views
    from tuoshan.cases.listed_clocks import listed_clocks
    from tuoshan.cases.models import Case
    from tuoshan.core.work import Work
    from tuoshan.workbench.cards import cards
    from tuoshan.workbench.casepage import standing_of

    made = [desk.complaint(), desk.accepted(), desk.inquiring(), desk.proposed(), desk.complaint()]
    desk.house.act(made[-1], "ask_more", missing="购买凭证")
    found = list(Case.objects.filter(pk__in=[case.pk for case in made]))
    with django_assert_num_queries(1):
        assert len(listed_clocks(found)) == len(made)
    rows = {card.case.pk: card for card in cards(found, desk.people["agent"])}
    request = type("Request", (), {"user": desk.people["lead"]})()
    for case in made[:4]:
        standing = standing_of(request, Case.objects.get(pk=case.pk))
        views = clock_views(standing.playbook, standing.state, Work(
            standing.playbook, standing.state, standing.now, standing.around
        ))  # fmt: skip
        ours = next(view for view in views if view.open and view.ours)
        assert ours.due == rows[case.pk].due and ours.warn_at == rows[case.pk].warn_at, case.state
    waiting = rows[made[-1].pk]
    assert waiting.due is None and re.fullmatch(r"等客户，\d\d-\d\d \d\d:\d\d 为止", waiting.paused)


def test_reading_list_and_rail_anew_every_minute_costs_the_same_for_many_cases(desk: Any) -> None:
    client = desk.client("agent")
    desk.complaint()
    addresses = ("/queue/unassigned?list&rows=40", "/queue/counts?queue=unassigned&at=/queue/unassigned")
    asked = []
    for _ in range(2):
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            asked.append(len(seen))
        for _ in range(4):
            desk.complaint()
    assert asked[:2] == asked[2:] and max(asked) < 20, asked
