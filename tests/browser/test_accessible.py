"""The main screens in light and dark: nothing that axe-core calls serious, nothing wider than the window."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.staffed import Staffed, opened, ready

pytestmark = pytest.mark.django_db(transaction=True)
SCREENS = {
    "agent": ["/queue/unassigned", "CASE", "/register/complaint", "/search?q=杯子", "/tasks", "/follow-ups",
              "/notifications"],
    "admin": ["/board", "/board/tomorrow", "/reports/", "/reports/causes", "/import/", "/settings/",
              "/playbooks/complaint", "/settings/playbooks/complaint/migrations", "/mailbox"],
}  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
@pytest.mark.parametrize("who", SCREENS)
def test_the_desk(
    open_page: Any, company: Staffed, check_accessible: Callable[[Page], None], who: str, width: int, language: str,
    dark: bool,
) -> None:  # fmt: skip
    company.offered("水壶壶嘴漏水")
    case = company.complaint("杯子碎了")
    company.accepted("插座冒烟", impact="high", urgency="high")
    page = open_page(width=width, language=language, dark=dark)
    company.sign_in(page, who)
    wrong = []
    for address in SCREENS[who]:
        page.goto(f"/case/{case.number}" if address == "CASE" else address)
        ready(page)
        if address == "CASE":
            opened(page, "do-act-accept")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append(f"{address}: wider than the window")
        try:
            check_accessible(page)
        except AssertionError as error:
            wrong.append(f"{address}: {error}")
    assert not wrong, "\n".join(wrong)


def _looked_at_by_someone(company: Staffed) -> dict[str, str]:
    """Every address without particulars that shows a page, and who may see it."""
    from django.test import Client
    from django.urls import NoReverseMatch, reverse
    from tests.api.test_screens_and_operations import screens

    above = {address for addresses in SCREENS.values() for address in addresses}
    found: dict[str, str] = {}
    for who in ("admin", "manager", "lead", "agent"):
        client = Client()
        client.force_login(type(company.people[who]).objects.get(pk=company.people[who].pk))
        for name in sorted(screens()):
            try:
                address = reverse(name)
            except NoReverseMatch:
                continue
            if address in above | found.keys() or address.startswith(("/portal/", "/api/")):
                continue
            answer = client.get(address)
            whole = answer.get("Content-Type", "").startswith("text/html") and b"</html>" in answer.content
            if answer.status_code == 200 and whole:
                found[address] = who
    return found


def test_every_other_screen(open_page: Any, company: Staffed, check_accessible: Callable[[Page], None]) -> None:
    company.complaint("杯子碎了")
    looked_at = _looked_at_by_someone(company) | {"/rule-books/mall_shoes": "manager"}
    assert {"/rulings/", "/lessons", "/settings/people/", "/rule-books/"} <= looked_at.keys(), sorted(looked_at)
    pages: dict[str, Page] = {}
    wrong = []
    for number, (address, who) in enumerate(looked_at.items()):
        if who not in pages:
            pages[who] = open_page()
            company.sign_in(pages[who], who)
        page = pages[who]
        # Every second one at phone width: the frame is the same, what stands in it is not.
        page.set_viewport_size({"width": 390, "height": 844} if number % 2 else {"width": 1440, "height": 900})
        page.goto(address, wait_until="load")  # a few of them have no script that could say it is ready
        try:
            check_accessible(page)
        except AssertionError as error:
            wrong.append(f"{address}: {error}")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{address}: wider than {width}")
    assert not wrong, "\n".join(wrong)
