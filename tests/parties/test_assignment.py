"""Who gets a case: properties of the rule, then the rule on stored cases."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.catalog.models import Category
from tuoshan.parties.assignment import Candidate, Wanted, choose, rank
from tuoshan.parties.models import Absence, OrgUnit, Person, Skill

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Make = Callable[..., Person]

candidates = st.lists(
    st.builds(
        Candidate,
        person_id=st.integers(1, 10**6),
        capacity=st.integers(1, 40),
        load=st.integers(0, 60),
        last_given_at=st.none() | st.integers(0, 10**6).map(lambda s: NOW - timedelta(seconds=s)),
        skills=st.dictionaries(st.integers(1, 4), st.integers(1, 3), max_size=2),
        regions=st.lists(st.sampled_from(["hq/", "hq/east/", "hq/west/"]), max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda c: c.person_id,
)
wanted = st.builds(
    Wanted,
    category_id=st.none() | st.integers(1, 4),
    parent_category_id=st.none() | st.integers(1, 4),
    unit_path=st.sampled_from(["", "hq/", "hq/east/store1/"]),
)


@given(candidates, wanted, st.randoms())
def test_the_same_situation_always_gives_the_same_answer(people: list[Candidate], what: Wanted, chance: Any) -> None:
    shuffled = people[:]
    chance.shuffle(shuffled)
    order = [item.candidate.person_id for item in rank(people, what, NOW)]
    assert order == [item.candidate.person_id for item in rank(shuffled, what, NOW)]
    assert len(order) == len(people)


@given(candidates, wanted)
def test_nobody_full_is_chosen_while_there_is_room(people: list[Candidate], what: Wanted) -> None:
    best = rank(people, what, NOW)[0].candidate
    if any(c.load < c.capacity for c in people):
        assert best.load < best.capacity


@given(candidates, wanted)
def test_having_more_in_hand_never_brings_one_forward(people: list[Candidate], what: Wanted) -> None:
    order = rank(people, what, NOW)
    last = order[-1].candidate
    if len(people) > 1:
        fuller = [replace(c, load=c.load + 5) if c is last else c for c in people]
        assert rank(fuller, what, NOW)[0].candidate.person_id == order[0].candidate.person_id


@given(st.integers(2, 6), st.integers(1, 60), st.integers(0, 600), st.integers(5, 40))
def test_equals_get_equal_shares(people: int, cases: int, gap_minutes: int, capacity: int) -> None:
    team = {pk: Candidate(pk, capacity=capacity) for pk in range(1, people + 1)}
    given_to: Counter[int] = Counter()
    for number in range(cases):
        now = NOW + timedelta(minutes=gap_minutes * number)
        best = rank(team.values(), Wanted(), now)[0].candidate
        given_to[best.person_id] += 1
        team[best.person_id] = replace(best, load=best.load + 1, last_given_at=now)
    shares = [given_to[pk] for pk in team]
    assert max(shares) - min(shares) <= 1


def test_turns_are_taken_even_when_cases_close_at_once() -> None:
    team = {pk: Candidate(pk) for pk in (1, 2, 3)}
    order = []
    for number in range(6):
        now = NOW + timedelta(minutes=10 * number)
        best = rank(team.values(), Wanted(), now)[0].candidate
        order.append(best.person_id)
        team[best.person_id] = replace(best, last_given_at=now)
    assert order == [1, 2, 3, 1, 2, 3]


def test_shares_follow_capacity() -> None:
    team = {1: Candidate(1, capacity=30), 2: Candidate(2, capacity=10)}
    for number in range(40):
        now = NOW + timedelta(hours=9 * number)
        best = rank(team.values(), Wanted(), now)[0].candidate
        team[best.person_id] = replace(best, load=best.load + 1, last_given_at=now)
    assert (team[1].load, team[2].load) == (30, 10)


def test_skill_before_region_before_load() -> None:
    what = Wanted(category_id=2, parent_category_id=1, unit_path="hq/east/store1/")
    expert, senior = Candidate(9, load=10, skills={2: 1}), Candidate(8, load=10, skills={2: 3})
    broad, anyone, other = Candidate(7, skills={1: 1}), Candidate(6), Candidate(5, skills={3: 1})
    assert [r.candidate.person_id for r in rank([other, anyone, broad, expert, senior], what, NOW)] == [8, 9, 7, 6, 5]
    near, far = Candidate(4, load=9, regions=("hq/east/",)), Candidate(3, regions=("hq/west/",))
    free = Candidate(2, load=5)
    assert [r.candidate.person_id for r in rank([far, free, near], what, NOW)] == [4, 2, 3]


@pytest.mark.django_db
def test_a_stored_case_goes_to_the_skilled_with_its_reason(person: Make, units: dict[str, OrgUnit], case: Any) -> None:
    damaged = Category.objects.get(code="delivery-damaged")
    an, bo = person("an", "agent", "service"), person("bo", "agent", "service")
    person("away", "agent", "service", takes_cases=False)
    Skill.objects.create(person=bo, category=damaged.parent)
    bo.regions.add(units["east"])
    chosen = choose("service_desk", case(unit_id=units["store1"].pk, category_id=damaged.pk))
    assert chosen is not None and chosen.person_id == bo.pk
    assert chosen.reason["zh"] == "擅长配送物流，负责单位east，在办 0 件，上限 20 件"
    assert chosen.reason["en"] == "skilled in Delivery and logistics; covers east; 0 open of 20"
    assert {k: chosen.reason[k] for k in ("skill", "load", "capacity", "region", "candidates")} == {
        "skill": "delivery-damaged", "load": 0, "capacity": 20, "region": "east", "candidates": 2,
    }  # fmt: skip
    other = choose("service_desk", case(unit_id=units["store1"].pk, category_id=damaged.pk), excluding=[bo.pk])
    assert other is not None and other.person_id == an.pk


@pytest.mark.django_db
def test_nobody_away_is_chosen_and_nobody_at_all_is_none(
    person: Make, units: dict[str, OrgUnit], case: Any, clock: Any
) -> None:
    an = person("an", "agent", "service")
    one = case(unit_id=units["store1"].pk)
    assert choose("service_desk", one) is not None
    bo = person("bo", "supervisor", "service")
    Absence.objects.create(person=an, delegate=bo, starts_at=clock(), ends_at=clock() + timedelta(days=1))
    assert choose("service_desk", one) is None
    assert choose("nonsense", one) is None


@pytest.mark.django_db
def test_who_never_signed_in_is_given_nothing_while_somebody_else_can(
    person: Make, units: dict[str, OrgUnit], case: Any, clock: Any
) -> None:
    new = person("an", "agent", "service")
    one = case(unit_id=units["store1"].pk)
    alone = choose("service_desk", one)
    assert alone is not None and alone.person_id == new.pk, "a case is never left lying"
    assert "从未登录" not in alone.reason["zh"]
    old = person("bo", "agent", "service", last_login=clock(), capacity=1)
    chosen = choose("service_desk", one)
    assert chosen is not None and chosen.person_id == old.pk
    assert chosen.reason["zh"] == "在办 0 件，上限 1 件，唯一人选，1 人从未登录，不参与分派"
    assert chosen.reason["en"].endswith("1 who never signed in left out")


@pytest.mark.django_db
def test_who_decides_is_given_the_case_they_decide(
    person: Make, units: dict[str, OrgUnit], case: Any, clock: Any
) -> None:
    an, bo = person("an", "agent", "service"), person("bo", "agent", "service")
    outsider = person("qa", "investigator", "qa")
    one = case(unit_id=units["store1"].pk)
    assert [getattr(choose("handler", one), "person_id", None), an.pk] == [an.pk, an.pk]
    chosen = choose("handler", one, deciding=bo.pk)
    assert chosen is not None and chosen.person_id == bo.pk
    assert chosen.reason["zh"].startswith("由其办理这一步，在办 0 件")
    assert chosen.reason["en"].startswith("took this step; 0 open")
    engineer = choose("handler", one, deciding=outsider.pk)
    assert engineer is not None and engineer.person_id == outsider.pk, "also whom the service desk could not choose"
    Person.objects.filter(pk=outsider.pk).update(takes_cases=False)
    other = choose("handler", one, deciding=outsider.pk)
    assert other is not None and other.person_id == an.pk, "who takes no cases is given none"
