"""What an appeal is about stands as it was decided: shown from its events, not corrected, not written over."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk
from tests.workbench.test_barred_buttons import appealed, page_of

__all__ = ["appealed", "desk"]

pytestmark = pytest.mark.django_db


def panel(page: str) -> str:
    found = re.search(r'<section[^>]*id="first-decision".*?</section>', page, re.S)
    return found[0] if found else ""


def test_the_reviewer_reads_who_decided_when_with_what_reasons_and_on_what(desk: Any, appealed: Any) -> None:
    from tuoshan.cases.models import Event

    decided = Event.objects.get(case_id=appealed.pk, name="unfounded")
    shown = panel(page_of(desk, "lead", appealed))
    for text in ("不予支持", "多面手", "须手洗", decided.hash[:16], "voucher"):
        assert text in shown, text
    assert "客户为什么申诉" in shown and "没写" in shown
    english = panel(page_of(desk, "lead", appealed, "en"))
    assert "First decision" in english and "Not upheld" in english
    assert not panel(page_of(desk, "lead", desk.complaint()))


def test_the_reviewers_reasons_leave_the_first_ones_alone(desk: Any, appealed: Any) -> None:
    from tuoshan.cases import service
    from tuoshan.cases.possible import Standing

    lead = service.ActingAs("person", desk.people["lead"].pk, None, frozenset({"reviewer"}))
    done = service.act(case_id=appealed.pk, action="uphold", actor=lead, values={"review_why": "复核无误"})
    assert done.accepted, done.refusal
    case = desk.read(appealed)
    facts = Standing(case, lead).state.facts
    assert facts["why"] != facts["review_why"]
    shown = panel(page_of(desk, "lead", case))
    assert "须手洗" in shown and "复核无误" not in shown


def test_what_the_first_decision_gave_is_not_corrected_from_the_appeal_on(desk: Any, appealed: Any) -> None:
    from tuoshan.cases import library, service
    from tuoshan.cases.refusals import sentence

    agent = service.ActingAs("person", desk.people["agent"].pk, None, frozenset({"handler"}))
    refused = service.correct(case_id=appealed.pk, values={"category": "2"}, actor=agent).refusal
    assert refused is not None and refused.because == "decided_fact"
    assert "投诉类别" in sentence(refused, library.pinned(appealed.playbook, appealed.playbook_hash))
    assert service.correct(case_id=appealed.pk, values={"wish": "退货"}, actor=agent).refusal is None


def test_a_program_reads_the_first_decision(desk: Any, appealed: Any) -> None:
    from tuoshan.cases.models import Event

    answer = Caller(desk.people["lead"], "read").get(f"/cases/{appealed.number}")
    (one,) = answer["first_decision"]
    assert (one["action"], one["who"], one["details"]["告知客户的理由"]) == ("unfounded", "多面手", "须手洗")
    assert len(one["evidence"]) == 1
    assert one["hash"] == Event.objects.get(case_id=appealed.pk, name="unfounded").hash
    fresh = desk.complaint()
    assert Caller(desk.people["lead"], "read").get(f"/cases/{fresh.number}")["first_decision"] == []


def form_of(desk: Any, who: str, case: Any, action: str) -> str:
    answer = desk.htmx(who, "get", f"/case/{case.number}/do/act/{action}")
    assert answer.status_code == 200
    found = re.search(r'<section[^>]*aria-labelledby="deciding-.*?</section>', answer.content.decode(), re.S)
    return found[0] if found else ""


@pytest.mark.parametrize("action", ["approve", "send_back"])
def test_who_approves_reads_the_proposal_above_the_fields(desk: Any, action: str) -> None:
    from tuoshan.cases import library
    from tuoshan.cases.forms import words

    case = desk.proposed("880", finding="王师傅漏装")
    shown = form_of(desk, "manager", case, action)
    for text in ("提出方案", "全额退款", "880.00", "2026-03-20", "责任方", "王师傅漏装"):
        assert text in shown, text
    asked = [words(field.label) for field in library.pinned(case.playbook, case.playbook_hash).actions["propose"].form]
    assert re.findall("<dt>(.*?)</dt>", shown) == [label for label in asked if f"<dt>{label}</dt>" in shown]
    assert not form_of(desk, "agent", desk.accepted(), "propose"), "who proposes decides nothing"


def test_who_may_not_read_findings_is_not_told_them_with_the_proposal(desk: Any) -> None:
    from tuoshan.cases.possible import Standing
    from tuoshan.cases.service import ActingAs
    from tuoshan.insight import reviewed
    from tuoshan.insight.story import Audience, Story

    case = desk.proposed("880", finding="王师傅漏装")
    standing = Standing(case, ActingAs.by_person(desk.people["agent"]))
    story = Story(case, standing.playbook, Audience.staff(desk.people["agent"]))
    (told,) = reviewed.to_be_decided(story, standing.state)
    values = [detail.value for detail in told.details]
    assert "全额退款" in values and "王师傅漏装" not in values


def test_a_proposal_that_was_sent_back_and_made_anew_is_the_one_that_is_read(desk: Any) -> None:
    case = desk.proposed("880")
    assert desk.house.act(case, "send_back", desk.people["manager"], reason="再谈").accepted
    given = {
        "cause": "goods", "liable": "product", "remedies": ["compensation"], "remedy_steps": "补偿一双新的",
        "amount": Decimal(700), "carry_out_by": date(2026, 3, 20),
    }  # fmt: skip
    assert desk.house.act(case, "propose", **given).accepted
    shown = form_of(desk, "manager", desk.read(case), "approve")
    assert "补偿一双新的" in shown and "全额退款" not in shown


@pytest.mark.parametrize("action", ["uphold", "overturn"])
def test_who_hears_an_appeal_reads_it_and_the_first_decision_above_the_fields(
    desk: Any, appealed: Any, action: str
) -> None:
    shown = form_of(desk, "lead", appealed, action)
    assert "没写" in shown and "须手洗" in shown
