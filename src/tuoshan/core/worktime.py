"""Working time: which days and hours a house works, and how long a stretch of work takes.

A `WorkCalendar` answers in UTC and thinks in local days. Times inside are whole microseconds, so that
adding work and measuring it are exact inverses. Rule: a Chinese year is *official* once the State Council's
notice for it is in the calendar; an answer that had to look at a day of another year is `provisional` and
must be computed again when that notice is installed (a notice may also name a last December day of the
year before; such a day counts as official until then).

Complexity: one look-up per day passed (60 working days: counting them about 30 µs, adding their hours 0.1 ms)
and nothing kept between calls; at most `MAX_DAYS` days are looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tuoshan.core.official_days import load_official_days

Shift = tuple[time, time]
Shifts = tuple[Shift, ...]

MAX_DAYS = 3660
"""No computation looks further than this many days (ten years)."""
MOST_REMEMBERED = 20_000
"""So many days a calendar remembers the working day that follows them."""

_DAY = 86_400_000_000
_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta()
_Spans = tuple[tuple[int, int], ...]


class CalendarError(ValueError):
    """A calendar that makes no sense, or a question it cannot answer (no working day for ten years)."""


class Moment(NamedTuple):
    """A UTC moment, and whether it rests on a year whose holidays are not published yet."""

    at: datetime
    provisional: bool


class DayReached(NamedTuple):
    """A local day, and whether it rests on a year whose holidays are not published yet."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class DayOverride:
    """What one date works instead of its weekday's shifts; no shifts means a day off."""

    shifts: Shifts = ()
    name_zh: str = ""
    name_en: str = ""


def parse_shifts(text: str) -> Shifts:
    """Read `09:00-12:00, 13:30-18:00`; an empty text is a day off; `24:00` ends at midnight.

    Raises CalendarError naming the part that is not understood.
    """
    shifts: list[Shift] = []
    for part in filter(None, (piece.strip() for piece in text.replace("，", ",").split(","))):
        start, separator, end = part.partition("-")
        try:
            if not separator:
                raise ValueError(part)
            close = "00:00" if end.strip() == "24:00" else end.strip()
            shifts.append((time.fromisoformat(start.strip()), time.fromisoformat(close)))
        except ValueError:
            raise CalendarError(f"'{part}' is no shift; write it like 09:00-12:00.") from None
    _local_spans(tuple(shifts), text)
    return tuple(shifts)


