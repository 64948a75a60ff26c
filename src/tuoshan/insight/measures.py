"""The numbers that reports count, each as one condition: so a number and the list behind it cannot differ.

A figure's name may carry a value after a colon: `cause:transport`, `score:5`, `kept:respond`, `late:respond`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.cases import library
from tuoshan.cases.models import Deadline
from tuoshan.cases.models.records import IS_LATE
from tuoshan.core.playbook import ALWAYS_OUTSIDE
from tuoshan.insight import overrides
from tuoshan.insight.conditions import Conditions, day_start
from tuoshan.insight.models import CaseFigures

Span = tuple[datetime, datetime]
Measure = Callable[[Span, str], Q]
M = TypeVar("M", bound=Model)


def within(column: str, span: Span) -> Q:
    """From the first moment up to, not including, the second."""
    return Q(**{f"{column}__gte": span[0], f"{column}__lt": span[1]})


def open_at(span: Span, value: str) -> Q:
    """Registered before the period's end, and not closed by then."""
    return Q(created_at__lt=span[1]) & (Q(ended=False) | Q(closed_at__gte=span[1]))


def outside_parties() -> frozenset[str]:
    """Parties whose lateness is not ours."""
    books = library.everything().values()
    return ALWAYS_OUTSIDE | {name for book in books for name, party in book.parties.items() if party.outside}


def met_clocks(span: Span) -> "QuerySet[Deadline]":
    """Clocks of ours that ended in the period, kept or late; one that was merely stopped counts as neither."""
    return _ended_clocks(span).filter(outcome__in=("kept", "late"))


def late_clocks(span: Span) -> "QuerySet[Deadline]":
    """Those that were missed."""
    return _ended_clocks(span).filter(IS_LATE)


def _ended_clocks(span: Span) -> "QuerySet[Deadline]":
    ours = Deadline.objects.exclude(kind="hold").exclude(party__in=outside_parties())
    return ours.filter(within("ended_at", span)).order_by()


def _with_clock(outcome: str) -> Measure:
    def condition(span: Span, value: str) -> Q:
        clocks = late_clocks(span) if outcome == "late" else met_clocks(span).filter(outcome=outcome)
        if value:
            clocks = clocks.filter(name=value)
        return Q(id__in=clocks.values("case_id"))

    return condition


def _first_late(span: Span, value: str) -> Q:
    return within("responded_at", span) & Q(response_kept=False)


def running_late(now: datetime) -> "QuerySet[Deadline]":
    """Clocks of ours that are past their moment and still run."""
    return (
        Deadline.objects.filter(ended_at__isnull=True, due_at__lt=now)
        .exclude(kind="hold")
        .exclude(party__in=outside_parties())
        .order_by()
    )


MEASURES: dict[str, tuple[Any, Measure]] = {
    "registered": (_("期间登记"), lambda span, value: within("created_at", span)),
    "closed": (_("期间结案"), lambda span, value: within("closed_at", span)),
    "withdrawn": (_("期间撤回"), lambda span, value: within("closed_at", span) & Q(end_kind="early")),
    "open": (_("期末未结"), open_at),
    "responded": (_("期间首次答复"), lambda span, value: within("responded_at", span)),
    "response_kept": (
        _("首次答复及时"),
        lambda span, value: within("responded_at", span) & Q(response_kept=True),
    ),
    "response_late": (_("首次答复超时"), _first_late),
    "resolved": (_("期间解决"), lambda span, value: within("resolved_at", span)),
    "late": (_("有时限超时"), _with_clock("late")),
    "kept": (_("有时限守住"), _with_clock("kept")),
    "cause": (_("期间登记，原因"), lambda span, value: within("created_at", span) & Q(cause=value)),
    "liable": (_("期间登记，责任方"), lambda span, value: within("created_at", span) & Q(liable=value)),
    "scored": (_("期间评价"), lambda span, value: within("scored_at", span)),
    "score": (
        _("期间评价，分数"),
        lambda span, value: within("scored_at", span) & Q(score=int(value) if value.isdecimal() else -1),
    ),
    "reopened": (_("期间重新处理"), lambda span, value: within("reopened_at", span)),
    "appealed": (_("期间申诉"), lambda span, value: within("appealed_at", span)),
    "overridden": (_("期间有改判"), lambda span, value: Q(id__in=overrides.case_ids(span, value))),
    "running_late": (_("当前超时未结"), lambda span, value: Q(id__in=running_late(clock.now()).values("case_id"))),
}  # fmt: skip


def condition(figure: str, span: Span) -> Q:
    """The condition on `CaseFigures` of a figure in a period. Raises KeyError for an unknown one."""
    name, _colon, value = figure.partition(":")
    return MEASURES[name][1](span, value)


def today() -> date:
    """The day it is in the house's zone."""
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def narrowed(found: "QuerySet[M]", conditions: Conditions) -> "QuerySet[M]":
    """The cases that the figure of the conditions counts; all of them where there is none."""
    name = conditions.figure.partition(":")[0]
    if name not in MEASURES:
        return found
    since = conditions.figure_from or conditions.figure_to or today()
    until = (conditions.figure_to or since) + timedelta(days=1)
    counted = CaseFigures.objects.filter(condition(conditions.figure, (day_start(since), day_start(until))))
    return found.filter(id__in=counted.values("id"))


__all__ = ["MEASURES", "condition", "met_clocks", "narrowed", "open_at", "running_late", "today", "within"]
