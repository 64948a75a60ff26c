"""The call on the third day: whom to call next, and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.care.models import FollowUpCall
from tuoshan.cases import library, meanings, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.core.facts import moment_text
from tuoshan.core.playbook import Playbook
from tuoshan.parties.reach import case_filter

TRIES = 3


def due(person: Any, *, own: bool = True) -> "QuerySet[Case]":
    """Open cases that wait for a follow-up call, the most urgent first; `tries` and `next_at` come with them.

    `own`: those that the person handles; else all within their reach.
    """
    calls = FollowUpCall.objects.filter(case_id=OuterRef("id")).order_by()
    found = Case.objects.filter(case_filter(person), state__in=meanings.every("call_due"), ended=False)
    if own:
        found = found.filter(handler_id=person.pk)
    number = calls.values("case_id").annotate(n=Count("id")).values("n")
    newest = FollowUpCall.objects.filter(case_id=OuterRef("id")).order_by("-at", "-id").values("next_at")[:1]
    return found.annotate(
        tries=Coalesce(Subquery(number, output_field=IntegerField()), 0), next_at=Subquery(newest)
    ).order_by("queue_at", "id")


def is_due(case: Case) -> bool:
    """Whether the case waits for a follow-up call."""
    return not case.ended and case.state in meanings.meant(_playbook(case), "call_due")


def _playbook(case: Case) -> Playbook:
    return library.pinned(case.playbook, case.playbook_hash)


def calls(case_id: int) -> list[FollowUpCall]:
    """The tries so far, newest first."""
    return list(FollowUpCall.objects.filter(case_id=case_id))


def record_call(
    *,
    case_id: int,
    person: Any,
    result: str,
    words: str,
    now: datetime,
    next_at: datetime | None = None,
    expected_seq: int | None = None,
    idempotency_key: str | None = None,
) -> service.Outcome:
    """Keep one call. Reached, or not reached for the third time: the case is closed with that result.

    Gives the write path's outcome; where closing is refused (a report is due first) nothing is kept but what was
    said, so that the customer is not called once more for nothing. Sent again with its key, a call counts once.
    """
    actor = ActingAs.by_person(person)
    case = Case.objects.get(pk=case_id)
    playbook = _playbook(case)
    called = meanings.one_meant(playbook, "called")
    ends = result != FollowUpCall.Result.NOT_REACHED
    if not ends:
        known = service.given_before(actor=actor, idempotency_key=idempotency_key)
        ends = any(event.name == called for event in known.events) if known is not None else _is_last(case)
    if ends:
        outcome = service.act(
            case_id=case_id,
            action=called,
            actor=actor,
            values={
                meanings.one_meant(playbook, "call_result"): result,
                meanings.one_meant(playbook, "call_words"): words,
            },
            expected_seq=expected_seq,
            idempotency_key=idempotency_key,
        )
    else:
        again = {"next_at": moment_text(next_at)} if next_at is not None else {}
        outcome = service.call(
            case_id=case_id, actor=actor, text=words, idempotency_key=idempotency_key, extra=again
        )  # fmt: skip
    if outcome.accepted and not outcome.replayed:
        with write_transaction():
            FollowUpCall.objects.create(
                case_id=case_id,
                person_id=person.pk,
                result=result,
                words=words,
                at=now,
                next_at=None if ends else next_at,
            )
    return outcome


def left(case: Case, made: Sequence[FollowUpCall]) -> int:
    """How many more tries there are; one alone with somebody who was erased, as nobody can call them again."""
    in_vain = sum(call.result == FollowUpCall.Result.NOT_REACHED for call in made)
    return min(1, TRIES - in_vain) if case.is_erased else TRIES - in_vain


def _is_last(case: Case) -> bool:
    """Whether one more try in vain is the last."""
    return left(case, calls(case.pk)) <= 1


def problem_of(result: str, said: str) -> dict[str, list[str]]:
    """What is wrong with a call that is to be kept, by field; empty when nothing is."""
    if result not in FollowUpCall.Result.values:
        return {"result": [_("请选择回访结果。")]}
    if not said and result != FollowUpCall.Result.NOT_REACHED:
        return {"words": [_("请记下客户的话。")]}
    return {}
