"""How a clock starts, stops and what it will do by itself: due moments, pauses, holds and steps.

A clock counts from `started`; the closed intervals in which it was paused or held are left out. While one is
open it has no due moment at all. See docs/playbooks.md, "Time" and "Pause".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast

from tuoshan.core.case import Clock, ClockKind, Interval
from tuoshan.core.conditions import MissingFact
from tuoshan.core.durations import Duration, due_moment, offset, on_working_clock, parse_duration
from tuoshan.core.playbook import FromTable, LateStep, Limit, WarnStep
from tuoshan.core.scope import CaseScope
from tuoshan.core.worktime import WorkCalendar

WORKING_UNITS = frozenset({"working_days", "working_hours", "working_minutes"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a limit does on its way, whatever kind of thing declared it."""

    kind: ClockKind
    name: str
    limit: Limit
    warn: tuple[WarnStep, ...] = ()
    late: tuple[LateStep, ...] = ()
    otherwise: str = ""
    pauses: tuple[str, ...] = ()
    runs_while: tuple[str, ...] = ()
    order: int = 0
    remind: str = ""
    told: tuple[tuple[Duration | None, tuple[str, ...]], ...] = field(init=False, repr=False, compare=False)
    """`late` as it goes off: parties told at the same moment are told in one step."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "told", together(self.late))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a clock does by itself: warn, tell somebody that it is late, or act (`else`)."""

    at: datetime
    order: tuple[int, int]
    clock: str
    name: str
    parties: tuple[str, ...] = ()


def duration_of(limit: Limit, scope: CaseScope) -> Duration:
    """The limit's duration as it stands now. Raises MissingFact when a table's key is not known."""
    within = limit.within
    if isinstance(within, FromTable):
        keys = tuple(scope.needed(name) for name in within.of)
        within = duration_from(scope.table(within.table, keys), within.table)
    if within is None:
        raise ValueError("a limit without duration")
    return on_working_clock(within) if limit.clock == "working_time" else within


def duration_from(value: object, table: str) -> Duration:
    if isinstance(value, Duration):
        return value
    if isinstance(value, str):
        return parse_duration(value)
    raise ValueError(f"table {table} gives {value!r} where a duration is needed")


def moment_of(limit: Limit, scope: CaseScope) -> datetime:
    """Where `at` lies now; a date means the end of that local day. Raises MissingFact."""
    assert limit.at is not None
    value = limit.at.evaluate(scope)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, date):
        return scope.end_of_day(value)
    raise MissingFact(limit.at.text)


def start_clock(
    plan: Plan,
    key: str,
    run: int,
    parties: tuple[str, ...],
    now: datetime,
    scope: CaseScope,
    calendar: WorkCalendar,
) -> Clock:
    """A fresh clock. Its duration is frozen here; a moment in the past is due now, never backdated."""
    if plan.limit.at is not None:
        fixed = max(moment_of(plan.limit, scope), now)
        return Clock(
            key, plan.name, plan.kind, run, now, fixed, fixed=fixed, parties=parties, calendar=calendar.version
        )
    duration = duration_of(plan.limit, scope)
    found = due_moment(now, duration, calendar)
    return Clock(
        key, plan.name, plan.kind, run, now, found.at, str(duration.amount), duration.unit,
        working=duration.unit in WORKING_UNITS, parties=parties, calendar=calendar.version,
        provisional=found.provisional,
    )  # fmt: skip


def frozen_duration(clock: Clock) -> Duration:
    return parse_duration(f"{clock.amount} {clock.unit}")


def reckon(clock: Clock, calendar: WorkCalendar) -> Clock:
    """The clock with its due moment reckoned anew on this calendar; None while an interval is open."""
    return _reckoned(clock, clock.paused, clock.held, calendar)


def _reckoned(
    clock: Clock, paused: tuple[Interval, ...], held: tuple[Interval, ...], calendar: WorkCalendar
) -> Clock:
    """The same for a clock that stood still in these intervals."""
    due, provisional = None, clock.provisional
    if not (_open(paused) or _open(held)):
        due, provisional = _due(clock, paused, held, calendar)
    return replace(
        clock, due=due, provisional=provisional, paused=paused, held=held, calendar=calendar.version
    )  # fmt: skip


