"""What a person sees of their own action without opening another page, and what stays in its place meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.staffed import Staffed, opened, ready

pytestmark = pytest.mark.django_db(transaction=True)


def reply_box(page: Page, company: Staffed, number: str) -> Locator:
    """Where an agent writes to the customer of the case."""
    company.sign_in(page, "agent")
    page.goto(f"/case/{number}")
    ready(page)
    opened(page, "do-message")
    return page.locator("#write-message")


def test_ones_own_action_is_seen_in_list_and_rail_and_its_notice_leaves(open_page: Any, company: Staffed) -> None:
    case = company.complaint("电饭煲煮不熟")
    page = open_page()
    company.sign_in(page, "senior")
    page.goto("/queue/unassigned")
    page.locator(".list .row", has_text="电饭煲煮不熟").click()
    ready(page)
    held = page.locator(".rail a[href='/queue/mine'] .num")
    expect(held).to_have_count(0)
    page.locator("#case button", has_text="领取").click()
    expect(page.locator("#banners .n-ok")).to_be_visible()
    expect(held).to_have_text("1")
    expect(page.locator(".list .row", has_text=case.number)).to_have_count(0)
    expect(page.locator("#banners .n-ok")).to_have_count(0)


def test_a_tall_form_scrolls_within_the_case_and_never_the_window(open_page: Any, company: Staffed) -> None:
    case = company.complaint("电饭煲煮不熟")
    page = open_page(height=600)
    company.sign_in(page, "senior")
    page.goto(f"/case/{case.number}")
    ready(page)
    opened(page, "do-act-accept")
    assert page.evaluate("document.documentElement.scrollHeight") == 600
    page.mouse.move(900, 300)
    page.mouse.wheel(0, 400)
    expect(page.locator("#do-act-accept button[type=submit], #do-act-accept .btn-primary").first).to_be_in_viewport()
    assert page.evaluate("[scrollY, document.querySelector('.shell').scrollTop]") == [0, 0]


def test_after_a_bulk_step_rows_are_unticked_and_list_and_rail_are_right(open_page: Any, company: Staffed) -> None:
    first, second = company.complaint("电饭煲煮不熟"), company.complaint("水壶漏水")
    page = open_page()
    company.sign_in(page, "senior")
    page.goto("/queue/unassigned")
    ready(page)
    page.locator(f"[data-pick][value='{first.number}']").check()
    page.locator("[data-picked-bar] button").click()
    page.locator("#bulk [hx-get*='do=claim']").click()
    page.locator("#bulk select[name=handler]").select_option(str(company.people["senior"].pk))
    page.locator("#bulk form button[type=submit]").click()
    expect(page.locator("#bulk .n-ok")).to_contain_text(first.number)
    expect(page.locator(".list .row", has_text=first.number)).to_have_count(0)
    expect(page.locator(".list .row", has_text=second.number)).to_have_count(1)
    expect(page.locator(".rail a[href='/queue/mine'] .num")).to_have_text("1")
    expect(page.locator("[data-picked-bar]")).to_be_hidden()
    expect(page.locator("#bulk .n-ok")).to_be_visible()
    page.locator("#bulk [data-closes]").click()
    expect(page.locator("#bulk")).to_be_hidden()


def test_list_and_rail_follow_what_others_do_and_leave_alone_who_picks(open_page: Any, company: Staffed) -> None:
    known = company.complaint("电饭煲煮不熟")
    page = open_page()
    page.clock.install()
    company.sign_in(page, "senior")
    page.goto("/queue/unassigned")
    ready(page)
    box = page.locator(f"[data-pick][value='{known.number}']")
    box.check()
    new = company.complaint("水壶漏水")
    count = page.locator(".rail a[href='/queue/unassigned'] .num")
    page.clock.run_for(61_000)
    expect(count).to_have_text("2")
    expect(page.locator(".list .row", has_text=new.number)).to_have_count(0)
    expect(box).to_be_checked()
    box.uncheck()
    page.locator(".list .row", has_text=known.number).focus()
    page.clock.run_for(61_000)
    expect(page.locator(".list .row", has_text=new.number)).to_have_count(1)
    expect(page.locator(".list .row", has_text=known.number)).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_every_quick_reply_can_be_seen_and_taken(open_page: Any, company: Staffed, width: int, height: int) -> None:
    from tuoshan import clock
    from tuoshan.knowledge.models import QuickReply

    QuickReply.objects.all().delete()
    for number in range(8):
        QuickReply.objects.create(
            title=f"答复{number}", text=f"第{number}种说法，请您放心", language="zh-hans", position=number,
            updated_at=clock.now(),
        )  # fmt: skip
    case = company.accepted()
    page = open_page(width=width, height=height)
    company.sign_in(page, "agent")
    page.goto(f"/case/{case.number}")
    ready(page)
    opened(page, "do-message")
    page.locator("#do-message [data-offer-all]").click()
    offers = page.locator("#do-message .offer")
    expect(offers).to_have_count(8)
    assert page.evaluate("""() => {
      const list = document.querySelector('#do-message .offers').getBoundingClientRect();
      const edge = document.querySelector('#do-message').closest('header').getBoundingClientRect();
      return list.top >= edge.top && list.bottom <= edge.bottom + 1 && list.height > 150;
    }""")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    expect(offers.last).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("Enter")
    expect(page.locator("#do-message textarea")).to_have_value("第7种说法，请您放心")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_what_is_being_written_is_kept_as_ones_own_and_sends_nothing(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int, height: int
) -> None:
    from tuoshan.cases.models import Message
    from tuoshan.knowledge.models import QuickReply

    QuickReply.objects.all().delete()
    case = company.accepted()
    written = Message.objects.filter(case_id=case.pk).count()
    page = open_page(width=width, height=height)
    company.sign_in(page, "agent")
    page.goto(f"/case/{case.number}")
    ready(page)
    opened(page, "do-message")
    page.locator("#write-message").fill("给您添麻烦了，今天答复您。")
    page.locator("#do-message [data-opens=own-reply]").click()
    expect(page.locator("#own_title")).to_be_focused()
    expect(page.locator("#own_text")).to_have_value("给您添麻烦了，今天答复您。")
    expect(page.locator("#own-reply .form-acts button").first).to_be_in_viewport(ratio=0.9)
    check_accessible(page)
    page.locator("#own_title").fill("致歉")
    page.locator("#own_shortcut").fill("zq")
    page.keyboard.press("Enter")
    expect(page.locator("#own-reply [role=status]")).to_contain_text("/zq")
    assert QuickReply.objects.get().text == "给您添麻烦了，今天答复您。"
    assert Message.objects.filter(case_id=case.pk).count() == written, "Enter in the small form sends no message"
    expect(page.locator("#write-message")).to_have_value("给您添麻烦了，今天答复您。")
    page.locator("#write-message").fill("")
    page.locator("#write-message").press_sequentially("/zq")
    expect(page.locator("#do-message .offer")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#write-message")).to_have_value("给您添麻烦了，今天答复您。")
    opener = page.locator("#do-message [data-opens=own-reply]")
    opener.click()  # closes what was said
    expect(page.locator("#own-reply")).to_be_hidden()
    opener.click()
    expect(page.locator("#own_title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#own-reply")).to_be_hidden()
    expect(page.locator("#write-message")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_a_reply_that_was_inserted_is_kept_as_a_draft_and_shows_no_link(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int, height: int
) -> None:
    from tuoshan.knowledge.models import QuickReply

    QuickReply.objects.all().delete()
    QuickReply.objects.create(title="进度", text="请看 {link} ，谢谢", shortcut="jd", language="zh-hans")
    case = company.accepted()
    page = open_page(width=width, height=height)
    box = reply_box(page, company, case.number)
    box.press_sequentially("/jd")
    expect(page.locator("#do-message .offer")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(box).to_have_value("请看 {link} ，谢谢")
    page.wait_for_timeout(600)  # a draft is kept 300 ms after the last change
    page.reload()
    ready(page)
    opened(page, "do-message")
    expect(box).to_have_value("请看 {link} ，谢谢")
    page.locator("#do-message [hx-post$='/message/preview']").click()
    shown = page.locator("#message-preview article")
    expect(shown).to_have_text("请看（客户专用链接），谢谢")
    assert "/portal/l/" not in page.content()
    check_accessible(page)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_a_refusal_opens_the_list_of_variables_and_one_is_put_in_at_the_caret(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], width: int, height: int
) -> None:
    case = company.accepted()
    page = open_page(width=width, height=height)
    box = reply_box(page, company, case.number)
    box.fill("您好，{foo}再见")
    box.evaluate("(field) => { field.style.height = '9rem'; }")  # as one who drags it larger leaves it
    page.locator("#do-message button[type=submit]").click()
    expect(page.locator("#write-message-problem")).to_contain_text("没有变量 {foo}。")
    wanted = page.locator("#do-message [data-variable='{number}']")
    expect(wanted).to_be_visible()
    expect(page.locator("#do-message [data-variable]").first).to_have_attribute("data-variable", "{number}")
    check_accessible(page)
    box.evaluate("(field) => { field.focus(); field.setSelectionRange(3, 8); }")
    wanted.click()
    expect(box).to_have_value("您好，{number}再见")
    expect(box).to_be_focused()
    assert box.evaluate("(field) => field.selectionStart") == len("您好，{number}")
    page.locator("#do-message [hx-post$='/message/preview']").click()
    expect(page.locator("#message-preview article")).to_have_text(f"您好，{case.number}再见")


def test_variables_of_each_process_stand_apart_in_the_settings(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None]
) -> None:
    page = open_page()
    company.sign_in(page, "admin")
    for place in ("/settings/replies/new", "/me/replies/new"):
        page.goto(place)
        ready(page)
        page.locator("[data-variables] > summary").click()
        page.locator("[data-variables] details summary", has_text="客户投诉").click()
        page.locator("#id_text").fill("好")
        page.locator("[data-variable='{category}']").locator("visible=true").click()
        expect(page.locator("#id_text")).to_have_value("好{category}")
        check_accessible(page)
