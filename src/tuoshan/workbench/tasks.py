"""Tasks of one's own and of one's department, by the moment at which they are due."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan import clock
from tuoshan.cases import library, lists, queries
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Task
from tuoshan.parties.models import PartyMap, Person
from tuoshan.parties.permissions import permitted
from tuoshan.parties.standing import standing
from tuoshan.workbench.cards import cards

SHOWN = 200
DONE_SHOWN = 50
DONE_DAYS = timedelta(days=30)


def mine(person: Any) -> Q:
    """Tasks that the person may take up: given to them (or to whom they stand in for), to their unit or its
    department, or to a party that is a role of theirs.
    """
    stands = standing(person)
    wanted = Q(person_id__in=stands.persons)
    profile = stands.own
    if profile.works_for_department:
        wanted |= Q(department=profile.works_for_department, person_id=None)
        wanted |= Q(party=profile.works_for_department, department="", person_id=None)
        wanted |= Q(unit_id=profile.unit_id)
    roles = PartyMap.objects.filter(target=PartyMap.Target.ROLE, role__key__in=profile.acting_roles)
    parties = list(roles.values_list("party", flat=True).distinct())
    return wanted | Q(party__in=parties, department="", person_id=None) if parties else wanted


def _reachable(person: Any) -> Any:
    return queries.reachable(person).order_by().values("id")


def open_tasks(person: Any) -> "QuerySet[Task]":
    """Open ones within reach, the most pressing first, those without a limit last."""
    found = Task.objects.filter(mine(person), status="open", case_id__in=_reachable(person))
    return found.order_by(F("due_at").asc(nulls_last=True), "opened_at", "case_id", "key")


def done_tasks(person: Any) -> "QuerySet[Task]":
    """Done in the last thirty days by the person or by their department, the newest first."""
    since = clock.now() - DONE_DAYS
    department = standing(person).own.works_for_department
    wanted = Q(completed_by_id=person.pk)
    if department:
        wanted |= Q(department=department) | Q(party=department, department="")
    found = Task.objects.filter(wanted, status="done", completed_at__gte=since, case_id__in=_reachable(person))
    return found.order_by("-completed_at", "-case_id", "key")


def rows_of(found: list[Task], person: Any) -> list[dict[str, Any]]:
    """Tasks with their case, their title and the address that opens their form, in a fixed number of queries."""
    cases = {card.case.pk: card for card in cards(Case.objects.filter(pk__in={row.case_id for row in found}), person)}
    people = {row.pk: str(row) for row in Person.objects.filter(pk__in={row.completed_by_id for row in found})}
    shown = []
    for row in found:
        card = cases.get(row.case_id)
        if card is None:
            continue
        playbook = library.pinned(card.case.playbook, card.case.playbook_hash)
        task, party = playbook.tasks.get(row.name), playbook.parties.get(row.party)
        address = reverse("workbench:case", args=[card.case.number])
        shown.append(
            {
                "task": row,
                "card": card,
                "title": words(task.title) if task else _("上级决定"),
                "who": lists.title("department", row.department) if row.department
                else words(party.title) if party else row.party,
                "outcome": words(task.outcome_titles[row.outcome])
                if task and row.outcome in task.outcome_titles else "",
                "by": people.get(row.completed_by_id or 0, ""),
                "href": f"{address}?{urlencode({'do': f'task-{row.name}', 'task': row.key})}",
                "plain": address,
            }
        )  # fmt: skip
    return shown


@permitted("workbench.tasks")
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What is to be done, or with `?done` what was."""
    done = "done" in request.GET
    found = done_tasks(request.user) if done else open_tasks(request.user)
    context = {
        "rows": rows_of(list(found[: DONE_SHOWN if done else SHOWN]), request.user),
        "count": found.order_by().count(),
        "done": done,
    }
    return render(request, "workbench/tasks/page.html", context)


urlpatterns = [path("tasks", tasks, name="tasks")]
