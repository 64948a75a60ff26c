"""The write path with people of the company: parties by the map, delegates by name, reach."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.process import REPAIR, compiled

from tuoshan.cases import library, queries, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Event
from tuoshan.cases.verifying import faults_of
from tuoshan.parties.models import Absence, OrgUnit, PartyMap, Person, Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(clock: Any) -> dict[str, Person]:
    """Anna at the desk and Bo, both agents; Li leads; parties by role, the handler by the case."""
    agent, _ = Role.objects.update_or_create(key="agent", defaults={"reach": "all", "reads_only": False})
    lead, _ = Role.objects.update_or_create(key="supervisor", defaults={"reach": "all", "reads_only": False})
    PartyMap.objects.all().delete()
    PartyMap.objects.create(party="desk", target=PartyMap.Target.ROLE, role=agent)
    PartyMap.objects.create(party="handler", target=PartyMap.Target.HANDLER)
    PartyMap.objects.create(party="lead", target=PartyMap.Target.ROLE, role=lead)
    people = {}
    for name, role in (("anna", agent), ("bo", agent), ("li", lead)):
        people[name] = Person.objects.create(username=name, display_name=name)
        people[name].roles.add(role)
    return people


def fresh(person: Person) -> ActingAs:
    """As in a new request: nothing remembered."""
    return ActingAs.by_person(Person.objects.get(pk=person.pk))


@pytest.fixture
def begun_by_anna(repair: Any, staff: dict[str, Person]) -> int:
    return service.register(
        playbook="repair", actor=fresh(staff["anna"]), values={"what_happened": "漏水"}, channel="hotline",
        customer_id=None, unit_id=None,
    ).case_id  # fmt: skip


def test_parties_follow_from_the_map_and_the_case(begun_by_anna: int, staff: dict[str, Person]) -> None:
    bo = str(staff["bo"].pk)
    refused = service.act(case_id=begun_by_anna, action="accept", actor=fresh(staff["li"]), values={"handler": bo})
    assert refused.refusal is not None and refused.refusal.because == "not_allowed"
    accept: dict[str, Any] = {"case_id": begun_by_anna, "action": "accept", "values": {"handler": bo}}
    assert service.act(actor=fresh(staff["anna"]), **accept).accepted
    ask: dict[str, Any] = {"case_id": begun_by_anna, "action": "ask", "values": {"question": "?"}}
    assert not service.act(actor=fresh(staff["anna"]), **ask).accepted
    assert service.act(actor=fresh(staff["bo"]), **ask).accepted
    assert queries.count("mine", staff["bo"]) == 1 and queries.count("mine", staff["anna"]) == 0


def test_a_delegate_acts_and_the_event_says_for_whom(begun_by_anna: int, staff: dict[str, Person], clock: Any) -> None:
    accept: dict[str, Any] = {"case_id": begun_by_anna, "action": "accept", "values": {"handler": str(staff["bo"].pk)}}
    service.act(actor=fresh(staff["anna"]), **accept)
    Absence.objects.create(
        person=staff["bo"], delegate=staff["anna"], starts_at=clock(), ends_at=clock() + timedelta(days=3)
    )
    clock.advance(timedelta(minutes=2))
    outcome = service.act(case_id=begun_by_anna, action="ask", actor=fresh(staff["anna"]), values={"question": "?"})
    assert outcome.accepted, outcome.refusal
    event = Event.objects.get(case_id=begun_by_anna, name="ask")
    assert (event.actor_id, event.on_behalf_of_id) == (staff["anna"].pk, staff["bo"].pk)
    assert faults_of([begun_by_anna]) == []


def test_the_company_chooses_where_the_form_names_nobody(staff: dict[str, Person]) -> None:
    text = REPAIR.replace('form: [handler, "amount?"]', 'form: ["handler?", "amount?"]')
    PartyMap.objects.filter(party="handler").delete()
    PartyMap.objects.create(party="handler", target=PartyMap.Target.PARTY, same_as="desk")
    with library.using(compiled(text)):
        case_id = service.register(
            playbook="repair", actor=fresh(staff["anna"]), values={"what_happened": "漏水"}, channel="hotline",
            customer_id=None, unit_id=None,
        ).case_id  # fmt: skip
        assert service.act(case_id=case_id, action="accept", actor=fresh(staff["anna"])).accepted
        case = Case.objects.get(id=case_id)
        assert case.handler_id in (staff["anna"].pk, staff["bo"].pk)
        body = Event.objects.get(case_id=case_id, name="accept").body
        assert '"reason":{' in body and faults_of([case_id]) == []


def test_reach_by_unit(begun_by_anna: int, staff: dict[str, Person]) -> None:
    root = OrgUnit.objects.create(code="root", name_zh="公司", kind="company")
    shop = OrgUnit.objects.create(code="s1", name_zh="一店", kind="store", parent=root)
    other = OrgUnit.objects.create(code="s2", name_zh="二店", kind="store", parent=root)
    clerk, _ = Role.objects.update_or_create(key="store_clerk", defaults={"reach": "unit", "reads_only": False})
    person = Person.objects.create(username="clerk", unit=shop)
    person.roles.add(clerk)
    Case.objects.filter(id=begun_by_anna).update(unit_id=other.pk)
    assert not queries.queue("open", person).exists() and not queries.can_reach(person, Case.objects.get())
    Case.objects.filter(id=begun_by_anna).update(unit_id=shop.pk)
    person = Person.objects.get(pk=person.pk)
    assert queries.count("open", person) == 1 and queries.can_reach(person, Case.objects.get())


def test_people_cost_at_most_four_statements_more(begun_by_anna: int, staff: dict[str, Person]) -> None:
    acting = fresh(staff["anna"])
    with CaptureQueriesContext(
        connection,
    ) as found:
        service.act(case_id=begun_by_anna, action="accept", actor=acting, values={"handler": str(staff["bo"].pk)})
    assert len([q for q in found.captured_queries if not q["sql"].startswith(("BEGIN", "COMMIT"))]) <= 12


def test_erasing_a_customer_takes_the_words_and_leaves_the_chain(
    begun: int, staff: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.cases import erasing
    from tuoshan.cases.models import Message, Words
    from tuoshan.parties import customers

    assert erasing.erase in customers._cleaners
    monkeypatch.setattr(customers, "_cleaners", [erasing.erase])
    customer = customers.Customer.objects.create(name="张三")
    Case.objects.filter(id=begun).update(customer_id=customer.pk)
    service.note(case_id=begun, actor=fresh(staff["anna"]), text="张三来电")
    customers.erase(customer)
    assert {row.text for row in Words.objects.all()} == {row.text for row in Message.objects.all()} == {""}
    case = Case.objects.get(id=begun)
    assert case.is_erased and case.title == "（已随客户删除）" and faults_of([begun]) == []
    refused = service.message(case_id=begun, actor=fresh(staff["anna"]), text="你好", channel="sms")
    assert refused.refusal is not None and refused.refusal.because == "customer_erased"
