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
              "/playbooks/complaint", "/mailbox"],
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
