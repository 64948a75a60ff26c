"""Cases as programs read them: lists, one case, its clocks, timeline and possibilities."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from tuoshan.api.application import Id, gives
from tuoshan.api.pages import page_of, page_of_story
from tuoshan.api.problems import Problem
from tuoshan.api.shapes import (
    CaseOut,
    CasePage,
    CaseRow,
    ClockOut,
    EntryPage,
    EvidenceOut,
    Limit,
    PossibleOut,
    QueueOut,
)
from tuoshan.api.values import json_of
from tuoshan.cases import queries, same_subject
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.clock_views import clock_views
from tuoshan.cases.forms import choices_of, words
from tuoshan.cases.models import Case, Watch, Words
from tuoshan.cases.possible import Standing
from tuoshan.cases.refusals import sentence
from tuoshan.core.facts import encode
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.possible import Possible
from tuoshan.core.work import Work
from tuoshan.documents import evidence as evidence_store
from tuoshan.documents.models import Evidence
from tuoshan.insight import reviewed
from tuoshan.insight.story import Audience, Story
from tuoshan.intake import arrivals
from tuoshan.office import queues, subjects
from tuoshan.parties.permissions import api_permitted, sees_findings, sees_removed

router = Router(tags=["cases"])


class CaseFilter(Schema):
    """Conditions on a list; all that are given must hold."""

    queue: str = "open"
    state: str | None = None
    playbook: str | None = None
    grade: str | None = None
    channel: str | None = None
    handler_id: Id | None = None
    unit_id: Id | None = None
    customer_id: Id | None = None
    category_id: Id | None = None
    cursor: str = ""
    limit: Limit = 50


def find_case(request: HttpRequest, number: str) -> Case:
    """The case within the caller's reach. Raises Http404."""
    plain = number[:40].replace("\x00", "")
    case = queries.reachable(request.user).filter(number=plain).first()
    if case is None:
        raise Http404
    return case


def standing_of(request: HttpRequest, case: Case) -> Standing:
    """The case as the caller sees it."""
    return Standing(case, ActingAs.by_person(request.user))


@router.get("", response=gives(CasePage), url_name="case_list", summary="A queue, page by page")
@api_permitted("api.case_list")
def case_list(request: HttpRequest, where: Query[CaseFilter]) -> dict[str, Any]:
    """Cases of a built-in queue, narrowed by the given conditions, in the queue's order."""
    if where.queue not in queues.NAMES:
        raise Problem(422, "unknown_queue", _("没有这个队列"), facts={"queues": list(queues.NAMES)})
    given = where.dict(exclude={"queue", "cursor", "limit"}, exclude_none=True)
    page = page_of(queues.of(where.queue, request.user, **given), where.cursor, where.limit)
    return {"cases": [row_of(case) for case in page.rows], "next": page.next, "previous": page.previous}


def row_of(case: Case) -> dict[str, Any]:
    """The columns of a case that a list shows."""
    return {name: getattr(case, name) for name in CaseRow.model_fields}


@router.get("/queues", response=gives(list[QueueOut]), url_name="queue_list", summary="Queues and counts")
@api_permitted("api.queue_list")
def queue_list(request: HttpRequest) -> list[dict[str, Any]]:
    """The built-in queues with their exact counts within the caller's reach."""
    counts = queues.counts(request.user)
    return [{"name": name, "title": str(queues.title_of(name)), "count": counts[name]} for name in queues.NAMES]


@router.get("/{number}", response=gives(CaseOut), url_name="case_read", summary="One case")
@api_permitted("api.case_read")
def case_read(request: HttpRequest, number: str) -> dict[str, Any]:
    """The case with its facts; findings against a person only for supervisors."""
    case = find_case(request, number)
    standing = standing_of(request, case)
    texts = dict(Words.objects.filter(case_id=case.pk).values_list("ref", "text"))
    hidden = (
        set() if sees_findings(request.user) else {n for n, f in standing.playbook.facts.items() if f.supervisors_only}
    )
    facts = {
        n: json_of(encode(v), texts) for n, v in standing.state.facts.items() if n.rpartition(".")[2] not in hidden
    }
    main = (
        Case.objects.filter(pk=case.merged_into_id).values_list("number", flat=True).first()
        if case.merged_into_id
        else ""
    )
    came = arrivals.of_case(case.pk)
    others = same_subject.money_of_others(standing.playbook, standing.state, case.pk)
    return row_of(case) | {
        "playbook_hash": case.playbook_hash, "facts": facts, "assigned": dict(standing.state.assigned),
        "hold": case.held, "merged_into": main or "", "received_at": came.received_at if came else None,
        "watching": Watch.objects.filter(case_id=case.pk, person_id=request.user.pk or 0).exists(),
        "reply_due": standing.state.facts.get("reply_due") or (came.reply_due if came else None),
        "particulars": arrivals.particulars(came) if came else {},
        "same_subject": [other.number for other in subjects.others(request.user, case)],
        "same_subject_paid": str(others.get("paid_out", "0.00")),
        "same_subject_offered": str(others.get("offered", "0.00")),
        "first_decision": _first_decision(request, case, standing),
    }  # fmt: skip


