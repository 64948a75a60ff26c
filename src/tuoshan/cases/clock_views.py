"""Clocks as people see them: what is promised, how much is left, and the arithmetic behind the due moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from tuoshan.cases import clock_lines, lists
from tuoshan.cases.forms import words
from tuoshan.cases.summary import owed_by_staff
from tuoshan.core import timing
from tuoshan.core.case import CaseState, Clock, Interval
from tuoshan.core.durations import offset
from tuoshan.core.page import is_promise
from tuoshan.core.playbook import MESSAGE, SYSTEM, Deadline, Playbook
from tuoshan.core.work import Work
from tuoshan.punctuation import in_brackets

Standing = Literal["running", "warning", "late", "paused", "held", "kept", "ended_late", "stopped"]


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock for a screen, the API or a customer."""

    key: str
    name: str
    kind: str
    title: str
    standing: Standing
    started: datetime
    due: datetime | None
    warn_at: datetime | None
    ended: datetime | None
    progress: int
    lines: tuple[str, ...]
    provisional: bool
    ours: bool
    used: timedelta
    paused: timedelta
    held: timedelta
    adopted_from: str = ""
    for_customer: bool = False
    recorded_late: bool = False
    """Kept by what was recorded only after the limit."""
    ends_by: tuple[str, ...] = ()
    """What ends a promise across states, in words."""

    @property
    def open(self) -> bool:
        return self.ended is None


def clock_views(playbook: Playbook, case: CaseState, work: Work) -> list[ClockView]:
    """All clocks of a case: running ones by due moment first, then ended ones, newest first."""
    views = [clock_view(playbook, clock, work) for clock in case.clocks.values()]
    far = work.now + timedelta(days=36500)
    running = sorted((v for v in views if v.open), key=lambda v: (not v.ours, v.due or far))
    ended = sorted((v for v in views if not v.open), key=lambda v: v.ended or far, reverse=True)
    return running + ended


def clock_view(playbook: Playbook, clock: Clock, work: Work) -> ClockView:
    """One clock now; `work` carries the moment and the calendar."""
    now = clock.ended or work.now
    paused, held = _length(clock.paused, now), _length(clock.held, now)
    warn_at = _warn_at(playbook, clock, work)
    due = clock.due if clock.ended is None else clock.last_due
    deadline = playbook.deadlines.get(clock.name) if clock.kind == "deadline" else None
    return ClockView(
        key=clock.key,
        name=clock.name,
        kind=clock.kind,
        title=title_of(playbook, clock),
        standing=_standing(clock, work.now, warn_at),
        started=clock.started,
        due=due,
        warn_at=warn_at,
        ended=clock.ended,
        progress=_progress(clock, due, now, paused + held),
        lines=clock_lines.lines(playbook, clock, work),
        provisional=clock.provisional,
        ours=owed_by_staff(playbook, clock),
        used=now - clock.started - paused - held,
        paused=paused,
        held=held,
        adopted_from=clock.adopted_from,
        recorded_late=clock.recorded_late,
        for_customer=is_promise(playbook, clock),
        ends_by=_ends_by(playbook, deadline) if deadline else (),
    )


def _ends_by(playbook: Playbook, deadline: Deadline) -> tuple[str, ...]:
    """The titles of what people do to keep it; what the system does by itself is left out."""
    titles = [_("给客户发消息")] if MESSAGE in deadline.until else []
    for trigger in deadline.until:
        action = playbook.actions.get(trigger)
        task = playbook.tasks.get(trigger.split(".")[1]) if trigger.startswith("task.") else None
        if action is not None and not action.automatic and SYSTEM not in action.by:
            titles.append(words(action.title))
        elif task is not None:
            titles.append(words(task.title))
    return tuple(dict.fromkeys(titles))


def title_of(playbook: Playbook, clock: Clock) -> str:
    """What the clock measures, in words."""
    match clock.kind:
        case "state" if clock.name in playbook.states:
            return words(playbook.states[clock.name].title)
        case "deadline" if clock.name in playbook.deadlines:
            return words(playbook.deadlines[clock.name].title)
        case "task" if clock.name in playbook.tasks:
            return in_brackets(words(playbook.tasks[clock.name].title), _whose(playbook, clock))
        case "hold" if clock.name in playbook.holds:
            return words(playbook.holds[clock.name].title)
    return _("上级决定") if clock.name == timing.REFUSED_ELSE else clock.name


def _whose(playbook: Playbook, clock: Clock) -> str:
    """Of a task that runs for each of several (departments), the one that this clock is for."""
    item = playbook.facts.get(playbook.tasks[clock.name].each)
    key = clock.key.partition("[")[2].partition("]")[0]
    if item is None or not key:
        return ""
    if item.choices:
        return next((words(choice.title) for choice in item.choices if choice.value == key), key)
    return lists.title("department" if item.list == "departments" else item.list or item.kind, key)


def _length(intervals: tuple[Interval, ...], until: datetime) -> timedelta:
    return sum(((end or until) - start for start, end in intervals), timedelta())


def _standing(clock: Clock, now: datetime, warn_at: datetime | None) -> Standing:
    if clock.ended is not None:
        return {"kept": "kept", "late": "ended_late"}.get(clock.outcome, "stopped")  # type: ignore[return-value]
    if clock.held and clock.held[-1][1] is None:
        return "held"
    if clock.due is None:
        return "paused"
    if clock.due < now:
        return "late"
    return "warning" if warn_at is not None and warn_at <= now else "running"


def _warn_at(playbook: Playbook, clock: Clock, work: Work) -> datetime | None:
    """When the chip turns amber: the declared warning, else when a fifth of the time is left."""
    if clock.due is None or clock.ended is not None:
        return None
    plan = timing.plan_of(playbook, clock)
    if plan.warn:
        return offset(clock.due, plan.warn[0].before, -1, clock.working, work.calendar(plan)).at
    return clock.due - (clock.due - clock.started) / 5


def _progress(clock: Clock, due: datetime | None, now: datetime, stopped: timedelta) -> int:
    if due is None:
        return 0
    whole = (due - clock.started).total_seconds()
    return 100 if whole <= 0 else max(0, min(100, round(100 * (now - clock.started).total_seconds() / whole)))
