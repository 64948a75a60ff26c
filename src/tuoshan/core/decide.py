"""The kernel: one pure function from a case and a command to what happens.

    decide(playbook, case, command, now, around) -> Decision

Order, always the same: every alarm due before now goes off first (by moment, then by order of declaration);
then the command is judged; if it is taken, its event is written, then `as_soon_as` actions run until none
holds. A refused command leaves no event of its own, but the alarms that went off before it stay in the
decision. See docs/playbooks.md, "Edges".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from tuoshan.core import clocks, evolve, judging, moving, timing
from tuoshan.core.case import (
    SYSTEM_ACTOR,
    Around,
    CaseState,
    Clock,
    Command,
    Decision,
    HoldRun,
    Json,
    TaskRun,
    encode,
    moment_text,
)
from tuoshan.core.clocks import Plan, Step
from tuoshan.core.playbook import START, Action, Limit, Playbook
from tuoshan.core.work import Refused, Work

MOST_AUTOMATIC_STEPS = 100
MOST_ALARMS = 5000
"""More than any case can have waiting; a clock that arms itself for ever is stopped here instead of hanging."""


class KernelError(Exception):
    """A playbook did what the checker should have ruled out: it never comes to rest. Nothing is stored."""


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


# -- the end of every event -------------------------------------------------------------------------------


def _close(work: Work) -> None:
    """Finish the open event: moments that moved, pauses, holds; then what happens as soon as it may."""
    timing.recompute_moments(work)
    timing.settle_stops(work)
    work.end()


def _automatic(work: Work) -> None:
    """`as_soon_as` in order of declaration, again after each step, in the state then reached."""
    for _ in range(MOST_AUTOMATIC_STEPS):
        action = _ready(work)
        if action is None:
            return
        _take(work, action, Command("act", action.name), {})
    raise KernelError(f"{work.playbook.key}: automatic actions never come to rest in {work.case.state}")


def _ready(work: Work) -> Action | None:
    for action in work.playbook.actions_from(work.case.state):
        if action.as_soon_as is None or (work.case.hold is not None and action.moves):
            continue
        try:
            judging.holds_true(work, action.as_soon_as, {})
            judging.holds_true(work, action.condition, {})
            judging.ways(work, action)
            return action
        except Refused:
            continue
    return None


# -- alarms -----------------------------------------------------------------------------------------------


def _fire_due(work: Work) -> None:
    for _ in range(MOST_ALARMS):
        step = timing.next_step(work, before=work.now)
        if step is None:
            return
        _fire(work, step)
        _automatic(work)
    raise KernelError(f"{work.playbook.key}: alarms never come to rest in {work.case.state}")


def _fire(work: Work, step: Step) -> None:
    clock = work.case.clocks[step.clock]
    if step.name == "else":
        plan = timing.plan_of(work.playbook, clock)
        if clock.kind == "hold":
            _release(work, clock.name, Command("release", clock.name), due=step.at)
        else:
            _act_by_itself(work, work.playbook.actions[plan.otherwise], clock, step)
        return
    parties = step.parties or clock.parties[:1] or timing.to_warn(work.playbook, work.case, clock)
    due = moment_text(step.at)
    work.begin("clock", clock.name, step=step.name, clock=clock.key, due=due, to=list(parties))
    timing.mark_fired(work, step)
    what = "warning" if step.name.startswith("warn") else "late"
    for party in parties:
        work.effect("notify", what=what, party=party, clock=clock.key, due=moment_text(clock.due or step.at), key="")
    _close(work)


def _act_by_itself(work: Work, action: Action, clock: Clock, step: Step) -> None:
    """An `else`: the system acts, unless a condition refuses; then it goes to the owner's superior."""
    mark = work.mark()
    refused: str = ""
    try:
        judging.place(work, action)
        judging.holds_true(work, action.condition, {})
        judging.ways(work, action)
        _take(work, action, Command("act", action.name), {}, expired=(clock, step))
        return
    except Refused as error:
        work.return_to(mark)
        refused = error.refusal.because
    work.begin("clock", clock.name, SYSTEM_ACTOR, step="else", clock=clock.key, due=moment_text(step.at),
               action=action.name, refused=refused)  # fmt: skip
    timing.mark_fired(work, step)
    moving.open_superior_task(work, _owner(work, action, clock), action.name)
    _close(work)


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
    values = {name: value for name, value in command.values.items() if value not in (None, "", [], ())}
    work.begin("start", START, command.actor, **_noted(command))
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
    _close(work)
    _automatic(work)


