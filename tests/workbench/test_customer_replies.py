"""What customers have answered stands out until its handler has opened the case, and is counted to the last one."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integrations.conftest import work
from tests.workbench.deskhouse import desk, moment

__all__ = ["desk", "work"]
NEW = "客户有新回复"


def _says(desk: Any, case: Any, text: str = "还没收到") -> None:
    from tuoshan.cases import service

    said = service.message(
        case_id=case.pk, actor=desk.customer(case), text=text, channel="portal", direction="in"
    )
    assert said.accepted, said.refusal


def _counted(desk: Any, who: str) -> int:
    from tuoshan.integrations import replied

    return replied.of(desk.people[who]).count()


def test_a_reply_is_marked_counted_and_gone_once_the_handler_opens_the_case(desk: Any, work: Any) -> None:
    case, quiet = desk.accepted(), desk.accepted()
    agent, lead = desk.client("agent"), desk.client("lead")
    work()
    agent.get(f"/case/{case.number}")
    agent.get(f"/case/{quiet.number}")
    assert NEW not in agent.get("/queue/mine").content.decode()
    _says(desk, case)
    _says(desk, case, "到底什么时候")
    work()
    mine = agent.get("/queue/mine").content.decode()
    assert mine.count(NEW) == 1
    own = agent.get("/queue/replied").content.decode()
    assert case.number in own and quiet.number not in own
    assert _counted(desk, "agent") == 1 and _counted(desk, "lead") == 0

    assert NEW in lead.get("/queue/open").content.decode()
    lead.get(f"/case/{case.number}")
    desk.client("auditor").get(f"/case/{case.number}")
    assert _counted(desk, "agent") == 1, "whoever else looks at it has not read it for the handler"

    page = agent.get(f"/case/{case.number}?queue=replied")
    assert page.status_code == 200 and NEW not in page.content.decode()
    assert _counted(desk, "agent") == 0
    assert "客户的回复您都看过了" in agent.get("/queue/replied").content.decode()
    _says(desk, case, "谢谢")
    work()
    assert _counted(desk, "agent") == 1


def test_what_was_read_before_the_mark_was_made_is_not_marked_afterwards(desk: Any, work: Any) -> None:
    from tuoshan.integrations.models import CustomerReply

    case = desk.accepted()
    work()
    _says(desk, case)
    desk.client("agent").get(f"/case/{case.number}")
    work()
    assert _counted(desk, "agent") == 0
    assert not CustomerReply.objects.exists(), "nothing stays behind"
    _says(desk, case)
    desk.client("agent").get(f"/case/{case.number}")
    _says(desk, case)
    work()
    assert _counted(desk, "agent") == 1


def test_the_next_handler_inherits_it_and_nobodys_case_is_read_by_whoever_opens_it(desk: Any, work: Any) -> None:
    case = desk.accepted()
    work()
    _says(desk, case)
    work()
    type(case).objects.filter(pk=case.pk).update(handler_id=desk.people["colleague"].pk)
    assert _counted(desk, "agent") == 0 and _counted(desk, "colleague") == 1
    type(case).objects.filter(pk=case.pk).update(handler_id=None)
    assert NEW in desk.client("lead").get("/queue/unassigned").content.decode()
    desk.client("lead").get(f"/case/{case.number}")
    assert NEW not in desk.client("lead").get("/queue/unassigned").content.decode()


@pytest.mark.parametrize("ended", [False, True], ids=["open", "ended"])
def test_only_ended_cases_are_forgotten(desk: Any, work: Any, ended: bool) -> None:
    from tuoshan.integrations import replied

    case = desk.accepted()
    work()
    _says(desk, case)
    work()
    type(case).objects.filter(pk=case.pk).update(ended=ended)
    replied.forget_old(moment())
    assert _counted(desk, "agent") == 1
    replied.forget_old(moment() + timedelta(days=1))
    assert _counted(desk, "agent") == (0 if ended else 1)


def test_the_same_event_twice_or_late_counts_once(desk: Any) -> None:
    from tuoshan.integrations import replied
    from tuoshan.integrations.models import CustomerReply

    case = desk.accepted()
    for seq in (5, 5, 7, 6):
        replied.arrived(case.pk, seq, moment())
    row = CustomerReply.objects.get()
    assert (row.seq, row.replies) == (7, 2)
