"""Which clocks a case has, which of them stand still, and what goes off next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from tuoshan.core import clocks
from tuoshan.core.case import CaseState, Clock, ClockKind
from tuoshan.core.clocks import Plan, Step
from tuoshan.core.conditions import EvaluationError, Expression, MissingFact
from tuoshan.core.durations import Duration
from tuoshan.core.playbook import SYSTEM, Action, LateStep, Limit, Playbook, Task
from tuoshan.core.work import Refused, Work

MERGED = "merged"
REFUSED_ELSE = "else_refused"
"""The built-in task of an owner's superior when a condition refuses an `else`: one working day."""

SUPERIOR_LIMIT = Limit(within=Duration(1, "working_days"))


def plan_of(playbook: Playbook, clock: Clock) -> Plan:
    """The declaration behind a clock. Raises KeyError when the playbook has no such thing."""
    if clock.name == REFUSED_ELSE and clock.kind == "task":
        late = (LateStep(playbook.superior_of(clock.parties[0])),) if clock.parties else ()
        return Plan("task", REFUSED_ELSE, SUPERIOR_LIMIT, late=late, order=100_000)
    plan = playbook._plans.get((clock.kind, clock.name))
    if plan is None:
        plan = playbook._plans[clock.kind, clock.name] = _plan(playbook, clock.kind, clock.name)
    return cast(Plan, plan)


def _plan(playbook: Playbook, kind: ClockKind, name: str) -> Plan:
    match kind:
        case "state":
            waits = playbook.states[name].waits
            assert waits is not None and waits.limit is not None
            return Plan(
                "state", name, waits.limit, waits.warn, waits.late, waits.otherwise, waits.pauses,
                order=list(playbook.states).index(name), remind=waits.remind,
            )  # fmt: skip
        case "task":
            task = playbook.tasks[name]
            assert task.limit is not None
            order = 10_000 + list(playbook.tasks).index(name)
            return Plan("task", name, task.limit, task.warn, task.late, "", task.pauses, order=order)
        case "deadline":
            found = playbook.deadlines[name]
            order = 20_000 + list(playbook.deadlines).index(name)
            return Plan(
                "deadline", name, found.limit, found.warn, found.late, found.otherwise, found.pauses,
                found.runs_while, order,
            )  # fmt: skip
        case "hold":
            return Plan("hold", name, Limit(within=playbook.holds[name].limit), otherwise="release", order=30_000)


def start(work: Work, plan: Plan, key: str, run: int, parties: tuple[str, ...]) -> None:
    """Start a clock inside the open event. Raises Refused("need_facts") when its limit cannot be known yet."""
    try:
        clock = clocks.start_clock(plan, key, run, parties, work.now, work.scope(), work.calendar(plan))
    except MissingFact as missing:
        raise Refused("need_facts", facts=list(missing.names), clock=plan.name) from missing
    work.put_clock(clock)


def end(work: Work, clock: Clock, *, met: bool, happened: datetime | None = None) -> None:
    """End a clock inside the open event: kept or late when it was met, else stopped."""
    calendar = work.calendar(plan_of(work.playbook, clock))
    work.put_clock(clocks.end_clock(clock, work.now, calendar, met=met, happened=happened))


def reckon(work: Work, clock: Clock) -> None:
    """Put a clock back whose intervals were changed, with its due moment reckoned anew."""
    work.put_clock(clocks.reckon(clock, work.calendar(plan_of(work.playbook, clock))))


def next_run(case: CaseState, kind: str, name: str) -> int:
    return 1 + max((c.run for c in case.clocks.values() if c.kind == kind and c.name == name), default=0)


def running(case: CaseState, kind: str, name: str) -> list[Clock]:
    return [c for c in case.clocks.values() if c.running and c.kind == kind and c.name == name]


# -- whom the case waits for ---------------------------------------------------------------------------


def awaited(playbook: Playbook, case: CaseState) -> frozenset[str]:
    """The assignees of open tasks that gate the way on from here; where none gates it, the state's `for`."""
    state = playbook.states.get(case.state)
    if state is None or state.waits is None:
        return frozenset()
    names = gating(playbook, case.state)
    holders = frozenset(task.party for task in case.open_tasks() if task.name in names)
    return holders or frozenset(state.waits.parties)


def gating(playbook: Playbook, state: str) -> frozenset[str]:
    """The tasks that keep a way on from this state back for as long as they are open."""
    found = playbook._gating.get(state)
    if found is None:
        ahead = [action for action in playbook.actions_from(state) if action.moves]
        found = playbook._gating[state] = frozenset(
            name for name, task in playbook.tasks.items() if any(gates(task, action) for action in ahead)
        )
    return found


