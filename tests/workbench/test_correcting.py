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