def _act(work: Work, command: Command) -> None:
    action = work.playbook.actions.get(command.name)
    if action is None:
        raise Refused("unknown_action", action=command.name)
    if action.back:
        _step_back(work, replace(command, kind="step_back"))
        return
    values = judging.judge_action(work, action, command)
    if judging.corrects(action):
        _correct(work, command)
        return
    happened = command.at if action.backdate and command.at and command.at <= work.now else None
    _take(work, action, command, values, happened=happened)
    _automatic(work)


def _take(
    work: Work, action: Action, command: Command, values: Mapping[str, object], *,
    expired: tuple[Clock, Step] | None = None, happened: datetime | None = None,
) -> None:  # fmt: skip
    """Write the event of one action, whoever takes it."""
    by_system = command.actor.kind == "system"
    due = moment_text(expired[1].at) if expired else None
    late = [] if expired else _overdue(work)
    given = _noted(command) if not by_system else {}
    if happened:
        given["happened"] = moment_text(happened)
    if judging.up_the_line(work, command.actor, action, values):
        given["up_the_line"] = True
    work.begin("act", action.name, command.actor, due=due, clock=expired[0].key if expired else None, **given)
    if expired:
        timing.mark_fired(work, expired[1])
        if expired[0].kind == "deadline":
            spent = work.case.clocks[expired[0].key]
            work.put_clock(clocks.end_clock(spent, work.now, work.calendar, met=False))
    work.put_facts(values)
    moving.do_verbs(work, action.do, values)
    moving.follow(work, action.name, happened=happened)
    if action.to:
        moving.enter(work, action, action.to, by_system=by_system, due=due, happened=happened)
    for message in action.tell:
        work.effect("tell", message=message)
    _mark_late(work, late)
    _close(work)


def _overdue(work: Work) -> list[str]:
    return [clock.key for clock in work.case.running_clocks() if clock.due is not None and clock.due < work.now]


def _mark_late(work: Work, keys: list[str]) -> None:
    """Note on the event which overdue clocks it ended: the step was taken, and taken late."""
    ended = [work.case.clocks[key].name for key in keys if not work.case.clocks[key].running]
    if ended:
        work.note(late=ended)


def _noted(command: Command) -> dict[str, Json]:
    """What the event keeps of the command's input: values, evidence, note of the outcome."""
    noted: dict[str, Json] = {}
    if command.values:
        noted["values"] = {name: encode(value) for name, value in command.values.items() if value not in (None, "")}
    if command.evidence:
        noted["evidence"] = list(command.evidence)
    if command.extra:
        noted["extra"] = dict(command.extra)
    return noted


def _task(work: Work, command: Command) -> None:
    """Complete a task run, named by its id or by its name and key."""
    run = _open_run(work, command)
    task = work.playbook.tasks.get(run.name)
    outcome = judging.judge_task(work, task, run, command)
    late = _overdue(work)
    work.begin("task", run.name, command.actor, task=run.id, outcome=outcome, **_noted(command))
    values = {name: value for name, value in command.values.items() if value not in (None, "", [], ())}
    prefix = f"{run.name}[{run.key}]." if run.key else ""
    work.put_facts({prefix + name: value for name, value in values.items()})
    moving.close_task(work, run, "done", outcome, command.actor.id)
    if task is not None:
        if outcome == "settled":
            moving.settle(work, task.name)
        moving.do_verbs(work, task.do.get(outcome, ()), values)
        moving.follow(work, f"task.{run.name}.{outcome}")
    _mark_late(work, late)
    _close(work)
    _automatic(work)


def _open_run(work: Work, command: Command) -> TaskRun:
    wanted = command.task or command.name
    for run in work.case.open_tasks():
        if run.id == wanted or (run.name == wanted and run.key == command.key):
            return run
    raise Refused("not_from_here", task=wanted, state=work.case.state, possible=judging.possible(work))


def _ask(work: Work, command: Command) -> None:
    task = work.playbook.tasks.get(command.name)
    if task is None:
        raise Refused("unknown_action", action=command.name)
    judging.judge_ask(work, task, command)
    work.begin("record", f"ask.{task.name}", command.actor, **_noted(command))
    moving.open_task(work, task)
    _close(work)
    _automatic(work)


def _hold(work: Work, command: Command) -> None:
    if work.case.hold is not None:
        raise Refused("on_hold", hold=work.case.hold.name)
    if command.name == timing.MERGED:
        _hold_merged(work, command)
        return
    hold = work.playbook.holds.get(command.name)
    if hold is None:
        raise Refused("unknown_action", action=command.name)
    if work.playbook.states[work.case.state].end:
        raise Refused("ended", state=work.case.state, possible=judging.possible(work))
    if not frozenset(hold.by) & command.actor.parties:
        raise Refused("not_allowed", needs=list(hold.by))
    judging.form(work, hold.form, command.values)
    work.begin("hold", hold.name, command.actor, **_noted(command))
    work.change("hold", hold=HoldRun(hold.name, work.now, command.actor.id).to_json())
    if hold.limit is not None:
        run = timing.next_run(work.case, "hold", hold.name)
        plan = Plan("hold", hold.name, Limit(within=hold.limit))
        timing.start(work, plan, f"hold:{hold.name}#{run}", run, ())
    _close(work)
    _automatic(work)


