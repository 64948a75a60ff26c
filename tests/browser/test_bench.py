"""The ruling bench by keyboard and thumb: what is typed arrives whole, and the next question is where one goes on."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from tests.browser.staffed import Staffed, ready

pytestmark = pytest.mark.django_db(transaction=True)
BEGUN = {"house": "mall", "goods": "shoes", "sale": "store", "problem": "quality", "sold_on": "2026-01-15",
         "reported_on": "2026-02-20"}  # fmt: skip


def bench(page: Page, answers: dict[str, str], **more: str) -> None:
    page.goto("/rulings/?" + urlencode({**{f"f1-{name}": value for name, value in answers.items()}, **more}))
    ready(page)


def asked(page: Page) -> Locator:
    """The questions, as against what is known."""
    return page.locator("[data-keep=questions] > .pad > .field")


def known(page: Page, name: str) -> Locator:
    return page.locator(f"[data-keep=known] [name=f1-{name}]")


def in_address(page: Page, name: str) -> str:
    return str(page.evaluate(f"new URLSearchParams(location.search).get('f1-{name}') || ''"))


def order_of_dates(page: Page) -> str:
    """In which order this browser has the parts of a date: only typing tells."""
    probe = page.context.new_page()
    day = date(2026, 12, 31)
    for order in ("%m%d%Y", "%Y%m%d", "%d%m%Y"):
        probe.set_content('<input type="date" max="9999-12-31">')
        probe.locator("input").focus()
        probe.keyboard.type(day.strftime(order))
        if probe.locator("input").input_value() == day.isoformat():
            probe.close()
            return order
    raise AssertionError("no order of the parts is understood")


@pytest.mark.parametrize("name", ["sold_on", "reported_on"])
@pytest.mark.parametrize("delay", [10, 150, 900])
def test_a_date_typed_digit_by_digit_arrives_whole(
    open_page: Any, company: Staffed, name: str, delay: int
) -> None:
    """The browser's first complete date, in the year 2 or on the 1st of the month, is not the answer."""
    page = open_page()
    company.sign_in(page, "agent")
    bench(page, {key: value for key, value in BEGUN.items() if key != name or name == "reported_on"})
    day, order = date(2026, 2, 11), order_of_dates(page)
    field = page.locator(f"[name=f1-{name}]")
    field.focus()
    for digit in day.strftime(order):
        page.keyboard.press(digit)
        page.wait_for_timeout(delay)
    expect(field).to_have_value("2026-02-11")
    expect(field).to_be_focused()
    page.wait_for_url(f"**f1-{name}=2026-02-11**")
    expect(field).to_be_focused()
    expect(page.locator("[data-ruled].panel")).not_to_have_attribute("data-behind", "")
    page.keyboard.press("Enter")
    expect(known(page, name)).to_have_value("2026-02-11")
    for other, value in BEGUN.items():
        assert other == name or in_address(page, other) == value


def focused(page: Page) -> str:
    """What one is at: a question by its name, or where else."""
    return str(page.evaluate("""() => {
        const at = document.activeElement;
        const part = at.closest('[data-keep=questions], [data-keep=known], [data-keep=line]');
        return part ? `${part.dataset.keep} ${at.name || at.tagName}` : at.tagName;
    }"""))  # fmt: skip


def settled(page: Page) -> None:
    """What was answered is ruled on."""
    page.wait_for_function("""() => !document.querySelector('#bench-form .htmx-request, #bench.htmx-request')
        && !document.querySelector('[data-ruled][data-behind]')""")


@pytest.mark.parametrize("pause", [0, 900], ids=["at once", "after a pause"])
def test_a_choice_by_keys_leads_to_the_next_question(open_page: Any, company: Staffed, pause: int) -> None:
    """The answer goes down to what is known; whoever gave it stays with the questions, and keys change nothing else."""
    page = open_page()
    company.sign_in(page, "agent")
    bench(page, {"reported_on": "2026-02-20"})
    house = page.locator("[name=f1-house]")
    house.focus()
    values = house.locator("option").evaluate_all("all => all.map(one => one.value)")
    for _step in range(values.index("mall")):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(pause)
    expect(house).to_be_focused()
    expect(house).to_have_value("mall")
    if pause:
        page.wait_for_url("**f1-house=mall**")
        assert asked(page).first.locator("[name=f1-house]").count() == 1, "it stays until it is left"
    page.keyboard.press("Tab")
    page.keyboard.type("12302026")
    expect(known(page, "house")).to_have_value("mall")
    settled(page)
    assert focused(page).startswith("questions f1-"), focused(page)
    assert in_address(page, "house") == "mall"
    expect(known(page, "reported_on")).to_have_value("2026-02-20")


