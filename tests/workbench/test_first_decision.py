"""What an appeal is about stands as it was decided: shown from its events, not corrected, not written over."""

import re
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
