"""From which day a changed rule book counts: as if it had always been so, and what it really touches from a day on."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from tuoshan.core.policy.comparing import replaced
from tuoshan.core.policy.pack import TODAY, Pack
from tuoshan.rulings import library
from tuoshan.rulings.models import BookEffect, BookEffectLine

ZERO = Decimal("0.00")


def supposed(pack: Pack) -> tuple[Pack, ...]:
    """The books, with this version in the place of all versions of its book, from the first day of the first one."""
    first, dates = library.versions(pack.name)[0].in_force, pack.in_force
    if dates is not None:
        dates = replace(dates, begins=first.begins if first is not None else None)
    return replaced(library.packs(), replace(pack, in_force=dates))


def goes_by(name: str) -> str:
    """The fact by whose day a version of the book is chosen; `today` for the day of asking."""
    dates = library.newest(name).in_force
    return dates.by if dates is not None else TODAY


@dataclass(frozen=True, slots=True)
class Touched:
    """The lines of open cases that a version which counts from a day on answers otherwise."""

    begins: date
    many: int
    cases: int
    unknown: int
    """Of the lines that would change, those of which the day that decides is not known."""
    cost_before: Decimal
    cost_after: Decimal

    @property
    def costs_more(self) -> Decimal:
        return self.cost_after - self.cost_before


def touched(run: BookEffect, begins: date) -> Touched:
    """What a version from this day on really changes among the open cases; by the day of asking, all of them, as soon
    as they are asked again."""
    changed = BookEffectLine.objects.filter(effect_id=run.pk, is_open=True)
    theirs = changed if goes_by(run.name) == TODAY else changed.filter(goes_by__gte=begins)
    sums = theirs.aggregate(
        many=Count("pk"), cases=Count("case_id", distinct=True), before=Sum("cost_before"), after=Sum("cost_after")
    )
    unknown = 0 if goes_by(run.name) == TODAY else changed.filter(goes_by=None).count()
    return Touched(begins, sums["many"], sums["cases"], unknown, sums["before"] or ZERO, sums["after"] or ZERO)
