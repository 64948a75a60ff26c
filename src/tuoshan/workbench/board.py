"""The supervisor's board: load, what is late, what will be, and what waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan import clock, punctuation
from tuoshan.agenda import claiming
from tuoshan.cases import library, queries
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Deadline
from tuoshan.identifiers import is_id
from tuoshan.office.board import clock_title, loads, told_of, who_acts
from tuoshan.office.boardlists import SELECTIONS, due_tomorrow
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.workbench import approvals, turning
from tuoshan.workbench.cards import Card, cards

PAGE = 50
LATE_SHOWN = 12
TOMORROW_SHOWN = 8
TILES = (
    ("overdue", "alert", True),
    ("due_today", "clock", False),
    ("unassigned", "layers", False),
    ("approvals", "check", False),
    ("appeals", "gavel", False),
    ("follow_ups", "phone", False),
    ("urgent", "flag", False),
)
QUEUES = frozenset({"overdue", "due_today", "unassigned", "appeals", "urgent"})
"""These numbers lead to the queue of the same name, where the work is done."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number and where its list stands."""

    name: str
    title: Any
    icon: str
    count: int
    href: str
    alarm: bool

@dataclass(frozen=True, slots=True)
class Coming:
    """A clock that runs out tomorrow, and who has to act before it does."""

    deadline: Deadline
    title: str
    card: Card
    who: str


def address_of(name: str) -> str:
    """Where the list of a number stands."""
    if name in QUEUES:
        return reverse("workbench:queue", args=[name])
    return reverse("workbench:board_cases", args=[name])


def tiles(viewer: Any, now: datetime) -> list[Tile]:
    """The numbers, each counted over the list that it leads to."""
    made = []
    for name, icon, alarm in TILES:
        chosen = SELECTIONS[name]
        count = chosen.cases(viewer, now, None).order_by().count()
        made.append(Tile(name, chosen.title, icon, count, address_of(name), alarm and count > 0))
    clocks, where = due_tomorrow(viewer, now).order_by().count(), reverse("workbench:board_tomorrow")
    made.insert(2, Tile("tomorrow", _("明日到期的时限"), "calendar", clocks, where, False))
    if allowed(viewer, "workbench.parked"):
        parked = claiming.parked().order_by().count()
        made.append(Tile("parked", _("停住的任务"), "pause", parked, reverse("workbench:parked"), parked > 0))
    return made


def coming(rows: Sequence[Deadline], viewer: Any) -> list[tuple[datetime, list[Coming]]]:
    """Clocks with their cases, by the hour in which they run out."""
    found = {card.case.pk: card for card in cards(Case.objects.filter(pk__in={row.case_id for row in rows}), viewer)}
    acting = who_acts(rows, {key: card.case for key, card in found.items()})
    made = [
        Coming(row, clock_title(found[row.case_id].case, row), found[row.case_id], acting[row.pk])
        for row in rows
        if row.case_id in found
    ]

    def hour(one: Coming) -> datetime:
        assert one.deadline.due_at is not None
        return timezone.localtime(one.deadline.due_at).replace(minute=0, second=0, microsecond=0)

    return [(at, list(group)) for at, group in groupby(made, key=hour)]


def _late(viewer: Any, now: datetime) -> list[dict[str, Any]]:
    found = cards(queries.first_page("overdue", viewer, LATE_SHOWN, now=now).rows, viewer)
    told = told_of(card.case for card in found)
    return [{"card": card, "told": told.get(card.case.pk, ""), "clock": _due_title(card.case)} for card in found]


def _due_title(case: Case) -> str:
    playbook = library.pinned(case.playbook, case.playbook_hash)
    known: Any = (
        playbook.deadlines.get(case.due_name) or playbook.tasks.get(case.due_name) or playbook.states.get(case.due_name)
    )
    return words(known.title) if known else ""


@permitted("workbench.board")
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board; asked for by htmx, its numbers and lists alone."""
    now = clock.now()
    due = due_tomorrow(request.user, now)
    tomorrow, tomorrow_count = list(due[:TOMORROW_SHOWN]), due.order_by().count()
    context = {
        "tiles": tiles(request.user, now),
        "loads": loads(request.user, now),
        "late": _late(request.user, now),
        "tomorrow": coming(tomorrow, request.user),
        "tomorrow_count": tomorrow_count,
        "tomorrow_more": max(tomorrow_count - len(tomorrow), 0),
        "read_at": now,
        "may_look": allowed(request.user, "workbench.absence"),
    }
    if request.headers.get("HX-Request"):
        return render(request, "workbench/board/figures.html", context)
    return render(request, "workbench/board/board.html", {**context, **_decisions(request, now)})


def _decisions(request: HttpRequest, now: datetime) -> dict[str, Any]:
    mine, others, more = approvals.waiting(request.user, now)
    return {"approvals": mine, "others": others, "more": more}


@permitted("workbench.board_approvals")
@require_safe
def board_approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, alone: asked for again after one was taken."""
    return render(request, "workbench/board/approvals.html", _decisions(request, clock.now()))


@permitted("workbench.board_cases")
@require_safe
def board_cases(request: HttpRequest, name: str) -> HttpResponse:
    """The list behind a number. Raises Http404 for an unknown list, person or cursor."""
    if name not in SELECTIONS:
        raise Http404
    chosen = SELECTIONS[name]
    person = None
    if chosen.of_person:
        text = request.GET.get("person", "")
        person = Person.objects.filter(pk=int(text)).first() if is_id(text) else None
        if person is None:
            raise Http404
    found = chosen.cases(request.user, clock.now(), person.pk if person else None)
    page, turns = turning.page(request, found, PAGE)
    rows = cards(page.rows, request.user)
    told = told_of(card.case for card in rows)
    context = {
        "title": punctuation.titled(person, chosen.title) if person else chosen.title,
        "count": found.order_by().count(),
        "rows": [{"card": card, "told": told.get(card.case.pk, "")} for card in rows],
        "empty": chosen.empty,
        **turns,
    }
    return render(request, "workbench/board/cases.html", context)


@permitted("workbench.board_tomorrow")
@require_safe
def board_tomorrow(request: HttpRequest) -> HttpResponse:
    """Every clock of ours that runs out tomorrow, by the hour."""
    now = clock.now()
    found = due_tomorrow(request.user, now)
    context = {
        "hours": coming(list(found[:1000]), request.user),
        "count": found.order_by().count(),
        "day": timezone.localtime(now) + timedelta(days=1),
    }
    return render(request, "workbench/board/tomorrow.html", context)


urlpatterns = [
    path("board", board, name="board"),
    path("board/approvals", board_approvals, name="board_approvals"),
    path("board/tomorrow", board_tomorrow, name="board_tomorrow"),
    path("board/cases/<slug:name>", board_cases, name="board_cases"),
]
