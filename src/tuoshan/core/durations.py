"""Durations of deadlines: how they are written, when they fall due, and why.

Units and their meaning:

- `seconds minutes hours days`: elapsed time to the second; 7 days are 168 hours (the platforms' way).
- `calendar_days`: the start day is not counted; ends at 24:00 of the last day; a last day that is not a
  working day moves to the next one (the law's way, 民法典 200-203).
- `working_days`: the start day is not counted; ends at the close of business of the n-th working day.
- `working_hours working_minutes working_seconds`: run inside working time only.

In time means now <= due. A pause counts if it began in time, and a limit never expires inside such a pause:

- elapsed: the length of the pause is added;
- working hours: the working time outside pauses equals the amount;
- working days: the working time inside pauses is added, then the limit ends at the next close of business;
- calendar days: the length of the pauses is added to the unmoved end, then the limit ends with that day,
  moved to a working day.

Complexity: linear in the days passed and in the number of pauses; `due_moment` makes no explanation.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, Self, cast, get_args

from tuoshan.core.explanations import Language, Step, Trail, amount_in_words, explain
from tuoshan.core.number_text import number_text
from tuoshan.core.worktime import Moment, WorkCalendar

__all__ = [
    "Account", "Due", "Duration", "DurationError", "Interval", "Step", "Unit", "due", "due_moment",
    "elapsed_account", "explain", "offset", "on_working_clock", "parse_duration", "runs_on_working_time",
]  # fmt: skip

Unit = Literal[
    "seconds", "minutes", "hours", "days", "calendar_days", "working_days", "working_hours",
    "working_minutes", "working_seconds",
]  # fmt: skip
Interval = tuple[datetime, datetime]

UNITS: tuple[Unit, ...] = get_args(Unit)
_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta()
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_SIZE = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_WHOLE = ("calendar_days", "working_days")
_LONGEST_SECONDS = 3660 * 86400
_WORKING: dict[Unit, Unit] = {
    "seconds": "working_seconds",
    "minutes": "working_minutes",
    "hours": "working_hours",
    "days": "working_days",
}
_TEXT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)[ _]*([a-z]+(?:[ _][a-z]+)?)")


class DurationError(ValueError):
    """A duration that cannot be understood or makes no sense; the message names it."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A positive amount of a unit, exact to the microsecond; never a float.

    Calendar days and working days are whole numbers. Raises DurationError otherwise, and for more than
    ten years.
    """

    amount: int | Decimal
    unit: Unit

    def __post_init__(self) -> None:
        amount = self.amount
        if self.unit not in UNITS:
            raise DurationError(f"'{amount} {self.unit}': unknown unit; one of {', '.join(UNITS)}.")
        if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
            raise DurationError(f"'{amount} {self.unit}': the amount must be an int or a Decimal.")
        if isinstance(amount, Decimal):
            if not amount.is_finite() or amount > _LONGEST_SECONDS:
                raise DurationError(f"'{amount} {self.unit}': the amount is not a number of sensible size.")
            if amount == amount.to_integral_value():
                object.__setattr__(self, "amount", int(amount))
        if self.amount <= 0:
            raise DurationError(f"'{self}': a duration must be longer than nothing.")
        if self.unit in _WHOLE and not isinstance(self.amount, int):
            raise DurationError(f"'{self}': {self.unit} are counted in whole days.")
        seconds = Fraction(self.amount) * _SIZE[self._plain_unit]
        if seconds > _LONGEST_SECONDS:
            raise DurationError(f"'{self}': longer than ten years.")
        if (seconds * 1_000_000).denominator != 1:
            raise DurationError(f"'{self}': finer than a microsecond.")

    @property
    def _plain_unit(self) -> str:
        return self.unit.removeprefix("working_").removeprefix("calendar_")

    @property
    def length(self) -> timedelta:
        """The amount as time: elapsed time, or working time for the working units. Whole days are 24 h."""
        return _length(self.amount, self._plain_unit)

    @property
    def amount_text(self) -> str:
        """The amount in plain decimal digits."""
        return str(self.amount) if isinstance(self.amount, int) else number_text(self.amount)

    def __str__(self) -> str:
        """The text that `parse_duration` reads back."""
        return f"{self.amount_text} {self.unit}"

    def words(self, language: Language) -> str:
        """For people: `5 个工作日`, `5 working days`."""
        return amount_in_words(self.amount_text, self.unit, language)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `24 hours`, `1 day`, `5 working_days`, `2.5 hours`. Raises DurationError naming the text."""
        match = _TEXT.fullmatch(text.strip().lower())
        if match is None:
            raise DurationError(f"'{text}' is no duration; write an amount and a unit, like 24 hours.")
        unit = match[2].replace(" ", "_")
        unit = unit if unit.endswith("s") else unit + "s"
        if unit not in UNITS:
            raise DurationError(f"'{text}': unknown unit '{match[2]}'; one of {', '.join(UNITS)}.")
        try:
            return cls(Decimal(match[1]), cast(Unit, unit))
        except DurationError as error:
            raise DurationError(f"'{text}' is no duration: {error}") from None


