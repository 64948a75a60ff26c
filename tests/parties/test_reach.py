"""What each role sees of stored cases: in lists and one by one, always the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tuoshan import clock
from tuoshan.cases.models import FAR_FUTURE, Case, Deadline, Task
from tuoshan.parties import leaving, tokens
from tuoshan.parties.assignment import choose
from tuoshan.parties.models import Absence, OrgUnit, PartyMap, Person
from tuoshan.parties.reach import case_filter, reaches, units_within

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]


def store(number: str, **values: Any) -> Case:
    now = clock.now()
    common = {
        "playbook": "complaint", "playbook_hash": "h", "kind": "complaint", "created_at": now, "updated_at": now,
        "head_hash": "h", "snapshot": "{}", "seq": 1, "state": "received", "queue_at": FAR_FUTURE,
    }  # fmt: skip
    return Case.objects.create(number=number, **{**common, **values})


def give_task(case: Case, **values: Any) -> Task:
    common = {"key": "inquire#1", "name": "inquire", "party": "departments", "status": "open"}
    return Task.objects.create(case_id=case.pk, opened_at=clock.now(), **{**common, **values})


@pytest.fixture
def cases(units: dict[str, OrgUnit]) -> dict[str, Case]:
    made = {code: store(code, unit_id=units[code].pk) for code in ("service", "store1", "store2", "qa")}
    return made | {"nowhere": store("nowhere", unit_id=None)}


def seen(person: Person) -> set[str]:
    fresh = Person.objects.get(pk=person.pk)
    listed = set(Case.objects.filter(case_filter(fresh)).values_list("number", flat=True))
    assert listed == {case.number for case in Case.objects.all() if reaches(fresh, case)}
    return listed


EVERY = {"service", "store1", "store2", "qa", "nowhere"}


@pytest.mark.parametrize(
    ("role", "unit", "expected"),
    [
        ("auditor", "hq", EVERY),
        ("finance", "hq", EVERY),
        ("manager", "hq", EVERY),
        ("administrator", "", EVERY),
        ("agent", "service", EVERY),
        ("agent", "", EVERY),
        ("supervisor", "service", EVERY),
        ("agent", "service-east", {"store1"}),
        ("store_clerk", "store1", {"store1"}),
        ("store_manager", "store2", {"store2"}),
        ("store_manager", "west", {"store2"}),
        ("store_clerk", "", set()),
        ("investigator", "qa", set()),
        ("investigator", "", set()),
        ("", "service", set()),
    ],
)
def test_roles_reach(
    person: Make, cases: dict[str, Case], role: str, unit: str, expected: set[str]
) -> None:
    assert seen(person("someone", role, unit)) == expected


def test_having_part_in_a_case_shows_it_for_good(
    person: Make, cases: dict[str, Case], units: dict[str, OrgUnit]
) -> None:
    zhi, ji = person("zhi", "investigator", "qa"), person("ji", "investigator", "technical")
    task = give_task(cases["store1"], unit_id=units["qa"].pk)
    assert seen(zhi) == {"store1"}
    Task.objects.filter(pk=task.pk).update(status="done")
    assert seen(zhi) == {"store1"}
    assert seen(ji) == set()
    given = give_task(cases["store2"], person_id=ji.pk)
    assert seen(ji) == {"store2"}
    Task.objects.filter(pk=given.pk).update(status="lapsed")
    assert seen(ji) == set()
    Task.objects.filter(pk=given.pk).update(status="done", completed_by_id=ji.pk)
    assert seen(ji) == {"store2"}
    Case.objects.filter(pk=cases["nowhere"].pk).update(handler_id=ji.pk)
    assert seen(ji) == {"store2", "nowhere"}


def give_clock(case: Case, party: str) -> None:
    Deadline.objects.create(
        case_id=case.pk, key=f"state:{party}#1", name="routed", kind="state", party=party, started_at=clock.now()
    )


def test_whom_a_case_waits_for_may_see_it_then_and_later(
    person: Make, cases: dict[str, Case], units: dict[str, OrgUnit]
) -> None:
    """The map gives engineering to the technical department; the laboratory of one process to production."""
    units["production"] = OrgUnit.objects.create(
        code="production", name_zh="生产部", kind="department", department="production", parent=units["hq"]
    )
    ji, zhi, chan = (person(unit, "investigator", unit) for unit in ("technical", "qa", "production"))
    give_clock(cases["store1"], "engineering")
    give_clock(cases["store2"], "lab")
    assert (seen(ji), seen(zhi), seen(chan)) == ({"store1"}, {"store2"}, set())
    Deadline.objects.update(ended_at=clock.now(), outcome="kept")
    assert (seen(ji), seen(zhi)) == ({"store1"}, {"store2"})
    PartyMap.objects.create(party="lab", playbook="complaint", target="department", department="production")
    assert (seen(zhi), seen(chan)) == (set(), {"store2"}), "the process says otherwise than the house"
    PartyMap.objects.create(party="image_department", target="unit", unit=units["qa"])
    give_clock(cases["nowhere"], "image_department")
    assert seen(zhi) == {"nowhere"}
    assert seen(person("clerk", "store_clerk", "store1")) == {"store1"}


def test_several_roles_reach_their_union(person: Make, cases: dict[str, Case]) -> None:
    assert seen(person("both", "store_clerk investigator", "store1")) == {"store1"}
    assert seen(person("more", "store_clerk auditor", "store1")) == EVERY


def test_who_stands_in_sees_what_the_absent_one_sees(person: Make, cases: dict[str, Case], clock: Any) -> None:
    dian1, dian2 = person("dian1", "store_manager", "store1"), person("dian2", "store_manager", "store2")
    Absence.objects.create(person=dian1, delegate=dian2, starts_at=clock(), ends_at=clock() + timedelta(days=1))
    assert seen(dian2) == {"store1", "store2"}
    clock.advance(timedelta(days=1))
    assert seen(dian2) == {"store2"}


def test_units_within(person: Make, units: dict[str, OrgUnit]) -> None:
    assert units_within(person("a", "store_manager", "west")) == {units["west"].pk, units["store2"].pk}
    assert units_within(person("b", "auditor", "hq")) == {unit.pk for unit in units.values()}
    assert units_within(person("c", "investigator", "qa")) == frozenset()


def test_one_query_for_units_and_none_again(
    person: Make, units: dict[str, OrgUnit], django_assert_num_queries: Any
) -> None:
    fresh = Person.objects.get(pk=person("a", "store_manager", "west").pk)
    with django_assert_num_queries(2):
        units_within(fresh)
    with django_assert_num_queries(0):
        units_within(fresh)
        case_filter(fresh)


def test_the_load_of_open_cases_decides(person: Make, cases: dict[str, Case]) -> None:
    an, bo = person("an", "agent", "service"), person("bo", "agent", "service")
    for number in range(3):
        store(f"an-{number}", handler_id=an.pk)
    for number in range(5):
        store(f"bo-{number}", handler_id=bo.pk, ended=True)
        store(f"old-{number}", handler_id=bo.pk, is_history=True)
    chosen = choose("service_desk", cases["store1"])
    assert chosen is not None and chosen.person_id == bo.pk
    assert chosen.reason["load"] == 0


def test_a_leaver_hands_everything_on(person: Make, cases: dict[str, Case], units: dict[str, OrgUnit]) -> None:
    an, bo = person("an", "agent", "service"), person("bo", "agent", "service")
    shen = person("shen", "auditor", "hq")
    Case.objects.filter(number__in=("store1", "store2")).update(handler_id=an.pk)
    Case.objects.filter(number="store2").update(ended=True)
    give_task(cases["qa"], person_id=an.pk)
    now = clock.now()
    _, secret = tokens.make(person=an, name="x", scopes=["read"], expires_at=None, now=now)
    away = Absence.objects.create(person=shen, delegate=an, starts_at=now, ends_at=now + timedelta(days=1))
    mapped = PartyMap.objects.create(party="x", target="person", person=an)
    for wrong in (an, shen):
        with pytest.raises(leaving.CannotHandOn):
            leaving.hand_on(an, wrong)
    over = leaving.leave(an, to=bo, now=now)
    assert over.case_ids == [cases["store1"].pk]
    assert over.tasks == [(cases["qa"].pk, "inquire#1")]
    an.refresh_from_db()
    assert not an.is_active and an.left_at == now and not an.has_usable_password()
    assert tokens.person_of(secret) is None
    away.refresh_from_db()
    mapped.refresh_from_db()
    assert (away.delegate, mapped.person) == (bo, bo)
    assert seen(an) == set()
