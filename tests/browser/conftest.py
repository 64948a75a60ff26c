"""A real Chromium against the real application, on loopback.

`open_page(width=…, dark=…, language=…)` gives a page whose console is watched: a script error or anything that the
content security policy stops fails the test. `check_accessible(page)` runs axe-core.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from tests import chromium
from tests.browser import staffed

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
REFUSALS = ("the server responded with a status of 4", "Response Status Error Code 4")
LEFT_BEHIND = ("htmx:sendAbort, ", "htmx:afterRequest, ")
"""What htmx logs of a request under way when the next page is opened."""
# Playwright drives its browser from an event loop, where Django would refuse its ordinary database calls.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder is a browser test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    place = chromium.path()
    if place is None:
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        expect.set_options(timeout=15_000)
        started = playwright.chromium.launch(executable_path=place, args=chromium.ARGUMENTS)
        yield started
        started.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Makes pages in contexts of their own, at the address of the running application."""
    contexts = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal that a test provokes is logged by the browser itself, and is no fault of the page.
        if message.type == "error" and not any(known in message.text for known in (*REFUSALS, *LEFT_BEHIND)):
            complaints.append(message.text)

    def make(*, width: int = 1440, height: int = 900, dark: bool = False, language: str = "zh-hans") -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            timezone_id="Asia/Shanghai",
            has_touch=width < 600,
        )
        context.add_cookies([{"name": "tuoshan_language", "value": language, "url": live_server.url}])
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def check_accessible() -> Callable[[Page], None]:
    """Fails on anything that axe-core calls serious or critical."""

    def check(page: Page) -> None:
        # The page's own policy forbids this script, so it comes in through the debugger.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run()")["violations"]
        wrong = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS]
        assert not wrong, wrong

    return check


@pytest.fixture
def company(transactional_db: None, live_server: Any, settings: Any) -> Iterator[staffed.Staffed]:
    """A small company at work, with a store of its own."""
    from django.apps import apps
    from tests.integrations.house import complaint_playbook

    from tuoshan.cases import calendars, library
    from tuoshan.catalog import seeds as categories
    from tuoshan.quality import seeds as causes

    calendars.forget()
    categories.plant(apps)  # a test before this one may have emptied every table
    categories.plant_meanings(apps)
    causes.plant(apps)
    playbook, fragments = complaint_playbook()
    settings.EMAIL_HOST = ""
    with tempfile.TemporaryDirectory() as folder, library.using(playbook, fragments=fragments):
        settings.DATA_DIR = Path(folder)
        yield staffed.make(live_server.url)
    calendars.forget()
