"""The first answer is what a person of ours writes or does for the customer; nothing else stops its clock."""

from typing import Any

from django.urls import reverse
from tests.workbench.deskhouse import desk

__all__ = ["desk"]


def running(case: Any) -> bool:
    from tuoshan.cases.models import Deadline

    return Deadline.objects.filter(case_id=case.pk, name="respond", ended_at=None).exists()


def test_a_reply_by_hand_is_the_first_answer_and_a_note_is_not(desk: Any) -> None:
    case = desk.complaint()
    client = desk.client("agent")
    page = client.get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "其中一项完成即停：给客户发消息、" in page, "the clock says what it waits for"
    note = {"text": "先问仓库", "key": "a1"}
    assert client.post(reverse("workbench:note", args=[case.number]), note).status_code < 400
    assert running(case)
    reply = {"text": "您好，我们正在核实，今天给您答复。", "channel": "sms", "key": "a2"}
    sent = client.post(reverse("workbench:message", args=[case.number]), reply)
    assert sent.status_code < 400, sent.content.decode()[:500]
    assert not running(case)