def _microseconds(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _local_spans(shifts: Shifts, where: object) -> _Spans:
    """Shifts as microseconds of the local day, checked: in order, apart, none over midnight."""
    spans: list[tuple[int, int]] = []
    for start, end in shifts:
        if start.tzinfo is not None or end.tzinfo is not None:
            raise CalendarError(f"{where}: shifts are local times without a zone.")
        begin, finish = _microseconds(start), _microseconds(end) or _DAY
        if begin == finish:
            raise CalendarError(f"{where}: the shift {start:%H:%M}-{end:%H:%M} is empty.")
        if begin > finish:
            raise CalendarError(
                f"{where}: the shift {start:%H:%M}-{end:%H:%M} runs over midnight; "
                "end it at 00:00 and begin the rest on the next day."
            )
        if spans and begin < spans[-1][1]:
            raise CalendarError(f"{where}: shifts must follow one another without overlapping.")
        spans.append((begin, finish))
    return tuple(spans)


@dataclass(frozen=True)
class WorkCalendar:
    """The working hours of a house.

    `weekly` holds the shifts of Monday to Sunday as (start, end) local times; an end of 00:00 is the
    midnight that closes the day. `overrides` replaces single dates. `official_years` are the years whose
    holidays are known; None means that the house follows no notice, so nothing is ever provisional. In
    other years the month-days of `guessed_holidays` are taken as days off. Raises CalendarError for a
    shift over midnight, overlapping shifts, or an unknown zone.
    """

    name: str
    version: str
    weekly: tuple[Shifts, ...]
    timezone: str = "Asia/Shanghai"
    overrides: Mapping[date, DayOverride] = field(default_factory=dict, hash=False)
    official_years: frozenset[int] | None = None
    guessed_holidays: frozenset[tuple[int, int]] = frozenset()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _week: tuple[_Spans, ...] = field(init=False, repr=False, compare=False)
    _special: dict[int, _Spans] = field(init=False, repr=False, compare=False)
    _worked_from: dict[date, DayReached] = field(init=False, repr=False, compare=False, default_factory=dict)
    """The working days found before."""

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise CalendarError(f"{self.name}: a week has seven days of shifts, not {len(self.weekly)}.")
        try:
            zone = ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise CalendarError(f"{self.name}: unknown time zone '{self.timezone}'.") from None
        where = f"the week of {self.name}"
        object.__setattr__(self, "overrides", dict(self.overrides))
        object.__setattr__(self, "_zone", zone)
        object.__setattr__(self, "_week", tuple(_local_spans(shifts, where) for shifts in self.weekly))
        special = {day.toordinal(): _local_spans(o.shifts, day) for day, o in self.overrides.items()}
        object.__setattr__(self, "_special", special)

    # Days

    def shifts_on(self, day: date) -> Shifts:
        """The (start, end) local times worked on this date; empty on a day off."""
        override = self.overrides.get(day)
        if override is not None:
            return override.shifts
        return () if self.is_guessed_holiday(day) else self.weekly[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Whether any work is done on this date."""
        return bool(self._spans_of_day(day.toordinal()))

    def is_holiday(self, day: date) -> bool:
        """Whether this date is a rest day: a public holiday or an ordinary weekend, not a working day."""
        return not self.is_working_day(day)

    def is_guessed_holiday(self, day: date) -> bool:
        """Whether the day is taken as off only because no notice for its year is known yet."""
        if not self.guessed_holidays or self.is_official(day) or day in self.overrides:
            return False
        return (day.month, day.day) in self.guessed_holidays

    def is_official(self, day: date) -> bool:
        """Whether the holidays of this date's year are known for certain."""
        return self.official_years is None or day.year in self.official_years

    def in_utc(self, at: datetime) -> datetime:
        """The same moment in UTC. Raises CalendarError for a moment without a zone."""
        return self._moment(self._from(at))

    def local_day(self, at: datetime) -> date:
        """The local date of a UTC moment; midnight belongs to the day that begins."""
        return date.fromordinal(self._local_ordinal(self._from(at)))

    def end_of_day(self, day: date) -> datetime:
        """24:00 of the local day as UTC: exactly the midnight with which the next day begins."""
        return self._moment(self._utc(day.toordinal() + 1, 0))

    def close_of_business(self, day: date) -> datetime:
        """The UTC end of the day's last shift. Raises CalendarError on a day off."""
        spans = self._spans(day.toordinal())
        if not spans:
            raise CalendarError(f"{day} is no working day in the calendar '{self.name}'.")
        return self._moment(spans[-1][1])

    def next_working_day(self, day: date) -> DayReached:
        """The day itself if it is worked, else the first working day after it."""
        found = self._worked_from.get(day)
        if found is None:
            if len(self._worked_from) >= MOST_REMEMBERED:
                self._worked_from.clear()
            found = self._worked_from[day] = self._first_worked(day.toordinal())
        return found

    def _first_worked(self, first: int) -> DayReached:
        for ordinal in self._scan(first, 1):
            if self._spans_of_day(ordinal):
                return DayReached(date.fromordinal(ordinal), self._is_provisional(first, ordinal))
        raise self._endless()

    def nth_working_day(self, start_date: date, n: int) -> DayReached:
        """The n-th working day after the start day (which is not counted); before it if n < 0.

        n = 0 gives the start day, or the first working day after it.
        """
        if n == 0:
            return self.next_working_day(start_date)
        direction, left = (1, n) if n > 0 else (-1, -n)
        first = start_date.toordinal() + direction
        for ordinal in self._scan(first, direction):
            if self._spans_of_day(ordinal):
                left -= 1
                if not left:
                    return DayReached(date.fromordinal(ordinal), self._is_provisional(first, ordinal))
        raise self._endless()

    def calendar_days_end(self, start_date: date, n: int) -> Moment:
        """The end of n calendar days by the law's count: the moment until which one is in time.

        The start day is not counted; the period ends at 24:00 of its last day, which is the next local
        midnight exactly (in time means now <= that moment). A last day that is not worked, weekends
        included, moves to the next working day. Source: 民法典 200-203.
        """
        if n < 0:
            raise CalendarError(f"A period of {n} days runs backwards.")
        last = self.next_working_day(start_date + timedelta(days=n))
        return Moment(self.end_of_day(last.day), last.provisional)

    def close_at_or_after(self, at: datetime) -> Moment:
        """The first close of business that is not before the moment."""
        moment = self._from(at)
        first = self._local_ordinal(moment)
        before = self._spans(first - 1)
        if before and before[-1][1] >= moment:  # at is the very midnight that closed the day before
            return Moment(self._moment(before[-1][1]), self._is_provisional(first - 1, first - 1))
        for ordinal in self._scan(first, 1):
            spans = self._spans(ordinal)
            if spans and spans[-1][1] >= moment:
                return Moment(self._moment(spans[-1][1]), self._is_provisional(first, ordinal))
        raise self._endless()

    def end_of_day_at_or_after(self, at: datetime) -> datetime:
        """The first local midnight that is not before the moment."""
        moment = self._from(at)
        day = self._local_ordinal(moment)
        return self._moment(moment if self._utc(day, 0) == moment else self._utc(day + 1, 0))

    def shifted_days(self, at: datetime, n: int, *, working: bool) -> Moment:
        """The same local time of day n days later (earlier if n < 0), in working days or calendar days.

        In working days the time of day is kept inside the opening hours of the day reached.
        """
        moment = self._from(at)
        ordinal = self._local_ordinal(moment)
        before = self._spans(ordinal - 1)
        if working and before and before[-1][1] == moment:
            ordinal -= 1  # a close of business at 24:00 belongs to the day that it closes
        of_day = moment - self._utc(ordinal, 0)
        if not working:
            return Moment(self._moment(self._utc(ordinal + n, of_day)), False)
        reached = self.nth_working_day(date.fromordinal(ordinal), n)
        spans = self._spans(reached.day.toordinal())
        target = self._utc(reached.day.toordinal(), of_day)
        return Moment(self._moment(max(spans[0][0], min(target, spans[-1][1]))), reached.provisional)

    # Hours

    def work_between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from a to b; negative if b is before a."""
        start, end = self._from(a), self._from(b)
        if end < start:
            return -self.work_between(b, a)
        first, last = self._local_ordinal(start), self._local_ordinal(end)
        if last - first > MAX_DAYS:
            raise self._endless()
        total = 0
        for ordinal in range(first, last + 1):
            spans = self._spans(ordinal)
            if first < ordinal < last:
                total += sum(finish - begin for begin, finish in spans)
            else:
                total += sum(max(0, min(finish, end) - max(begin, start)) for begin, finish in spans)
        return timedelta(microseconds=total)

    def add_work(self, start: datetime, amount: timedelta) -> Moment:
        """The first moment by which `amount` of working time has passed since start.

        A negative amount goes back to the last moment from which that much work remains until start;
        zero gives start itself, also outside working time.
        """
        moment, left = self._from(start), amount // _MICROSECOND
        if not left:
            return Moment(self._moment(moment), False)
        first = self._local_ordinal(moment)
        forward = left > 0
        for ordinal in self._scan(first, 1 if forward else -1):
            spans = self._spans(ordinal)
            if forward:
                for begin, finish in spans:
                    begin = max(begin, moment)
                    if left <= finish - begin:
                        return Moment(self._moment(begin + left), self._is_provisional(first, ordinal))
                    left -= max(0, finish - begin)
            else:
                for begin, finish in reversed(spans):
                    finish = min(finish, moment)
                    if -left <= finish - begin:
                        return Moment(self._moment(finish + left), self._is_provisional(first, ordinal))
                    left += max(0, finish - begin)
        raise self._endless()

    # Inside: local days are ordinals, moments are microseconds since the year 1 in UTC

    def _spans_of_day(self, ordinal: int) -> _Spans:
        special = self._special.get(ordinal)
        if special is not None:
            return special
        spans = self._week[(ordinal + 6) % 7]
        if spans and self.guessed_holidays and self.is_guessed_holiday(date.fromordinal(ordinal)):
            return ()
        return spans

    def _spans(self, ordinal: int) -> _Spans:
        """The day's shifts in UTC; when clocks change that day, each time is converted on its own."""
        local = self._spans_of_day(ordinal)
        if not local:
            return local
        offset = self._zone.utcoffset(datetime.fromordinal(ordinal)) or _ZERO
        if offset == (self._zone.utcoffset(datetime.fromordinal(ordinal + 1)) or _ZERO):
            base = (ordinal - 1) * _DAY - offset // _MICROSECOND
            return tuple([(base + begin, base + finish) for begin, finish in local])
        spans: list[tuple[int, int]] = []
        for begin, finish in local:
            start = max(self._utc(ordinal, begin), spans[-1][1] if spans else 0)
            spans.append((start, max(start, self._utc(ordinal, finish))))
        return tuple(spans)

    def _utc(self, ordinal: int, of_day: int) -> int:
        local = datetime.fromordinal(ordinal) + timedelta(microseconds=of_day)
        return (ordinal - 1) * _DAY + of_day - (self._zone.utcoffset(local) or _ZERO) // _MICROSECOND

    def _local_ordinal(self, moment: int) -> int:
        return (_ORIGIN + timedelta(microseconds=moment)).astimezone(self._zone).toordinal()

    def _from(self, at: datetime) -> int:
        if at.tzinfo is None:
            raise CalendarError(f"{at} has no time zone; moments are UTC.")
        return (at - _ORIGIN) // _MICROSECOND

    @staticmethod
    def _moment(moment: int) -> datetime:
        return _ORIGIN + timedelta(microseconds=moment)

    def _scan(self, first: int, direction: int) -> Iterator[int]:
        return iter(range(first, first + direction * MAX_DAYS, direction))

    def _is_provisional(self, one: int, other: int) -> bool:
        if self.official_years is None:
            return False
        first, last = date.fromordinal(min(one, other)).year, date.fromordinal(max(one, other)).year
        return any(year not in self.official_years for year in range(first, last + 1))

    def _endless(self) -> CalendarError:
        return CalendarError(f"The calendar '{self.name}' gives no answer within {MAX_DAYS} days.")


OFFICE_SHIFTS: Shifts = ((time(9), time(12)), (time(13, 30), time(18)))
_GUESSED = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})


