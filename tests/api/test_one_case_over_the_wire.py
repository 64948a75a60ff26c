"""One complaint worked by programs alone: asked, inquired, called, frozen, taken back, merged; and what each left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk

from tuoshan.cases.models import Case

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
FOUND = {"cause": "material-faulty", "liable": "product", "finding": "杯底有裂纹"}
GROUND = {"hold_ground": "court", "hold_note": "（2026）京01民初 8 号"}
PROPOSAL = {
    "cause": "material-faulty", "liable": "product", "remedies": ["refund"], "remedy_steps": "退款", "amount": "300",
    "refund_amount": "300", "amount_paid": "399",
    "carry_out_by": "2026-03-20",
}  # fmt: skip


@pytest.fixture
def as_program(desk: Any) -> Callable[..., Caller]:
    def program(who: str, scope: str = "write") -> Caller:
        return Caller(desk.people[who], scope)

    return program


def open_tasks(program: Caller, number: str) -> dict[str, str]:
    """Open tasks of the case: key by name."""
    return {one["name"]: one["key"] for one in program.get(f"/cases/{number}/tasks") if one["status"] == "open"}


def clocks(program: Caller, number: str) -> dict[str, str]:
    return {one["name"]: one["standing"] for one in program.get(f"/cases/{number}/clocks")}


def timeline(program: Caller, number: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = program.get(f"/cases/{number}/timeline")["entries"]
    return entries


def test_a_department_answers_its_inquiry(desk: Any, as_program: Any) -> None:
    number, qa, agent = desk.inquiring().number, as_program("qa"), as_program("agent")
    path = f"/cases/{number}/tasks/{quote(open_tasks(qa, number)['inquire'])}"
    refused = agent.post(path, {"outcome": "done", "values": FOUND}, expect=403)
    assert refused["code"] == "not_allowed" and agent.get(f"/cases/{number}")["state"] == "investigating"
    wrong = qa.post(path, {"outcome": "maybe", "values": FOUND}, expect=422)
    assert wrong["facts"]["fields"] == {"outcome": "not_a_choice"}
    assert wrong["detail"] == "“outcome”：请从列出的选项中选择。"
    done = qa.post(path, {"outcome": "done", "values": FOUND}, key="t1")
    assert done["state"] == "proposing" and "task:inquire" in done["events"]
    assert qa.post(path, {"outcome": "done", "values": FOUND}, key="t1")["replayed"]
    told = next(one for one in qa.get(f"/cases/{number}/tasks") if one["name"] == "inquire")
    assert (told["status"], told["outcome"], told["completed_by_id"]) == ("done", "done", desk.people["qa"].pk)
    assert any("杯底有裂纹" in one["details"].values() for one in timeline(agent, number))


def test_a_task_is_asked_for_and_done(desk: Any, as_program: Any) -> None:
    number, agent = desk.inquiring().number, as_program("agent")
    assert as_program("qa").post(f"/cases/{number}/ask/site_visit", expect=403)["code"] == "not_allowed"
    assert "site_visit" not in open_tasks(agent, number)
    agent.post(f"/cases/{number}/ask/site_visit")
    key = open_tasks(agent, number)["site_visit"]
    agent.post(f"/cases/{number}/tasks/{quote(key)}", {"values": {"finding": "桌面完好"}})
    assert "site_visit" not in open_tasks(agent, number)
    assert agent.get(f"/cases/{number}")["facts"]["finding"] == "桌面完好"


def test_a_call_stands_in_the_timeline(desk: Any, as_program: Any) -> None:
    number, agent = desk.accepted().number, as_program("agent")
    as_program("finance").post(f"/cases/{number}/calls", {"text": "客户同意退款"}, expect=403)
    agent.post(f"/cases/{number}/calls", {"text": "客户同意退款"})
    calls = [one for one in timeline(agent, number) if one["kind"] == "call"]
    assert [(one["text"], one["who"], one["channel"]) for one in calls] == [("客户同意退款", "林悦", "电话")]


def test_a_freeze_stops_the_work_and_its_end_lets_it_go_on(desk: Any, as_program: Any) -> None:
    number, agent, lead = desk.accepted().number, as_program("agent"), as_program("lead")
    assert agent.post(f"/cases/{number}/holds/suspended", {"values": GROUND}, expect=403)["code"] == "not_allowed"
    assert agent.get(f"/cases/{number}")["hold"] == "" and clocks(agent, number)["solve"] == "running"
    lead.post(f"/cases/{number}/holds/suspended", {"values": GROUND})
    assert lead.get(f"/cases/{number}")["hold"] == "suspended" and clocks(agent, number)["solve"] == "held"
    assert agent.post(f"/cases/{number}/actions/propose", {"values": PROPOSAL}, expect=409)["code"] == "on_hold"
    assert agent.post(f"/cases/{number}/release", expect=403)["code"] == "not_allowed"
    assert agent.get(f"/cases/{number}")["hold"] == "suspended"
    lead.post(f"/cases/{number}/release")
    assert lead.get(f"/cases/{number}")["hold"] == "" and clocks(agent, number)["solve"] == "running"
    assert agent.post(f"/cases/{number}/actions/propose", {"values": PROPOSAL})["state"] == "approving"


def test_the_last_step_is_taken_back_by_a_lead(desk: Any, as_program: Any) -> None:
    number, agent, lead = desk.accepted().number, as_program("agent"), as_program("lead")
    agent.post(f"/cases/{number}/actions/propose", {"values": PROPOSAL})
    agent.post(f"/cases/{number}/step-back", {"reason": "金额有误"}, expect=403)
    assert agent.get(f"/cases/{number}")["state"] == "approving"
    assert lead.post(f"/cases/{number}/step-back", {}, expect=422)["facts"]["fields"] == {"reason": "missing"}
    assert lead.post(f"/cases/{number}/step-back", {"reason": "金额有误"})["state"] == "proposing"
    assert agent.get(f"/cases/{number}")["state"] == "proposing"
    assert "金额有误" in timeline(agent, number)[-1]["details"].values()


def test_a_merged_case_is_held_until_the_merge_is_undone(desk: Any, as_program: Any) -> None:
    main, second = desk.accepted().number, desk.complaint().number
    agent = as_program("agent")
    as_program("qa").post(f"/cases/{second}/merge", {"into": main}, expect=403)
    assert agent.get(f"/cases/{second}")["merged_into"] == ""
    agent.post(f"/cases/{second}/merge", {"into": main, "reason": "同一件事"})
    case = agent.get(f"/cases/{second}")
    assert (case["merged_into"], case["hold"]) == (main, "merged")
    assert agent.post(f"/cases/{second}/merge", {"into": second}, expect=409)["code"] == "same_case"
    as_program("qa").post(f"/cases/{second}/unmerge", expect=403)
    assert agent.get(f"/cases/{second}")["merged_into"] == main
    agent.post(f"/cases/{second}/unmerge")
    case = agent.get(f"/cases/{second}")
    assert (case["merged_into"], case["hold"]) == ("", "")
    assert agent.post(f"/cases/{second}/unmerge", expect=409)["code"] == "not_from_here"
    assert not Case.objects.filter(merged_into_id__isnull=False).exists()
