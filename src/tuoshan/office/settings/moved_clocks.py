"""Which running clocks a changed calendar or table would move, if they were started again.

Nothing is moved: a clock keeps the duration it started with, and its due moment is reckoned again only where
the kernel itself does so (after a pause or a hold). What is shown lets a supervisor decide case by case.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from tuoshan import clock as moment
from tuoshan.cases import calendars, library
from tuoshan.cases.around import CaseAround
from tuoshan.cases.clock_views import title_of
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.cases.models import Case, Deadline
from tuoshan.cases.rows import Row
from tuoshan.core import clocks, timing
from tuoshan.core.case import CaseState, Clock
from tuoshan.core.conditions import EvaluationError, MissingFact, TableError
from tuoshan.core.durations import Duration, DurationError
from tuoshan.core.playbook import FromTable, Playbook
from tuoshan.core.scope import CaseScope
from tuoshan.core.worktime import CalendarError, WorkCalendar

SHOWN = 50
LOOKED_AT = 2000
"""So many running clocks are worked out for a preview; the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock of an open case: when it is due, and when it would be."""

    number: str
    title: str
    clock: str
    started: datetime
    due: datetime
    would_be: datetime
    provisional: bool

    @property
    def is_sooner(self) -> bool:
        return self.would_be < self.due


Again = Callable[[Playbook, CaseState, Clock, CaseAround], Clock | None]


def moved_by_calendar(name: str, made: WorkCalendar) -> tuple[list[Moved], int]:
    """Running clocks on this calendar whose due moment would be another, and how many were not looked at."""

    def again(playbook: Playbook, state: CaseState, clock: Clock, around: CaseAround) -> Clock | None:
        return clocks.reckon(clock, made) if playbook.calendar == name and clock.fixed is None else None

    books = [key for key, book in library.everything().items() if book.calendar == name]
    return _moved(books, again)


def moved_by_table(playbook_key: str, name: str, value: object) -> tuple[list[Moved], int]:
    """Running clocks whose length comes from this table and would be another with the new value."""

    def again(playbook: Playbook, state: CaseState, clock: Clock, around: CaseAround) -> Clock | None:
        limit = timing.plan_of(playbook, clock).limit
        if not isinstance(limit.within, FromTable) or limit.within.table != name:
            return None
        scope = CaseScope(playbook, state, around.now, _WithTable(around, name, value))
        duration: Duration = clocks.duration_of(limit, scope)
        if (str(duration.amount), duration.unit) == (clock.amount, clock.unit):
            return None
        working = duration.unit in clocks.WORKING_UNITS
        calendar = calendars.of_version(playbook.calendar, clock.calendar)
        changed = replace(clock, amount=str(duration.amount), unit=duration.unit, working=working)
        return clocks.reckon(changed, calendar)

    return _moved([playbook_key], again)


class _WithTable(CaseAround):
    """What surrounds a case, with one company table as it would be."""

    def __init__(self, around: CaseAround, name: str, value: object) -> None:
        super().__init__(around.playbook, around.row, around.now)
        self._name, self._value = name, value

    def table(self, name: str) -> object:
        return self._value if name == self._name else super().table(name)


def _moved(playbooks: list[str], again: Again) -> tuple[list[Moved], int]:
    now = moment.now()
    found: list[Moved] = []
    running = Deadline.objects.filter(ended_at__isnull=True, due_at__isnull=False)
    cases = Case.objects.filter(ended=False, playbook__in=playbooks)
    with_clocks = cases.filter(pk__in=running.values("case_id")).order_by("due_at").values_list("pk", flat=True)
    ids = list(with_clocks[: LOOKED_AT + 1])
    left = max(0, cases.count() - LOOKED_AT) if len(ids) > LOOKED_AT else 0
    for case, playbook, state, clock in _open_clocks(ids[:LOOKED_AT]):
        around = CaseAround(playbook, Row.of(case), now)
        try:
            other = again(playbook, state, clock, around)
        except (MissingFact, TableError, EvaluationError, DurationError, CalendarError, KeyError, ValueError):
            continue
        if other is None or other.due is None or clock.due is None or other.due == clock.due:
            continue
        found.append(
            Moved(
                case.number, case.title, title_of(playbook, clock), clock.started, clock.due, other.due,
                other.provisional,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: one.due), left


def _open_clocks(ids: list[int]) -> Iterator[tuple[Case, Playbook, CaseState, Clock]]:
    for start in range(0, len(ids), 200):
        for case in Case.objects.filter(pk__in=ids[start : start + 200]):
            try:
                playbook = library.pinned(case.playbook, case.playbook_hash)
            except PlaybookUnknown:
                continue
            state = CaseState.from_json(json.loads(case.snapshot))
            for clock in state.clocks.values():
                if clock.ended is None and clock.due is not None:
                    yield case, playbook, state, clock
