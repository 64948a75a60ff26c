"""The numbers themselves: SQL over the figures within a person's reach."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Avg, Count, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from tuoshan.cases import neighbours, tally
from tuoshan.cases.models import Case, Deadline
from tuoshan.insight import measures
from tuoshan.insight.conditions import Conditions, day_start
from tuoshan.insight.models import CaseFigures
from tuoshan.insight.reports.period import Period
from tuoshan.insight.reports.shapes import SMALL, Cell

NO_MORE = Q()
MOST_SINGLE = 1000
AT_ONCE = 500
SHARES = (0.5, 0.9)
"""The quantiles that reports show."""


@dataclass(frozen=True)
class Counting:
    """Counts for one person, one period, and what narrows the report."""

    person: Any
    conditions: Conditions
    period: Period
    scope: Conditions = field(init=False)
    sorted: dict[tuple[str, str], tuple[int, dict[float, float]]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", self.conditions.scope())

    def before(self) -> "Counting":
        """The same for the period before."""
        return self.earlier

    @cached_property
    def earlier(self) -> "Counting":
        return replace_period(self, self.period.before())

    @cached_property
    def ways(self) -> list[Q]:
        """The person's reach cut into parts without a case in common, each of which an index leads to: their units
        (or department), and the single cases that they reach otherwise."""
        seen = tally.sight(self.person)
        if seen is None:
            return [Q(neighbours.case_filter(self.person))]
        if not seen.others:
            return [seen.known]
        # An open and a closed case are looked up in different indexes.
        beside = tally.beside(seen, Q(ended=False), Q(ended=True))
        single = list(beside.order_by().values_list("pk", flat=True)[: MOST_SINGLE + 1])
        if len(single) > MOST_SINGLE:
            return [Q(neighbours.case_filter(self.person))]
        return [seen.known, Q(id__in=single)] if single else [seen.known]

    def cases(self, figure: str = "") -> "QuerySet[CaseFigures]":
        """The cases that a figure counts; without one, all that the report may speak of."""
        reach = Q()
        for way in self.ways:
            reach |= way
        return self._narrowed(figure).filter(reach)

    def among(self, ids: Sequence[int]) -> list[int]:
        """Those of these cases that the report may speak of."""
        reach = neighbours.nearby(self.person) or Q()
        found: list[int] = []
        for first in range(0, len(ids), AT_ONCE):
            known = Case.objects.filter(self.scope.on_cases() & reach, id__in=ids[first : first + AT_ONCE])
            found += known.order_by().values_list("pk", flat=True)
        return found

    def parts(self, figure: str = "") -> "list[QuerySet[CaseFigures]]":
        """The same, part by part, without a case in common."""
        if figure == "open":  # two ranges of two indexes, where one condition would read the whole table
            end = self.period.span[1]
            known = self._narrowed("").filter(created_at__lt=end)
            both = known.filter(ended=False), known.filter(ended=True, closed_at__gte=end)
            return [found.filter(way) for way in self.ways for found in both]
        return [self._narrowed(figure).filter(way) for way in self.ways]

    def _narrowed(self, figure: str) -> "QuerySet[CaseFigures]":
        found = CaseFigures.objects.filter(self.scope.on_cases())
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
        return replace(self.scope, figure=figure, figure_from=self.period.since, figure_to=self.period.until, **more)

    def count(self, figure: str) -> int:
        if figure == "late" and self.is_everything():
            return measures.late_cases(self.period.span).count()
        return sum(part.count() for part in self.parts(figure))

    def counts_between(self, figure: str, days: Sequence[tuple[date, date]]) -> list[int]:
        """The same for each of these stretches of days: each a range of an index, all in one statement.

        A department's cases stand in no such index; they are gone through once.
        """
        seen = tally.sight(self.person)
        if seen is None or seen.kind == tally.BY_DEPARTMENT:
            by_day = self.by(figure, {"registered": "created_on", "closed": "closed_on"}[figure])
            return [sum(n for day, n in by_day.items() if day and since <= day <= until) for since, until in days]
        arms: list[QuerySet[Any]] = []
        for place, (since, until) in enumerate(days):
            part = replace_period(self, Period("custom", since, until))
            for found in part.parts(figure):
                counted = found.order_by().annotate(stretch=Value(place)).values("stretch").annotate(n=Count("*"))
                arms.append(counted.values_list("stretch", "n"))
        numbers = [0] * len(days)
        for place, number in arms[0].union(*arms[1:], all=True) if arms[1:] else arms[0]:
            numbers[place] += number
        return numbers

    def cell(self, figure: str) -> Cell:
        return Cell(self.count(figure), "cases", self.behind(figure))

    def by(self, figure: str, column: str) -> dict[Any, int]:
        """How many per value of a column."""
        found: dict[Any, int] = {}
        for part in self.parts(figure):
            for value, number in part.order_by().values_list(column).annotate(n=Count("*")):
                found[value] = found.get(value, 0) + number
        return found

    @cached_property
    def unanswered(self) -> int:
        """Cases whose promise of a first answer ran out without any."""
        return self.count("unanswered")

    def by_both(self, figure: str, first: str, second: str, only: Q = NO_MORE) -> dict[tuple[Any, Any], int]:
        """How many per pair of values of two columns, of those that fulfil `only`."""
        found: dict[tuple[Any, Any], int] = {}
        for part in self.parts(figure):
            for one, other, number in part.filter(only).order_by().values_list(first, second).annotate(n=Count("*")):
                found[one, other] = found.get((one, other), 0) + number
        return found

    def answered_in_time(self) -> Cell:
        """First answers in time, of those given and those whose promise ran out without any, in percent to one place;
        empty where there is nothing to take a share of."""
        total = self.count("responded") + self.unanswered
        value = round(self.count("response_kept") * 100 / total, 1) if total else None
        return Cell(value, "percent", self.behind("response_kept"), 0 < total < SMALL)

    def quantile(self, figure: str, column: str, share: float) -> Cell:
        """What this share of the durations does not exceed; the median is the middle one, or the mean of two."""
        total, found = self._ranked(figure, column)
        value = found[share] if total else None
        return Cell(value, "seconds", self.behind(figure), 0 < total < SMALL)

    def _ranked(self, figure: str, column: str) -> tuple[int, dict[float, float]]:
        """How many durations there are, and their quantiles: sorted once for all of them."""
        known = self.sorted.get((figure, column))
        if known is None:
            values = self.cases(figure).filter(**{f"{column}__isnull": False}).order_by()
            total = values.count()
            wanted = {share: places(total, share) for share in SHARES} if total else {}
            ranks = {place + 1 for both in wanted.values() for place in both}
            placed = values.annotate(place=Window(RowNumber(), order_by=column)).filter(place__in=ranks)
            found = dict(placed.values_list("place", column)) if total else {}
            means = {share: (found[first + 1] + found[last + 1]) / 2 for share, (first, last) in wanted.items()}
            known = self.sorted[figure, column] = total, means
        return known

    def mean_score(self) -> Cell:
        found = self.cases("scored").aggregate(mean=Avg("score"), n=Count("*"))
        mean = round(float(found["mean"]), 2) if found["mean"] is not None else None
        return Cell(mean, "score", self.behind("scored"), 0 < found["n"] < SMALL)

    def pairs(self, figure: str, key: str, column: str) -> dict[Any, list[int]]:
        """Per value of `key` the sorted durations."""
        found: dict[Any, list[int]] = {}
        rows = self.cases(figure).filter(**{f"{column}__isnull": False}).order_by(column).values_list(key, column)
        for name, value in rows.iterator(chunk_size=5000):
            found.setdefault(name, []).append(value)
        return found

    def dated(self, figure: str, moment: str, column: str) -> Iterator[tuple[datetime, int]]:
        """When something came, and its figure (how long it had taken, or the score), case by case."""
        rows = self.cases(figure).filter(**{f"{column}__isnull": False}).order_by().values_list(moment, column)
        return rows.iterator(chunk_size=5000)

    def late_by(self, key: str) -> dict[Any, int]:
        """Cases with a clock that was missed in the period, per value of a column."""
        return dict(self.cases("late").order_by().values_list(key).annotate(n=Count("*")))

    def kept(self) -> "QuerySet[Deadline]":
        """Clocks of ours that ended in time in the period."""
        return self.clocks(measures.kept_clocks(self.period.span))

    def missed_by_name(self) -> dict[str, int]:
        """Per clock of ours the cases that missed it in the period."""
        ended, running = (self.clocks(found) for found in measures.late_clocks(self.period.span))
        return cases_per(ended.values_list("name", "case_id"), running.values_list("name", "case_id"))

    def missed_between(self, days: Sequence[tuple[date, date]]) -> list[int]:
        """The cases that missed a clock of ours in each of these stretches of days, which fill the period in order."""
        ended, running = (self.clocks(found) for found in measures.late_clocks(self.period.span))
        found = cases_per(_placed(ended, "ended_at", days), _placed(running, "due_at", days))
        return [found.get(place, 0) for place in range(len(days))]


def _placed(found: "QuerySet[Deadline]", moment: str, days: Sequence[tuple[date, date]]) -> "QuerySet[Any, Any]":
    """Each clock's stretch of days by this moment, and its case."""
    ends = (day_start(last + timedelta(days=1)) for _first, last in days)
    before = [When(**{f"{moment}__lt": end}, then=Value(place)) for place, end in enumerate(ends)]
    place = models.Case(*before, output_field=models.IntegerField())
    return found.annotate(place=place).values_list("place", "case_id")


def cases_per(*found: "QuerySet[Any, Any]") -> dict[Any, int]:
    """How many cases there are to each value, of query sets that give value and case: in the database, because in a bad
    month nearly every case is among them. A case counts once, also where several of them find it.
    """
    try:
        pairs, values = found[0].union(*found[1:]).query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        counted = f"WITH pair (what, case_id) AS ({pairs}) SELECT what, COUNT(*) FROM pair GROUP BY what"  # noqa: S608
        cursor.execute(counted, values)
        return dict(cursor.fetchall())


def replace_period(counting: Counting, period: Period) -> Counting:
    changed = Counting(counting.person, counting.conditions, period)
    changed.__dict__["ways"] = counting.ways
    return changed


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


def shares(values: Iterable[int], total: int = 0) -> list[float]:
    """The running share of each value in percent, to one place; of a total where not all are given."""
    numbers = list(values)
    total, running, found = total or sum(numbers) or 1, 0, []
    for number in numbers:
        running += number
        found.append(round(running * 100 / total, 1))
    return found
