"""By when an authority wants our written reply: a clock of the case from registration to the reports."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.insight.house import House
from tests.portal.house import proof
from tests.workbench.shippedhouse import client, house

from tuoshan.agenda.worker import drain
from tuoshan.cases import service
from tuoshan.cases.models import Case, Deadline
from tuoshan.cases.possible import row_of
from tuoshan.insight import indexing
from tuoshan.integrations.models import Notification
from tuoshan.office import queues

__all__ = ["house"]

DUE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""Wednesday 17:00."""


def passed_on(house: House, due: str = "2026-03-04T17:00", channel: str = "authority") -> Case:
    """A complaint passed on by an authority, registered at the desk by 陈 and taken on by them."""
    told = {
        "channel": channel, "what_happened": "电饭煲冒烟", "key": f"k{due}{channel}", "customer-phone": "13800138000",
        "came-authority_name": "临澜市 12315 中心", "came-document_no": "临消转 18 号", "came-reply_due": due,
    }  # fmt: skip
    answer = client(house, "chen").post("/register/complaint", told)
    assert answer.status_code == 302, answer.content.decode()
    case = Case.objects.latest("id")
    done = service.act(
        case_id=case.pk, action="claim", actor=by(house), values={"handler": str(house.people["chen"].pk)}
    )
    assert done.accepted, done.refusal
    return read(case)


def by(house: House, name: str = "chen") -> service.ActingAs:
    return service.ActingAs.by_person(house.fresh(name))


