"""The filled button of a case is its reader's next step; where the case waits for somebody else, none is filled."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.portal.house import proof
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.test_barred_buttons import button, page_of, reasons

from tuoshan.cases import service
from tuoshan.cases.models import Task

pytestmark = pytest.mark.django_db

REMEDY = {
    "cause": "goods", "liable": "product", "remedies": ["refund"], "remedy_steps": "全额退款", "amount": Decimal(0),
    "refund_amount": Decimal(0),
    "carry_out_by": date(2026, 3, 20),
}  # fmt: skip


def filled(desk: Any, who: str, case: Any) -> list[str]:  # noqa: F811
    """The actions and tasks whose buttons are filled; the filled one, and it alone, has the key A."""
    page = page_of(desk, who, desk.read(case))
    found = re.findall(r'<button[^>]*btn-primary[^>]*data-opens="do-(\w+-\w+)[^"]*"[^>]*>', page)
    assert page.count('data-key="a"') == len(found)
    return found


def act(desk: Any, case: Any, name: str, *parties: str, evidence: Any = (), **values: Any) -> None:  # noqa: F811
    person = desk.people["lead" if "reviewer" in parties else "agent"]
    actor = service.ActingAs("person", person.pk, person, frozenset(parties)) if parties else desk.customer(case)
    done = service.act(case_id=case.pk, action=name, actor=actor, values=values, evidence=list(evidence))
    assert done.accepted, done.refusal


@pytest.fixture
def offered(desk: Any) -> Any:  # noqa: F811
    case = desk.accepted()
    assert filled(desk, "agent", case) == ["act-propose"]
    act(desk, case, "propose", "handler", **REMEDY)
    return desk.read(case)


@pytest.fixture
def answered(desk: Any, offered: Any) -> Any:  # noqa: F811
    act(desk, offered, "agree")
    task = Task.objects.get(case_id=offered.pk, name="remedy")
    done = service.complete_task(
        case_id=offered.pk, task_key=task.key, values={"how_done": "已退"}, evidence=[proof(offered)],
        outcome="settled", actor=service.ActingAs("person", desk.people["agent"].pk, None, frozenset({"executor"})),
    )  # fmt: skip
    assert done.accepted, done.refusal
    return desk.read(offered)


def test_a_new_case_is_accepted_first(desk: Any) -> None:  # noqa: F811
    assert filled(desk, "agent", desk.complaint()) == ["act-accept"]


def test_while_departments_inquire_only_their_own_task_is_filled(desk: Any) -> None:  # noqa: F811
    case = desk.inquiring()
    assert filled(desk, "agent", case) == []
    assert filled(desk, "qa", case) == ["task-inquire"]


def test_while_the_customer_thinks_nothing_is_filled(desk: Any, offered: Any) -> None:  # noqa: F811
    assert offered.state == "offered" and filled(desk, "agent", offered) == []


def test_after_the_remedy_not_solved_is_no_default(desk: Any, answered: Any) -> None:  # noqa: F811
    assert answered.state == "answered" and filled(desk, "agent", answered) == []
    assert 'data-key="s"' in button(page_of(desk, "agent", answered), "unsolved")


def test_a_satisfied_customers_case_asks_for_the_report_first(desk: Any, answered: Any) -> None:  # noqa: F811
    act(desk, answered, "satisfied")
    assert filled(desk, "agent", answered) == ["task-report"]
    page = page_of(desk, "agent", desk.read(answered))
    places = [page.index(f'data-opens="do-{name}"') for name in ("task-report", "act-close", "act-offer_again")]
    assert places == sorted(places)


def test_neither_decision_on_an_appeal_is_the_default(desk: Any, answered: Any) -> None:  # noqa: F811
    act(desk, answered, "appeal", appeal_reason="还在漏")
    assert button(page_of(desk, "lead", desk.read(answered)), "uphold")
    assert filled(desk, "lead", answered) == []


def test_after_an_overturned_decision_the_lead_reads_who_is_next(desk: Any, answered: Any) -> None:  # noqa: F811
    act(desk, answered, "appeal", appeal_reason="还在漏")
    act(desk, answered, "overturn", "reviewer", review_why="证据不足")
    case = desk.read(answered)
    page = page_of(desk, "lead", case)
    assert " disabled" in button(page, "no_agreement")
    assert reasons(page).strip() == (
        "协商不成，告知结论：要先有“客户不同意”，才能做这一步。接下来由经办人办理“提出方案”。"
    )
    english = reasons(page_of(desk, "lead", case, "en"))
    assert "This comes only after “The customer disagrees”. Next: " in english and "“Propose”" in english


def test_who_has_no_step_to_take_reads_whose_turn_it_is(desk: Any) -> None:  # noqa: F811
    """A supervisor took a complaint over before the desk had accepted it, and had neither a step nor a hint."""
    case = desk.complaint()
    assert "接下来由客服台办理“受理并调查”。" in page_of(desk, "lead", case)
    assert "Next: " in page_of(desk, "lead", case, "en")
    assert "接下来由" not in page_of(desk, "agent", case)


def test_what_a_step_brought_beside_is_said(desk: Any) -> None:  # noqa: F811
    """Who handles the case from now on, and the grade that followed, where nobody chose them in so many words."""
    import json

    from tuoshan.catalog import seeds
    from tuoshan.catalog.models import Category

    seeds.plant()
    case = desk.complaint()
    given = {
        "category": str(Category.objects.exclude(parent=None).earliest("pk").pk),
        "impact": "medium", "urgency": "medium", "next_step": "明天回电",
        "handler": str(desk.people["colleague"].pk), "seq": str(case.seq), "key": "one",
    }  # fmt: skip
    answer = desk.htmx("agent", "post", f"/case/{case.number}/do/act/accept_simple", given)
    assert answer.status_code == 204, answer.content.decode()
    said = json.loads(answer["HX-Trigger"])["banner"]["text"]
    assert "马莉" in said and "重要" in said, said
