"""An open case brought over to another version of its playbook: clocks keep their start, names follow a map.

    migrate(before, after, case, names, actor, now, around) -> Decision

Never done by itself: a case stays with the version it began with until somebody asks for this. A state, an open task
or a hold that the new version does not know, and that the map does not name, keeps the case where it is. See
docs/playbooks.md, "Changing the process".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tuoshan.core import clocks, moving, timing
from tuoshan.core.case import Actor, Around, CaseState, Clock, Decision, Json, Refusal
from tuoshan.core.clocks import Plan
from tuoshan.core.conditions import EvaluationError, MissingFact
from tuoshan.core.durations import DurationError
from tuoshan.core.playbook import Playbook
from tuoshan.core.recomputing import ADMINISTRATOR, not_in_the_past
from tuoshan.core.stepping import close, settle_down
from tuoshan.core.timing import MERGED, REFUSED_ELSE
from tuoshan.core.work import Refused, Work


@dataclass(frozen=True, slots=True)
class Names:
    """How the new version calls what the old one called otherwise; what is not named keeps its name."""

    states: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)


def left_behind(after: Playbook, case: CaseState, names: Names) -> dict[str, Json]:
    """What of the case has no place in the new version: its state, its open tasks, its hold. Empty: nothing."""
    state = names.states.get(case.state, case.state)
    found: dict[str, Json] = {}
    if state not in after.states or after.states[state].end:
        found["state"] = case.state
    tasks = {run.name for run in case.open_tasks() if run.name != REFUSED_ELSE}
    if lost := sorted(name for name in tasks if names.tasks.get(name, name) not in after.tasks):
        found["tasks"] = lost
    if case.hold is not None and case.hold.name != MERGED and case.hold.name not in after.holds:
        found["hold"] = case.hold.name
    return found


def migrate(
    before: Playbook, after: Playbook, case: CaseState, names: Names, actor: Actor, now: datetime, around: Around,
    batch: str = "",
) -> Decision:  # fmt: skip
    """The case under the new version, or a refusal: `not_allowed`, `ended`, `due_now` (an alarm has to go off under the
    old version first), `unmapped` with what has no place in the new one."""
    moment = max(now, case.last_at) if case.last_at else now
    refusal = _refusal(before, after, case, names, actor, moment, around)
    if refusal is not None:
        return Decision(case, refusal=refusal)
    work = Work(after, case, moment, around)
    work.begin("migrate", "migrate", actor, from_version=before.hash, to_version=after.hash, batch=batch)
    if names.states or names.tasks:
        work.change("renamed", states=dict(names.states), tasks=dict(names.tasks))
    try:
        for clock in work.case.running_clocks():
            work.put_clock(_under(work, before, clock))
        _start_missing(work)
        close(work)
        settle_down(work)
    except (MissingFact, EvaluationError, DurationError) as error:
        return Decision(case, refusal=Refusal("not_reckoned", {"why": str(error)}))
    except Refused as refused:
        return Decision(case, refusal=refused.refusal)
    upcoming = timing.next_step(work)
    return Decision(work.case, tuple(work.events), tuple(work.effects), None, upcoming.at if upcoming else None)


def _refusal(
    before: Playbook, after: Playbook, case: CaseState, names: Names, actor: Actor, now: datetime, around: Around
) -> Refusal | None:
    if actor.kind != "system" and ADMINISTRATOR not in actor.parties:
        return Refusal("not_allowed", {"needs": [ADMINISTRATOR]})
    if before.states[case.state].end:
        return Refusal("ended")
    if timing.next_step(Work(before, case, now, around), before=now) is not None:
        return Refusal("due_now")
    if lost := left_behind(after, case, names):
        return Refusal("unmapped", lost)
    return None


def _under(work: Work, before: Playbook, clock: Clock) -> Clock:
    """A running clock as the new version limits it, from its own start; ended where that has no such limit."""
    plan = _plan(work.playbook, clock)
    if plan is None:
        return clocks.end_clock(clock, work.now, work.around.calendar(before.calendar), met=False)
    parties = _parties(work.playbook, clock)
    calendar = work.calendar(plan)
    if clock.adopted_from or (plan.limit.within is None and plan.limit.at is None):
        return replace(clock, parties=parties)
    if plan.limit.at is not None:
        fixed = max(clocks.moment_of(plan.limit, work.scope()), clock.started)
        wanted = replace(clock, fixed=fixed, amount="", unit="", working=False, parties=parties)
    else:
        duration = clocks.duration_of(plan.limit, work.scope())
        working = duration.unit in clocks.WORKING_UNITS
        wanted = replace(
            clock, fixed=None, amount=str(duration.amount), unit=duration.unit, working=working, parties=parties
        )
    if _same_limit(wanted, clock):
        return replace(clock, parties=parties)
    return not_in_the_past(work, clock, clocks.reckon(replace(wanted, not_before=None), calendar))


def _same_limit(one: Clock, other: Clock) -> bool:
    return (one.fixed, one.amount, one.unit, one.working) == (other.fixed, other.amount, other.unit, other.working)


def _plan(playbook: Playbook, clock: Clock) -> Plan | None:
    """The new version's limit for this clock; None where it has none."""
    match clock.kind:
        case "state":
            waits = playbook.states[clock.name].waits
            known = waits is not None and waits.limit is not None
        case "task":
            task = playbook.tasks.get(clock.name)
            known = clock.name == REFUSED_ELSE or (task is not None and task.limit is not None)
        case "deadline":
            known = clock.name in playbook.deadlines
        case "hold":
            known = clock.name in playbook.holds and playbook.holds[clock.name].limit is not None
    return timing.plan_of(playbook, clock) if known else None


def _parties(playbook: Playbook, clock: Clock) -> tuple[str, ...]:
    """Whom the clock binds now; a task keeps whoever it was given to."""
    if clock.kind != "state":
        return clock.parties
    waits = playbook.states[clock.name].waits
    return waits.parties if waits is not None else clock.parties


def _start_missing(work: Work) -> None:
    """What the new version limits and the old one did not: from now on, as nobody was promised anything before."""
    case, book = work.case, work.playbook
    waits = book.states[case.state].waits
    if waits is not None and waits.limit is not None and not timing.running(case, "state", case.state):
        moving.start_state_clock(work, case.state)
    for run in case.open_tasks():
        task = book.tasks.get(run.name)
        if task is not None and task.limit is not None and f"task:{run.id}" not in case.clocks:
            timing.start(work, Plan("task", run.name, task.limit), f"task:{run.id}", run.run, (run.party,))
