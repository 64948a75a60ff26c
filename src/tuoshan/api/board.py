"""The supervisor's board: numbers, load, what is late and what will be, what waits for a decision."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from tuoshan import clock
from tuoshan.api.application import Id, gives, me
from tuoshan.api.pages import page_of
from tuoshan.api.reading import possible_out, row_of
from tuoshan.api.shapes import CaseRow, Limit, PossibleOut
from tuoshan.cases.models import Case
from tuoshan.office import approvals, board
from tuoshan.office.boardlists import SELECTIONS, due_tomorrow
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["board"])
MOST_TOMORROW = 1000


class NumberOut(Schema):
    """A number of the board; `name` is its list."""

    name: str
    title: str
    count: int


class LoadOut(Schema):
    """What one person has in hand."""

    person_id: int
    name: str
    open: int
    late: int
    capacity: int
    away_until: datetime | None


class BoardOut(Schema):
    """All of it."""

    read_at: datetime
    numbers: list[NumberOut]
    loads: list[LoadOut]


class BoardCase(CaseRow):
    """A case of a list, with the names of those who were told that it is late."""

    told: str


class BoardCases(Schema):
    """One page of a list; hand `next` back as `cursor`."""

    title: str
    count: int
    cases: list[BoardCase]
    next: str
    previous: str


class ComingOut(Schema):
    """A clock of ours that runs out tomorrow; `acts` is the person, unit, department or party that has to act first,
    empty where nobody has the case yet."""

    number: str
    clock: str
    due: datetime
    acts: str


class TomorrowOut(Schema):
    """The clocks that run out tomorrow, the first thousand by moment; `count` is all of them."""

    count: int
    clocks: list[ComingOut]


class WaitingOut(Schema):
    """A case that waits for a decision; `steps` are those that the caller may take (see the operation `case_act`)."""

    number: str
    title: str
    amount: str | None
    since: datetime | None
    decides: str
    steps: list[PossibleOut]


class WaitingPage(Schema):
    """One page, the most pressing first; hand `next` back as `cursor`."""

    cases: list[WaitingOut]
    next: str


@router.get("", response=gives(BoardOut), url_name="board_read", summary="Numbers and load")
@api_permitted("api.board_read")
def board_read(request: HttpRequest) -> dict[str, Any]:
    """Each number is the count of exactly the list of its name; who has how much, the fullest first."""
    now, viewer = clock.now(), me(request)
    numbers = [
        {"name": name, "title": str(one.title), "count": one.cases(viewer, now, None).order_by().count()}
        for name, one in SELECTIONS.items()
        if not one.of_person
    ]
    loads = [
        {
            "person_id": one.person.pk, "name": str(one.person), "open": one.open, "late": one.late,
            "capacity": one.person.capacity, "away_until": one.away.ends_at if one.away else None,
        }
        for one in board.loads(viewer, now)
    ]  # fmt: skip
    return {"read_at": now, "numbers": numbers, "loads": loads}


@router.get("/cases/{name}", response=gives(BoardCases), url_name="board_cases", summary="Behind a number")
@api_permitted("api.board_cases")
def board_cases(
    request: HttpRequest, name: str, person_id: Id | None = None, cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """The list behind a number; `handler` and `handler_late` are about the person `person_id`."""
    chosen = SELECTIONS.get(name)
    if chosen is None:
        raise Http404
    if chosen.of_person and not Person.objects.filter(pk=person_id or 0).exists():
        raise Http404
    found = chosen.cases(me(request), clock.now(), person_id if chosen.of_person else None)
    page = page_of(found, cursor, limit)
    told = board.told_of(page.rows)
    return {
        "title": str(chosen.title), "count": found.order_by().count(), "next": page.next, "previous": page.previous,
        "cases": [row_of(case) | {"told": told.get(case.pk, "")} for case in page.rows],
    }  # fmt: skip


@router.get("/tomorrow", response=gives(TomorrowOut), url_name="board_tomorrow", summary="Due tomorrow")
@api_permitted("api.board_tomorrow")
def board_tomorrow(request: HttpRequest) -> dict[str, Any]:
    """Our running clocks that run out tomorrow if nothing is done."""
    found = due_tomorrow(me(request), clock.now())
    rows = list(found[:MOST_TOMORROW])
    cases = Case.objects.defer("snapshot").in_bulk({row.case_id for row in rows})
    acting = board.who_acts(rows, cases)
    shown = [
        {"number": case.number, "clock": board.clock_title(case, row), "due": row.due_at, "acts": acting[row.pk]}
        for row in rows
        if (case := cases.get(row.case_id)) is not None
    ]
    return {"count": found.order_by().count(), "clocks": shown}


@router.get("/approvals", response=gives(WaitingPage), url_name="board_approvals", summary="Decisions waiting")
@api_permitted("api.board_approvals")
def board_approvals(request: HttpRequest, cursor: str = "", limit: Limit = 40) -> dict[str, Any]:
    """The most pressing first; those without steps are decided by others."""
    now = clock.now()
    page = page_of(approvals.listing(me(request), now), cursor, limit)
    return {"cases": [_waiting(one) for one in approvals.decisions(page.rows, me(request), now)], "next": page.next}


def _waiting(one: approvals.Waiting) -> dict[str, Any]:
    return {
        "number": one.case.number, "title": one.case.title, "since": one.since, "decides": one.decides,
        "amount": str(one.case.amount) if one.case.amount is not None else None,
        "steps": [possible_out(step, one.playbook) for step in one.steps],
    }  # fmt: skip
