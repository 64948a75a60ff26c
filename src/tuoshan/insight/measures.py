"""The numbers that reports count, each as one condition: so a number and the list behind it cannot differ.

A figure's name may carry a value after a colon: `cause:transport`, `score:5`, `reason:slow`, `kept:respond`,
`late:respond`.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.care.models import SurveyAnswer
from tuoshan.cases import library, meanings
from tuoshan.cases.models import Deadline
from tuoshan.cases.models.records import IS_LATE
from tuoshan.core.meanings import MEANINGS
from tuoshan.core.playbook import ALWAYS_OUTSIDE, Playbook
from tuoshan.insight import overrides
from tuoshan.insight.conditions import Conditions, day_start
from tuoshan.insight.models import CaseFigures

Span = tuple[datetime, datetime]
Measure = Callable[[Span, str], Q]
M = TypeVar("M", bound=Model)
GOOD, POOR = 4, 2
"""From which score on an answer is good, up to which it is poor."""


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


def kept_clocks(span: Span) -> "QuerySet[Deadline]":
    """Clocks of ours that were met in the period; one that was merely stopped was neither met nor missed."""
    return _ours().filter(within("ended_at", span), outcome="kept")


def late_clocks(span: Span) -> "tuple[QuerySet[Deadline], QuerySet[Deadline]]":
    """Those that were missed: ended late in the period, and fallen due in it and still running.

    A clock that runs late counts on the day on which it was due until it ends, then on the day of its end: so it
    counts in one period at a time. While it is paused it has no moment and is not late. Two statements, as each has
    an index of its own.
    """
    return _ours().filter(IS_LATE, within("ended_at", span)), _overdue(clock.now(), span)


def running_late(now: datetime) -> "QuerySet[Deadline]":
    """Clocks of ours that are past their moment and still run."""
    return _overdue(now)


def _ours() -> "QuerySet[Deadline]":
    return Deadline.objects.exclude(kind="hold").exclude(party__in=outside_parties()).order_by()


def _overdue(now: datetime, span: Span | None = None) -> "QuerySet[Deadline]":
    running = _ours().filter(ended_at__isnull=True, due_at__lt=now)
    return running.filter(within("due_at", span)) if span else running


def late_cases(span: Span, *names: str) -> "QuerySet[Any]":
    """The ids of cases with a missed clock, each once; of clocks of these names where any is given."""
    ended, running = (
        (found.filter(name__in=names) if names else found).values("case_id") for found in late_clocks(span)
    )
    return ended.union(running)


def _late(span: Span, value: str) -> Q:
    return Q(id__in=late_cases(span, *([value] if value else ())))


def _kept(span: Span, value: str) -> Q:
    clocks = kept_clocks(span).filter(name=value) if value else kept_clocks(span)
    return Q(id__in=clocks.values("case_id"))


def _unanswered(span: Span, value: str) -> Q:
    """Never answered, though the promise of a first answer ran out in the period.

    One look at the clocks for all promises together: each look goes through whatever is late. A clock that promises
    in one process and is something else in another is asked for apart.
    """
    books = library.everything().values()
    promised = {name for book in books for name in book.first_answer}
    mixed = {name for book in books for name in promised & _clock_names(book) - set(book.first_answer)}
    found = Q(id__in=late_cases(span, *sorted(promised - mixed))) if promised - mixed else Q(pk__in=())
    for name in sorted(mixed):
        keys = [book.key for book in books if name in book.first_answer]
        found |= Q(playbook__in=keys, id__in=late_cases(span, name))
    return Q(responded_at__isnull=True) & found


def _clock_names(book: Playbook) -> set[str]:
    return {*book.deadlines, *book.tasks, *book.states, *book.holds}


def _asked(what: str) -> Q:
    """Of processes that ask it: where a process knows no category, its cases are not without one."""
    books = library.everything().values()
    return Q(playbook__in=[
        book.key for book in books if (meanings.meant(book, what) if what in MEANINGS else what in book.facts)
    ])  # fmt: skip


def _found(what: str, value: str) -> Q:
    return Q(**{what: value}) & (Q() if value else _asked(what))


def _named(only: Q) -> Measure:
    """Of which an answer of the period that fulfils `only` names the reason."""

    def named(span: Span, value: str) -> Q:
        # JSON is text with its keys in quotes on SQLite, and becomes that on PostgreSQL; keys are slugs.
        place = StrIndex(Cast("reasons", TextField()), Value(json.dumps(value)))
        answers = SurveyAnswer.objects.filter(only, within("at", span)).order_by()
        return Q(id__in=answers.annotate(place=place).filter(place__gt=0).values("case_id"))

    return named


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
    "response_late": (_("首次答复超时"), lambda span, value: within("responded_at", span) & Q(response_kept=False)),
    "unanswered": (_("到期没有首次答复"), _unanswered),
    "resolved": (_("期间解决"), lambda span, value: within("resolved_at", span)),
    "late": (_("有时限超时"), _late),
    "kept": (_("有时限守住"), _kept),
    "cause": (_("期间登记，原因"), lambda span, value: within("created_at", span) & _found("cause", value)),
    "liable": (_("期间登记，责任方"), lambda span, value: within("created_at", span) & _found("liable", value)),
    "unclassified": (
        _("期间登记，未分类"), lambda span, value: within("created_at", span) & Q(category_id=None) & _asked("category")
    ),
    "no_product": (
        _("期间登记，没有填商品"),
        lambda span, value: within("created_at", span) & Q(product_id=None) & _asked("product"),
    ),
    "scored": (_("期间评价"), lambda span, value: within("scored_at", span)),
    "score": (
        _("期间评价，分数"),
        lambda span, value: within("scored_at", span) & Q(score=int(value) if value.isdecimal() else -1),
    ),
    "closed_scored": (_("期间结案，有评价"), lambda span, value: within("closed_at", span) & Q(score__isnull=False)),
    "reason": (_("期间评价，原因"), _named(Q())),
    "reason_good": (_("期间评价 4–5 分，原因"), _named(Q(score__gte=GOOD))),
    "reason_poor": (_("期间评价 1–2 分，原因"), _named(Q(score__lte=POOR))),
    "reopened": (_("期间重新处理"), lambda span, value: within("reopened_at", span)),
    "appealed": (_("期间申诉"), lambda span, value: within("appealed_at", span)),
    "overridden": (_("期间有不按裁定处理"), lambda span, value: Q(id__in=overrides.case_ids(span, value))),
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


__all__ = [
    "MEASURES", "condition", "kept_clocks", "late_cases", "late_clocks", "narrowed", "open_at", "running_late", "today",
    "within",
]  # fmt: skip
