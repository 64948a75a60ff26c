"""One command for many cases: a transaction for each, one batch, an outcome for every member.

Sent again with the same batch, members that were done give their first outcome, the others are tried again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import writing
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Batch, BatchMember
from tuoshan.cases.orders import CaseUnknown, Order, Outcome
from tuoshan.core.case import Refusal


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of every member, in the order in which they were given."""

    batch_id: int
    outcomes: Mapping[int, Outcome]

    @property
    def done(self) -> int:
        return sum(outcome.accepted for outcome in self.outcomes.values())

    @property
    def refused(self) -> dict[int, Refusal]:
        return {case_id: outcome.refusal for case_id, outcome in self.outcomes.items() if outcome.refusal}


def act_many(
    *, case_ids: Sequence[int], action: str, actor: ActingAs, values: Mapping[str, Any] | None = None,
    batch_id: int | None = None,
) -> BatchOutcome:  # fmt: skip
    """Take one action in many cases."""
    return run_many(case_ids=case_ids, order=Order("act", actor, action, values or {}), batch_id=batch_id)


def key_of(batch_id: int, case_id: int) -> str:
    """The idempotency key of what a batch does in one of its cases."""
    return f"batch:{batch_id}:{case_id}"


def run_many(
    *, case_ids: Sequence[int], order: Order, batch_id: int | None = None,
    before_each: Callable[[int], None] | None = None,
) -> BatchOutcome:  # fmt: skip
    """Give one command to many cases; `before_each` may show progress."""
    batch = batch_id or identifiers.next_id()
    started = clock.now()
    with write_transaction():
        person = order.acting.id if order.acting.kind == "person" else None
        Batch.objects.get_or_create(
            id=batch, defaults={"person_id": person, "action": order.name or order.kind, "started_at": started}
        )
    outcomes: dict[int, Outcome] = {}
    for case_id in dict.fromkeys(case_ids):
        if before_each is not None:
            before_each(case_id)
        outcomes[case_id] = _one(case_id, replace(order, idempotency_key=key_of(batch, case_id)))
    now = clock.now()
    members = [
        BatchMember(
            batch_id=batch, case_id=case_id, outcome="done" if outcome.accepted else "refused",
            because=outcome.refusal.because if outcome.refusal else "", at=now,
        )
        for case_id, outcome in outcomes.items()
    ]  # fmt: skip
    with write_transaction():
        BatchMember.objects.bulk_create(
            members,
            update_conflicts=True,
            unique_fields=["batch_id", "case_id"],
            update_fields=["outcome", "because", "at"],
        )
        Batch.objects.filter(id=batch).update(finished_at=now)
    return BatchOutcome(batch, outcomes)


def _one(case_id: int, order: Order) -> Outcome:
    try:
        return writing.execute(case_id, order)
    except CaseUnknown:
        return Outcome(case_id, "", 0, refusal=Refusal("unknown_case"))
