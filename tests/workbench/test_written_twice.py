"""What was written under a key that was used already: the same is kept once, other words are given back."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk, triggers

__all__ = ["desk"]

pytestmark = pytest.mark.django_db


def _said(case: Any) -> list[str]:
    from tuoshan.cases.models import Message

    return list(Message.objects.filter(case_id=case.pk).order_by("id").values_list("text", flat=True))


@pytest.mark.parametrize("what", ["note", "call", "message"])
def test_other_words_under_the_same_key_stay_in_the_form(desk: Any, what: str) -> None:
    case = desk.accepted()
    before, address = _said(case), f"/case/{case.number}/{what}"
    for _ in range(2):
        answer = desk.htmx("agent", "post", address, {"text": "客户来电催促", "key": "k", "channel": "mail"})
        assert answer.status_code == 204 and triggers(answer)["banner"]["kind"] == "ok"
    other = desk.htmx("agent", "post", address, {"text": "客户改约周六", "key": "k", "channel": "mail"})
    page = other.content.decode()
    assert other.status_code == 409 and "没有执行" in page and "客户改约周六</textarea>" in page
    assert 'name="key" value="k"' not in page
    assert ('value="mail" selected' in page) == (what == "message")
    assert _said(case) == [*before, "客户来电催促"]
    again = other.context["key"]
    assert desk.htmx("agent", "post", address, {"text": "客户改约周六", "key": again}).status_code == 204
    assert _said(case) == [*before, "客户来电催促", "客户改约周六"]


def test_nothing_written_is_said(desk: Any) -> None:
    case = desk.accepted()
    answer = desk.htmx("agent", "post", f"/case/{case.number}/note", {"text": " ", "key": "k"})
    assert answer.status_code == 422 and "请先写下内容" in answer.content.decode()


def test_what_a_customer_said_again_goes_into_the_case_once(desk: Any) -> None:
    case = desk.accepted()
    address = f"/register/complaint/add/{case.number}"
    given = {"what_happened": "又来电催", "channel": "hotline", "key": "k"}
    client = desk.client("agent")
    assert [client.post(address, given).status_code for _ in range(2)] == [302, 302]
    other = client.post(address, {**given, "what_happened": "说要退货"})
    page = other.content.decode()
    assert other.status_code == 409 and "没有执行" in page and "说要退货" in page
    assert _said(case)[-1] == "又来电催" and _said(case).count("又来电催") == 1
