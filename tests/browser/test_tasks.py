"""Five everyday tasks, their presses counted: none may come to need more than it does today (docs/usability.md).

`USABILITY_INTO=folder` keeps a picture of each task's last screen there and prints the table's rows.
"""

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.staffed import Staffed, ready, work

pytestmark = pytest.mark.django_db(transaction=True)
CLICK, KEY, SIGN, LOOK = 1.1, 0.28, 0.28, 1.35
"""Seconds of a practised hand by the keystroke-level model (Card, Moran and Newell 1980): point and press, press one
key, type one sign, and make up one's mind, here once before each form and each decision."""


class Hand:
    """A person's hand: presses, and counts what it presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.keys, self.signs, self.looks = page, 0, 0, 0, 0
        self.began = time.monotonic()

    def click(self, where: Locator) -> None:
        where.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, text: str, where: Locator | None = None) -> None:
        if where is not None:
            self.click(where)
        self.page.keyboard.insert_text(text)
        self.signs += len(text)

    def choose(self, where: Locator, **what: Any) -> None:
        where.select_option(**what)
        self.clicks += 2

    def look(self) -> None:
        self.looks += 1

    def done(self, name: str, most: int) -> None:
        """Write down what it took; no more than `most` clicks and keys."""
        machine = time.monotonic() - self.began
        person = self.clicks * CLICK + self.keys * KEY + self.signs * SIGN + self.looks * LOOK
        if into := os.environ.get("USABILITY_INTO"):
            Path(into).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{into}/{name}.png")
            with Path(into, "rows.md").open("a", encoding="utf-8") as rows:
                rows.write(f"| {name} | {self.clicks} | {self.keys} | {self.signs} | {person:.0f} | {machine:.1f} |\n")
        assert self.clicks + self.keys <= most, (self.clicks, self.keys)


def _at(page: Page, company: Staffed, who: str, address: str) -> Hand:
    company.sign_in(page, who)
    page.goto(address)
    ready(page)
    return Hand(page)


def test_register_while_on_the_phone(open_page: Any, company: Staffed) -> None:
    page = open_page()
    hand = _at(page, company, "agent", "/queue/mine")
    hand.click(page.locator(".rail a", has_text="登记新工单"))
    page.wait_for_url(re.compile("/register/complaint"))
    ready(page)
    hand.look()
    page.wait_for_selector("[name=customer-phone]:focus")
    hand.write("13800138000")
    expect(page.locator("#beside")).to_contain_text("老客户")
    hand.look()
    hand.write("冰箱送来就不制冷，压缩机一直响", page.locator("[name=what_happened]"))
    hand.press("Control+Enter")
    page.locator(".big-number").wait_for()
    hand.done("register", 3)


def test_clear_the_morning_queue(open_page: Any, company: Staffed) -> None:
    for text in ("杯子碎了", "锅盖松动", "壶嘴漏水"):
        company.complaint(text)
    page = open_page()
    hand = _at(page, company, "agent", "/queue/unassigned")
    for _ in range(3):
        before = page.url
        hand.press("j", "Enter")
        page.wait_for_url(lambda url, before=before: "/case/" in url and url != before)
        ready(page)
        hand.look()
        title = page.locator("button[data-opens='do-act-accept_simple']")
        hand.press(str(title.get_attribute("data-key")))
        page.wait_for_selector("[name=category]:focus")
        hand.press("ArrowDown", "Tab", "ArrowDown", "Tab", "ArrowDown", "Tab")
        hand.write("明天上午回电")
        hand.press("Control+Enter")
        page.locator("#case .chip.c-plain", has_text="待拟方案").first.wait_for()
        work()
    hand.done("morning-queue", 30)


def test_decide_an_appeal(open_page: Any, company: Staffed) -> None:
    from tests.portal.house import proof

    case = company.complaint("外套洗一次就褪色")
    from tuoshan.catalog.models import Category

    category = str(Category.objects.earliest("pk").pk)
    case = company.act(
        case, "unfounded", "agent", category=category, why="洗涤说明写明须手洗", evidence=[proof(case, visible=True)]
    )
    company.act(case, "appeal", "customer", appeal_reason="说明里没有写手洗")
    page = open_page()
    hand = _at(page, company, "lead", "/queue/appeals")
    hand.press("j", "Enter")
    page.wait_for_url(re.compile(case.number))
    ready(page)
    hand.look()
    hand.press(str(page.locator("button[data-opens='do-act-overturn']").get_attribute("data-key")))
    page.wait_for_selector("[name=review_why]:focus")
    hand.look()
    hand.write("洗标上没有手洗要求，请重拟方案")
    hand.press("Control+Enter")
    page.locator("#case .chip.c-plain", has_text="待拟方案").first.wait_for()
    hand.done("appeal", 4)


def test_accept_by_thumb(open_page: Any, company: Staffed) -> None:
    from tuoshan.knowledge.links import case_link

    case = company.offered()
    link = case_link(case.pk)
    page = open_page(width=390, height=844)
    page.goto(link[link.index("/portal/") :])
    ready(page)
    hand = Hand(page)
    hand.look()
    agree = page.locator("summary", has_text="同意方案")
    box = agree.bounding_box()
    assert box and box["height"] >= 44
    assert box["y"] + box["height"] <= 844, "the button stands below the first screen"
    hand.click(agree)
    hand.click(page.get_by_role("button", name="确定"))
    expect(page.get_by_role("heading", name="正在按约定处理")).to_be_visible()
    hand.done("accept-by-thumb", 2)


def test_see_tomorrow_s_breaches(open_page: Any, company: Staffed) -> None:
    case = company.complaint("壶嘴漏水")
    page = open_page()
    hand = _at(page, company, "lead", "/queue/mine")
    hand.click(page.locator(".rail a", has_text="主管看板"))
    page.wait_for_url(re.compile("/board"))
    ready(page)
    hand.look()
    tomorrow = page.locator("section[aria-labelledby=tomorrow-h]")
    expect(tomorrow).to_contain_text(case.title)  # its first answer is due in 24 hours
    box = tomorrow.bounding_box()
    assert box and box["y"] < 900, "tomorrow stands below the first screen"
    hand.done("tomorrow", 1)
