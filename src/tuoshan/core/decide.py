"""The kernel: one pure function from a case and a command to what happens.

    decide(playbook, case, command, now, around) -> Decision

Order, always the same: every alarm due before now goes off first (by moment, then by order of declaration);
then the command is judged; if it is taken, its event is written, then `as_soon_as` actions run until none
holds. A refused command leaves no event of its own, but the alarms that went off before it stay in the
decision. See docs/playbooks.md, "Edges".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tuoshan.core import judging, moving, timing
from tuoshan.core.case import SYSTEM_ACTOR, Around, CaseState, Clock, Command, Decision, TaskRun
from tuoshan.core.clocks import Step
from tuoshan.core.facts import moment_text
from tuoshan.core.freezing import adopt, disown, hold, release, release_command
from tuoshan.core.mending import correct, correct_command, step_back
from tuoshan.core.playbook import MESSAGE, START, Action, Playbook
from tuoshan.core.recomputing import recompute
from tuoshan.core.stepping import KernelError, close, mark_late, noted, overdue, settle_down, take
from tuoshan.core.undelivered import DELIVERED, UNDELIVERED, arrive, come_back
from tuoshan.core.work import Refused, Work

MOST_ALARMS = 5000
"""More than any case can have waiting; a clock that arms itself for ever is stopped here instead of hanging."""


def decide(playbook: Playbook, case: CaseState, command: Command, now: datetime, around: Around) -> Decision:
    """What happens when `command` arrives at `now` (server time inside the case lock; never decreasing)."""
    moment = max(now, case.last_at) if case.last_at else now
    work = Work(playbook, case, moment, around)
    refusal = None
    if command.kind != START:
        _fire_due(work)
    mark = work.mark()
    try:
        _COMMANDS[command.kind](work, command)
    except Refused as refused:
        work.return_to(mark)
        refusal = refused.refusal
    upcoming = timing.next_step(work)
    return Decision(work.case, tuple(work.events), tuple(work.effects), refusal, upcoming.at if upcoming else None)


# -- alarms -----------------------------------------------------------------------------------------------


def _fire_due(work: Work) -> None:
    for _ in range(MOST_ALARMS):
        step = timing.next_step(work, before=work.now)
        if step is None:
            return
        _fire(work, step)
        settle_down(work)
    raise KernelError(f"{work.playbook.key}: alarms never come to rest in {work.case.state}")


def _fire(work: Work, step: Step) -> None:
    clock = work.case.clocks[step.clock]
    if step.name == "else":
        plan = timing.plan_of(work.playbook, clock)
        if clock.kind == "hold":
            release(work, clock.name, Command("release", clock.name), due=step.at)
        else:
            _act_by_itself(work, work.playbook.actions[plan.otherwise], clock, step)
        return
    parties = step.parties or timing.warned(work.playbook, work.case, clock)
    due = moment_text(step.at)
    work.begin("clock", clock.name, step=step.name, clock=clock.key, due=due, to=list(parties))
    timing.mark_fired(work, step)
    what = "warning" if step.name.startswith("warn") else "late"
    for party in parties:
        work.effect("notify", what=what, party=party, clock=clock.key, due=moment_text(clock.due or step.at), key="")
    reminder = timing.plan_of(work.playbook, clock).remind
    if reminder and what == "warning":
        work.effect("tell", message=reminder, clock=clock.key)
    close(work)


def _act_by_itself(work: Work, action: Action, clock: Clock, step: Step) -> None:
    """An `else`: the system acts, unless a condition refuses; then it goes to the owner's superior."""
    mark = work.mark()
    refused: str = ""
    try:
        judging.place(work, action, SYSTEM_ACTOR)
        judging.holds_true(work, action.condition, {}, explained=False)
        judging.ways(work, action)
        take(work, action, Command("act", action.name), {}, expired=(clock, step))
        return
    except Refused as error:
        work.return_to(mark)
        refused = error.refusal.because
    work.begin("clock", clock.name, step="else", clock=clock.key, due=moment_text(step.at),
               action=action.name, refused=refused)  # fmt: skip
    timing.mark_fired(work, step)
    moving.open_superior_task(work, _owner(work, action, clock), action.name)
    close(work)


def _owner(work: Work, action: Action, clock: Clock) -> str:
    """Whose action it would have been: the first party of our own house that may take it, else who was waited for."""
    known = work.playbook.parties
    ours = [party for party in action.by if party in known and not known[party].outside]
    return ours[0] if ours else (clock.parties[0] if clock.parties else "")


