"""What everybody meets first: the sign-in page, in both languages and themes, at every width."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse_lazy
from playwright.sync_api import Page

OpenPage = Callable[..., Page]
SIGN_IN = reverse_lazy("account_login")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_the_sign_in_page_is_accessible_and_fits(
    open_page: OpenPage, check_accessible: Callable[[Page], None], width: int, language: str, dark: bool
) -> None:
    page = open_page(width=width, language=language, dark=dark)
    page.goto(str(SIGN_IN))
    page.wait_for_selector("html[data-ready]")
    assert page.get_attribute("html", "data-theme") == ("desk-dark" if dark else "desk")
    assert page.inner_text("h1") == ("Sign in" if language == "en" else "登录")
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    check_accessible(page)


def test_the_theme_stays_as_chosen_and_the_language_can_be_changed(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(str(SIGN_IN))
    page.evaluate("localStorage.setItem('tuoshan.theme', 'dark')")  # as the switch on desk and portal does
    page.reload()
    assert page.get_attribute("html", "data-theme") == "desk-dark"
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_a_wrong_password_is_said_beside_the_form_and_the_name_is_kept(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(str(SIGN_IN))
    page.fill("[name=login]", "zhoumin")
    page.fill("[name=password]", "not-the-password")
    page.get_by_role("button", name="登录").click()
    page.wait_for_selector(".n-late")
    assert page.input_value("[name=login]") == "zhoumin"


def test_every_page_is_sent_with_a_policy_that_stops_inline_scripts(client: Any) -> None:
    policy = client.get(SIGN_IN)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
