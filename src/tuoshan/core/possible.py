"""What an actor may do with a case now: the buttons of every screen and the answers of the API.

What somebody may never do here is left out; what is theirs but forbidden now (an open task, a condition, a hold,
a first decision of their own, an amount that is another approver's) is given with the reason, so that a screen can
show it and say what to do first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from tuoshan.core import judging, timing
from tuoshan.core.case import Actor, Around, CaseState, Refusal, TaskRun
from tuoshan.core.playbook import ANY_OPEN, NO_WORDING, START, Action, Field, Playbook, Wording
from tuoshan.core.work import Refused, Work

PossibleKind = Literal["act", "task", "ask", "hold", "release"]


@dataclass(frozen=True, slots=True)
class Possible:
    """One thing that can be done: a step of the main line, work beside it, a freeze or its end."""

    kind: PossibleKind
    name: str
    title: Wording
    form: tuple[Field, ...] = ()
    evidence: tuple[str, ...] = ()
    outcomes: tuple[tuple[str, Wording], ...] = ()
    bare: tuple[str, ...] = ()
    """Outcomes that ask for no evidence although the others do."""
    task: str = ""
    key: str = ""
    main: bool = False
    """Whether it moves the case on (and is no `any_open` action)."""
    blocked: Refusal | None = None
    backdate: bool = False
    """Whether the earlier moment at which it really happened may be given."""
    up_the_line: bool = False
    """Whether it is this actor's because `not_by` leaves nobody of the party whose it is."""
    next: bool = False
    """Whether it is this actor's next step, the one filled button of a screen: at most one of them all."""


def possible(playbook: Playbook, case: CaseState, actor: Actor, now: datetime, around: Around) -> list[Possible]:
    """In order: main-line steps as declared, own tasks, then what is possible in every open state. One of them at
    most is marked as the actor's next step.
    """
    work = Work(playbook, case, max(now, case.last_at or now), around)
    found = [item for action in playbook.actions_from(case.state) if (item := _action(work, action, actor))]
    main, tasks = [item for item in found if item.main], _tasks(work, actor)
    turn = _next(work, actor, main, tasks)
    main, tasks = ([replace(one, next=True) if one is turn else one for one in items] for items in (main, tasks))
    return [
        *main,
        *tasks,
        *(item for item in found if not item.main),
        *_asks(work, actor),
        *_holds(work, actor),
    ]


def _next(work: Work, actor: Actor, main: list[Possible], tasks: list[Possible]) -> Possible | None:
    """What this actor does next: their task that everything waits for; else, where the case waits for them, the first
    open step of the awaited party; else their first open task. Where the case waits for others no step is anybody's
    default, and neither is one of two equal decisions.
    """
    playbook, case = work.playbook, work.case
    free = [item for item in tasks if item.blocked is None]
    gating = timing.gating(playbook, case.state)
    for item in free:
        if item.name in gating or item.name not in playbook.tasks:
            return item
    awaited = timing.awaited(playbook, case)
    steps = [
        item for item in main if item.blocked is None
        and _of_the_awaited(playbook.actions[item.name], awaited if item.up_the_line else awaited & actor.parties)
    ]  # fmt: skip
    if steps:
        return None if _equals(playbook, steps) else steps[0]
    return next((item for item in free if not playbook.tasks[item.name].optional), None)


def _of_the_awaited(action: Action, turn: frozenset[str]) -> bool:
    return bool(turn) and (action.by_tier is not None or not turn.isdisjoint(action.by))


def _equals(playbook: Playbook, steps: list[Possible]) -> bool:
    """Whether the first two are decisions of the same people over others' first decision, asking the same."""
    first, *others = (playbook.actions[item.name] for item in steps)
    return bool(first.not_by) and any(
        (one.by, one.by_tier, one.not_by, one.form) == (first.by, first.by_tier, first.not_by, first.form)
        for one in others
    )


def _action(work: Work, action: Action, actor: Actor) -> Possible | None:
    if action.automatic:
        return None
    asked = {field.name for field in action.form}
    blocked: Refusal | None = None
    up_the_line = False
    try:
        up_the_line = bool(judging.permit(work, actor, action, {}).up_the_line)
    except Refused as refused:
        if not _is_theirs(work, action, actor, refused.refusal):
            return None
        blocked = _said(action, refused.refusal, asked)
    try:
        judging.place(work, action, actor)
        if action.back and work.case.moved.get("action") in (None, START):
            raise Refused("not_from_here", state=work.case.state, possible=judging.possible(work, actor))
        judging.ways(work, action)
        judging.foreseen(work, action)
    except Refused as refused:
        blocked = blocked or refused.refusal
    main = action.moves and ANY_OPEN not in action.sources and not action.back
    return Possible(
        "act", action.name, action.title, action.form, action.evidence, main=main, blocked=blocked,
        backdate=action.backdate, up_the_line=up_the_line,
    )  # fmt: skip


