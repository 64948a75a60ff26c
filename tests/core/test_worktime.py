"""Calendars: the days and hours a house works."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.core.official_days import load_official_days, read_official_days
from tuoshan.core.worktime import (
    CalendarError,
    DayOverride,
    WorkCalendar,
    chinese_calendar,
    parse_shifts,
    retail_cn,
    round_the_clock,
    standard_cn,
)

OFFICE = standard_cn()
NEW_YORK = WorkCalendar(
    "night shop", "1", (((time(0), time(6)), (time(20), time(0))),) * 7, timezone="America/New_York"
)
CALENDARS = (OFFICE, round_the_clock(), retail_cn(), NEW_YORK)
any_calendar = st.sampled_from(CALENDARS)
moments = st.datetimes(datetime(2023, 6, 1), datetime(2027, 6, 1)).map(lambda at: at.replace(tzinfo=UTC))
amounts = st.timedeltas(timedelta(0), timedelta(days=40))


def local(text: str) -> datetime:
    """A Chinese wall time as UTC."""
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "n", "reached", "provisional"),
    [
        ("2026-02-12", 7, "2026-02-28", False),
        ("2026-02-13", 3, "2026-02-25", False),
        ("2026-09-24", 7, "2026-10-12", False),
        ("2026-09-24", 3, "2026-09-30", False),
        ("2026-09-30", 3, "2026-10-10", False),
        ("2026-12-28", 7, "2027-01-07", True),
        ("2026-12-28", 3, "2026-12-31", False),
        ("2026-03-04", 0, "2026-03-04", False),
        ("2026-02-15", 0, "2026-02-24", False),
        ("2026-02-28", -7, "2026-02-12", False),
        ("2026-10-10", -3, "2026-09-30", False),
        ("2023-01-03", -1, "2022-12-30", True),
    ],
)
def test_counting_working_days(start: str, n: int, reached: str, provisional: bool) -> None:
    assert OFFICE.nth_working_day(date.fromisoformat(start), n) == (date.fromisoformat(reached), provisional)


def test_the_table_agrees_with_the_published_calendar_on_every_day() -> None:
    published = holidays.country_holidays("CN", years=range(2023, 2027))
    day = date(2023, 1, 1)
    while day.year < 2027:
        assert OFFICE.is_working_day(day) == published.is_working_day(day), day
        assert OFFICE.is_holiday(day) != OFFICE.is_working_day(day)
        assert bool(OFFICE.shifts_on(day)) == OFFICE.is_working_day(day)
        day += timedelta(days=1)


def test_the_notice_of_2026_stands_in_the_table_word_for_word() -> None:
    rows = [row for row in load_official_days().days if row.day.year == 2026]
    worked = [f"{row.day:%m-%d}" for row in rows if row.kind == "make_up_workday"]
    assert worked == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    off = {row.day for row in rows if row.kind == "holiday"}
    spans = [("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7)]
    expected = {
        date.fromisoformat(f"2026-{first}") + timedelta(days=n) for first, days in spans for n in range(days)
    }
    assert off == expected


def test_years_without_a_notice_are_guesses() -> None:
    guesses = ["2027-01-01", "2027-10-01", "2028-05-01", "2030-10-02"]
    assert all(OFFICE.is_guessed_holiday(date.fromisoformat(day)) for day in guesses)
    assert all(OFFICE.is_holiday(date.fromisoformat(day)) for day in guesses)
    assert not OFFICE.is_guessed_holiday(date(2026, 1, 1))
    assert OFFICE.is_working_day(date(2027, 2, 5)) and not OFFICE.is_official(date(2027, 2, 5))


@pytest.mark.parametrize(
    ("start", "hours", "reached", "provisional"),
    [
        ("2026-03-02T08:00", 0, "2026-03-02T08:00", False),
        ("2026-03-02T08:00", 1, "2026-03-02T10:00", False),
        ("2026-03-02T11:00", 2, "2026-03-02T14:30", False),
        ("2026-03-02T10:00", 2, "2026-03-02T12:00", False),
        ("2026-03-06T17:00", 2, "2026-03-09T10:00", False),
        ("2026-02-13T17:30", 1, "2026-02-14T09:30", False),
        ("2026-02-14T17:30", 1, "2026-02-24T09:30", False),
        ("2026-12-31T17:00", 1, "2026-12-31T18:00", False),
        ("2026-12-31T17:00", 2, "2027-01-04T10:00", True),
        ("2026-03-09T10:00", -2, "2026-03-06T17:00", False),
        ("2026-03-09T09:00", -7.5, "2026-03-06T09:00", False),
        ("2026-03-02T14:00", -1, "2026-03-02T11:30", False),
    ],
)
def test_adding_working_hours(start: str, hours: float, reached: str, provisional: bool) -> None:
    assert OFFICE.add_work(local(start), timedelta(hours=hours)) == (local(reached), provisional)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-02T00:00", "2026-03-03T00:00", 7.5),
        ("2026-03-02T12:00", "2026-03-02T13:30", 0),
        ("2026-03-06T17:00", "2026-03-09T10:00", 2),
        ("2026-02-14T00:00", "2026-02-24T00:00", 7.5),
        ("2026-03-02T18:00", "2026-03-02T09:00", -7.5),
    ],
)
def test_measuring_work(start: str, end: str, hours: float) -> None:
    assert OFFICE.work_between(local(start), local(end)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "n", "last_day", "provisional"),
    [
        ("2026-03-02", 7, "2026-03-09", False),
        ("2026-03-06", 1, "2026-03-09", False),
        ("2026-09-24", 7, "2026-10-08", False),
        ("2026-02-13", 1, "2026-02-14", False),
        ("2026-12-25", 7, "2027-01-04", True),
        ("2022-12-30", 7, "2023-01-06", False),
    ],
)
def test_calendar_days_end_at_24_and_move_to_a_working_day(
    start: str, n: int, last_day: str, provisional: bool
) -> None:
    end = local(f"{last_day}T00:00") + timedelta(days=1)
    assert OFFICE.calendar_days_end(date.fromisoformat(start), n) == (end, provisional)


def test_close_of_business() -> None:
    assert OFFICE.close_of_business(date(2026, 2, 28)) == local("2026-02-28T18:00")
    assert round_the_clock().close_of_business(date(2026, 3, 1)) == local("2026-03-02T00:00")
    with pytest.raises(CalendarError, match="2026-02-16"):
        OFFICE.close_of_business(date(2026, 2, 16))
    assert OFFICE.close_at_or_after(local("2026-03-06T18:00")).at == local("2026-03-06T18:00")
    assert OFFICE.close_at_or_after(local("2026-03-06T18:01")).at == local("2026-03-09T18:00")
    assert round_the_clock().close_at_or_after(local("2026-03-06T00:00")).at == local("2026-03-06T00:00")


def test_shifts_may_differ_by_weekday_and_date() -> None:
    weekly = (parse_shifts("09:00-17:00"),) * 4 + (parse_shifts("10:00-12:00，22:00-24:00"), (), ())
    calendar = WorkCalendar(
        "mixed", "1", weekly, overrides={date(2026, 3, 3): DayOverride(parse_shifts("08:00-09:00"))}
    )
    assert calendar.add_work(local("2026-03-02T16:00"), timedelta(hours=2)).at == local("2026-03-03T09:00")
    assert calendar.close_of_business(date(2026, 3, 6)) == local("2026-03-07T00:00")
    assert calendar.shifted_days(local("2026-03-07T00:00"), -1, working=True).at == local("2026-03-05T17:00")
    assert chinese_calendar("x", weekly, version="7").version == "7+2026.1"


def test_days_on_which_clocks_change_have_their_true_length() -> None:
    day = WorkCalendar("all", "1", round_the_clock().weekly, timezone="America/New_York")
    start, end = datetime(2026, 3, 8, 5, tzinfo=UTC), day.end_of_day(date(2026, 3, 8))
    assert day.work_between(start, end) == timedelta(hours=23)
    long = day.work_between(day.end_of_day(date(2026, 10, 31)), day.end_of_day(date(2026, 11, 1)))
    assert long == timedelta(hours=25)


@pytest.mark.parametrize("shifts", ["22:00-06:00", "09:00-12:00, 11:00-13:00", "09:00-09:00", "9-12", "nine"])
def test_senseless_shifts_are_refused(shifts: str) -> None:
    with pytest.raises(CalendarError):
        parse_shifts(shifts)


def test_senseless_calendars_and_questions_are_refused() -> None:
    with pytest.raises(CalendarError, match="over midnight"):
        WorkCalendar("night", "1", (((time(22), time(6)),),) * 7)
    with pytest.raises(CalendarError, match="time zone"):
        WorkCalendar("nowhere", "1", ((),) * 7, timezone="Mars/Olympus")
    with pytest.raises(CalendarError, match="seven"):
        WorkCalendar("short", "1", ((),) * 6)
    closed = WorkCalendar("closed", "1", ((),) * 7)
    for question in (
        lambda: closed.nth_working_day(date(2026, 1, 1), 1),
        lambda: closed.nth_working_day(date(2026, 1, 1), -1),
        lambda: closed.next_working_day(date(2026, 1, 1)),
        lambda: closed.add_work(local("2026-01-01T00:00"), timedelta(1)),
        lambda: closed.add_work(local("2026-01-01T00:00"), -timedelta(1)),
        lambda: closed.close_at_or_after(local("2026-01-01T00:00")),
        lambda: OFFICE.work_between(local("2000-01-01T00:00"), local("2026-01-01T00:00")),
    ):
        with pytest.raises(CalendarError, match="3660 days"):
            question()
    with pytest.raises(CalendarError, match="no time zone"):
        OFFICE.add_work(datetime(2026, 1, 1), timedelta(hours=1))


@pytest.mark.parametrize(
    "lines",
    [
        ["date,kind,name_zh,name_en"],
        ["# version: 1", "# official_years: 2026", "date,kind,name_zh,name_en", "2026-01-01,feast,x,x"],
        ["# version: 1", "# official_years: 2026", "date,kind,name_zh,name_en", "2025-01-01,holiday,x,x"],
        ["# version: 1", "# official_years: 2026", "date,kind,name_zh,name_en", *["2026-01-01,holiday,x,x"] * 2],
    ],
)
def test_a_broken_holiday_table_is_refused(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="holiday table"):
        read_official_days(lines)


@given(any_calendar, moments, amounts)
def test_adding_and_measuring_work_are_inverse(
    calendar: WorkCalendar, start: datetime, amount: timedelta
) -> None:
    there = calendar.add_work(start, amount).at
    assert there >= start
    assert calendar.work_between(start, there) == amount
    back = calendar.add_work(there, -amount).at
    assert calendar.work_between(back, there) == amount
    assert back >= start  # the latest such moment


@given(any_calendar, moments, moments, moments)
def test_work_is_additive_and_never_longer_than_the_time(
    calendar: WorkCalendar, a: datetime, b: datetime, c: datetime
) -> None:
    a, b, c = sorted((a, b, c))
    whole = calendar.work_between(a, c)
    assert whole == calendar.work_between(a, b) + calendar.work_between(b, c)
    assert timedelta(0) <= whole <= c - a
    assert calendar.add_work(a, whole).at <= c


@given(any_calendar, moments, moments, amounts, amounts)
def test_adding_work_is_monotonic(
    calendar: WorkCalendar, a: datetime, b: datetime, less: timedelta, more: timedelta
) -> None:
    a, b = sorted((a, b))
    less, more = sorted((less, more))
    assert calendar.add_work(a, less).at <= calendar.add_work(a, more).at
    assert calendar.add_work(a, less).at <= calendar.add_work(b, less).at


@given(any_calendar, st.dates(date(2023, 1, 1), date(2028, 1, 1)), st.integers(1, 90))
def test_counting_back_from_a_working_day_returns(calendar: WorkCalendar, day: date, n: int) -> None:
    start = calendar.next_working_day(day).day
    reached = calendar.nth_working_day(start, n).day
    assert calendar.nth_working_day(reached, -n).day == start
    passed = [start + timedelta(days=k) for k in range(1, (reached - start).days + 1)]
    assert sum(map(calendar.is_working_day, passed)) == n


@given(moments, amounts)
def test_an_answer_is_provisional_exactly_when_it_reaches_an_unknown_year(
    start: datetime, amount: timedelta
) -> None:
    reached = OFFICE.add_work(start, amount)
    last = OFFICE.local_day(reached.at - timedelta(microseconds=1))
    assert reached.provisional == (amount > timedelta(0) and last.year > 2026)
