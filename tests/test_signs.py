"""NUL and other control signs: an address with one is refused in words, a form loses the sign alone."""

from typing import Any

import pytest
from django.test import Client
from tests.insight.conftest import complaints, house, lodge
from tests.insight.house import House
from tests.workbench.test_searching import client

from tuoshan.cases.models import Case, SavedFilter

__all__ = ["complaints", "house", "lodge"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/case/%00", "/registered/%00", "/search?playbook=%00", "/search?q=%01", "/reports/overview?playbook=%00",
        "/case/{number}/mentions?q=%00", "/case/{number}/replies?q=%00", "/rulings/?case=%00",
        "/playbooks/complaint?case=%00", "/search?%00=1", "/portal/track?number=%00", "/portal/case/%00",
    ],
)  # fmt: skip
def test_an_address_with_a_control_sign_is_refused_in_words(house: House, lodge: Any, address: str) -> None:
    case = lodge("壶漏水", title="壶")
    lin = client(house, "lin")
    answer = lin.get(address.format(number=case.number))
    assert answer.status_code == 400 and "什么都没有执行" in answer.content.decode()
    lin.cookies["tuoshan_language"] = "en"
    said = lin.get(address.format(number=case.number), headers={"HX-Request": "true"})
    assert said.status_code == 400 and said["Content-Type"].startswith("text/plain")
    assert "nothing was done" in said.content.decode()


def test_a_program_is_told_by_a_problem_in_its_language() -> None:
    for address, headers in (("/api/v1/cases/%00", {}), ("/api/v1/cases", {"Idempotency-Key": "a\x00b"})):
        answer = Client().get(address, headers={"Accept-Language": "en", **headers})
        assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "control_signs" and "control characters" in answer.json()["title"]


def test_a_form_keeps_its_text_without_the_sign(house: House, lodge: Any) -> None:
    case = lodge("壶漏水", title="壶")
    lin = client(house, "lin")
    note = {"note": "第一行\n第\x00二行\x01", "text": "第一行\n第\x00二行\x01", "key": "k\x00ey", "seq": str(case.seq)}
    assert lin.post(f"/case/{case.number}/note", note).status_code in (200, 302)
    assert "第一行\n第二行" in lin.get(f"/case/{case.number}").content.decode()
    lin.post("/search/filters", {"title": "未\x00结", "state": "open"})
    assert SavedFilter.objects.get().title == "未结"
    assert lin.post("/bulk/run", {"case": "\x00", "do": "\x00"}).status_code < 500
    tracked = lin.post("/portal/track", {"number": f"{case.number}\x00", "phone": "1\x00"})
    assert tracked.status_code == 422 and Case.objects.count() == 1


def test_a_broken_cookie_is_as_good_as_none(house: House) -> None:
    broken = Client()
    broken.cookies["tuoshan_session"] = "abc\x00def"
    assert broken.get("/search").status_code == 302
