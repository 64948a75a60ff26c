"""Parked work, the mailbox, notifications, what is offered while writing, lessons and follow-up calls."""

import re
from datetime import date, timedelta
from typing import Any

from tests.workbench.deskhouse import desk, moment, triggers

__all__ = ["desk"]


def park(case: Any, name: str = "tell", kind: str = "effect") -> Any:
    from tuoshan.agenda.models import Item

    return Item.objects.create(
        case_id=case.pk, kind=kind, name=name, key=f"test:{kind}:{name}", due_at=moment(), ready_at=moment(),
        attempts=8, parked_at=moment(), last_error="ConnectionError: refused", created_at=moment(),
    )  # fmt: skip


def test_much_parked_work_is_turned_page_by_page_and_stays_on_its_page(desk: Any, monkeypatch: Any) -> None:
    from tuoshan.workbench import parked as screen

    monkeypatch.setattr(screen, "PAGE", 2)
    case = desk.complaint()
    keys = [park(case, name).key for name in ("one", "two", "three")]
    text = desk.client("auditor").get("/parked").content.decode()
    assert sum(key in text for key in keys) == 2
    (turned,) = re.findall(r'rel="next" href="([^"]+)"', text)
    text = desk.client("auditor").get(f"/parked{turned}").content.decode()
    assert sum(key in text for key in keys) == 1
    assert f'hx-get="/parked{turned}"' in text, "a minute later it is still this page"


def test_parked_work_is_tried_again_or_given_up_with_a_reason(desk: Any) -> None:
    from tuoshan.agenda.models import Item
    from tuoshan.cases.models import Message

    case = desk.complaint()
    one, other = park(case), park(case, "send")
    text = desk.client("auditor").get("/parked").content.decode()
    assert "ConnectionError" in text
    assert "全部重试" not in text
    answer = desk.htmx("lead", "post", "/parked/retry", {"id": one.pk})
    assert triggers(answer)["parked-changed"] is True
    assert Item.objects.get(pk=one.pk).parked_at is None
    assert desk.htmx("lead", "post", "/parked/drop", {"id": other.pk}).status_code == 422
    desk.htmx("lead", "post", "/parked/drop", {"id": other.pk, "reason": "客户已当面告知"})
    dropped = Item.objects.get(pk=other.pk)
    assert dropped.done_at is not None
    assert dropped.last_error.startswith("周明: 客户已当面告知")
    assert "客户已当面告知" in Message.objects.get(case_id=case.pk, direction="note").text


def test_what_a_case_does_by_itself_is_never_given_up(desk: Any) -> None:
    item = park(desk.complaint(), "case2", "wake")
    assert desk.htmx("lead", "post", "/parked/drop", {"id": item.pk, "reason": "x"}).status_code == 422
    item.refresh_from_db()
    assert item.parked_at is not None
    assert item.done_at is None


def test_workers_are_told_alive_lost_or_stopped(desk: Any) -> None:
    from tuoshan.agenda.models import Worker

    now = moment()
    Worker.objects.create(name="w-alive", started_at=now, seen_at=now)
    Worker.objects.create(name="w-lost", started_at=now, seen_at=now - timedelta(minutes=5))
    Worker.objects.create(name="w-stopped", started_at=now, seen_at=now, stopped_at=now)
    text = desk.client("lead").get("/parked").content.decode()
    for word in ("在运行", "失去联系", "已停止"):
        assert word in text


def sent(desk: Any) -> Any:
    from tuoshan.agenda.worker import drain
    from tuoshan.integrations.models import OutgoingMessage

    desk.complaint()
    drain()
    return OutgoingMessage.objects.exclude(channel="in_app").get()


