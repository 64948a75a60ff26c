"""客户资料: who finds whom, corrections with what follows from them, joining two that are one, erasing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.integrations.conftest import work
from tests.workbench.deskhouse import desk

from tuoshan.parties import customers as people
from tuoshan.parties.models import Customer, CustomerChange

__all__ = ["desk", "work"]

GIVEN = {"name": "王芳", "phone": "13800138000", "email": "wang@example.cn", "address": "", "language": "", "way": ""}
NEW = "13911112222"


def correct(desk: Any, customer: Any, who: str = "agent", **values: Any) -> Any:
    return desk.client(who).post(f"/customers/{customer.pk}/correct", GIVEN | values)


def tracked(number: str, phone: str) -> bool:
    return Client().post("/portal/track", {"number": number, "phone": phone}).status_code == 302


def opened(link: str) -> Any:
    return Client().get(re.sub(r"^https?://[^/]+", "", link))


def test_a_customer_is_found_by_phone_name_and_from_the_case_with_the_cases_in_reach(desk: Any) -> None:
    case, agent, customer = desk.complaint(), desk.client("agent"), desk.house.customer
    address = f"/customers/{customer.pk}"
    assert address in agent.get(f"/case/{case.number}").content.decode()
    for text in ("13800138000", "8000", "王芳", "王", "wang@example.cn"):
        answer = agent.get("/customers", {"q": text})
        assert (answer.status_code, answer["Location"]) == (302, address), text
    page = agent.get(address).content.decode()
    assert case.number in page and "13800138000" in page
    people.find_or_make("13700137000", "王芳")
    both = desk.client("lead").get("/customers", {"q": "王芳"}).content.decode()
    assert both.count('class="row"') == 2
    assert "没有找到" in agent.get("/customers", {"q": "赵六"}).content.decode()


def test_who_only_reads_sees_contact_data_masked(desk: Any) -> None:
    case, customer = desk.complaint(), desk.house.customer
    for who in ("auditor", "finance"):
        client = desk.client(who)
        for address in (f"/customers/{customer.pk}", f"/case/{case.number}"):
            answer = client.get(address)
            if answer.status_code == 404:
                continue  # outside their reach
            page = answer.content.decode()
            assert "138****8000" in page and "13800138000" not in page and "wang@example.cn" not in page
        assert client.get(f"/customers/{customer.pk}/correct").status_code == 403


def test_who_may_correct_join_and_erase(desk: Any) -> None:
    desk.complaint()
    customer = desk.house.customer
    other = people.find_or_make("13700137000", "王芳").customer
    expected = {"correct": {"agent", "lead", "manager", "admin"}, "erase": {"admin"}}
    expected[f"join/{other.pk}"] = expected["correct"]
    for tail, allowed in expected.items():
        for who in ("agent", "lead", "manager", "admin", "auditor", "finance", "qa"):
            status = desk.client(who).get(f"/customers/{customer.pk}/{tail}").status_code
            assert (status == 403) is (who not in allowed), (tail, who, status)
        assert Client().get(f"/customers/{customer.pk}/{tail}").status_code == 302
    assert CustomerChange.objects.count() == 0


def test_whoever_sees_no_case_of_a_customer_finds_and_changes_nothing(desk: Any) -> None:
    from tuoshan.parties.models import OrgUnit, Person

    desk.complaint()
    customer = desk.house.customer
    store = OrgUnit.objects.create(code="s1", name_zh="一店", kind="store", department="store", parent=desk.house.unit)
    desk.people["clerk"] = Person.objects.create_user("dian", "x", roles=("store_clerk",), unit=store)
    clerk = desk.client("clerk")
    assert "没有找到" in clerk.get("/customers", {"q": "13800138000"}).content.decode()
    for tail in ("", "/correct", f"/join/{customer.pk}"):
        assert clerk.get(f"/customers/{customer.pk}{tail}").status_code == 404
    assert clerk.post(f"/customers/{customer.pk}/correct", GIVEN | {"name": "某某"}).status_code == 404
    customer.refresh_from_db()
    assert customer.name == "王芳"


def test_a_corrected_phone_opens_the_case_and_the_old_one_no_longer(desk: Any) -> None:
    from tuoshan.knowledge.links import case_link, survey_link

    case, customer = desk.complaint(), desk.house.customer
    link, survey = case_link(case.pk), survey_link(case.pk, "survey#1")
    stranger = Client()
    assert stranger.get(re.sub(r"^https?://[^/]+", "", link)).status_code == 302
    assert stranger.get(f"/portal/case/{case.number}").status_code == 200
    assert tracked(case.number, "13800138000")

    assert correct(desk, customer, phone="139 1111 2222").status_code == 302
    assert tracked(case.number, NEW) and not tracked(case.number, "13800138000")
    assert opened(link).status_code == opened(survey).status_code == 410
    assert stranger.get(f"/portal/case/{case.number}").status_code == 302, "an open page of the stranger's closes"
    assert opened(case_link(case.pk)).status_code == 302
    assert set(people.search(NEW)) == {customer} and not people.search("13800138000")


def test_links_stay_when_nothing_was_sent_to_somebody_else(desk: Any) -> None:
    from tuoshan.knowledge.links import case_link

    case, customer = desk.complaint(), desk.house.customer
    link = case_link(case.pk)
    assert correct(desk, customer, name="王方", address="上海市徐汇区幸福路 1 号", way="mail").status_code == 302
    assert opened(link).status_code == 302


def test_a_corrected_name_is_found_by_search_and_the_old_one_no_longer(desk: Any, work: Any) -> None:
    case, customer, agent = desk.complaint(), desk.house.customer, desk.client("agent")
    work()
    assert case.number in agent.get("/search", {"q": "王芳"}).content.decode()
    correct(desk, customer, name="欧阳方", phone=NEW)
    work()
    for text, there in (("王芳", False), ("欧阳方", True), (NEW, True), ("13800138000", False)):
        assert (case.number in agent.get("/search", {"q": text}).content.decode()) is there, text
    assert set(people.by_name("欧阳")) == {customer} and not people.by_name("王芳")


def test_a_change_is_recorded_masked_and_encrypted(desk: Any) -> None:
    desk.complaint()
    customer = desk.house.customer
    correct(desk, customer, name="王方", phone=NEW, address="上海市徐汇区幸福路 1 号", way="mail")
    row = CustomerChange.objects.get()
    assert (row.customer_id, row.person_id, row.action) == (customer.pk, desk.people["agent"].pk, "changed")
    assert row.fields == [
        {"name": "name", "before": "王*", "after": "王*"},
        {"name": "phone", "before": "138****8000", "after": "139****2222"},
        {"name": "address", "before": "", "after": "上海市徐汇区****"},
        {"name": "way", "before": "", "after": "mail"},
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM parties_customerchange")
        assert cursor.fetchone()[0].startswith("gAAAA"), "a token of the cipher, nothing else"
    page = desk.client("lead").get(f"/customers/{customer.pk}").content.decode()
    assert "更正记录" in page and "138****8000" in page and "139****2222" in page and "林悦" in page
    correct(desk, customer, name="王方", phone=NEW, address="上海市徐汇区幸福路 1 号", way="mail")
    assert CustomerChange.objects.count() == 1, "what is the same is no change"


def test_messages_go_the_way_the_customer_prefers(desk: Any, work: Any) -> None:
    from tuoshan.integrations.models import ContactPreference, OutgoingMessage

    customer = desk.house.customer

    def ways() -> set[str]:
        OutgoingMessage.objects.all().delete()
        case = desk.complaint()
        work()
        return set(OutgoingMessage.objects.filter(case_id=case.pk).values_list("channel", flat=True))

    desk.complaint()
    assert ways() == {"sms"}
    for way, expected in (("mail", {"mail"}), ("both", {"sms", "mail"}), ("none", {"in_app"}), ("", {"sms"})):
        assert correct(desk, customer, way=way).status_code == 302
        assert ways() == expected, way
    assert not ContactPreference.objects.exists()
    correct(desk, customer, way="mail")
    form = desk.client("agent").get(f"/case/{desk.complaint().number}/message").content.decode()
    assert '<option value="mail" selected>' in form
    correct(desk, customer, way="none")
    assert "客户不愿接收消息" in desk.client("agent").get(f"/case/{desk.complaint().number}/message").content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"phone": "123"}, "这不是能拨打的电话号码"),
        ({"email": "wang@"}, "邮件"),
        ({"way": "mail", "email": ""}, "要发邮件，请填写邮箱"),
        ({"way": "sms", "phone": ""}, "要发短信，请填写电话"),
        ({"name": "", "phone": "", "email": ""}, "至少留一项"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(desk: Any, values: dict[str, str], said: str) -> None:
    desk.complaint()
    answer = correct(desk, desk.house.customer, **values)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not CustomerChange.objects.exists()


def test_what_failed_for_the_wrong_phone_is_sent_to_the_right_one_with_a_link_that_opens(desk: Any) -> None:
    from tuoshan.integrations.models import OutgoingMessage
    from tuoshan.knowledge.links import case_link

    case, customer = desk.complaint(), desk.house.customer
    kept = {"case_id": case.pk, "to_name": "王芳", "at": case.created_at, "effect_key": "e"}
    body = f"您的投诉已受理：{case_link(case.pk)} 。"
    failed = OutgoingMessage.objects.create(
        key="a", channel="sms", to=customer.phone, body=body, status="failed", **kept
    )
    mail = OutgoingMessage.objects.create(
        key="b", channel="mail", to=customer.email, body=body, status="pending", **kept
    )
    sent = OutgoingMessage.objects.create(key="c", channel="sms", to=customer.phone, body=body, status="sent", **kept)
    correct(desk, customer, phone=NEW, email="")
    for row in (failed, mail, sent):
        row.refresh_from_db()
    assert failed.to == f"+86{NEW}" and failed.body != body
    assert opened(re.search(r"http\S+/portal/l/\S+", failed.body)[0]).status_code == 302  # type: ignore[index]
    assert (mail.status, mail.to) == ("cancelled", "")
    assert (sent.to, sent.body) == ("+8613800138000", body), "what is out stays as it went"


def test_a_phone_of_another_customer_is_said_and_the_two_may_be_joined_or_left(desk: Any, work: Any) -> None:
    from tuoshan.integrations.models import ContactPreference
    from tuoshan.knowledge.links import case_link

    case, wrong = desk.complaint(), desk.house.customer
    right = people.find_or_make(NEW, "王方").customer
    other = desk.house.complaint(customer_id=right.pk)
    ContactPreference.objects.create(customer_id=wrong.pk, way="mail")
    misled, kept = case_link(case.pk), case_link(other.pk)
    answer = correct(desk, wrong, phone=NEW, way="mail")
    page = answer.content.decode()
    join = f"/customers/{wrong.pk}/join/{right.pk}"
    assert answer.status_code == 409 and join in page and "王方" in page
    wrong.refresh_from_db()
    assert wrong.phone == "+8613800138000" and not CustomerChange.objects.exists(), "left as they are"

    agent = desk.client("agent")
    assert "不能撤销" in agent.get(join).content.decode()
    assert agent.post(join)["Location"] == f"/customers/{right.pk}"
    case, right, wrong = desk.read(case), Customer.objects.get(pk=right.pk), Customer.objects.get(pk=wrong.pk)
    assert case.customer_id == right.pk
    assert (right.name, right.phone, right.email) == ("王方", f"+86{NEW}", "wang@example.cn"), "what it lacked is taken"
    assert (wrong.phone, wrong.joined_into_id) == ("", right.pk) and wrong.erased_at is not None
    assert ContactPreference.objects.get().customer_id == right.pk
    assert tracked(case.number, NEW) and not tracked(case.number, "13800138000")
    assert opened(misled).status_code == 410, "it went to the wrong phone"
    assert opened(kept).status_code == 302
    assert agent.get(f"/customers/{wrong.pk}")["Location"] == f"/customers/{right.pk}"
    page = agent.get(f"/customers/{right.pk}").content.decode()
    assert case.number in page and other.number in page and "已合并" in page
    work()
    assert case.number in agent.get("/search", {"q": NEW}).content.decode()
    assert agent.post(join).status_code == 302 and CustomerChange.objects.count() == 1


def test_a_case_registered_for_whom_was_joined_belongs_to_whom_they_turned_out_to_be(desk: Any) -> None:
    from tuoshan.intake.arrivals import Came
    from tuoshan.intake.registering import Contact, register_complaint
    from tuoshan.office import customers

    one, other = desk.house.customer, people.find_or_make(NEW, "王方").customer
    customers.join(desk.people["lead"], one, other)
    made = register_complaint(
        values={"what_happened": "杯子碎了"}, contact=Contact(customer_id=one.pk), came=Came("hotline")
    )
    assert made.customer is not None and made.customer.pk == other.pk


def test_the_customer_of_a_phone_whom_one_may_not_see_is_not_named(desk: Any) -> None:
    from tuoshan.parties.models import OrgUnit, Person

    store = OrgUnit.objects.create(code="s1", name_zh="一店", kind="store", department="store", parent=desk.house.unit)
    desk.people["clerk"] = Person.objects.create_user("dian", "x", roles=("store_clerk",), unit=store)
    hidden = people.find_or_make(NEW, "欧阳明月").customer
    desk.house.complaint(customer_id=hidden.pk)
    mine = desk.house.complaint()
    type(mine).objects.filter(pk=mine.pk).update(unit_id=store.pk)
    answer = correct(desk, desk.house.customer, "clerk", phone=NEW)
    page = answer.content.decode()
    assert answer.status_code == 409 and "欧阳明月" not in page and "/join/" not in page
    assert desk.client("clerk").post(f"/customers/{desk.house.customer.pk}/join/{hidden.pk}").status_code == 404


def test_two_corrections_to_one_phone_at_once_end_with_one_of_them(desk: Any, monkeypatch: Any) -> None:
    from tuoshan.office import customers

    one = desk.house.customer
    other = people.find_or_make(NEW, "王方").customer
    looked = people.by_phone
    calls: list[str] = []

    def late(phone: str) -> Any:
        calls.append(phone)
        return None if len(calls) == 1 else looked(phone)

    monkeypatch.setattr(people, "by_phone", late)
    with pytest.raises(customers.PhoneTaken) as taken:
        customers.correct(desk.people["agent"], one, GIVEN | {"phone": f"+86{NEW}"})
    assert taken.value.other == other
    one.refresh_from_db()
    assert one.phone == "+8613800138000" and not CustomerChange.objects.exists()


def test_erasing_asks_first_and_leaves_nothing_of_the_person(desk: Any) -> None:
    from tuoshan.knowledge.links import case_link

    case, customer, admin = desk.complaint(), desk.house.customer, desk.client("admin")
    correct(desk, customer, name="王方")
    link = case_link(case.pk)
    address = f"/customers/{customer.pk}/erase"
    assert "没有办结" in admin.get(address).content.decode()
    assert admin.post(address).status_code == 422
    customer.refresh_from_db()
    assert customer.erased_at is None
    assert admin.post(address, {"sure": "1"})["Location"] == "/customers"
    customer.refresh_from_db()
    assert (customer.name, customer.phone) == ("", "") and desk.read(case).title == "（已随客户删除）"
    assert [(row.action, row.fields) for row in customer.changes.all()] == [("erased", []), ("changed", [])]
    assert customer.changes.first().person == desk.people["admin"]
    assert opened(link).status_code == 410 and not tracked(case.number, "13800138000")


def test_after_registering_what_differs_leads_to_the_correction(desk: Any) -> None:
    desk.complaint()
    agent = desk.client("agent")
    values = {
        "channel": "hotline", "what_happened": "又碎了一个杯子", "customer-phone": "13800138000",
        "customer-name": "王方方", "key": "k-1",
    }  # fmt: skip
    answer = agent.post("/register/complaint", values, follow=True)
    page = answer.content.decode()
    assert "客户资料中更正" in page and f"/customers/{desk.house.customer.pk}/correct" in page
