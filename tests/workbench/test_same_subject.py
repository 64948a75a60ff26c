"""Cases about the same order or shop stand beside a case, within reach and nowhere else."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.test_first_decision import form_of

from tuoshan.cases import service
from tuoshan.cases.models import Case, Event
from tuoshan.cases.verifying import faults_of
from tuoshan.parties.models import Customer, OrgUnit, Person

pytestmark = pytest.mark.django_db


def complaint(desk: Any, order: str, unit: OrgUnit) -> Case:  # noqa: F811
    """Another customer's complaint at this shop."""
    stranger = Customer.objects.create(name="赵敏", phone=f"+86139{Customer.objects.count():08d}")
    done = service.register(
        playbook="complaint", actor=service.ActingAs.by_person(desk.people["agent"]),
        values={"channel": "hotline", "what_happened": "裂了", "order_no": order}, channel="hotline",
        customer_id=stranger.pk, unit_id=unit.pk, title=f"裂了 {order}",
    )  # fmt: skip
    assert done.accepted, done.refusal
    return Case.objects.get(pk=done.case_id)


@pytest.fixture
def shops(desk: Any) -> list[OrgUnit]:  # noqa: F811
    root = OrgUnit.objects.get(code="hq")
    return [OrgUnit.objects.create(code=f"s{n}", name_zh=f"{n}号店", kind="store", parent=root) for n in (1, 2)]


def test_the_same_order_is_seen_beside_the_case_and_over_the_wire(desk: Any, shops: list[OrgUnit]) -> None:  # noqa: F811
    one, two, other = (complaint(desk, order, shops[0]) for order in ("DD00000011", "DD00000011", "DD00000022"))
    assert (one.about_kind, one.about_key) == ("order_no", "DD00000011")
    page = desk.client("agent").get(f"/case/{one.number}").content.decode()
    beside = page.partition('id="same-subject"')[2].partition("</ul>")[0]
    assert "同一订单的工单" in page and two.number in beside and other.number not in beside
    assert Caller(desk.people["agent"], "read").get(f"/cases/{one.number}")["same_subject"] == [two.number]
    assert "same-subject" not in desk.client("agent").get(f"/case/{other.number}").content.decode()


def test_the_customers_own_are_named_once(desk: Any, shops: list[OrgUnit]) -> None:  # noqa: F811
    one, two = complaint(desk, "DD00000044", shops[0]), complaint(desk, "DD00000044", shops[0])
    Case.objects.filter(pk=two.pk).update(customer_id=one.customer_id)
    page = desk.client("agent").get(f"/case/{one.number}").content.decode()
    assert "以前的工单" in page and "same-subject" not in page


def test_what_lies_out_of_reach_is_not_named(desk: Any, shops: list[OrgUnit]) -> None:  # noqa: F811
    mine, theirs = complaint(desk, "DD00000033", shops[0]), complaint(desk, "DD00000033", shops[1])
    clerk = Person.objects.create_user("dianyuan", "x", roles=("store_clerk",), unit=shops[0], display_name="店员")
    desk.people["clerk"] = clerk
    page = desk.client("clerk").get(f"/case/{mine.number}").content.decode()
    assert mine.number in page and theirs.number not in page


def taken(desk: Any, case: Case) -> Case:  # noqa: F811
    """Taken on by the agent."""
    values = {
        "category": "1", "impact": "low", "urgency": "low", "next_step": "明天回电",
        "handler": str(desk.people["agent"].pk),
    }  # fmt: skip
    return acted(case, "accept_simple", service.ActingAs.by_person(desk.people["agent"]), values)


def acted(case: Case, action: str, actor: service.ActingAs, values: dict[str, Any] | None = None) -> Case:
    done = service.act(case_id=case.pk, action=action, actor=actor, values=values or {})
    assert done.accepted, done.refusal
    return Case.objects.get(pk=case.pk)


