"""The same page for other trades: what a platform's refund says to its customer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.portal import house
from tests.portal.test_case_page import do

from tuoshan.cases import service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.parties.customers import find_or_make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def refund(playbook: str, **more: Any) -> Case:
    customer = find_or_make(house.PHONE, "王女士").customer
    outcome = service.register(
        playbook=playbook, actor=ActingAs.by_system(), channel="marketplace", customer_id=customer.pk, unit_id=None,
        values={
            "order_no": "P-1", "platform_no": "PDD-77", "refund_reason": "quality", "explanation": "收到就是坏的",
            "amount": Decimal("59.90"), "shipped": True, "window_end": NOW + timedelta(days=30), **more,
        },
    )  # fmt: skip
    assert outcome.refusal is None, outcome.refusal
    return house.fresh(outcome.case_id)


@pytest.mark.parametrize(
    ("playbook", "more"),
    [("pinduoduo_refund", {"ship_by": NOW - timedelta(days=3)}), ("pinduoduo_return", {"special_goods": False})],
)
def test_a_platform_case_is_followed_and_answered(playbook: str, more: dict[str, Any], clock: Any) -> None:
    case = refund(playbook, **more)
    page = house.page_of(case)
    assert case.state == "merchant" and "商家须在 48 小时内处理" in page and "收到就是坏的" in page
    outcome = service.act(
        case_id=case.pk, action="reject", actor=house.staff("merchant"), values={"refuse_reason": "已过质保"},
        evidence=[house.proof(case)],
    )  # fmt: skip
    assert outcome.refusal is None, outcome.refusal
    case = house.fresh(case)
    client = house.opened(case)
    page = house.page_of(case, client)
    assert "请在 7 天内修改申请或申请平台介入" in page
    assert "请您在 3月9日 09:00 前答复" in page and "到时没有收到您的答复：已关闭" in page
    assert 'value="59.90"' in page  # what is known stands in the form
    answer = do(client, case, "resubmit", page, refund_reason="quality", explanation="附上照片", amount="49.90")
    assert answer.status_code == 302, answer.content.decode()
    assert house.fresh(case).state == "merchant"
    page = house.page_of(case, client)
    assert "附上照片" in page and "49.90 元" in page
    do(client, case, "withdraw", page, reason="算了")
    assert house.fresh(case).ended


def test_a_process_for_staff_has_no_customers_page() -> None:
    from tuoshan.cases import library

    assert not library.current("facility_repair").portal