def test_recipients_are_masked_for_those_who_only_look(desk: Any) -> None:
    row = sent(desk)
    whole = desk.client("lead").get(f"/mailbox/{row.pk}").content.decode()
    assert "13800138000" in whole
    assert "〔客户的链接〕" in whole and "/portal/l/" not in whole, "nobody of ours can answer in the customer's name"
    assert "/portal/l/" not in desk.client("lead").get("/mailbox").content.decode()
    masked = desk.client("auditor").get(f"/mailbox/{row.pk}").content.decode()
    assert "13800138000" not in masked
    assert "〔客户的链接〕" in masked
    assert "13800138000" not in desk.client("auditor").get("/mailbox").content.decode()


def test_in_a_demo_alone_staff_open_the_customers_page_and_the_case_keeps_who(desk: Any) -> None:
    from tuoshan.cases import calendars
    from tuoshan.cases.models import Case
    from tuoshan.demo.making import TABLE

    row = sent(desk)
    lead = desk.client("lead")
    assert f"/mailbox/{row.pk}/open" not in lead.get(f"/mailbox/{row.pk}").content.decode()
    assert lead.post(f"/mailbox/{row.pk}/open").status_code == 404
    calendars.set_table(playbook="", name=TABLE, value={"whole": True}, valid_from=moment())
    assert f"/mailbox/{row.pk}/open" in lead.get(f"/mailbox/{row.pk}").content.decode()
    assert f"/mailbox/{row.pk}/open" not in desk.client("auditor").get(f"/mailbox/{row.pk}").content.decode()
    assert desk.client("auditor").post(f"/mailbox/{row.pk}/open").status_code == 403
    answer = lead.post(f"/mailbox/{row.pk}/open")
    assert answer.status_code == 302 and answer["Location"].startswith("/portal/l/")
    number = Case.objects.get(pk=row.case_id).number
    assert "以客户身份打开了客户的页面" in lead.get(f"/case/{number}").content.decode()


def test_a_failed_message_is_sent_again(desk: Any) -> None:
    from tuoshan.agenda.models import Item
    from tuoshan.integrations.models import OutgoingMessage

    row = sent(desk)
    Item.objects.filter(key=row.effect_key).update(done_at=None, parked_at=moment())
    OutgoingMessage.objects.filter(pk=row.pk).update(status="failed")
    assert "再发一次" in desk.client("lead").get(f"/mailbox/{row.pk}").content.decode()
    assert desk.client("auditor").post(f"/mailbox/{row.pk}/retry").status_code == 403
    desk.client("lead").post(f"/mailbox/{row.pk}/retry")
    assert Item.objects.get(key=row.effect_key).parked_at is None


def test_notifications_are_read_one_by_one_or_together(desk: Any) -> None:
    from tuoshan.integrations import notifying

    cases = [desk.complaint() for _ in range(3)]
    for case in cases:
        notifying.notify(persons=[desk.people["agent"]], what="overdue", case_id=case.pk, now=moment())
    client = desk.client("agent")
    page = client.get("/notifications").content.decode()
    first = re.search(r'id="note-(\d+)"', page)
    assert first is not None
    assert re.search(r'id="bell-rail".*?>3<', page, re.S)
    assert client.get("/notifications?count=bell-top&was=3").status_code == 204
    opened = client.post("/notifications/read", {"id": first[1], "go": "1"})
    assert opened["Location"].startswith("/case/")
    assert ">2<" in client.get("/notifications?count=bell-top&was=3").content.decode()
    assert "note-" not in client.get("/notifications?kind=mentioned").content.decode()
    client.post("/notifications/read", {"all": "1"})
    assert notifying.unread_count(desk.people["agent"].pk) == 0
    other = desk.client("lead")
    other.post("/notifications/read", {"id": first[1], "go": "1"})


