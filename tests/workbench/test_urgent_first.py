"""What is urgent from the first stands before the others in the list of what is to be assigned."""

from typing import Any

import pytest
from tests.workbench.deskhouse import desk

__all__ = ["desk"]

pytestmark = pytest.mark.django_db


def _registered(text: str, **values: Any) -> Any:
    from tuoshan.intake.registering import Came, Contact, register_complaint

    given, came = {"what_happened": text, **values}, Came(values.get("channel", "hotline"))
    made = register_complaint(values=given, contact=Contact(phone="13800138000"), came=came)
    assert made.outcome.refusal is None, made.outcome.refusal
    from tuoshan.cases.models import Case

    return Case.objects.get(pk=made.outcome.case_id)


def test_a_tick_or_an_authority_lets_a_new_complaint_jump_the_queue(desk: Any) -> None:
    from tuoshan.cases import queries
    from tuoshan.office import queues

    plain = [_registered(f"第 {number} 件", channel="hotline") for number in range(3)]
    ticked = _registered("孩子被划伤", channel="hotline", urgent_now=True)
    passed_on = _registered("12345 转来", channel="authority")
    left = _registered("随便问问", channel="hotline", urgent_now=False)
    assert [one.grade for one in (plain[0], ticked, passed_on, left)] == ["", "urgent", "urgent", ""]
    for page in (
        queues.page("unassigned", desk.people["lead"]),
        queries.page(queries.queue("unassigned", desk.people["lead"])),
    ):
        numbers = [case.number for case in page.rows]
        assert numbers[:2] == [ticked.number, passed_on.number]
        assert numbers[2:] == [one.number for one in (*plain, left)]


def test_the_tick_stands_in_the_form_of_the_desk_and_not_in_the_customers(desk: Any) -> None:
    from django.test import Client

    page = desk.client("agent").get("/register/complaint").content.decode()
    assert 'name="urgent_now"' in page and "先分派" in page
    assert 'name="urgent_now"' not in Client().get("/portal/submit").content.decode()
