"""The screens of playbooks: those in use, and each one drawn, with where a case stands."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.core.playbook import ANY_OPEN, Playbook
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench.casepage import find_case, standing_of
from tuoshan.workbench.drawing import draw, everywhere, hint_of


@permitted("workbench.playbooks")
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    """The playbooks in use, and what was found in files that could not be taken in."""
    findings = [finding for found in library.findings().values() for finding in found if finding.severity == "error"]
    books = [(key, words(book.title), book) for key, book in library.everything().items()]
    return render(request, "workbench/diagrams/list.html", {"books": books, "findings": findings})


@permitted("workbench.playbook_diagram")
@require_safe
def playbook_diagram(request: HttpRequest, key: str) -> HttpResponse:
    """One playbook; with `?case=` the version that the case is pinned to, and where it stands."""
    number = request.GET.get("case", "")
    context: dict[str, Any] = {}
    if number:
        case = find_case(request, number)
        standing = standing_of(request, case)
        playbook, state = standing.playbook, standing.state
        context["case"] = case
        context["drawing"] = draw(playbook, here=state.state, been=state.entered, taken=state.actions)
    else:
        try:
            playbook = library.current(key)
        except PlaybookUnknown as error:
            raise Http404 from error
        context["drawing"] = draw(playbook)
    context |= {
        "playbook": playbook, "title": words(playbook.title), "rows": _rows(playbook),
        "everywhere": [(words(one.title), words(playbook.states[one.to].title)) for one in everywhere(playbook)],
        "may_migrate": not number and allowed(request.user, "workbench.settings_migrations"),
    }  # fmt: skip
    return render(request, "workbench/diagrams/diagram.html", context)


def _rows(playbook: Playbook) -> list[dict[str, Any]]:
    """The same in words: each state, for whom it waits, and what can be done from it."""
    rows = []
    for state in playbook.states.values():
        actions = [
            {
                "title": words(action.title),
                "to": words(playbook.states[action.to].title) if action.to else "",
                "by": _("、").join(words(playbook.parties[p].title) for p in action.by if p in playbook.parties)
                or (_("按金额审批") if action.by_tier else _("系统")),
            }
            for action in playbook.actions_from(state.name)
            if ANY_OPEN not in action.sources
        ]
        rows.append({
            "name": state.name, "title": words(state.title), "hint": hint_of(playbook, state), "actions": actions,
        })  # fmt: skip
    return rows


urlpatterns = [
    path("playbooks/", playbooks, name="playbooks"),
    path("playbooks/<slug:key>", playbook_diagram, name="playbook_diagram"),
]
