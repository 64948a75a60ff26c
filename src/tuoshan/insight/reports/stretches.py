"""A report's period cut into days, weeks or months, and what came in each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from tuoshan.insight.conditions import Conditions
from tuoshan.insight.figures import local_day

Stretch = tuple[date, date, str]
V = TypeVar("V")
DAILY_UP_TO, WEEKLY_UP_TO = 45, 200
"""So many days are drawn day by day, so many week by week; longer ones by month."""


def between(behind: Conditions, first: date, last: date) -> Conditions:
    """The cases behind a number, of these days alone."""
    return replace(behind, figure_from=first, figure_to=last)


def steps(since: date, until: date) -> list[Stretch]:
    """The period cut into days, weeks from Monday, or months, each with its label."""
    days = (until - since).days + 1
    found: list[Stretch] = []
    first = since
    while first <= until:
        if days <= DAILY_UP_TO:
            last = first
        elif days <= WEEKLY_UP_TO:
            last = first + timedelta(days=6 - first.weekday())
        else:
            last = (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        last = min(last, until)
        form = "%Y-%m" if days > WEEKLY_UP_TO else "%m-%d"
        found.append((first, last, first.strftime(form)))
        first = last + timedelta(days=1)
    return found


def by_stretch(dated: Iterable[tuple[datetime, V]], stretches: Sequence[Stretch]) -> list[list[V]]:
    """The values that came in each stretch."""
    places = {
        first + timedelta(days=day): place
        for place, (first, last, _label) in enumerate(stretches)
        for day in range((last - first).days + 1)
    }
    found: list[list[V]] = [[] for _stretch in stretches]
    for at, value in dated:
        place = places.get(local_day(at) or date.min)
        if place is not None:
            found[place].append(value)
    return found