def offer(desk: Any, case: Case, amount: str) -> Case:  # noqa: F811
    """The agent proposes to compensate this much."""
    values = {
        "cause": "goods", "liable": "product", "remedies": ["compensation"], "remedy_steps": "补偿",
        "amount": Decimal(amount), "carry_out_by": date(2026, 3, 20),
    }  # fmt: skip
    return acted(case, "propose", service.ActingAs.by_person(desk.people["agent"]), values)


def proposed(desk: Any, case: Case, amount: str) -> Case:  # noqa: F811
    return offer(desk, taken(desk, case), amount)


def agreed(desk: Any, case: Case) -> None:  # noqa: F811
    acted(case, "agree", desk.customer(case))


def test_what_another_case_about_the_order_pays_counts_towards_the_free_limit(
    desk: Any, shops: list[OrgUnit]  # noqa: F811
) -> None:
    """200 are free of approval. After 150 in one complaint about an order only 50 are left in another about it."""
    first, second, third, other = (
        complaint(desk, order, shops[0]) for order in ("DD00000055", "DD00000055", "DD00000055", "DD00000066")
    )
    agreed(desk, proposed(desk, first, "150"))
    assert proposed(desk, second, "50.01").state == "approving"
    assert proposed(desk, third, "50").state == proposed(desk, other, "200").state == "offered"
    free = Event.objects.get(case_id=third.pk, kind="act", name="free")
    assert json.loads(free.body)["input"]["about"] == {
        "paid_out": {"decimal": "150.00"}, "offered": {"decimal": "0.00"},
    }  # fmt: skip
    page = desk.client("lead").get(f"/case/{second.number}").content.decode()
    assert "其他工单共已付出或待付 ¥150.00" in page
    assert "其他工单共已付出或待付 ¥150.00" in form_of(desk, "lead", second, "approve")
    assert Caller(desk.people["lead"], "read").get(f"/cases/{second.number}")["same_subject_paid"] == "150.00"
    assert not faults_of([second.pk, third.pk])


def test_a_case_merged_into_another_counts_there_alone(desk: Any, shops: list[OrgUnit]) -> None:  # noqa: F811
    first, second, third = (complaint(desk, "DD00000077", shops[0]) for _ in range(3))
    agreed(desk, proposed(desk, first, "150"))
    Case.objects.filter(pk=first.pk).update(merged_into_id=third.pk)
    assert proposed(desk, second, "200").state == "offered"


def test_what_another_case_offers_counts_until_it_is_answered(desk: Any, shops: list[OrgUnit]) -> None:  # noqa: F811
    """Else 150 could be offered twice side by side, each free of approval, and 300 be paid."""
    first, second, third = (complaint(desk, "DD00000088", shops[0]) for _ in range(3))
    proposed(desk, first, "150")
    assert proposed(desk, second, "50.01").state == "approving"
    page = desk.client("lead").get(f"/case/{second.number}").content.decode()
    assert "其他工单已提出、待答复的共 ¥150.00" in page and "已付出" not in page
    assert "其他工单已提出、待答复的共 ¥150.00" in form_of(desk, "lead", second, "send_back")
    read = Caller(desk.people["lead"], "read").get(f"/cases/{second.number}")
    assert (read["same_subject_paid"], read["same_subject_offered"]) == ("0.00", "150.00")
    acted(first, "disagree", desk.customer(first), {"wish": "太少"})
    assert proposed(desk, third, "200").state == "offered"


@pytest.mark.django_db(transaction=True)
def test_two_offers_at_the_same_moment_are_not_both_free(desk: Any, shops: list[OrgUnit]) -> None:  # noqa: F811
    cases = [taken(desk, complaint(desk, "DD00000099", shops[0])) for _ in range(4)]
    at_once = Barrier(len(cases))

    def one(case: Case) -> str:
        try:
            at_once.wait(timeout=30)
            return offer(desk, case, "150").state
        finally:
            connection.close()

    with ThreadPoolExecutor(len(cases)) as several:
        states = sorted(several.map(one, cases))
    assert states == ["approving", "approving", "approving", "offered"]
    assert not faults_of([case.pk for case in cases])