# -- commands ---------------------------------------------------------------------------------------------


def _start(work: Work, command: Command) -> None:
    playbook = work.playbook
    if work.case.seq:
        raise Refused("already_registered")
    history = command.extra.get("history")
    if history is None:
        judging.form(work, playbook.register, command.values)
    values = judging.filled(command.values)
    work.begin("start", START, command.actor, **noted(command))
    work.put_facts(values)
    if history is not None:
        work.change("enter", state=history, action=START, by_system=False, due=None)
        work.end()
        return
    work.change("enter", state=playbook.start, action=START, by_system=False, due=None)
    waits = playbook.states[playbook.start].waits
    if waits is not None and waits.limit is not None:
        moving.start_state_clock(work, playbook.start)
    moving.follow(work, START)
    close(work)
    settle_down(work)


def _act(work: Work, command: Command) -> None:
    action = work.playbook.actions.get(command.name)
    if action is None:
        raise Refused("unknown_action", action=command.name)
    if action.back:
        judging.happened(work, action, command)
        step_back(work, replace(command, kind="step_back"))
        return
    let_in, values = judging.judge_action(work, action, command)
    command = replace(command, actor=let_in.actor)
    happened = judging.happened(work, action, command)
    if judging.corrects(action):
        correct(work, command)
        return
    take(work, action, command, values, happened=happened, up_the_line=let_in.up_the_line)
    settle_down(work)


def _task(work: Work, command: Command) -> None:
    """Complete a task run, named by its id or by its name and key."""
    run = _open_run(work, command)
    task = work.playbook.tasks.get(run.name)
    let_in, outcome = judging.judge_task(work, task, run, command)
    command = replace(command, actor=let_in.actor)
    late = overdue(work)
    work.begin("task", run.name, command.actor, task=run.id, outcome=outcome, up_the_line=dict(let_in.up_the_line),
               **noted(command))  # fmt: skip
    values = judging.answers(work, task.form if task else (), command.values)
    prefix = f"{run.name}[{run.key}]." if run.key else ""
    work.put_facts({prefix + name: value for name, value in values.items()})
    moving.close_task(work, run, "done", outcome, command.actor.id)
    if task is not None:
        if outcome == "settled":
            moving.settle(work, task.name)
        moving.do_verbs(work, task.do.get(outcome, ()), values)
        moving.follow(work, f"task.{run.name}.{outcome}")
    mark_late(work, late)
    close(work)
    settle_down(work)


def _open_run(work: Work, command: Command) -> TaskRun:
    wanted = command.task or command.name
    for run in work.case.open_tasks():
        if run.id == wanted or (run.name == wanted and run.key == command.key):
            return run
    raise Refused("not_from_here", task=wanted, state=work.case.state, possible=judging.possible(work, command.actor))


def _ask(work: Work, command: Command) -> None:
    task = work.playbook.tasks.get(command.name)
    if task is None:
        raise Refused("unknown_action", action=command.name)
    judging.judge_ask(work, task, command)
    work.begin("record", f"ask.{task.name}", command.actor, **noted(command))
    moving.open_task(work, task)
    close(work)
    settle_down(work)


def _record(work: Work, command: Command) -> None:
    """A fact beside the main line: a note, a call, a message sent (or failed), evidence added, an identity check."""
    late = overdue(work)
    if command.name == UNDELIVERED:
        come_back(work, command)
    elif command.name == DELIVERED:
        arrive(work, command)
    else:
        work.begin("record", command.name, command.actor, **noted(command))
        facts = {name: value for name, value in command.values.items() if name in work.playbook.facts}
        work.put_facts(facts)
        if command.name == MESSAGE and command.actor.kind == "person":
            moving.follow(work, MESSAGE)
    mark_late(work, late)
    close(work)
    settle_down(work)


def _wake(work: Work, command: Command) -> None:
    """Nothing of its own: what was due has already gone off."""


_COMMANDS: dict[str, Callable[[Work, Command], None]] = {
    "start": _start,
    "act": _act,
    "task": _task,
    "ask": _ask,
    "hold": hold,
    "release": release_command,
    "correct": correct_command,
    "step_back": step_back,
    "adopt": adopt,
    "disown": disown,
    "record": _record,
    "recompute": recompute,
    "wake": _wake,
}