@lru_cache(maxsize=1024)
def _length(amount: int | Decimal, unit: str) -> timedelta:
    return timedelta(microseconds=int(Fraction(amount) * _SIZE[unit] * 1_000_000))


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration:
    """`Duration.parse` as a function."""
    return Duration.parse(text)


@lru_cache(maxsize=1024)
def on_working_clock(duration: Duration) -> Duration:
    """What a duration means where the clock is the working time of a calendar.

    Plain hours, minutes and seconds become working ones, days become working days; units that already say
    what they are stay. Raises DurationError for a part of a day, which has no working-day meaning.
    """
    return Duration(duration.amount, _WORKING.get(duration.unit, duration.unit))


def runs_on_working_time(duration: Duration) -> bool:
    """Whether a deadline of this duration runs in working time, so that `1 day before` is a working day."""
    return duration.unit.startswith("working_")


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment in UTC, whether it is provisional, and the steps that lead to it."""

    at: datetime
    provisional: bool
    steps: tuple[Step, ...]


def _merged(
    intervals: tuple[Interval, ...], earliest: datetime, latest: datetime | None = None
) -> list[Interval]:
    """The intervals clipped to [earliest, latest], in order, overlapping ones joined, empty ones dropped."""
    if not intervals:
        return []
    clipped: list[Interval] = []
    for begin, end in intervals:
        if end < begin:
            raise DurationError(f"An interval ends at {end} before it begins at {begin}.")
        begin, end = max(begin, earliest), end if latest is None else min(end, latest)
        if begin < end:
            clipped.append((begin, end))
    joined: list[Interval] = []
    for begin, end in sorted(clipped):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def due(
    start: datetime, duration: Duration, calendar: WorkCalendar, paused: tuple[Interval, ...] = ()
) -> Due:
    """When a limit that starts at `start` falls due, given its closed pauses, and why.

    Never before start; a further pause never makes it earlier. Raises CalendarError when the calendar
    reaches no answer, DurationError for a pause that ends before it begins.
    """
    trail = Trail(silent=False)
    at, provisional = _due(start, duration, calendar, paused, trail)
    return Due(at, provisional, tuple(trail.steps))


def due_moment(
    start: datetime, duration: Duration, calendar: WorkCalendar, paused: tuple[Interval, ...] = ()
) -> Moment:
    """The same moment as `due`, without the explanation: for the places where speed counts."""
    return _due(start, duration, calendar, paused, Trail(silent=True))


def _due(
    start: datetime, duration: Duration, calendar: WorkCalendar, paused: tuple[Interval, ...], trail: Trail
) -> Moment:
    start = calendar.in_utc(start)
    trail.add(
        "started", at=start, timezone=calendar.timezone, calendar=calendar.name,
        calendar_version=calendar.version,
    )  # fmt: skip
    count = _COUNT.get(duration.unit, _working_time_due)
    at, provisional = count(start, duration, calendar, _merged(paused, start), trail)
    ends_day = int(duration.unit == "calendar_days")
    if provisional and not trail.silent:
        last = calendar.local_day(at - _MICROSECOND)
        years = range(calendar.local_day(start).year, last.year + 1)
        unknown = [year for year in years if not calendar.is_official(date(year, 1, 1))]
        trail.add("provisional", years=", ".join(map(str, unknown)))
    trail.add("due", at=at, ends_day=ends_day)
    return Moment(at, provisional)


def _adds(trail: Trail, duration: Duration, moved: timedelta, reached: datetime) -> None:
    ends_day = int(duration.unit == "calendar_days")
    trail.add(
        "adds", moved, amount=duration.amount_text, unit=duration.unit, reached=reached, ends_day=ends_day
    )


def _elapsed_due(
    start: datetime, duration: Duration, calendar: WorkCalendar, pauses: list[Interval], trail: Trail
) -> Moment:
    at = start + duration.length
    _adds(trail, duration, duration.length, at)
    for begin, end in pauses:
        moved = end - begin if begin <= at else _ZERO
        trail.pause((begin, end), moved, moved, begin <= at)
        at += moved
    return Moment(at, False)


def _working_time_due(
    start: datetime, duration: Duration, calendar: WorkCalendar, pauses: list[Interval], trail: Trail
) -> Moment:
    amount = duration.length
    at, provisional = first_at, _ = calendar.add_work(start, amount)
    counted = [_ZERO] * len(pauses)
    for n, (begin, end) in enumerate(pauses):
        if begin > at:
            break
        counted[n] = calendar.work_between(begin, end)
        at, more = calendar.add_work(end, calendar.work_between(begin, at))
        provisional = provisional or more
    if not trail.silent:
        _adds(trail, duration, amount, first_at)
        trail.days_passed(calendar, calendar.local_day(start), calendar.local_day(at - _MICROSECOND))
        closed = at - start - amount - sum(counted, _ZERO)
        if closed:
            trail.add("outside_hours", closed)
        for pause, inside in zip(pauses, counted, strict=True):
            trail.pause(pause, inside, inside, pause[0] <= at)
    return Moment(at, provisional)


def _working_days_due(
    start: datetime, duration: Duration, calendar: WorkCalendar, pauses: list[Interval], trail: Trail
) -> Moment:
    start_day = calendar.local_day(start)
    nth = calendar.nth_working_day(start_day, int(duration.amount))
    at, provisional = calendar.close_of_business(nth.day), nth.provisional
    _adds(trail, duration, at - start, at)
    ends = at
    told: list[tuple[Interval, timedelta, timedelta, bool]] = []
    for begin, end in pauses:
        if begin > ends:
            told.append(((begin, end), _ZERO, _ZERO, False))
            continue
        inside = calendar.work_between(begin, end)
        moved_to, more = calendar.add_work(at, inside)
        ends, rounded = calendar.close_at_or_after(moved_to)
        if ends < end:  # the pause began in the hours won by rounding up: no expiry inside it
            moved_to = end
            ends, rounded = calendar.close_at_or_after(end)
        told.append(((begin, end), moved_to - at, inside, True))
        at, provisional = moved_to, provisional or more or rounded
    if not trail.silent:
        trail.days_passed(calendar, start_day + timedelta(days=1), calendar.local_day(ends - _MICROSECOND))
        for pause, moved, inside, in_time in told:
            trail.pause(pause, moved, inside, in_time)
        if ends != at:
            trail.add("rounds_up", ends - at, reached=ends)
    return Moment(ends, provisional)


def _calendar_days_due(
    start: datetime, duration: Duration, calendar: WorkCalendar, pauses: list[Interval], trail: Trail
) -> Moment:
    def ending(moment: datetime) -> tuple[date, Moment]:
        last = calendar.local_day(calendar.end_of_day_at_or_after(moment) - _MICROSECOND)
        return last, calendar.calendar_days_end(last, 0)

    at = calendar.end_of_day(calendar.local_day(start) + timedelta(days=int(duration.amount)))
    _adds(trail, duration, at - start, at)
    last, ends = ending(at)
    for begin, end in pauses:
        if begin > ends.at:
            trail.pause((begin, end), _ZERO, _ZERO, False)
            continue
        moved_to = at + (end - begin)
        last, ends = ending(moved_to)
        if ends.at < end:  # the pause began in the days won by the move: no expiry inside it
            moved_to = end
            last, ends = ending(end)
        trail.pause((begin, end), moved_to - at, end - begin, True)
        at = moved_to
    if not trail.silent:
        midnight = calendar.end_of_day(last)
        if midnight != at:
            trail.add("rounds_up", midnight - at, reached=midnight, ends_day=1)
        if ends.at != midnight:
            to_day = calendar.local_day(ends.at - _MICROSECOND)
            trail.days_passed(calendar, last, to_day, make_up=False)
            trail.add("moves_to_working_day", ends.at - midnight, from_day=last, to_day=to_day)
    return ends


_Count = Callable[[datetime, Duration, WorkCalendar, list[Interval], Trail], Moment]
_COUNT: dict[str, _Count] = {
    **dict.fromkeys(_SIZE, _elapsed_due),
    "working_days": _working_days_due,
    "calendar_days": _calendar_days_due,
}


def offset(
    due: datetime, duration: Duration, sign: Literal[-1, 1], working: bool, calendar: WorkCalendar,
    paused: tuple[Interval, ...] = (),
) -> Moment:  # fmt: skip
    """The moment so long before (sign -1) or after (sign 1) a due moment, on the deadline's own clock.

    `working` says that the deadline runs in working time: plain units then mean working ones. Working days
    and calendar days keep the time of day (working days within opening hours). Pauses of the deadline are
    left out of the count on both sides of the due moment: a warning stays where it was when a pause began
    after it.
    """
    if working:
        duration = on_working_clock(duration)
    working = runs_on_working_time(duration)
    due = calendar.in_utc(due)
    if duration.unit in _WHOLE:
        at, provisional = calendar.shifted_days(due, sign * int(duration.amount), working=working)
    elif working:
        at, provisional = calendar.add_work(due, sign * duration.length)
    else:
        at, provisional = due + sign * duration.length, False
    pauses = _merged(paused, due) if sign > 0 else _merged(paused, _BEGINNING, due)[::-1]
    for begin, end in pauses:
        if begin > at if sign > 0 else end < at:
            break
        if working:
            at, more = calendar.add_work(at, sign * calendar.work_between(begin, end))
            provisional = provisional or more
        else:
            at += sign * (end - begin)
    return Moment(at, provisional)


class Account(NamedTuple):
    """Where the wall time of a clock went; the three always sum to it."""

    elapsed: timedelta
    paused: timedelta
    held: timedelta


def elapsed_account(
    start: datetime, end: datetime, paused: tuple[Interval, ...] = (), held: tuple[Interval, ...] = ()
) -> Account:
    """Split the wall time from start to end: elapsed + paused + held = end - start, exactly.

    Time that is both held and paused counts as held, because a hold freezes everything beneath it.
    Intervals are clipped to the clock's life. Raises DurationError if the end lies before the start.
    """
    if end < start:
        raise DurationError(f"A clock cannot end at {end} before it starts at {start}.")
    frozen = _merged(held, start, end)
    stopped = _merged((*paused, *frozen), start, end)
    held_for = sum((to - begin for begin, to in frozen), _ZERO)
    stopped_for = sum((to - begin for begin, to in stopped), _ZERO)
    return Account(end - start - stopped_for, stopped_for - held_for, held_for)
