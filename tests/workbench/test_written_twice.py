"""What was written under a key that was used already: the same is kept once, other words are given back."""

from datetime import timedelta
from typing import Any

import pytest
from tests.api.callers import Caller
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


def waiting_for_a_call(desk: Any, clock: Any) -> Any:
    """A case of the agent's that waits for the call on the third day."""
    from tuoshan.agenda import worker

    case = desk.complaint()
    assert desk.house.act(case, "claim", handler=str(desk.people["agent"].pk)).accepted
    assert desk.house.act(case, "ask_more", missing="照片").accepted
    clock.advance(timedelta(days=16))
    worker.drain()
    case = desk.read(case)
    assert case.state == "follow_up"
    return case


@pytest.mark.parametrize("before", [0, 1])
def test_a_follow_up_call_sent_again_counts_once(desk: Any, clock: Any, before: int) -> None:
    """Also the one before the last, after which one more would close the case."""
    from tuoshan.care import follow_up

    case = waiting_for_a_call(desk, clock)
    agent = Caller(desk.people["agent"], "write")
    address = f"/cases/{case.number}/follow-up"
    for number in range(before):
        agent.post(address, {"result": "not_reached", "words": "占线"}, f"earlier-{number}")
    body = {"result": "not_reached", "words": "无人接听", "next_at": (clock() + timedelta(hours=4)).isoformat()}
    first = agent.post(address, body, "call")
    again = agent.post(address, body, "call")
    assert again == {**first, "replayed": True} and not first["replayed"]
    assert len(follow_up.calls(case.pk)) == before + 1
    other = [{"words": "停机"}, {"result": "satisfied"}, {"next_at": (clock() + timedelta(hours=5)).isoformat()}]
    for changed in other:
        assert agent.post(address, body | changed, "call", expect=409)["code"] == "key_used_otherwise", changed
    assert len(follow_up.calls(case.pk)) == before + 1
