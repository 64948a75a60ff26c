"""The public holidays and make-up workdays of China, as published year by year.

The table is data (`data/calendar_cn.csv`): one row per day off inside a holiday (weekend days of the
holiday included) and one per weekend day that is worked instead. Its head names the version of the table
and the years whose notice is in it; every other year is unknown, never guessed here.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal, cast

DayKind = Literal["holiday", "make_up_workday"]


@dataclass(frozen=True, slots=True)
class OfficialDay:
    """One day that the notice of its year takes out of the ordinary week."""

    day: date
    kind: DayKind
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class OfficialDays:
    """A version of the table: the years it knows for certain, and their special days in order."""

    version: str
    official_years: frozenset[int]
    days: tuple[OfficialDay, ...]


def read_official_days(lines: Iterable[str]) -> OfficialDays:
    """Read a table from its lines.

    Raises ValueError, naming the day, for an unknown kind, a day given twice, or a day outside the years
    that the head declares official; also for a head without version or years.
    """
    head: dict[str, str] = {}
    body: list[str] = []
    for line in lines:
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            head[key.strip()] = value.strip()
        elif line.strip():
            body.append(line)
    if not head.get("version") or not head.get("official_years"):
        raise ValueError("The holiday table must begin with '# version:' and '# official_years:'.")
    years = frozenset(int(year) for year in head["official_years"].split())
    days: dict[date, OfficialDay] = {}
    for row in csv.DictReader(body):
        day = date.fromisoformat(row["date"])
        if row["kind"] not in ("holiday", "make_up_workday"):
            raise ValueError(f"{day}: unknown kind {row['kind']!r} in the holiday table.")
        if day in days:
            raise ValueError(f"{day} stands twice in the holiday table.")
        if day.year not in years:
            raise ValueError(f"{day} lies outside the official years of the holiday table.")
        days[day] = OfficialDay(day, cast(DayKind, row["kind"]), row["name_zh"], row["name_en"])
    return OfficialDays(head["version"], years, tuple(days[day] for day in sorted(days)))


@cache
def load_official_days() -> OfficialDays:
    """The table shipped with this version; read once per process."""
    source = resources.files("tuoshan.core").joinpath("data/calendar_cn.csv")
    return read_official_days(source.read_text(encoding="utf-8").splitlines())
