"""Two cases that are one: the merged case is held, its promises run on in the main case; undo reverses both.

Two cases are never locked together: what the main case must take over travels as an effect of the other.
"""

from datetime import datetime

from tuoshan.agenda.models import Item
from tuoshan.cases import writing
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.cases.orders import CaseUnknown, MessageDraft, Order, Outcome
from tuoshan.core.case import Refusal
from tuoshan.core.timing import MERGED


class NotYet(Exception):
    """An effect must wait for another one of the same pair of cases."""


def merge(
    *, case_id: int, into_id: int, actor: ActingAs, reason: str = "", idempotency_key: str | None = None
) -> Outcome:
    """Merge a case into another one. Refused: into itself, into one of another
    process, into an ended or itself merged case, twice."""
    known = {row.id: row for row in Case.objects.filter(id__in=(case_id, into_id)).defer("snapshot")}
    if case_id not in known or into_id not in known:
        raise CaseUnknown(case_id if case_id not in known else into_id)
    this, into = known[case_id], known[into_id]
    because = _obstacle(this, into)
    if because:
        return Outcome(this.id, this.number, this.seq, refusal=Refusal(because, {"into": into.number}))
    order = Order(
        "hold", actor, MERGED, extra={"into": str(into_id), "into_number": into.number},
        idempotency_key=idempotency_key,
        message=MessageDraft("note", reason, author_id=actor.id) if reason else None,
    )  # fmt: skip
    return writing.execute(case_id, order)


def _obstacle(this: Case, into: Case) -> str:
    if this.id == into.id:
        return "same_case"
    if into.playbook != this.playbook:
        return "other_process"
    if into.ended:
        return "main_case_ended"
    if into.merged_into_id is not None:
        return "main_case_merged"
    if Case.objects.filter(merged_into_id=this.id).exists():
        return "has_merged_cases"
    return ""


def unmerge(*, case_id: int, actor: ActingAs, reason: str = "", idempotency_key: str | None = None) -> Outcome:
    """Undo a merge: the hold comes off, and the case's clocks count the time between."""
    order = Order(
        "release", actor, MERGED, idempotency_key=idempotency_key,
        message=MessageDraft("note", reason, author_id=actor.id) if reason else None,
    )  # fmt: skip
    return writing.execute(case_id, order)


def adopt(item: Item, now: datetime) -> None:
    """Effect of a merge, in the main case: its promises go on there."""
    order = Order(
        "adopt", ActingAs.by_system(), "adopt", extra={"from": str(item.case_id), "clocks": item.data["clocks"]}
    )
    writing.execute(int(item.data["into"]), order)


def disown(item: Item, now: datetime) -> None:
    """Effect of an undone merge, in the main case. Raises NotYet while the merge itself has not arrived."""
    earlier = Item.objects.filter(case_id=item.case_id, kind="effect", name="adopt", done_at=None, id__lt=item.id)
    if earlier.exists():
        raise NotYet(f"adopt of case {item.case_id} is still open")
    into = str(item.data["into"])
    if into:
        writing.execute(int(into), Order("disown", ActingAs.by_system(), "disown", extra={"from": str(item.case_id)}))
