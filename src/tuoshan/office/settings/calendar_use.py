"""What reckons by a working calendar: processes and their single limits, and the mail that waits for the morning."""

import re
from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from tuoshan import punctuation
from tuoshan.cases import calendars as stored
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.cases.models import Calendar, StoredPlaybook
from tuoshan.core.playbook import Playbook, Wording
from tuoshan.core.reading import Finding
from tuoshan.integrations.staff_mail import CALENDAR


def names() -> list[str]:
    """Every calendar there is."""
    known = {*stored.STANDARD, *Calendar.objects.values_list("name", flat=True)}
    return sorted(known, key=lambda name: (name != "standard", name))


def books_on(name: str) -> list[Playbook]:
    """The processes in use that reckon by it, whole or in single limits."""
    return [book for book in library.everything().values() if name == book.calendar or _limits_on(book, name)]


def uses(name: str) -> list[str]:
    """What uses the calendar, in words: processes, with their limits where only those do; mail to staff."""
    found = [
        words(book.title) if book.calendar == name
        else punctuation.titled(words(book.title), punctuation.listed(words(title) for title in _limits_on(book, name)))
        for book in books_on(name)
    ]  # fmt: skip
    return [*found, _("下班后暂缓到早上的员工邮件")] if name == CALENDAR else found


def _own_calendars(book: Playbook) -> Iterator[tuple[str, int, Wording, str]]:
    """Where in the file a limit names a calendar of its own: place, line, title, calendar."""
    for key, state in book.states.items():
        if state.waits is not None and state.waits.limit is not None and state.waits.limit.calendar:
            yield f"states.{key}.waits.calendar", state.line, state.title, state.waits.limit.calendar
    for key, task in book.tasks.items():
        if task.limit is not None and task.limit.calendar:
            yield f"tasks.{key}.calendar", task.line, task.title, task.limit.calendar
    for key, deadline in book.deadlines.items():
        if deadline.limit.calendar:
            yield f"deadlines.{key}.calendar", deadline.line, deadline.title, deadline.limit.calendar


def _limits_on(book: Playbook, name: str) -> list[Wording]:
    return [title for _where, _line, title, calendar in _own_calendars(book) if calendar == name]


def unknown(book: Playbook, file: str) -> list[Finding]:
    """Each calendar that the process names and nobody has made."""
    known = names()
    named = [("calendar", book.lines.get("calendar", 1), book.title, book.calendar), *_own_calendars(book)]
    mend = Wording(
        f"在设置“工作日历”里新建，或改用 {'、'.join(known)}",
        f"make it under Working calendars in the settings, or use {', '.join(known)}",
    )
    return [
        Finding(
            1, "error", file, line, where,
            Wording(f"没有名为“{calendar}”的工作日历", f"there is no working calendar '{calendar}'"), mend,
        )
        for where, line, _title, calendar in named if calendar not in known
    ]  # fmt: skip


def may_go(name: str) -> bool:
    """Whether it can be taken away: it did not come with the system, and no version of a process that was ever used
    names it, as the clocks of its cases are explained by it.
    """
    if name in stored.STANDARD or uses(name):
        return False
    mentioned = re.compile(rf"calendar:\s*['\"]?{re.escape(name)}\b")
    rows = StoredPlaybook.objects.filter(Q(text__contains=name) | Q(fragments__contains=name))
    return not any(mentioned.search(row.text) or mentioned.search(row.fragments) for row in rows)
