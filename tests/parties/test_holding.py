"""Who holds which party: roles, departments, handlers, delegates; both directions agree."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tuoshan import clock
from tuoshan.parties import holding, standing
from tuoshan.parties.models import Absence, OrgUnit, PartyMap, Person, Role

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]


def away(person: Person, delegate: Person | None, days: int = 3) -> Absence:
    now = clock.now()
    return Absence.objects.create(
        person=person, delegate=delegate, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=days)
    )


def parties(person: Person, case: Any) -> frozenset[str]:
    return holding.holding(Person.objects.get(pk=person.pk), case).parties


def test_roles_hold_their_parties_where_they_reach(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    in_store1 = case(unit_id=units["store1"].pk)
    desk = parties(person("an", "agent", "service"), in_store1)
    assert {"service_desk", "merchant", "platform", "authority", "staff"} <= desk
    assert not desk & {"lead", "manager", "qa", "store_head", "handler"}
    assert {"lead", "reviewer", "payer"} <= parties(person("lin", "supervisor", "service"), in_store1)
    ma = person("ma", "manager", "hq")
    assert {"manager", "director", "legal", "region", "audit_office"} <= parties(ma, in_store1)
    assert "store_head" in parties(person("dian1", "store_manager", "store1"), in_store1)
    assert "store_head" not in parties(person("dian2", "store_manager", "store2"), in_store1)
    assert "service_desk" not in parties(person("xi", "agent", "west"), in_store1)


def test_a_regional_desk_serves_its_region_only(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    east = person("dong", "agent", "service-east")
    assert "service_desk" in parties(east, case(unit_id=units["store1"].pk))
    assert "service_desk" not in parties(east, case(unit_id=units["store2"].pk))


def test_departments_are_their_investigators(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    any_case = case(unit_id=units["service"].pk)
    qa = parties(person("zhi", "investigator", "qa"), any_case)
    assert {"departments", "qa", "lab"} <= qa
    assert not qa & {"technical", "store", "engineering"}
    assert {"technical", "engineering"} <= parties(person("ji", "investigator", "technical"), any_case)
    assert "qa" not in parties(person("kan", "auditor", "qa"), any_case)
    in_store1 = case(unit_id=units["store1"].pk)
    assert "store" in parties(person("dian1", "store_manager", "store1"), in_store1)
    assert "store" not in parties(person("dian2", "store_manager", "store2"), in_store1)


def test_the_handler_is_who_the_case_is_given_to(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    an, bo = person("an", "agent", "service"), person("bo", "agent", "service")
    mine = case(unit_id=units["service"].pk, handler_id=an.pk)
    assert {"handler", "executor"} <= parties(an, mine)
    assert not {"handler", "executor"} & parties(bo, mine)
    given = case(snapshot=f'{{"assigned": {{"reviewer": "{bo.pk}"}}, "actions": {{"start": {{"by": ["{an.pk}"]}}}}}}')
    assert "reviewer" in parties(bo, given)
    assert "applicant" in parties(an, given)
    assert "applicant" not in parties(bo, given)


def test_who_only_reads_holds_nothing(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    for username, role in (("shen", "auditor"), ("cai", "finance")):
        someone = person(username, role, "hq")
        assert parties(someone, case(unit_id=units["hq"].pk, handler_id=someone.pk)) == frozenset()


def test_who_has_left_holds_nothing(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    gone = person("gone", "manager", "hq", is_active=False)
    assert parties(gone, case(unit_id=units["hq"].pk)) == frozenset()


def test_while_away_the_delegate_holds_it_and_not_both(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    lin, bo = person("lin", "supervisor", "service"), person("bo", "agent", "service")
    one = case(unit_id=units["service"].pk, handler_id=lin.pk, registrant_id=lin.pk)
    away(lin, bo)
    held = holding.holding(Person.objects.get(pk=bo.pk), one)
    assert {"lead", "handler"} <= held.parties
    assert held.on_behalf_of("lead") == lin.pk
    assert held.on_behalf_of("service_desk") is None
    assert parties(lin, one) == {"staff", "applicant"}
    assert "applicant" not in parties(bo, one)
    assert [p.pk for p in holding.persons_for("lead", one)] == [bo.pk]


def test_absence_ends_by_itself(person: Make, units: dict[str, OrgUnit], case: Any, clock: Any) -> None:
    lin, bo = person("lin", "supervisor", "service"), person("bo", "agent", "service")
    one = case(unit_id=units["service"].pk)
    away(lin, bo, days=3)
    assert "lead" not in holding.holding(lin, one).parties
    clock.advance(timedelta(days=3))
    assert "lead" in holding.holding(lin, one).parties, "the same instance must not answer from an old memory"
    assert "lead" not in holding.holding(bo, one).parties


def test_nobody_stands_in_when_the_delegate_is_away_too(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    lin, bo = person("lin", "supervisor", "service"), person("bo", "supervisor", "service")
    one = case(unit_id=units["service"].pk, handler_id=lin.pk)
    away(lin, bo)
    away(bo, None)
    assert "handler" in parties(lin, one)
    assert "handler" not in parties(bo, one)


def test_away_without_delegate_keeps_the_powers(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    lin = person("lin", "supervisor", "service")
    away(lin, None)
    assert "lead" in parties(lin, case(unit_id=units["service"].pk))


def test_a_delegate_who_may_only_read_is_refused(person: Make) -> None:
    lin, shen = person("lin", "supervisor", "service"), person("shen", "auditor", "hq")
    with pytest.raises(ValidationError):
        Absence(person=lin, delegate=shen, starts_at=clock.now(), ends_at=clock.now() + timedelta(days=1)).full_clean()


def test_rows_of_a_playbook_replace_the_general_ones(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    lin, ma = person("lin", "supervisor", "service"), person("ma", "manager", "hq")
    PartyMap.objects.create(party="lead", playbook="facility_repair", target="person", person=ma)
    assert "lead" in parties(lin, case(playbook="complaint", unit_id=units["service"].pk))
    assert "lead" not in parties(lin, case(playbook="facility_repair", unit_id=units["service"].pk))
    assert "lead" in parties(ma, case(playbook="facility_repair"))


def test_parties_that_point_at_each_other_end(person: Make, case: Any) -> None:
    an = person("an", "agent", "service")
    PartyMap.objects.create(party="a", target="party", same_as="b")
    PartyMap.objects.create(party="b", target="party", same_as="a")
    assert not {"a", "b"} & parties(an, case())


def test_both_directions_agree(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    people = [
        person(f"{role}-{unit}".replace("_", "."), role, unit)
        for role in Role.objects.values_list("key", flat=True)
        for unit in ("service", "qa", "store1", "service-east", "")
    ]
    away(people[0], people[7])
    away(people[9], people[3])
    away(people[12], None)
    for unit in ("store1", "store2", "qa", "hq", ""):
        one = case(unit_id=units[unit].pk if unit else None, handler_id=people[0].pk, registrant_id=people[5].pk)
        held = {p.pk: parties(p, one) for p in people}
        names = set(PartyMap.objects.values_list("party", flat=True))
        for party in names:
            found = {p.pk for p in holding.persons_for(party, one)}
            assert found == {pk for pk, mine in held.items() if party in mine}, (party, unit)


def test_three_queries_at_most(
    person: Make, units: dict[str, OrgUnit], case: Any, django_assert_max_num_queries: Any
) -> None:
    lin, bo = person("lin", "supervisor", "service"), person("bo", "agent", "service")
    away(lin, bo)
    fresh = Person.objects.get(pk=bo.pk)
    with django_assert_max_num_queries(3):
        assert "lead" in holding.holding(fresh, case(unit_id=units["store1"].pk)).parties
    with django_assert_max_num_queries(1):
        holding.holding(fresh, case(unit_id=units["store2"].pk))


def test_moving_a_unit_moves_everything_below(units: dict[str, OrgUnit]) -> None:
    units["east"].parent = units["west"]
    units["east"].save()
    assert OrgUnit.objects.get(code="store1").path == "hq/west/east/store1/"
    west = OrgUnit.objects.get(code="west")
    west.parent = OrgUnit.objects.get(code="store1")
    with pytest.raises(ValidationError):
        west.save()


def test_forgetting_rereads(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    an = person("an", "agent", "service")
    one = case(unit_id=units["service"].pk)
    assert "lead" not in holding.holding(an, one).parties
    an.roles.add(Role.objects.get(key="supervisor"))
    standing.forget(an)
    assert "lead" in holding.holding(an, one).parties
