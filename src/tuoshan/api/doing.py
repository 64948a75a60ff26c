"""Commands over the wire: act, complete, write, freeze, correct, merge; one case or many."""

import hashlib
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from ninja.files import UploadedFile as NinjaFile
from ninja.params import File as FileParameter
from ninja.params import Form as FormParameter

from tuoshan import clock
from tuoshan.api.application import PROBLEMS, Id, gives, me
from tuoshan.api.commands import acting, answer, command, commanded, facts, playbook_of
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.reading import evidence_out, find_case, router, standing_of
from tuoshan.api.repeating import idempotency_key, kept_with_the_case, repeatable_step_by_step
from tuoshan.api.shapes import (
    BatchIn,
    BatchMemberOut,
    CorrectionIn,
    EvidenceOut,
    MergeIn,
    MessageIn,
    OutcomeOut,
    ReasonIn,
    RemovalIn,
    StepIn,
    TaskIn,
    TextIn,
)
from tuoshan.cases import batches, queries, service
from tuoshan.cases.models import Case, Watch
from tuoshan.cases.orders import Order, Outcome
from tuoshan.cases.refusals import sentence
from tuoshan.core import mending
from tuoshan.core.playbook import Action
from tuoshan.documents import evidence as evidence_store
from tuoshan.documents.evidence import Rejected
from tuoshan.documents.models import Evidence
from tuoshan.office import absences, attaching, bulk, writing
from tuoshan.office.attaching import may_keep_for_supervisors, shown_by_itself
from tuoshan.office.writing import CannotBeSaid
from tuoshan.parties.permissions import api_permitted

batches_router = Router(tags=["cases"])
ANSWERS = {200: OutcomeOut, **PROBLEMS}


@batches_router.post("", response=gives(list[BatchMemberOut]), url_name="case_batch", summary="One thing, many cases")
@api_permitted("api.case_batch")
@kept_with_the_case
def case_batch(request: HttpRequest, body: BatchIn) -> list[dict[str, Any]]:
    """An action of the playbook, `note` (value `text`) or `watch`. A transaction for each case; those that cannot are
    listed with the reason. Sent again with its Idempotency-Key, members that were done give their first outcome.
    """
    batch = _batch_id(request)
    rows = _rows(request, body.numbers, batch)
    cases = [rows[number] for number in dict.fromkeys(body.numbers) if number in rows]
    outcomes: dict[int, Outcome] = {}
    if body.action == "watch":
        bulk.watch(me(request).pk, cases)
    elif cases:
        order, case_ids = _order(request, body, cases), [case.pk for case in cases]
        outcomes = dict(batches.run_many(case_ids=case_ids, order=order, batch_id=batch).outcomes)
    return [_member(request, number, rows.get(number), outcomes) for number in body.numbers]


def _rows(request: HttpRequest, numbers: list[str], batch: int | None) -> dict[str, Case]:
    """The cases within reach, and those that have left it since this very batch went over them, by number."""
    rows = {case.number: case for case in queries.reachable(me(request)).defer(None).filter(number__in=numbers)}
    if batch is not None and len(rows) < len(set(numbers)):
        for case in Case.objects.filter(number__in=set(numbers) - rows.keys()):
            if service.given_before(actor=acting(request), idempotency_key=batches.key_of(batch, case.pk)):
                rows[case.number] = case
    return rows


def _order(request: HttpRequest, body: BatchIn, cases: list[Case]) -> Order:
    actor = acting(request)
    if body.action == "note":
        text = str(body.values.get("text") or "").strip()[: writing.MOST_WRITTEN]
        if not text:
            raise invalid({"text": [_("请先写下内容。")]})
        return bulk.note(actor, text)
    known = {action.name: action for case in cases for action in playbook_of(case).actions.values()}
    if body.action not in known:
        raise Problem(404, "unknown_action", _("没有这个操作"), facts={"actions": sorted(known)})
    return Order("act", actor, body.action, facts(known[body.action].form, body.values))


