"""Money back is held to what was paid, at the desk: said beside the field with the sum, and nothing typed is lost."""

from decimal import Decimal
from typing import Any

import pytest
from tests.insight.house import House
from tests.workbench.deskhouse import desk
from tests.workbench.shippedhouse import client, house
from tests.workbench.test_marketplace import request

from tuoshan.cases.models import Case
from tuoshan.cases.possible import Standing
from tuoshan.cases.service import ActingAs

__all__ = ["desk", "house"]

pytestmark = pytest.mark.django_db

APPLICATION = {
    "customer-phone": "13800138000", "order_no": "P-1", "platform_no": "PDD-77", "refund_reason": "quality",
    "shipped": "yes", "ship_by_0": "2026-02-27", "ship_by_1": "09:00", "window_end_0": "2026-04-01",
    "window_end_1": "09:00",
}  # fmt: skip


def test_no_more_is_applied_for_than_was_paid(house: House) -> None:
    """99,999 asked for on an order of 259: refused beside the field; to the fen it is taken."""
    at_the_desk = client(house, "chen")
    for amount in ("99999", "259.01"):
        given = APPLICATION | {"key": f"k{amount}", "amount_paid": "259", "amount": amount}
        refused = at_the_desk.post("/register/pinduoduo_refund", given)
        said = refused.content.decode()
        assert refused.status_code == 422 and not Case.objects.exists()
        assert "最多 259 元：不能超过“实付金额”" in said and f'value="{amount}"' in said
    unknown = at_the_desk.post("/register/pinduoduo_refund", APPLICATION | {"key": "k", "amount": "1"})
    assert unknown.status_code == 422 and not Case.objects.exists()
    fitting = APPLICATION | {"key": "fits", "amount_paid": "259", "amount": "259.00"}
    assert at_the_desk.post("/register/pinduoduo_refund", fitting).status_code == 302


def test_what_was_paid_is_not_corrected_beneath_what_is_asked_for(house: House) -> None:
    case = request(house)
    handler, where = client(house, "chen"), f"/case/{case.number}/do/act/correct"
    page = handler.get(where, headers={"HX-Request": "true"})
    typed = {name: value for name, value in page.context["form"].initial.items() if name != "amount_paid"}
    given = {**{name: str(value) for name, value in typed.items()}, "amount_paid": "59.89", "reason": "写错"}
    refused = handler.post(where, given | {"seq": case.seq, "key": "c1"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and "不能低于“申请退款金额”的 59.90 元" in refused.content.decode()


def test_an_amount_that_the_registration_demands_is_not_taken_away(house: House) -> None:
    case = request(house)
    handler, where = client(house, "chen"), f"/case/{case.number}/do/act/correct"
    page = handler.get(where, headers={"HX-Request": "true"})
    typed = {name: str(value) for name, value in page.context["form"].initial.items() if name != "amount"}
    given = {**typed, "amount": "", "reason": "客户未确定", "seq": case.seq, "key": "c1"}
    assert handler.post(where, given, headers={"HX-Request": "true"}).status_code == 422


def test_a_proposal_gives_back_no_more_than_was_paid(desk: Any) -> None:
    case = desk.accepted()
    where = f"/case/{case.number}/do/act/propose"
    form = desk.htmx("agent", "get", where).content.decode()
    assert 'data-when="remedies=refund|return_refund"' in form
    given = {
        "cause": "material-faulty", "liable": "product", "remedies": ["refund", "compensation"],
        "remedy_steps": "退款并补偿", "amount": "350", "refund_amount": "300", "carry_out_by": "2026-03-20",
        "seq": case.seq,
    }  # fmt: skip
    unknown = desk.htmx("agent", "post", where, given | {"key": "p1"})
    assert unknown.status_code == 422 and "请先登记“实付金额”，再填这一项" in unknown.content.decode()
    above = desk.htmx("agent", "post", where, given | {"key": "p2", "amount_paid": "299"})
    said = above.content.decode()
    assert above.status_code == 422 and "最多 299 元：不能超过“实付金额”" in said and 'value="350"' in said
    part = desk.htmx("agent", "post", where, given | {"key": "p3", "amount_paid": "999", "amount": "299"})
    assert part.status_code == 422 and "最多 299 元：不能超过“退款与补偿合计”" in part.content.decode()
    right = desk.htmx("agent", "post", where, given | {"key": "p4", "amount_paid": "300"})
    assert right.status_code == 204, right.content.decode()[:500]
    state = Standing(desk.read(case), ActingAs.by_person(desk.people["agent"])).state
    assert (state.facts["refund_amount"], state.facts["amount_paid"]) == (Decimal(300), Decimal(300))
