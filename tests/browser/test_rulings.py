"""From a question at the counter to a ruling in a case, the offer filled in from it, and deciding otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from tests.browser.staffed import Staffed, opened, ready
from tests.workbench.rulinghouse import changed_text, kept

from tuoshan import clock
from tuoshan.cases.models import Case
from tuoshan.rulings import effects, keeping, library, publishing
from tuoshan.workbench import copyparts

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {
    "house": "mall", "goods": "shoes", "sale": "store", "problem": "quality", "shoe_kind": "leather",
    "defect": "glue", "opening_cm": "6", "agreed_months": "0", "is_replacement": "no",
    "used": "yes", "has_receipt": "yes", "paid": "399",
}  # fmt: skip
"""What the customer says; what is asked beside it is answered as the clerk finds it."""
FOUND = {
    "fault_confirmed": "yes", "user_caused": "no", "clearance": "no", "matches_invoice": "yes",
    "purpose_defeated": "no", "deceived": "no", "repairs_same_fault": "0", "repair_days": "0",
}  # fmt: skip
NEVER = ("mileage_km", "phone_fault", "car_fault", "room", "spoiled")


@pytest.fixture(autouse=True)
def _books_as_shipped() -> Any:
    library.look_again()
    yield
    library.look_again()


def answer(page: Page, answers: dict[str, str]) -> list[str]:
    """Answer the first question that is asked until none is left; gives what was asked, in order."""
    asked: list[str] = []
    for _turn in range(40):
        names = page.locator("#bench [name^='f1-']").evaluate_all(
            "all => [...new Set(all.map(one => one.name))].map(name => name.slice(3))"
        )
        values = page.evaluate("Object.fromEntries(new FormData(document.getElementById('bench-form')))")
        waiting = [name for name in names if name in answers and not values.get(f"f1-{name}")]
        if not waiting:
            return asked
        name = waiting[0]
        asked.append(name)
        field = page.locator(f"#bench [name='f1-{name}']").first
        if not field.is_visible():
            page.locator("#bench details summary", has_text="其他问题").first.click()
        with page.expect_response(lambda response: "/rulings/" in response.url):
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(answers[name])
            elif field.get_attribute("type") == "radio":
                page.locator(f"#bench [name='f1-{name}'][value='{answers[name]}']").check()
            else:
                field.fill(answers[name])
                field.press("Tab")
        page.wait_for_timeout(250)
    raise AssertionError(f"still asking: {asked}")


def test_from_a_question_to_an_override(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None]
) -> None:
    sold = (clock.now() - timedelta(days=52)).date().isoformat()
    today = clock.now().date().isoformat()
    answers = {**SAID, **FOUND, "sold_on": sold, "delivered_on": sold, "reported_on": today}
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/rulings/")
    ready(page)
    asked = answer(page, answers)
    expect(page.locator("#ruling-h + .chip")).to_contain_text("明确")
    expect(page.locator("#bench [role=status]")).to_contain_text("退货退款 ¥399.00")
    assert not set(NEVER) & set(asked) and len(asked) <= len(answers)
    check_accessible(page)

    page.locator("button[form=keep-form]").click()
    ready(page)
    assert "ruling=" in page.url
    page.locator("[name=customer-phone]").fill("13800138000")
    page.locator("[name=what_happened]").fill("皮鞋穿了五十二天，鞋底开胶六厘米")
    page.keyboard.press("Control+Enter")
    page.locator(".big-number").wait_for()
    case = Case.objects.order_by("-id").first()
    assert case is not None
    [row] = keeping.of_case(case.pk)
    assert keeping.unchanged(row) and "¥399.00" in row.verdict_zh

    from tuoshan.catalog.models import Category

    company.act(case, "accept_simple", category=str(Category.objects.earliest("pk").pk), impact="low", urgency="low",
                next_step="明天回电", handler=str(company.house.agent.pk))  # fmt: skip
    page.goto(f"/case/{case.number}")
    ready(page)
    expect(page.locator("#rulings-h")).to_be_visible()
    form = opened(page, "do-act-propose")
    expect(form.locator("[name=amount]")).to_have_value("399.00")
    expect(form.locator("[name=remedy_steps]")).to_have_value("退货退款 ¥399.00")

    page.goto(f"/case/{case.number}/ruling/{row.pk}")
    ready(page)
    page.locator("[name=remedy]").select_option("compensation")
    page.locator("[name=amount]").fill("50")
    page.locator("[name=reason]").fill("老客户，另补误工")
    page.locator("form.action-form button").click()
    expect(page.locator("[name=remedy]")).to_be_focused()
    expect(page.locator("form.action-form")).to_contain_text("请由主管决定")
    expect(page.locator("form.action-form .err").first).to_be_in_viewport()
    check_accessible(page)
    page.locator("[name=remedy]").select_option("return")
    page.locator("[name=amount]").fill("450")
    page.locator("form.action-form button").click()
    expect(page.locator("main")).to_contain_text("退货退款 ¥450.00")
    check_accessible(page)
    assert not keeping.of_case(case.pk)[0].overrides.get().below_law


def test_below_the_law_a_supervisor_reads_in_sight_that_nothing_is_saved(open_page: Any, company: Staffed) -> None:
    case = company.complaint()
    row = kept(company, case)
    page = open_page()
    company.sign_in(page, "lead")
    page.goto(f"/case/{case.number}/ruling/{row.pk}")
    ready(page)
    page.locator("[name=remedy]").select_option("compensation")
    page.locator("[name=amount]").fill("50")
    page.locator("[name=reason]").fill("客户同意")
    page.locator("form.action-form button").click()
    asked = page.locator("form.action-form [role=alert]").first
    expect(asked).to_contain_text("还没有保存，请再确认")
    expect(asked).to_be_in_viewport()
    expect(asked).to_be_focused()
    page.locator("[name=below_law]").check()
    page.locator("form.action-form button").click()
    expect(page.locator("main")).to_contain_text("改为补偿 ¥50.00")
    assert row.overrides.get().below_law


def test_a_price_for_several_pieces_outlives_further_answers(open_page: Any, company: Staffed) -> None:
    """100.00 for three stays in its field when another answer is given: a hundred together, as before."""
    sold = (clock.now() - timedelta(days=5)).date().isoformat()
    known = {**SAID, **FOUND, "sold_on": sold, "delivered_on": sold, "reported_on": sold, "paid": "100.00/3",
             "quantity": "3"}  # fmt: skip
    page = open_page()
    company.sign_in(page, "agent")
    page.goto("/rulings/?" + urlencode({f"f1-{name}": value for name, value in known.items()}))
    ready(page)
    expect(page.locator("[name=f1-paid]")).to_have_value("100.00/3")
    page.locator("[name=f1-opening_cm]").fill("7")
    page.locator("[name=f1-opening_cm]").press("Tab")
    page.wait_for_url("**opening_cm=7**")
    expect(page.locator("[name=f1-paid]")).to_have_value("100.00/3")
    expect(page.locator("#sums-h")).to_be_visible()
    expect(page.locator("#bench tfoot")).to_contain_text("¥100.00")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_refused_answer_takes_the_ruling_away_at_once(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int
) -> None:
    """While 600 is typed the ruling on 6 is greyed and cannot be used; once sent there is none, only the reason."""
    sold = (clock.now() - timedelta(days=52)).date().isoformat()
    known = {**SAID, **FOUND, "sold_on": sold, "delivered_on": sold, "reported_on": clock.now().date().isoformat()}
    page = open_page(width=width)
    company.sign_in(page, "agent")
    page.goto("/rulings/?" + urlencode({f"f1-{name}": value for name, value in known.items()}))
    ready(page)
    ruled, length = page.locator("section[data-ruled]"), page.locator("[name=f1-opening_cm]")
    expect(ruled).to_contain_text("退货退款 ¥399.00")
    length.fill("600")
    expect(ruled).to_have_attribute("data-behind", "")
    assert ruled.evaluate("one => one.inert")
    length.fill("6")
    assert not ruled.evaluate("one => one.inert"), "what was ruled on stands there again"
    length.fill("600")
    length.press("Tab")
    expect(page.locator("#bench .err")).to_contain_text("“开胶长度”不能大于 100")
    expect(length).to_be_focused()
    expect(ruled).not_to_contain_text("¥399.00")
    expect(page.locator("button[form=keep-form], [data-copy], [data-print]")).to_have_count(0)
    check_accessible(page)
    length.fill("6")
    length.press("Tab")
    expect(ruled).to_contain_text("退货退款 ¥399.00")
    page.emulate_media(media="print")
    expect(page.locator(".only-print")).to_contain_text("可以退货退款 ¥399.00")
    for what in ("#bench-quantity", "button[form=keep-form]", ".page-head", "section[data-ruled]"):
        expect(page.locator(what)).to_be_hidden()


TABLE = "/rule-books/mall_shoes/change/tables/replace"
ROW = "/rule-books/mall_shoes/change/tables/repair/rows/1"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
def test_the_screens_of_rule_books_are_accessible(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int, language: str, dark: bool
) -> None:
    page = open_page(width=width, language=language, dark=dark)
    company.sign_in(page, "manager")
    wrong = []
    kept(company, company.complaint())
    pack, text = changed_text()
    manager = company.people["manager"].pk
    draft = publishing.save_draft("mall_shoes", text, library.text_of(pack)[1], person_id=manager, now=clock.now())
    effects.begin(draft, manager)
    example = library.newest("shoe_chain").examples[0].name
    for address in ("/rule-books/", "/rule-books/mall_shoes", "/rule-books/mall_shoes/change", TABLE, ROW,
                    "/rule-books/furniture_shop/change/tables/period/rows/0",
                    "/rule-books/furniture_shop/change/periods", "/rule-books/shoe_chain/change",
                    "/rule-books/mall_shoes/effect/open", "/rule-books/mall_shoes/effect/quarter",
                    "/rule-books/mall_shoes/drop", copyparts.example_address("shoe_chain", example),
                    "/rule-books/mall_shoes/change/clauses/M08", "/reports/overrides", "/rulings/"):  # fmt: skip
        page.goto(address)
        ready(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append(f"{address}: wider than the window")
        try:
            check_accessible(page)
        except AssertionError as error:
            wrong.append(f"{address}: {error}")
    assert not wrong, "\n".join(wrong)


def test_a_table_is_changed_by_keyboard_alone(open_page: Any, company: Staffed) -> None:
    page = open_page()
    company.sign_in(page, "manager")
    page.goto(TABLE)
    ready(page)
    cell = page.locator("#r3-opening_cm")
    cell.fill("> seven")
    cell.press("Enter")
    expect(page.locator("#r3-opening_cm_error")).to_contain_text("不是数字")
    page.locator("#r3-opening_cm").fill("> 7")
    page.locator("button[value='up-3']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#r2-opening_cm")).to_have_value("> 7")
    expect(page.locator("button[value='up-2']")).to_be_focused()


@pytest.mark.parametrize("width", [1440, 390])
def test_what_was_taken_out_comes_back_by_keyboard(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int
) -> None:
    """A row is deleted by mistake, then a clause: the one comes back on its table, the other beside the finding."""
    page = open_page(width=width)
    company.sign_in(page, "manager")
    page.goto(TABLE.replace("/replace", "/repair"))
    ready(page)
    page.get_by_role("button", name="删除 glue_small").press("Enter")
    expect(page.locator("#r1-id")).to_have_count(0)
    ready(page)
    check_accessible(page)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.get_by_role("button", name="放回原处：《修理》第 2 行（glue_small）").press("Enter")
    expect(page.locator("#r1-id")).to_have_value("glue_small")
    expect(page.locator("#r1-id")).to_be_focused()
    kind = page.get_by_role("combobox", name="毛病 glue_small")
    expect(kind.locator("option:checked")).to_have_text("开胶")

    page.goto("/rule-books/mall_shoes/change/clauses/M02")
    ready(page)
    page.get_by_role("button", name="从副本中删除").press("Enter")
    page.wait_for_url("**/rule-books/mall_shoes/change#clauses")
    ready(page)
    expect(page.locator("#gone")).to_contain_text("条款 M02")
    check_accessible(page)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.get_by_role("button", name="放回 M02").first.press("Enter")
    expect(page.locator("#gone")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("还没有改动")


@pytest.mark.parametrize("width", [1440, 390])
def test_what_a_row_gives_is_changed_without_the_grammar(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int
) -> None:
    """A manager who has never seen the grammar lets a small opening be exchanged for a fee, within ten days."""
    page = open_page(width=width)
    company.sign_in(page, "manager")
    page.goto(TABLE.replace("/replace", "/repair"))
    ready(page)
    expect(page.locator("#row-1")).to_contain_text("可以 维修")
    expect(page.locator("#r1-then")).not_to_be_visible()
    page.get_by_role("button", name="改条件和结论：glue_small").press("Enter")
    page.wait_for_url(f"**{ROW}")
    ready(page)
    check_accessible(page)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")

    most = page.get_by_role("textbox", name="开胶长度", exact=True)
    expect(most).to_have_value("5")
    most.fill("7")
    gives = page.locator("#part-0")
    expect(gives).to_contain_text("现在：可以 维修")
    gives.get_by_role("checkbox", name="维修").uncheck()
    gives.get_by_role("checkbox", name="换货").check()
    gives.get_by_label("收费", exact=True).select_option(label="实付价款")
    gives.get_by_label("收费：数额，或占上项的百分之几").fill("30")
    page.locator("#part-1").get_by_label("多久内").fill("10")

    page.get_by_label("加哪一种结论").select_option(label="谁承担运费")
    page.get_by_role("button", name="加结论").press("Enter")
    freight = page.locator("#part-2")
    expect(freight.locator("h2")).to_be_focused()
    expect(gives.get_by_role("checkbox", name="换货")).to_be_checked()
    freight.get_by_label("退回由谁承担").select_option(label="商家")
    freight.get_by_label("按哪个事实加条件").select_option(label="实付价款")
    freight.get_by_role("button", name="加条件").press("Enter")
    test = freight.locator("fieldset").filter(has_text="实付价款").last
    test.get_by_label("比较").select_option(label="至少")
    test.get_by_label("比较").press("Tab")
    page.keyboard.type("a hundred")
    page.keyboard.press("Enter")
    expect(test.locator(".err")).to_contain_text("请写一个数")
    expect(freight.get_by_label("退回由谁承担")).to_have_value("seller")
    test.get_by_label("值").fill("100")
    test.get_by_label("值").press("Enter")
    expect(page.locator("#part-2")).to_contain_text("现在：运费 退回 商家（限于：实付价款 至少 100 元）")
    expect(page.locator("#part-0")).to_contain_text("现在：可以 换货 费用：实付价款 × 30%")
    check_accessible(page)

    draft = publishing.open_draft("mall_shoes")
    assert draft is not None
    [line] = [one for one in draft.text.splitlines() if "{id: glue_small," in one]
    assert 'opening_cm: "<= 7"' in line
    assert "{right: exchange, fee: paid * 30 / 100, until: guarantee_ends, rank: 2}" in line
    assert "within: 10 days, from: reported_on" in line and "{freight: {back: seller}, if: paid >= 100}" in line

    page.get_by_role("button", name="删除结论：运费 退回 商家（限于：实付价款 至少 100 元）").press("Enter")
    expect(page.locator("#part-2")).to_have_count(0)
    page.get_by_role("button", name="保存并检查").last.press("Enter")
    expect(page.locator("main")).to_contain_text("已保存")
    page.goto("/rule-books/mall_shoes#changes")
    ready(page)
    expect(page.locator("#changes")).to_contain_text("可以 换货")
