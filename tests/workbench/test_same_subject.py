"""Cases about the same order or shop stand beside a case, within reach and nowhere else."""

from typing import Any

import pytest
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk  # noqa: F401

from tuoshan.cases import service
from tuoshan.cases.models import Case
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
