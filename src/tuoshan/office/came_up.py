"""Tasks that came up the line to a person, because `not_by` leaves nobody of the party whose they are.

Who that is changes with who is there, so it is judged when somebody looks, by what judges the button of the case. Only
for those who stand above such a party anything is asked of the database, and as often for many tasks as for one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tuoshan import clock
from tuoshan.cases import library, queries
from tuoshan.cases.acting import person_actor
from tuoshan.cases.models import IS_OPEN, Case, Event, Task
from tuoshan.core import judging, line
from tuoshan.core.playbook import Playbook
from tuoshan.core.playbook import Task as Kind
from tuoshan.core.work import Refused, Work
from tuoshan.office.left import Many
from tuoshan.parties.holding import Rule, everywhere, holding, might_hold, rules_among
from tuoshan.parties.models import Person
from tuoshan.parties.standing import standing

FEW = 20
"""So many tasks are judged without a second look at which of them can be meant at all."""
MOST = 500
_LOOKED_FOR = 4
HANDLER = "handler"

Map = Sequence[tuple[str, Rule]]


class Step(NamedTuple):
    """A kind of task from which `not_by` keeps somebody, in its process."""

    playbook: Playbook
    task: Kind


def came_up(person: Person, party_map: Map) -> list[tuple[int, str]]:
    """The open tasks (case and key) within reach that are this person's because nobody of their party is left; of more
    than 500 that could be, the most pressing.
    """
    steps = _steps_below(person, party_map)
    if not steps:
        return []
    named = [Q(party=step.task.party, name=step.task.name) for step in steps]
    found = list(_open(person, named).values_list("case_id", "key")[: FEW + 1])
    if len(found) > FEW:
        narrowed = [one & _nobody_evident(step, party_map) for one, step in zip(named, steps, strict=True)]
        found = list(_open(person, narrowed).values_list("case_id", "key")[:MOST])
    return _theirs(person, found)


def _steps_below(person: Person, party_map: Map) -> list[Step]:
    """The tasks of the processes in use that may come up the line to the person, or to whom they stand in for."""
    stands = standing(person)
    found = []
    for playbook in library.everything().values():
        kinds = [task for task in playbook.tasks.values() if task.not_by]
        rules = rules_among(party_map, playbook.key) if kinds else {}
        for task in kinds:
            _own, *above = line.levels(playbook, (task.party,))
            parties = frozenset[str]().union(*above)
            if any(
                might_hold(profile, party, rules, playbook.key)
                for profile in (stands.own, *stands.absent) for party in parties
            ):  # fmt: skip
                found.append(Step(playbook, task))
    return found


def _open(person: Person, wanted: Iterable[Q]) -> "QuerySet[Task]":
    meant = Q()
    for one in wanted:
        meant |= IS_OPEN & one
    reach = queries.reachable(person).order_by().values("id")
    return Task.objects.filter(meant, case_id__in=reach).order_by(F("due_at").asc(nulls_last=True), "case_id", "key")


def _nobody_evident(step: Step, party_map: Map) -> Q:
    """Leaves out cases in which somebody who holds the party in whatever case took none of the steps of `not_by`."""
    playbook, task = step
    meant = Q()
    if any(name in playbook.parties and name != HANDLER for name in task.not_by):
        return meant  # whom the case was given to in such a party stands in its history alone
    for profile in everywhere(task.party, rules_among(party_map, playbook.key), playbook.key)[:_LOOKED_FOR]:
        by = Q(actor_id=profile.person_id) | Q(on_behalf_of_id=profile.person_id)
        took = Q(Exists(Event.objects.filter(by, case_id=OuterRef("case_id"), name__in=task.not_by)))
        if HANDLER in task.not_by:
            handled = Case.objects.filter(pk=OuterRef("case_id"), handler_id=profile.person_id)
            took |= Q(Exists(handled))
        meant &= took
    return meant


def _theirs(person: Person, found: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Those that the case gives the person a button for, and only because they are up the line."""
    if not found:
        return []
    many = Many(Case.objects.filter(pk__in={case_id for case_id, _key in found}), clock.now())
    return [(case_id, key) for case_id, key in found if _is_theirs(person, many, case_id, key)]


def _is_theirs(person: Person, many: Many, case_id: int, key: str) -> bool:
    row, playbook = many.rows.get(case_id), many.playbook(case_id)
    run = row.state.tasks.get(key) if row else None
    if row is None or run is None:
        return False
    held = holding(person, row, facts=many.facts[case_id])
    actor = person_actor(str(person.pk), held, tuple(playbook.parties))
    work = Work(playbook, row.state, many.now, many.around(case_id))
    try:
        return bool(judging.permit_task(work, playbook.tasks.get(run.name), run, actor).up_the_line)
    except Refused:
        return False
