"""The tally says what counting says, whatever has happened, and pages hold the same cases."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from tests.insight.house import House

from tuoshan import clock as clocks
from tuoshan.cases import paging, prepared, queries, tally, tally_proof, tally_triggers
from tuoshan.cases.models import FAR_FUTURE, Case, Tally, Task
from tuoshan.parties.models import Absence, Person

pytestmark = pytest.mark.django_db
STATES = ("received", "inquiring", "proposing", "appealing", "appeal")
DEPARTMENTS = ("", "qa", "service")


class Company:
    """Cases and tasks written at random, past every rule, so that each column takes every value."""

    def __init__(self, seed: int) -> None:
        self.house = House()
        self.draw = random.Random(seed)
        self.people = sorted(person.pk for person in self.house.people.values())
        self.units = sorted(unit.pk for unit in self.house.units.values())
        self.made: list[Case] = []

    def columns(self) -> dict[str, Any]:
        now, draw = clocks.now(), self.draw
        ended = draw.random() < 0.25
        due = draw.choice([None, now + timedelta(minutes=draw.randint(-3000, 3000)), now])
        return {
            "unit_id": draw.choice([None, *self.units]), "state": draw.choice(STATES), "ended": ended,
            "closed_at": now - timedelta(hours=draw.randint(0, 1000)) if ended else None,
            "handler_id": draw.choice([None, *self.people]), "waits_for": draw.choice(["customer", "handler"]),
            "paused": draw.random() < 0.3, "held": draw.choice(["", "", "probe"]),
            "grade": draw.choice(["normal", "urgent"]), "due_at": due, "queue_at": due or FAR_FUTURE,
        }  # fmt: skip

    def register(self, many: int) -> None:
        now = clocks.now()
        for _ in range(many):
            self.made.append(
                Case.objects.create(
                    number=f"T{len(self.made)}", playbook="complaint", playbook_hash="h", kind="complaint",
                    created_at=now, updated_at=now, head_hash="h", snapshot="{}", seq=1, **self.columns(),
                )
            )  # fmt: skip

    def change(self, many: int) -> None:
        for case in self.draw.sample(self.made, many):
            names = self.draw.sample(sorted(columns := self.columns()), 4)
            together = ("ended", "closed_at", "due_at", "queue_at")
            changed = {name: columns[name] for name in names if name not in together}
            if self.draw.random() < 0.5:  # what is due orders the lists: both columns say the same
                changed |= {"due_at": columns["due_at"], "queue_at": columns["queue_at"]}
            if self.draw.random() < 0.3:
                changed |= {"ended": columns["ended"], "closed_at": columns["closed_at"]}
            Case.objects.filter(pk=case.pk).update(**changed)

    def give(self, many: int) -> None:
        tasks = []
        for number in range(many):
            person = self.draw.choice([None, *self.people])
            tasks.append(
                Task(
                    case_id=self.draw.choice(self.made).pk, key=f"{self.draw.random()}#{number}", name="inquire",
                    party="departments", department=self.draw.choice(DEPARTMENTS), person_id=person,
                    unit_id=self.draw.choice([None, None, *self.units]), status=self.draw.choice(["open", "done"]),
                    completed_by_id=self.draw.choice([None, *self.people]), opened_at=clocks.now(),
                )
            )  # fmt: skip
        Task.objects.bulk_create(tasks)

    def right(self) -> None:
        """Every count of everybody is that of the cases, and so is every list."""
        now = clocks.now()
        for name in self.house.people:
            person = self.house.fresh(name)
            counted = queries.counts(person, now=now)
            for queue, known in queries.QUEUES.items():
                found = queries.queue(queue, person, now=now)
                every = Case.objects.filter(known.condition(person, now) | (known.owing(now) or Q(pk__in=[])))
                if not known.own:
                    every = every.filter(pk__in=queries.reachable(person).values("pk"))
                expected = set(every.values_list("pk", flat=True))
                listed = self.pages(queue, person, now)
                assert set(found.values_list("pk", flat=True)) == expected, (name, queue)
                inside = list(every.order_by(*known.order))
                if known.order == queries.BY_DUE:  # urgent ones jump the queue
                    inside.sort(key=lambda case: case.grade != "urgent")
                ordered = [case.pk for case in inside]
                assert listed == ordered, (name, queue)
                self.begins(queue, person, now, ordered)
                assert counted[queue] == len(expected), (name, queue)

    @staticmethod
    def begins(queue: str, person: Person, now: Any, ordered: list[int]) -> None:
        """The first page is that of the list, and the next one follows it."""
        first = queries.first_page(queue, person, 5, now=now)
        assert [case.pk for case in first.rows] == ordered[:5], (person, queue)
        assert bool(first.next) is (len(ordered) > 5) and not first.previous
        if first.next:
            second = queries.page(queries.queue(queue, person, now=now), first.next, 5)
            assert [case.pk for case in second.rows] == ordered[5:10], (person, queue)

    @staticmethod
    def pages(queue: str, person: Person, now: Any) -> list[int]:
        found: list[int] = []
        cursor = ""
        while True:
            page = queries.page(queries.queue(queue, person, now=now), cursor, 7)
            found += [case.pk for case in page.rows]
            if not page.next:
                return found
            cursor = page.next


@pytest.fixture(params=[1, 2, 3])
def company(request: pytest.FixtureRequest, clock: Any) -> Company:
    made = Company(request.param)
    made.register(60)
    made.give(40)
    return made


def test_counts_and_lists_are_those_of_the_cases_whatever_happens(company: Company, clock: Any) -> None:
    company.right()
    for _ in range(3):
        clock.advance(timedelta(minutes=company.draw.randint(1, 4000)))
        company.change(30)
        company.give(10)
        company.register(5)
        tally.fold(clocks.now())
        company.change(10)
        company.right()


def test_pages_hold_the_same_cases_whichever_way_is_taken(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_MERGED", 0)
    company.right()
    monkeypatch.setattr(queries, "WALKED", 1_000_000)
    company.right()


def test_who_stands_in_for_another_department_sees_both(company: Company, clock: Any) -> None:
    absent, standing_in = company.house.person("shen", "investigator", "service"), company.house.fresh("qiu")
    Absence.objects.create(
        person=absent, delegate=standing_in, starts_at=clocks.now() - timedelta(days=1),
        ends_at=clocks.now() + timedelta(days=1),
    )  # fmt: skip
    company.right()


def _told(now: Any) -> list[str]:
    return [str(one) for one in tally_proof.differences(now)]


def test_the_proof_finds_nothing_in_what_the_triggers_kept(company: Company, clock: Any) -> None:
    for days in (0, 3, 90):
        clock.advance(timedelta(days=days))
        company.change(40)
        company.give(10)
        assert _told(clocks.now()) == []
        tally.fold(clocks.now())
        company.change(20)
        assert _told(clocks.now()) == []


def test_the_proof_tells_each_cell_that_is_wrong_and_counting_anew_mends_it(company: Company, clock: Any) -> None:
    unit = Case.objects.filter(unit_id__isnull=False, ended=False).values_list("unit_id", flat=True)[0]
    Tally.objects.filter(scope=str(unit)).delete()
    Tally.objects.create(kind=tally.AS, scope="0", what="imagined nu", part=7, n=2)
    of_department = tally_triggers.DUE + tally.BY_DEPARTMENT
    Tally.objects.create(kind=of_department, scope="qa", what="2026-03-02 09", part=999_999, n=3)
    told = _told(clocks.now())
    assert any(f"单位 {unit}，未结 " in line and f"unit {unit}, open in " in line for line in told)
    invented = "无单位，未结 imagined、无人处理、紧急：记着 2，实际 0 / "
    assert f"计数：{invented}tally: no unit, open in imagined, nobody has it, urgent: is 2, not 0" in told
    assert any("部门 qa，到期于 2026-03-02 09 时（UTC）" in line for line in told)
    tally.recount()
    assert _told(clocks.now()) == []


def test_triggers_that_are_gone_are_told_and_put_back(company: Company) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER cases_tally_case ON cases_case")
        else:
            cursor.execute("DROP TRIGGER cases_tally_new")
    company.register(5)
    first, *others = _told(clocks.now())
    assert "触发器不见了" in first and "triggers that keep it are gone" in first and others
    tally.recount()
    assert _told(clocks.now()) == []
    company.register(5)
    assert _told(clocks.now()) == []


def test_counting_anew_finds_what_the_triggers_kept(company: Company) -> None:
    def cells() -> dict[tuple[int, str, str], int]:
        found: dict[tuple[int, str, str], int] = {}
        for kind, scope, what, n in Tally.objects.values_list("kind", "scope", "what", "n"):
            found[kind, scope, what] = found.get((kind, scope, what), 0) + n
        return {cell: n for cell, n in found.items() if n}

    company.change(40)
    kept = cells()
    tally.recount()
    assert cells() == kept and kept


def test_folding_leaves_one_row_for_a_cell(company: Company, clock: Any) -> None:
    company.change(40)
    clock.advance(timedelta(days=90))
    tally.fold(clocks.now())
    rows = list(Tally.objects.values_list("kind", "scope", "what"))
    assert len(rows) == len(set(rows))
    assert not [row for row in rows if row[0] % 10 == tally_triggers.DUE and "" < row[2] < "9999"]
    company.right()


def test_triggers_that_a_migration_dropped_come_back(company: Company, clock: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL alters a table where it stands")
    with connection.cursor() as cursor:
        tally_triggers.disarm(cursor, "sqlite")
        company.change(30)
        company.give(20)
        tally.keep_armed()
        assert tally_triggers.is_armed(cursor, "sqlite")
    company.change(20)
    company.right()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="with so few rows PostgreSQL reads the table")
@pytest.mark.parametrize("queue", ["overdue", "due_today"])
def test_what_ended_cases_owe_is_read_in_order_from_an_index_of_its_own(company: Company, queue: str) -> None:
    urgent, others = paging.bands_of(queries.BY_DUE)
    for name in company.house.people:
        ways = getattr(queries.queue(queue, company.house.fresh(name)), paging.MERGED)
        for band in (urgent, others):
            plan = ways.every.filter(ways.ways[-1] & band).order_by(*queries.BY_DUE)[:50].explain()
            assert "USING INDEX cases_owed (queue_at" in plan and "FOR ORDER BY" not in plan, (name, plan)


def test_a_count_costs_the_same_statements_at_any_number_of_cases(
    company: Company, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for name in company.house.people:
        person = company.house.fresh(name)
        queries.counts(person)
        with django_assert_num_queries(1):
            queries.counts(person)


def test_a_statement_is_kept_for_one_reach_alone(company: Company, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_kept", {})
    company.right()
    made: list[Any] = []
    of = prepared.Prepared.of
    monkeypatch.setattr(prepared.Prepared, "of", staticmethod(lambda found: made.append(found) or of(found)))
    clock.advance(timedelta(hours=7, minutes=13))
    company.right()
    assert not made
    person = company.house.people["ma"]
    person.unit = company.house.units["store2"]
    person.save()
    company.house.people["qiu"].roles.set(company.house.people["chen"].roles.all())
    company.right()
    assert made


def test_statements_are_forgotten_before_they_are_too_many(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_kept", {})
    monkeypatch.setattr(prepared, "MOST_KEPT", 2)
    company.right()
    assert len(prepared._kept) <= 2
