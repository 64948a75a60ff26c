"""The API as a program uses it: register, read, act, idempotency, refusals as problems, reach, scopes."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tuoshan import clock
from tuoshan.cases.models import Case, Event
from tuoshan.catalog.models import Category
from tuoshan.parties import tokens
from tuoshan.parties.models import OrgUnit, Person

pytestmark = pytest.mark.django_db

COMPLAINT = {"values": {"channel": "api", "what_happened": "收到的杯子是碎的，盒子也湿了"}}


class Program:
    """A program with a token of a person."""

    def __init__(self, person: Person, *scopes: str, language: str = "zh-hans") -> None:
        _token, secret = tokens.make(
            person=person, name="测试", scopes=list(scopes or ("read", "write")), expires_at=None, now=clock.now()
        )
        self.client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": language})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(f"/api/v1{path}", json.dumps(body or {}), "application/json", headers=headers)


@pytest.fixture
def house() -> dict[str, Person]:
    company = OrgUnit.objects.create(code="hq", name_zh="总公司", kind="company")
    desk = OrgUnit.objects.create(
        code="service", name_zh="客服部", kind="department", department="service", parent=company
    )
    one = OrgUnit.objects.create(code="s1", name_zh="一店", kind="store", parent=company)
    two = OrgUnit.objects.create(code="s2", name_zh="二店", kind="store", parent=company)
    password = "Correct-horse-9-battery"
    return {
        "agent": Person.objects.create_user("agent", password, roles=("agent",), unit=desk),
        "auditor": Person.objects.create_user("auditor", password, roles=("auditor",), unit=company),
        "clerk": Person.objects.create_user("clerk", password, roles=("store_clerk",), unit=one),
        "other": Person.objects.create_user("other", password, roles=("store_clerk",), unit=two),
    }


def test_registering_asks_the_database_little(house: dict[str, Person], django_assert_max_num_queries: Any) -> None:
    """Token, roles, customer, standing, parties and their map, nine of the write path, the arrival; savepoints."""
    program = Program(house["agent"])
    known = {"customer_phone": "13800138000", "customer_name": "王小明"}
    registered(program, **known)
    with django_assert_max_num_queries(21):
        registered(program, **known)


def registered(program: Program, **more: Any) -> str:
    answer = program.post("/cases", {**COMPLAINT, **more})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["number"])


def test_a_key_sent_twice_registers_once(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    first = agent.post("/cases", COMPLAINT, key="order-77")
    again = agent.post("/cases", COMPLAINT, key="order-77")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]
    assert (first.json()["replayed"], again.json()["replayed"]) == (False, True)
    assert Case.objects.count() == 1


def test_a_key_used_for_something_else_is_refused(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    agent.post("/cases", COMPLAINT, key="k")
    answer = agent.post("/cases", {"values": {"channel": "api", "what_happened": "另一件事"}}, key="k")
    assert answer.status_code == 409
    assert answer.json()["code"] == "key_used_otherwise"


def test_other_words_under_the_same_key_are_refused(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    number, one, two = registered(agent), registered(agent), registered(agent)
    for what, body, other in (
        ("notes", {"text": "客户来电"}, {"text": "客户又来电"}),
        ("calls", {"text": "没有接通"}, {"text": "已接通"}),
        ("messages", {"text": "明天回电", "channel": "sms"}, {"text": "明天回电", "channel": "mail"}),
        ("merge", {"into": one, "reason": "同一件事"}, {"into": two, "reason": "同一件事"}),
    ):
        address = f"/cases/{number}/{what}"
        answers = [agent.post(address, given, key=what) for given in (body, body, other)]
        assert [answer.status_code for answer in answers] == [200, 200, 409], what
        assert [answer.json().get("replayed") for answer in answers[:2]] == [False, True], what
        assert answers[2].json()["code"] == "key_used_otherwise", what
    assert agent.get(f"/cases/{number}").json()["merged_into"] == one


def test_a_merge_and_its_undo_over_the_api(house: dict[str, Person]) -> None:
    agent, auditor = Program(house["agent"]), Program(house["auditor"])
    number, main, other = registered(agent), registered(agent), registered(agent)
    assert {one["number"] for one in agent.get(f"/cases/{number}/likely").json()} == {main, other}
    assert auditor.post(f"/cases/{number}/merge", {"into": main}).status_code == 403
    Case.objects.filter(number=other).update(playbook="facility_repair")
    refused = agent.post(f"/cases/{number}/merge", {"into": other})
    assert (refused.status_code, refused.json()["code"]) == (409, "other_process")
    assert agent.post(f"/cases/{number}/merge", {"into": main}).status_code == 200
    assert agent.get(f"/cases/{number}").json()["merged_into"] == main
    assert auditor.post(f"/cases/{number}/unmerge").status_code == 403
    assert agent.post(f"/cases/{number}/unmerge").status_code == 200
    assert agent.get(f"/cases/{number}").json()["merged_into"] == ""
    again = agent.post(f"/cases/{number}/unmerge")
    assert (again.status_code, again.json()["code"]) == (409, "not_from_here")


def test_a_case_is_read_with_its_clocks_and_what_can_be_done(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    number = registered(agent)
    case = agent.get(f"/cases/{number}").json()
    assert case["state"] == "received" and case["facts"]["what_happened"].startswith("收到的杯子")
    clocks = {item["name"]: item for item in agent.get(f"/cases/{number}/clocks").json()}
    assert clocks["respond"]["standing"] == "running" and clocks["respond"]["explanation"]
    possible = {item["name"]: item for item in agent.get(f"/cases/{number}/possible").json()}
    assert {"accept", "unfounded"} <= set(possible)
    assert any(field["name"] == "impact" for field in possible["accept"]["fields"])


def test_a_refusal_is_a_problem_in_the_callers_language(house: dict[str, Person]) -> None:
    number = registered(Program(house["agent"]))
    for language, word in (("zh-hans", "“影响程度”：请填写这一项。"), ("en", '"Impact": Please fill this in.')):
        answer = Program(house["agent"], language=language).post(f"/cases/{number}/actions/accept", {"values": {}})
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"
        body = answer.json()
        assert body["code"] == "invalid_form" and body["facts"]["fields"]["impact"] == "missing"
        assert word in body["detail"], body["detail"]


def test_money_is_never_a_floating_point_number(house: dict[str, Person]) -> None:
    values = {"channel": "api", "what_happened": "多收了钱", "amount_paid": 12.5}
    answer = Program(house["agent"]).post("/cases", {"values": values})
    assert answer.status_code == 422
    assert answer.json()["facts"]["fields"] == {"amount_paid": "not_of_kind"}
    assert Case.objects.count() == 0


def test_a_stale_step_is_refused_with_what_changed(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    number = registered(agent)
    seen = agent.get(f"/cases/{number}").json()["seq"]
    changed = agent.post(f"/cases/{number}/corrections", {"values": {"amount_paid": "12.50"}, "reason": "补登"})
    assert changed.status_code == 200, changed.content
    late = agent.post(f"/cases/{number}/actions/accept", {"values": {}, "expected_seq": seen})
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert [item["name"] for item in late.json()["facts"]["changes"]] == ["correct"]


def test_a_correction_says_why_as_it_does_at_the_desk(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    number = registered(agent)
    for given in ({}, {"reason": ""}, {"reason": "  "}):
        refused = agent.post(f"/cases/{number}/corrections", {"values": {"wish": "换货"}, **given})
        assert (refused.status_code, refused.json()["facts"]["fields"]) == (422, {"reason": "missing"}), given
    assert agent.get(f"/cases/{number}").json()["facts"].get("wish") != "换货"
    why = "客户来电改了主意"
    body = {"values": {"wish": "换货"}, "reason": why}
    assert agent.post(f"/cases/{number}/corrections", body).status_code == 200
    told = agent.get(f"/cases/{number}/timeline").json()["entries"]
    assert [one["text"] for one in told if why in one["details"].values()] == ["更正了登记内容"]
    kept = json.loads(Event.objects.get(kind="correct").body)["input"]["values"]
    assert kept.keys() == {"reason", "changes"}


def test_only_what_the_screen_offers_is_corrected(house: dict[str, Person]) -> None:
    """Who is rated, or who handles the case, does not write the customer's points or the grade by a correction."""
    agent = Program(house["agent"])
    number = registered(agent)
    for name, value in (("score", 5), ("satisfaction", 5), ("identity", "matched"), ("liable", "none"),
                        ("grade", "normal"), ("channel", "web")):  # fmt: skip
        answer = agent.post(f"/cases/{number}/corrections", {"values": {name: value}, "reason": "改一改"})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_correctable"), name
        assert answer.json()["facts"]["facts"] == [name]
    taken = agent.post(f"/cases/{number}/corrections", {"values": {"wish": "换货"}, "reason": "改一改"})
    assert taken.status_code == 200, taken.content


