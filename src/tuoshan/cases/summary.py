"""What queues and reports see of a case: columns and rows that follow from its state, and from nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from operator import attrgetter

from tuoshan.cases.models.case import FAR_FUTURE
from tuoshan.core.case import CaseState, Clock, Interval
from tuoshan.core.playbook import Playbook
from tuoshan.core.timing import awaited

SATISFACTION = "score"
"""The fact in which a playbook's survey keeps the customer's points."""

_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Summary:
    """The columns of `cases_case` that follow from the snapshot, in the order in which they are written."""

    seq: int
    updated_at: datetime
    state: str
    phase: str
    ended: bool
    end_kind: str
    closed_at: datetime | None
    grade: str
    category_id: int | None
    product_id: int | None
    handler_id: int | None
    waits_for: str
    due_at: datetime | None
    queue_at: datetime
    due_name: str
    overdue: bool
    paused: bool
    held: str
    merged_into_id: int | None
    about_kind: str
    about_key: str
    amount: Decimal | None
    satisfaction: int | None

    def values(self) -> tuple[object, ...]:
        return _SUMMARY_VALUES(self)


SUMMARY_COLUMNS = tuple(field.name for field in fields(Summary))
_SUMMARY_VALUES: Callable[[Summary], tuple[object, ...]] = attrgetter(*SUMMARY_COLUMNS)


def summarise(playbook: Playbook, case: CaseState) -> Summary:
    """The summary of a case. Raises ValueError for a case without events."""
    if case.last_at is None:
        raise ValueError("a case without events has no summary")
    state = playbook.states.get(case.state)
    entered = case.entered.get(case.state)
    ended = bool(state and state.end)
    first = _first_due(playbook, case)
    due = first.due if first else None
    about = about_of(playbook, case)
    return Summary(
        seq=case.seq,
        updated_at=case.last_at,
        state=case.state,
        phase=state.phase if state else "",
        ended=ended,
        end_kind=state.end if state else "",
        closed_at=entered.last if ended and entered else None,
        grade=text_fact(case, "grade")[:20],
        category_id=number_fact(case, "category"),
        product_id=number_fact(case, "product"),
        handler_id=person_number(case.assigned.get("handler")),
        waits_for=waits_for(playbook, case),
        due_at=due,
        queue_at=due or FAR_FUTURE,
        due_name=first.name if first else "",
        overdue=any(_is_late(playbook, case, clock) for clock in case.running_clocks()),
        paused=due is None and any(_pause_is_open(clock.paused) for clock in case.running_clocks()),
        held=case.hold.name if case.hold else "",
        merged_into_id=person_number(case.merged_into),
        about_kind=about[0],
        about_key=about[1],
        amount=_amount(case),
        satisfaction=number_fact(case, SATISFACTION),
    )


def about_of(playbook: Playbook, case: CaseState) -> tuple[str, str]:
    """What the case is about, as cases are found by it: the field and its value, empty where none is given."""
    return playbook.about[:30], text_fact(case, playbook.about)[:80] if playbook.about else ""


def owed_by_staff(playbook: Playbook, clock: Clock) -> bool:
    """Whether somebody of ours must act by this clock. One without parties is the house's own promise."""
    if clock.kind == "hold":
        return False
    return not clock.parties or any(not is_outside(playbook, party) for party in clock.parties)


def is_outside(playbook: Playbook, party: str) -> bool:
    return playbook.is_outside(party)


def _first_due(playbook: Playbook, case: CaseState) -> Clock | None:
    owed = [clock for clock in case.running_clocks() if clock.due is not None and owed_by_staff(playbook, clock)]
    return min(owed, key=lambda clock: (clock.due or FAR_FUTURE, clock.key), default=None)


def _is_late(playbook: Playbook, case: CaseState, clock: Clock) -> bool:
    if not owed_by_staff(playbook, clock):
        return False
    passed = clock.due is not None and case.last_at is not None and clock.due < case.last_at
    return passed or any(step.startswith("late") for step in clock.fired)


def _pause_is_open(intervals: tuple[Interval, ...]) -> bool:
    return bool(intervals) and intervals[-1][1] is None


def waits_for(playbook: Playbook, case: CaseState) -> str:
    """The first awaited party: in the order of the state's `for`, else by name."""
    wait = awaited(playbook, case)
    state = playbook.states.get(case.state)
    named = state.waits.parties if state and state.waits else ()
    return next((party for party in named if party in wait), min(wait, default=""))


def text_fact(case: CaseState, name: str) -> str:
    value = case.facts.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | Decimal) else ""


def number_fact(case: CaseState, name: str) -> int | None:
    """A fact that names a row (category, product) or a number of points; None for anything else."""
    value = case.facts.get(name)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def person_number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _amount(case: CaseState) -> Decimal | None:
    value = case.facts.get("amount")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        return Decimal(value).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


# -- rows beside the case -----------------------------------------------------------------------------------

DEADLINE_COLUMNS = (
    "case_id", "key", "name", "kind", "party", "person_id", "unit_id", "started_at", "due_at", "ended_at",
    "outcome", "paused_seconds", "held_seconds", "provisional",
)  # fmt: skip
TASK_COLUMNS = (
    "case_id", "key", "name", "party", "department", "person_id", "unit_id", "status", "outcome", "opened_at",
    "due_at", "completed_at", "completed_by_id",
)  # fmt: skip


def deadline_rows(case_id: int, case: CaseState) -> dict[str, tuple[object, ...]]:
    """One row per clock, by key. Seconds paused and held count closed intervals only."""
    return {key: _deadline_row(case_id, case, clock) for key, clock in case.clocks.items()}


def _deadline_row(case_id: int, case: CaseState, clock: Clock) -> tuple[object, ...]:
    party = clock.parties[0] if clock.parties else ""
    due = clock.due or (clock.last_due if clock.ended else None)
    return (
        case_id, clock.key, clock.name, clock.kind, party, person_number(case.assigned.get(party or "handler")), None,
        clock.started, due, clock.ended, clock.outcome, _seconds(clock.paused), _seconds(clock.held), clock.provisional,
    )  # fmt: skip


def _seconds(intervals: tuple[Interval, ...]) -> int:
    return sum(((end - start) for start, end in intervals if end is not None), timedelta()) // _SECOND


def task_rows(case_id: int, case: CaseState) -> dict[str, tuple[object, ...]]:
    """One row per task run, by id. A run for an org unit (its key is the unit's number) belongs to that unit."""
    rows: dict[str, tuple[object, ...]] = {}
    for run in case.tasks.values():
        clock = case.clocks.get(f"task:{run.id}")
        due = (clock.due or clock.last_due) if clock else None
        rows[run.id] = (
            case_id, run.id, run.name, run.party, run.key, person_number(case.assigned.get(run.party)),
            person_number(run.key), run.status, run.outcome, run.opened, due, run.closed, person_number(run.by),
        )  # fmt: skip
    return rows
