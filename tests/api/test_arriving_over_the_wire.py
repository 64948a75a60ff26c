"""What a program says beside the words: how it reached us, the product as it was called, who may see a file."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.api.callers import Caller, caller
from tests.workbench.deskhouse import desk
from tests.workbench.test_evidence_visibility import customer_files

from tuoshan import clock
from tuoshan.cases.models import Case
from tuoshan.catalog.models import Product
from tuoshan.documents.models import Evidence
from tuoshan.intake.models import Arrival

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
TOLD = {"authority_name": "市场监督管理局", "document_no": "市监投〔2026〕18 号"}


def body(channel: str = "authority", values: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"values": {"channel": channel, "what_happened": "杯子碎了", **(values or {})}, **more}


def test_an_authority_s_document_comes_with_its_particulars_and_the_day_of_the_answer() -> None:
    agent = caller("agent")
    due = clock.now().replace(microsecond=0) + timedelta(days=5)
    number = agent.post("/cases", body(particulars=TOLD, reply_due=due.isoformat()), expect=201)["number"]
    case = agent.get(f"/cases/{number}")
    assert case["particulars"] == TOLD and datetime.fromisoformat(case["reply_due"]) == due
    assert Arrival.objects.get().channel == "authority"
    clocks = {one["name"]: one for one in agent.get(f"/cases/{number}/clocks")}
    assert datetime.fromisoformat(clocks["reply"]["due"]) == due and clocks["reply"]["standing"] == "running"


@pytest.mark.parametrize(
    ("channel", "more", "field"),
    [
        ("authority", {}, "document_no"),
        ("authority", {"particulars": {"authority_name": "市监局", "document_no": " "}}, "document_no"),
        ("authority", {"particulars": {"document_no": "18 号"}}, "authority_name"),
        ("authority", {"particulars": TOLD | {"document_no": "号" * 201}}, "document_no"),
        ("authority", {"particulars": TOLD | {"shop": "旗舰店"}}, "shop"),
        ("letter", {"particulars": {"pages": "many"}}, "pages"),
        ("hotline", {"reply_due": "2026-12-01T08:00:00Z"}, "reply_due"),
        ("email", {"received_at": "2099-01-01T08:00:00Z"}, "received_at"),
        ("email", {"received_at": "1999-01-01T08:00:00Z"}, "received_at"),
    ],
)
def test_what_the_screen_refuses_is_refused_by_the_name_of_its_field(
    channel: str, more: dict[str, Any], field: str
) -> None:
    refused = caller("agent").post("/cases", body(channel, **more), expect=422)
    assert refused["code"] == "invalid_form" and refused["facts"]["fields"][field]
    assert not Case.objects.exists()


def test_what_is_missing_is_told_in_the_callers_language() -> None:
    told = caller("agent", language="en").post("/cases", body(), expect=422)["facts"]["fields"]
    assert told == {"authority_name": "Please fill this in.", "document_no": "Please fill this in."}


def test_a_product_in_words_is_kept_and_one_of_the_catalogue_becomes_it() -> None:
    agent = caller("agent")
    mug = Product.objects.create(code="KP-1", name="骨瓷杯")
    unknown = agent.post("/cases", body("api", product_said="空气炸锅 X9"), expect=201)["number"]
    case = agent.get(f"/cases/{unknown}")
    assert case["particulars"] == {"product_said": "空气炸锅 X9"} and case["product_id"] is None
    known = agent.post("/cases", body("api", product_said="KP-1"), expect=201)["number"]
    case = agent.get(f"/cases/{known}")
    assert case["product_id"] == mug.pk and case["particulars"] == {}
    for values, said, field in (
        ({"product": str(mug.pk)}, "空气炸锅", "product_said"), ({"product": "空气炸锅"}, "", "product"),
    ):  # fmt: skip
        refused = agent.post("/cases", body("api", values, product_said=said), expect=422)
        assert field in refused["facts"]["fields"], said


def add(desk: Any, who: str, case: Case, expect: int = 201, **marks: str) -> Any:
    """What the API answers to a file for the case."""
    program = Caller(desk.people[who], "write")
    file = SimpleUploadedFile("说明.txt", "杯底有裂纹".encode(), "text/plain")
    answer = program.client.post(f"/api/v1/cases/{case.number}/evidence", {"file": file, **marks})
    assert answer.status_code == expect, answer.content
    return json.loads(answer.content)


def test_a_file_that_the_customer_shall_see_stands_on_their_page_and_others_do_not(desk: Any) -> None:
    case = desk.accepted()
    shown = add(desk, "agent", case, visible_to_customer="true")
    inside = add(desk, "agent", case, kind="report")
    assert (shown["visible_to_customer"], inside["visible_to_customer"]) == (True, False)
    assert [str(pk) for pk in customer_files(case)] == [shown["id"]]
    agent = Caller(desk.people["agent"], "write")
    done = agent.post(
        f"/cases/{case.number}/actions/not_upheld", {"values": {"why": "杯子完好"}, "evidence": [int(shown["id"])]}
    )
    assert "act:not_upheld" in done["events"]


def test_a_file_meant_for_a_step_is_shown_as_the_desk_would_show_it(desk: Any) -> None:
    case = desk.accepted()
    shown, kept = add(desk, "agent", case, step="not_upheld"), add(desk, "agent", case, kind="report", step="propose")
    inside = add(desk, "agent", case, kind="photo", step="not_upheld", visible_to_customer="false")
    assert [one["visible_to_customer"] for one in (shown, kept, inside)] == [True, False, False]
    assert add(desk, "agent", case, expect=404, step="dance")["code"] == "unknown_action"
    agent, path = Caller(desk.people["agent"], "write"), f"/cases/{case.number}/actions/not_upheld"
    body = {"values": {"why": "杯子完好"}, "evidence": [int(kept["id"]), int(inside["id"])]}
    refused = agent.post(path, body, expect=422)
    assert refused["code"] == "evidence_not_shown" and "请至少附一份对方可见的" in refused["detail"]
    assert desk.read(case).state == case.state
    done = agent.post(path, body | {"evidence": [*body["evidence"], int(shown["id"])]})
    assert "act:not_upheld" in done["events"] and [str(pk) for pk in customer_files(case)] == [shown["id"]]


def test_a_file_for_supervisors_is_seen_by_supervisors_alone(desk: Any) -> None:
    case = desk.inquiring()
    kept = add(desk, "qa", case, supervisors_only="true", visible_to_customer="true")
    assert (kept["supervisors_only"], kept["visible_to_customer"]) == (True, False)
    assert customer_files(case) == []
    path = f"/cases/{case.number}/evidence"
    agent, lead = Caller(desk.people["agent"], "read"), Caller(desk.people["lead"], "read")
    assert agent.get(path) == [] and [one["id"] for one in lead.get(path)] == [kept["id"]]
    agent.get(f"{path}/{kept['id']}/file", expect=404)
    assert lead.get(f"{path}/{kept['id']}/file") == "杯底有裂纹".encode()


def test_where_no_step_names_a_person_a_file_cannot_be_hidden_from_colleagues(desk: Any) -> None:
    case = desk.complaint()
    refused = add(desk, "agent", case, expect=422, supervisors_only="true")
    assert refused["facts"]["fields"]["supervisors_only"] and not Evidence.objects.exists()
