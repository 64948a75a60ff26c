"""The other trades at the desk: a repair in a shop, a refund and a return of the marketplace, from form to end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.staffed import Staffed, opened, ready, work
from tests.browser.trades import at_work, in_reports, repair, request, step, trading

from tuoshan import clock
from tuoshan.cases.models import Deadline

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(company: Staffed, live_server: Any) -> Iterator[Staffed]:
    with trading(company) as open_for_trade:
        yield open_for_trade


def test_a_repair_from_the_shops_request_to_its_acceptance(open_page: Any, house: Staffed) -> None:
    clerk = at_work(open_page, house, "clerk", "/register/facility_repair")
    case = repair(clerk, "收银台上方射灯有三盏不亮")
    assert (case.state, case.waits_for) == ("requested", "store_head")
    head = at_work(open_page, house, "head", "/queue/unassigned")
    expect(head.locator(".list .row", has_text=case.number)).to_contain_text("收银台上方射灯")
    step(head, case, "act-approve", "待工程部接单", scope="更换三盏射灯", kind="simple", damage_by="wear")
    tech = at_work(open_page, house, "tech", f"/case/{case.number}")
    step(tech, case, "act-receive", "待排期", received_on="下午带料")
    day = clock.now().date().isoformat()
    step(tech, case, "act-plan", "施工中", visit_on=day, worker="钟师傅", dirty_work="no")
    expect(tech.locator("#case .clocks")).to_contain_text("完工时限")
    form = opened(tech, "do-act-complete")
    expect(form.get_by_label("报修人可见")).to_be_checked()  # the step writes to them
    house.moved.advance(timedelta(hours=5))  # done at noon, recorded in the evening
    noon = {"happened-at": clock.now() - timedelta(hours=3)}
    step(tech, case, "act-complete", "待验收", proof="完工.jpg", work_done="更换灯珠三只", cost="45", **noon)
    expect(tech.locator("#case")).to_contain_text("实际发生于")
    step(clerk, case, "act-redo", "返修中", what_wrong="最左一盏仍然闪")
    expect(clerk.locator("#case")).to_contain_text("最左一盏仍然闪")
    step(tech, case, "act-completed_again", "待验收", proof="返修.jpg", work_done="更换镇流器", cost="20")
    step(clerk, case, "act-accept", "已完成")
    case.refresh_from_db()
    assert (case.state, case.ended) == ("done_well", True)
    story = clerk.locator("#case")
    for told in ("批准报修", "接单", "安排施工", "不合格，返修", "验收合格"):
        expect(story).to_contain_text(told)
    head.goto("/queue/closed")
    expect(head.locator(".list .row", has_text=case.number)).to_have_count(1)
    in_reports(open_page, house, case, "完工时限", "待店长审批")


def test_a_repair_that_is_refused_says_why(open_page: Any, house: Staffed) -> None:
    clerk = at_work(open_page, house, "clerk", "/register/facility_repair")
    case = repair(clerk, "想把试衣间扩大一倍")
    head = at_work(open_page, house, "head", f"/case/{case.number}")
    step(head, case, "act-beyond_standard", "不受理", reason="超出商场装修标准，请先走装修报批")
    case.refresh_from_db()
    assert (case.state, case.ended) == ("refused", True)
    clerk.goto(f"/case/{case.number}")
    expect(clerk.locator("#case")).to_contain_text("超出商场装修标准，请先走装修报批")


def test_a_refund_to_which_the_merchant_agrees(open_page: Any, house: Staffed) -> None:
    desk = at_work(open_page, house, "agent", "/register/pinduoduo_refund")
    due = (clock.now() + timedelta(hours=30)).replace(second=0, microsecond=0)
    case = request(desk, "pinduoduo_refund", merchant_due=due)
    running = Deadline.objects.get(case_id=case.pk, ended_at=None)
    assert (case.state, running.name, running.due_at) == ("merchant_timed", "merchant_timed", due)
    desk.goto("/queue/open")
    expect(desk.locator(".list .row", has_text=case.number)).to_have_count(1)
    step(desk, case, "act-agree", "退款中")
    lead = at_work(open_page, house, "lead", "/tasks")
    expect(lead.locator(".row", has_text=case.number)).to_contain_text("原路退款")
    step(lead, case, "task-refund", "已退款", proof="回单.jpg", pay_note="流水 8812")
    case.refresh_from_db()
    assert (case.state, case.ended) == ("refunded", True)
    for told in ("杯口有裂纹", "同意退款", "退款已到账", "流水 8812"):
        expect(lead.locator("#case")).to_contain_text(told)
    in_reports(open_page, house, case, "待商家处理（平台时限）", "退款中")


def test_a_silent_merchant_agrees_when_the_time_is_over(open_page: Any, house: Staffed) -> None:
    desk = at_work(open_page, house, "agent", "/register/pinduoduo_refund")
    case = request(desk, "pinduoduo_refund")
    assert case.state == "merchant"
    house.moved.advance(timedelta(hours=48, minutes=1))
    work()
    house.sign_in(desk, "agent")
    desk.goto(f"/case/{case.number}")
    ready(desk)
    expect(desk.locator("#case")).to_contain_text("逾期视为同意")
    expect(desk.locator("#case .chip.c-plain", has_text="退款中").first).to_be_visible()
    lead = at_work(open_page, house, "lead", f"/case/{case.number}")
    step(lead, case, "task-refund", "已退款", proof="回单.jpg", pay_note="流水 8813")
    in_reports(open_page, house, case, "待商家处理")


def test_refused_then_silent_then_applied_for_again(open_page: Any, house: Staffed) -> None:
    desk = at_work(open_page, house, "agent", "/register/pinduoduo_refund")
    case = request(desk, "pinduoduo_refund")
    step(desk, case, "act-reject", "待用户处理", proof="质检.jpg", refuse_reason="照片里的裂纹是运输后造成的")
    desk.goto("/queue/waiting_customer")
    expect(desk.locator(".list .row", has_text=case.number)).to_have_count(1)
    house.moved.advance(timedelta(days=7, minutes=1))
    work()
    house.sign_in(desk, "agent")
    step(desk, case, "act-reapply", "待商家处理", refund_reason="quality", amount="50", shipped="yes")
    case.refresh_from_db()
    assert (case.state, case.ended) == ("merchant", False)
    for told in ("照片里的裂纹是运输后造成的", "用户逾期未处理", "重新申请"):
        expect(desk.locator("#case")).to_contain_text(told)


def test_a_return_with_the_goods_back_inspected_and_paid(open_page: Any, house: Staffed) -> None:
    from tuoshan.knowledge.links import case_link

    desk = at_work(open_page, house, "agent", "/register/pinduoduo_return")
    case = request(desk, "pinduoduo_return")
    assert case.state == "merchant"
    step(desk, case, "act-agree", "待退货", return_address="杭州市云梯路 1 号退货仓", return_to="退货组 0571-8000")
    link = case_link(case.pk)
    phone = open_page(width=390, height=844)
    phone.goto(link[link.index("/portal/") :])
    expect(phone.get_by_role("heading", name="请寄回商品")).to_be_visible()
    step(desk, case, "act-sent", "待商家验货", carrier="白鹭速递", tracking_no="MJX336299516")
    phone.reload()
    expect(phone.get_by_role("heading", name="商家收到后 7 天内验货")).to_be_visible()
    expect(phone.get_by_role("heading", name="请寄回商品")).to_have_count(0)
    step(desk, case, "act-confirm", "退款中")
    lead = at_work(open_page, house, "lead", "/tasks")
    expect(lead.locator(".row", has_text=case.number)).to_contain_text("原路退款")
    step(lead, case, "task-refund", "已退款", proof="回单.jpg", pay_note="流水 8814")
    case.refresh_from_db()
    assert (case.state, case.ended) == ("refunded", True)
    for told in ("同意退货", "已寄回", "MJX336299516", "验货无误，退款"):
        expect(lead.locator("#case")).to_contain_text(told)
    in_reports(open_page, house, case, "待商家验货", "退款中")