def test_every_question_is_answered_by_keys_alone(open_page: Any, company: Staffed) -> None:
    """Down to the last that is asked, the focus never falls among what is known."""
    page = open_page()
    company.sign_in(page, "agent")
    bench(page, {**BEGUN, "shoe_kind": "leather", "defect": "glue"})
    asked(page).first.locator("select, input").first.focus()
    wrote = {"opening_cm": "6", "paid": "399"}
    order = order_of_dates(page)
    page.bring_to_front()
    seen = []
    for _turn in range(25):
        at = focused(page)
        if not at.startswith("questions f1-"):
            break
        name = at.removeprefix("questions f1-")
        seen.append(name)
        kind = page.evaluate("document.activeElement.type")
        if kind in ("text", "date"):
            page.keyboard.type(date(2026, 1, 15).strftime(order) if kind == "date" else wrote.get(name, "0"), delay=20)
        else:
            page.keyboard.press("ArrowDown")
            if name in ("clearance", "user_caused", "deceived", "purpose_defeated", "is_replacement"):
                page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter" if len(seen) % 2 else "Tab")
        expect(known(page, name).first).to_be_attached()
        settled(page)
    assert len(seen) == len(set(seen)) > 6, seen
    expect(page.locator("#ruling-h + .chip")).not_to_contain_text("还有问题未答")
    assert focused(page) == "questions H2", focused(page)
    assert in_address(page, "reported_on") == "2026-02-20"


def test_after_a_press_on_a_choice_tab_goes_to_the_next_question(open_page: Any, company: Staffed) -> None:
    page = open_page()
    company.sign_in(page, "agent")
    bench(page, {key: value for key, value in BEGUN.items() if key != "problem"} | {"shoe_kind": "leather"})
    page.locator("[name=f1-problem]").select_option("quality")
    expect(known(page, "problem")).to_have_value("quality")
    page.keyboard.press("Tab")
    assert focused(page).startswith("questions f1-"), focused(page)


def test_what_is_typed_while_an_answer_is_on_its_way_stays(open_page: Any, company: Staffed) -> None:
    """A slow server answers the question before while the next number is being typed."""
    page = open_page()
    company.sign_in(page, "agent")
    answered = {"shoe_kind": "leather", "defect": "glue", "user_caused": "no", "fault_confirmed": "yes"}
    bench(page, {**BEGUN, **answered, "clearance": "no"})
    number = page.locator("[name=f1-opening_cm]")
    held: list[Route] = []
    page.route("**/rulings/?*", lambda route: held.append(route))
    reported = page.locator("[name=f1-reported_on]")
    reported.focus()
    reported.fill("2026-02-21")
    number.focus()
    number.press_sequentially("6.25")
    while not held:
        page.wait_for_timeout(20)
    held[-1].continue_()
    page.unroute("**/rulings/?*")
    page.wait_for_url("**f1-reported_on=2026-02-21**")
    settled_but_typed = page.locator("[data-ruled].panel")
    expect(settled_but_typed).to_have_attribute("data-behind", "")
    expect(number).to_have_value("6.25")
    expect(number).to_be_focused()
    assert number.evaluate("one => one.selectionStart") == 4
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    page.wait_for_url("**f1-opening_cm=.25**")


def test_the_other_language_keeps_every_answer(open_page: Any, company: Staffed) -> None:
    """Also the one that is still in its field."""
    page = open_page()
    company.sign_in(page, "agent")
    bench(page, {"reported_on": "2026-02-20"})
    page.locator("[name=f1-house]").select_option("mall")
    page.wait_for_url("**f1-house=mall**")
    page.locator("[name=f1-goods]").select_option("shoes")
    page.wait_for_url("**f1-goods=shoes**")
    page.locator("#bench-label").fill("黑色皮鞋")
    page.locator(".rail-foot button[value=en]").click()
    page.wait_for_selector("html[lang=en]")
    ready(page)
    expect(known(page, "house")).to_have_value("mall")
    expect(known(page, "goods")).to_have_value("shoes")
    expect(known(page, "reported_on")).to_have_value("2026-02-20")
    expect(page.locator("#bench-label")).to_have_value("黑色皮鞋")


@pytest.mark.parametrize("width", [1440, 390])
def test_an_item_is_taken_away_again_and_put_back(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int
) -> None:
    """Only that one goes, and all that was filled in comes back; so does a bench that was cleared."""
    page = open_page(width=width)
    company.sign_in(page, "agent")
    bench(page, {**BEGUN, "label": "皮鞋"})
    page.get_by_role("button", name="再加一件").click()
    page.wait_for_url("**f2-house=mall**")
    ready(page)
    page.locator("[name=f2-goods]").select_option("clothes")
    page.wait_for_url("**f2-goods=clothes**")
    page.get_by_role("button", name="去掉“第 2 件”").click()
    expect(page.locator("#bench")).to_contain_text("已去掉“第 2 件”")
    assert "f2-" not in page.url and "drop" not in page.url
    expect(known(page, "goods")).to_have_value("shoes")
    check_accessible(page)
    page.get_by_role("link", name="放回去").click()
    ready(page)
    expect(page.locator("[data-keep=known] [name=f2-goods]")).to_have_value("clothes")
    page.get_by_role("button", name="清空重来").click()
    expect(page.locator("#bench")).to_contain_text("已清空")
    expect(page.locator("[data-keep=known] [name=f1-goods]")).to_have_count(0)
    page.get_by_role("link", name="放回去").press("Enter")
    ready(page)
    expect(page.locator("[data-keep=known] [name=f2-goods]")).to_have_value("clothes")
    assert "f1-goods=shoes" in page.url