def _is_theirs(work: Work, action: Action, actor: Actor, refusal: Refusal) -> bool:
    """Whether the action is one of this actor's all the same: they did the first step that bars them from this one,
    or the amount makes it another approver's this time.
    """
    if action.by_tier is None:
        return refusal.because == "not_by_same_person"
    table: object = work.scope({}).table(action.by_tier.table, ())
    tiers: Iterable[tuple[object, str]] = table.get("tiers", ()) if isinstance(table, Mapping) else ()
    return refusal.because == "not_by_same_person" or not actor.parties.isdisjoint(party for _limit, party in tiers)


def _said(action: Action, refusal: Refusal, asked: set[str]) -> Refusal | None:
    """The reason to be shown; none where the form itself will give the amount that decides whose it is."""
    if refusal.because == "need_facts" and asked.issuperset(refusal.data["facts"]):
        return None
    if refusal.because == "not_allowed" and action.by_tier is not None:
        return Refusal("not_allowed", {**refusal.data, "by_amount": True})
    return refusal


def _tasks(work: Work, actor: Actor) -> list[Possible]:
    return [item for run in work.case.open_tasks() if (item := _task(work, run, actor))]


def _task(work: Work, run: TaskRun, actor: Actor) -> Possible | None:
    task = work.playbook.tasks.get(run.name)
    blocked: Refusal | None = None
    up_the_line = False
    try:
        up_the_line = bool(judging.permit_task(work, task, run, actor).up_the_line)
    except Refused as refused:
        if refused.refusal.because != "not_by_same_person":
            return None
        blocked = refused.refusal
    if task is None:
        title = Wording("由上级决定：系统无法自动执行", "Decide instead: the system could not act by itself")
        return Possible("task", run.name, title, task=run.id, outcomes=(("done", Wording("已处理", "Handled")),))
    titles = tuple((name, task.outcome_titles.get(name, Wording(name, name))) for name in task.outcomes)
    bare = tuple(name for name, wanted in task.outcome_evidence.items() if task.evidence and not wanted)
    return Possible(
        "task", task.name, task.title, task.form, task.evidence, titles, bare, run.id, run.key, blocked=blocked,
        up_the_line=up_the_line,
    )  # fmt: skip


def _asks(work: Work, actor: Actor) -> list[Possible]:
    found: list[Possible] = []
    if work.case.hold is not None and work.case.hold.name == timing.MERGED:
        return found
    for task in work.playbook.tasks.values():
        already = any(run.name == task.name for run in work.case.open_tasks())
        here = not task.during or work.case.state in task.during
        if task.asked_by and here and not already and set(task.asked_by) & actor.parties:
            found.append(Possible("ask", task.name, task.title))
    return found


def _holds(work: Work, actor: Actor) -> list[Possible]:
    case, playbook = work.case, work.playbook
    if case.hold is not None:
        hold = playbook.holds.get(case.hold.name)
        if case.hold.name == timing.MERGED or hold is None or not set(hold.release_by or hold.by) & actor.parties:
            return []
        return [Possible("release", hold.name, hold.title)]
    state = playbook.states.get(case.state)
    if state is None or state.end:
        return []
    return [
        Possible("hold", hold.name, hold.title, hold.form)
        for hold in playbook.holds.values() if set(hold.by) & actor.parties
    ]  # fmt: skip


def for_customer(playbook: Playbook, case: CaseState, actor: Actor, now: datetime, around: Around) -> list[Possible]:
    """What the customer's own page offers: unblocked steps, in the customer's wording where there is one."""
    return [
        _in_their_words(playbook, item) for item in possible(playbook, case, actor, now, around) if item.blocked is None
    ]


def step_of_customer(playbook: Playbook, kind: str, name: str, task: str = "") -> Possible | None:
    """A step or a task as the customer's own page asks for it, whether it can be done now or not."""
    if kind == "act" and (action := playbook.actions.get(name)) is not None:
        return _in_their_words(playbook, Possible("act", name, action.title, action.form, action.evidence))
    if kind == "task" and (known := playbook.tasks.get(name)) is not None:
        return _in_their_words(playbook, Possible("task", name, known.title, known.form, known.evidence, task=task))
    return None


def _in_their_words(playbook: Playbook, item: Possible) -> Possible:
    """The title, the fields and the outcomes as the customer reads them."""
    action = playbook.actions.get(item.name) if item.kind == "act" else None
    task = playbook.tasks.get(item.name) if item.kind == "task" else None
    wording = action.customer if action else task.customer if task else NO_WORDING
    other: Mapping[str, Wording] = task.outcome_customer if task else {}
    return replace(
        item,
        title=wording if wording.zh else item.title,
        form=tuple(field.for_customer() for field in item.form),
        outcomes=tuple((name, other.get(name, title)) for name, title in item.outcomes),
    )


def open_questions(playbook: Playbook, case: CaseState, now: datetime, around: Around) -> tuple[str, ...]:
    """Facts that the automatic steps of this state wait for: unknown is not "no", it is a question."""
    work = Work(playbook, case, max(now, case.last_at or now), around)
    missing: set[str] = set()
    for action in playbook.actions_from(case.state):
        if action.as_soon_as is not None:
            try:
                judging.holds_true(work, action.as_soon_as, {}, explained=False)
            except Refused as refused:
                if refused.refusal.because == "need_facts":
                    missing |= set(refused.refusal.data["facts"])
    return tuple(sorted(missing))
