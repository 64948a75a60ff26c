"""Running clocks reckoned anew after the company's calendars or tables were changed.

A change by itself moves nothing: a clock keeps the calendar and the limit it started with. This command is the
decision to move it. See docs/playbooks.md, "Time".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tuoshan.core import clocks, timing
from tuoshan.core.case import Around, CaseState, Clock, Command
from tuoshan.core.clocks import Plan
from tuoshan.core.conditions import EvaluationError, MissingFact
from tuoshan.core.playbook import FromTable, Playbook
from tuoshan.core.stepping import close, noted, settle_down
from tuoshan.core.work import Refused, Work

ADMINISTRATOR = "administrator"
ON_CALENDARS = clocks.WORKING_UNITS | {"calendar_days"}
"""Units whose end depends on the working calendar."""


def recompute(work: Work, command: Command) -> None:
    """Bring every running clock onto the calendars in force; with `extra: {limits: true}` onto the tables as well.

    Without any change no event is written. A hold or the end of the case does not stand in the way.
    """
    if command.actor.kind != "system" and ADMINISTRATOR not in command.actor.parties:
        raise Refused("not_allowed", needs=[ADMINISTRATOR])
    changed = _changed(work, limits=bool(command.extra.get("limits")))
    if not changed:
        return
    work.begin("recompute", "recompute", command.actor, clocks=[anew.key for _, anew in changed], **noted(command))
    for _, anew in changed:
        work.put_clock(anew)
    close(work)
    settle_down(work)


def moved(
    playbook: Playbook, case: CaseState, now: datetime, around: Around, *, limits: bool = False
) -> list[tuple[Clock, Clock]]:
    """The clocks that a recomputing would change in what surrounds the case, each as it is and as it would be."""
    return _changed(Work(playbook, case, now, around), limits=limits)


def _changed(work: Work, *, limits: bool) -> list[tuple[Clock, Clock]]:
    running = work.case.running_clocks()
    return [(clock, anew) for clock in running if (anew := _anew(work, clock, limits=limits)) != clock]


def _anew(work: Work, clock: Clock, *, limits: bool) -> Clock:
    plan = timing.plan_of(work.playbook, clock)
    if clock.fixed is not None:
        return _moment_anew(work, clock, plan)
    wanted = clock
    if limits and isinstance(plan.limit.within, FromTable):
        try:
            duration = clocks.duration_of(plan.limit, work.scope())
        except (MissingFact, EvaluationError):
            return clock
        working = duration.unit in clocks.WORKING_UNITS
        wanted = replace(clock, amount=str(duration.amount), unit=duration.unit, working=working)
    if wanted == clock and clock.unit not in ON_CALENDARS:
        return clock
    return not_in_the_past(work, clock, clocks.reckon(replace(wanted, not_before=None), work.calendar(plan)))


def not_in_the_past(work: Work, before: Clock, anew: Clock) -> Clock:
    """A moment that would lie in the past is now; one that was past already is not made less late than it is."""
    if before.due is None or anew.due is None:
        return anew
    earliest = min(work.now, before.due)
    return anew if anew.due >= earliest else replace(anew, due=earliest, not_before=earliest)


def _moment_anew(work: Work, clock: Clock, plan: Plan) -> Clock:
    """`at` is worked out again where it counts working days, as it is when a fact changes."""
    moment = plan.limit.at
    if moment is None or not moment.uses_calendar or clock.adopted_from:
        return clock
    try:
        wanted = clocks.moment_of(plan.limit, work.scope())
    except EvaluationError:
        return clock
    if wanted == clock.fixed or (wanted < work.now and clock.fixed is not None and clock.fixed <= work.now):
        return clock
    return clocks.rearm(clock, wanted, work.now, work.calendar(plan))