def _batch_id(request: HttpRequest) -> int | None:
    """The same key of the same person is the same batch: 56 bits of its hash, so that no number of ours is met."""
    key = idempotency_key(request)
    digest = hashlib.sha256(f"batch:{me(request).pk}:{key}".encode()).digest()
    return int.from_bytes(digest[:7]) if key else None


def _member(request: HttpRequest, number: str, case: Case | None, outcomes: dict[int, Outcome]) -> dict[str, Any]:
    if case is None:
        return {"number": number, "done": False, "code": "not_found", "detail": _("没有找到，或不在您的范围内")}
    outcome = outcomes.get(case.pk)
    refusal = outcome.refusal if outcome else None
    if refusal is None:
        return {"number": number, "done": True, "code": "", "detail": ""}
    said = absences.refusal_of(me(request), refusal, sentence(refusal, playbook_of(case)), clock.now())
    return {"number": number, "done": False, "code": refusal.because, "detail": said}


@router.post("/{number}/actions/{action}", response=ANSWERS, url_name="case_act", summary="Take an action")
@api_permitted("api.case_act")
@kept_with_the_case
def case_act(request: HttpRequest, number: str, action: str, body: StepIn) -> dict[str, Any]:
    """Take a step of the playbook (see `possible` for names and fields)."""
    playbook = playbook_of(commanded(request, number))
    known = playbook.actions.get(action)
    if known is None:
        raise Problem(404, "unknown_action", _("没有这个操作"), facts={"actions": sorted(playbook.actions)})
    return command(
        request, number, service.act, action=action, values=facts(known.form, body.values), evidence=body.evidence,
        upload_token=body.upload_token, expected_seq=body.expected_seq, at=body.at,
    )  # fmt: skip


def _only_now(body: StepIn) -> None:
    """Tasks and freezes are recorded at the moment at which they are sent. Raises Problem 422 for another one."""
    if body.at is not None:
        raise invalid({"at": [_("这里按现在的时间记录，不能另填实际发生的时间。")]})


@router.post("/{number}/tasks/{task}", response=ANSWERS, url_name="case_task", summary="Complete a task")
@api_permitted("api.case_task")
@kept_with_the_case
def case_task(request: HttpRequest, number: str, task: str, body: TaskIn) -> dict[str, Any]:
    """Complete an open task run, named as `possible` gives it (`inquire[qa]#1`, percent-encoded)."""
    _only_now(body)
    known = playbook_of(commanded(request, number)).tasks.get(task.partition("#")[0].partition("[")[0])
    return command(
        request, number, service.complete_task, task_key=task, outcome=body.outcome, evidence=body.evidence,
        values=facts(known.form if known else (), body.values), upload_token=body.upload_token,
        expected_seq=body.expected_seq,
    )  # fmt: skip


@router.post("/{number}/ask/{task}", response=ANSWERS, url_name="case_ask", summary="Open a task on demand")
@api_permitted("api.case_ask")
@kept_with_the_case
def case_ask(request: HttpRequest, number: str, task: str) -> dict[str, Any]:
    """Open a task that the playbook lets the caller ask for."""
    return command(request, number, service.ask_task, task=task)


@router.post("/{number}/holds/{name}", response=ANSWERS, url_name="case_hold", summary="Freeze")
@api_permitted("api.case_hold")
@kept_with_the_case
def case_hold(request: HttpRequest, number: str, name: str, body: StepIn) -> dict[str, Any]:
    """Freeze the case by a named hold of its playbook."""
    _only_now(body)
    known = playbook_of(commanded(request, number)).holds.get(name)
    values = facts(known.form if known else (), body.values)
    return command(request, number, service.hold, name=name, values=values, expected_seq=body.expected_seq)


@router.post("/{number}/release", response=ANSWERS, url_name="case_release", summary="End the freeze")
@api_permitted("api.case_release")
@kept_with_the_case
def case_release(request: HttpRequest, number: str) -> dict[str, Any]:
    """Take the hold off; the case goes on where it was."""
    return command(request, number, service.release)


