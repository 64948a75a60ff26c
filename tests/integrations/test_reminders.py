"""What waits for the customer: they are reminded by a message, once each time, and the story says just that."""

from datetime import timedelta
from typing import Any

import pytest


def messages(case: Any, name: str) -> list[Any]:
    from tuoshan.integrations.models import OutgoingMessage

    return list(OutgoingMessage.objects.filter(case_id=case.id, message=name).order_by("id"))


def story(case: Any) -> list[Any]:
    from tuoshan.cases import library
    from tuoshan.cases.models import Case
    from tuoshan.insight.story import Audience, Story

    case = Case.objects.get(pk=case.pk)
    playbook = library.pinned(case.playbook, case.playbook_hash)
    return Story(case, playbook, Audience(viewer=object(), findings=False)).entries()


def asked(house: Any) -> Any:
    case = house.complaint()
    done = house.act(case, "ask_more", missing="购物小票")
    assert done.accepted, done.refusal
    return case


def offered(house: Any) -> Any:
    from datetime import date
    from decimal import Decimal

    case = house.complaint()
    simple = {"category": "1", "impact": "low", "urgency": "low", "next_step": "明天回电"}
    for action, values in (
        ("accept_simple", {**simple, "handler": str(house.agent.pk)}),
        ("propose", {
            "cause": "goods", "liable": "product", "remedies": ["refund"], "remedy_steps": "全额退款",
            "amount": Decimal("100"), "refund_amount": Decimal("100"), "amount_paid": Decimal("100"),
            "carry_out_by": date(2026, 3, 20),
        }),
    ):  # fmt: skip
        done = house.act(case, action, **values)
        assert done.accepted, done.refusal
    return case


@pytest.mark.parametrize(
    ("begin", "name", "wait", "says"),
    [
        (asked, "still_missing", timedelta(days=10), ("购物小票", "3月17日 09:00")),
        (offered, "still_open", timedelta(days=5), ("方案", "3月9日 09:00")),
    ],
)
def test_the_customer_is_reminded_once(
    house: Any, work: Any, clock: Any, begin: Any, name: str, wait: timedelta, says: tuple[str, ...]
) -> None:
    case = begin(house)
    work()
    clock.advance(wait - timedelta(minutes=1))
    work()
    assert messages(case, name) == []
    for _again in range(3):
        clock.advance(timedelta(hours=1))
        work()
    (row,) = messages(case, name)
    assert row.to == "+8613800138000" and row.status == "folder"
    for text in (case.number, *says, "https://service.example.cn/portal/"):
        assert text in row.body, text
    assert "{" not in row.body


def test_the_story_says_what_was_sent_and_claims_no_more(house: Any, work: Any, clock: Any) -> None:
    case = asked(house)
    work()
    clock.advance(timedelta(days=10, hours=1))
    work()
    told = story(case)
    soon = [one.text for one in told if one.kind == "event" and "即将到期" in one.text]
    assert soon == ["“待客户补充”即将到期"]
    sent = [one for one in told if one.kind == "out" and one.title == "还差您的补充材料"]
    assert len(sent) == 1 and "购物小票" in sent[0].text


def test_where_nothing_is_sent_the_story_names_nobody(house: Any, clock: Any) -> None:
    """A warning of which no message went out: the worker has not run its deliveries."""
    from tuoshan.cases import service

    case = asked(house)
    clock.advance(timedelta(days=10, hours=1))
    service.note(case_id=case.pk, actor=service.ActingAs.by_person(house.agent), text="看一看")
    words = " ".join(one.text for one in story(case))
    assert "“待客户补充”即将到期" in words and "已提醒客户" not in words


def test_who_has_answered_is_not_reminded(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.cases import service

    case = asked(house)
    clock.advance(timedelta(days=3))
    done = house.act(case, "add_more", service.ActingAs.by_customer(case.customer_id), added="小票在此")
    assert done.accepted, done.refusal
    clock.advance(timedelta(days=8))
    work()
    assert messages(case, "still_missing") == []


def test_a_reminder_that_would_come_too_late_stays_away(house: Any, work: Any, clock: Any) -> None:
    """The worker stood still for three weeks: the customer hears that it is over and not that it soon will be."""
    case = asked(house)
    work()
    clock.advance(timedelta(days=21))
    work()
    assert messages(case, "still_missing") == [] and len(messages(case, "not_added")) == 1
