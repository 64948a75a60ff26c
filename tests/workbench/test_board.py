"""The board: numbers that agree with their lists, decisions in place, reach and roles."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.workbench.deskhouse import desk, moment, triggers

__all__ = ["desk"]


def number(text: str, name: str) -> tuple[str, int]:
    found = re.search(rf'id="tile-{name}" href="([^"]+)".*?class="value[^"]*">(\d+)<', text, re.S)
    assert found, name
    return found[1], int(found[2])


def rows_at(client: Any, address: str) -> int:
    """How many rows the list behind a number shows."""
    text = client.get(address).content.decode()
    if address.startswith("/queue/"):
        return len(re.findall(r'<a class="row"', text))
    if address.endswith("/tomorrow"):
        return len(re.findall(r"<time class=\"ml-auto", text))
    return len(re.findall(r"<tr data-row", text)) if "/board/" in address else 0


def test_every_number_is_the_length_of_the_list_it_leads_to(desk: Any, clock: Any) -> None:
    desk.complaint()
    desk.proposed()
    desk.proposed()
    desk.inquiring()
    clock.advance(timedelta(hours=20))
    desk.complaint()
    desk.accepted()
    client = desk.client("lead")
    text = client.get("/board").content.decode()
    seen = {}
    for name in ("overdue", "due_today", "tomorrow", "unassigned", "approvals", "appeals", "follow_ups", "urgent"):
        href, count = number(text, name)
        seen[name] = count
        assert rows_at(client, href) == count, name
    assert seen["approvals"] == 2
    assert seen["unassigned"] == 2
    assert seen["tomorrow"] > 0


def test_the_load_of_a_person_leads_to_their_cases(desk: Any) -> None:
    desk.accepted()
    desk.accepted()
    client = desk.client("lead")
    text = client.get("/board").content.decode()
    found = re.search(r'href="(/board/cases/handler\?person=\d+)">(\d+)/20<', text)
    assert found is not None
    assert found[2] == "2"
    assert rows_at(client, found[1]) == 2


def test_a_decision_is_taken_on_the_board(desk: Any) -> None:
    case = desk.proposed("100000")
    text = desk.client("manager").get("/board").content.decode()
    assert f"ap-{case.pk}-approve" in text
    address = f"/case/{case.number}/do/act/approve?from=board"
    form = desk.client("manager").get(address).content.decode()
    assert "?from=board" in form
    answer = desk.htmx("manager", "post", address, {"seq": case.seq, "key": "k1"})
    assert answer.status_code == 204
    assert triggers(answer)["decided"] is True
    assert desk.read(case).state == "offered"
    assert f"ap-{case.pk}" not in desk.client("manager").get("/board/approvals").content.decode()


def test_what_others_decide_has_no_buttons(desk: Any) -> None:
    case = desk.proposed("100000")
    text = desk.client("lead").get("/board/approvals").content.decode()
    assert f"ap-{case.pk}" not in text
    assert "另有 1 件" in text


def test_what_others_decide_never_hides_what_waits_for_the_reader(desk: Any, monkeypatch: Any) -> None:
    from tuoshan.office import approvals

    monkeypatch.setattr(approvals, "SHOWN", 1)
    monkeypatch.setattr(approvals, "MOST_LOOKED_AT", 3)
    for _number in range(2):
        desk.proposed("100000")
    own = desk.proposed("300")
    text = desk.client("lead").get("/board/approvals").content.decode()
    assert f"ap-{own.pk}-approve" in text and "另有 2 件" in text
    desk.proposed("100000")
    text = desk.client("lead").get("/board/approvals").content.decode()
    assert "另有" not in text and 'href="/board/cases/approvals">先列最急的' in text, "not all were looked at"


def test_who_was_told_of_lateness_stands_beside_it(desk: Any, clock: Any) -> None:
    from tuoshan.agenda.worker import drain

    desk.complaint()
    clock.advance(timedelta(days=2))
    drain()
    text = desk.client("lead").get("/board").content.decode()
    assert "已通知" in text
    assert "周明" in text


def test_who_was_told_long_ago_is_said_from_the_history(desk: Any, clock: Any) -> None:
    """Notices are deleted after a while, the case and its history stay."""
    from tuoshan.agenda.worker import drain
    from tuoshan.integrations.models import Notification

    desk.complaint()
    client = desk.client("lead")
    clock.advance(timedelta(days=2))
    text = client.get("/board").content.decode()
    assert "还没有通知到人" in text, "the clocks have told nobody yet"
    drain()
    Notification.objects.all().delete()
    for address in ("/board", "/board/cases/overdue"):
        text = client.get(address).content.decode()
        assert "还没有通知到人" not in text and re.search("主管、[^<]*经理", text), address


def test_someone_away_is_marked(desk: Any, clock: Any) -> None:
    from tuoshan.parties.models import Absence

    now = moment()
    Absence.objects.create(
        person=desk.people["agent"], starts_at=now, ends_at=now + timedelta(days=1), delegate=desk.people["colleague"]
    )
    text = desk.client("lead").get("/board").content.decode()
    assert "由 马莉 代理" in text


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 200), ("manager", 200), ("admin", 200), ("auditor", 200), ("agent", 403), ("qa", 403), ("finance", 403)],
)
@pytest.mark.parametrize("address", ["/board", "/board/approvals", "/board/tomorrow", "/board/cases/overdue"])
def test_the_board_is_for_those_who_oversee(desk: Any, who: str, status: int, address: str) -> None:
    assert desk.client(who).get(address).status_code == status


def test_an_unknown_list_or_person_is_not_found(desk: Any) -> None:
    client = desk.client("lead")
    for name in ("nothing", "handler", "handler?person=987654", "overdue?cursor=x"):
        address = f"/board/cases/{name}"
        assert client.get(address).status_code == 404, address


def test_the_board_asks_a_bounded_number_of_times(desk: Any) -> None:
    for _ in range(2):
        desk.proposed()
        desk.complaint()
    client = desk.client("lead")
    client.get("/board")
    with CaptureQueriesContext(connection) as few:
        client.get("/board")
    for _ in range(6):
        desk.proposed()
        desk.complaint()
    with CaptureQueriesContext(connection) as many:
        client.get("/board")
    assert len(many) <= len(few) + 2
    assert len(many) < 90


def test_tomorrows_clocks_say_who_has_to_act_and_not_who_handles_the_case(desk: Any, clock: Any) -> None:
    asked = desk.inquiring()
    clock.advance(timedelta(days=2, hours=1))
    text = desk.client("lead").get("/board/tomorrow").content.decode()
    found = re.findall(r"<span>等([^<]+)</span>.*?<span class=\"num\">([^<]+)</span>", text)
    rows = {number: who for who, number in found}
    assert rows.get(asked.number) == "质检", rows
