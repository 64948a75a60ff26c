"""A first answer that never arrived was none: the promise comes back, on the case, in the list and in the figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.workbench.deskhouse import desk

__all__ = ["desk"]


class Gateway:
    """A gateway for short messages that refuses for as long as it is down."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tuoshan.integrations import sms
        from tuoshan.integrations.failures import DeliveryRefused
        from tuoshan.integrations.models import SmsGateway

        self.down = True

        def send(port: Any, row: Any) -> str:
            if self.down and row.message == "":
                raise DeliveryRefused("空号")
            return "m-1"

        SmsGateway.objects.create(url="http://127.0.0.1:9/send", success="code == 0", id_path="id")
        monkeypatch.setattr(sms, "send", send)


@pytest.fixture
def gateway(desk: Any, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    return Gateway(monkeypatch)


def work() -> None:
    from tuoshan.agenda import worker

    worker.drain()


def answer(desk: Any) -> Any:
    case = desk.complaint()
    work()
    reply = {"text": "您好，我们正在核实，今天给您答复。", "channel": "sms", "key": "a2"}
    sent = desk.client("agent").post(reverse("workbench:message", args=[case.number]), reply)
    assert sent.status_code < 400
    return case


def promise(case: Any) -> Any:
    from tuoshan.cases.models import Deadline

    return Deadline.objects.get(case_id=case.pk, name="respond")


def events(case: Any) -> list[str]:
    from tuoshan.cases.models import Event

    rows = Event.objects.filter(case_id=case.pk, name__in=("undelivered", "delivered")).order_by("seq")
    return [row.name for row in rows]


def test_the_promise_comes_back_and_the_breach_is_true(desk: Any, gateway: Gateway, clock: Any) -> None:
    from tuoshan.cases import verifying
    from tuoshan.cases.models import Case, Message
    from tuoshan.integrations.models import Notification

    case = answer(desk)
    assert promise(case).outcome == "kept", "while it is on its way it counts"
    work()
    assert Message.objects.get(case_id=case.pk, author_id=desk.people["agent"].pk).delivery == "failed"
    back = promise(case)
    assert (back.ended_at, back.outcome) == (None, "") and back.due_at == back.started_at + timedelta(hours=24)
    assert events(case) == ["undelivered"]
    work()
    assert events(case) == ["undelivered"], "told once"
    page = desk.client("agent").get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "发给客户的消息最终没有送达，没有算作答复" in page
    assert Notification.objects.filter(what="undelivered", case_id=case.pk).exists(), "the handler hears at once"
    clock.advance(timedelta(hours=25))
    work()
    assert Case.objects.get(pk=case.pk).overdue
    assert not list(verifying.verify())


def test_tried_again_it_answers_when_it_arrives(desk: Any, gateway: Gateway, clock: Any) -> None:
    from tuoshan.cases import verifying
    from tuoshan.integrations import mailbox
    from tuoshan.integrations.models import OutgoingMessage

    case = answer(desk)
    work()
    assert promise(case).ended_at is None
    gateway.down = False
    clock.advance(timedelta(hours=2))
    row = OutgoingMessage.objects.get(case_id=case.pk, status="failed")
    OutgoingMessage.objects.filter(pk=row.pk).update(uncertain=0)
    again(row, mailbox)
    assert events(case) == ["undelivered", "delivered"]
    kept = promise(case)
    assert kept.outcome == "kept" and kept.ended_at == clock()
    assert not list(verifying.verify())


def again(row: Any, mailbox: Any) -> None:
    """A refused message is not tried again by itself; somebody asks for it, as the outbox does for parked ones."""
    from tuoshan import clock
    from tuoshan.agenda.models import Item

    Item.objects.filter(key=row.effect_key).update(done_at=None, parked_at=clock.now())
    assert mailbox.try_again(row)
    work()


def test_what_arrives_changes_nothing(desk: Any, gateway: Gateway) -> None:
    gateway.down = False
    case = answer(desk)
    work()
    assert promise(case).outcome == "kept" and events(case) == []


def test_the_customer_reads_nothing_of_it(desk: Any, gateway: Gateway) -> None:
    from django.utils.translation import override

    from tuoshan.cases import library
    from tuoshan.cases.models import Case
    from tuoshan.cases.possible import row_of
    from tuoshan.insight.story import Audience, Story

    case = answer(desk)
    work()
    fresh = Case.objects.get(pk=case.pk)
    assert row_of(fresh).state.seq == fresh.seq
    story = Story(fresh, library.pinned(fresh.playbook, fresh.playbook_hash), Audience.customer(None))
    with override("zh-hans"):
        told = " ".join(f"{entry.title} {entry.text}" for entry in story.entries())
    assert "没有送达" not in told
