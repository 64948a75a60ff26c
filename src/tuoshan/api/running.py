"""Keeping the house running: parked jobs, the outbox."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from tuoshan import clock
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.api.application import Id, gives, me
from tuoshan.api.pages import page_of
from tuoshan.api.problems import Problem
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import Limit, SaidOut
from tuoshan.cases.models import Case
from tuoshan.integrations import mailbox as outbox
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.office import mailbox, parked
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["running"])
CANNOT_DROP = {"gone": 404, "wake": 409, "no_reason": 422}


class JobOut(Schema):
    """Something that failed too often and waits for a person. Ids are texts."""

    id: str
    kind: str
    name: str
    title: str
    number: str
    attempts: int
    due_at: datetime
    parked_at: datetime | None
    last_error: str


class WorkerOut(Schema):
    """A worker: `alive`, `lost` or `stopped`."""

    name: str
    state: str
    seen_at: datetime
    busy: list[str]


class ParkedOut(Schema):
    """One page of the parked jobs, newest first, and whether the workers keep up. `lag_seconds`: how long the oldest
    waits. Hand `next` back as `cursor`.
    """

    count: int
    jobs: list[JobOut]
    next: str
    workers: list[WorkerOut]
    waiting: int
    lag_seconds: float


class RetryIn(Schema):
    """Which to put back; without ids all of them."""

    ids: list[Id] | None = None


class RetryOut(Schema):
    """How many were put back."""

    retried: int


class DropIn(Schema):
    """Why it is given up; stays with the job and in its case."""

    reason: str


class MailRow(Schema):
    """A message that left the house or waits to. Recipients are masked for those who only look."""

    id: str
    number: str
    channel: str
    status: str
    to: str
    subject: str
    at: datetime
    done_at: datetime | None
    attempts: int
    last_error: str


class MailOut(MailRow):
    """With its text."""

    text: str


class MailPage(Schema):
    """One page, newest first; hand `next` back as `before`."""

    messages: list[MailRow]
    next: str


@router.get("/parked", response=gives(ParkedOut), url_name="parked_list", summary="Parked jobs")
@api_permitted("api.parked_list")
def parked_list(request: HttpRequest, cursor: str = "", limit: Limit = 100) -> dict[str, Any]:
    """The jobs and the workers."""
    now = clock.now()
    found = claiming.parked()
    page = page_of(found, cursor, limit)
    items = page.rows
    cases = Case.objects.defer("snapshot").in_bulk({item.case_id for item in items if item.case_id})
    return {
        "count": found.order_by().count(),
        "jobs": [_job(item, cases.get(item.case_id or 0)) for item in items], "next": page.next,
        "workers": [
            {"name": one["row"].name, "state": one["state"], "seen_at": one["row"].seen_at, "busy": one["busy"]}
            for one in parked.workers(now)
        ],
        "waiting": Item.objects.filter(done_at__isnull=True, parked_at__isnull=True, due_at__lte=now).count(),
        "lag_seconds": parked.lag(now).total_seconds(),
    }


def _job(item: Item, case: Case | None) -> dict[str, Any]:
    return {
        "id": str(item.pk), "kind": item.kind, "name": item.name, "title": parked.title_of(item),
        "number": case.number if case else "", "attempts": item.attempts, "due_at": item.due_at,
        "parked_at": item.parked_at, "last_error": item.last_error,
    }  # fmt: skip


@router.post("/parked/retry", response=gives(RetryOut), url_name="parked_retry", summary="Try again")
@api_permitted("api.parked_retry")
@repeatable
def parked_retry(request: HttpRequest, body: RetryIn) -> dict[str, int]:
    """Put jobs back with all their attempts; one that is not parked any more is left alone."""
    return {"retried": parked.retry(body.ids)}


@router.post("/parked/{pk}/drop", response=gives(SaidOut), url_name="parked_drop", summary="Give up")
@api_permitted("api.parked_drop")
@repeatable
def parked_drop(request: HttpRequest, pk: Id, body: DropIn) -> dict[str, str]:
    """What a case does by itself when its time comes is never given up."""
    done, said = parked.drop(me(request), pk, body.reason)
    if done in CANNOT_DROP:
        raise Problem(CANNOT_DROP[done], done, said)
    return {"said": said}


@router.get("/outbox", response=gives(MailPage), url_name="mail_list", summary="The outbox")
@api_permitted("api.mail_list")
def mail_list(
    request: HttpRequest, channel: str = "", status: str = "", before: Id | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """By way (`sms`, `mail`, `letter`, `in_app`) and status; `before` is the id of the last one seen."""
    known = (channel in ("", *OutgoingMessage.Channel.values), status in ("", *OutgoingMessage.Status.values))
    if not all(known):
        raise Http404
    rows = list(mailbox.within(me(request), outbox.listing(channel=channel, status=status, before=before))[: limit + 1])
    numbers = _numbers(rows)
    return {
        "messages": [_mail(request, row, numbers) for row in rows[:limit]],
        "next": str(rows[limit - 1].pk) if len(rows) > limit else "",
    }


def _numbers(rows: list[OutgoingMessage]) -> dict[int, str]:
    return dict(Case.objects.filter(pk__in={row.case_id for row in rows if row.case_id}).values_list("pk", "number"))


def _mail(request: HttpRequest, row: OutgoingMessage, numbers: dict[int, str]) -> dict[str, Any]:
    whole = mailbox.sees_recipients(me(request))
    return {
        "id": str(row.pk), "number": numbers.get(row.case_id or 0, ""), "channel": row.channel, "status": row.status,
        "to": mailbox.recipient(row, whole=whole), "subject": mailbox.subject_of(row), "at": row.at,
        "done_at": row.done_at,
        "attempts": row.attempts, "last_error": row.last_error, "text": mailbox.text_of(row, whole=whole),
    }  # fmt: skip


def _find(request: HttpRequest, pk: int) -> OutgoingMessage:
    row = mailbox.within(me(request), OutgoingMessage.objects.filter(pk=pk)).first()
    if row is None:
        raise Http404
    return row


@router.get("/outbox/{pk}", response=gives(MailOut), url_name="mail_read", summary="One message")
@api_permitted("api.mail_read")
def mail_read(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """As it went out; a link opens the customer's own page, so who only looks is not shown it."""
    row = _find(request, pk)
    return _mail(request, row, _numbers([row]))


@router.post("/outbox/{pk}/retry", response=gives(MailOut), url_name="mail_retry", summary="Send again")
@api_permitted("api.mail_retry")
@repeatable
def mail_retry(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Only a message that failed and is parked is sent once more."""
    row = _find(request, pk)
    if row.status != OutgoingMessage.Status.FAILED or not outbox.try_again(row):
        raise Problem(409, "not_failed", mailbox.not_waiting())
    row.refresh_from_db()
    return _mail(request, row, _numbers([row]))
