"""The page about improvements, and which of them its numbers count: the list that a number leads to asks the same."""

from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _

from tuoshan.insight import measures, names
from tuoshan.insight.conditions import Conditions, day_start
from tuoshan.insight.reports import PAGES
from tuoshan.insight.reports.counting import Counting
from tuoshan.insight.reports.period import Period
from tuoshan.insight.reports.shapes import Cell, Column, Report, Table, Tile
from tuoshan.quality.lessons import OPEN
from tuoshan.quality.models import Lesson, LessonCase

M = TypeVar("M", bound=Model)
DONE, ALL = "done", "all"
"""Lists of improvements that may be narrowed to days: those done in them, and those put forward in them."""


def lessons(counting: Counting) -> Report:
    """Improvements: open ones, those past their day, and what came of those that are done."""
    day, span, mine = measures.today(), counting.period.span, _counted(counting)
    waiting = mine.filter(status__in=OPEN)
    scope = counting.scope.params()
    days = {"since": counting.period.since.isoformat(), "until": counting.period.until.isoformat()}
    done = mine.filter(measures.within("done_at", span), status=Lesson.Status.DONE).count()
    new = mine.filter(measures.within("created_at", span)).count()
    report = Report("lessons", PAGES["lessons"])
    report.tiles = [
        Tile("lessons_open", _("未完成"), Cell(waiting.count(), lessons={"show": "unfinished"} | scope)),
        Tile("lessons_late", _("已过应完成日期"),
             Cell(waiting.filter(due_on__lt=day).count(), lessons={"show": "late"} | scope)),
        Tile("lessons_done", _("期间完成"), Cell(done, lessons={"show": DONE} | days | scope)),
        Tile("lessons_new", _("期间提出"), Cell(new, lessons={"show": ALL} | days | scope)),
    ]  # fmt: skip
    shown = names.people()
    table = Table(
        "lessons", _("未完成的整改"),
        [
            Column(_("措施"), "text"), Column(_("类型"), "text"), Column(_("负责人"), "text"),
            Column(_("应完成日期"), "date"), Column(_("逾期天数")), Column(_("来源工单")),
        ],
        empty=_("没有未完成的整改。"),
    )  # fmt: skip
    with_cases = waiting.annotate(cases=Count("links", distinct=True)).order_by("due_on", "id")
    for row in with_cases[:500]:
        late = (day - row.due_on).days if row.due_on and row.due_on < day else None
        table.rows.append(
            [
                Cell(row.what, "text", lesson=row.pk), Cell(row.get_kind_display(), "text"),
                Cell(shown.get(row.owner_id or 0, _("未定")), "text"), Cell(row.due_on, "date"), Cell(late),
                Cell(row.cases),
            ]
        )  # fmt: skip
    report.tables.append(table)
    return report


def _counted(counting: Counting) -> "QuerySet[Lesson]":
    """Those that the reader sees (of cases within reach, and their own), of the report's cases where it names some."""
    if counting.is_everything():
        return Lesson.objects.all()
    wanted = Q(pk__in=_of_cases(counting))
    if not counting.scope.params():
        wanted |= Q(owner_id=counting.person.pk) | Q(created_by_id=counting.person.pk)
    return Lesson.objects.filter(wanted)


def _of_cases(counting: Counting) -> "QuerySet[Any]":
    """The ids of those that were learned from cases of the report."""
    linked = list(LessonCase.objects.values_list("case_id", flat=True).distinct())  # few, beside all cases
    return LessonCase.objects.filter(case_id__in=counting.among(linked)).order_by().values("lesson_id")


def narrowed(found: "QuerySet[M]", person: Any, show: str, asked: Conditions) -> "QuerySet[M]":
    """Of the improvements that the person sees, those that a report's number counts: of the cases of its scope, and of
    the days `since` to `until`, by when they were done in the list `done`, else by when they were put forward.
    """
    if asked.scope().params():
        found = found.filter(pk__in=_of_cases(Counting(person, asked, Period.read({}))))
    column = "done_at" if show == DONE else "created_at"
    if asked.since:
        found = found.filter(**{f"{column}__gte": day_start(asked.since)})
    if asked.until:
        found = found.filter(**{f"{column}__lt": day_start(asked.until + timedelta(days=1))})
    return found
