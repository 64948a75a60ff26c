"""One event from its beginning to its end, and what follows by itself: the steps that every command shares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tuoshan.core import judging, moving, timing
from tuoshan.core.case import Clock, Command, Json
from tuoshan.core.clocks import Step
from tuoshan.core.facts import encode, moment_text
from tuoshan.core.playbook import Action
from tuoshan.core.work import Refused, Work

MOST_AUTOMATIC_STEPS = 100


class KernelError(Exception):
    """A playbook did what the checker should have ruled out: it never comes to rest. Nothing is stored."""


def close(work: Work) -> None:
    """Finish the open event: moments that moved, pauses, holds; then what happens as soon as it may."""
    timing.recompute_moments(work)
    timing.settle_stops(work)
    work.end()


def settle_down(work: Work) -> None:
    """`as_soon_as` in order of declaration, again after each step, in the state then reached."""
    for _ in range(MOST_AUTOMATIC_STEPS):
        action = _ready(work)
        if action is None:
            work.forget_asked()
            return
        take(work, action, Command("act", action.name), {})
    raise KernelError(f"{work.playbook.key}: automatic actions never come to rest in {work.case.state}")


def _ready(work: Work) -> Action | None:
    for action in work.playbook.actions_from(work.case.state):
        if action.as_soon_as is None or (work.case.hold is not None and action.moves):
            continue
        try:
            judging.holds_true(work, action.as_soon_as, {}, explained=False)
            judging.holds_true(work, action.condition, {}, explained=False)
            judging.ways(work, action)
            moving.within_ceilings(work, action.do)
            return action
        except Refused:
            continue
    return None


def take(
    work: Work, action: Action, command: Command, values: Mapping[str, object], *,
    expired: tuple[Clock, Step] | None = None, happened: datetime | None = None,
    up_the_line: Mapping[str, Json] | None = None,
) -> None:  # fmt: skip
    """Write the event of one action, whoever takes it."""
    by_system = command.actor.kind == "system"
    due = moment_text(expired[1].at) if expired else None
    late = [] if expired else overdue(work)
    given = noted(command) if not by_system else {}
    if happened:
        given["happened"] = moment_text(happened)
    if up_the_line:
        given["up_the_line"] = dict(up_the_line)
    work.begin("act", action.name, command.actor, due=due, clock=expired[0].key if expired else None, **given)
    if expired:
        timing.mark_fired(work, expired[1])
        if expired[0].kind == "deadline":
            spent = work.case.clocks[expired[0].key]
            timing.end(work, spent, met=False)
    work.put_facts(values)
    moving.do_verbs(work, action.do, values)
    for message in action.tell:  # before what the step opens tells its own: the result, then the survey about it
        work.effect("tell", message=message)
    moving.follow(work, action.name, happened=happened)
    if action.to:
        moving.enter(work, action, action.to, by_system=by_system, due=due, happened=happened)
    mark_late(work, late)
    close(work)


def overdue(work: Work) -> list[str]:
    return [clock.key for clock in work.case.running_clocks() if clock.due is not None and clock.due < work.now]


def mark_late(work: Work, keys: list[str]) -> None:
    """Note on the event which overdue clocks it ended: the step was taken, and taken late. One that is kept because
    the step really happened in time is not among them.
    """
    ended = [work.case.clocks[key].name for key in keys if work.case.clocks[key].outcome == "late"]
    if ended:
        work.note(late=ended)


def noted(command: Command) -> dict[str, Json]:
    """What the event keeps of the command's input: values, evidence, note of the outcome."""
    noted: dict[str, Json] = {}
    if command.values:
        noted["values"] = {name: encode(value) for name, value in command.values.items() if value not in (None, "")}
    if command.evidence:
        noted["evidence"] = list(command.evidence)
    if command.extra:
        noted["extra"] = dict(command.extra)
    return noted
