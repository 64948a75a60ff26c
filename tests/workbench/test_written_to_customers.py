"""What our people write to a customer: variables are filled in or refused, and the customer's links never shown."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.api.callers import Caller
from tests.integrations.conftest import work
from tests.workbench.deskhouse import desk

from tuoshan.cases.models import Message
from tuoshan.cases.verifying import faults_of
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.knowledge.models import QuickReply

__all__ = ["desk", "work"]
pytestmark = pytest.mark.django_db
SIGNED = re.compile(r"/portal/(?:l|survey)/")
LINKED = "{customer}您好，进度请看 {link} ，评价请到 {survey_link} 。"


def _sent(case: Any) -> OutgoingMessage:
    return OutgoingMessage.objects.filter(case_id=case.pk).latest("id")


def _write(desk: Any, case: Any, text: str, **more: str) -> Any:
    given = {"text": text, "channel": "sms", "key": "k"} | more
    return desk.htmx("agent", "post", f"/case/{case.number}/message", given)


def _everything_shown(desk: Any, case: Any) -> dict[str, str]:
    """All that staff can read of a case and its messages: screens of several roles and answers of the API."""
    row = _sent(case)
    pages = [f"/case/{case.number}", f"/case/{case.number}/message", "/mailbox", f"/mailbox/{row.pk}", "/me/replies"]
    paths = [
        f"/cases/{case.number}", f"/cases/{case.number}/timeline", f"/cases/{case.number}/replies", "/outbox",
        f"/outbox/{row.pk}", "/search?q=进度",
    ]  # fmt: skip
    found: dict[str, str] = {}
    for who in ("agent", "lead", "manager", "admin", "auditor"):
        found |= {f"{who} {page}": desk.client(who).get(page).content.decode() for page in pages}
        caller = Caller(desk.people[who], "read")
        found |= {f"{who} API {path}": caller.client.get(f"/api/v1{path}").content.decode() for path in paths}
    replies = desk.client("agent").get(f"/case/{case.number}/replies?q=jd").content.decode()
    return found | {"agent offers": replies}


def test_no_screen_and_no_answer_holds_the_link_that_the_customer_gets(desk: Any, work: Any) -> None:
    QuickReply.objects.create(title="进度", text=LINKED, shortcut="jd")
    case = desk.accepted()
    (offered,) = desk.client("agent").get(f"/case/{case.number}/replies?q=jd").json()["items"]
    assert offered["text"] == "王芳您好，进度请看 {link} ，评价请到 {survey_link} 。"
    assert _write(desk, case, offered["text"]).status_code == 204
    work()
    left = _sent(case).body
    assert len(SIGNED.findall(left)) == 2 and "{" not in left
    kept = Message.objects.get(case_id=case.pk, author_id=desk.people["agent"].pk)
    assert kept.text == offered["text"], "the conversation keeps what stood in the box"
    for place, shown in _everything_shown(desk, case).items():
        assert not SIGNED.search(shown), place
    page = desk.client("agent").get(f"/case/{case.number}").content.decode()
    assert "王芳您好，进度请看（客户专用链接），评价请到（客户专用链接）。" in page
    (path,) = re.findall(r"/portal/l/[\w:.~=-]+", left)
    customers = Client()
    assert customers.get(path, follow=True).status_code == 200
    read = customers.get(f"/portal/case/{case.number}").content.decode()
    assert "进度请看本页面，评价请到本页面。" in read and "{link}" not in read
    assert faults_of([case.pk]) == []


@pytest.mark.parametrize("hotline", ["400-820-1234", ""])
def test_a_company_without_a_hotline_gives_the_link_for_contact_and_hides_it_too(
    desk: Any, work: Any, clock: Any, hotline: str
) -> None:
    from tuoshan.knowledge.company import Company, set_company

    set_company(Company(name="云杉百货", hotline=hotline), valid_from=clock())
    QuickReply.objects.create(title="联系", text="请联系 {contact} ，谢谢", shortcut="lx")
    case = desk.accepted()
    (offered,) = desk.client("agent").get(f"/case/{case.number}/replies?q=lx").json()["items"]
    assert offered["text"] == f"请联系 {hotline or '{link}'} ，谢谢"
    assert _write(desk, case, "请联系 {contact} ，谢谢").status_code == 204
    work()
    assert bool(SIGNED.search(_sent(case).body)) is not bool(hotline)
    assert not SIGNED.search(str(list(Message.objects.filter(author_id__isnull=False).values_list("text", flat=True))))


def test_variables_are_filled_in_as_the_message_is_sent_by_desk_and_by_api(desk: Any, work: Any) -> None:
    case = desk.accepted()
    assert _write(desk, case, "{customer}您好，{number} 由 {me} 经办。").status_code == 204
    wire = Caller(desk.people["agent"], "write")
    wire.post(f"/cases/{case.number}/messages", {"text": "{ customer }您好，{next_step}。", "subject": "{number}"})
    work()
    said = list(Message.objects.filter(case_id=case.pk, author_id__isnull=False).order_by("id").values_list("text"))
    assert said == [(f"王芳您好，{case.number} 由林悦经办。",), ("王芳您好，明天回电。",)]
    assert _sent(case).subject == case.number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("您好{customer_name}，您的工单 {number}", "没有变量 {customer_name}。"),
        ("（运单 {order_no}）", "{order_no}（订单）在这个工单里还没有内容，请直接写出来或删去。"),
        ("写法 {Due date} 不对", "大括号要成对，里面只写变量名：{Due date}"),
        ('{"json": 1}', "大括号要成对，里面只写变量名"),
    ],
    ids=["unknown", "without a value", "stray", "json"],
)
def test_what_has_no_words_is_refused_before_anything_is_sent(desk: Any, work: Any, text: str, why: str) -> None:
    case = desk.accepted()
    work()
    before = OutgoingMessage.objects.count(), Message.objects.count(), case.seq
    answer = _write(desk, case, text)
    shown = unescape(answer.content.decode())
    assert answer.status_code == 422 and why in shown and text in shown
    wire = Caller(desk.people["agent"], "write")
    refused = wire.post(f"/cases/{case.number}/messages", {"text": text}, expect=422)
    assert refused["code"] == "invalid_form" and why in refused["detail"]
    previewed = wire.post(f"/cases/{case.number}/messages/preview", {"text": text})
    assert why in previewed["problems"][0] and previewed["text"]
    seen = desk.htmx("agent", "post", f"/case/{case.number}/message/preview", {"text": text})
    assert why in unescape(seen.content.decode())
    work()
    assert (OutgoingMessage.objects.count(), Message.objects.count(), desk.read(case).seq) == before


def test_a_variable_of_another_process_is_named_as_such(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.knowledge import writing

    case = desk.accepted()
    monkeypatch.setattr(writing, "all_reply_variables", lambda: {"facility": "设施"})
    answer = _write(desk, case, "设施 {facility} 修好了")
    assert answer.status_code == 422 and "这个工单的流程里没有变量 {facility}。" in answer.content.decode()


def test_the_preview_counts_the_link_and_does_not_show_it(desk: Any) -> None:
    case = desk.accepted()
    shown = desk.htmx("agent", "post", f"/case/{case.number}/message/preview", {"text": LINKED}).content.decode()
    assert "王芳您好，进度请看（客户专用链接），评价" in shown and not SIGNED.search(shown) and "{" not in shown
    wire = Caller(desk.people["agent"], "write")
    told = wire.post(f"/cases/{case.number}/messages/preview", {"text": LINKED})
    assert told["problems"] == [] and "（客户专用链接）" in told["text"] and not SIGNED.search(str(told))
    assert told["signs"] > len(told["text"]) and told["parts"] > 1


def test_what_came_from_a_customer_is_kept_letter_for_letter(desk: Any) -> None:
    case = desk.accepted()
    wire = Caller(desk.people["agent"], "write")
    wire.post(f"/cases/{case.number}/messages", {"text": "{link} {x} { }", "direction": "in"})
    assert Message.objects.filter(case_id=case.pk, direction="in").latest("id").text == "{link} {x} { }"
    assert "{link} {x} { }" in desk.client("agent").get(f"/case/{case.number}").content.decode()


def test_sent_again_with_its_key_it_is_the_same_message_whatever_has_changed_since(desk: Any, clock: Any) -> None:
    case = desk.accepted()
    wire = Caller(desk.people["agent"], "write")
    place, body = f"/cases/{case.number}/messages", {"text": "由 {handler} 经办，今天 {today}"}
    first = wire.post(place, body, key="once")
    clock.advance(timedelta(days=1))
    again = wire.post(place, body, key="once")
    assert again["replayed"] and again["seq"] == first["seq"]
    assert Message.objects.filter(case_id=case.pk, author_id__isnull=False).count() == 1
    assert wire.post(place, {"text": "别的 {today}"}, key="once", expect=409)


def test_a_value_with_braces_is_no_variable(desk: Any, work: Any) -> None:
    case = desk.accepted()
    desk.house.customer.name = "{survey_link}甲{me}"
    desk.house.customer.save()
    assert _write(desk, case, "{customer}您好").status_code == 204
    work()
    assert _sent(case).body == "survey_link甲me您好"


def test_who_may_not_write_to_customers_previews_and_sends_nothing(desk: Any) -> None:
    case = desk.accepted()
    auditor = desk.client("auditor")
    for place in ("message", "message/preview"):
        assert auditor.post(f"/case/{case.number}/{place}", {"text": LINKED}).status_code == 403
    assert auditor.get(f"/case/{case.number}/replies").status_code == 403
    wire = Caller(desk.people["auditor"], "read")
    wire.post(f"/cases/{case.number}/messages", {"text": LINKED}, expect=403)
    assert not Message.objects.filter(case_id=case.pk, author_id__isnull=False).exists()


def test_a_link_in_a_subject_is_hidden_as_well(desk: Any, work: Any) -> None:
    case = desk.accepted()
    wire = Caller(desk.people["agent"], "write")
    wire.post(f"/cases/{case.number}/messages", {"text": "请看主题", "subject": "进度 {link} 。", "channel": "mail"})
    work()
    assert SIGNED.search(_sent(case).subject)
    for place, shown in _everything_shown(desk, case).items():
        assert not SIGNED.search(shown), place
