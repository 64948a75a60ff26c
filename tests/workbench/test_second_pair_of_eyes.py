"""Who departs from a ruling does not approve what rests on it; below the law somebody else always has to."""

from typing import Any

import pytest
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import books_as_shipped, kept
from tests.workbench.test_barred_buttons import button, page_of, reasons
from tests.workbench.test_evidence_visibility import attach, opened
from tests.workbench.test_rulings_in_cases import depart, propose
from tests.workbench.test_up_the_line import person

from tuoshan.cases.models import Event
from tuoshan.parties.models import Person

__all__ = ["books_as_shipped", "desk"]

pytestmark = pytest.mark.django_db

WHY = "不按裁定处理是您决定的，这一步须由另一位同事做"


def departed(desk: Any, amount: str, remedy: str = "compensation", who: str = "lead") -> Any:
    """399 are due by the law; something else is decided, and the agent proposes it."""
    case = desk.accepted()
    row = kept(desk, case, reported_on="2026-01-25")
    assert depart(desk, case, row, who=who, remedy=remedy, amount=amount, reason="客户同意").status_code == 302
    named = "return_refund" if remedy == "return" else remedy
    assert propose(desk, case, "agent", amount, named).status_code == 302
    return desk.read(case)


def approve(desk: Any, who: str, case: Any) -> Any:
    return desk.client(who).post(f"/case/{case.number}/do/act/approve", {})


@pytest.mark.parametrize("amount", ["0", "50", "300"])
def test_who_went_below_the_law_does_not_approve_it_and_reads_who_may(desk: Any, amount: str) -> None:
    """However small the sum: what would be free of approval elsewhere is not."""
    second = person(desk, "second", "supervisor")
    case = departed(desk, amount)
    assert case.state == "approving"
    refused = approve(desk, "lead", case)
    assert refused.status_code == 422 and WHY in refused.content.decode()
    assert f"{WHY}，不能是您本人：客服主管" in refused.content.decode() and desk.read(case).state == "approving"
    page = page_of(desk, "lead", case)
    assert " disabled" in button(page, "approve") and WHY in reasons(page)
    page = page_of(desk, second.display_name, case)
    assert button(page, "approve") and " disabled" not in button(page, "approve")
    assert approve(desk, "second", case).status_code == 302 and desk.read(case).state == "offered"


def test_where_there_is_no_other_supervisor_the_manager_approves(desk: Any) -> None:
    case = departed(desk, "50")
    said = approve(desk, "lead", case).content.decode()
    assert f"{WHY}，不能是您本人：" in said and "经理" in said.partition(WHY)[2][:40]
    assert approve(desk, "manager", case).status_code == 302 and desk.read(case).state == "offered"


def test_where_nobody_else_is_left_the_way_out_is_named(desk: Any) -> None:
    Person.objects.filter(pk=desk.people["manager"].pk).update(is_active=False)
    case = departed(desk, "50")
    said = approve(desk, "lead", case).content.decode()
    assert f"{WHY}。现在没有别的人可以处理：请管理员让另一位同事担任客服主管、" in said
    english = page_of(desk, "lead", case, "en")
    assert "Nobody else can do this now: ask an administrator to make another colleague" in reasons(english)
    person(desk, "second", "supervisor")
    assert approve(desk, "second", case).status_code == 302


def test_a_departure_that_gives_no_less_than_the_law_is_free_where_it_is_small(desk: Any) -> None:
    case = departed(desk, "450", "return")
    assert case.state == "approving", "450 is more than is free"
    assert WHY in approve(desk, "lead", departed(desk, "450", "return")).content.decode()
    assert approve(desk, "manager", case).status_code == 302
    assert departed(desk, "0", "exchange").state == "offered"


def test_below_the_law_is_told_by_its_own_name_in_the_history(desk: Any) -> None:
    case = departed(desk, "50")
    told = list(Event.objects.filter(case_id=case.pk, name__startswith="ruling_").values_list("name", flat=True))
    assert told == ["ruling_below_law"]
    assert "没有按裁定处理" in page_of(desk, "lead", case)


def test_programs_are_held_to_it_too(desk: Any) -> None:
    person(desk, "second", "supervisor")
    case = departed(desk, "50")
    path = f"/cases/{case.number}/actions/approve"
    problem = Caller(desk.people["lead"], "write").post(path, {"values": {}}, expect=403)
    assert problem["code"] == "not_by_same_person" and WHY in problem["title"] + str(problem.get("detail"))
    assert problem["facts"]["did"] == ["ruling_below_law"] and problem["facts"]["needs"] == ["lead"]
    assert problem["facts"]["nobody"] == []
    Caller(desk.people["second"], "write").post(path, {"values": {}})
    assert desk.read(case).state == "offered"


def test_a_refusal_below_the_law_needs_somebody_else_too(desk: Any) -> None:
    """399 are due by the law and the supervisor decides that nothing is given: no proposal asks for an approval."""
    second = person(desk, "second", "supervisor")
    case = desk.accepted()
    row = kept(desk, case, reported_on="2026-01-25")
    assert depart(desk, case, row, who="lead", remedy="none", reason="客户已放弃").status_code == 302
    page = page_of(desk, "agent", case)
    assert " disabled" in button(page, "not_upheld")
    assert "调查后不予支持：已经记录了“不按裁定处理，低于法定”，这个决定和理由都保留" in reasons(page)
    assert "请没有参与的同事在“调查中”或“待拟方案”时做“批准低于法定的不予支持”" in reasons(page)
    assert WHY in reasons(page_of(desk, "lead", case))
    page = page_of(desk, second.display_name, case)
    assert " disabled" not in button(page, "not_upheld_below")
    refused = desk.client("lead").post(f"/case/{case.number}/do/act/not_upheld_below", {"why": "无依据"})
    assert refused.status_code == 422 and WHY in refused.content.decode() and desk.read(case).state == "proposing"
    address = f"/case/{case.number}/do/act/not_upheld_below"
    hidden, _text = opened(desk, "second", address)
    attach(desk, "second", hidden["upload_token"])
    unseen = desk.htmx("second", "post", address, hidden | {"why": "无依据"})
    assert unseen.status_code == 422 and "请至少附一份对方可见的" in unseen.content.decode()
    given = hidden | {"key": "another-key", "why": "无依据", "visible_to_customer": "1"}
    assert desk.htmx("second", "post", address, given).status_code == 204
    assert desk.read(case).state == "answered"


def test_a_refusal_as_ruled_is_the_handlers(desk: Any) -> None:
    case = desk.accepted()
    kept(desk, case, reported_on="2026-01-25")
    assert " disabled" not in button(page_of(desk, "agent", case), "not_upheld")
