"""What customers have said or done and their handler has not seen yet: a mark in lists, a queue, a number in the rail.

A case has a row only while that is so, hence counting costs no more than what is unread. The page of the case takes the
row away when its handler opens it, or a delegate; where nobody handles it, whoever of the staff opens it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from tuoshan.agenda.models import Item
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import prepared
from tuoshan.cases.models import Case
from tuoshan.integrations import notifying
from tuoshan.integrations.models import CustomerReply, Notification

EFFECT = "customer_replied"


def arrived(case_id: int, seq: int, at: datetime) -> None:
    """The customer's event `seq` has happened. The same event again changes nothing, nor one that was seen before
    this row came to be written."""
    with write_transaction():
        row, _made = CustomerReply.objects.select_for_update().get_or_create(case_id=case_id, defaults={"since": at})
        if seq <= row.seq:
            return
        if seq <= row.read_seq:
            if not _on_the_way(case_id, beyond=seq):
                row.delete()
            return
        if row.seq <= row.read_seq:
            row.since, row.replies = at, 0
        row.seq, row.replies = seq, row.replies + 1
        row.save(update_fields=["seq", "since", "replies"])


def read(case: Case, person_id: int, now: datetime) -> bool:
    """The handler has the case up to its newest event before their eyes; whether anything was unread."""
    row = CustomerReply.objects.filter(case_id=case.pk).first()
    coming = _on_the_way(case.pk)
    if row is None and not coming:
        return False
    with write_transaction():
        if coming:
            CustomerReply.objects.get_or_create(case_id=case.pk, defaults={"since": now})
            CustomerReply.objects.filter(case_id=case.pk, read_seq__lt=case.seq).update(read_seq=case.seq)
        else:
            CustomerReply.objects.filter(case_id=case.pk, seq__lte=case.seq).delete()
    told = Notification.objects.filter(person_id=person_id, case_id=case.pk, what=EFFECT, read_at__isnull=True)
    if ids := list(told.values_list("id", flat=True)):
        notifying.mark_read(person_id, ids, now=now)
    return row is not None and row.seq > row.read_seq


def _on_the_way(case_id: int, *, beyond: int = 0) -> bool:
    """Whether the agenda has yet to mark something of the customer's: what the page shows already must not be marked
    as new a moment later."""
    waiting = Item.objects.filter(case_id=case_id, kind="effect", name=EFFECT, done_at__isnull=True)
    return any(int(item.data.get("seq", 0)) > beyond for item in waiting)


def unread() -> "QuerySet[CustomerReply]":
    """The rows of cases with something unread."""
    return CustomerReply.objects.filter(seq__gt=F("read_seq"))


def among(case_ids: Iterable[int]) -> set[int]:
    """Which of these cases have something unread."""
    found = prepared.among(
        "unread replies", case_ids, lambda places: unread().filter(case_id__in=places).values_list("case_id")
    )
    return {case_id for (case_id,) in found}


def of(person: Any) -> "QuerySet[Case]":
    """The person's own cases with something unread, ended ones too, the most urgent first."""
    cases = Case.objects.defer("snapshot").filter(handler_id=person.pk, id__in=unread().values("case_id"))
    return cases.order_by("queue_at", "id")


def forget_old(before: datetime) -> None:
    """Nobody will read what came before `before` to a case that has ended."""
    with write_transaction():
        old = CustomerReply.objects.filter(since__lt=before)
        old.filter(case_id__in=Case.objects.filter(ended=True, id__in=old.values("case_id")).values("id")).delete()
