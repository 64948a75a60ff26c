"""Pictures of the main screens for the documents: `python -m tests.browser.screenshots`.

It photographs a running demo (`make run`, or `tuoshan demo` and `tuoshan serve`) in Chromium, each screen at desk
and phone width in both languages, into docs/screenshots/<screen>-<width>-<language>.png.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from tests import chromium

from tuoshan.demo.logins import PASSWORD

PLACE = Path(__file__).parents[2] / "docs" / "screenshots"
SIZES = {1440: 900, 390: 844}
LANGUAGES = {"zh": ("zh-hans", "zh-CN"), "en": ("en", "en-GB")}
MOST_BYTES = 150 * 1024
TABLE = """客户姓名,手机号,投诉内容,商品,登记日期
周小满,13912340001,收到的电热水壶底部漏水，桌面泡坏了一块,暖壶,2026-08-03
林之遥,13912340002,快递面单把名字和电话全印上了,,2026-08-05
"""
TODAY = date.today()
ASKED = "?" + urlencode({f"f1-{name}": value for name, value in {
    "house": "mall", "goods": "shoes", "sale": "store", "problem": "quality", "shoe_kind": "leather", "defect": "glue",
    "opening_cm": "6", "agreed_months": "0", "is_replacement": "no",
    "used": "yes", "has_receipt": "yes", "has_card": "yes", "paid": "399", "fault_confirmed": "yes",
    "user_caused": "no", "clearance": "no", "matches_invoice": "yes", "purpose_defeated": "no", "deceived": "no",
    "repairs_same_fault": "0", "repair_days": "0", "sold_on": TODAY - timedelta(days=52),
    "delivered_on": TODAY - timedelta(days=52), "reported_on": TODAY,
}.items()})  # fmt: skip
"""Leather shoes of 52 days with their sole come off, as somebody asks at the counter."""


def standing(*titles: str) -> str:
    """The rows of a list whose case stands so, by the state's title in each language."""
    return ", ".join(f"[data-rows] .row:has-text('{title}')" for title in titles)


@dataclass(frozen=True)
class Screen:
    """One picture: who looks at what, and what is handed in or pressed first."""

    name: str
    who: str
    address: str
    opens: str = ""
    follow: str = ""
    table: str = ""


SCREENS = (
    Screen("queue", "agent", "/queue/unassigned"),
    Screen("case", "agent", "/queue/unassigned", follow="[data-rows] .row", opens="[data-key='a']"),
    Screen("register", "agent", "/register/complaint"),
    Screen("board", "lead", "/board"),
    Screen("tomorrow", "lead", "/board/tomorrow"),
    Screen("report", "manager", "/reports/causes"),
    Screen("tasks", "qa", "/tasks"),
    Screen("follow-ups", "agent", "/follow-ups"),
    Screen("lessons", "lead", "/lessons"),
    Screen("diagram", "lead", "/playbooks/complaint"),
    Screen("customers", "agent", "/customers?q=李"),
    Screen("rulings", "agent", "/rulings/" + ASKED),
    Screen("rule-book", "manager", "/rule-books/mall_shoes"),
    Screen("search", "lead", "/search?q=漏水"),
    Screen("import", "lead", "/import/", table=TABLE),
    Screen("settings", "admin", "/settings/"),
    Screen("repair", "tech", "/search?playbook=facility_repair&state=open", follow=standing("返修中", "Being redone")),
    Screen("return", "agent", "/search?playbook=pinduoduo_return&state=open",
           follow=standing("平台介入", "With the platform"), opens="[data-key='a']"),
    Screen("portal", "", "/portal/"),
    Screen("portal-case", "", ""),
    Screen("portal-repair", "", ""),
    Screen("portal-return", "", ""),
)  # fmt: skip


def sign_in(page: Page, who: str, password: str) -> None:
    """Sign in by the form, as anybody would."""
    page.goto("/accounts/sign-in")
    page.fill("[name=login]", who)
    page.fill("[name=password]", password)
    page.locator("form .btn-primary").click()
    page.wait_for_selector("html[data-ready] .rail", state="attached")


@contextmanager
def window(browser: Browser, address: str, width: int, language: str, *, dark: bool = False) -> Iterator[Page]:
    """A browser window of this width that speaks this language."""
    value, locale = LANGUAGES[language]
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": SIZES[width]}, locale=locale, has_touch=width < 600,
        timezone_id="Asia/Shanghai", color_scheme="dark" if dark else "light", reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": "tuoshan_language", "value": value, "url": address}])
    yield context.new_page()
    context.close()


def photograph(page: Page, screen: Screen, link: str) -> bytes:
    """Go there, press what is to be pressed, and look."""
    page.goto(screen.address or link)
    if screen.follow:
        rows = page.locator(screen.follow)
        rows.first.wait_for()
        page.goto(str(rows.first.get_attribute("href")))
    page.wait_for_selector("html[data-ready]")
    if screen.table:
        page.set_input_files("input[type=file]", {
            "name": "complaints.csv", "mimeType": "text/csv", "buffer": screen.table.encode(),
        })  # fmt: skip
        page.locator("main .btn-primary").click()
        page.wait_for_url("**/columns")
        page.wait_for_selector("html[data-ready]")
    if screen.opens and page.locator(screen.opens).count():
        page.locator(screen.opens).first.click()
        page.wait_for_selector(".action-form:not([hidden]) form")
        page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    return page.screenshot(animations="disabled")


def small(picture: bytes) -> bytes:
    """The picture with as few colours as keep it under the limit."""
    with Image.open(BytesIO(picture)) as image:
        plain = image.convert("RGB")
    for colours in (256, 128, 64, 32):
        kept = BytesIO()
        plain.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() <= MOST_BYTES:
            break
    return kept.getvalue()


def photograph_at_all_widths(browser: Browser, screen: Screen, language: str, given: argparse.Namespace) -> None:
    """One screen in one language."""
    for width in SIZES:
        with window(browser, given.address, width, language, dark=given.dark) as page:
            if screen.who:
                sign_in(page, screen.who, given.password)
            picture = small(photograph(page, screen, given.link.get(screen.name, "")))
        path = given.into / f"{screen.name}-{width}-{language}.png"
        path.write_bytes(picture)
        print(f"{path.name} {len(picture) // 1024} KB")


def main() -> int:
    """Photograph all screens, or those that are named."""
    reader = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__)
    reader.add_argument("screens", nargs="*", help="; ".join(screen.name for screen in SCREENS))
    reader.add_argument("--address", default="http://127.0.0.1:8000", help="where the demo runs")
    reader.add_argument("--password", default=PASSWORD, help="of the demo's accounts")
    reader.add_argument("--link", action="append", default=[], metavar="SCREEN=LINK", help="the link that leads there")
    reader.add_argument("--into", type=Path, default=PLACE)
    reader.add_argument("--dark", action="store_true")
    given = reader.parse_args()
    given.link = dict(one.split("=", 1) for one in given.link)
    place = chromium.path()
    if place is None:
        print("no Chromium found", file=sys.stderr)
        return 1
    given.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        for language in LANGUAGES:
            # Date fields are drawn in the language of the browser itself, not of the page.
            browser = playwright.chromium.launch(
                executable_path=place, args=[*chromium.ARGUMENTS, f"--lang={LANGUAGES[language][1]}"],
                env={**os.environ, "LANGUAGE": LANGUAGES[language][1].replace("-", "_")},
            )  # fmt: skip
            for screen in SCREENS:
                reached = screen.address or screen.name in given.link
                if reached and (not given.screens or screen.name in given.screens):
                    photograph_at_all_widths(browser, screen, language, given)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
