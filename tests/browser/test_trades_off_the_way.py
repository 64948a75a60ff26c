"""The other trades where it does not go straight: refused, applied for again, decided by the platform, redone. Staff
works in English at phone width; and each trade's screens are accessible and fit, in both languages.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.staffed import Staffed, ready
from tests.browser.trades import (
    ENGLISH_PHONE,
    PHONE,
    answer,
    at_work,
    fits,
    followed,
    repair,
    request,
    step,
    trading,
)  # fmt: skip

from tuoshan import clock
from tuoshan.cases.models import Case, Deadline

pytestmark = pytest.mark.django_db(transaction=True)
TRADES = ("facility_repair", "pinduoduo_refund", "pinduoduo_return")


@pytest.fixture
def house(company: Staffed, live_server: Any) -> Iterator[Staffed]:
    with trading(company) as open_for_trade:
        yield open_for_trade


def running(case: Case) -> set[str]:
    return set(Deadline.objects.filter(case_id=case.pk, ended_at=None).values_list("name", flat=True))


def test_a_return_refused_twice_is_awarded_by_the_platform_and_paid(open_page: Any, house: Staffed) -> None:
    desk = at_work(open_page, house, "agent", "/tasks", **ENGLISH_PHONE)
    case = request(desk, "pinduoduo_return")
    step(desk, case, "act-reject", "With the customer", proof="a.jpg", refuse_reason="The crack came in transport")
    buyer = followed(open_page, case, **PHONE)
    expect(buyer.locator("#main")).to_contain_text("The crack came in transport")
    answer(buyer, "resubmit", "商家须在 48 小时内处理", explanation="开箱视频里就有裂纹", amount="49.90")
    step(desk, case, "act-reject", "With the customer", proof="b.jpg", refuse_reason="No video was sent")
    expect(desk.locator("#case")).to_contain_text("开箱视频里就有裂纹")
    answer(buyer, "escalate", "平台正在处理", explanation="请看第二张照片")
    expect(buyer.locator("#main .promise")).to_have_count(0)  # the platform keeps its own time
    due = clock.now() + timedelta(hours=30)
    step(desk, case, "act-asked_by_platform", "With the platform", platform_due=due)
    assert running(case) == {"platform_proof"}
    expect(desk.locator("#case .clocks")).to_contain_text("Proof due to the platform")
    step(desk, case, "act-supply", "With the platform", proof="c.jpg")
    assert running(case) == set()
    step(desk, case, "act-award", "Refunding", platform_says="Half the blame is the merchant's", amount="30")
    lead = at_work(open_page, house, "lead", "/tasks", **ENGLISH_PHONE)
    expect(lead.locator(".row", has_text=case.number)).to_contain_text("Pay it back")
    step(lead, case, "task-refund", "Refunded", proof="d.jpg", pay_note="Slip 8815")
    for told in ("Submit again", "Ask the platform", "The platform awards it", "Slip 8815"):
        expect(lead.locator("#case")).to_contain_text(told)
    assert fits(desk) and fits(lead)
    buyer.reload()
    expect(buyer.get_by_role("heading", level=1)).to_have_text("退款成功")
    expect(buyer.locator("#main")).to_contain_text("30.00")
    assert Case.objects.get(pk=case.pk).state == "refunded"


def test_a_repair_refused_as_incomplete_is_filed_again_and_redone(open_page: Any, house: Staffed) -> None:
    clerk = at_work(open_page, house, "clerk", "/tasks", **ENGLISH_PHONE)
    first = repair(clerk, "The lamp is broken")
    head = at_work(open_page, house, "head", "/queue/unassigned", **ENGLISH_PHONE)
    step(head, first, "act-incomplete", "Refused", missing="Say which of the five lamps")
    asker = followed(open_page, first, **ENGLISH_PHONE)
    expect(asker.get_by_role("heading", level=1)).to_have_text("Not taken on; please read why")
    expect(asker.locator("#main")).to_contain_text("Say which of the five lamps")
    second = repair(clerk, "The second lamp from the left above the counter is dark")
    step(head, second, "act-approve", "Waiting for engineering", scope="One lamp", kind="simple", damage_by="wear")
    tech = at_work(open_page, house, "tech", f"/case/{second.number}", **ENGLISH_PHONE)
    step(tech, second, "act-receive", "To be planned")
    day = clock.now().date().isoformat()
    step(tech, second, "act-plan", "Work under way", visit_on=day, worker="Zhong", dirty_work="no")
    step(tech, second, "act-complete", "To be accepted", proof="a.jpg", work_done="Changed the lamp", cost="45")
    asker = followed(open_page, second, **ENGLISH_PHONE)
    expect(asker.locator("#main")).to_contain_text("Changed the lamp")
    answer(asker, "redo", "Being redone", what_wrong="It flickers")
    step(tech, second, "act-completed_again", "To be accepted", proof="b.jpg", work_done="New driver", cost="20")
    expect(tech.locator("#case")).to_contain_text("It flickers")
    answer(asker, "accept", "Accepted and done")
    assert fits(asker) and fits(tech)
    assert Case.objects.get(pk=second.pk).state == "done_well"
    assert Case.objects.get(pk=first.pk).state == "refused"


@pytest.mark.parametrize("window", [{}, ENGLISH_PHONE], ids=["desk", "phone"])
def test_the_screens_of_each_trade(
    open_page: Any, house: Staffed, check_accessible: Callable[[Page], None], window: dict[str, Any]
) -> None:
    wrong = []

    def look(page: Page, what: str) -> None:
        page.evaluate("document.querySelectorAll('#main details').forEach(one => { one.open = true })")
        if not fits(page):
            wrong.append(f"{what}: wider than the window")
        try:
            check_accessible(page)
        except AssertionError as error:
            wrong.append(f"{what}: {error}")

    for trade in TRADES:
        page = at_work(open_page, house, "clerk" if trade == "facility_repair" else "agent", "/tasks", **window)
        case = repair(page, "射灯不亮") if trade == "facility_repair" else request(page, trade)
        page.goto(f"/register/{trade}")
        ready(page)
        look(page, f"{trade}: register")
        if trade == "facility_repair":
            house.sign_in(page, "head")
        page.goto(f"/case/{case.number}")
        ready(page)
        page.locator("[data-opens^='do-act']").first.click()
        look(page, f"{trade}: case")
        look(followed(open_page, case, **window), f"{trade}: portal")
    assert not wrong, "\n".join(wrong)