def warned(playbook: Playbook, case: CaseState, clock: Clock) -> tuple[str, ...]:
    """Whom a clock warns: its own party. Another side than the customer, an authority, cannot be: then as `to_warn`."""
    own = clock.parties[:1]
    known = playbook.parties.get(own[0]) if own else None
    if own and (own[0] == "customer" or known is None or not known.outside):
        return own
    return to_warn(playbook, case, clock)


def to_warn(playbook: Playbook, case: CaseState, clock: Clock) -> tuple[str, ...]:
    """Whom to warn where the clock itself says nobody of ours: those awaited, else who hears first when it is late."""
    known = playbook.parties
    outside = {name for name, party in known.items() if party.outside} | {"customer", SYSTEM}
    ours = tuple(sorted(awaited(playbook, case) - outside))
    late = plan_of(playbook, clock).late
    return ours or tuple(step.party for step in late if step.after is None)


def gates(task: Task, action: Action) -> bool:
    """Whether the open task keeps this action back: named in `before`, or read by what opens it."""
    return action.name in task.before or any(
        _reads_task(expression, task.name) for expression in (action.as_soon_as, action.condition) if expression
    )


def _reads_task(expression: Expression, task: str) -> bool:
    return any(space == "task" and name.partition(".")[0] == task for space, name in expression.namespaces)


def settle_stops(work: Work) -> None:
    """Open or close the pauses and holds of every running clock, after whatever has just changed."""
    wait = awaited(work.playbook, work.case)
    for clock in work.case.running_clocks():
        paused, held = stands_still(work.playbook, work.case, clock, wait)
        calendar = work.calendar(plan_of(work.playbook, clock))
        work.put_clock(clocks.set_stopped(clock, paused=paused, held=held, now=work.now, calendar=calendar))


def stands_still(
    playbook: Playbook, case: CaseState, clock: Clock, wait: frozenset[str] | None = None
) -> tuple[bool, bool]:
    """Whether a running clock is paused, and whether it is held, as the case stands."""
    held = case.hold is not None and holds_still(playbook, case.hold.name, clock)
    waiting = awaited(playbook, case) if wait is None else wait
    return clock.kind != "hold" and _paused(plan_of(playbook, clock), waiting), held


def _paused(plan: Plan, wait: frozenset[str]) -> bool:
    if plan.runs_while:
        return not (wait and wait <= frozenset(plan.runs_while))
    return bool(wait) and wait <= frozenset(plan.pauses)


def holds_still(playbook: Playbook, name: str, clock: Clock) -> bool:
    """Whether the hold of this name stops the clock."""
    if clock.kind == "hold":
        return False
    if name == MERGED:
        return not _owed(playbook, clock)
    hold = playbook.holds[name]
    return clock.kind == "state" or hold.stops_all or clock.name in hold.stops


def _owed(playbook: Playbook, clock: Clock) -> bool:
    return clock.kind == "task" and clock.name in playbook.tasks and playbook.tasks[clock.name].owed


def recompute_moments(work: Work) -> None:
    """`at` is reckoned again when this event changed what it reads; a moment past already is not moved again.

    A changed company table is no such event: a running clock keeps what it started with.
    """
    for clock in work.case.running_clocks():
        if clock.fixed is None or clock.adopted_from:
            continue
        plan = plan_of(work.playbook, clock)
        if plan.limit.at is None or plan.limit.at.uses_now or not work.touched(plan.limit.at):
            continue
        try:
            wanted = clocks.moment_of(plan.limit, work.scope())
        except EvaluationError:
            continue
        if wanted != clock.fixed and not (wanted < work.now and clock.fixed <= work.now):
            work.put_clock(clocks.rearm(clock, wanted, work.now, work.calendar(plan)))


# -- what goes off by itself -----------------------------------------------------------------------------


def waiting_steps(work: Work) -> list[Step]:
    """Every step still to come, blocked ones left out: an `else` that expires during a hold waits for its end."""
    found: list[Step] = []
    for clock in work.case.running_clocks():
        for step in work.steps_of(clock, plan_of(work.playbook, clock)):
            if not (step.name == "else" and work.case.hold is not None and clock.kind != "hold"):
                found.append(step)
    return found


def next_step(work: Work, before: datetime | None = None) -> Step | None:
    """The first step to come (strictly before a moment, where one is given), by moment, then by declaration."""
    steps = [step for step in waiting_steps(work) if before is None or step.at < before]
    return min(steps, key=lambda step: (step.at, step.order), default=None)


def mark_fired(work: Work, step: Step) -> None:
    clock = work.case.clocks[step.clock]
    work.put_clock(replace(clock, fired=(*clock.fired, step.name)))
