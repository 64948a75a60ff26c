"""What all commands about a case have in common: find it, send it, say what came of it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from tuoshan import clock
from tuoshan.api.application import me
from tuoshan.api.problems import Problem, refused
from tuoshan.api.reading import find_case
from tuoshan.api.repeating import idempotency_key
from tuoshan.api.values import facts_of
from tuoshan.cases import library, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.cases.refusals import by_field
from tuoshan.core.playbook import Field, Playbook
from tuoshan.office import absences

Call = Callable[..., service.Outcome]


def acting(request: HttpRequest) -> ActingAs:
    """The caller as an actor."""
    return ActingAs.by_person(me(request))


def commanded(request: HttpRequest, number: str) -> Case:
    """The case within the caller's reach; sent again with its key also one that has left it since. Raises Http404."""
    try:
        return find_case(request, number)
    except Http404:
        before = service.given_before(actor=acting(request), idempotency_key=idempotency_key(request))
        if before is None or before.number != number:
            raise
        return Case.objects.get(pk=before.case_id)


def playbook_of(case: Case) -> Playbook:
    """The playbook that the case is pinned to."""
    return library.pinned(case.playbook, case.playbook_hash)


def facts(fields: tuple[Field, ...], given: dict[str, Any]) -> dict[str, Any]:
    """JSON values as facts. Raises Problem 422 naming what is not of its kind."""
    found, problems = facts_of(fields, given)
    if problems:
        titles = {item.name: words(item.label) for item in fields}
        raise Problem(
            422, "invalid_form", _("填写的内容有误"), by_field(problems, titles), facts={"fields": problems}
        )
    return found


def answer(outcome: service.Outcome, case: Case | None = None, playbook: Playbook | None = None) -> dict[str, Any]:
    """What a command did. Raises the refusal as a Problem, in the words of the playbook given or the case's own."""
    if outcome.refusal is not None:
        known = playbook or playbook_of(case or Case.objects.get(pk=outcome.case_id))
        raise refused(outcome.refusal, known)
    left = outcome.left_in or (outcome.state or Case.objects.only("state").get(pk=outcome.case_id)).state
    events = [f"{event.kind}:{event.name}" for event in outcome.events]
    return {
        "number": outcome.number, "state": left, "seq": outcome.seq, "events": events,
        "replayed": outcome.replayed,
    }  # fmt: skip


def command(request: HttpRequest, number: str, call: Call, **given: Any) -> dict[str, Any]:
    """Find the case within reach, give it one command as the caller, and say what came of it."""
    case = commanded(request, number)
    outcome = call(case_id=case.pk, actor=acting(request), idempotency_key=idempotency_key(request), **given)
    return _kept_or_answer(request, outcome, case)


def _kept_or_answer(request: HttpRequest, outcome: service.Outcome, case: Case) -> dict[str, Any]:
    """The answer; a caller who is away is told that this is why they may not, and which absence to end."""
    try:
        return answer(outcome, case)
    except Problem as problem:
        absence = absences.giving_way(me(request), clock.now()) if problem.code == "not_allowed" else None
        if absence is not None:
            problem.detail = absences.why_kept(absence)
            problem.members["facts"] = {**problem.members["facts"], "absence_id": absence.pk}
        raise
