"""Running clocks of all cases brought onto changed calendars and tables, by a job, a few hundred cases at a time.

Each step commits what it has done together with how far it has come, so a kill anywhere loses and repeats nothing.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from tuoshan import clock, identifiers
from tuoshan.agenda import claiming
from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import calendars, library, writing
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Deadline, Recomputation
from tuoshan.cases.orders import Order, Outcome
from tuoshan.core.conditions import EvaluationError
from tuoshan.core.durations import DurationError
from tuoshan.core.recomputing import ADMINISTRATOR
from tuoshan.core.worktime import CalendarError

JOB = "recompute_clocks"
AT_ONCE = 200
MOST_LISTED = 500
"""So many cases that were passed over are listed; the rest is only counted."""
GONE, UNCLEAR = "playbook_gone", "not_reckoned"
"""Why a case is passed over: its version of the playbook is not to be had any more; a limit of it gives no moment."""
_UNCLEAR = (EvaluationError, DurationError, CalendarError)


def ask(*, subject: str, playbooks: Iterable[str], limits: bool, person_id: int) -> Recomputation:
    """Begin a run over the cases of these playbooks; the one that is going on already, where there is one."""
    with write_transaction():
        going_on = latest(subject)
        if going_on is not None and going_on.ended_at is None:
            return going_on
        now = clock.now()
        run = Recomputation.objects.create(
            id=identifiers.next_id(), subject=subject, playbooks=json.dumps(sorted(playbooks)), limits=limits,
            person_id=person_id, asked_at=now,
        )  # fmt: skip
        claiming.put(kind="job", name=JOB, key=f"{JOB}:{run.id}", due_at=now, payload={"run": run.id})
    return run


def latest(subject: str) -> Recomputation | None:
    """The last run asked for after a change of this."""
    return Recomputation.objects.filter(subject=subject).order_by("-asked_at", "-id").first()


def take_some(item: Item, now: datetime) -> datetime | None:
    """One step of a run; the moment of the next one, None at the end."""
    calendars.forget()  # the change was made in another process, perhaps a moment ago
    run = Recomputation.objects.get(pk=item.data["run"])
    running = Deadline.objects.filter(case_id=OuterRef("pk"), ended_at__isnull=True)
    waiting = Case.objects.filter(Exists(running), playbook__in=json.loads(run.playbooks), pk__gt=run.after_id)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if ids:
        acting = ActingAs("person", run.person_id, parties=frozenset({ADMINISTRATOR}))
        order = Order("recompute", acting, "recompute", extra={"limits": True} if run.limits else {})
        passed: dict[int, str] = {}
        outcomes = list(_reckoned(ids, order, passed))
        run.moved += sum(any(event.kind == "recompute" for event in outcome.events) for outcome in outcomes)
        _keep(run, passed)
        run.after_id, run.looked_at = ids[-1], run.looked_at + len(ids)
    if len(ids) < AT_ONCE:
        run.ended_at = now
    run.save(update_fields=["moved", "after_id", "looked_at", "ended_at", "passed", "passed_over"])
    return None if run.ended_at else now


def _reckoned(ids: list[int], order: Order, passed: dict[int, str]) -> Iterator[Outcome]:
    """What came of each case; those that cannot be reckoned go into `passed` with the reason, and stay as they are."""
    for pk, key, version in Case.objects.filter(pk__in=ids).values_list("pk", "playbook", "playbook_hash"):
        try:
            library.pinned(key, version)
        except library.PlaybookUnknown:
            passed[pk] = GONE
    rest = [pk for pk in ids if pk not in passed]
    try:
        yield from writing.execute_many(rest, order)
    except _UNCLEAR:
        for pk in rest:
            try:
                yield from writing.execute_many([pk], order)
            except _UNCLEAR:
                passed[pk] = UNCLEAR


def _keep(run: Recomputation, passed: dict[int, str]) -> None:
    if not passed:
        return
    listed = json.loads(run.passed_over)
    numbers = Case.objects.filter(pk__in=passed).order_by("pk").values_list("pk", "number")
    listed += [[number, passed[pk]] for pk, number in numbers]
    run.passed, run.passed_over = run.passed + len(passed), json.dumps(listed[:MOST_LISTED])
