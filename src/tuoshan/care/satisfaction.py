"""Satisfaction in figures: all of it SQL over indexed columns."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from tuoshan.care.models import SurveyAnswer

Period = Literal["day", "week", "month"]
_TRUNC = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}


@dataclass(frozen=True)
class Figures:
    """Answers of one handler, unit or period: how many, their mean to two places, good (4, 5) and poor (1, 2)."""

    key: Any
    answers: int
    mean: Decimal
    good: int
    poor: int

    @property
    def good_share(self) -> Decimal:
        """The share of good answers in percent, to one place."""
        return (Decimal(self.good) * 100 / self.answers).quantize(Decimal("0.1")) if self.answers else Decimal(0)


def answers(
    *, since: datetime, until: datetime, playbook: str = "", unit_ids: frozenset[int] | None = None
) -> "QuerySet[SurveyAnswer]":
    """Answers with since ≤ at < until, of these units when given."""
    found = SurveyAnswer.objects.filter(at__gte=since, at__lt=until).order_by()
    if playbook:
        found = found.filter(playbook=playbook)
    return found if unit_ids is None else found.filter(unit_id__in=unit_ids)


def by_handler(found: "QuerySet[SurveyAnswer]") -> list[Figures]:
    """Per handler; key is the person's id, None for cases that nobody handled."""
    return _grouped(found, "handler_id")


def by_unit(found: "QuerySet[SurveyAnswer]") -> list[Figures]:
    """Per org unit."""
    return _grouped(found, "unit_id")


def by_period(found: "QuerySet[SurveyAnswer]", period: Period, zone: tzinfo | None = None) -> list[Figures]:
    """Per day, week (from Monday) or month of the house's zone; key is the period's beginning."""
    trunc = _TRUNC[period]("at", tzinfo=zone or ZoneInfo(settings.TIME_ZONE))
    return _grouped(found.annotate(period=trunc), "period")


def overall(found: "QuerySet[SurveyAnswer]") -> Figures:
    """All in one; a mean of 0 when there are none."""
    row = found.aggregate(**_MEASURES)
    return _figures(None, row)


_MEASURES: dict[str, Any] = {
    "answers": Count("id"),
    "mean": Avg("score"),
    "good": Count("id", filter=Q(score__gte=4)),
    "poor": Count("id", filter=Q(score__lte=2)),
}


def _grouped(found: "QuerySet[SurveyAnswer]", key: str) -> list[Figures]:
    rows = found.values(key).annotate(**_MEASURES).order_by(key)
    return [_figures(row[key], row) for row in rows]


def _figures(key: Any, row: dict[str, Any]) -> Figures:
    mean = Decimal(str(row["mean"] or 0)).quantize(Decimal("0.01"))
    return Figures(key, row["answers"], mean, row["good"], row["poor"])