def test_a_finding_against_a_person_is_for_supervisors_over_the_api(house: dict[str, Person]) -> None:
    """Neither read nor corrected by who may not see it, in the case, its timeline or a correction's history."""
    from tests.api.callers import caller

    found, mended = "导购态度生硬", "导购没有登记"
    agent, lead = caller("agent"), caller("supervisor")
    number = agent.registered()
    category = Category.objects.exclude(parent=None).order_by("pk")[0]
    handler = {"category": str(category.pk), "impact": "medium", "urgency": "medium", "next_step": "明天回电"}
    agent.post(f"/cases/{number}/actions/accept_simple", {"values": {**handler, "handler": str(agent.person.pk)}})
    proposal = {
        "cause": "conduct-manner", "liable": "person", "finding_person": found, "remedies": ["apology"], "amount": "0",
        "remedy_steps": "当面致歉", "carry_out_by": (clock.now() + timedelta(days=9)).date().isoformat(),
    }  # fmt: skip
    agent.post(f"/cases/{number}/actions/propose", {"values": proposal})
    change = {"values": {"finding_person": mended}, "reason": "写错了"}
    refused = agent.post(f"/cases/{number}/corrections", change, expect=403)
    assert refused["code"] == "kept_to_supervisors" and found not in json.dumps(refused, ensure_ascii=False)
    for reader, text in ((agent, ""), (lead, found), (Program(house["auditor"]), found)):
        case = reader.get(f"/cases/{number}")
        case = case if isinstance(case, dict) else case.json()
        assert case["facts"].get("finding_person", "") == text
    lead.post(f"/cases/{number}/corrections", change)
    told = [json.dumps(one.get(f"/cases/{number}/timeline"), ensure_ascii=False) for one in (agent, lead)]
    assert [(found in text, mended in text) for text in told] == [(False, False), (True, True)]


