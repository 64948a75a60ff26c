"""A promised moment at which nobody works: an answer then comes sooner, and the customer is told within which hours.

The promise itself stays. Nothing is said where somebody works at that moment, nor where no working time is left before
it: then only the promise is true.
"""

from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from tuoshan import clock
from tuoshan.cases import calendars
from tuoshan.core.playbook import Playbook
from tuoshan.core.worktime import CalendarError, WorkCalendar

_INSTANT = timedelta(minutes=1)


def hours_before(playbook: Playbook, due: datetime | None, now: datetime | None = None) -> str:
    """`09:00–18:00` of the last working day before a moment outside of working hours; else nothing."""
    moment = now or clock.now()
    if due is None or due <= moment:
        return ""
    try:
        calendar = calendars.calendar(playbook.calendar, moment)
        if _somebody_works(calendar, due) or not calendar.work_between(moment, due):
            return ""
    except CalendarError:
        return ""
    day = calendar.local_day(due)
    while not calendar.work_between(calendar.end_of_day(day - timedelta(days=1)), due):
        day -= timedelta(days=1)
    shifts = calendar.shifts_on(day) or calendar.shifts_on(day - timedelta(days=1))
    return f"{shifts[0][0]:%H:%M}–{_closing(shifts[-1][1])}"


def _somebody_works(calendar: WorkCalendar, at: datetime) -> bool:
    """Whether the moment lies within the day's hours: a lunch break and the very close do."""
    day = calendar.local_day(at)
    begin, end = calendar.end_of_day(day - timedelta(days=1)), calendar.end_of_day(day)
    if calendar.work_between(at - _INSTANT, at):
        return True
    return bool(calendar.work_between(begin, at)) and bool(calendar.work_between(at, end))


def _closing(at: time) -> str:
    return "24:00" if at == time() else f"{at:%H:%M}"


def sentence(playbook: Playbook, due: datetime | None, now: datetime | None = None) -> str:
    """What is said below a promised moment."""
    hours = hours_before(playbook, due, now)
    return _("我们会争取在此之前的工作时间（%(hours)s）内答复。") % {"hours": hours} if hours else ""


def part(playbook: Playbook, due: datetime | None) -> str:
    """The same as part of a sentence that has just named the moment by which the customer will hear."""
    hours = hours_before(playbook, due)
    return _("，并争取在此之前的工作时间（%(hours)s）内答复") % {"hours": hours} if hours else ""