def chinese_calendar(
    name: str, weekly: tuple[Shifts, ...], *, version: str = "", make_up_shifts: Shifts | None = None
) -> WorkCalendar:
    """A calendar with the public holidays off and the make-up workdays worked.

    `make_up_shifts` are the hours of a make-up workday (default: Monday's). Its version ends with the
    version of the holiday table.
    """
    official = load_official_days()
    shifts = weekly[0] if make_up_shifts is None else make_up_shifts
    overrides = {
        row.day: DayOverride(shifts if row.kind == "make_up_workday" else (), row.name_zh, row.name_en)
        for row in official.days
    }
    full_version = f"{version}+{official.version}" if version else official.version
    return WorkCalendar(
        name, full_version, weekly, "Asia/Shanghai", overrides, official.official_years, _GUESSED
    )


@cache
def standard_cn() -> WorkCalendar:
    """Monday to Friday 09:00-12:00 and 13:30-18:00, with Chinese holidays and make-up workdays."""
    return chinese_calendar("standard_cn", (OFFICE_SHIFTS,) * 5 + ((), ()))


@cache
def round_the_clock() -> WorkCalendar:
    """Every hour of every day; follows no notice and is never provisional."""
    return WorkCalendar("round_the_clock", "1", (((time(0), time(0)),),) * 7)


@cache
def retail_cn() -> WorkCalendar:
    """A shop: every day 10:00-22:00, holidays too; follows no notice and is never provisional."""
    return WorkCalendar("retail_cn", "1", (((time(10), time(22)),),) * 7)