def test_a_registration_has_a_title_and_an_arrival(house: dict[str, Person]) -> None:
    from tuoshan.intake.models import Arrival

    agent = Program(house["agent"])
    number = registered(agent, customer_phone="13800138000", customer_name="林若溪")
    case = Case.objects.get(number=number)
    assert case.title.startswith("收到的杯子") and case.customer_id
    assert Arrival.objects.filter(case_id=case.pk, channel="api").exists()


def test_a_note_by_a_colleague_makes_no_step_stale(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    number = registered(agent)
    seen = agent.get(f"/cases/{number}").json()["seq"]
    assert agent.post(f"/cases/{number}/notes", {"text": "客户很着急"}).status_code == 200
    answer = agent.post(f"/cases/{number}/actions/accept", {"values": {}, "expected_seq": seen})
    assert answer.json()["code"] == "invalid_form"


def test_a_store_sees_its_own_cases_alone(house: dict[str, Person]) -> None:
    number = registered(Program(house["clerk"]))
    assert Program(house["clerk"]).get(f"/cases/{number}").status_code == 200
    stranger = Program(house["other"]).get(f"/cases/{number}")
    nothing = Program(house["other"]).get("/cases/TS2601-99999-0")
    assert stranger.status_code == nothing.status_code == 404
    assert stranger.json()["detail"] == nothing.json()["detail"]


def test_who_only_reads_writes_nothing(house: dict[str, Person]) -> None:
    number = registered(Program(house["agent"]))
    auditor = Program(house["auditor"], "read", "write")
    assert auditor.get(f"/cases/{number}").status_code == 200
    assert auditor.post(f"/cases/{number}/notes", {"text": "试写"}).status_code == 403
    assert auditor.post("/cases", COMPLAINT).status_code == 403


def test_a_token_does_no_more_than_its_scopes(house: dict[str, Person]) -> None:
    reading = Program(house["agent"], "read")
    assert reading.get("/cases").status_code == 200
    answer = reading.post("/cases", COMPLAINT)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_no_token_and_a_dead_one_get_the_same_answer(house: dict[str, Person]) -> None:
    _token, secret = tokens.make(
        person=house["agent"], name="旧", scopes=["read"], expires_at=clock.now() + timedelta(days=1), now=clock.now()
    )
    with clock.use(lambda: clock_later):
        dead = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/cases")
    bare = Client().get("/api/v1/cases")
    assert dead.status_code == bare.status_code == 401


clock_later = clock.now() + timedelta(days=30)


def test_pages_follow_one_another_without_gap_or_repeat(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    numbers = {registered(agent) for _ in range(7)}
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = agent.get(f"/cases?queue=open&limit=3&cursor={cursor}").json()
        seen += [case["number"] for case in page["cases"]]
        cursor = page["next"]
        if not cursor:
            break
    assert sorted(seen) == sorted(numbers)
    assert agent.get("/cases?cursor=nonsense").json()["code"] == "broken_cursor"


def test_a_file_is_judged_by_its_content(house: dict[str, Person]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    agent = Program(house["agent"])
    number = registered(agent)
    fake = SimpleUploadedFile("photo.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg")
    refused = agent.client.post(f"/api/v1/cases/{number}/evidence", {"file": fake})
    assert refused.status_code == 422
    chinese = refused.json()["detail"]
    assert chinese.startswith("“photo.jpg”是网页，不能作为凭证上传。") and "Rejected" not in chinese
    fake.seek(0)
    english = {"Accept-Language": "en"}
    refused = agent.client.post(f"/api/v1/cases/{number}/evidence", {"file": fake}, headers=english)
    told = refused.json()["detail"]
    assert "photo.jpg" in told and "web page" in told.lower() and not re.search("[\u4e00-\u9fff]|Rejected", told)
    good = SimpleUploadedFile("说明.txt", "杯子碎了".encode(), "text/plain")
    taken = agent.client.post(f"/api/v1/cases/{number}/evidence", {"file": good})
    assert taken.status_code == 201
    assert [item["id"] for item in agent.get(f"/cases/{number}/evidence").json()] == [taken.json()["id"]]


def test_many_at_once_say_what_became_of_each(house: dict[str, Person]) -> None:
    agent = Program(house["agent"])
    number = registered(agent)
    body = {"numbers": [number, "TS2601-99999-0"], "action": "withdraw", "values": {}}
    answer = agent.post("/batches", body)
    assert answer.status_code == 200
    members = {item["number"]: item for item in answer.json()}
    assert members["TS2601-99999-0"]["code"] == "not_found"
    assert members[number]["done"] is False and members[number]["detail"]


def test_the_schema_names_every_answer(house: dict[str, Person]) -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    for address, operations in schema["paths"].items():
        for verb, operation in operations.items():
            assert {"401", "403", "404", "409", "422"} <= set(operation["responses"]), f"{verb} {address}"


def test_an_unknown_address_or_method_is_a_problem_too(house: dict[str, Person]) -> None:
    agent = Program(house["agent"], language="en")
    for answer, status, code in (
        (agent.get("/nothing-here"), 404, "not_found"),
        (agent.client.delete("/api/v1/cases"), 405, "method_not_allowed"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer["Content-Type"] == "application/problem+json"
    assert agent.client.delete("/api/v1/cases")["Allow"]
