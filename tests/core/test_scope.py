"""What conditions see of a case."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tuoshan.core.conditions import compile_expression
from tuoshan.core.scope import CaseScope

CALENDAR: Any = SimpleNamespace(timezone="Asia/Shanghai")
AROUND: Any = SimpleNamespace(calendar=lambda name: CALENDAR)
PLAYBOOK: Any = SimpleNamespace(calendar="office", about="", facts={})
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def holds(condition: str, **facts: object) -> object:
    scope = CaseScope(PLAYBOOK, SimpleNamespace(facts=facts), NOW, AROUND, facts)  # type: ignore[arg-type]
    return compile_expression(condition).evaluate(scope)


LAST, FIRST = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=ZoneInfo("Etc/GMT-14"))


@pytest.mark.parametrize("moment", [LAST, FIRST])
def test_a_moment_at_the_very_edge_of_the_calendar_can_be_compared(moment: datetime) -> None:
    """Whoever sends 9999-12-31T23:59:59Z gets an answer: in China that hour lies in a year that cannot be written."""
    assert holds("now < until", until=moment) is (moment > NOW)


def test_a_day_beside_a_moment_is_the_day_of_the_calendars_zone() -> None:
    """Half past midnight in China is still the day before in UTC."""
    happened = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    assert holds("happened >= day", happened=happened, day=date(2026, 3, 3)) is True
