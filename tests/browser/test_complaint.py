"""A complaint from the customer's first word to the rating, every step of ours taken at the desk."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.staffed import Staffed, opened, ready, send, work
from tests.documents import samples

from tuoshan import clock
from tuoshan.cases.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


def _proof(page: Page, form: Any) -> None:
    photo = {"name": "运单.jpg", "mimeType": "image/jpeg", "buffer": samples.image("JPEG")}
    form.locator("input[type=file]").set_input_files(photo)
    expect(form.locator("[data-file]")).to_have_count(1)


def _sent(page: Page, form: Any, state: str) -> None:
    send(page, form)
    page.locator("#case .chip.c-plain", has_text=state).first.wait_for()
    page.locator("#banners .n-ok").wait_for()
    work()


def _submit(page: Page) -> str:
    page.goto("/portal/submit")
    ready(page)
    page.get_by_label("出了什么问题").fill("电饭煲煮饭时跳闸，内胆涂层也掉了")
    page.get_by_label("怎么称呼您").fill("王女士")
    page.locator("#id_phone").fill("13800138001")
    page.get_by_role("button", name="提交", exact=True).click()
    return page.locator("#number").inner_text()


def test_from_the_customer_to_the_desk_and_back(open_page: Any, company: Staffed) -> None:
    phone = open_page(width=390, height=844)
    number = _submit(phone)
    work()
    desk = open_page()
    company.sign_in(desk, "agent")
    _accept(desk, company, number)
    _investigate(open_page, company, number)
    _propose(desk)
    _agree(phone, number)
    work()
    _carry_out(desk)
    _rate_and_confirm(phone)
    work()
    _wind_up(open_page, company, desk, number)
    phone.reload()
    expect(phone.get_by_role("heading", name=re.compile("已结案"))).to_be_visible()
    case = Case.objects.get(number=number)
    assert (case.state, case.ended, case.satisfaction) == ("closed", True, 5)


def _accept(desk: Page, company: Staffed, number: str) -> None:
    desk.goto("/queue/unassigned")
    ready(desk)
    desk.locator(".row", has_text=number).click()
    desk.wait_for_url(re.compile(f"/case/{number}"))
    form = opened(desk, "do-act-accept")
    form.locator("[name=category]").select_option(index=1)
    form.locator("[name=impact]").select_option("low")
    form.locator("[name=urgency]").select_option("low")
    form.locator("[name=departments][value=qa]").check()
    form.locator("[name=next_step]").fill("质检今天查，明天上午回电")
    form.locator("[name=handler]").select_option(str(company.people["agent"].pk))
    _sent(desk, form, "调查中")


def _investigate(open_page: Any, company: Staffed, number: str) -> None:
    bench = open_page()
    company.sign_in(bench, "qa")
    bench.goto("/tasks")
    ready(bench)
    bench.locator(".row", has_text=number).click()
    form = bench.locator("section[id^='do-task-inquire'] form")  # the list opens the form itself
    form.locator("[name=cause]").select_option(index=1)
    form.locator("[name=liable]").select_option("product")
    form.locator("[name=finding]").fill("加热盘绝缘不良，同批次抽检三台均合格")
    _sent(bench, form, "待拟方案")


def _propose(desk: Page) -> None:
    """Within the free limit nobody needs to approve."""
    desk.reload()
    ready(desk)
    form = opened(desk, "do-act-propose")
    form.locator("[name=cause]").select_option(index=1)
    form.locator("[name=liable]").select_option("product")
    form.locator("[name=remedies][value=exchange]").check()
    form.locator("[name=remedy_steps]").fill("换一台新的，明天上门取旧机")
    form.locator("[name=amount]").fill("0")
    form.locator("[name=carry_out_by]").fill((clock.now() + timedelta(days=5)).date().isoformat())
    _sent(desk, form, "待客户同意")


def _agree(phone: Page, number: str) -> None:
    phone.goto(f"/portal/case/{number}")
    ready(phone)
    phone.locator("summary", has_text="同意方案").click()
    phone.get_by_role("button", name="确定").click()
    expect(phone.get_by_role("heading", name="正在按约定处理")).to_be_visible()


def _carry_out(desk: Page) -> None:
    desk.reload()
    ready(desk)
    form = opened(desk, "do-task-remedy")
    form.locator("[name=how_done]").fill("新机已送到，旧机取回")
    _proof(desk, form)
    _sent(desk, form, "待客户确认")
    expect(desk.locator(".msg.out", has_text="换一台新的").first).to_be_visible()


def _rate_and_confirm(phone: Page) -> None:
    phone.reload()
    ready(phone)
    phone.locator(".rating label", has_text="非常满意").click()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("谢谢您的评价")).to_be_visible()
    phone.locator("summary", has_text="满意").first.click()
    phone.get_by_role("button", name="确定").click()
    expect(phone.get_by_role("heading", name="我们会致电回访")).to_be_visible()


def _wind_up(open_page: Any, company: Staffed, desk: Page, number: str) -> None:
    """Report, the supervisor's review and lesson, the call on the third day, closed."""
    desk.reload()
    ready(desk)
    form = opened(desk, "do-task-report")
    form.locator("[name=summary]").fill("四天办结，换新机，客户满意")
    _sent(desk, form, "待回访")

    board = open_page()
    company.sign_in(board, "lead")
    board.goto(f"/case/{number}")
    ready(board)
    form = opened(board, "do-task-review")
    form.locator("[name=assessment]").fill("同意")
    _sent(board, form, "待回访")
    form = opened(board, "do-task-lesson")
    form.locator("[name=lesson_needed][value=no]").check()
    form.locator("[name=lesson_reason]").fill("单台不良")
    _sent(board, form, "待回访")

    desk.reload()
    ready(desk)
    form = opened(desk, "do-follow-up")
    form.get_by_label("已联系，客户满意").check()
    form.locator("[name=words]").fill("很好，谢谢")
    send(desk, form)
    desk.locator("#case .chip.c-plain", has_text="已结案").first.wait_for()
    work()
