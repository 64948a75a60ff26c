"""Absences with a delegate, who could take a case, and handing the work of somebody on."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.api.application import Id, gives, me
from tuoshan.api.formwork import judged, moment, posted
from tuoshan.api.mine import TaskOut, task_out
from tuoshan.api.problems import Problem
from tuoshan.api.reading import row_of
from tuoshan.api.repeating import repeatable, repeatable_step_by_step
from tuoshan.api.shapes import CaseRow, Moment
from tuoshan.cases.models import Case
from tuoshan.office import absences, handing_on
from tuoshan.office.absences import AbsenceForm
from tuoshan.office.assignable import Assignable, assignables
from tuoshan.office.overseeing import looked_at, managed
from tuoshan.parties.models import Absence, Person
from tuoshan.parties.permissions import allowed, api_permitted

router = Router(tags=["colleagues"])
STATUS = {"in_hand": 409}


class AbsenceIn(Schema):
    """From when until when, and who stands in."""

    starts_at: Moment
    ends_at: Moment
    delegate_id: Id | None = None
    note: str = ""


class AbsenceOut(Schema):
    """An absence; the delegate acts in the person's place meanwhile, and both names stand in the record."""

    id: int
    person_id: int
    starts_at: Moment
    ends_at: Moment
    delegate_id: int | None
    note: str


class AssignableOut(Schema):
    """Somebody who could take a case."""

    person_id: int
    name: str
    unit_id: int | None
    open: int
    capacity: int
    away_until: datetime | None


class InHandOut(Schema):
    """What would have to go to somebody else: open cases (up to 500; `count` is all), and tasks in cases of others."""

    count: int
    cases: list[CaseRow]
    tasks: list[TaskOut]
    takers: list[AssignableOut]


class GivenIn(Schema):
    """One case and who gets it."""

    number: str
    to: Id


class HandOnIn(Schema):
    """Which cases go to whom, and why."""

    cases: list[GivenIn]
    reason: str


class StayedOut(Schema):
    """A case that stayed, and why."""

    number: str
    detail: str


class HandedOnOut(Schema):
    """How many went, and which stayed."""

    done: int
    stayed: list[StayedOut]


class LeaveIn(Schema):
    """Who takes the person's place where something else names them."""

    to: Id


def _absences(person_id: int) -> list[Absence]:
    return list(Absence.objects.filter(person_id=person_id, ends_at__gt=clock.now()))


def _make(person: Person, body: AbsenceIn) -> tuple[int, Absence]:
    values = {"delegate": body.delegate_id, "note": body.note}
    values |= moment("starts_at", body.starts_at) | moment("ends_at", body.ends_at)
    form = judged(AbsenceForm(posted(values), person=person))
    with write_transaction():
        form.save()
    return 201, Absence.objects.get(pk=form.instance.pk)


@router.get("/absences", response=gives(list[AbsenceOut]), url_name="absence_list", summary="My absences")
@api_permitted("api.absence_list")
def absence_list(request: HttpRequest) -> Any:
    """Running and coming ones."""
    return _absences(me(request).pk)


@router.post("/absences", response=gives(AbsenceOut, 201), url_name="absence_make", summary="I shall be away")
@api_permitted("api.absence_make")
@repeatable
def absence_make(request: HttpRequest, body: AbsenceIn) -> Any:
    """One's own absence."""
    return _make(Person.objects.get(pk=me(request).pk), body)


@router.delete("/absences/{pk}", response=gives(None, 204), url_name="absence_end", summary="Back earlier")
@api_permitted("api.absence_end")
def absence_end(request: HttpRequest, pk: Id) -> tuple[int, None]:
    """A running absence ends now, a coming one does not take place: one's own, or of those over whom one decides."""
    now = clock.now()
    row = absences.endable(me(request), pk, now, leads=allowed(me(request), "api.person_absence_make"))
    if row is None:
        raise Http404
    absences.end(row, now)
    return 204, None


