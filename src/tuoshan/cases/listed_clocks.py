"""The clock that a list shows of each case, read for a page of cases at once and by the rule of the case page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from tuoshan.cases import calendars, library, prepared
from tuoshan.cases.models import Case, Deadline
from tuoshan.cases.summary import is_outside
from tuoshan.core import timing
from tuoshan.core.case import Clock, ClockKind
from tuoshan.core.durations import Duration, offset, parse_duration, runs_on_working_time
from tuoshan.core.playbook import FromTable, Limit, Playbook


@dataclass(frozen=True, slots=True)
class ListedClock:
    """`warn_at`: when the chip of our clock turns amber. `party` and `until`: whose clock runs where none of ours
    does, and its due moment."""

    warn_at: datetime | None = None
    party: str = ""
    until: datetime | None = None


NONE = ListedClock()


class Running(NamedTuple):
    """What of a clock's row is looked at here."""

    case_id: int
    key: str
    name: str
    kind: str
    party: str
    started_at: datetime
    due_at: datetime


def listed_clocks(cases: Iterable[Case]) -> dict[int, ListedClock]:
    """By case id, in one statement however many cases; ended cases and those without a running clock are left out."""
    known = {case.pk: case for case in cases if not case.ended}
    found: dict[int, ListedClock] = {}
    for row in _running(known):
        case = known[row.case_id]
        if case.pk in found:
            continue
        playbook = library.pinned(case.playbook, case.playbook_hash)
        if case.due_at is None:
            if row.party and row.kind != "hold" and is_outside(playbook, row.party):
                found[case.pk] = ListedClock(party=row.party, until=row.due_at)
        elif row.name == case.due_name and row.due_at == case.due_at:
            found[case.pk] = ListedClock(warn_at=_warn_at(playbook, row))
    return found


def _running(cases: Iterable[int]) -> list[Running]:
    """The clocks of these cases that run to a moment, what is due first in front."""
    found = prepared.among(
        "running clocks", cases,
        lambda places: Deadline.objects.filter(case_id__in=places, ended_at=None, due_at__isnull=False)
        .order_by("due_at", "key")
        .values_list(*Running._fields),
    )  # fmt: skip
    return [Running._make(row) for row in found]


def _warn_at(playbook: Playbook, row: Running) -> datetime | None:
    """The declared warning, else when a fifth of the time is left: as `clock_views` says it on the case page."""
    clock = Clock(row.key, row.name, cast(ClockKind, row.kind), 1, row.started_at, row.due_at, parties=(row.party,))
    plan = timing.plan_of(playbook, clock)
    if not plan.warn:
        return row.due_at - (row.due_at - row.started_at) / 5
    calendar = calendars.calendar(plan.limit.calendar or playbook.calendar)
    return offset(row.due_at, plan.warn[0].before, -1, _runs_on_working_time(playbook, plan.limit), calendar).at


def _runs_on_working_time(playbook: Playbook, limit: Limit) -> bool:
    """Whether clocks of this limit count working time; a table's durations are all of one kind."""
    within: object = limit.within
    if isinstance(within, FromTable):
        within = calendars.table(playbook.key, within.table) or playbook.tables.get(within.table)
    while isinstance(within, Mapping) and within:
        within = next(iter(within.values()))
    if isinstance(within, str):
        within = parse_duration(within)
    return limit.clock == "working_time" or (isinstance(within, Duration) and runs_on_working_time(within))
