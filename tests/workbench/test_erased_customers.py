"""An erased customer: nothing more is written or called, and the erasure stands in every case and in the record."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.utils.translation import override
from tests.api.callers import Caller
from tests.integrations.conftest import work
from tests.workbench.deskhouse import desk

from tuoshan import clock as product_clock
from tuoshan.care import follow_up
from tuoshan.cases import service, verifying
from tuoshan.cases.models import Case, Event, Message
from tuoshan.insight import proving
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.office import customers, papers
from tuoshan.parties import customers as people
from tuoshan.parties.models import Customer, SettingChange

__all__ = ["desk", "work"]

WORDS = "（已随客户删除）"
IN_ENGLISH = "(erased with its customer)"
REASON = "客户的个人信息已按其要求删除，不能再发消息或通话。"


def erase(desk: Any) -> None:
    answer = desk.client("admin").post(f"/customers/{desk.house.customer.pk}/erase", {"sure": "1"})
    assert answer.status_code == 302


def page(desk: Any, address: str, who: str = "agent", language: str = "zh-hans") -> str:
    client = desk.client(who)
    client.cookies["tuoshan_language"] = language
    return str(client.get(address, follow=True).content.decode())


def verified(case: Any) -> list[str]:
    return [str(fault) for fault in verifying.verify(case_ids=[case.pk])]


# -- nothing more is written or called -----------------------------------------------------------------------------


def test_on_the_desk_message_and_call_are_barred_with_the_reason_and_a_note_is_not(desk: Any, work: Any) -> None:
    case = desk.accepted()
    work()
    erase(desk)
    said = page(desk, f"/case/{case.number}")
    for name in ("message", "call"):
        button = said.split(f'data-opens="do-{name}"')[1].split("</button>")[0]
        assert f'disabled title="{REASON}" aria-describedby="barred"' in button, name
        address = f"/case/{case.number}/{name}"
        for answer in (
            desk.client("agent").get(address),
            desk.client("agent").post(address, {"text": "你好", "channel": "sms", "key": f"k-{name}"}),
        ):
            assert answer.status_code == 409 and REASON in answer.content.decode(), name
    assert "disabled" not in said.split('data-opens="do-note"')[1].split("</button>")[0]
    assert desk.client("agent").post(f"/case/{case.number}/note", {"text": "已办", "key": "k-n"}).status_code == 302
    assert REASON in desk.client("agent").post(f"/case/{case.number}/message/preview", {"text": "你"}).content.decode()
    work()
    assert not OutgoingMessage.objects.filter(case_id=case.pk, status__in=("pending", "sent", "folder")).exclude(
        to=""
    ).exists()
    assert verified(case) == []


def test_before_the_erasure_all_of_it_is_allowed(desk: Any, work: Any) -> None:
    case = desk.accepted()
    for name in ("message", "call"):
        address = f"/case/{case.number}/{name}"
        assert desk.client("agent").get(address).status_code == 200
        answer = desk.client("agent").post(address, {"text": "你好", "channel": "sms", "key": f"k-{name}"})
        assert answer.status_code == 302
    assert REASON not in page(desk, f"/case/{case.number}")


def test_over_the_wire_the_same_is_refused_by_its_code(desk: Any, work: Any) -> None:
    case = desk.accepted()
    erase(desk)
    agent = Caller(desk.people["agent"], "write")
    for path, body in (
        ("messages", {"text": "你好", "channel": "sms"}),
        ("messages", {"text": "我来了", "channel": "sms", "direction": "in"}),
        ("calls", {"text": "打不通"}),
        ("messages/preview", {"text": "你好", "channel": "sms"}),
    ):
        refused = agent.post(f"/cases/{case.number}/{path}", body, expect=409)
        assert (refused["code"], refused["detail"]) == ("customer_erased", REASON), path
    english = Caller(desk.people["lead"], "write", "en")
    refused = english.post(f"/cases/{case.number}/calls", {"text": "no answer"}, expect=409)
    assert "nobody can call them" in refused["detail"]
    agent.post(f"/cases/{case.number}/notes", {"text": "已办"})
    assert agent.get(f"/cases/{case.number}")["title"] == WORDS


def test_what_the_process_says_by_itself_is_kept_as_not_sent(desk: Any, work: Any) -> None:
    case = desk.house.complaint()
    work()
    before = set(Message.objects.filter(case_id=case.pk).values_list("pk", flat=True))
    erase(desk)
    given = {"category": "1", "impact": "low", "urgency": "low", "next_step": "明天回电"}
    done = desk.house.act(case, "accept_simple", **given, handler=str(desk.house.agent.pk))
    assert done.accepted, done.refusal
    work()
    work()  # a second round tells nothing again
    told = list(Message.objects.filter(case_id=case.pk, direction="out").exclude(pk__in=before))
    assert [row.delivery for row in told] == ["nobody"] and told[0].text
    kept = OutgoingMessage.objects.filter(case_id=case.pk, message="accepted")
    assert [(row.status, row.to, row.body) for row in kept] == [("cancelled", "", "")]
    said = page(desk, f"/case/{case.number}")
    assert "客户已删除，没有发出" in said
    assert "Customer erased: not sent" in page(desk, f"/case/{case.number}", language="en")
    assert verified(case) == []


def test_what_waited_to_be_sent_when_the_customer_was_erased_is_no_more_pending(desk: Any, work: Any) -> None:
    case = desk.accepted()
    work()
    actor = service.ActingAs.by_person(desk.people["agent"])
    service.message(case_id=case.pk, actor=actor, text="请看", channel="sms")
    erase(desk)
    work()
    mine = Message.objects.get(case_id=case.pk, author_id=desk.people["agent"].pk)
    assert (mine.delivery, mine.text) == ("nobody", "")
    assert verified(case) == []


def test_who_was_erased_is_not_called_once_more(desk: Any, work: Any, monkeypatch: Any) -> None:
    case = desk.accepted()
    assert not follow_up._is_last(desk.read(case))
    erase(desk)
    assert follow_up._is_last(desk.read(case)), "a try in vain ends it, as nobody can try again"


# -- a customer without any way ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_message_to_who_left_no_phone_stands_on_their_page_and_was_not_sent(
    desk: Any, work: Any, language: str
) -> None:
    nobody = people.find_or_make("", "赵六").customer
    case = desk.house.complaint(customer_id=nobody.pk)
    work()
    client = desk.client("agent")
    client.cookies["tuoshan_language"] = language
    form = client.get(f"/case/{case.number}/message").content.decode()
    said = client.post(
        f"/case/{case.number}/message", {"text": "你好", "channel": "sms", "key": "k"}, headers={"HX-Request": "true"}
    )
    work()
    (written,) = Message.objects.filter(case_id=case.pk, author_id=desk.people["agent"].pk)
    assert written.channel == "portal"
    shown = page(desk, f"/case/{case.number}", language=language)
    if language == "zh-hans":
        assert "没有留下联系方式" in form and "已写在查询页上" in shown and "已发送" not in shown
        assert "正在发送" not in said["HX-Trigger"].encode().decode("unicode_escape")
    else:
        assert "left no address" in form and "On their page" in shown and ">Sent<" not in shown


def test_a_message_that_left_says_so(desk: Any, work: Any) -> None:
    case = desk.accepted()
    work()
    assert "已发送" in page(desk, f"/case/{case.number}")


# -- the erasure is recorded ---------------------------------------------------------------------------------------


def test_each_case_tells_who_erased_and_when_and_stays_whole(desk: Any, work: Any) -> None:
    case, other = desk.accepted(), desk.house.complaint()
    theirs = desk.house.complaint(customer_id=people.find_or_make("13911112222", "李四").customer.pk)
    work()
    erase(desk)
    work()
    for one in (case, other):
        event = Event.objects.get(case_id=one.pk, name="customer_erased")
        assert (event.kind, event.actor_id) == ("record", desk.people["admin"].pk) and "王芳" not in event.body
        assert verified(one) == []
    assert not Event.objects.filter(case_id=theirs.pk, name="customer_erased").exists()
    said = page(desk, f"/case/{case.number}")
    assert "<b>管理员</b> 删除了客户的个人信息" in said and "王芳" not in said
    assert f'<p class="wrap-text">{WORDS}</p>' in said, "in the place of what was said"
    said = page(desk, f"/case/{case.number}", language="en")
    assert "erased the customer&#x27;s personal data" in said
    assert [str(one) for one in proving.differences()] == [], "the index finds it as it should"


def test_erasing_twice_changes_nothing(desk: Any, work: Any) -> None:
    case = desk.accepted()
    erase(desk)
    head = desk.read(case).head_hash
    customers.erase(desk.people["admin"], Customer.objects.get(pk=desk.house.customer.pk))
    erase(desk)  # the same form sent a second time
    Caller(desk.people["admin"], "admin").send("DELETE", f"/customers/{desk.house.customer.pk}", expect=204)
    assert desk.read(case).head_hash == head
    assert SettingChange.objects.filter(area="customers").count() == 1
    assert desk.house.customer.changes.filter(action="erased").count() == 1


def test_the_record_of_changes_names_case_and_eraser_and_nobody_else(desk: Any, work: Any) -> None:
    case = desk.accepted()
    erase(desk)
    for who in ("auditor", "admin"):
        said = page(desk, "/settings/changes?area=customers", who)
        assert f"客户 {desk.house.customer.pk} 的个人信息" in said and case.number in said and "管理员" in said, who
        assert "王芳" not in said and "138****" not in said
    assert desk.client("agent").get("/settings/changes").status_code == 403
    auditor = Caller(desk.people["auditor"], "read", "en")
    (change,) = auditor.get("/settings/changes?area=customers")["changes"]
    assert (change["action"], change["person_id"]) == ("removed", desk.people["admin"].pk)
    assert change["title"] == f"Personal data of customer {desk.house.customer.pk}"
    assert change["fields"][0]["after"] == case.number


def test_the_page_of_the_erased_tells_who_may_read_the_record_alone(desk: Any, work: Any) -> None:
    case, number = desk.accepted(), desk.house.customer.pk
    erase(desk)
    for who in ("auditor", "admin", "manager"):
        answer = desk.client(who).get(f"/customers/{number}")
        said = answer.content.decode()
        assert answer.status_code == 200 and "管理员 于 2026-" in said and "删除了这位客户的个人信息" in said
        assert case.number in said and WORDS in said and "王芳" not in said and "138****" not in said, who
        read = Caller(desk.people[who], "read").get(f"/customers/{number}")
        assert read["erased_at"] and (read["name"], read["phone"], read["cases"]) == ("", "", 1)
        (change,) = Caller(desk.people[who], "read").get(f"/customers/{number}/changes")["changes"]
        assert (change["action"], change["person_id"], change["fields"]) == ("erased", desk.people["admin"].pk, [])
        assert f'href="/customers/{number}"' in page(desk, f"/case/{case.number}", who), who
    assert f'href="/customers/{number}"' not in page(desk, f"/case/{case.number}", "agent")
    assert "personal data on 2026-" in page(desk, f"/customers/{number}", "auditor", "en")
    for who in ("agent", "lead", "qa", "finance"):
        assert desk.client(who).get(f"/customers/{number}").status_code == 404, who
        Caller(desk.people[who], "read").get(f"/customers/{number}", expect=404)
        Caller(desk.people[who], "read").get(f"/customers/{number}/changes", expect=404)
    assert desk.client("auditor").get(f"/customers/{number}/erase").status_code == 403
    assert desk.client("admin").get("/customers/999999").status_code == 404


# -- what the case is called ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("zh-hans", WORDS), ("en", IN_ENGLISH)])
def test_case_lists_search_board_and_paper_say_that_it_was_erased(
    desk: Any, work: Any, language: str, words: str
) -> None:
    case = desk.accepted()
    erase(desk)
    work()
    for address, who in (
        (f"/case/{case.number}", "agent"), ("/queue/open", "lead"), (f"/search?q={case.number}", "lead"),
        (f"/case/{case.number}", "auditor"),
    ):  # fmt: skip
        assert words in page(desk, address, who, language), address
    said = page(desk, f"/case/{case.number}", "agent", language)
    assert f"<dd>{'已删除' if language == 'zh-hans' else 'Erased'}</dd>" in said and "未登记" not in said
    assert f'<h1 class="text-xl">{words}</h1>' in said
    with override(language):
        paper = papers.record_data(desk.read(case), desk.people["lead"], language)
    assert paper.complaint == words
    assert ("已删除" if language == "zh-hans" else "Erased") in [value for _label, value in paper.particulars]
    assert papers.paper(desk.read(case), "archive", desk.people["lead"], language=language).startswith(b"%PDF")


def test_no_letter_is_written_to_who_was_erased(desk: Any, work: Any) -> None:
    case = desk.accepted()
    erase(desk)
    with pytest.raises(papers.NoDecision):
        papers.paper(desk.read(case), "letter", desk.people["lead"], language="zh-hans")


def test_cases_erased_before_are_called_the_same(desk: Any, work: Any) -> None:
    case, plain = desk.accepted(), desk.house.complaint(customer_id=people.find_or_make("13911112222").customer.pk)
    joined = desk.house.complaint(customer_id=Customer.objects.create().pk)
    now = product_clock.now()
    Customer.objects.filter(pk=joined.customer_id).update(erased_at=now, joined_into=plain.customer_id)
    Customer.objects.filter(pk=case.customer_id).update(erased_at=now)
    Case.objects.update(title="")
    migration = importlib.import_module("tuoshan.cases.migrations.0020_erased_titles")
    migration.mark(apps, None)
    assert desk.read(case).is_erased and desk.read(case).title == WORDS
    assert not desk.read(plain).is_erased and not desk.read(joined).is_erased
    assert Case.objects.filter(title=desk.read(case).title).get() == case, "asked for by its words as well"
    migration.unmark(apps, None)
    assert desk.read(case).title == "" and not desk.read(case).is_erased


def test_nobody_names_a_case_as_if_it_were_erased(desk: Any, work: Any) -> None:
    case = desk.house.complaint()
    made = service.register(
        playbook="complaint", actor=service.ActingAs.by_person(desk.people["agent"]), channel="hotline",
        values={"what_happened": "␡", "channel": "hotline"}, customer_id=case.customer_id, unit_id=case.unit_id,
        title="␡",
    )  # fmt: skip
    assert made.accepted and not Case.objects.get(pk=made.case_id).is_erased


def test_the_words_are_read_and_the_mark_is_kept(desk: Any) -> None:
    case = desk.complaint()
    erase(desk)
    lazily = Case.objects.only("number").get(pk=case.pk)
    assert lazily.title == WORDS and lazily.is_erased
    lazily.save(update_fields=["title"])
    assert Case.objects.filter(pk=case.pk).values_list("title", flat=True).get() == "␡"
