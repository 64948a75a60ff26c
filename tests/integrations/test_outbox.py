"""Messages to customers: what they say, by which way, once, and what becomes of failures."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.network


def rows(case: Any) -> list[Any]:
    from tuoshan.integrations.models import OutgoingMessage

    return list(OutgoingMessage.objects.filter(case_id=case.id).order_by("id"))


def spoken(case: Any) -> list[Any]:
    from tuoshan.cases.models import Message

    return list(Message.objects.filter(case_id=case.id, direction="out").order_by("id"))


def set_way(customer: Any, way: str) -> None:
    from tuoshan.integrations.models import ContactPreference

    ContactPreference.objects.update_or_create(customer_id=customer.pk, defaults={"way": way})


def with_gateway(gateway: Any, **values: Any) -> Any:
    from tuoshan.integrations.models import SmsGateway

    given = {"url": gateway.url, "success": "code == 0", "id_path": "id", "headers": "X-Secret: s3cret"}
    return SmsGateway.objects.create(**{**given, **values})


def test_the_acknowledgment_goes_to_the_folder_and_names_number_time_and_contact(house: Any, work: Any) -> None:
    case = house.complaint()
    work()
    (row,) = rows(case)
    assert (row.channel, row.status, row.to) == ("sms", "folder", "+8613800138000")
    assert case.number in row.body and "400-820-1234" in row.body
    assert "3月3日 09:00" in row.body  # 24 hours after Monday 09:00
    assert "https://service.example.cn/portal/" in row.body
    assert "{" not in row.body
    (message,) = spoken(case)
    assert (message.text, message.delivery, message.visible_to_customer) == (row.body, "sent", True)


def test_running_twice_tells_once(house: Any, work: Any) -> None:
    from tuoshan import clock as product_clock
    from tuoshan.agenda.models import Item
    from tuoshan.integrations import telling

    case = house.complaint()
    work()
    item = Item.objects.get(case_id=case.id, name="tell")
    telling.tell(item, product_clock.now())
    assert len(rows(case)) == len(spoken(case)) == 1


def test_mail_goes_through_a_real_server_with_a_stable_message_id(house: Any, post: Any, work: Any) -> None:
    set_way(house.customer, "mail")
    case = house.complaint()
    work()
    (row,) = rows(case)
    (mail,) = post.taken
    assert row.status == "sent" and row.provider_id == mail["Message-ID"]
    assert mail["To"] == "王芳 <wang@example.cn>" and "service@example.cn" in mail["From"]
    assert mail["Subject"] == "您的投诉已登记" and mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == row.body


@pytest.mark.parametrize(
    ("company_way", "wish", "channels"),
    [("mail", "", ["mail"]), ("both", "", ["sms", "mail"]), ("sms", "", ["sms"]), ("mail", "sms", ["sms"])],
)
def test_the_companys_way_counts_where_the_customer_wished_for_none(
    house: Any, work: Any, clock: Any, company_way: str, wish: str, channels: list[str]
) -> None:
    from dataclasses import replace

    from tuoshan.knowledge.company import company, set_company

    set_company(replace(company(), way=company_way), valid_from=clock())
    if wish:
        set_way(house.customer, wish)
    case = house.complaint()
    work()
    assert sorted(row.channel for row in rows(case)) == sorted(channels)


def test_who_has_left_only_the_other_contact_is_told_by_that(house: Any, work: Any, clock: Any) -> None:
    from dataclasses import replace

    from tuoshan.knowledge.company import company, set_company

    set_company(replace(company(), way="mail"), valid_from=clock())
    house.customer.email = ""
    house.customer.save()
    case = house.complaint()
    work()
    assert [row.channel for row in rows(case)] == ["sms"]


def test_in_the_customers_language(house: Any, work: Any) -> None:
    house.customer.language = "en"
    house.customer.save()
    case = house.complaint()
    work()
    (row,) = rows(case)
    assert row.body.startswith(f"Your complaint is registered as {case.number}; Customer service looks after it. ")
    assert "We will be in touch by 3 March, 09:00" in row.body


def test_both_ways_are_one_message_of_the_conversation(house: Any, gateway: Any, post: Any, work: Any) -> None:
    set_way(house.customer, "both")
    with_gateway(gateway)
    case = house.complaint()
    work()
    assert [(row.channel, row.status) for row in rows(case)] == [("sms", "sent"), ("mail", "sent")]
    assert len(spoken(case)) == 1 and len(post.taken) == 1 and len(gateway.calls) == 1


def test_the_gateway_gets_escaped_json_its_secret_and_the_key(house: Any, gateway: Any, work: Any) -> None:
    with_gateway(gateway)
    house.customer.phone = "+44 20 7946 0958"
    house.customer.save()
    case = house.complaint()
    work()
    (call,) = gateway.calls
    body = json.loads(call["body"])
    assert body["mobile"] == "+442079460958" and body["content"].startswith("【云杉百货】您好")
    assert call["headers"]["X-Secret"] == "s3cret"
    (row,) = rows(case)
    assert call["headers"]["Idempotency-Key"] == row.key and row.provider_id == "m-1"


def test_failures_are_tried_again_with_backoff_until_success(house: Any, gateway: Any, work: Any, clock: Any) -> None:
    from tuoshan.agenda.models import Item

    gateway.answers = [(503, {}), (200, {"code": 7, "message": "busy"}), (200, {"code": 0, "id": "m-9"})]
    with_gateway(gateway)
    case = house.complaint()
    work()
    (row,) = rows(case)
    assert row.status == "pending" and "503" in row.last_error
    assert spoken(case)[0].delivery == "pending"
    waits = []
    while len(gateway.calls) < 3:
        item = Item.objects.get(case_id=case.id, name="tell")
        waits.append((item.ready_at - clock()).total_seconds())
        clock.move_to(item.ready_at + timedelta(seconds=1))
        work()
    assert waits[1] > waits[0]
    (row,) = rows(case)
    assert (row.status, row.provider_id, row.attempts, row.last_error) == ("sent", "m-9", 3, "")
    assert len({call["headers"]["Idempotency-Key"] for call in gateway.calls}) == 1
    assert spoken(case)[0].delivery == "sent"


def test_after_the_last_try_it_is_parked_failed_told_and_can_be_tried_again(
    house: Any, gateway: Any, work: Any, clock: Any
) -> None:
    from tuoshan.agenda import claiming
    from tuoshan.agenda.models import Item
    from tuoshan.integrations import mailbox
    from tuoshan.integrations.models import Notification

    gateway.answers = [(500, {})]
    with_gateway(gateway)
    case = house.complaint()
    house.act(case, "contact", said="已联系", next_step="明天回电")
    for _round in range(40):
        work()
        clock.advance(timedelta(hours=2))
    told = Item.objects.filter(case_id=case.id, name="tell")
    assert {item.attempts for item in told} == {claiming.ATTEMPTS} and all(item.parked_at for item in told)
    assert {row.status for row in rows(case)} == {"failed"}
    assert {message.delivery for message in spoken(case)} == {"failed"}
    assert Notification.objects.filter(what="undelivered", case_id=case.id).exists()
    gateway.answers = [(200, {"code": 0, "id": "late"})]
    assert mailbox.try_again(rows(case)[0])
    work()
    assert rows(case)[0].status == "sent" and spoken(case)[0].delivery == "sent"
    assert not mailbox.try_again(rows(case)[0])


def test_a_crash_between_sending_and_noting_sends_the_same_key_once_more_and_not_for_ever(
    house: Any, gateway: Any, work: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.integrations import outbox

    class Killed(BaseException):
        """The process died."""

    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    with_gateway(gateway)
    case = house.complaint()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_note", die)
        with pytest.raises(Killed):
            work()
        clock.advance(timedelta(minutes=2))  # the lease runs out
        with pytest.raises(Killed):
            work()
    assert len(gateway.calls) == 2
    assert len({call["headers"]["Idempotency-Key"] for call in gateway.calls}) == 1
    clock.advance(timedelta(minutes=2))
    work()
    assert len(gateway.calls) == 2
    (row,) = rows(case)
    assert row.status == "failed" and "interrupted" in row.last_error and len(spoken(case)) == 1


def test_a_refused_address_fails_at_once(house: Any, post: Any, work: Any) -> None:
    from tuoshan.agenda.models import Item

    post.says = "550 no such user"
    set_way(house.customer, "mail")
    case = house.complaint()
    work()
    (row,) = rows(case)
    assert row.status == "failed" and "550" in row.last_error
    assert Item.objects.get(case_id=case.id, name="tell").done_at is not None


def test_a_withdrawn_case_takes_back_what_is_not_out(house: Any, gateway: Any, work: Any, clock: Any) -> None:
    from tuoshan.cases.service import ActingAs
    from tuoshan.integrations import outbox

    gateway.answers = [(503, {})]
    with_gateway(gateway)
    case = house.complaint()
    work()
    outcome = house.act(case, "withdraw", ActingAs.by_customer(house.customer.pk), reason="算了")
    assert outcome.accepted, outcome.refusal
    gateway.answers = [(200, {"code": 0})]
    clock.advance(timedelta(hours=1))
    work()
    outbox.cancel_withdrawn(clock())
    assert [row.message for row in rows(case) if row.status == "sent"] == ["withdrawn"]
    assert [row.message for row in rows(case) if row.status == "cancelled"] == ["registered"]


def test_nobody_to_be_reached_stands_on_the_page_alone(house: Any, work: Any) -> None:
    case = house.complaint(customer_id=None)
    work()
    (row,) = rows(case)
    assert (row.channel, row.status) == ("in_app", "sent") and len(spoken(case)) == 1


def test_history_says_nothing(house: Any, work: Any, clock: Any) -> None:
    case = house.complaint(history=True, received_at=clock() - timedelta(days=400))
    work()
    assert rows(case) == [] and spoken(case) == []


def test_the_companys_own_wording_comes_first(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.cases import library
    from tuoshan.knowledge import templates

    playbook = library.current("complaint")
    for channel, body in (("", "各渠道 {number}"), ("sms", "短信 {number}，{company}")):
        templates.save(
            playbook=playbook, message="registered", language="zh-hans", channel=channel, subject="", body=body,
            now=clock(), person_id=1,
        )  # fmt: skip
    case = house.complaint()
    work()
    assert rows(case)[0].body == f"短信 {case.number}，云杉百货"


def test_what_an_agent_writes_goes_out_too(house: Any, post: Any, work: Any) -> None:
    from tuoshan.cases import service

    case = house.complaint()
    actor = service.ActingAs.by_person(house.agent)
    service.message(case_id=case.id, actor=actor, text="请看附件 {这不是变量}", channel="mail", subject="附件")
    work()
    (mail,) = post.taken
    assert mail["Subject"] == "附件" and mail.get_content().strip() == "请看附件 {这不是变量}"
    assert spoken(case)[-1].delivery == "sent" or spoken(case)[0].delivery == "sent"


def test_the_mail_folder_holds_readable_private_files(house: Any, work: Any) -> None:
    import email
    from email import policy

    from tuoshan.integrations import mail

    set_way(house.customer, "mail")
    case = house.complaint()
    work()
    (path,) = list(Path(mail.folder()).glob("*.eml"))
    read = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert case.number in read.get_content() and path.stat().st_mode & 0o077 == 0


def test_a_counter_complaint_gets_its_slip_once(house: Any, work: Any) -> None:
    from tuoshan import clock as product_clock
    from tuoshan.agenda.models import Item
    from tuoshan.documents.models import Evidence
    from tuoshan.integrations import printing

    case = house.complaint(channel="counter")
    work()
    (kept,) = Evidence.objects.filter(case_id=case.id)
    assert kept.content_type == "application/pdf" and kept.visible_to_customer and case.number in kept.original_name
    printing.print_paper(Item.objects.get(case_id=case.id, name="print"), product_clock.now())
    assert Evidence.objects.filter(case_id=case.id).count() == 1


def test_erasing_the_customer_empties_what_was_sent(house: Any, work: Any) -> None:
    from tuoshan.integrations import erasing, mail

    set_way(house.customer, "mail")
    case = house.complaint()
    work()
    erasing.erase(house.customer)
    (row,) = rows(case)
    assert row.to == row.body == row.subject == "" and not list(mail.folder().glob("*.eml"))


ACCEPTED_AT_ONCE = {"category": "1", "impact": "low", "urgency": "low", "next_step": "明天回电"}


def test_a_message_says_what_was_true_when_its_event_happened(house: Any, work: Any) -> None:
    """The first answer that was promised, though the case went on before the worker came; who has it is said as now."""
    case = house.complaint()
    done = house.act(case, "accept_simple", **ACCEPTED_AT_ONCE, handler=str(house.colleague.pk))
    assert done.accepted, done.refusal
    work()
    bodies = {row.message: row.body for row in rows(case)}
    assert "由马莉负责。我们会在 3月3日 09:00 前与您联系" in bodies["registered"]
    assert "3月3日 09:00" not in bodies["accepted"]


def test_a_fact_that_changed_since_is_not_in_an_earlier_message(house: Any, work: Any) -> None:
    case = house.complaint()
    steps = (("ask_more", {"missing": "购物小票"}), ("add_more", {"added": "没有"}), ("ask_more", {"missing": "照片"}))
    for action, values in steps:
        done = house.act(case, action, **values)
        assert done.accepted, done.refusal
    work()
    first, second = (row.body for row in rows(case) if row.message == "please_add")
    assert "购物小票" in first and "照片" not in first
    assert "照片" in second