def test_quick_replies_are_filled_in_for_the_case(desk: Any) -> None:
    from tuoshan.knowledge.models import QuickReply

    case = desk.complaint()
    reply = QuickReply.objects.create(title="致歉", shortcut="zq", text="{customer}您好，{number} 给您添麻烦了。{me}")
    client = desk.client("agent")
    found = client.get(f"/case/{case.number}/replies?q=z").json()["items"]
    assert found[0]["text"] == f"王芳您好，{case.number} 给您添麻烦了。林悦"
    client.post(f"/case/{case.number}/replies", {"id": reply.pk})
    reply.refresh_from_db()
    assert reply.used == 1
    assert desk.client("auditor").get(f"/case/{case.number}/replies").status_code == 403
    assert desk.client("qa").get(f"/case/{case.number}/replies").status_code == 404


def test_colleagues_who_cannot_see_the_case_are_not_offered(desk: Any) -> None:
    case = desk.complaint()
    client = desk.client("agent")
    assert [one["text"] for one in client.get(f"/case/{case.number}/mentions?q=周").json()["items"]] == ["@周明 "]
    assert client.get(f"/case/{case.number}/mentions?q=刘").json()["items"] == []


def test_a_message_is_shown_before_it_goes(desk: Any) -> None:
    from tuoshan.cases.models import Message

    case = desk.complaint()
    data = {"text": "您" * 71, "channel": "sms"}
    text = desk.htmx("agent", "post", f"/case/{case.number}/message/preview", data).content.decode()
    assert "分 2 条短信" in text
    assert "13800138000" not in text
    assert not Message.objects.filter(direction="out", author_id=desk.people["agent"].pk).exists()


def test_a_lesson_from_several_cases_is_done_and_checked(desk: Any) -> None:
    from tuoshan.quality.models import Lesson

    cases = [desk.complaint(), desk.complaint()]
    lead = desk.client("lead")
    data = {
        "what": "加厚包装", "reason": "碎了两次", "kind": "process", "owner": desk.people["agent"].pk,
        "due_on": "2026-03-20", "cases": f"{cases[0].number}\n{cases[1].number}",
    }  # fmt: skip
    assert cases[0].number in lead.get(f"/lessons/new?case={cases[0].number}").content.decode()
    wrong = lead.post("/lessons/new", data | {"cases": "TS-NONE"})
    assert wrong.status_code == 422
    assert "没有找到工单：TS-NONE" in wrong.content.decode()
    assert lead.post("/lessons/new", data).status_code == 302
    made = Lesson.objects.get()
    assert made.due_on == date(2026, 3, 20)
    address = f"/lessons/{made.pk}"
    assert cases[1].number in lead.get(address).content.decode()
    assert lead.post(f"{address}/check", {"effect": "helped"}).status_code == 422
    assert desk.client("colleague").post(f"{address}/progress", {"status": "done"}).status_code == 404
    assert desk.client("agent").post(f"{address}/progress", {"status": "dropped", "progress": ""}).status_code == 422
    assert desk.client("agent").post(f"{address}/progress", {"status": "done", "progress": "换箱"}).status_code == 302
    assert "加厚包装" in lead.get("/lessons?show=unchecked").content.decode()
    assert lead.post(f"{address}/check", {"effect": "helped", "note": "三周无破损"}).status_code == 302
    made.refresh_from_db()
    assert made.effect == "helped"
    assert "加厚包装" in desk.client("lead").get(f"/case/{cases[0].number}").content.decode()
    assert desk.client("qa").get(address).status_code == 404