@router.get(
    "/assignable", response=gives(list[AssignableOut]), url_name="assignable_list", summary="Who could take a case"
)
@api_permitted("api.assignable_list")
def assignable_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Those who handle cases, the least loaded first, those away last."""
    return [_assignable(one) for one in assignables(clock.now())]


def _assignable(one: Assignable) -> dict[str, Any]:
    return {
        "person_id": one.person.pk, "name": str(one.person), "unit_id": one.person.unit_id, "open": one.open,
        "capacity": one.person.capacity, "away_until": one.away.ends_at if one.away else None,
    }  # fmt: skip


@router.get(
    "/people/{pk}/absences",
    response=gives(list[AbsenceOut]),
    url_name="person_absences",
    summary="Absences of somebody",
)
@api_permitted("api.person_absences")
def person_absences(request: HttpRequest, pk: Id) -> Any:
    """Running and coming absences of somebody over whom one decides, or, for an auditor, of anybody."""
    return _absences(looked_at(me(request), pk).pk)


@router.post(
    "/people/{pk}/absences",
    response=gives(AbsenceOut, 201),
    url_name="person_absence_make",
    summary="Somebody will be away",
)
@api_permitted("api.person_absence_make")
@repeatable
def person_absence_make(request: HttpRequest, pk: Id, body: AbsenceIn) -> Any:
    """An absence of somebody over whom one decides."""
    return _make(managed(me(request), pk), body)


@router.get(
    "/people/{pk}/in-hand", response=gives(InHandOut), url_name="person_in_hand", summary="What somebody has in hand"
)
@api_permitted("api.person_in_hand")
def person_in_hand(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """What somebody has, and who could take it."""
    person = looked_at(me(request), pk)
    held = handing_on.in_hand(person)
    cases = Case.objects.defer("snapshot").in_bulk({row.case_id for row in held.tasks})
    return {
        "count": held.count, "cases": [row_of(case) for case in held.cases],
        "tasks": [task_out(row, cases[row.case_id]) for row in held.tasks],
        "takers": [_assignable(one) for one in handing_on.takers(person)],
    }  # fmt: skip


@router.post("/people/{pk}/hand-on", response=gives(HandedOnOut), url_name="person_hand_on", summary="Hand cases on")
@api_permitted("api.person_hand_on")
@repeatable_step_by_step
def person_hand_on(request: HttpRequest, pk: Id, body: HandOnIn) -> dict[str, Any]:
    """A batch for each recipient. Sent again, a case that went is no longer the person's and is left alone."""
    person = managed(me(request), pk)
    ids = dict(Case.objects.filter(number__in=[one.number for one in body.cases]).values_list("number", "pk"))
    chosen: dict[int, int | None] = {ids[one.number]: one.to for one in body.cases if one.number in ids}
    try:
        done, stayed = handing_on.hand_on(me(request), person, chosen, body.reason)
    except handing_on.NotHandedOn as error:
        raise _not_handed_on(error) from error
    return {"done": done, "stayed": [{"number": one.case.number, "detail": one.why} for one in stayed]}


@router.post(
    "/people/{pk}/leave", response=gives(None, 204), url_name="person_leave", summary="Close a leaver's account"
)
@api_permitted("api.person_leave")
@repeatable
def person_leave(request: HttpRequest, pk: Id, body: LeaveIn) -> tuple[int, None]:
    """Close the account, once no open case is left with the person; what else names them passes to `to`."""
    person = managed(me(request), pk)
    try:
        handing_on.close_account(me(request), person, Person.objects.filter(pk=body.to).first())
    except handing_on.NotHandedOn as error:
        raise _not_handed_on(error) from error
    return 204, None


def _not_handed_on(error: handing_on.NotHandedOn) -> Problem:
    return Problem(STATUS.get(error.because, 422), error.because, str(error))
