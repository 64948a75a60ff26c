"""Having the running clocks of all cases reckoned anew after a calendar or a table was changed."""

import json
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library, recomputing
from tuoshan.cases.models import Recomputation
from tuoshan.office.settings import calendar_use, calendars, recording, table_shapes
from tuoshan.office.settings.moved_clocks import Moved, moved_by_calendar, moved_by_table, with_cases_on
from tuoshan.office.settings.recording import both

WHY = {
    recomputing.GONE: gettext_lazy("它的流程版本已经没有了，时限照原来的走"),
    recomputing.UNCLEAR: gettext_lazy("按现在的设置算不出时刻，时限照原来的走"),
}


class SubjectUnknown(LookupError):
    """There is no such calendar, or no table of times by this name."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was changed: `calendar/NAME` or `table/PLAYBOOK/NAME`."""

    text: str
    title: str
    playbooks: list[str]
    limits: bool

    @property
    def parts(self) -> list[str]:
        return self.text.split("/")

    def moved(self) -> tuple[list[Moved], int]:
        """What a run would move now, and how many cases were not looked at."""
        return moved_by_table(*self.parts[1:]) if self.limits else moved_by_calendar(self.parts[1])


def subject_of(text: str) -> Subject:
    """The subject of this name. Raises SubjectUnknown."""
    match text.split("/"):
        case ["calendar", name] if name in calendar_use.names():
            return Subject(text, calendars.title_of(name), with_cases_on(name), limits=False)
        case ["table", playbook, name]:
            book = library.everything().get(playbook)
            if book is not None and name in book.tables:
                shape = table_shapes.shape_of(book, name)
                if shape.kind == "time":
                    return Subject(text, shape.title, [playbook], limits=True)
    raise SubjectUnknown(text)


def start(request: HttpRequest, subject: Subject) -> Recomputation:
    """Begin a run, and write down who has asked for it."""
    area, key = ("tables", "/".join(subject.parts[1:])) if subject.limits else ("calendars", subject.parts[1])
    with write_transaction():
        run = recomputing.ask(
            subject=subject.text, playbooks=subject.playbooks, limits=subject.limits, person_id=recording.me(request).pk
        )
        recording.record(request, area, key, both(lambda: _("正在计时的时限重新推算")), action="done")
    return run


def latest(subject: Subject) -> Recomputation | None:
    """The last run for this subject."""
    return recomputing.latest(subject.text)


def passed_over(run: Recomputation) -> list[tuple[str, str]]:
    """Cases that a run could not reckon anew: number, and why in words."""
    return [(number, str(WHY[reason])) for number, reason in json.loads(run.passed_over)]
