"""Tasks of one's own and of one's department, by the moment at which they are due."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan.cases import library, lists
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Task
from tuoshan.office.tasks import done_tasks, open_tasks
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import permitted
from tuoshan.workbench.cards import cards

SHOWN = 200
DONE_SHOWN = 50


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
                "from_below": getattr(row, "from_below", False),
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
    most = DONE_SHOWN if done else SHOWN
    shown = list(found[:most])
    context = {
        "rows": rows_of(shown, request.user),
        "count": len(shown) if len(shown) < most else found.order_by().count(),
        "done": done,
    }
    return render(request, "workbench/tasks/page.html", context)


urlpatterns = [path("tasks", tasks, name="tasks")]
