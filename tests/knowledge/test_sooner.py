"""A promise that falls outside of working hours: what the customer is told is true, and the promise stays."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from tuoshan.knowledge import sooner

HERE = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "due", "hours"),
    [
        pytest.param("2026-03-03T02:17", "2026-03-04T02:17", "09:00–18:00", id="at night, a day's work before it"),
        pytest.param("2026-03-06T11:00", "2026-03-07T11:00", "09:00–18:00", id="Saturday, Friday's afternoon before"),
        pytest.param("2026-03-03T11:00", "2026-03-04T11:00", "", id="while people work"),
        pytest.param("2026-03-03T12:30", "2026-03-04T12:30", "", id="over lunch they are about"),
        pytest.param("2026-03-03T18:00", "2026-03-04T18:00", "", id="at the very close"),
        pytest.param("2026-03-06T20:00", "2026-03-07T20:00", "", id="no working time is left before it"),
        pytest.param("2026-03-04T08:00", "2026-03-04T02:00", "", id="over already"),
        pytest.param("2026-03-04T07:00", "2026-03-05T07:00", "09:00–18:00", id="before the house opens"),
    ],
)
def test_hours_are_named_only_where_an_earlier_answer_can_come(now: str, due: str, hours: str) -> None:
    book: Any = SimpleNamespace(calendar="standard")
    assert sooner.hours_before(book, local(due), local(now)) == hours
    with override("zh-hans"):
        assert sooner.sentence(book, local(due), local(now)) == (
            f"我们会争取在此之前的工作时间（{hours}）内答复。" if hours else ""
        )
    with override("en"):
        expected = f"We aim to answer sooner, within our working hours ({hours})." if hours else ""
        assert sooner.sentence(book, local(due), local(now)) == expected


@pytest.mark.django_db
def test_a_house_that_never_closes_has_no_such_moment() -> None:
    book: Any = SimpleNamespace(calendar="round_the_clock")
    assert sooner.hours_before(book, local("2026-03-04T02:17"), local("2026-03-03T02:17")) == ""
    retail: Any = SimpleNamespace(calendar="retail")
    assert sooner.hours_before(retail, local("2026-03-04T02:17"), local("2026-03-03T02:17")) == "10:00–22:00"