@router.post("/{number}/corrections", response=ANSWERS, url_name="case_correct", summary="Correct facts")
@api_permitted("api.case_correct")
@kept_with_the_case
def case_correct(request: HttpRequest, number: str, body: CorrectionIn) -> dict[str, Any]:
    """Give facts new values; the old ones stay in the history. Facts of the registration and those that the playbook
    calls `correctable`, the same that the screen offers. The reason is asked for where the playbook's own step asks for
    one, and kept with the event.
    """
    playbook = playbook_of(commanded(request, number))
    values = facts(mending.correctable(playbook), body.values)
    step, seq = mending.correcting(playbook), body.expected_seq
    if step is None:
        return command(request, number, service.correct, values=values, reason=body.reason, expected_seq=seq)
    own = _reason(step, body) | {"changes": values}
    return command(request, number, service.act, action=step.name, values=own, expected_seq=seq)


@router.post("/{number}/step-back", response=ANSWERS, url_name="case_step_back", summary="Take the last step back")
@api_permitted("api.case_step_back")
@kept_with_the_case
def case_step_back(request: HttpRequest, number: str, body: ReasonIn) -> dict[str, Any]:
    """Undo the last transition, while nothing of it has left the house. The reason goes where the playbook's own step
    asks for one.
    """
    back = next((action for action in playbook_of(commanded(request, number)).actions.values() if action.back), None)
    if back is None:
        return command(request, number, service.step_back, reason=body.reason)
    return command(request, number, service.act, action=back.name, values=_reason(back, body))


def _reason(step: Action, body: ReasonIn) -> dict[str, str]:
    """The reason, where the step asks for one."""
    return {field.name: body.reason.strip() for field in step.form if field.name == "reason"}


@router.post("/{number}/notes", response=ANSWERS, url_name="case_note", summary="Write a note")
@api_permitted("api.case_note")
@kept_with_the_case
def case_note(request: HttpRequest, number: str, body: TextIn) -> dict[str, Any]:
    """A note among colleagues; the customer never sees it."""
    return command(request, number, service.note, text=body.text)


@router.post("/{number}/calls", response=ANSWERS, url_name="case_call", summary="Record a call")
@api_permitted("api.case_call")
@kept_with_the_case
def case_call(request: HttpRequest, number: str, body: TextIn) -> dict[str, Any]:
    """What was said on the telephone."""
    return command(request, number, service.call, text=body.text)


@router.post("/{number}/messages", response=ANSWERS, url_name="case_message", summary="Write to the customer")
@api_permitted("api.case_message")
@kept_with_the_case
def case_message(request: HttpRequest, number: str, body: MessageIn) -> dict[str, Any]:
    """A message to the customer, sent after commit; or one that came from them. `{variables}` of what goes out are
    filled in; 422 `invalid_form` names one that there is not, or that has no value in this case.
    """
    given = {"text": body.text, "channel": body.channel, "subject": body.subject}
    if body.direction == "in":
        return command(request, number, service.message, direction=body.direction, **given)
    try:
        return command(request, number, writing.send, person=me(request), **given)
    except CannotBeSaid as why:
        raise invalid({"text": [str(why)]}) from why


@router.post("/{number}/merge", response=ANSWERS, url_name="case_merge", summary="Merge into another case")
@api_permitted("api.case_merge")
@kept_with_the_case
def case_merge(request: HttpRequest, number: str, body: MergeIn) -> dict[str, Any]:
    """This case is held, and its promises go on in the other one."""
    into = find_case(request, body.into)
    return command(request, number, service.merge, into_id=into.pk, reason=body.reason)


@router.post("/{number}/unmerge", response=ANSWERS, url_name="case_unmerge", summary="Undo a merge")
@api_permitted("api.case_unmerge")
@kept_with_the_case
def case_unmerge(request: HttpRequest, number: str) -> dict[str, Any]:
    """The hold comes off; the clocks count the time between."""
    return command(request, number, service.unmerge)


