"""Days that are worked otherwise than their weekday: how they are written, read, and taken from a notice."""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tuoshan.core.worktime import CalendarError, parse_shifts

OFF = frozenset({"off", "休", "休息", "放假", "holiday", "假"})
WORKED = frozenset({"work", "班", "上班", "调休", "补班", "make_up_workday", "workday"})
MOST_DAYS = 800
_LINE = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:\s*(?:~|～|至|到|to)\s*(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?)?[\s,，:：]*(.*)$"
)
_SHIFT = re.compile(r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}")


class DaysWrong(ValueError):
    """A list of days that cannot be read; the text names the line and what to write instead."""


@dataclass
class Days:
    """`worked`: date → shifts as text (empty: a day off); `names`: what the day is called."""

    worked: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def read_days(text: str, make_up: str) -> Days:
    """Read one day or one span a line: `2027-02-06 休 春节`, `2027-02-05~2027-02-11 休`, `2027-02-14 班`.

    Hours may stand instead of the word: `2027-03-01 09:00-12:00 周年庆`. A comma between the parts makes no
    difference, so rows of a spreadsheet may be pasted; the columns of the shipped holiday table are understood.
    `make_up` are the hours of a day that is worked. Raises DaysWrong naming the line.
    """
    days = Days()
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip().strip("\ufeff")
        if not plain or plain.startswith("#") or plain.lower().startswith("date"):
            continue
        _take_line(days, number, " ".join(_fields(plain)), make_up)
    if len(days.worked) > MOST_DAYS:
        raise DaysWrong(_("一次最多 %(number)d 天。") % {"number": MOST_DAYS})
    return days


def _fields(line: str) -> list[str]:
    return [part.strip() for part in next(csv.reader(io.StringIO(line.replace("\t", ",")))) if part.strip()]


def _take_line(days: Days, number: int, line: str, make_up: str) -> None:
    match = _LINE.match(line)
    if match is None:
        sentence = _("第 %(number)d 行看不懂：%(line)s。请写成 2027-02-06 休 春节。")
        raise DaysWrong(sentence % {"number": number, "line": line[:40]})
    try:
        first = date(int(match[1]), int(match[2]), int(match[3]))
        last = date(int(match[4] or match[1]), int(match[5]), int(match[6])) if match[5] else first
    except ValueError:
        raise DaysWrong(_("第 %(number)d 行没有这一天：%(line)s。") % {"number": number, "line": line[:40]}) from None
    if not timedelta() <= last - first <= timedelta(days=60):
        raise DaysWrong(_("第 %(number)d 行的起止不对：%(line)s。") % {"number": number, "line": line[:40]})
    hours, name = _hours_and_name(match[7].strip(), number, line, make_up)
    for step in range((last - first).days + 1):
        day = (first + timedelta(days=step)).isoformat()
        if day in days.worked:
            raise DaysWrong(_("第 %(number)d 行：%(day)s 写了两次。") % {"number": number, "day": day})
        days.worked[day] = hours
        if name:
            days.names[day] = name


def _hours_and_name(rest: str, number: int, line: str, make_up: str) -> tuple[str, str]:
    word, _space, name = rest.partition(" ")
    if word.lower() in OFF:
        return "", name.strip()
    if word.lower() in WORKED:
        return make_up, name.strip()
    shifts = _SHIFT.findall(rest)
    if shifts:
        hours = ", ".join(shifts)
        try:
            parse_shifts(hours)
        except CalendarError as error:
            raise DaysWrong(_("第 %(number)d 行的班次不对：%(what)s") % {"number": number, "what": error}) from None
        return hours, re.sub(r"^[\s,，、]+|[\s,，、]+$", "", _SHIFT.sub("", rest)).strip(" ,，、")
    raise DaysWrong(_("第 %(number)d 行要写“休”“班”或班次：%(line)s。") % {"number": number, "line": line[:40]})


def write_days(content: dict[str, Any]) -> str:
    """The days of a stored calendar, one a line, as `read_days` reads them."""
    names, off = content.get("names", {}), pgettext("day", "休")
    return "\n".join(
        " ".join(filter(None, (day, str(hours) or off, str(names.get(day, "")))))
        for day, hours in sorted(content.get("days", {}).items())
    )
