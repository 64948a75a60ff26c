"""The arithmetic behind a clock's due moment, in plain sentences: of a limit that was counted and of one that names its
moment, while it runs and when it has ended.
"""

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Literal as OneOf
from typing import cast
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuoshan import punctuation
from tuoshan.cases import calendars
from tuoshan.cases.forms import words
from tuoshan.core import timing
from tuoshan.core.case import Clock
from tuoshan.core.clocks import frozen_duration
from tuoshan.core.conditions import EvaluationError
from tuoshan.core.conditions.compiler import compile_tree
from tuoshan.core.conditions.syntax import Arithmetic, Call, Fact, History, Node, walk
from tuoshan.core.durations import Duration, DurationError, Unit
from tuoshan.core.durations import due as reckon_due
from tuoshan.core.explanations import Step, Trail, explain
from tuoshan.core.playbook import Playbook
from tuoshan.core.work import Work
from tuoshan.core.worktime import WorkCalendar

LENGTHS = ("working_days", "days", "hours", "minutes")
"""What is added to a moment under the very name of a duration's unit."""

Closed = tuple[tuple[datetime, datetime], ...]


def lines(playbook: Playbook, clock: Clock, work: Work) -> tuple[str, ...]:
    """Numbered arithmetic that adds up to the due moment. A clock that stands still says since when instead."""
    name = timing.plan_of(playbook, clock).limit.calendar or playbook.calendar
    calendar = calendars.of_version(name, clock.calendar)
    first, steps = _counted(clock, calendar) if clock.fixed is None else _given(playbook, clock, work, calendar)
    return (*first, *_told(steps, calendar), *_remarks(clock, calendar))


def _counted(clock: Clock, calendar: WorkCalendar) -> tuple[list[str], list[Step]]:
    """Of a limit that was counted from its start."""
    if not clock.amount:
        return [], []
    found = reckon_due(clock.started, frozen_duration(clock), calendar, _closed(clock.paused + clock.held))
    steps = list(found.steps)
    if clock.not_before is not None and found.at < clock.not_before:
        steps[-1:] = _due_steps(clock.not_before, calendar)
    return [], steps if _stopped_since(clock) is None else steps[:-1]


def _given(playbook: Playbook, clock: Clock, work: Work, calendar: WorkCalendar) -> tuple[list[str], list[Step]]:
    """Of a moment that a field names, or that was reckoned from what is known; a hold moves it by its own length."""
    fixed = cast(datetime, clock.fixed)
    at = timing.plan_of(playbook, clock).limit.at
    reckoned = _sum(clock, at.tree, work, calendar) if at is not None else []
    said = [] if at is None else _read(playbook, at.tree)
    if clock.fixed == clock.started:
        said.append(_("这个时间在开始计时以前，当即到期。"))
    trail = Trail(silent=False)
    moved = fixed
    for begin, end in _closed(clock.held):
        trail.pause((begin, end), end - begin, end - begin, True)
        moved += end - begin
    due = [] if _stopped_since(clock) is not None else _due_steps(moved, calendar)
    return said, [*reckoned, *trail.steps, *due]


def _sum(clock: Clock, tree: Node, work: Work, calendar: WorkCalendar) -> list[Step]:
    """The steps of `moment + working_days(…)` and its like; none where it is written otherwise, or where what it reads
    has changed since it was reckoned: then they would lead elsewhere.
    """
    match tree:
        case Arithmetic("+", (Fact() | History()) as start, Call(unit, (count,))) if unit in LENGTHS:
            begun, number = _value(start, work), _value(count, work)
            if not isinstance(begun, datetime) or not isinstance(number, Decimal | int):
                return []
            try:
                found = reckon_due(begun, Duration(number, cast(Unit, unit)), calendar)
            except DurationError:
                return []
            return list(found.steps[:-1]) if found.at == clock.fixed else []
    return []


def _value(node: Node, work: Work) -> object:
    """What a part of an expression comes to now; None where it cannot be known."""
    try:
        return compile_tree("", node)(work.scope())
    except EvaluationError:
        return None


# -- in words ------------------------------------------------------------------------------------------------------


def _read(playbook: Playbook, tree: Node) -> list[str]:
    """What the moment was taken from: the one field as it was filled in, or all that it was reckoned from."""
    if isinstance(tree, Fact):
        item = playbook.facts.get(tree.name)
        if item is None:
            return []
        given = [_("时间按填写的“%(field)s”") % {"field": words(item.label)}]
        return [*given, _("只有日期时，算到当日 24:00。")] if item.kind == "date" else given
    names = [_named(playbook, node) for node, _depth in walk(tree)]
    return [_("根据%(names)s算出。") % {"names": punctuation.listed(dict.fromkeys(filter(None, names)))}]


def _named(playbook: Playbook, node: Node) -> str:
    """A field or a step as people call it; nothing for what is no name."""
    match node:
        case Fact(name) if name in playbook.facts:
            return _("“%(title)s”") % {"title": words(playbook.facts[name].label)}
        case History("on" | "entered" | "first", name):
            known = playbook.actions.get(name) or playbook.states.get(name)
            return _("“%(title)s”的时间") % {"title": words(known.title)} if known is not None else ""
    return ""


def _told(steps: Iterable[Step], calendar: WorkCalendar) -> list[str]:
    """Sentences in the reader's language and in the zone of the calendar."""
    language: OneOf["zh", "en"] = "en" if (get_language() or "").startswith("en") else "zh"
    zoned = [Step(step.code, {**step.parameters, "timezone": calendar.timezone}) for step in steps]
    return explain(zoned, language)


def _due_steps(at: datetime, calendar: WorkCalendar) -> list[Step]:
    """The last step; midnight is the end of the day before."""
    trail = Trail(silent=False)
    trail.add("due", at=at, ends_day=int(at.astimezone(ZoneInfo(calendar.timezone)).time() == time.min))
    return trail.steps


def _remarks(clock: Clock, calendar: WorkCalendar) -> list[str]:
    """Of a clock that stands still, since when."""
    since = _stopped_since(clock)
    if since is None:
        return []
    at = since.astimezone(ZoneInfo(calendar.timezone)).strftime("%Y-%m-%d %H:%M")
    return [_("自 %(at)s 起停住，继续计时后再定到期时间。") % {"at": at}]


def _closed(intervals: tuple[tuple[datetime, datetime | None], ...]) -> Closed:
    return tuple((begin, end) for begin, end in sorted(intervals, key=lambda one: one[0]) if end is not None)


def _stopped_since(clock: Clock) -> datetime | None:
    """When the pause or the hold began that has not ended yet."""
    return next((begin for begin, end in (*clock.held[-1:], *clock.paused[-1:]) if end is None), None)
