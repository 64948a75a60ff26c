"""The numbers themselves: SQL over the figures within a person's reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Avg, Count, QuerySet

from tuoshan.cases import neighbours
from tuoshan.cases.models import Deadline
from tuoshan.insight import measures
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.models import CaseFigures
from tuoshan.insight.reports.period import Period
from tuoshan.insight.reports.shapes import SMALL, Cell


@dataclass(frozen=True)
class Counting:
    """Counts for one person, one period, and what narrows the report."""

    person: Any
    conditions: Conditions
    period: Period
    scope: Conditions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", self.conditions.scope())

    def before(self) -> "Counting":
        """The same for the period before."""
        return replace_period(self, self.period.before())

    def cases(self, figure: str = "") -> "QuerySet[CaseFigures]":
        """The cases that a figure counts; without one, all that the report may speak of."""
        reach = neighbours.case_filter(self.person)
        found = CaseFigures.objects.filter(self.scope.on_cases())
        if reach is not None:
            found = found.filter(reach)
        return found.filter(measures.condition(figure, self.period.span)) if figure else found

    def is_everything(self) -> bool:
        """Whether neither reach nor the report's choices leave out any case."""
        reach = neighbours.case_filter(self.person)
        return not (reach or self.scope.params())

    def clocks(self, found: "QuerySet[Deadline]") -> "QuerySet[Deadline]":
        """Those clocks that belong to cases of this report."""
        return found if self.is_everything() else found.filter(case_id__in=self.cases().values("id"))

    def behind(self, figure: str, **more: Any) -> Conditions:
        """The conditions by which the search shows the cases that a figure counts."""
        return replace(
            self.scope, figure=figure, figure_from=self.period.since, figure_to=self.period.until, **more
        )

    def count(self, figure: str) -> int:
        if figure == "open":  # two ranges of two indexes, where one condition would read the whole table
            end = self.period.span[1]
            known = self.cases().filter(created_at__lt=end)
            return known.filter(ended=False).count() + known.filter(ended=True, closed_at__gte=end).count()
        return self.cases(figure).count()

    def cell(self, figure: str) -> Cell:
        return Cell(self.count(figure), "cases", self.behind(figure))

    def by(self, figure: str, column: str) -> dict[Any, int]:
        """How many per value of a column."""
        rows = self.cases(figure).order_by().values_list(column).annotate(n=Count("id"))
        return dict(rows)

    def share(self, part: str, whole: str) -> Cell:
        """Percent, to one place; empty where there is nothing to take a share of."""
        total = self.count(whole)
        value = round(self.count(part) * 100 / total, 1) if total else None
        return Cell(value, "percent", self.behind(part), 0 < total < SMALL)

    def quantile(self, figure: str, column: str, share: float) -> Cell:
        """What this share of the durations does not exceed; the median is the middle one, or the mean of two."""
        values = self.cases(figure).filter(**{f"{column}__isnull": False}).order_by(column)
        total = values.count()
        if not total:
            return Cell(None, "seconds", self.behind(figure))
        first, last = places(total, share)
        found = list(values.values_list(column, flat=True)[first : last + 1])
        return Cell(sum(found) / len(found), "seconds", self.behind(figure), total < SMALL)

    def mean_score(self) -> Cell:
        found = self.cases("scored").aggregate(mean=Avg("score"), n=Count("id"))
        mean = round(float(found["mean"]), 2) if found["mean"] is not None else None
        return Cell(mean, "score", self.behind("scored"), 0 < found["n"] < SMALL)

    def pairs(self, figure: str, key: str, column: str) -> dict[Any, list[int]]:
        """Per value of `key` the sorted durations."""
        found: dict[Any, list[int]] = {}
        rows = self.cases(figure).filter(**{f"{column}__isnull": False}).order_by(column).values_list(key, column)
        for name, value in rows.iterator(chunk_size=5000):
            found.setdefault(name, []).append(value)
        return found

    def late_by(self, key: str) -> dict[Any, int]:
        """Cases with a clock that was missed in the period, per value of a column."""
        return dict(self.cases("late").order_by().values_list(key).annotate(n=Count("id")))

    def met(self) -> "QuerySet[Deadline]":
        """Clocks of ours that ended in the period."""
        return self.clocks(measures.met_clocks(self.period.span))


def replace_period(counting: Counting, period: Period) -> Counting:
    return Counting(counting.person, counting.conditions, period)


def places(total: int, share: float) -> tuple[int, int]:
    """Where the quantile stands in a sorted list: nearest rank; the median of an even number lies between two."""
    if share == 0.5:
        return (total - 1) // 2, total // 2
    rank = max(-(-int(share * 1000) * total // 1000) - 1, 0)
    return rank, rank


def quantile_of(values: Sequence[int], share: float) -> float | None:
    """The same of a sorted list at hand."""
    if not values:
        return None
    first, last = places(len(values), share)
    return sum(values[first : last + 1]) / (last - first + 1)


def shares(values: Iterable[int]) -> list[float]:
    """The running share of each value in percent, to one place."""
    numbers = list(values)
    total, running, found = sum(numbers) or 1, 0, []
    for number in numbers:
        running += number
        found.append(round(running * 100 / total, 1))
    return found
