"""Which running clocks a changed calendar or table would move, if they were reckoned anew.

Nothing is moved by looking: a clock keeps what it started with until somebody has the clocks reckoned anew
(`cases.recomputing`). What is shown is what the kernel's own recomputing would do.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tuoshan import clock as moment
from tuoshan.cases import library
from tuoshan.cases.around import CaseAround
from tuoshan.cases.clock_views import title_of
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.cases.models import Case, Deadline, StoredPlaybook
from tuoshan.cases.rows import Row
from tuoshan.core.case import CaseState
from tuoshan.core.conditions import EvaluationError
from tuoshan.core.durations import DurationError
from tuoshan.core.playbook import Playbook
from tuoshan.core.recomputing import moved
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


def moved_by_calendar(name: str, made: WorkCalendar | None = None) -> tuple[list[Moved], int]:
    """Running clocks that this version of a calendar (the one in force, without any) would bring to another due moment,
    and how many were not looked at."""
    calendars = {name: made} if made is not None else {}
    return _moved(with_cases_on(name), calendars, {}, limits=False)


def moved_by_table(playbook_key: str, name: str, value: object = None) -> tuple[list[Moved], int]:
    """Running clocks whose length comes from this table and would be another with this value (the one in force)."""
    tables = {name: value} if value is not None else {}
    return _moved([playbook_key], {}, tables, limits=True)


def playbooks_on(calendar: str) -> list[str]:
    """The playbooks of which some limit runs on this calendar."""
    return sorted(key for key, book in library.everything().items() if calendar in _calendars_of(book))


def _also_gone(calendar: str) -> list[str]:
    """Playbooks whose file is gone and which cases may still run by: those on this calendar, or not to be read."""
    current, found = library.everything(), []
    newest = dict(StoredPlaybook.objects.exclude(key__in=current).order_by("stored_at").values_list("key", "hash"))
    for key, version in newest.items():
        try:
            if calendar in _calendars_of(library.pinned(key, version)):
                found.append(key)
        except PlaybookUnknown:
            found.append(key)
    return found


def with_cases_on(calendar: str) -> list[str]:
    """The playbooks that a run after a change of this calendar looks at."""
    return sorted({*playbooks_on(calendar), *_also_gone(calendar)})


def _calendars_of(book: Playbook) -> set[str]:
    waits = [state.waits.limit for state in book.states.values() if state.waits]
    limits = [*waits, *(task.limit for task in book.tasks.values()), *(one.limit for one in book.deadlines.values())]
    return {book.calendar, *(limit.calendar for limit in limits if limit is not None and limit.calendar)}


class _Trial(CaseAround):
    """What surrounds a case, with calendars or tables as they would be."""

    def __init__(
        self, playbook: Playbook, row: Row, now: datetime, calendars: Mapping[str, WorkCalendar],
        tables: Mapping[str, object],
    ) -> None:  # fmt: skip
        super().__init__(playbook, row, now)
        self._calendars, self._tables = calendars, tables

    def calendar(self, name: str) -> WorkCalendar:
        return self._calendars.get(name) or super().calendar(name)

    def table(self, name: str) -> object:
        return self._tables[name] if name in self._tables else super().table(name)


def _moved(
    playbooks: list[str], calendars: Mapping[str, WorkCalendar], tables: Mapping[str, object], *, limits: bool
) -> tuple[list[Moved], int]:
    now = moment.now()
    found: list[Moved] = []
    running = Deadline.objects.filter(ended_at__isnull=True, due_at__isnull=False)
    cases = Case.objects.filter(ended=False, playbook__in=playbooks)
    with_clocks = cases.filter(pk__in=running.values("case_id")).order_by("due_at").values_list("pk", flat=True)
    ids = list(with_clocks[: LOOKED_AT + 1])
    left = max(0, cases.count() - LOOKED_AT) if len(ids) > LOOKED_AT else 0
    for case, playbook, state in _cases(ids[:LOOKED_AT]):
        around = _Trial(playbook, Row.of(case), now, calendars, tables)
        try:
            changed = moved(playbook, state, now, around, limits=limits)
        except (EvaluationError, DurationError, CalendarError, KeyError, ValueError):
            continue
        for clock, other in changed:
            if clock.due is not None and other.due is not None and other.due != clock.due:
                title = title_of(playbook, clock)
                found.append(
                    Moved(case.number, case.title, title, clock.started, clock.due, other.due, other.provisional)
                )
    return sorted(found, key=lambda one: one.due), left


def _cases(ids: list[int]) -> Iterator[tuple[Case, Playbook, CaseState]]:
    for start in range(0, len(ids), 200):
        for case in Case.objects.filter(pk__in=ids[start : start + 200]):
            try:
                playbook = library.pinned(case.playbook, case.playbook_hash)
            except PlaybookUnknown:
                continue
            yield case, playbook, CaseState.from_json(json.loads(case.snapshot))
