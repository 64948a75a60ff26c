"""Durations: when a limit falls due, what pauses do to it, and that its explanation adds up."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.core.durations import (
    UNITS,
    Duration,
    DurationError,
    Interval,
    Step,
    due,
    due_moment,
    elapsed_account,
    explain,
    offset,
    on_working_clock,
    parse_duration,
    runs_on_working_time,
)
from tuoshan.core.worktime import CalendarError, WorkCalendar, retail_cn, round_the_clock, standard_cn

OFFICE = standard_cn()


def local(text: str) -> datetime:
    """A Chinese wall time of 2026 as UTC; `24:00` is the midnight that ends the day."""
    if text.endswith("24:00"):
        return local(text.replace("24:00", "00:00")) + timedelta(days=1)
    return datetime.fromisoformat(f"2026-{text}+08:00").astimezone(UTC)


def pauses(text: str) -> tuple[Interval, ...]:
    """`03-02T10:00/03-02T12:00 …` as intervals."""
    return tuple((local(begin), local(end)) for begin, end in (part.split("/") for part in text.split()))


# Parsing


@pytest.mark.parametrize(
    ("text", "canonical", "length"),
    [
        ("24 hours", "24 hours", timedelta(hours=24)),
        ("1 day", "1 days", timedelta(days=1)),
        ("7 days", "7 days", timedelta(hours=168)),
        ("5 working_days", "5 working_days", timedelta(days=5)),
        ("5 working days", "5 working_days", timedelta(days=5)),
        ("1 Working Day", "1 working_days", timedelta(days=1)),
        ("60 days", "60 days", timedelta(days=60)),
        ("2.5 hours", "2.5 hours", timedelta(hours=2, minutes=30)),
        ("2.50 hours", "2.5 hours", timedelta(hours=2, minutes=30)),
        ("0.1 seconds", "0.1 seconds", timedelta(microseconds=100_000)),
        (" 10seconds ", "10 seconds", timedelta(seconds=10)),
        ("15 calendar_days", "15 calendar_days", timedelta(days=15)),
        ("90 working_minutes", "90 working_minutes", timedelta(minutes=90)),
        ("3.0 working_days", "3 working_days", timedelta(days=3)),
    ],
)
def test_durations_are_read(text: str, canonical: str, length: timedelta) -> None:
    duration = parse_duration(text)
    assert str(duration) == canonical
    assert duration.length == length
    assert parse_duration(canonical) == duration


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "hours", "24 hour s", "-1 days", "0 days", "1e3 hours", "1,5 hours", "two days", "3 weeks",
        "2.5 working_days", "1.5 calendar_days", "0.0000001 seconds", "99999 days", "1 day 2 hours", "nan hours",
    ],
)  # fmt: skip
def test_what_is_no_duration_is_refused_by_name(text: str) -> None:
    with pytest.raises(DurationError) as refusal:
        parse_duration(text)
    assert f"'{text}'" in str(refusal.value)


@pytest.mark.parametrize("amount", [1.5, True, "1", Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), 0])
def test_only_exact_positive_amounts_make_a_duration(amount: object) -> None:
    with pytest.raises(DurationError):
        Duration(amount, "hours")  # type: ignore[arg-type]


def test_durations_in_words() -> None:
    assert Duration(5, "working_days").words("zh") == "5 个工作日"
    assert Duration(1, "working_days").words("en") == "1 working day"
    assert Duration(Decimal("2.5"), "hours").words("en") == "2.5 hours"


# When


@pytest.mark.parametrize(
    ("start", "duration", "paused", "expected"),
    [
        # elapsed: to the second, holidays or not
        ("02-12T10:00", "24 hours", "", "02-13T10:00"),
        ("09-30T17:59", "7 days", "", "10-07T17:59"),
        ("03-02T10:00", "24 hours", "03-02T11:00/03-02T13:30", "03-03T12:30"),
        ("03-02T10:00", "24 hours", "03-02T11:00/03-02T12:00 03-02T11:30/03-02T13:30", "03-03T12:30"),
        ("03-02T10:00", "24 hours", "03-01T10:00/03-02T11:00", "03-03T11:00"),
        ("03-02T10:00", "24 hours", "03-03T10:00/03-03T12:00", "03-03T12:00"),
        ("03-02T10:00", "24 hours", "03-03T10:01/03-03T12:00", "03-03T10:00"),
        ("03-02T10:00", "2 hours", "03-02T11:00/03-03T11:00 03-03T11:30/03-03T12:30", "03-03T13:00"),
        # working days: close of business of the n-th
        ("02-12T10:00", "7 working_days", "", "02-28T18:00"),
        ("02-13T23:59", "3 working_days", "", "02-25T18:00"),
        ("09-24T00:00", "7 working_days", "", "10-12T18:00"),
        ("09-24T10:00", "3 working_days", "", "09-30T18:00"),
        ("09-30T10:00", "3 working_days", "", "10-10T18:00"),
        ("02-16T10:00", "1 working_days", "", "02-24T18:00"),
        ("03-02T10:00", "3 working_days", "03-02T11:00/03-02T11:10", "03-06T18:00"),
        ("03-02T10:00", "3 working_days", "03-02T11:00/03-02T11:10 03-03T09:00/03-03T09:10", "03-06T18:00"),
        ("03-02T10:00", "3 working_days", "03-02T12:00/03-02T13:30", "03-05T18:00"),
        ("03-02T10:00", "3 working_days", "03-02T18:00/03-03T18:00", "03-06T18:00"),
        ("03-02T10:00", "3 working_days", "03-06T18:00/03-07T18:00", "03-05T18:00"),
        ("03-02T10:00", "3 working_days", "03-05T18:00/03-05T19:00", "03-06T18:00"),
        ("03-02T10:00", "1 working_days", "03-02T10:00/03-02T10:10 03-04T17:00/03-05T20:00", "03-06T18:00"),
        # calendar days: 24:00 of the last day, moved to a working day
        ("03-02T10:00", "7 calendar_days", "", "03-09T24:00"),
        ("03-02T00:00", "7 calendar_days", "", "03-09T24:00"),
        ("03-06T10:00", "1 calendar_days", "", "03-09T24:00"),
        ("02-08T10:00", "7 calendar_days", "", "02-24T24:00"),
        ("02-07T10:00", "7 calendar_days", "", "02-14T24:00"),
        ("03-02T10:00", "2 calendar_days", "03-03T10:00/03-03T10:01", "03-05T24:00"),
        ("03-02T10:00", "2 calendar_days", "03-03T10:00/03-04T10:00", "03-05T24:00"),
        ("03-05T10:00", "2 calendar_days", "03-06T10:00/03-07T10:00", "03-09T24:00"),
        ("03-05T10:00", "2 calendar_days", "03-09T10:00/03-11T10:00", "03-11T24:00"),
        # working hours: inside working time only
        ("03-02T10:00", "2 working_hours", "", "03-02T12:00"),
        ("03-06T17:00", "2 working_hours", "", "03-09T10:00"),
        ("03-02T20:00", "30 working_minutes", "", "03-03T09:30"),
        ("02-14T17:59:50", "20 working_seconds", "", "02-24T09:00:10"),
        ("03-02T10:00", "4 working_hours", "03-02T11:00/03-02T14:30", "03-02T17:30"),
        ("03-02T10:00", "4 working_hours", "03-02T12:00/03-02T13:30", "03-02T15:30"),
        ("03-02T10:00", "2 working_hours", "03-02T12:00/03-02T13:00", "03-02T13:00"),
        ("03-02T10:00", "2 working_hours", "03-02T12:01/03-02T17:00", "03-02T12:00"),
        ("03-02T10:00", "8 working_hours", "03-02T17:00/03-06T17:00", "03-09T10:30"),
    ],
)
def test_due_moments(start: str, duration: str, paused: str, expected: str) -> None:
    answer = due(local(start), parse_duration(duration), OFFICE, pauses(paused))
    assert answer.at == local(expected)
    assert not answer.provisional
    assert due_moment(local(start), parse_duration(duration), OFFICE, pauses(paused)) == (answer.at, False)


def test_a_limit_that_reaches_an_unpublished_year_is_provisional() -> None:
    assert due(local("12-28T10:00"), parse_duration("7 working_days"), OFFICE).provisional
    assert due(local("12-28T10:00"), parse_duration("10 calendar_days"), OFFICE).provisional
    assert due(local("12-31T17:00"), parse_duration("2 working_hours"), OFFICE).provisional
    assert not due(local("12-28T10:00"), parse_duration("30 days"), OFFICE).provisional
    assert not due(local("12-28T10:00"), parse_duration("3 working_days"), OFFICE).provisional
    assert not due(local("12-28T10:00"), parse_duration("7 working_days"), retail_cn()).provisional
    lines = explain(due(local("12-28T10:00"), parse_duration("7 working_days"), OFFICE).steps, "zh")
    assert "2027 年的放假安排尚未公布，此时间为暂定。" in lines


def test_the_working_clock_gives_plain_units_their_working_meaning() -> None:
    meanings = {"1 day": "1 working_days", "4 hours": "4 working_hours", "30 minutes": "30 working_minutes",
                "10 seconds": "10 working_seconds", "7 calendar_days": "7 calendar_days"}  # fmt: skip
    assert {text: str(on_working_clock(parse_duration(text))) for text in meanings} == meanings
    assert runs_on_working_time(parse_duration("1 working_hours"))
    assert not runs_on_working_time(parse_duration("1 calendar_days"))
    with pytest.raises(DurationError, match="whole days"):
        on_working_clock(parse_duration("1.5 days"))


@pytest.mark.parametrize(
    ("due_at", "duration", "sign", "working", "paused", "expected"),
    [
        ("03-09T10:00", "1 day", -1, False, "", "03-08T10:00"),
        ("03-09T18:00", "1 day", -1, True, "", "03-06T18:00"),
        ("03-09T10:30", "1 day", -1, True, "", "03-06T10:30"),
        ("03-09T20:00", "1 day", -1, True, "", "03-06T18:00"),
        ("03-06T18:00", "4 hours", 1, True, "", "03-09T14:30"),
        ("03-06T18:00", "4 hours", 1, False, "", "03-06T22:00"),
        ("03-09T09:30", "2 hours", -1, True, "", "03-06T16:30"),
        ("03-09T24:00", "2 calendar_days", -1, False, "", "03-07T24:00"),
        # the clock stood still between 03-02 12:00 and 03-03 09:00: four hours before are reached before it
        ("03-03T10:00", "4 hours", -1, False, "03-02T12:00/03-03T09:00", "03-02T09:00"),
        ("03-03T10:00", "30 minutes", -1, False, "03-02T12:00/03-03T09:00", "03-03T09:30"),
        ("03-03T10:00", "4 hours", 1, False, "03-03T11:00/03-03T12:00", "03-03T15:00"),
        ("03-03T10:00", "1 hour", 1, False, "03-03T12:00/03-03T13:00", "03-03T11:00"),
        ("03-03T10:00", "2 hours", -1, True, "03-02T17:00/03-03T09:30", "03-02T15:30"),
    ],
)
def test_warnings_and_escalations_run_on_the_same_clock(
    due_at: str, duration: str, sign: int, working: bool, paused: str, expected: str
) -> None:
    moment = offset(local(due_at), parse_duration(duration), 1 if sign > 0 else -1, working, OFFICE,
                    pauses(paused))  # fmt: skip
    assert moment.at == local(expected)


def test_senseless_questions_are_refused() -> None:
    with pytest.raises(DurationError, match="before it begins"):
        due(local("03-02T10:00"), parse_duration("1 day"), OFFICE, ((local("03-03T00:00"), local("03-02T00:00")),))
    with pytest.raises(CalendarError, match="no time zone"):
        due(datetime(2026, 3, 2), parse_duration("1 day"), OFFICE)
    with pytest.raises(DurationError, match="cannot end"):
        elapsed_account(local("03-02T10:00"), local("03-02T09:00"))


# Explaining


def test_an_explanation_in_both_languages() -> None:
    answer = due(local("02-12T10:00"), parse_duration("3 working_days"), OFFICE,
                 pauses("02-13T09:00/02-13T10:00 03-12T09:00/03-12T10:00"))  # fmt: skip
    assert explain(answer.steps, "zh") == [
        "自 2026-02-12 10:00 起算。",
        "加 3 个工作日，到 2026-02-24 18:00。",
        "2026-02-14 调休上班（春节），计入。",
        "跳过春节：2026-02-15 至 2026-02-23，9 天。",
        "2026-02-13 09:00 至 2026-02-13 10:00 暂停，补回 1 小时。",
        "2026-03-12 09:00 至 2026-03-12 10:00 的暂停在到期之后，不计。",
        "顺延到当日下班 2026-02-25 18:00。",
        "2026-02-25 18:00 到期。",
    ]
    assert explain(answer.steps, "en") == [
        "Runs from 2026-02-12 10:00.",
        "Adds 3 working days: 2026-02-24 18:00.",
        "Counts 2026-02-14, a make-up workday (Spring Festival).",
        "Passes over Spring Festival: 2026-02-15 to 2026-02-23, 9 days.",
        "Paused from 2026-02-13 09:00 to 2026-02-13 10:00: gives back 1 hour.",
        "The pause from 2026-03-12 09:00 to 2026-03-12 10:00 came after the due moment and does not count.",
        "Ends with the working day: 2026-02-25 18:00.",
        "Due at 2026-02-25 18:00.",
    ]


@pytest.mark.parametrize(
    ("left_out", "zh", "en"),
    [
        ("11:17:18.275337", "11 小时 17 分钟", "11 hours 17 minutes"),
        ("11:17:30", "11 小时 18 分钟", "11 hours 18 minutes"),
        ("00:59:40", "1 小时", "1 hour"),
        ("00:00:59.6", "1 分钟", "1 minute"),
        ("00:00:18.275337", "18 秒", "18 seconds"),
        ("00:00:00.2", "不到 1 秒", "less than a second"),
    ],
)
def test_lengths_are_said_as_people_say_them(left_out: str, zh: str, en: str) -> None:
    hours, minutes, seconds = left_out.split(":")
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    step = Step("outside_hours", {"microseconds": length // timedelta(microseconds=1)})
    assert explain([step], "zh") == [f"工作时间以外的 {zh}不计。"]
    assert explain([step], "en") == [f"Leaves out {en} outside working hours."]


def test_a_legal_period_is_shown_to_end_at_24() -> None:
    steps = due(local("03-06T10:00"), parse_duration("1 calendar_days"), OFFICE).steps
    assert explain(steps, "zh") == [
        "自 2026-03-06 10:00 起算。",
        "加 1 个自然日，到 2026-03-07 24:00。",
        "跳过休息日 2 天。",
        "2026-03-07 不是工作日，顺延到 2026-03-09。",
        "2026-03-09 24:00 到期。",
    ]


# Properties

calendars = st.sampled_from((OFFICE, round_the_clock(), retail_cn()))
moments = st.datetimes(datetime(2025, 6, 1), datetime(2027, 3, 1)).map(lambda at: at.replace(tzinfo=UTC))
durations = st.builds(Duration, st.integers(1, 60), st.sampled_from(UNITS))


@st.composite
def clocks(draw: st.DrawFn) -> tuple[datetime, Duration, WorkCalendar, tuple[Interval, ...]]:
    start, duration = draw(moments), draw(durations)
    spans = draw(
        st.lists(
            st.tuples(st.timedeltas(timedelta(-2), timedelta(90)), st.timedeltas(timedelta(0), timedelta(9))),
            max_size=4,
        )
    )
    return start, duration, draw(calendars), tuple((start + at, start + at + long) for at, long in spans)


@given(clocks())
def test_the_explanation_adds_up(
    clock: tuple[datetime, Duration, WorkCalendar, tuple[Interval, ...]],
) -> None:
    start, duration, calendar, paused = clock
    answer = due(start, duration, calendar, paused)
    assert (answer.steps[0].code, answer.steps[-1].code) == ("started", "due")
    assert answer.steps[0].parameters["at"] == start.isoformat()
    assert answer.steps[-1].parameters["at"] == answer.at.isoformat()
    moved = timedelta(microseconds=sum(step.microseconds for step in answer.steps))
    assert start + moved == answer.at
    assert all(step.microseconds >= 0 for step in answer.steps)
    assert ("provisional" in {step.code for step in answer.steps}) == answer.provisional
    assert [Step.from_json(step.to_json()) for step in answer.steps] == list(answer.steps)
    for language in ("zh", "en"):
        assert len(explain(answer.steps, language)) == len(answer.steps)
    assert due_moment(start, duration, calendar, paused) == (answer.at, answer.provisional)


@given(clocks(), st.timedeltas(timedelta(-2), timedelta(30)), st.timedeltas(timedelta(0), timedelta(9)))
def test_never_before_start_and_pauses_never_shorten(
    clock: tuple[datetime, Duration, WorkCalendar, tuple[Interval, ...]], at: timedelta, long: timedelta
) -> None:
    start, duration, calendar, paused = clock
    without = due_moment(start, duration, calendar).at
    some = due_moment(start, duration, calendar, paused).at
    more = due_moment(start, duration, calendar, (*paused, (start + at, start + at + long))).at
    assert start <= without <= some <= more


@given(clocks())
def test_a_limit_never_expires_inside_a_pause_that_began_in_time(
    clock: tuple[datetime, Duration, WorkCalendar, tuple[Interval, ...]],
) -> None:
    start, duration, calendar, paused = clock
    at = due_moment(start, duration, calendar, paused).at
    for begin, end in paused:
        if begin < end and end > start:
            assert not max(begin, start) <= at < end


@given(moments, moments, durations, calendars)
def test_a_later_start_is_never_due_earlier(
    a: datetime, b: datetime, duration: Duration, calendar: WorkCalendar
) -> None:
    a, b = sorted((a, b))
    assert due_moment(a, duration, calendar).at <= due_moment(b, duration, calendar).at


@given(moments, st.integers(1, 59), st.sampled_from(UNITS), calendars)
def test_a_longer_limit_is_never_due_earlier(
    start: datetime, amount: int, unit: str, calendar: WorkCalendar
) -> None:
    shorter, longer = parse_duration(f"{amount} {unit}"), parse_duration(f"{amount + 1} {unit}")
    assert due_moment(start, shorter, calendar).at <= due_moment(start, longer, calendar).at


@given(moments, st.integers(1, 40))
def test_every_day_of_a_working_day_limit_is_accounted_for(start: datetime, n: int) -> None:
    answer = due(start, Duration(n, "working_days"), OFFICE)
    skipped = sum(
        int(step.parameters["days"]) for step in answer.steps if step.code in ("skips_holiday", "skips_rest_days")
    )
    assert (OFFICE.local_day(answer.at) - OFFICE.local_day(start)).days == n + skipped
    assert answer.at == OFFICE.close_of_business(OFFICE.local_day(answer.at))


@given(clocks())
def test_working_hours_outside_pauses_equal_the_amount(
    clock: tuple[datetime, Duration, WorkCalendar, tuple[Interval, ...]],
) -> None:
    start, duration, calendar, paused = clock
    duration = Duration(duration.amount, "working_hours")
    at = due_moment(start, duration, calendar, paused).at
    account = elapsed_account(start, at, paused)
    assert account.elapsed + account.paused == at - start
    edges = sorted({start, at, *(min(max(edge, start), at) for pause in paused for edge in pause)})
    worked = sum(
        (
            calendar.work_between(begin, end)
            for begin, end in zip(edges, edges[1:], strict=False)
            if not any(pause[0] <= begin and end <= pause[1] for pause in paused)
        ),
        timedelta(),
    )
    assert worked == duration.length


@given(moments, durations, calendars, st.booleans(), clocks())
def test_before_lies_before_and_after_lies_after(
    at: datetime, duration: Duration, calendar: WorkCalendar, working: bool,
    clock: tuple[datetime, Duration, WorkCalendar, tuple[Interval, ...]],
) -> None:  # fmt: skip
    paused = clock[3]
    assert offset(at, duration, -1, working, calendar, paused).at < at
    assert offset(at, duration, 1, working, calendar, paused).at > at


intervals = st.lists(st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair))), max_size=4).map(tuple)


@given(moments, moments, intervals, intervals)
def test_elapsed_paused_and_held_sum_to_the_wall_time(
    a: datetime, b: datetime, paused: tuple[Interval, ...], held: tuple[Interval, ...]
) -> None:
    a, b = sorted((a, b))
    account = elapsed_account(a, b, paused, held)
    assert sum(account, timedelta()) == b - a
    assert min(account) >= timedelta()
    assert elapsed_account(a, b, (*paused, *held), held) == account


def test_a_hold_inside_a_pause_is_counted_once() -> None:
    account = elapsed_account(local("03-02T00:00"), local("03-03T00:00"),
                              pauses("03-02T01:00/03-02T05:00"), pauses("03-02T02:00/03-02T03:00"))  # fmt: skip
    assert account == (timedelta(hours=20), timedelta(hours=3), timedelta(hours=1))


def test_a_retail_limit_ends_when_the_shop_closes() -> None:
    assert due(local("10-01T10:00"), parse_duration("2 working_days"), retail_cn()).at == local("10-03T22:00")
    assert due(local("10-01T10:00"), parse_duration("2 working_days"), round_the_clock()).at == local("10-03T24:00")
    assert round_the_clock().local_day(local("10-03T24:00")) == date(2026, 10, 4)
