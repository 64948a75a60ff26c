"""The supervisor's numbers: load, what is late, who was told."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tuoshan import clock, punctuation
from tuoshan.cases import library, lists, queries
from tuoshan.cases.around import HANDLER
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Deadline, Event, Task
from tuoshan.core.playbook import Playbook
from tuoshan.insight.told_to_staff import told_by_clock
from tuoshan.integrations.models import Notification
from tuoshan.office.left import Many
from tuoshan.parties import reach
from tuoshan.parties.models import Absence, OrgUnit, Person

NAMES_SHOWN = 3
TOLD = ("overdue", "escalated")


@dataclass(frozen=True, slots=True)
class Load:
    """What one person has in hand."""

    person: Person
    open: int
    late: int
    away: Any
    others: bool

    @property
    def share(self) -> int:
        """Per cent of the capacity in use, at most 100 for the bar."""
        return min(round(100 * self.open / max(self.person.capacity, 1)), 100)

    @property
    def is_full(self) -> bool:
        return self.open >= self.person.capacity


def people_of(viewer: Any) -> "QuerySet[Person]":
    """The persons whose work the viewer oversees: everyone, or those of the units within reach."""
    found = Person.objects.filter(is_active=True)
    if reach.reach(viewer).everything:
        return found
    return found.filter(unit__in=reach.units_within(viewer))


def loads(viewer: Any, now: datetime) -> list[Load]:
    """Who has how much, the fullest first: everyone who takes cases, and whoever has some."""
    rows = queries.reachable(viewer).filter(ended=False, handler_id__isnull=False).order_by().values("handler_id")
    found = {
        row["handler_id"]: (row["n"], row["late"])
        for row in rows.annotate(n=Count("id"), late=Count("id", filter=Q(queue_at__lt=now)))
    }
    takes = Q(takes_cases=True, roles__key__in=("agent", "supervisor"))
    persons = Person.objects.filter(Q(pk__in=found) | Q(pk__in=people_of(viewer).filter(takes).values("pk")))
    away = {
        row.person_id: row
        for row in Absence.objects.filter(Absence.running(now)).select_related("delegate").order_by("ends_at")
    }
    overseen = set(people_of(viewer).values_list("pk", flat=True))
    made = [
        Load(person, *found.get(person.pk, (0, 0)), away.get(person.pk), person.pk in overseen)
        for person in persons.select_related("unit")
    ]
    return sorted(made, key=lambda one: (-one.open / max(one.person.capacity, 1), one.person.display_name))


def told_of(cases: Iterable[Case]) -> dict[int, str]:
    """Per case, the names of those who were told that it is late. Notices are kept for a while only: where none is
    left, the parties that the case's history says were told.
    """
    of = {case.pk: case for case in cases}
    rows = list(
        Notification.objects.filter(case_id__in=list(of), what__in=TOLD)
        .order_by("first_at")
        .values_list("case_id", "person_id")
    )
    names = {person.pk: str(person) for person in Person.objects.filter(pk__in={pk for _, pk in rows})}
    told: dict[int, dict[str, None]] = {}
    for case_id, person_id in rows:
        if person_id in names and case_id is not None:
            told.setdefault(case_id, {})[names[person_id]] = None
    for case_id, given in _late_steps([pk for pk in of if pk not in told]):
        playbook = library.pinned(of[case_id].playbook, of[case_id].playbook_hash)
        told.setdefault(case_id, {}).update(dict.fromkeys(told_by_clock(playbook, given)))
    return {case_id: _named(list(found)) for case_id, found in told.items() if found}


def _late_steps(case_ids: Sequence[int]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What clocks of these cases told about being late, oldest first."""
    rows = Event.objects.filter(case_id__in=case_ids, kind="clock").order_by("case_id", "seq")
    for case_id, body in rows.values_list("case_id", "body") if case_ids else ():
        given: Mapping[str, Any] = json.loads(body)["input"]
        if str(given.get("step", "")).startswith("late"):
            yield case_id, given


def _named(names: Sequence[str]) -> str:
    """The first to be told, and how many more."""
    shown = _("、").join(names[:NAMES_SHOWN])
    if len(names) <= NAMES_SHOWN:
        return shown
    return _("%(names)s 等 %(n)d 人") % {"names": shown, "n": len(names)}


def clock_title(case: Case, row: Deadline) -> str:
    """How the clock is called in the playbook that the case is pinned to."""
    playbook = library.pinned(case.playbook, case.playbook_hash)
    known: Any = (
        playbook.deadlines.get(row.name)
        or playbook.tasks.get(row.name)
        or playbook.states.get(row.name)
        or playbook.holds.get(row.name)
    )
    return words(known.title) if known else row.name


def who_acts(rows: Iterable[Deadline], cases: Mapping[int, Case]) -> dict[int, str]:
    """Per clock of one of `cases` (by id), who has to act before it runs out: the person, unit or department of its
    task, the case's handler, or the party as the playbook calls it. Empty where the case is not assigned yet."""
    rows = [row for row in rows if row.case_id in cases]
    above = _up_the_line(rows, cases)
    tasks = {(one.case_id, one.key): one for one in Task.objects.filter(case_id__in=cases.keys(), status="open")}
    asked = {row.pk: tasks.get((row.case_id, row.key.removeprefix("task:")), row) for row in rows}
    of_people = {*(one.person_id for one in asked.values()), *(case.handler_id for case in cases.values())}
    persons = {one.pk: str(one) for one in Person.objects.filter(pk__in=[pk for pk in of_people if pk])}
    units = {one.pk: str(one) for one in OrgUnit.objects.filter(pk__in={one.unit_id for one in asked.values()})}

    def who(row: Deadline) -> str:
        one, case = asked[row.pk], cases[row.case_id]
        if row.pk in above:
            return above[row.pk]
        if one.person_id in persons:
            return persons[one.person_id]
        if one.unit_id in units:
            return units[one.unit_id]
        if department := getattr(one, "department", ""):
            return lists.title("department", department)
        handler = persons.get(case.handler_id or 0, "")
        party = library.pinned(case.playbook, case.playbook_hash).parties.get(row.party)
        if party is None or (row.party == HANDLER and handler):
            return handler
        return words(party.title)

    return {row.pk: who(row) for row in rows}


def _up_the_line(rows: Iterable[Deadline], cases: Mapping[int, Case]) -> dict[int, str]:
    """Per clock whose party `not_by` leaves nobody of, the parties up the line who act instead."""
    books = {pk: library.pinned(case.playbook, case.playbook_hash) for pk, case in cases.items()}
    wanted = [row for row in rows if row.party and _keeps_out(books[row.case_id], cases[row.case_id], row)]
    many = Many(Case.objects.filter(pk__in={row.case_id for row in wanted}), clock.now())
    found = {}
    for row in wanted:
        run = many.rows[row.case_id].state.tasks.get(row.key.removeprefix("task:"))
        parties = many.answering(row.case_id, row.party, run)
        if row.party not in parties:
            titles = (words(books[row.case_id].parties[one].title) for one in sorted(parties))
            found[row.pk] = punctuation.listed(titles)
    return found


def _keeps_out(playbook: Playbook, case: Case, row: Deadline) -> bool:
    """Whether `not_by` may keep somebody from what the clock waits for, as far as the process alone tells."""
    if row.kind == "task":
        return row.name in playbook.tasks and bool(playbook.tasks[row.name].not_by)
    return any(action.not_by for action in playbook.actions_from(case.state))