@router.put("/{number}/watch", response=gives(None, 204), url_name="case_watch", summary="Follow")
@api_permitted("api.case_watch")
def case_watch(request: HttpRequest, number: str) -> tuple[int, None]:
    """Be told of what happens in the case."""
    bulk.watch(me(request).pk, [find_case(request, number)])
    return 204, None


@router.delete("/{number}/watch", response=gives(None, 204), url_name="case_unwatch", summary="Stop following")
@api_permitted("api.case_unwatch")
def case_unwatch(request: HttpRequest, number: str) -> tuple[int, None]:
    """Stop following."""
    Watch.objects.filter(case_id=find_case(request, number).pk, person_id=me(request).pk).delete()
    return 204, None


@router.post("/{number}/evidence", response=gives(EvidenceOut, 201), url_name="evidence_add", summary="Add a file")
@api_permitted("api.evidence_add")
@repeatable_step_by_step
def evidence_add(
    request: HttpRequest,
    number: str,
    file: Annotated[NinjaFile, FileParameter()],
    kind: Annotated[str, FormParameter()] = "other",
    visible_to_customer: Annotated[bool | None, FormParameter()] = None,
    supervisors_only: Annotated[bool, FormParameter()] = False,
    step: Annotated[str, FormParameter()] = "",
) -> tuple[int, dict[str, Any]]:
    """A file for the case, judged by its content; the timeline says who added it. `visible_to_customer`: it stands on
    the customer's page too; left out, it does where `step`, the action that it is meant for, writes to them.
    `supervisors_only`: never there, and among colleagues for supervisors alone; taken where some step that the caller
    can take now names a person (see `possible`), else refused.
    """
    case = find_case(request, number)
    if kind not in Evidence.Kind.values:
        raise Problem(422, "unknown_kind", _("不认识的凭证类别。"), facts={"kinds": list(Evidence.Kind.values)})
    if supervisors_only and not may_keep_for_supervisors(standing_of(request, case), me(request)):
        raise invalid({"supervisors_only": [_("现在没有涉及人员责任的步骤，凭证不能只留给主管。")]})
    playbook = playbook_of(case)
    if step and step not in playbook.actions:
        raise Problem(404, "unknown_action", _("没有这个操作"), facts={"actions": sorted(playbook.actions)})
    meant = shown_by_itself(playbook, playbook.actions.get(step))
    shown = meant if visible_to_customer is None else visible_to_customer
    taken = evidence_store.accept(
        file=file, case_id=case.pk, upload_token=None, actor_kind="person", actor_id=me(request).pk, kind=kind,
        now=clock.now(), visible_to_customer=shown and not supervisors_only,
        supervisors_only=supervisors_only,
    )  # fmt: skip
    if isinstance(taken, Rejected):
        raise Problem(422, taken.reason, _("文件没有被接受"), taken.sentence)
    answer(
        service.add_evidence(
            case_id=case.pk, actor=acting(request), evidence=[taken.pk], idempotency_key=idempotency_key(request)
        ),
        case,
    )
    return 201, evidence_out(taken)


@router.post(
    "/{number}/evidence/{pk}/removal", response=ANSWERS, url_name="evidence_remove", summary="Take a file out"
)  # fmt: skip
@api_permitted("api.evidence_remove")
@kept_with_the_case
def evidence_remove(request: HttpRequest, number: str, pk: Id, body: RemovalIn) -> dict[str, Any]:
    """Take a file that does not belong there out of the case: the customer and colleagues see it no more, auditors
    still do, and its content stays provable. The history has an event, and the reason as a note. What was decided or
    done with it stands and lists it as removed. Who took with it a decision that can be appealed does not remove it
    (409 `own_decision`). It cannot be undone.
    """
    case, reason = commanded(request, number), body.reason.strip()
    if not reason:
        raise invalid({"reason": [_("请写明为什么移除。")]})
    try:
        outcome = attaching.take_away(me(request), case, pk, reason, idempotency_key(request))
    except attaching.NotThere as gone:
        raise Http404 from gone
    except attaching.OwnDecision as barred:
        raise Problem(409, "own_decision", _("要由另一位主管移除"), str(barred)) from barred
    return answer(outcome, case)