def _hold_merged(work: Work, command: Command) -> None:
    """This case goes into another: it is held, and its running promises travel to the other as an effect."""
    into = str(command.extra["into"])
    if work.playbook.states[work.case.state].end:
        raise Refused("ended", state=work.case.state, possible=judging.possible(work))
    promises = [clock.to_json() for clock in _promises(work)]
    work.begin("hold", timing.MERGED, command.actor, **_noted(command))
    work.change("hold", hold=HoldRun(timing.MERGED, work.now, command.actor.id).to_json())
    work.change("merged", into=into)
    work.effect("adopt", into=into, clocks=promises)
    _close(work)


def _promises(work: Work) -> list[Clock]:
    return [clock for clock in work.case.running_clocks() if clock.kind == "deadline"]


def _release_command(work: Work, command: Command) -> None:
    if command.name and command.name != timing.MERGED and command.name not in work.playbook.holds:
        raise Refused("unknown_action", action=command.name)
    if work.case.hold is None or (command.name and work.case.hold.name != command.name):
        raise Refused("not_from_here", state=work.case.state, possible=judging.possible(work))
    name = work.case.hold.name
    if name != timing.MERGED:
        hold = work.playbook.holds[name]
        if not frozenset(hold.release_by or hold.by) & command.actor.parties:
            raise Refused("not_allowed", needs=list(hold.release_by or hold.by))
    _release(work, name, command)


def _release(work: Work, name: str, command: Command, due: datetime | None = None) -> None:
    work.begin("release", name, command.actor, due=moment_text(due) if due else None, **_noted(command))
    work.change("hold", hold=None)
    for clock in work.case.running_clocks():
        if clock.kind == "hold" and clock.name == name:
            work.put_clock(clocks.end_clock(clock, work.now, work.calendar, met=due is None))
    if name == timing.MERGED:
        into = work.case.merged_into
        work.change("merged", into="")
        _count_the_time_between(work)
        work.effect("disown", into=into)
    _close(work)
    _automatic(work)


def _count_the_time_between(work: Work) -> None:
    """Undoing a merge: the clocks count the time between, as if they had never been held."""
    for clock in work.case.running_clocks():
        if clock.held and clock.held[-1][1] is None:
            work.put_clock(clocks.reckon(replace(clock, held=clock.held[:-1]), work.calendar))


def _correct(work: Work, command: Command) -> None:
    """New values for facts already given. An approved amount is not corrected but proposed again."""
    changes = command.values.get("changes", command.values)
    if not isinstance(changes, Mapping) or not changes:
        raise Refused("invalid_form", fields={"changes": "missing"})
    known = work.playbook.facts
    unknown = {name: "unknown_field" for name in changes if name not in known}
    if unknown:
        raise Refused("invalid_form", fields=unknown)
    judging.form(work, [replace(known[name], required=False) for name in changes], changes)
    approved = _approved(work, set(changes))
    if approved:
        raise Refused("approved_fact", facts=sorted(approved))
    before = {name: encode(work.case.facts.get(name)) for name in changes}
    work.begin("correct", command.name or "correct", command.actor, before=before, **_noted(command))
    work.put_facts(dict(changes))
    _close(work)
    _automatic(work)


def _approved(work: Work, names: set[str]) -> set[str]:
    """Amounts that a tier or a limit has let pass, or that were given out to be paid: those are proposed again."""
    judged: set[str] = set()
    for action in work.playbook.actions.values():
        if not work.case.actions.get(action.name):
            continue
        if action.by_tier:
            judged.add(action.by_tier.of)
        if action.as_soon_as is not None:
            judged |= {name for name in action.as_soon_as.reads if _is_money(work.playbook, name)}
        judged |= {str(verb.arguments.get("amount", "amount")) for verb in action.do if verb.name == "carry_out"}
    return judged & names


def _is_money(playbook: Playbook, name: str) -> bool:
    known = playbook.facts.get(name)
    return known is not None and known.kind == "money"


def _correct_command(work: Work, command: Command) -> None:
    for action in work.playbook.actions.values():
        if judging.corrects(action):
            judging.place(work, action)
            judging.permit(work, command.actor, action, {})
            break
    else:
        if not {"handler", "lead", "staff"} & command.actor.parties:
            raise Refused("not_allowed", needs=["handler", "lead"])
    _correct(work, command)


