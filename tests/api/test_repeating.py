"""Every POST of the schema sent twice with one Idempotency-Key: it acts once and gives the same answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from tests.api.callers import Caller
from tests.api.test_one_case_over_the_wire import FOUND, GROUND, PROPOSAL, open_tasks
from tests.api.test_permission_table_over_http import schema
from tests.api.test_rulings import CAR
from tests.api.test_work_over_the_wire import parked
from tests.cases.test_crashes import in_threads
from tests.workbench.deskhouse import desk

from tuoshan import clock as product_clock
from tuoshan.agenda import worker
from tuoshan.agenda.models import Item
from tuoshan.api import repeating
from tuoshan.cases import agenda_handlers, queries
from tuoshan.cases.models import Case, Command, SavedFilter
from tuoshan.catalog.models import Category
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.knowledge.models import QuickReply
from tuoshan.parties.models import OrgUnit, Person, SettingChange
from tuoshan.rulings import library as books

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


@dataclass
class Post:
    """A request that is taken: who sends it, where to, with what; `file` is its name and content."""

    who: str
    path: str
    body: Any = None
    scope: str = "write"
    file: tuple[str, bytes] | None = None


Make = Callable[[Any], Post]
EXAMPLES: dict[str, Make] = {}
NOT_COUNTED = ("Command", "ApiToken", "Batch", "BatchMember")
"""The keys themselves, when a token was last used, when a batch last came by its members."""
ELSEWHERE = {"migration_try", "migration_start", "migration_stop"}
"""These want a playbook that has changed: tests/workbench/test_settings_migration.py."""
WRITES_NOTHING = {
    "case_presence", "case_preview", "playbook_check", "register_email", "register_look", "ruling_ask", "ruling_batch",
    "ruling_paper",
}  # fmt: skip
"""They look something up, or say a minute long that somebody is here."""


def example(make: Make) -> Make:
    EXAMPLES[make.__name__] = make
    return make


def told_late(days: int) -> str:
    return (product_clock.now() + timedelta(days=days)).isoformat()


def program(desk: Any, who: str, scope: str = "write") -> Caller:
    return Caller(desk.people[who], scope)


# -- about a case ----------------------------------------------------------------------------------------------------


@example
def case_register(desk: Any) -> Post:
    values = {"channel": "api", "what_happened": "收到的杯子是碎的"}
    return Post("agent", "/cases", {"values": values, "customer_phone": "13800138000"})


@example
def evidence_add(desk: Any) -> Post:
    return Post("agent", f"/cases/{desk.accepted().number}/evidence", {"kind": "other"}, file=("说明.txt", b"broken"))


@example
def evidence_remove(desk: Any) -> Post:
    added = evidence_add(desk)
    row = json.loads(sent(program(desk, "agent"), added, "").content)
    return Post("lead", f"{added.path}/{row['id']}/removal", {"reason": "传错了工单"})


@example
def case_act(desk: Any) -> Post:
    return Post("agent", f"/cases/{desk.accepted().number}/actions/propose", {"values": PROPOSAL})


@example
def case_task(desk: Any) -> Post:
    number = desk.inquiring().number
    key = open_tasks(program(desk, "qa"), number)["inquire"]
    return Post("qa", f"/cases/{number}/tasks/{quote(key)}", {"outcome": "done", "values": FOUND})


@example
def case_ask(desk: Any) -> Post:
    return Post("agent", f"/cases/{desk.inquiring().number}/ask/site_visit")


@example
def case_hold(desk: Any) -> Post:
    return Post("lead", f"/cases/{desk.accepted().number}/holds/suspended", {"values": GROUND})


@example
def case_release(desk: Any) -> Post:
    held = case_hold(desk)
    program(desk, "lead").post(held.path, held.body)
    return Post("lead", f"/cases/{held.path.split('/')[2]}/release")


@example
def case_correct(desk: Any) -> Post:
    body = {"values": {"what_happened": "收到的是两只碎杯子"}, "reason": "听错了"}
    return Post("agent", f"/cases/{desk.accepted().number}/corrections", body)


@example
def case_step_back(desk: Any) -> Post:
    acted = case_act(desk)
    program(desk, "agent").post(acted.path, acted.body)
    return Post("lead", f"/cases/{acted.path.split('/')[2]}/step-back", {"reason": "金额有误"})


@example
def case_note(desk: Any) -> Post:
    return Post("agent", f"/cases/{desk.accepted().number}/notes", {"text": "客户来电"})


@example
def case_call(desk: Any) -> Post:
    return Post("agent", f"/cases/{desk.accepted().number}/calls", {"text": "没有接通"})


@example
def case_message(desk: Any) -> Post:
    return Post("agent", f"/cases/{desk.accepted().number}/messages", {"text": "明天回电", "channel": "sms"})


@example
def case_merge(desk: Any) -> Post:
    main = desk.accepted().number
    return Post("agent", f"/cases/{desk.complaint().number}/merge", {"into": main, "reason": "同一件事"})


@example
def case_unmerge(desk: Any) -> Post:
    merged = case_merge(desk)
    program(desk, "agent").post(merged.path, merged.body)
    return Post("agent", f"/cases/{merged.path.split('/')[2]}/unmerge")


@example
def case_follow_up(desk: Any) -> Post:
    case = desk.complaint()
    assert desk.house.act(case, "claim", handler=str(desk.house.agent.pk)).accepted
    assert desk.house.act(case, "ask_more", missing="照片").accepted
    desk.clock.advance(timedelta(days=16))
    worker.drain()
    body = {"result": "not_reached", "words": "无人接听", "next_at": told_late(1)}
    return Post("agent", f"/cases/{case.number}/follow-up", body)


@example
def case_batch(desk: Any) -> Post:
    numbers = [desk.accepted().number, desk.accepted().number]
    return Post("agent", "/batches", {"numbers": numbers, "action": "note", "values": {"text": "同一批次"}})


@example
def case_rule(desk: Any) -> Post:
    body = {"facts": {**CAR, "sold_on": "2025-12-01"}, "label": "轿车"}
    return Post("agent", f"/cases/{desk.accepted().number}/rulings", body)


@example
def case_override(desk: Any) -> Post:
    ruled = case_rule(desk)
    made = program(desk, "agent").post(ruled.path, ruled.body)
    body = {"remedy": "compensation", "amount": "100", "reason": "客户同意"}
    return Post("lead", f"{ruled.path}/{made['id']}/override", body)


@example
def reply_used(desk: Any) -> Post:
    reply = QuickReply.objects.create(title="谢谢", text="谢谢您", updated_at=product_clock.now())
    return Post("agent", f"/cases/{desk.accepted().number}/replies/{reply.pk}/used")


# -- around the cases ------------------------------------------------------------------------------------------------


def taken_in(desk: Any) -> str:
    file = SimpleUploadedFile("voices.csv", "投诉内容\n杯子碎了\n".encode(), "text/csv")
    lead = program(desk, "lead")
    run = lead.client.post("/api/v1/imports", {"file": file}).json()
    lead.send("PUT", f"/imports/{run['id']}/columns", {"columns": run["columns"], "live": True})
    return f"/imports/{run['id']}"


@example
def import_upload(desk: Any) -> Post:
    return Post("lead", "/imports", {}, file=("voices.csv", "投诉内容\n杯子碎了\n".encode()))


@example
def import_start(desk: Any) -> Post:
    return Post("lead", f"{taken_in(desk)}/start")


@example
def import_stop(desk: Any) -> Post:
    where = taken_in(desk)
    program(desk, "lead").post(f"{where}/start")
    return Post("lead", f"{where}/stop")


@example
def own_reply_make(desk: Any) -> Post:
    return Post("agent", "/me/replies", {"title": "致歉", "text": "给您添麻烦了", "shortcut": "zq"})


@example
def lesson_make(desk: Any) -> Post:
    due = told_late(10)[:10]
    lead = desk.people["lead"].pk
    return Post("lead", "/lessons", {
        "what": "加厚包装", "owner_id": lead, "due_on": due, "cases": [desk.accepted().number],
    })  # fmt: skip


def planned(desk: Any) -> str:
    made = lesson_make(desk)
    return f"/lessons/{program(desk, 'lead').post(made.path, made.body, expect=201)['id']}"


@example
def lesson_progress(desk: Any) -> Post:
    return Post("lead", f"{planned(desk)}/progress", {"status": "done", "progress": "已换纸箱"})


@example
def lesson_check(desk: Any) -> Post:
    where = planned(desk)
    program(desk, "lead").post(f"{where}/progress", {"status": "done", "progress": "已换纸箱"})
    return Post("lead", f"{where}/check", {"effect": "helped"})


@example
def lesson_link(desk: Any) -> Post:
    return Post("lead", f"{planned(desk)}/cases", {"cases": [desk.complaint().number]})


@example
def customer_join(desk: Any) -> Post:
    agent = program(desk, "agent")
    made = [
        agent.registered("杯子碎了", customer_phone=phone, customer_name="林若溪")
        for phone in ("13800138001", "13800138002")
    ]
    ids = [agent.get(f"/cases/{number}")["customer_id"] for number in made]
    return Post("lead", f"/customers/{ids[0]}/join", {"into": ids[1]})


@example
def notification_read(desk: Any) -> Post:
    return Post("agent", "/notifications/read", {"ids": []})


@example
def filter_make(desk: Any) -> Post:
    return Post("lead", "/filters", {"title": "未结", "conditions": {"state": "open"}, "shared": True})


def away(desk: Any) -> dict[str, Any]:
    return {"starts_at": told_late(1), "ends_at": told_late(3), "delegate_id": desk.people["colleague"].pk}


@example
def absence_make(desk: Any) -> Post:
    return Post("agent", "/absences", away(desk))


@example
def person_absence_make(desk: Any) -> Post:
    return Post("manager", f"/people/{desk.people['agent'].pk}/absences", away(desk))


@example
def person_hand_on(desk: Any) -> Post:
    cases = [{"number": desk.accepted().number, "to": desk.people["colleague"].pk}]
    return Post("manager", f"/people/{desk.people['agent'].pk}/hand-on", {"cases": cases, "reason": "离职"})


@example
def person_leave(desk: Any) -> Post:
    return Post(
        "manager", f"/people/{desk.people['agent'].pk}/leave", {"to": desk.people["colleague"].pk}, scope="admin"
    )


@example
def parked_retry(desk: Any) -> Post:
    return Post("lead", "/parked/retry", {"ids": [parked("effect", "tell").pk]})


@example
def parked_drop(desk: Any) -> Post:
    item = parked("effect", "tell")
    Item.objects.filter(pk=item.pk).update(case_id=desk.accepted().pk)
    return Post("lead", f"/parked/{item.pk}/drop", {"reason": "不要了"})


@example
def mail_retry(desk: Any) -> Post:
    row = OutgoingMessage.objects.create(
        key="k", effect_key="e", channel="sms", to="+8613800138000", to_name="林若溪", body="您好",
        at=product_clock.now(), status="failed",
    )  # fmt: skip
    item = parked("effect", "send")
    Item.objects.filter(pk=item.pk).update(key=row.effect_key)
    return Post("lead", f"/outbox/{row.pk}/retry")


@example
def book_publish(desk: Any) -> Post:
    text, tables = books.text_of(books.newest("mall_shoes"))
    program(desk, "manager", "admin").send("PUT", "/rule-books/mall_shoes/draft", {"text": text, "tables": tables})
    body = {"begins": "2026-12-01", "confirmed_by": "法务部", "reason": "新办法"}
    return Post("manager", "/rule-books/mall_shoes/publish", body, "admin")


@example
def book_withdraw(desk: Any) -> Post:
    text, tables = books.text_of(books.newest("mall_shoes"))
    manager = program(desk, "manager", "admin")
    manager.send("PUT", "/rule-books/mall_shoes/draft", {"text": text, "tables": tables})
    begins = (timezone.localdate(product_clock.now()) + timedelta(days=3)).isoformat()
    manager.send("POST", "/rule-books/mall_shoes/publish",
                 {"begins": begins, "confirmed_by": "法务部", "reason": "新办法"})  # fmt: skip
    return Post("manager", "/rule-books/mall_shoes/versions/2/withdraw", {"reason": "写错了"}, "admin")


@example
def book_copy(desk: Any) -> Post:
    return Post("manager", "/rule-books/mall_shoes/draft/copy", {"version": 1}, "admin")


@example
def book_effect_begin(desk: Any) -> Post:
    text, tables = books.text_of(books.newest("mall_shoes"))
    program(desk, "manager", "admin").send("PUT", "/rule-books/mall_shoes/draft", {"text": text, "tables": tables})
    return Post("manager", "/rule-books/mall_shoes/draft/effect", {"again": True}, "admin")


# -- settings --------------------------------------------------------------------------------------------------------


def setting(name: str, path: str, body: Any) -> None:
    EXAMPLES[name] = lambda desk: Post(
        "admin", f"/settings/{path}", body(desk) if callable(body) else body, scope="admin"
    )


def of_category(desk: Any) -> dict[str, Any]:
    category = Category.objects.create(code="noise", name_zh="噪音")
    return {"person": desk.people["agent"].pk, "category": category.pk, "level": 3}


setting("product_make", "products", {"code": "KP-1", "name": "保温杯"})
setting("skill_make", "skills", of_category)
setting("product_line_make", "product-lines", {"name": "杯壶"})
setting("shop_make", "shops", {"name": "旗舰店"})
setting("unit_make", "org-units", lambda desk: {
    "code": "s9", "name_zh": "九店", "kind": "store", "parent": OrgUnit.objects.get(code="hq").pk,
})  # fmt: skip
setting("category_make", "categories", {"code": "noise", "name_zh": "噪音"})
setting("cause_make", "causes", {"code": "glue", "name_zh": "胶水"})
setting("reason_make", "reasons", {"key": "too_slow", "title_zh": "太慢", "title_en": "Slow"})
setting("reply_make", "replies", {"title": "谢谢", "text": "谢谢您"})
setting("person_make", "accounts", lambda desk: {
    "username": "lin.yue", "display_name": "林悦", "roles": ["agent"], "unit": desk.qa.pk, "phone": "13912345678",
})  # fmt: skip
setting("party_add", "parties/lead/complaint", lambda desk: {"target": "person", "person": desk.people["lead"].pk})
setting("calendar_make", "calendars", {"key": "store_hours", "title_zh": "门店时间", "weekly": ["10:00-21:00"] * 7})
setting("calendar_notice", "calendars/standard/notice", {"year": 2027, "notice": "2027-01-01 休 元旦", "store": True})
setting("clocks_recompute", "clocks/calendar/standard", None)
setting("outgoing_test", "outgoing/test", {"channel": "mail", "to": "a@example.com"})


@example
def person_link(desk: Any) -> Post:
    return Post("admin", f"/settings/accounts/{desk.people['agent'].pk}/link", scope="admin")


# -- the promise -----------------------------------------------------------------------------------------------------


def sent(caller: Caller, post: Post, key: str) -> Any:
    headers = {"Idempotency-Key": key}
    where = f"/api/v1{post.path}"
    if post.file is not None:
        name, content = post.file
        return caller.client.post(where, {**post.body, "file": SimpleUploadedFile(name, content)}, headers=headers)
    data = json.dumps(post.body) if post.body is not None else ""
    return caller.client.generic("POST", where, data, "application/json", headers=headers)


def content(answer: Any) -> Any:
    """What was answered; commands about a case say beside it that they were `replayed`."""
    if not answer.content:
        return None
    told = json.loads(answer.content)
    return {name: value for name, value in told.items() if name != "replayed"} if isinstance(told, dict) else told


def written() -> dict[str, Any]:
    """Every row of ours that counts."""
    return {
        model._meta.db_table: sorted(map(repr, model._default_manager.values_list()))
        for model in apps.get_models()
        if model.__module__.startswith("tuoshan.") and model.__name__ not in NOT_COUNTED
    }


def described() -> dict[str, bool]:
    """Every POST by its name: whether the schema gives it the header."""
    return {
        methods["post"]["operationId"]: "Idempotency-Key" in [one["name"] for one in methods["post"]["parameters"]]
        for methods in schema()["paths"].values()
        if "post" in methods
    }


def test_the_header_stands_where_it_is_read_and_nowhere_else() -> None:
    assert {name for name, has in described().items() if has} == EXAMPLES.keys() | ELSEWHERE
    assert {name for name, has in described().items() if not has} == WRITES_NOTHING


@pytest.fixture
def house(desk: Any, clock: Any) -> Any:  # noqa: F811
    """The desk with its clock at hand."""
    desk.clock = clock
    return desk


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_sent_again_it_acts_once_and_answers_the_same(name: str, house: Any) -> None:
    post = EXAMPLES[name](house)
    caller = program(house, post.who, post.scope)
    first = sent(caller, post, "k1")
    assert first.status_code in (200, 201, 204), first.content.decode()
    after = written()
    house.clock.advance(timedelta(seconds=90))
    again = sent(caller, post, "k1")
    assert (again.status_code, content(again)) == (first.status_code, content(first))
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert written() == after


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_with_another_content_the_key_is_refused(name: str, house: Any) -> None:
    post = EXAMPLES[name](house)
    caller = program(house, post.who, "admin")
    about_a_case = getattr(sent(caller, post, "k1"), "content", b"").find(b'"replayed"') > 0
    other = case_note(house) if about_a_case else Post("", "/notifications/read", {"ids": [7]})
    if name == "case_task":
        other = Post("", f"/cases/{post.path.split('/')[2]}/notes", {"text": "客户来电"})
    if name == "case_batch":  # its members are refused one by one
        other = Post("", post.path, {**post.body, "values": {"text": "另一句话"}})
    answer = sent(caller, other, "k1")
    told = content(answer)
    refused = told if isinstance(told, dict) else told[0]
    assert (answer.status_code, refused["code"]) == (200 if name == "case_batch" else 409, "key_used_otherwise")


# -- what is kept ----------------------------------------------------------------------------------------------------

TEST = Post("admin", "/settings/outgoing/test", {"channel": "mail", "to": "a@example.com"}, "admin")


def messages_tried() -> int:
    return SettingChange.objects.filter(area="outgoing", action="done").count()


def test_the_same_key_of_another_person_is_another_key(house: Any) -> None:
    body = {"title": "未结", "conditions": {"state": "open"}}
    made = [program(house, who).post("/filters", body, "k", expect=201)["id"] for who in ("agent", "lead")]
    assert made[0] != made[1] and SavedFilter.objects.count() == 2


def test_what_is_gone_meanwhile_is_answered_as_it_was(house: Any) -> None:
    lead, body = program(house, "lead"), {"title": "未结", "conditions": {"state": "open"}}
    made = lead.post("/filters", body, "k", expect=201)
    lead.send("DELETE", f"/filters/{made['id']}", expect=204)
    assert lead.post("/filters", body, "k", expect=201) == made and not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["case_note", "case_act", "case_batch", "case_follow_up", "case_rule"])
def test_a_case_that_has_left_the_callers_reach_is_answered_as_it_was(name: str, house: Any) -> None:
    post = EXAMPLES[name](house)
    agent = program(house, post.who)
    first = sent(agent, post, "k")
    with pytest.MonkeyPatch.context() as away_from_it:
        away_from_it.setattr(queries, "reachable", lambda person: Case.objects.none())
        again = sent(agent, post, "k")
        assert (again.status_code, content(again)) == (first.status_code, content(first))
        other = sent(agent, post, "another")
        assert other.status_code == 404 or content(other)[0]["code"] == "not_found"
        numbered = Post("", post.path.replace("/cases/", "/cases/X"), post.body)
        assert name == "case_batch" or sent(agent, numbered, "k").status_code in (404, 409)


def test_an_upload_with_another_word_beside_it_is_another_content(house: Any) -> None:
    post = evidence_add(house)
    agent = program(house, "agent")
    assert sent(agent, post, "k").status_code == 201
    post.body = {"kind": "photo"}
    assert sent(agent, post, "k").json()["code"] == "key_used_otherwise"


def test_a_refused_request_may_be_sent_again_with_its_key(house: Any) -> None:
    boss = program(house, "admin", "admin")
    wrong = Post("admin", TEST.path, {"channel": "mail", "to": "nobody"})
    for post, kept in ((wrong, 0), (Post("admin", "/settings/categories", {}), 0), (TEST, 1)):
        assert (sent(boss, post, "k").status_code == 200) == bool(kept)
        assert Command.objects.filter(key__startswith="api:").count() == kept


def test_an_answer_is_kept_encrypted_for_a_month(house: Any) -> None:
    boss = program(house, "admin", "admin")
    link = sent(boss, person_link(house), "a:import:b").json()["link"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT reply, answer FROM cases_command WHERE key LIKE 'api:%%'")
        [(reply, answer)] = cursor.fetchall()
    assert link.rsplit("/", 2)[-2] not in reply + answer and answer
    agenda_handlers.forget_old_commands(Item(), product_clock.now())
    assert Command.objects.filter(key__startswith="api:").exists()
    agenda_handlers.forget_old_commands(Item(), product_clock.now() + timedelta(days=31))
    assert not Command.objects.filter(key__startswith="api:").exists()


def test_when_a_customer_is_erased_no_kept_answer_speaks_of_anybody(house: Any) -> None:
    post = mail_retry(house)
    lead, boss = program(house, "lead"), program(house, "admin", "admin")
    assert sent(lead, post, "k").status_code == 200
    boss.send("DELETE", f"/customers/{house.complaint().customer_id}", expect=204)
    assert not Command.objects.filter(answer__isnull=False).exists()
    before = written()
    again = sent(lead, post, "k")
    assert (again.status_code, again.json()["code"]) == (409, "answer_gone") and written() == before


def test_while_the_first_is_at_work_the_second_is_told_so_and_one_broken_off_is_begun_anew(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = program(house, "admin", "admin")
    with monkeypatch.context() as cut:
        cut.setattr(repeating, "_keep", lambda mark, answer: answer)  # the power fails before the answer is kept
        assert sent(boss, TEST, "k").status_code == 200
    assert sent(boss, TEST, "k").json()["code"] == "being_done" and messages_tried() == 1
    assert sent(boss, Post("", TEST.path, {**TEST.body, "to": "b@example.com"}), "k").json()["code"] == (
        "key_used_otherwise"
    )
    house.clock.advance(repeating.AT_WORK + timedelta(seconds=1))
    assert sent(boss, TEST, "k").status_code == 200 and messages_tried() == 2
    assert sent(boss, TEST, "k").status_code == 200 and messages_tried() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["reply_used", "mail_retry", "person_leave", "product_make", "outgoing_test"])
def test_of_two_at_the_same_moment_one_acts(name: str, house: Any) -> None:
    post = EXAMPLES[name](house)
    callers = [program(house, post.who, post.scope) for _ in range(4)]
    answers = in_threads(*(lambda one=one: sent(one, post, "k") for one in callers))
    told = {(answer.status_code, answer.content) for answer in answers if answer.status_code != 409}
    assert len(told) == 1 and next(iter(told))[0] < 300, [answer.content for answer in answers]
    refused = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert set(refused) <= ({"being_done"} if name == "outgoing_test" else set())
    assert messages_tried() == (name == "outgoing_test")
    assert Person.objects.filter(is_active=False).count() == (name == "person_leave")
    assert sum(QuickReply.objects.values_list("used", flat=True)) == (name == "reply_used")
