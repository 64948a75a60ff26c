"""A day's work done by programs alone: find, queue, hand on, learn, import, keep the house running."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook
from tests.api.callers import Caller, caller

from tuoshan import clock, identifiers
from tuoshan.agenda.models import Item
from tuoshan.care.models import SurveyAnswer
from tuoshan.cases.models import Case, SavedFilter
from tuoshan.catalog.models import Category
from tuoshan.insight import search
from tuoshan.intake.imports import desk
from tuoshan.intake.models import ImportRun
from tuoshan.integrations.models import Notification, OutgoingMessage
from tuoshan.parties.models import Absence
from tuoshan.quality.models import Lesson

pytestmark = pytest.mark.django_db


def found(agent: Caller, query: str) -> list[str]:
    return [case["number"] for case in agent.get(f"/search?{query}")["cases"]]


# -- finding -------------------------------------------------------------------------------------------------------


def test_words_and_conditions_find_what_the_screen_finds() -> None:
    agent = caller("agent")
    leaking = agent.registered("洗衣机脱水时漏水")
    agent.registered("客服态度很差")
    search.reindex()
    assert found(agent, "q=漏水") == [leaking]
    assert len(found(agent, "state=open")) == 2 and found(agent, "state=closed") == []
    page = agent.get("/search?q=漏水")
    assert (page["count"], page["more"], page["understood"]) == (1, False, {"q": "漏水"})
    assert any(piece["marked"] for piece in page["cases"][0]["pieces"])
    assert agent.get("/search?cursor=nonsense", expect=400)["code"] == "broken_cursor"


def test_a_filter_is_kept_once_counted_shared_and_forgotten() -> None:
    lead, agent = caller("supervisor"), caller("agent")
    agent.registered()
    body = {"title": "未结", "conditions": {"state": "open"}, "shared": True}
    kept = lead.post("/filters", body, key="f1", expect=201)
    assert lead.post("/filters", body, key="f1", expect=201)["id"] == kept["id"]
    assert SavedFilter.objects.count() == 1 and kept["shared"] and kept["count"] == 1
    assert [one["title"] for one in agent.get("/filters")] == ["未结"]
    assert len(agent.get(f"/filters/{kept['id']}/cases")["cases"]) == 1
    agent.send("PATCH", f"/filters/{kept['id']}", {"title": "我的"}, expect=404)
    agent.send("DELETE", f"/filters/{kept['id']}", expect=404)
    assert lead.send("PATCH", f"/filters/{kept['id']}", {"title": "全部未结", "shared": True})["title"] == "全部未结"
    lead.send("DELETE", f"/filters/{kept['id']}", expect=204)
    assert agent.post("/filters", {"title": "", "conditions": {}}, expect=422)["code"] == "invalid_form"
    huge = "9" * 30
    misread = {"title": "坏的", "conditions": {"category": huge}}
    assert lead.post("/filters", misread, expect=422)["code"] == "invalid_form"
    assert not SavedFilter.objects.exists()
    assert len(found(agent, f"category={huge}")) == 1 and lead.get(f"/reports/overview?unit={huge}")
    assert agent.get(f"/search?q=x&cursor=e{huge}", expect=400)["code"] == "broken_cursor"


def test_every_number_of_a_report_leads_to_its_cases() -> None:
    manager = caller("manager")
    for number in range(3):
        manager.registered(f"第 {number} 件投诉")
    search.reindex()
    assert {"overview", "clocks"} <= {one["name"] for one in manager.get("/reports")}
    report = manager.get("/reports/overview?period=30")
    tile = next(one for one in report["tiles"] if one["cell"]["unit"] == "cases" and one["cell"]["behind"])
    given = {name: value for name, value in tile["cell"]["behind"].items() if name not in ("from", "to")}
    given |= {"figure_from": tile["cell"]["behind"]["from"], "figure_to": tile["cell"]["behind"]["to"]}
    query = "&".join(f"{name}={value}" for name, value in given.items())
    assert len(found(manager, query)) == tile["cell"]["value"]
    assert CalamineWorkbook.from_filelike(BytesIO(manager.get("/reports/overview/file"))).sheet_names
    cases = CalamineWorkbook.from_filelike(BytesIO(manager.get("/search/file?state=open")))
    assert len(cases.get_sheet_by_index(0).to_python()) == 4
    caller("agent").get("/reports/overview", expect=403)


# -- the board, tasks, notices ------------------------------------------------------------------------------------


def test_a_number_of_the_board_is_the_count_of_its_list() -> None:
    lead = caller("supervisor")
    lead.registered()
    board = lead.get("/board")
    for one in board["numbers"]:
        assert lead.get(f"/board/cases/{one['name']}")["count"] == one["count"], one["name"]
    assert any(load["person_id"] == lead.person.pk for load in board["loads"])
    of_person = lead.get(f"/board/cases/handler?person_id={lead.person.pk}")
    assert of_person["count"] == Case.objects.filter(handler_id=lead.person.pk).count()
    tomorrow = lead.get("/board/tomorrow")
    assert tomorrow["count"] == len(tomorrow["clocks"]) > 0, "its first answer is due in 24 hours"
    assert {one["acts"] for one in tomorrow["clocks"]} <= {"", str(lead.person), "客服受理"}
    assert lead.get("/board/approvals") == {"cases": [], "next": ""}
    lead.get("/board/cases/unheard-of", expect=404)


def test_queues_and_their_cases_agree() -> None:
    agent = caller("agent")
    agent.registered()
    for queue in agent.get("/cases/queues"):
        assert len(agent.get(f"/cases?queue={queue['name']}")["cases"]) == queue["count"], queue["name"]


def test_notices_are_listed_page_by_page_and_read() -> None:
    agent = caller("agent")
    for number in range(3):
        at = clock.now() - timedelta(minutes=number)
        Notification.objects.create(
            person_id=agent.person.pk, what="assigned", about=str(number), first_at=at, at=at, data={"subject": "工单"}
        )
    first = agent.get("/notifications?limit=2")
    assert (len(first["notices"]), first["unread"]) == (2, 3)
    second = agent.get(f"/notifications?limit=2&before={first['next']}")
    assert len(second["notices"]) == 1 and second["next"] == ""
    assert agent.post("/notifications/read", {"ids": [int(first["notices"][0]["id"])]})["marked"] == 1
    assert agent.post("/notifications/read", {})["marked"] == 2
    assert caller("supervisor").get("/notifications")["notices"] == []


def test_preferences_and_tokens_are_ones_own() -> None:
    agent = caller("agent")
    agent.send("PATCH", "/me", {"display_name": "林悦", "notices": {"assigned": ["app"]}})
    assert agent.get("/me")["name"] == "林悦"
    agent.person.refresh_from_db()
    assert agent.person.wants("assigned", "app") and not agent.person.wants("assigned", "mail")
    agent.send("PATCH", "/me", {"email": "not-an-address"}, expect=422)
    other = caller("supervisor").get("/me/tokens")[0]
    agent.send("DELETE", f"/me/tokens/{other['id']}", expect=404)
    agent.send("DELETE", f"/me/tokens/{agent.get('/me/tokens')[0]['id']}", expect=204)
    agent.get("/me", expect=401)


# -- colleagues ---------------------------------------------------------------------------------------------------


def test_somebody_is_away_and_back_earlier() -> None:
    agent, other = caller("agent"), caller("agent", name="wire-second")
    now = clock.now()
    body = {
        "starts_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(days=2)).isoformat(),
        "delegate_id": other.person.pk, "note": "年假",
    }  # fmt: skip
    made = agent.post("/absences", body, key="away", expect=201)
    assert agent.post("/absences", body, key="away", expect=201)["id"] == made["id"]
    assert Absence.objects.count() == 1 and made["delegate_id"] == other.person.pk
    away = {one["person_id"]: one["away_until"] for one in other.get("/assignable")}
    assert away[agent.person.pk] and not away[other.person.pk]
    other.send("DELETE", f"/absences/{made['id']}", expect=404)
    agent.send("DELETE", f"/absences/{made['id']}", expect=204)
    assert agent.get("/absences") == []
    body["starts_at"], body["ends_at"] = body["ends_at"], body["starts_at"]
    assert "ends_at" in agent.post("/absences", body, expect=422)["facts"]["fields"]
    agent.post("/absences", {"starts_at": "2027-01-01T10:00", "ends_at": "2027-01-02T10:00"}, expect=422)


def test_a_leavers_cases_are_handed_on_before_the_account_is_closed() -> None:
    lead, leaver, taker = caller("manager", "admin"), caller("agent"), caller("agent", name="wire-second")
    number = lead.registered()
    Case.objects.filter(number=number).update(handler_id=leaver.person.pk)
    held = lead.get(f"/people/{leaver.person.pk}/in-hand")
    assert (held["count"], [case["number"] for case in held["cases"]]) == (1, [number])
    assert lead.post(f"/people/{leaver.person.pk}/leave", {"to": taker.person.pk}, expect=409)["code"] == "in_hand"
    given = {"cases": [{"number": number, "to": taker.person.pk}], "reason": ""}
    assert lead.post(f"/people/{leaver.person.pk}/hand-on", given, expect=422)["code"] == "no_reason"
    told = lead.post(f"/people/{leaver.person.pk}/hand-on", {**given, "reason": "离职"})
    assert told["done"] + len(told["stayed"]) == 1
    Case.objects.filter(number=number).update(handler_id=taker.person.pk)
    lead.post(f"/people/{leaver.person.pk}/leave", {"to": taker.person.pk}, expect=204)
    leaver.person.refresh_from_db()
    assert not leaver.person.is_active
    leaver.get("/me", expect=401)


# -- learning, calling, importing ----------------------------------------------------------------------------------


def test_an_improvement_is_planned_moved_on_and_judged() -> None:
    lead = caller("supervisor")
    number, second = lead.registered(), lead.registered("又碎了一只杯子")
    due = (clock.now() + timedelta(days=10)).date().isoformat()
    body = {"what": "加厚包装", "owner_id": lead.person.pk, "due_on": due, "cases": [number]}
    made = lead.post("/lessons", body, key="l1", expect=201)
    assert lead.post("/lessons", body, key="l1", expect=201)["id"] == made["id"] and Lesson.objects.count() == 1
    assert lead.post(f"/lessons/{made['id']}/cases", {"cases": [second]})["cases"] == [second, number]
    assert lead.post(f"/lessons/{made['id']}/check", {"effect": "helped"}, expect=409)["code"] == "not_done"
    assert lead.post(f"/lessons/{made['id']}/progress", {"status": "dropped"}, expect=422)["code"] == "no_reason"
    lead.post(f"/lessons/{made['id']}/progress", {"status": "done", "progress": "已换纸箱"})
    tiles = {one["name"]: one["cell"] for one in lead.get("/reports/lessons?period=7")["tiles"]}
    for name, number_of in (("lessons_done", 1), ("lessons_new", 1)):
        assert tiles[name]["value"] == number_of
        query = urlencode(tiles[name]["lessons"])
        assert [one["id"] for one in lead.get(f"/lessons?{query}")["lessons"]] == [made["id"]]
    assert tiles["lessons_open"]["lessons"] is None, "where there is none, it leads nowhere"
    assert lead.get("/lessons?show=done&since=2020-01-01&until=2020-01-31")["lessons"] == []
    assert lead.post(f"/lessons/{made['id']}/check", {"effect": "helped"})["effect"] == "helped"
    assert [one["id"] for one in lead.get("/lessons?show=all")["lessons"]] == [made["id"]]
    refused = lead.post("/lessons", {**body, "cases": ["TS2601-99999-0"]}, expect=422)
    assert "TS2601-99999-0" in refused["facts"]["fields"]["cases"]


def test_many_at_once_by_kind_of_value_note_and_watch() -> None:
    agent = caller("agent")
    numbers = [agent.registered(), agent.registered("另一件")]
    body: dict[str, Any] = {"numbers": numbers, "action": "note", "values": {"text": "同一批次"}}
    assert [one["done"] for one in agent.post("/batches", body, key="b1")] == [True, True]
    agent.post("/batches", body, key="b1")
    notes = [line for line in agent.get(f"/cases/{numbers[0]}/timeline")["entries"] if line["text"] == "同一批次"]
    assert len(notes) == 1
    assert all(one["done"] for one in agent.post("/batches", {**body, "action": "watch"}))
    assert agent.post("/batches", {**body, "action": "unheard_of"}, expect=404)["code"] == "unknown_action"
    wrong = agent.post("/batches", {**body, "action": "accept", "values": {"impact": 1.5}}, expect=422)
    assert wrong["facts"]["fields"] == {"impact": "not_of_kind"}


def test_a_spreadsheet_is_mapped_tried_imported_and_stopped() -> None:
    lead = caller("supervisor")
    text = "投诉内容,电话\n杯子碎了,13800138000\n,13900139000\n"
    file = SimpleUploadedFile("voices.csv", text.encode(), "text/csv")
    answer = lead.client.post("/api/v1/imports", {"file": file})
    assert answer.status_code == 201, answer.content
    run = answer.json()
    assert (run["status"], run["rows"]) == ("mapping", 2)
    assert lead.post(f"/imports/{run['id']}/start", expect=409)["code"] == "not_checked"
    wrong = lead.send("PUT", f"/imports/{run['id']}/columns", {"columns": {"投诉内容": "unheard-of"}}, expect=422)
    assert wrong["code"] == "invalid_columns" and wrong["facts"]["problems"]
    tried = lead.send("PUT", f"/imports/{run['id']}/columns", {"columns": run["columns"], "live": True})
    assert (tried["status"], tried["refused"]) == ("checked", 1) and tried["bad"][0]["why"]
    assert lead.get(f"/imports/{run['id']}/errors.xlsx")[:2] == b"PK"
    assert lead.post(f"/imports/{run['id']}/start")["status"] == "running"
    desk.work_off(Item.objects.get(kind="job", name="import"), clock.now())
    done = lead.get(f"/imports/{run['id']}")
    assert (done["status"], done["taken"], done["percent"]) == ("done", 1, 100)
    lead.registered()
    assert found(lead, f"imported={run['id']}") == [Case.objects.get(title="杯子碎了").number]
    assert lead.post(f"/imports/{run['id']}/stop")["status"] == "done"
    assert [one["id"] for one in lead.get("/imports")["imports"]] == [run["id"]] and ImportRun.objects.count() == 1
    fake = SimpleUploadedFile("voices.exe", b"MZ", "application/octet-stream")
    assert lead.client.post("/api/v1/imports", {"file": fake}).json()["code"] == "table_refused"


def test_only_rows_that_say_so_are_imported_and_reasons_speak_the_callers_language() -> None:
    lead, reader = caller("supervisor"), caller("supervisor", language="en")
    text = "id,sentiment,text\n1,negative,杯子碎了\n2,positive,很好\n3,negative,\n"
    file = SimpleUploadedFile("voices.csv", text.encode(), "text/csv")
    run = lead.client.post("/api/v1/imports", {"file": file}).json()
    body = {"columns": run["columns"], "only": {"mood": "negative"}}
    wrong = lead.send("PUT", f"/imports/{run['id']}/columns", body, expect=422)
    assert wrong["facts"]["problems"] == ["表格里没有“mood”这一列。"]
    tried = lead.send("PUT", f"/imports/{run['id']}/columns", body | {"only": {"sentiment": "negative"}})
    assert tried["only"] == {"sentiment": "negative"}
    assert (tried["taken"], tried["refused"], tried["passed_over"]) == (1, 1, 1)
    lead.post(f"/imports/{run['id']}/start")
    desk.work_off(Item.objects.get(kind="job", name="import"), clock.now())
    done = reader.get(f"/imports/{run['id']}")
    assert (done["taken"], done["passed_over"]) == (1, 1) and Case.objects.get().title == "杯子碎了"
    assert done["bad"] == [{"row": 4, "why": "The complaint has no text. Fill it in and import again."}]


# -- keeping the house running --------------------------------------------------------------------------------------


def parked(kind: str, name: str) -> Item:
    now = clock.now()
    return Item.objects.create(
        id=identifiers.next_id(), kind=kind, name=name, key=f"{kind}:{name}", due_at=now, ready_at=now, parked_at=now,
        created_at=now, attempts=9, last_error="no route",
    )  # fmt: skip


def test_parked_jobs_are_tried_again_or_given_up_with_a_reason() -> None:
    lead = caller("supervisor")
    sending, waking = parked("effect", "tell"), parked("wake", "case")
    shown = lead.get("/parked")
    assert shown["count"] == 2 and {one["id"] for one in shown["jobs"]} == {str(sending.pk), str(waking.pk)}
    assert lead.post(f"/parked/{sending.pk}/drop", {"reason": " "}, expect=422)["code"] == "no_reason"
    assert lead.post(f"/parked/{waking.pk}/drop", {"reason": "不要了"}, expect=409)["code"] == "wake"
    assert "不要了" in lead.post(f"/parked/{sending.pk}/drop", {"reason": "不要了"})["said"]
    assert lead.post("/parked/retry", {"ids": [waking.pk, 12345]})["retried"] == 1
    assert lead.get("/parked")["count"] == 0
    caller("auditor").post("/parked/retry", {}, expect=403)


def test_the_outbox_hides_recipients_from_who_only_looks() -> None:
    row = OutgoingMessage.objects.create(
        key="k", effect_key="e", channel="sms", to="+8613800138000", to_name="林若溪", body="您好", at=clock.now(),
        status="failed",
    )  # fmt: skip
    lead, auditor = caller("supervisor"), caller("auditor", "read")
    assert "13800138000" in lead.get(f"/outbox/{row.pk}")["to"]
    assert "13800138000" not in auditor.get(f"/outbox/{row.pk}")["to"]
    assert [one["id"] for one in lead.get("/outbox?status=failed")["messages"]] == [str(row.pk)]
    assert lead.post(f"/outbox/{row.pk}/retry", expect=409)["code"] == "not_failed"
    lead.get("/outbox?channel=pigeon", expect=404)


def test_when_mail_goes_out_is_chosen_over_the_wire_too() -> None:
    agent = caller("agent")
    assert (agent.get("/me")["pace"], agent.get("/me")["quiet"]) == ("instant", True)
    changed = agent.send("PATCH", "/me", {"pace": "daily", "notices": {"watched": ["mail"]}})
    assert (changed["pace"], changed["quiet"], changed["notices"]["watched"]) == ("daily", True, ["mail"])
    assert agent.send("PATCH", "/me", {"quiet": False})["pace"] == "daily"
    agent.send("PATCH", "/me", {"pace": "hourly"}, expect=422)
    assert agent.get("/me")["quiet"] is False


# -- beside a case ---------------------------------------------------------------------------------------------------


def test_what_stands_beside_a_case_and_its_registration() -> None:
    agent, other = caller("agent"), caller("agent", name="wire-second")
    number = agent.registered(customer_phone="13800138000", customer_name="林若溪")
    assert other.post(f"/cases/{number}/presence")["here"] == []
    assert agent.post(f"/cases/{number}/presence")["here"] == ["wire-second"]
    typed = {"values": {"what_happened": "收到的杯子是碎的，盒子也湿了"}, "phone": "13800138000"}
    looked = agent.post("/register/look", typed)
    assert looked["phone"] == "known" and [case["number"] for case in looked["earlier"]] == [number]
    assert [case["number"] for case in looked["likely"]] == [number] and looked["promised"]
    assert agent.post("/register/look", {"phone": "138"})["phone"] == "typing"
    read = agent.post("/register/email", {"pasted": "From: Lin <lin@example.com>\nSubject: 漏水\n\n漏水了"})
    assert (read["sender"], read["subject"]) == ("lin@example.com", "漏水")
    names = [one["name"] for one in agent.get(f"/cases/{number}/mentions?q=wire")]
    assert names == ["wire-second"]
    preview = agent.post(f"/cases/{number}/messages/preview", {"text": "您好" * 40, "channel": "sms"})
    assert preview["parts"] == 2 and "13800138000" not in str(preview["ways"])
    assert agent.get(f"/cases/{number}/slip")[:5] == b"%PDF-"
    assert agent.get(f"/cases/{number}/tasks") == []
    assert agent.post(f"/cases/{number}/follow-up", {"result": "maybe"}, expect=422)["code"] == "invalid_form"
    assert agent.get("/follow-ups?everyone=true")["count"] == 0 and agent.get("/tasks")["tasks"] == []


def test_a_case_says_how_it_reached_us_who_follows_it_and_what_the_customer_said_afterwards() -> None:
    agent = caller("agent")
    number = agent.registered(received_at="2026-01-05T08:00:00Z")
    agent.send("PUT", f"/cases/{number}/watch", expect=204)
    case = agent.get(f"/cases/{number}")
    assert case["watching"] and case["received_at"].startswith("2026-01-05T08:00") and case["particulars"] == {}
    row = Case.objects.get(number=number)
    SurveyAnswer.objects.create(case_id=row.pk, score=2, words="太慢", at=clock.now(), changed_at=clock.now())
    said = agent.get(f"/cases/{number}/afterwards")
    assert [(one["score"], one["words"]) for one in said["answers"]] == [(2, "太慢")] and said["calls"] == []


def test_a_file_comes_back_as_it_was_kept_and_only_to_who_may_see_it() -> None:
    agent = caller("agent")
    number = agent.registered()
    file = SimpleUploadedFile("说明.txt", "杯子碎了".encode(), "text/plain")
    row = agent.client.post(f"/api/v1/cases/{number}/evidence", {"file": file}).json()
    assert agent.get(f"/cases/{number}/evidence/{row['id']}/file") == "杯子碎了".encode()
    second = agent.registered("另一件")
    agent.get(f"/cases/{second}/evidence/{row['id']}/file", expect=404)
    unknown = agent.client.post(f"/api/v1/cases/{number}/evidence", {"file": file, "kind": "spell"})
    assert unknown.json()["code"] == "unknown_kind"


def test_text_that_no_database_keeps_is_refused_before_it_gets_there() -> None:
    agent = caller("agent")
    number = agent.registered()
    for body in ('{"text": "a\\u0000b"}', '{"text": "\\ud800"}', '{"text": NaN}', "{"):
        answer = agent.client.post(f"/api/v1/cases/{number}/notes", body, "application/json")
        assert answer.status_code == 400, body
    for path in ("/search?q=%00", "/cases/%00", f"/filters/{2**63}/cases", "/orders/%00"):
        assert agent.client.get(f"/api/v1{path}").status_code in (400, 404, 422), path


def test_a_key_for_one_thing_is_refused_for_another() -> None:
    agent = caller("agent")
    body = {"title": "未结", "conditions": {"state": "open"}}
    agent.post("/filters", body, key="same", expect=201)
    assert agent.post("/filters", {**body, "title": "已结"}, key="same", expect=409)["code"] == "key_used_otherwise"


def test_a_case_comes_on_paper_and_a_letter_only_after_a_decision() -> None:
    agent, stranger = caller("agent"), caller("store_clerk", "read")
    number = agent.registered()
    for kind in ("record", "archive"):
        assert agent.get(f"/cases/{number}/papers/{kind}")[:5] == b"%PDF-"
    assert agent.get(f"/cases/{number}/papers/letter", expect=409)["code"] == "no_decision"
    agent.get(f"/cases/{number}/papers/poem", expect=422)
    if not stranger.get("/cases?queue=open")["cases"]:
        stranger.get(f"/cases/{number}/papers/archive", expect=404)


# -- taking cases --------------------------------------------------------------------------------------------------


def test_a_program_takes_what_nobody_has_and_takes_over_with_a_reason() -> None:
    first, second, third = caller("agent", name="one"), caller("agent", name="two"), caller("agent", name="three")
    number = first.registered()
    claim = f"/cases/{number}/actions/claim"
    first.post(claim, {"values": {"handler": str(first.person.pk)}})
    bare = second.post(claim, {"values": {"handler": str(second.person.pk)}}, expect=422)
    assert bare["detail"] == "“接手原因”：请填写这一项。"
    why = {"taken_because": "客户来电找我"}
    Absence.objects.create(
        person=third.person, starts_at=clock.now(), ends_at=clock.now() + timedelta(days=3), delegate=first.person
    )
    away = second.post(claim, {"values": {"handler": str(third.person.pk), **why}}, expect=422)
    assert "这位同事现在缺勤，请选在岗的人。" in away["detail"]
    body = {"numbers": [number], "action": "claim", "values": {"handler": str(second.person.pk)}}
    assert [one["code"] for one in second.post("/batches", body)] == ["invalid_form"]
    second.post(claim, {"values": {"handler": str(second.person.pk), **why}})
    assert Case.objects.get(number=number).handler_id == second.person.pk


def test_who_takes_a_colleagues_case_over_gives_it_to_no_third_person_but_who_may_hand_it_over() -> None:
    first, second, third = caller("agent", name="one"), caller("agent", name="two"), caller("agent", name="three")
    lead, number = caller("supervisor"), second.registered()
    claim = f"/cases/{number}/actions/claim"

    def given(to: Caller) -> dict[str, Any]:
        return {"values": {"handler": str(to.person.pk), "taken_because": "分片调整"}}

    def whose() -> int | None:
        return Case.objects.get(number=number).handler_id

    second.post(claim, {"values": {"handler": str(first.person.pk)}})
    assert whose() == first.person.pk, "what nobody has is given out by the desk"
    refused = second.post(claim, given(third), expect=422)
    assert refused["facts"]["fields"] == {"handler": "not_oneself"} and "您只能自己接手" in refused["detail"]
    (member,) = second.post("/batches", {"numbers": [number], "action": "claim", **given(third)})
    assert member["code"] == "invalid_form" and "您只能自己接手" in member["detail"]
    assert second.post(f"/cases/{number}/actions/transfer", {"values": {}}, expect=403)["code"] == "not_allowed"
    assert whose() == first.person.pk
    lead.post(claim, given(third))
    assert whose() == third.person.pk
    third.post(claim, given(first))
    assert whose() == first.person.pk, "whose it is may hand it over"
    second.post(claim, given(second))
    assert whose() == second.person.pk


def test_a_list_is_given_for_one_process_as_the_desk_offers_it() -> None:
    agent = caller("agent")
    Category.objects.create(code="lamp", name_zh="灯坏了", playbooks=["facility_repair"], position=900)
    Category.objects.create(code="rude", name_zh="服务态度差", playbooks=["complaint"], position=901)

    def titles(query: str) -> set[str]:
        shown = {one["title"] for one in agent.get(f"/lists/categories{query}")}
        return shown & {"灯坏了", "服务态度差"}

    assert titles("") == {"灯坏了", "服务态度差"}
    assert titles("?playbook=complaint") == {"服务态度差"}
    assert titles("?playbook=facility_repair") == {"灯坏了"}
    agent.get("/lists/categories?playbook=nothing", expect=404)


def test_a_program_of_who_is_away_is_told_so_and_which_absence_to_end() -> None:
    agent, other = caller("agent"), caller("agent", name="stands-in")
    number = agent.registered()
    away = Absence.objects.create(
        person=agent.person, starts_at=clock.now(), ends_at=clock.now() + timedelta(days=3), delegate=other.person
    )
    claim = f"/cases/{number}/actions/claim"
    body = {"values": {"handler": str(agent.person.pk)}}
    refused = agent.post(claim, body, expect=403)
    assert refused["code"] == "not_allowed" and refused["facts"]["absence_id"] == away.pk
    assert "您登记了缺勤" in refused["detail"] and "stands-in" in refused["detail"]
    (member,) = agent.post("/batches", {"numbers": [number], "action": "claim", **body})
    assert member["code"] == "not_allowed" and "您登记了缺勤" in member["detail"]
    agent.send("DELETE", f"/absences/{away.pk}", expect=204)
    agent.post(claim, body)
