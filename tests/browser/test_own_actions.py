"""What a person sees of their own action without opening another page, and what stays in its place meanwhile."""

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.staffed import Staffed, opened, ready

pytestmark = pytest.mark.django_db(transaction=True)


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