def _due(
    clock: Clock, paused: tuple[Interval, ...], held: tuple[Interval, ...], calendar: WorkCalendar
) -> tuple[datetime, bool]:
    """When the clock is due, given its closed intervals, and whether that is provisional."""
    if clock.fixed is not None:
        shifts = cast(tuple[tuple[datetime, datetime], ...], held)
        return sum((end - start for start, end in shifts), timedelta()) + clock.fixed, clock.provisional
    stopped = cast(tuple[tuple[datetime, datetime], ...], tuple(sorted(paused + held)))
    found = due_moment(clock.started, frozen_duration(clock), calendar, stopped)
    return max(found.at, clock.not_before or found.at), found.provisional


def _open(intervals: tuple[Interval, ...]) -> bool:
    return bool(intervals) and intervals[-1][1] is None


def set_stopped(clock: Clock, *, paused: bool, held: bool, now: datetime, calendar: WorkCalendar) -> Clock:
    """Open and close intervals so that the clock is held, else paused, else runs. Nothing else stops a clock."""
    pauses = _interval(clock.paused, paused and not held and clock.fixed is None, now)
    holds = _interval(clock.held, held, now)
    if pauses is clock.paused and holds is clock.held:
        return clock
    return _reckoned(clock, pauses, holds, calendar)


def _interval(intervals: tuple[Interval, ...], wanted: bool, now: datetime) -> tuple[Interval, ...]:
    if wanted == _open(intervals):
        return intervals
    if wanted:
        return (*intervals, (now, None))
    start = intervals[-1][0]
    return (*intervals[:-1], (start, now)) if start < now else intervals[:-1]


def end_clock(
    clock: Clock, now: datetime, calendar: WorkCalendar, *, met: bool, happened: datetime | None = None
) -> Clock:
    """The clock at its end: kept or late when what it waited for came, stopped when something else ended it."""
    closed = _reckoned(
        clock, _interval(clock.paused, False, now), _interval(clock.held, False, now), calendar
    )
    due = closed.due
    assert due is not None
    in_time = (happened or now) <= due
    outcome = ("kept" if in_time else "late") if met else ("stopped" if now <= due else "late")
    recorded_late = met and in_time and now > due
    return replace(closed, last_due=due, ended=now, outcome=outcome, recorded_late=recorded_late)


def steps(clock: Clock, plan: Plan, calendar: WorkCalendar) -> list[Step]:
    """What this clock does next by itself, each with its moment; none while it is stopped.

    Lateness told some time after the due moment is reckoned only once nothing that cannot be held back goes
    off before it: most clocks end before they are due.
    """
    if clock.ended is not None or clock.due is None:
        return []
    working = clock.working or plan.limit.clock == "working_time"
    stopped = cast(tuple[tuple[datetime, datetime], ...], tuple(sorted(clock.paused + clock.held)))
    if clock.fixed is not None:
        stopped = ()
    left: list[Step] = []

    def add(number: int, at: datetime, name: str, parties: tuple[str, ...] = ()) -> None:
        left.append(Step(at, (plan.order, number), clock.key, name, parties))

    for number, warning in enumerate(plan.warn):
        if f"warn{number}" not in clock.fired:
            at = offset(clock.due, warning.before, -1, working, calendar, stopped).at
            if at > clock.started:
                add(number, at, f"warn{number}", (warning.party,) if warning.party else ())
    late = [(number, *step) for number, step in enumerate(plan.told) if f"late{number}" not in clock.fired]
    for number, after, parties in late:
        if after is None:
            add(len(plan.warn) + number, clock.due, f"late{number}", parties)
    if not left:
        for number, after, parties in late:
            if after is not None:
                at = offset(clock.due, after, +1, working, calendar, stopped).at
                add(len(plan.warn) + number, at, f"late{number}", parties)
    if plan.otherwise and "else" not in clock.fired:
        add(len(plan.warn) + len(plan.told), clock.due, "else")
    return left


def together(late: tuple[LateStep, ...]) -> tuple[tuple[Duration | None, tuple[str, ...]], ...]:
    """Parties told at the same moment are told in one step."""
    told: dict[Duration | None, tuple[str, ...]] = {}
    for step in late:
        told[step.after] = (*told.get(step.after, ()), step.party)
    return tuple(told.items())


def rearm(clock: Clock, fixed: datetime, now: datetime, calendar: WorkCalendar) -> Clock:
    """`at` given anew: into the past means due now; moved ahead after it fired arms it again."""
    moved = reckon(replace(clock, fixed=max(fixed, now)), calendar)
    ahead = moved.due is not None and moved.due > now
    return replace(moved, fired=()) if ahead and clock.fired else moved
