"""Commands over the wire: register, act, complete, write, freeze, correct, merge; one case or many."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from ninja.files import UploadedFile as NinjaFile
from ninja.params import File as FileParameter
from ninja.params import Form as FormParameter

from tuoshan import clock
from tuoshan.api.application import PROBLEMS, idempotency_key
from tuoshan.api.problems import Problem, refused
from tuoshan.api.reading import evidence_out, find_case, router
from tuoshan.api.shapes import (
    BatchIn,
    BatchMemberOut,
    CorrectionIn,
    EvidenceOut,
    MergeIn,
    MessageIn,
    OutcomeOut,
    ReasonIn,
    RegisterIn,
    StepIn,
    TaskIn,
    TextIn,
)
from tuoshan.api.values import facts_of
from tuoshan.cases import batches, library, queries, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.cases.models import Case, Watch
from tuoshan.cases.refusals import sentence
from tuoshan.core.playbook import Field, Playbook
from tuoshan.documents import evidence as evidence_store
from tuoshan.documents.evidence import Rejected
from tuoshan.intake.arrivals import Came
from tuoshan.intake.registering import Contact, register_complaint
from tuoshan.parties import customers
from tuoshan.parties.permissions import api_permitted

batches_router = Router(tags=["cases"])
ANSWERS = {200: OutcomeOut, **PROBLEMS}


def _values(playbook: Playbook, fields: tuple[Field, ...], given: dict[str, Any]) -> dict[str, Any]:
    facts, problems = facts_of(fields, given)
    if problems:
        raise Problem(422, "invalid_form", _("填写的内容有误"), facts={"fields": problems})
    return facts


def _sent(outcome: service.Outcome, playbook: Playbook) -> dict[str, Any]:
    if outcome.refusal is not None:
        raise refused(outcome.refusal, playbook)
    case = Case.objects.only("state").get(pk=outcome.case_id)
    events = [f"{event.kind}:{event.name}" for event in outcome.events]
    return {
        "number": outcome.number, "state": case.state, "seq": outcome.seq, "events": events,
        "replayed": outcome.replayed,
    }  # fmt: skip


def _me(request: HttpRequest) -> ActingAs:
    return ActingAs.by_person(request.user)


@router.post("", response={201: OutcomeOut, **PROBLEMS}, url_name="case_register", summary="Register a case")
@api_permitted("api.case_register")
def case_register(request: HttpRequest, body: RegisterIn) -> tuple[int, dict[str, Any]]:
    """Begin a case; the customer is found or made by phone."""
    try:
        playbook = library.current(body.playbook)
    except PlaybookUnknown as error:
        raise Problem(422, "unknown_playbook", _("没有这个流程"), facts={"playbooks": library.keys()}) from error
    channel = str(body.values.get("channel", "api"))
    user: Any = request.user
    try:
        registered = register_complaint(
            playbook=body.playbook, actor=_me(request), values=_values(playbook, playbook.register, body.values),
            contact=Contact(body.customer_phone, body.customer_name), came=Came(channel, body.received_at),
            unit_id=body.unit_id or user.unit_id, title=body.title, upload_token=body.upload_token,
            idempotency_key=idempotency_key(request),
        )  # fmt: skip
    except customers.PhoneRefused as error:
        raise Problem(422, "invalid_phone", _("电话号码有误"), str(error)) from error
    return 201, _sent(registered.outcome, playbook)


@batches_router.post(
    "", response={200: list[BatchMemberOut], **PROBLEMS}, url_name="case_batch", summary="One action, many cases"
)
@api_permitted("api.case_batch")
def case_batch(request: HttpRequest, body: BatchIn) -> list[dict[str, Any]]:
    """A transaction for each case; those that cannot are listed with the reason."""
    rows = {case.number: case for case in queries.reachable(request.user).filter(number__in=body.numbers)}
    done = batches.act_many(
        case_ids=[case.pk for case in rows.values()], action=body.action, actor=_me(request), values=body.values
    )
    answers = []
    for number in body.numbers:
        case = rows.get(number)
        outcome = done.outcomes.get(case.pk) if case else None
        refusal = outcome.refusal if outcome else None
        code = "not_found" if outcome is None else refusal.because if refusal else ""
        detail = sentence(refusal, library.pinned(case.playbook, case.playbook_hash)) if refusal and case else ""
        answers.append({"number": number, "done": not code, "code": code, "detail": detail})
    return answers


@router.post("/{number}/actions/{action}", response=ANSWERS, url_name="case_act", summary="Take an action")
@api_permitted("api.case_act")
def case_act(request: HttpRequest, number: str, action: str, body: StepIn) -> dict[str, Any]:
    """Take a step of the playbook (see `possible` for names and fields)."""
    case = find_case(request, number)
    playbook = library.pinned(case.playbook, case.playbook_hash)
    known = playbook.actions.get(action)
    if known is None:
        raise Problem(404, "unknown_action", _("没有这个操作"), facts={"actions": sorted(playbook.actions)})
    outcome = service.act(
        case_id=case.pk, action=action, actor=_me(request), values=_values(playbook, known.form, body.values),
        evidence=body.evidence, upload_token=body.upload_token, expected_seq=body.expected_seq,
        idempotency_key=idempotency_key(request),
    )  # fmt: skip
    return _sent(outcome, playbook)


@router.post("/{number}/tasks/{task}", response=ANSWERS, url_name="case_task", summary="Complete a task")
@api_permitted("api.case_task")
def case_task(request: HttpRequest, number: str, task: str, body: TaskIn) -> dict[str, Any]:
    """Complete an open task run, named as `possible` gives it (`inquire[qa]#1`, percent-encoded)."""
    case = find_case(request, number)
    playbook = library.pinned(case.playbook, case.playbook_hash)
    known = playbook.tasks.get(task.partition("#")[0].partition("[")[0])
    outcome = service.complete_task(
        case_id=case.pk, task_key=task, actor=_me(request), outcome=body.outcome,
        values=_values(playbook, known.form if known else (), body.values), evidence=body.evidence,
        upload_token=body.upload_token, expected_seq=body.expected_seq, idempotency_key=idempotency_key(request),
    )  # fmt: skip
    return _sent(outcome, playbook)


@router.post("/{number}/ask/{task}", response=ANSWERS, url_name="case_ask", summary="Open a task on demand")
@api_permitted("api.case_ask")
def case_ask(request: HttpRequest, number: str, task: str) -> dict[str, Any]:
    """Open a task that the playbook lets the caller ask for."""
    case = find_case(request, number)
    outcome = service.ask_task(case_id=case.pk, task=task, actor=_me(request), idempotency_key=idempotency_key(request))
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.post("/{number}/holds/{name}", response=ANSWERS, url_name="case_hold", summary="Freeze")
@api_permitted("api.case_hold")
def case_hold(request: HttpRequest, number: str, name: str, body: StepIn) -> dict[str, Any]:
    """Freeze the case by a named hold of its playbook."""
    case = find_case(request, number)
    playbook = library.pinned(case.playbook, case.playbook_hash)
    known = playbook.holds.get(name)
    outcome = service.hold(
        case_id=case.pk, name=name, actor=_me(request), expected_seq=body.expected_seq,
        values=_values(playbook, known.form if known else (), body.values), idempotency_key=idempotency_key(request),
    )  # fmt: skip
    return _sent(outcome, playbook)


@router.post("/{number}/release", response=ANSWERS, url_name="case_release", summary="End the freeze")
@api_permitted("api.case_release")
def case_release(request: HttpRequest, number: str) -> dict[str, Any]:
    """Take the hold off; the case goes on where it was."""
    case = find_case(request, number)
    outcome = service.release(case_id=case.pk, actor=_me(request), idempotency_key=idempotency_key(request))
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.post("/{number}/corrections", response=ANSWERS, url_name="case_correct", summary="Correct facts")
@api_permitted("api.case_correct")
def case_correct(request: HttpRequest, number: str, body: CorrectionIn) -> dict[str, Any]:
    """Give facts new values; the old ones stay in the history."""
    case = find_case(request, number)
    playbook = library.pinned(case.playbook, case.playbook_hash)
    values = _values(playbook, tuple(playbook.facts.values()), body.values)
    outcome = service.correct(
        case_id=case.pk, values=values, actor=_me(request), reason=body.reason, expected_seq=body.expected_seq,
        idempotency_key=idempotency_key(request),
    )  # fmt: skip
    return _sent(outcome, playbook)


@router.post("/{number}/step-back", response=ANSWERS, url_name="case_step_back", summary="Take the last step back")
@api_permitted("api.case_step_back")
def case_step_back(request: HttpRequest, number: str, body: ReasonIn) -> dict[str, Any]:
    """Undo the last transition, while nothing of it has left the house."""
    case = find_case(request, number)
    outcome = service.step_back(
        case_id=case.pk, actor=_me(request), reason=body.reason, idempotency_key=idempotency_key(request)
    )
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.post("/{number}/notes", response=ANSWERS, url_name="case_note", summary="Write a note")
@api_permitted("api.case_note")
def case_note(request: HttpRequest, number: str, body: TextIn) -> dict[str, Any]:
    """A note among colleagues; the customer never sees it."""
    case = find_case(request, number)
    outcome = service.note(
        case_id=case.pk, actor=_me(request), text=body.text, idempotency_key=idempotency_key(request)
    )
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.post("/{number}/calls", response=ANSWERS, url_name="case_call", summary="Record a call")
@api_permitted("api.case_call")
def case_call(request: HttpRequest, number: str, body: TextIn) -> dict[str, Any]:
    """What was said on the telephone."""
    case = find_case(request, number)
    outcome = service.call(
        case_id=case.pk, actor=_me(request), text=body.text, idempotency_key=idempotency_key(request)
    )
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.post("/{number}/messages", response=ANSWERS, url_name="case_message", summary="Write to the customer")
@api_permitted("api.case_message")
def case_message(request: HttpRequest, number: str, body: MessageIn) -> dict[str, Any]:
    """A message to the customer, sent after commit; or one that came from them."""
    case = find_case(request, number)
    outcome = service.message(
        case_id=case.pk, actor=_me(request), text=body.text, channel=body.channel, subject=body.subject,
        direction=body.direction, idempotency_key=idempotency_key(request),
    )  # fmt: skip
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.put("/{number}/watch", response={204: None, **PROBLEMS}, url_name="case_watch", summary="Follow")
@api_permitted("api.case_watch")
def case_watch(request: HttpRequest, number: str) -> tuple[int, None]:
    """Be told of what happens in the case."""
    case = find_case(request, number)
    Watch.objects.get_or_create(case_id=case.pk, person_id=request.user.pk or 0, defaults={"since": clock.now()})
    return 204, None


@router.delete("/{number}/watch", response={204: None, **PROBLEMS}, url_name="case_unwatch", summary="Stop following")
@api_permitted("api.case_unwatch")
def case_unwatch(request: HttpRequest, number: str) -> tuple[int, None]:
    """Stop following."""
    Watch.objects.filter(case_id=find_case(request, number).pk, person_id=request.user.pk or 0).delete()
    return 204, None


@router.post("/{number}/merge", response=ANSWERS, url_name="case_merge", summary="Merge into another case")
@api_permitted("api.case_merge")
def case_merge(request: HttpRequest, number: str, body: MergeIn) -> dict[str, Any]:
    """This case is held, and its promises go on in the other one."""
    case, into = find_case(request, number), find_case(request, body.into)
    outcome = service.merge(
        case_id=case.pk,
        into_id=into.pk,
        actor=_me(request),
        reason=body.reason,
        idempotency_key=idempotency_key(request),
    )
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.post("/{number}/unmerge", response=ANSWERS, url_name="case_unmerge", summary="Undo a merge")
@api_permitted("api.case_unmerge")
def case_unmerge(request: HttpRequest, number: str) -> dict[str, Any]:
    """The hold comes off; the clocks count the time between."""
    case = find_case(request, number)
    outcome = service.unmerge(case_id=case.pk, actor=_me(request), idempotency_key=idempotency_key(request))
    return _sent(outcome, library.pinned(case.playbook, case.playbook_hash))


@router.post(
    "/{number}/evidence", response={201: EvidenceOut, **PROBLEMS}, url_name="evidence_add", summary="Add a file"
)
@api_permitted("api.evidence_add")
def evidence_add(
    request: HttpRequest,
    number: str,
    file: Annotated[NinjaFile, FileParameter()],
    kind: Annotated[str, FormParameter()] = "other",
) -> tuple[int, dict[str, Any]]:
    """A file for the case, judged by its content; the timeline says who added it."""
    case = find_case(request, number)
    taken = evidence_store.accept(
        file=file, case_id=case.pk, upload_token=None, actor_kind="person", actor_id=request.user.pk, kind=kind,
        now=clock.now(),
    )  # fmt: skip
    if isinstance(taken, Rejected):
        raise Problem(422, taken.reason, _("文件没有被接受"), str(taken))
    service.add_evidence(
        case_id=case.pk, actor=_me(request), evidence=[taken.pk], idempotency_key=idempotency_key(request)
    )
    return 201, evidence_out(taken)
