"""Working calendars and company tables as the company has set them, each version kept with its beginning.

They are read once and kept for half a minute in each process: a clock freezes what it started with, so a
change needs to reach every process soon, not at once. A change in this process is seen at once.
"""

import json
import threading
import time as machine_time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import Calendar, Table
from tuoshan.core import worktime
from tuoshan.core.worktime import DayOverride, Shifts, WorkCalendar, parse_shifts

KEPT_SECONDS = 30.0

STANDARD: Mapping[str, Callable[[], WorkCalendar]] = {
    "standard": worktime.standard_cn,
    "round_the_clock": worktime.round_the_clock,
    "retail": worktime.retail_cn,
}
"""Calendars that are there before the company sets any of its own."""


@dataclass(frozen=True)
class _Known:
    read_at: float
    calendars: dict[str, list[tuple[datetime, WorkCalendar]]]
    tables: dict[tuple[str, str], list[tuple[datetime, Any]]]


_known: _Known | None = None
_lock = threading.Lock()


def calendar(name: str, now: datetime | None = None) -> WorkCalendar:
    """The version in force. Raises CalendarError for a name that nobody has set."""
    found: WorkCalendar | None = _in_force(_read().calendars.get(name, ()), now or clock.now())
    if found is not None:
        return found
    if name in STANDARD:
        return STANDARD[name]()
    raise worktime.CalendarError(f"there is no calendar '{name}'")


def of_version(name: str, version: str) -> WorkCalendar:
    """The very version that a clock began with, else the one in force."""
    versions = [made for _, made in _read().calendars.get(name, ())]
    if name in STANDARD:
        versions.append(STANDARD[name]())
    return next((made for made in versions if made.version == version), None) or calendar(name)


def table(playbook: str, name: str, now: datetime | None = None) -> Any:
    """The company's value for a playbook, else for all playbooks, else None: then the playbook's own counts."""
    tables = _read().tables
    for key in ((playbook, name), ("", name)):
        found = _in_force(tables.get(key, ()), now or clock.now())
        if found is not None:
            return found
    return None


def set_table(*, playbook: str, name: str, value: Any, valid_from: datetime, person_id: int | None = None) -> Table:
    """Add a version of a company table; clocks that run keep the value they started with."""
    with write_transaction():
        newest = Table.objects.filter(playbook=playbook, name=name).aggregate(n=Max("version"))["n"] or 0
        row = Table.objects.create(
            playbook=playbook, name=name, version=newest + 1,
            value=json.dumps(value, ensure_ascii=False, default=_number), valid_from=valid_from,
            changed_by_id=person_id,
        )  # fmt: skip
    forget()
    return row


def set_calendar(
    *, name: str, content: Mapping[str, Any], valid_from: datetime, person_id: int | None = None
) -> Calendar:
    """Add a version of a calendar. Raises CalendarError when the content makes no sense; nothing is stored then."""
    with write_transaction():
        newest = Calendar.objects.filter(name=name).aggregate(n=Max("version"))["n"] or 0
        compile_calendar(name, newest + 1, content)
        row = Calendar.objects.create(
            name=name, version=newest + 1, content=json.dumps(content, ensure_ascii=False), valid_from=valid_from,
            changed_by_id=person_id,
        )  # fmt: skip
    forget()
    return row


def compile_calendar(name: str, version: int, content: Mapping[str, Any]) -> WorkCalendar:
    """A calendar from its stored form.

    That is `{"weekly": [7 texts], "holidays": bool, "make_up": text, "days": {date: text}}`.
    Shifts are written `09:00-12:00, 13:30-18:00`, an empty text is a day off. With `holidays` the Chinese
    public holidays are off and make-up workdays are worked; `days` replaces single dates, `names` says what they
    are, `official_years` are those whose notice was put into `days` by hand. `title_zh` and `title_en`, what people
    call it, move no clock. Raises CalendarError.
    """
    weekly = tuple(parse_shifts(str(text)) for text in content.get("weekly", ()))
    number = f"{name}/{version}"
    if content.get("holidays", True):
        make_up: Shifts | None = parse_shifts(str(content["make_up"])) if content.get("make_up") else None
        made = worktime.chinese_calendar(name, weekly, version=number, make_up_shifts=make_up)
    else:
        made = WorkCalendar(name, number, weekly)
    names = content.get("names", {})
    days = {
        date.fromisoformat(day): DayOverride(parse_shifts(str(text)), str(names.get(day, "")))
        for day, text in content.get("days", {}).items()
    }
    years = made.official_years
    if years is not None:
        years |= frozenset(int(year) for year in content.get("official_years", ()))
    if not days and years == made.official_years:
        return made
    return WorkCalendar(
        name, made.version, made.weekly, made.timezone, {**made.overrides, **days}, years, made.guessed_holidays,
    )  # fmt: skip


def _number(value: object) -> int | float:
    """Decimals of money and days; they are read back as decimals, so that nothing inexact is compared."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} does not belong into a table")
    return int(value) if value == value.to_integral_value() else float(value)


def forget() -> None:
    """Read again at the next question."""
    global _known
    _known = None


def _in_force(versions: Sequence[tuple[datetime, Any]], now: datetime) -> Any:
    return next((value for start, value in reversed(versions) if start <= now), None)


def _read() -> _Known:
    global _known
    known = _known
    moment = machine_time.monotonic()
    if known is None or moment - known.read_at > KEPT_SECONDS:
        calendars: dict[str, list[tuple[datetime, WorkCalendar]]] = {}
        for row in Calendar.objects.order_by("name", "valid_from", "version"):
            made = compile_calendar(row.name, row.version, json.loads(row.content))
            calendars.setdefault(row.name, []).append((row.valid_from, made))
        tables: dict[tuple[str, str], list[tuple[datetime, Any]]] = {}
        for entry in Table.objects.order_by("playbook", "name", "valid_from", "version"):
            value = json.loads(entry.value, parse_float=Decimal)
            tables.setdefault((entry.playbook, entry.name), []).append((entry.valid_from, value))
        with _lock:
            _known = known = _Known(moment, calendars, tables)
    return known
