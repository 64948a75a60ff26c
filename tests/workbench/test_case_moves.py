"""A store or an order put right: the case goes to the unit that follows from it, by the same event."""

from typing import Any

import pytest
from tests.integrations.conftest import work
from tests.workbench.storehouse import desk, stores

from tuoshan.cases import queries
from tuoshan.cases.models import Case, Event
from tuoshan.cases.verifying import faults_of
from tuoshan.parties.models import Person

__all__ = ["desk", "stores", "work"]


@pytest.fixture
def orders(stores: Any) -> None:
    from tuoshan.catalog.models import OrderRef

    OrderRef.objects.create(order_no="A-100001", unit=stores.one)
    OrderRef.objects.create(order_no="B-200002", unit=stores.two)


def corrected(stores: Any, case: Any, who: str = "agent", expect: int = 200, **values: Any) -> Any:
    body = {"values": values, "reason": "登记时听错了"}
    answer = stores.program(who).post(f"/cases/{case.number}/corrections", body, expect=expect)
    case.refresh_from_db()
    assert faults_of([case.pk]) == []
    return answer


def moves(case: Any) -> list[Any]:
    import json

    bodies = Event.objects.filter(case_id=case.pk, kind="correct").order_by("seq").values_list("body", flat=True)
    return [json.loads(body)["input"].get("extra", {}).get("unit") for body in bodies]


def counted(stores: Any, who: str) -> int:
    person = Person.objects.get(pk=stores.desk.people[who].pk)
    found = queries.count("unassigned", person)
    assert found == queries.reachable(person).filter(ended=False, handler_id=None).count()
    return found


def test_a_corrected_store_moves_the_case_with_its_reach_counts_figures_and_story(stores: Any, work: Any) -> None:
    from tuoshan.insight import search
    from tuoshan.insight.conditions import Conditions
    from tuoshan.insight.models import CaseFigures

    case = stores.register("agent", store=str(stores.one.pk))
    Case.objects.filter(pk=case.pk).update(title="壶盖裂了")
    work()
    assert (counted(stores, "first"), counted(stores, "second")) == (1, 0)
    handler = case.handler_id
    corrected(stores, case, store=str(stores.two.pk))
    assert (case.unit_id, case.handler_id) == (stores.two.pk, handler)
    assert moves(case) == [{"before": stores.one.pk, "after": stores.two.pk}]
    assert (counted(stores, "first"), counted(stores, "second")) == (0, 1)
    assert stores.client("first").get(f"/case/{case.number}").status_code == 404
    page = stores.client("second").get(f"/case/{case.number}").content.decode()
    assert "十一店 → 十二店" in page
    work()
    assert CaseFigures.objects.get(pk=case.pk).unit_id == stores.two.pk
    lead = Person.objects.get(pk=stores.desk.people["lead"].pk)
    for unit, there in ((stores.one, False), (stores.two, True)):
        found = search.cases(lead, Conditions(unit=f"={unit.pk}"))
        assert found.filter(pk=case.pk).exists() is there


def test_a_survey_answered_before_counts_for_the_unit_to_which_the_case_moves(stores: Any, work: Any) -> None:
    from tuoshan import clock
    from tuoshan.care.models import SurveyAnswer

    case = stores.register("agent", store=str(stores.one.pk))
    SurveyAnswer.objects.create(
        case_id=case.pk, task="survey#1", at=clock.now(), changed_at=clock.now(), via="link", playbook="complaint",
        unit_id=stores.one.pk, score=2, reasons=[],
    )  # fmt: skip
    corrected(stores, case, store=str(stores.two.pk))
    work()
    assert SurveyAnswer.objects.get(case_id=case.pk).unit_id == stores.two.pk


def test_the_order_tells_the_unit_where_no_store_is_named(stores: Any, orders: None) -> None:
    case = stores.register("agent", order_no="A-100001")
    assert case.unit_id == stores.one.pk
    corrected(stores, case, order_no="B-200002")
    assert case.unit_id == stores.two.pk
    corrected(stores, case, store=str(stores.one.pk))
    corrected(stores, case, order_no="A-100001")
    assert case.unit_id == stores.one.pk
    corrected(stores, case, order_no="B-200002")
    assert case.unit_id == stores.one.pk, "the store named comes first"
    corrected(stores, case, store=None, order_no=None)
    assert case.unit_id == stores.desk.people["agent"].unit_id, "nothing names one: whose registered it"
    one, two, own = stores.one.pk, stores.two.pk, case.unit_id
    assert moves(case) == [
        {"before": one, "after": two}, {"before": two, "after": one}, None, None, {"before": one, "after": own},
    ]  # fmt: skip


def test_an_unknown_order_or_another_fact_moves_nothing(stores: Any, orders: None) -> None:
    case = stores.register("agent", order_no="A-100001", store=str(stores.two.pk))
    corrected(stores, case, order_no="nobody knows")
    corrected(stores, case, wish="换一个壶盖")
    assert case.unit_id == stores.two.pk and moves(case) == [None, None]
    refused = corrected(stores, case, store=str(stores.one.pk), amount_paid="many", expect=422)
    assert refused["code"] == "invalid_form" and case.unit_id == stores.two.pk


def test_a_unit_given_by_hand_stands(stores: Any, orders: None) -> None:
    body = {"values": {"channel": "api", "what_happened": "壶盖裂了"}, "unit_id": stores.one.pk}
    number = stores.program("agent").post("/cases", body, expect=201)["number"]
    case = Case.objects.get(number=number)
    corrected(stores, case, order_no="B-200002", store=str(stores.two.pk))
    assert case.unit_id == stores.one.pk and moves(case) == [None]


def test_whoever_corrects_a_case_out_of_their_reach_is_told_where_it_went(stores: Any) -> None:
    """A supervisor of one store, who reaches no other."""
    from tuoshan.parties.models import Role

    Role.objects.filter(key="supervisor").update(reach="unit")
    stores.desk.people["head"] = Person.objects.create_user("head", "x", roles=("supervisor",), unit=stores.one)
    case = stores.register("first")
    client = stores.client("head")
    address = f"/case/{case.number}/do/act/correct"
    text = client.get(address, headers={"HX-Request": "true"}).context["form"].initial["what_happened"]
    given = {
        "what_happened": text, "store": str(stores.two.pk), "reason": "是十二店卖的", "seq": case.seq, "key": "k1"
    }  # fmt: skip
    answer = client.post(address, given, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/"), answer.content.decode()[:1500]
    assert "工单转到：十二店" in client.get("/", follow=True).content.decode()
    case.refresh_from_db()
    assert case.unit_id == stores.two.pk and faults_of([case.pk]) == []


def test_a_unit_that_no_event_tells_of_is_a_fault(stores: Any) -> None:
    case = stores.register("agent", store=str(stores.one.pk))
    corrected(stores, case, store=str(stores.two.pk))
    Case.objects.filter(pk=case.pk).update(unit_id=stores.one.pk)
    assert [(fault.what, "unit_id" in fault.detail) for fault in faults_of([case.pk])] == [("column", True)]