def _step_back(work: Work, command: Command) -> None:
    """Undo the last transition: state, clocks, tasks and facts as before it; the clocks run through."""
    action = next((a for a in work.playbook.actions.values() if a.back), None)
    if action is not None:
        judging.permit(work, command.actor, action, {})
        judging.form(work, action.form, command.values)
    elif "lead" not in command.actor.parties:
        raise Refused("not_allowed", needs=["lead"])
    if work.case.hold is not None:
        raise Refused("on_hold", hold=work.case.hold.name)
    earlier, moved = command.earlier, work.case.moved
    if earlier is None or not moved or moved.get("action") == START:
        raise Refused("not_from_here", state=work.case.state, possible=judging.possible(work))
    if earlier.seq + 1 != moved["seq"]:  # an alarm moved the case first: not the step that was meant
        raise Refused(
            "moved_by_system", by_action=moved["action"], at=moved["at"], due=moved["due"], state=work.case.state,
            possible=judging.possible(work),
        )  # fmt: skip
    if earlier.settled != work.case.settled:
        raise Refused("effects_pending", settled=dict(work.case.settled))
    if command.extra.get("delivered"):
        raise Refused("effects_pending", delivered=command.extra["delivered"])
    work.begin("step_back", command.name or "step_back", command.actor, undone=dict(moved), **_noted(command))
    _undo(work, earlier, evolve.apply(earlier, command.taken) if command.taken else work.case)
    work.change("back", state=earlier.state)
    work.effect("cancel", since=moved["seq"])
    _close(work)
    _automatic(work)


def _undo(work: Work, earlier: CaseState, after: CaseState) -> None:
    """Undo what the transition did between these two; what was done since (a task, a promise, a fact) stays."""
    for run in list(work.case.tasks.values()):
        before, then = earlier.tasks.get(run.id), after.tasks.get(run.id)
        if before is None and then is not None and run.status == "open":
            moving.close_task(work, run, "lapsed", "")
        elif before is not None and run == then != before and run.status == "lapsed":
            work.put_task(before)
    for clock in list(work.case.clocks.values()):
        first, next_ = earlier.clocks.get(clock.key), after.clocks.get(clock.key)
        if first is None and next_ is not None and clock.running:
            work.put_clock(clocks.end_clock(clock, work.now, work.calendar, met=False))
        elif first is not None and first.running and clock == next_ and not clock.running:
            work.put_clock(clocks.reckon(first, work.calendar))
    facts = work.case.facts
    work.put_facts({
        name: earlier.facts.get(name) for name in {*after.facts, *earlier.facts}
        if earlier.facts.get(name) != after.facts.get(name) and facts.get(name) == after.facts.get(name)
    })  # fmt: skip


def _adopt(work: Work, command: Command) -> None:
    """Promises of a case that was merged into this one run on here, ended by the same actions.

    In a case that has ended meanwhile they end as they would have ended with it.
    """
    source = str(command.extra["from"])
    work.begin("adopt", source, command.actor, **{"from": source})
    for item in command.extra["clocks"]:
        clock = Clock.from_json(item)
        key = f"{clock.key}@{source}"
        known = work.playbook.deadlines.get(clock.name)
        if known is not None and key not in work.case.clocks:
            adopted = replace(clock, key=key, adopted_from=source)
            if work.playbook.states[work.case.state].end:
                adopted = clocks.end_clock(adopted, work.now, work.calendar, met=False)
            work.put_clock(adopted)
    _close(work)
    _automatic(work)


def _disown(work: Work, command: Command) -> None:
    source = str(command.extra["from"])
    work.begin("disown", source, command.actor, **{"from": source})
    for clock in work.case.running_clocks():
        if clock.adopted_from == source:
            work.put_clock(clocks.end_clock(clock, work.now, work.calendar, met=False))
    _close(work)


def _record(work: Work, command: Command) -> None:
    """A fact beside the main line: a note, a call, a message sent, evidence added, an identity check."""
    work.begin("record", command.name, command.actor, **_noted(command))
    facts = {name: value for name, value in command.values.items() if name in work.playbook.facts}
    work.put_facts(facts)
    _close(work)
    _automatic(work)


def _wake(work: Work, command: Command) -> None:
    """Nothing of its own: what was due has already gone off."""


_COMMANDS: dict[str, Callable[[Work, Command], None]] = {
    "start": _start,
    "act": _act,
    "task": _task,
    "ask": _ask,
    "hold": _hold,
    "release": _release_command,
    "correct": _correct_command,
    "step_back": _step_back,
    "adopt": _adopt,
    "disown": _disown,
    "record": _record,
    "wake": _wake,
}