def test_nothing_is_offered_of_a_bench_on_which_nothing_is_answered(open_page: Any, company: Staffed) -> None:
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/rulings/")
    ready(page)
    tools = page.locator("button[form=keep-form], [data-copy], [data-print], [href*=paper], [name=clear]")
    expect(page.locator("#ruling-h")).to_be_visible()
    expect(tools).to_have_count(0)
    page.locator("[name=f1-house]").select_option("mall")
    expect(tools).to_have_count(5)
    expect(page.get_by_role("group", name="给客户").get_by_role("button")).to_have_text(["打印答复", "复制文字"])
    expect(page.get_by_role("group", name="自己留存").get_by_role("link")).to_contain_text("PDF")


def test_on_a_phone_the_outcome_stays_in_sight_and_everything_is_large_enough(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None]
) -> None:
    """Changing a fact far below shows at once what comes of it."""
    page = open_page(width=390, height=844)
    company.sign_in(page, "agent")
    bench(page, {**BEGUN, "shoe_kind": "leather", "defect": "glue", "opening_cm": "6", "agreed_months": "0",
                 "is_replacement": "no", "used": "yes", "has_receipt": "yes", "paid": "399", "fault_confirmed": "yes",
                 "user_caused": "no", "clearance": "no", "matches_invoice": "yes", "purpose_defeated": "no",
                 "deceived": "no", "delivered_on": "2026-01-15", "repairs_same_fault": "0",
                 "repair_days": "0"})  # fmt: skip
    small = page.evaluate("""() => [...document.querySelectorAll(
        '#bench-form :is(a, button, select, summary, label:has(input), input:not([type=hidden], [type=radio]))')]
        .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML.slice(0, 90))""")
    assert not small, small
    length = known(page, "opening_cm")
    length.scroll_into_view_if_needed()
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("退货退款 ¥399.00")
    expect(outcome).to_be_in_viewport(ratio=0.9)
    length.fill("4")
    length.press("Enter")
    expect(outcome).to_contain_text("换货")
    expect(outcome).not_to_contain_text("退货退款")
    expect(outcome).to_be_in_viewport(ratio=0.9)
    check_accessible(page)
    outcome.click()
    expect(page.locator("#ruling-h")).to_be_in_viewport()


def test_printed_it_is_a_letter_of_the_shop(open_page: Any, company: Staffed) -> None:
    page = open_page()
    company.sign_in(page, "agent")
    bench(page, BEGUN)
    page.emulate_media(media="print")
    paper = page.locator(".letter")
    expect(paper.locator("h1")).to_have_text("售后答复")
    name = paper.locator(".letterhead").inner_text()
    expect(paper.locator("section").last).to_contain_text(re.compile(rf"^{name}.* 年 .* 日$"))
    expect(paper.locator("ul > li").first).to_be_visible()
    assert not re.search("^- ", paper.inner_text(), re.MULTILINE)


def test_by_thumb_two_answers_in_a_row_both_arrive(open_page: Any, company: Staffed) -> None:
    """A number, then at once a press on a choice: neither is lost, and the press is not taken from under the thumb."""
    page = open_page(width=390, height=844)
    company.sign_in(page, "agent")
    bench(page, {**BEGUN, "shoe_kind": "leather", "defect": "glue"})
    if not page.locator("[name=f1-opening_cm]").is_visible():
        page.locator("#bench details summary", has_text="其他问题").tap()
    page.locator("[name=f1-opening_cm]").tap()
    page.keyboard.type("6")
    page.locator("[data-keep=questions] [name=f1-user_caused][value=no]").tap()
    expect(known(page, "opening_cm")).to_have_value("6")
    expect(page.locator("[data-keep=known] [name=f1-user_caused][value=no]")).to_be_checked()
    settled(page)


def test_a_press_on_the_heading_hands_over_the_date_before_it(open_page: Any, company: Staffed) -> None:
    page = open_page()
    company.sign_in(page, "agent")
    bench(page, {key: value for key, value in BEGUN.items() if key != "sold_on"})
    field = page.locator("[name=f1-sold_on]")
    field.fill("2026-02-11")
    page.wait_for_url("**sold_on=2026-02-11**")
    page.locator("[data-questions]").click()
    expect(known(page, "sold_on")).to_have_value("2026-02-11")
