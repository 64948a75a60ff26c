"""What staff have read when the demo begins: whatever is settled, as in a house where people look at their notices."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from tuoshan.cases.models import Case
from tuoshan.core.case import CaseState
from tuoshan.integrations.models import CustomerReply, Notification

FRESH = timedelta(days=1)
"""So long something that only tells, and asks for nothing, stays unread."""


def read_what_is_settled(now: datetime) -> int:
    """Mark as read every notice about what is over; how many there were."""
    unread = list(Notification.objects.filter(read_at__isnull=True))
    numbers = {note.case_id for note in unread if note.case_id}
    states: dict[int | None, CaseState] = {
        number: CaseState.from_json(json.loads(snapshot))
        for number, snapshot in Case.objects.filter(pk__in=numbers, ended=False).values_list("pk", "snapshot")
    }
    waiting = set(CustomerReply.objects.values_list("case_id", flat=True))
    over = [note.pk for note in unread if _is_settled(note, states.get(note.case_id), waiting, now)]
    for part in _parts(over):
        Notification.objects.filter(pk__in=part).update(read_at=now)
    return len(over)


def _is_settled(note: Notification, state: CaseState | None, waiting: set[int], now: datetime) -> bool:
    """Its case has ended, or its task, its limit, its reply, or the state in which it was sent."""
    if state is None:
        return note.case_id is not None or note.at < now - FRESH
    if note.what == "watched":
        return note.at < now - FRESH
    if note.what == "customer_replied":
        return note.case_id not in waiting
    if "task" in note.data:
        run = state.tasks.get(str(note.data["task"]))
        return run is None or run.status != "open"
    if "clock" in note.data:
        clock = state.clocks.get(str(note.data["clock"]))
        return clock is None or clock.ended is not None
    return any(trace.last is not None and trace.last > note.at for trace in state.entered.values())


def _parts(numbers: list[int], size: int = 500) -> Iterable[list[int]]:
    return (numbers[at : at + size] for at in range(0, len(numbers), size))