def read(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def reply(house: House, case: Case) -> None:
    done = service.complete_task(
        case_id=case.pk, task_key="reply#1", actor=by(house), evidence=[proof(case, kind="letter")],
        values={"reply_no": "迈景复〔2026〕3 号", "replied_on": date(2026, 3, 4), "reply_words": "已换货，附检测报告"},
    )  # fmt: skip
    assert done.accepted, done.refusal


def told(house: House, name: str, what: str) -> int:
    notes = Notification.objects.filter(what=what, person_id=house.people[name].pk)
    return sum("task:reply" in str(note.data.get("clock")) for note in notes)


def waiting(house: House, queue: str) -> list[str]:
    """The cases that 林, who leads, finds in the queue; its count says as many."""
    lead = house.fresh("lin")
    found = [case.number for case in queues.page(queue, lead).rows]
    assert queues.counts(lead)[queue] == len(found) == queues.of(queue, lead).count()
    return found


def test_it_stands_where_people_look_and_warns_both(house: House, clock: Any) -> None:
    case = passed_on(house)
    running = Deadline.objects.get(case_id=case.pk, name="reply", ended_at=None)
    assert running.due_at == DUE and row_of(case).state.facts["reply_due"] == DUE
    agent, lead = client(house, "chen"), client(house, "lin")
    page = agent.get(f"/case/{case.number}").content.decode()
    assert "书面答复机关" in page and "2026-03-04 17:00" in page and "时间按填写的“对方要求的答复时限”" in page
    assert case.number in agent.get("/tasks").content.decode()
    clock.advance(timedelta(hours=20))  # the first answer is due on Tuesday at 09:00, and given now
    said = {"said": "已收到", "next_step": "调查"}
    for action, values in (("contact", said), ("ask_more", {"missing": "照片"})):
        done = service.act(case_id=case.pk, action=action, actor=by(house), values=values)
        assert done.accepted, done.refusal
    drain()
    case = read(case)
    assert (case.due_name, case.due_at) == ("reply", DUE), "what else is owed waits for the customer"
    tomorrow = lead.get("/board/tomorrow").content.decode()
    assert case.number in tomorrow and "书面答复机关" in tomorrow
    assert (told(house, "chen", "due_soon"), told(house, "lin", "due_soon")) == (1, 0)
    clock.advance(timedelta(hours=13))
    drain()
    assert (told(house, "chen", "due_soon"), told(house, "lin", "due_soon")) == (1, 1)
    clock.advance(timedelta(hours=20))
    drain()
    assert (told(house, "chen", "due_soon"), told(house, "lin", "due_soon")) == (2, 2)


def test_missed_it_is_late_for_all_and_in_the_reports(house: House, clock: Any) -> None:
    from tests.insight.test_reports import agree, report

    missed, kept = passed_on(house), passed_on(house, due="2026-03-03T17:00")
    clock.advance(timedelta(hours=31))
    reply(house, kept)
    clock.advance(timedelta(hours=25, minutes=1))
    drain()
    assert read(missed).overdue and told(house, "chen", "overdue") == 1 and told(house, "lin", "escalated") == 1
    assert missed.number in client(house, "chen").get("/queue/overdue").content.decode()
    clock.advance(timedelta(hours=4))
    drain()
    assert told(house, "gao", "escalated") == 1
    reply(house, missed)
    indexing.catch_up(clock())
    made = report(house, "clocks")
    rows = {row[0].value: (row[1].value, row[2].value, row[3].value) for row in made.tables[0].rows}
    assert rows["书面答复机关"] == (1, 1, 50.0), rows  # kept, late, kept in percent
    assert agree(house, made) > 0


def test_put_right_at_the_desk_the_clock_moves(house: House, clock: Any) -> None:
    case = passed_on(house)
    address = f"/case/{case.number}/do/act/correct"
    form = client(house, "chen").get(address, headers={"HX-Request": "true"}).context["form"]
    assert form["reply_due"].value() is not None
    given = {
        "what_happened": form.initial["what_happened"], "reply_due_0": "2026-03-10", "reply_due_1": "12:00",
        "reason": "来函改期", "seq": case.seq, "key": "c1",
    }  # fmt: skip
    answer = client(house, "chen").post(address, given, headers={"HX-Request": "true"})
    assert answer.status_code == 204, answer.content.decode()
    running = Deadline.objects.get(case_id=case.pk, name="reply", ended_at=None)
    assert running.due_at == datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def test_another_channel_has_no_such_moment(house: House) -> None:
    case = passed_on(house, channel="letter")
    assert not Deadline.objects.filter(case_id=case.pk, name="reply").exists()


def test_withdrawn_by_the_customer_it_is_still_a_task_of_ours(house: House, clock: Any) -> None:
    case = passed_on(house)
    gone = {"told_who": "客户本人", "told_how": "phone", "told_words": "不用处理了"}
    done = service.act(case_id=case.pk, action="withdraw_told", actor=by(house), values=gone)
    assert done.accepted and read(case).ended
    agent, lead = client(house, "chen"), client(house, "lin")
    assert case.number in agent.get("/tasks").content.decode()
    assert case.number in agent.get("/queue/tasks").content.decode()
    clock.advance(timedelta(days=1))
    assert case.number in lead.get("/board/tomorrow").content.decode()
    clock.advance(timedelta(hours=16))
    assert (waiting(house, "due_today"), waiting(house, "overdue")) == ([case.number], [])
    clock.advance(timedelta(hours=16, minutes=1))
    drain()
    assert told(house, "lin", "escalated") == 1
    assert (waiting(house, "due_today"), waiting(house, "overdue")) == ([], [case.number])
    assert case.number in lead.get("/queue/overdue").content.decode()
    board = lead.get("/board")
    assert {tile.name: tile.count for tile in board.context["tiles"]}["overdue"] == 1
    assert [late["card"].case.pk for late in board.context["late"]] == [case.pk]
    page = agent.get(f"/case/{case.number}").content.decode()
    assert f"/case/{case.number}/do/task/reply" in page, "it can be recorded where the case has ended"
    reply(house, case)
    assert case.number not in agent.get("/tasks").content.decode()
    assert waiting(house, "overdue") == []


def test_a_moment_to_the_second_is_not_changed_by_looking_at_it(house: House) -> None:
    given = {"channel": "authority", "what_happened": "电饭煲冒烟", "reply_due": DUE + timedelta(seconds=30)}
    done = service.register(
        playbook="complaint", actor=by(house), channel="api", customer_id=None, unit_id=house.units["service"].pk,
        title="电饭煲冒烟", values=given,
    )  # fmt: skip
    assert done.accepted, done.refusal
    case, agent = Case.objects.get(), client(house, "chen")
    told = {
        "what_happened": "电饭煲冒烟", "reply_due_0": "2026-03-04", "reply_due_1": "17:00", "reason": "看一眼",
        "seq": case.seq,
    }  # fmt: skip
    answer = agent.post(f"/case/{case.number}/do/act/correct", told, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "没有改动任何内容" in answer.content.decode()