def test_a_call_not_answered_is_kept_for_another_day(desk: Any, clock: Any) -> None:
    from tuoshan.agenda.worker import drain
    from tuoshan.care.models import FollowUpCall

    case = desk.complaint()
    desk.house.act(case, "ask_more", missing="照片")
    clock.advance(timedelta(days=16))
    drain()
    case = desk.read(case)
    assert case.state == "follow_up"
    who = "agent" if case.handler_id == desk.people["agent"].pk else "colleague"
    client = desk.client(who)
    assert case.title in client.get("/follow-ups").content.decode()
    assert "记录回访" in client.get(f"/case/{case.number}").content.decode()
    address = f"/case/{case.number}/follow-up"
    assert desk.htmx(who, "post", address, {"result": "satisfied", "words": ""}).status_code == 422
    later = {"result": "not_reached", "words": "", "next_0": "2026-03-20", "next_1": "10:00", "key": "c1"}
    assert desk.htmx(who, "post", address, later).status_code == 204
    assert FollowUpCall.objects.get().next_at is not None
    page = client.get("/follow-ups").content.decode()
    assert "试过 1 次" in page
    assert "03-20 10:00 再联系" in page
    early = desk.htmx(who, "post", address, {"result": "satisfied", "words": "满意", "key": "c2"})
    assert early.status_code == 422
    assert "还有待办没有完成" in early.content.decode()


def test_a_survey_answer_shows_its_face(desk: Any) -> None:
    from tuoshan.care.models import SurveyAnswer

    case = desk.complaint()
    SurveyAnswer.objects.create(case_id=case.pk, score=5, words="很快", at=moment(), changed_at=moment())
    text = desk.client("agent").get(f"/case/{case.number}").content.decode()
    assert "😀" in text
    assert "5 分" in text


def test_a_mention_stands_out_and_text_stays_text() -> None:
    from tuoshan.workbench.templatetags.desk import mentions

    shown = mentions("@周明 请看 <b>x</b> a@b.cn")
    assert shown.startswith('<b class="text-primary">@周明</b> 请看 &lt;b&gt;')
    assert shown.count("text-primary") == 1


def test_the_grade_that_follows_is_told_before_the_case_is_accepted(desk: Any) -> None:
    from tuoshan.catalog.models import Category

    kind = Category.objects.filter(is_active=True, children=None).first() or Category.objects.create(name_zh="质量")
    case = desk.complaint()
    address = f"/case/{case.number}/do/act/accept"
    assert 'hx-trigger="change from:closest form"' in desk.htmx("agent", "get", address).content.decode()
    half = desk.htmx("agent", "post", f"{address}?foresee=1", {"impact": "high"}).content.decode()
    assert "等级" not in half and "到期" not in half
    given = {"impact": "high", "urgency": "high"}
    told = desk.htmx("agent", "post", f"{address}?foresee=1", given).content.decode()
    assert "等级：紧急" in told and "到期" not in told
    whole = given | {"category": str(kind.pk), "departments": ["qa"], "next_step": "明天回电"}
    told = desk.htmx("agent", "post", f"{address}?foresee=1", whole).content.decode()
    assert "等级：紧急" in told and "“部门调查（质检）”将于" in told, told
    assert desk.read(case).state == case.state


def test_who_may_take_a_case_stands_in_an_order_that_can_be_seen(desk: Any) -> None:
    from tuoshan.parties.models import OrgUnit

    desk_unit = OrgUnit.objects.filter(department="service").first() or OrgUnit.objects.create(
        code="desk2", name_zh="客服中心", kind="department", department="service", parent=desk.qa.parent
    )
    made = [desk._person(f"p{n}", "agent", name, desk_unit) for n, name in enumerate(("赵一", "陈二", "李三"))]
    clerk = desk._person("clerk9", "store_clerk", "安店员", None)
    case = desk.complaint()
    page = desk.htmx("agent", "get", f"/case/{case.number}/do/act/accept").content.decode()
    options = page.partition('name="handler"')[2].partition("</select>")[0]
    me, *rest = (options.index(f'value="{one.pk}"') for one in (desk.people["agent"], made[1], made[2], made[0], clerk))
    assert [me, *rest] == sorted([me, *rest])


def test_names_are_sorted_by_pinyin() -> None:
    from tuoshan.parties.name_order import name_order

    assert sorted(["周明", "Anna", "安然", "林悦", "陈晨", "bob"], key=name_order) == [
        "Anna", "bob", "安然", "陈晨", "林悦", "周明",
    ]  # fmt: skip
