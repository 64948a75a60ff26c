"""What a case with rulings reads from the database does not grow with how many there are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import SHOES, books_as_shipped

from tuoshan import clock
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.orders import Order
from tuoshan.cases.possible import Standing
from tuoshan.rulings import holding, keeping, proposing
from tuoshan.rulings.asking import ask
from tuoshan.workbench import keptrulings

__all__ = ["books_as_shipped", "desk"]

pytestmark = pytest.mark.django_db

DECEIVED = {**SHOES, "reported_on": "2026-01-25", "deceived": "yes", "staged_claim": "no", "label_flaw_only": "no"}


def ruled(desk: Any, lines: int, session: str = "bench") -> Any:
    """A case with so many lines of one bench, of one claim, every other one departed from by somebody else, and
    as many benches before it."""
    case = desk.accepted()
    for bench in range(lines):
        for line in range(1, lines + 1):
            ruling = ask({**DECEIVED, "paid": "100"}, date(2026, 3, 2)).ruling
            assert ruling is not None
            keeping.keep(ruling, person_id=desk.people["agent"].pk, now=clock.now(), case_id=case.pk,
                         session=f"{session}{bench}", line=line, quantity=2)  # fmt: skip
    for row, who in zip(keeping.standing(case.pk)[::2], ("lead", "manager"), strict=False):
        keeping.override(row, remedy="refund", amount=Decimal(900), reason="客户同意", person_id=desk.people[who].pk,
                         may_go_below=True, now=clock.now())  # fmt: skip
    return desk.read(case)


def statements(asked: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        asked()
    return len(seen)


def counted(desk: Any, asks: Callable[[Any, Standing], object]) -> tuple[int, int]:
    """How many statements it takes with one ruling, and with sixteen of which four count."""
    found = []
    for lines in (1, 4):
        case = ruled(desk, lines, f"of {lines} ")
        person = desk.Person.objects.get(pk=desk.people["lead"].pk)
        standing = Standing(case, ActingAs.by_person(person))
        asks(case, standing)  # what is kept for a minute or once for all is read
        found.append(statements(lambda case=case, standing=standing: asks(case, standing)))
    return found[0], found[1]


def test_the_panel_of_a_case_reads_as_often_for_many_rulings_as_for_one(desk: Any) -> None:
    few, many = counted(desk, lambda case, at: keptrulings.rulings_panel(at, case, at.acting.person))
    assert many == few > 0


def test_what_is_to_be_approved_reads_as_often_for_many_rulings_as_for_one(desk: Any) -> None:
    few, many = counted(desk, lambda case, at: keptrulings.ruled_here(at.acting.person, case))
    assert many == few > 0


def test_a_proposal_is_filled_in_with_as_many_statements_for_many_rulings_as_for_one(desk: Any) -> None:
    def filled(case: Any, at: Standing) -> object:
        action = at.playbook.actions["propose"]
        given = proposing.initial(case.pk, at.playbook, action.form, at.state)
        assert given["amount"]
        return given

    few, many = counted(desk, filled)
    assert many == few > 0


def test_a_proposal_is_held_against_many_rulings_with_as_many_statements_as_against_one(desk: Any) -> None:
    def held(case: Any, at: Standing) -> object:
        values = {"remedies": ["refund"], "amount": Decimal(1), "remedy_steps": "退 1 元"}
        after = replace(at.state, facts={**at.state.facts, "remedies": ("refund",), "amount": Decimal(1)})
        refusal = holding.less_than_ruled(case.pk, Order("act", at.acting, "propose", values), at.playbook, after)
        assert refusal is not None and refusal.because == "below_ruling"
        return refusal

    few, many = counted(desk, held)
    assert many == few > 0


def test_all_the_departures_are_told_with_who_made_them(desk: Any) -> None:
    case = ruled(desk, 3)
    rows = keeping.standing(case.pk)
    told = keptrulings.departures_told(rows)
    assert [[one.person for one in told[row.pk]] for row in rows] == [
        [str(desk.people["lead"])], [], [str(desk.people["manager"])]
    ]  # fmt: skip
