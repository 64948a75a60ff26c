"""Tasks of a person and of their department, by the moment at which they are due."""

from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from tuoshan import clock
from tuoshan.cases import queries
from tuoshan.cases.models import FAR_FUTURE, Task
from tuoshan.office.came_up import Map, came_up
from tuoshan.parties.holding import every_rule
from tuoshan.parties.models import PartyMap
from tuoshan.parties.reach import reach
from tuoshan.parties.standing import standing

DONE_DAYS = timedelta(days=30)


def mine(person: Any, party_map: Map) -> Q:
    """Tasks that the person may take up: given to them (or to whom they stand in for), to their unit or its
    department, or to a party that is a role of theirs, their department or their unit.
    """
    stands = standing(person)
    wanted = Q(person_id__in=stands.persons)
    profile = stands.own
    if profile.works_for_department:
        wanted |= Q(department=profile.works_for_department, person_id=None)
        wanted |= Q(party=profile.works_for_department, department="", person_id=None)
        wanted |= Q(unit_id=profile.unit_id)
    roles = PartyMap.Target.ROLE.value
    parties = list({rule.party for _, rule in party_map if rule.target == roles and rule.role in profile.acting_roles})
    parties += [one.party for one in reach(person).ours if not one.only and not one.but]
    return wanted | Q(party__in=parties, department="", person_id=None) if parties else wanted


def _reachable(person: Any) -> Any:
    return queries.reachable(person).order_by().values("id")


def open_tasks(person: Any) -> "QuerySet[Task]":
    """Open ones within reach, the most pressing first, those without a limit last; `from_below` marks those that came
    up the line.
    """
    party_map = every_rule()
    below = Q()
    for case_id, key in came_up(person, party_map):
        below |= Q(case_id=case_id, key=key)
    wanted = mine(person, party_map) | below
    found = Task.objects.filter(wanted, status="open", case_id__in=_reachable(person))
    if below:
        found = found.annotate(from_below=ExpressionWrapper(below, output_field=BooleanField()))
    return found.order_by(F("due_at").asc(nulls_last=True), "opened_at", "case_id", "key")


def in_columns(found: "QuerySet[Task]") -> "QuerySet[Task]":
    """Open tasks in the same order by columns that are never empty, as a cursor needs them."""
    never = Value(FAR_FUTURE, output_field=DateTimeField())
    return found.annotate(due_or_never=Coalesce("due_at", never)).order_by(
        "due_or_never", "opened_at", "case_id", "key"
    )


def done_tasks(person: Any) -> "QuerySet[Task]":
    """Done in the last thirty days by the person or by their department, the newest first."""
    since = clock.now() - DONE_DAYS
    department = standing(person).own.works_for_department
    wanted = Q(completed_by_id=person.pk)
    if department:
        wanted |= Q(department=department) | Q(party=department, department="")
    found = Task.objects.filter(wanted, status="done", completed_at__gte=since, case_id__in=_reachable(person))
    return found.order_by("-completed_at", "-case_id", "key")