def _first_decision(request: HttpRequest, case: Case, standing: Standing) -> list[dict[str, Any]]:
    if not reviewed.under_review(standing.playbook, standing.state):
        return []
    story = Story(case, standing.playbook, Audience.staff(request.user))
    return [
        {
            "action": one.action, "title": one.entry.text, "at": one.entry.at, "who": one.entry.who,
            "details": {detail.label: detail.value for detail in one.entry.details},
            "evidence": [str(item.pk) for item in one.entry.evidence], "hash": one.hash,
        }
        for one in reviewed.first_decision(story, standing.state)
    ]  # fmt: skip


@router.get("/{number}/clocks", response=gives(list[ClockOut]), url_name="case_clocks", summary="Clocks")
@api_permitted("api.case_clocks")
def case_clocks(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """Every clock, running ones first, each with its arithmetic."""
    standing = standing_of(request, find_case(request, number))
    work = Work(standing.playbook, standing.state, standing.now, standing.around)
    return [
        {
            "key": view.key, "name": view.name, "kind": view.kind, "title": view.title, "standing": view.standing,
            "started": view.started, "due": view.due, "ended": view.ended, "provisional": view.provisional,
            "recorded_late": view.recorded_late,
            "paused_seconds": int(view.paused.total_seconds()), "held_seconds": int(view.held.total_seconds()),
            "explanation": list(view.lines),
        }
        for view in clock_views(standing.playbook, standing.state, work)
    ]  # fmt: skip


@router.get("/{number}/timeline", response=gives(EntryPage), url_name="case_timeline", summary="Timeline")
@api_permitted("api.case_timeline")
def case_timeline(request: HttpRequest, number: str, cursor: str = "", limit: Limit = 200) -> dict[str, Any]:
    """Messages, notes, calls and events, oldest first."""
    case = find_case(request, number)
    standing = standing_of(request, case)
    story = Story(case, standing.playbook, Audience.staff(request.user))
    shown, following = page_of_story(story.entries(), cursor, limit)
    entries = [
        {
            "kind": entry.kind, "at": entry.at, "who": entry.who, "text": entry.text, "channel": entry.channel,
            "details": {detail.label: detail.value for detail in entry.details},
            "evidence": [str(item.pk) for item in entry.evidence],
        }
        for entry in shown
    ]  # fmt: skip
    return {"entries": entries, "next": following}


@router.get(
    "/{number}/possible",
    response=gives(list[PossibleOut]),
    url_name="case_possible",
    summary="What can be done",
)
@api_permitted("api.case_possible")
def case_possible(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """What the caller can do now, with the forms it needs, and what stands in its way."""
    standing = standing_of(request, find_case(request, number))
    return [possible_out(item, standing.playbook) for item in standing.possible()]


def possible_out(item: Possible, playbook: Playbook) -> dict[str, Any]:
    """A possible thing on the wire."""
    return {
        "kind": item.kind, "name": item.name, "title": words(item.title), "task": item.task,
        "outcomes": [name for name, _title in item.outcomes], "evidence": list(item.evidence),
        "fields": [field_out(field) for field in item.form], "backdate": item.backdate,
        "blocked": sentence(item.blocked, playbook) if item.blocked else "",
        "blocked_because": item.blocked.because if item.blocked else "",
    }  # fmt: skip


def field_out(field: Field) -> dict[str, Any]:
    """A form field on the wire."""
    plain = [{"value": value, "title": str(title)} for value, title in choices_of(field)] if field.choices else []
    return {
        "name": field.name, "kind": field.kind, "label": words(field.label), "required": field.required,
        "choices": plain, "list": field.list, "help": words(field.help),
    }  # fmt: skip


@router.get("/{number}/evidence", response=gives(list[EvidenceOut]), url_name="evidence_list", summary="Files")
@api_permitted("api.evidence_list")
def evidence_list(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """The files of the case that the caller may see. Of what was taken out (`removed_at`; auditors still read it) or
    erased with its customer (`erased_at`) there is only the trace: no name, no address.
    """
    case = find_case(request, number)
    rows = Evidence.objects.filter(case_id=case.pk).order_by("pk")
    if not sees_findings(request.user):
        rows = rows.filter(supervisors_only=False)
    return [evidence_out(row, opens_removed=sees_removed(request.user)) for row in rows]


def evidence_out(row: Evidence, *, opens_removed: bool = False) -> dict[str, Any]:
    """A file on the wire; what the caller can open no more has neither name nor address."""
    there = row.removed_at is None or (opens_removed and row.erased_at is None)
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "name": evidence_store.download_name(row) if there else "",
        "content_type": row.content_type,
        "size": row.size,
        "sha256": row.stored_hash,
        "at": row.at,
        "url": f"/evidence/{row.pk}" if there else "",
        "removed_at": row.removed_at,
        "erased_at": row.erased_at,
        "visible_to_customer": row.visible_to_customer,
        "supervisors_only": row.supervisors_only,
    }
