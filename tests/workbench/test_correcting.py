"""Correcting at the desk: the facts stand in the form, only what changed is kept, the old ones stay readable."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk

__all__ = ["desk"]

pytestmark = pytest.mark.django_db


def _address(case: Any) -> str:
    return f"/case/{case.number}/do/act/correct"


def test_the_form_shows_what_was_registered(desk: Any) -> None:
    case = desk.accepted()
    page = desk.htmx("agent", "get", _address(case)).content.decode()
    assert 'name="what_happened"' in page and 'name="amount_paid"' in page and 'name="reason"' in page


def test_what_changed_is_corrected_and_the_rest_left_alone(desk: Any) -> None:
    from tuoshan.cases.models import Event
    from tuoshan.cases.possible import Standing
    from tuoshan.cases.service import ActingAs

    case = desk.accepted()
    said = Standing(case, ActingAs.by_person(desk.people["agent"])).state.facts["what_happened"]
    text = desk.htmx("agent", "get", _address(case)).context["form"].initial["what_happened"]
    given = {"what_happened": text, "amount_paid": "199.00", "reason": "客户补充了小票", "seq": case.seq, "key": "k1"}
    answer = desk.htmx("agent", "post", _address(case), given)
    assert answer.status_code == 204, answer.content.decode()[:500]
    state = Standing(desk.read(case), ActingAs.by_person(desk.people["agent"])).state
    assert str(state.facts["amount_paid"]) == "199.00"
    assert state.facts["what_happened"] == said
    assert Event.objects.filter(case_id=case.pk, kind="correct").count() == 1


def test_nothing_changed_is_said_and_nothing_written(desk: Any) -> None:
    case = desk.accepted()
    text = desk.htmx("agent", "get", _address(case)).context["form"].initial["what_happened"]
    answer = desk.htmx("agent", "post", _address(case), {"what_happened": text, "reason": "看一眼", "seq": case.seq})
    assert answer.status_code == 422
    assert "没有改动任何内容" in answer.content.decode()
    assert desk.read(case).seq == case.seq


def test_what_a_step_of_its_own_says_is_not_corrected_by_any_way(desk: Any) -> None:
    from decimal import Decimal

    from tuoshan.cases import library, service
    from tuoshan.cases.refusals import sentence
    from tuoshan.cases.service import ActingAs

    case = desk.proposed(amount="0", impact="medium", urgency="medium")
    assert case.state == "approving" and case.grade == "important"
    actor = ActingAs.by_person(desk.people["agent"])
    for changes in ({"grade": "normal"}, {"score": Decimal(5)}, {"liable": "none", "wish": "换货"}):
        given = {"changes": changes, "reason": "x"}
        by_step = service.act(case_id=case.pk, action="correct", actor=actor, values=given)
        direct = service.correct(case_id=case.pk, values=changes, actor=actor)
        for outcome in (by_step, direct):
            assert outcome.refusal is not None and outcome.refusal.because == "not_correctable", changes
    assert "责任方" in sentence(by_step.refusal, library.pinned(case.playbook, case.playbook_hash))
    assert desk.read(case).state == "approving"


def test_a_handler_does_not_lower_the_grade_of_what_waits_for_approval(desk: Any) -> None:
    case = desk.proposed(amount="0", impact="medium", urgency="medium")
    assert desk.htmx("agent", "get", f"/case/{case.number}/do/act/upgrade").status_code == 200
    lowered = {"lowered_to": "normal", "reason": "其实不重", "seq": case.seq, "key": "k9"}
    assert desk.htmx("agent", "post", f"/case/{case.number}/do/act/downgrade", lowered).status_code == 409
    assert (desk.read(case).state, desk.read(case).grade) == ("approving", "important")
    assert desk.htmx("lead", "post", f"/case/{case.number}/do/act/downgrade", lowered).status_code == 204
    assert (desk.read(case).state, desk.read(case).grade) == ("offered", "normal")


FINDING = "导购态度生硬"


def _found(desk: Any) -> Any:
    """A case whose proposal names a person."""
    return desk.proposed(amount="0", impact="medium", urgency="medium", finding=FINDING)


def _in_words(desk: Any, case: Any, name: str) -> str:
    """What a fact of the case says, erased of nothing."""
    from tuoshan.cases.models import Words
    from tuoshan.cases.possible import Standing
    from tuoshan.cases.service import ActingAs

    fact = Standing(desk.read(case), ActingAs.by_system()).state.facts[name]
    return Words.objects.get(case_id=case.pk, ref=fact.ref).text


def test_a_finding_against_a_person_stands_in_the_form_of_supervisors_alone(desk: Any) -> None:
    case = _found(desk)
    shown = desk.htmx("lead", "get", _address(case)).content.decode()
    assert FINDING in shown and 'name="finding_person"' in shown and 'name="supervisors_only"' in shown
    hidden = desk.htmx("agent", "get", _address(case)).content.decode()
    assert 'name="what_happened"' in hidden
    assert FINDING not in hidden and "finding_person" not in hidden


def test_a_finding_against_a_person_is_corrected_by_supervisors_alone(desk: Any) -> None:
    from tuoshan.cases import library, service
    from tuoshan.cases.refusals import sentence
    from tuoshan.cases.service import ActingAs

    case = _found(desk)
    given = {"finding_person": "另有其人", "reason": "改一改", "seq": case.seq, "key": "k1"}
    answer = desk.htmx("agent", "post", _address(case), given)
    assert answer.status_code == 422 and "没有改动任何内容" in answer.content.decode()
    agent = ActingAs.by_person(desk.people["agent"])
    changes = {"finding_person": "另有其人", "wish": "换货"}
    by_step = service.act(
        case_id=case.pk, action="correct", actor=agent, values={"changes": changes, "reason": "x"}
    )  # fmt: skip
    direct = service.correct(case_id=case.pk, values=changes, actor=agent)
    for outcome in (by_step, direct):
        assert outcome.refusal is not None and outcome.refusal.because == "kept_to_supervisors"
        told = sentence(outcome.refusal, library.pinned(case.playbook, case.playbook_hash))
        assert "只有主管能看到和更正" in told and FINDING not in told
    assert _in_words(desk, case, "finding_person") == FINDING and desk.read(case).seq == case.seq
    answer = desk.htmx("lead", "post", _address(case), {**given, "key": "k2"})
    assert answer.status_code == 204, answer.content.decode()[:500]
    assert _in_words(desk, case, "finding_person") == "另有其人"
    for who, reads in (("lead", True), ("auditor", True), ("agent", False), ("finance", False)):
        page = desk.client(who).get(f"/case/{case.number}").content.decode()
        assert ("另有其人" in page, FINDING in page) == (reads, reads), who


def test_no_form_is_filled_in_with_what_is_kept_to_supervisors(desk: Any) -> None:
    """Not only words: a choice or a person that a playbook keeps to supervisors is not put into anybody's form."""
    from dataclasses import replace

    from tuoshan.cases.possible import Standing
    from tuoshan.cases.service import ActingAs
    from tuoshan.core.possible import Possible

    case = _found(desk)
    for who, shown in (("agent", None), ("lead", "person")):
        standing = Standing(case, ActingAs.by_person(desk.people[who]))
        field = replace(standing.playbook.facts["liable"], supervisors_only=True)
        form = standing.form(Possible("act", "propose", standing.playbook.title, (field,)))
        assert form.initial.get("liable") == shown, who
