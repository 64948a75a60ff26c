"""Putting right: new values for facts already given, and the last step taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tuoshan.core import evolve, forms, judging, moving, timing
from tuoshan.core.case import CaseState, Command, Event, Interval, Refusal
from tuoshan.core.facts import encode
from tuoshan.core.playbook import START, Action, Field, Playbook
from tuoshan.core.stepping import close, noted, settle_down
from tuoshan.core.work import Refused, Work

HOW_IT_CAME = "channel"
"""How a case came in is a fact of the registration itself and is not corrected."""


def correctable(playbook: Playbook) -> tuple[Field, ...]:
    """What people may correct: facts of the registration (files are added, not corrected) and those that the playbook
    declares so. Everything else is said by a step of its own, by whom that step is for.
    """
    asked = {item.name for item in playbook.register}
    declared = (item for item in playbook.facts.values() if item.correctable and item.name not in asked)
    return tuple(
        item for item in (*playbook.register, *declared)
        if item.name != HOW_IT_CAME and item.kind not in ("photo", "file")
    )  # fmt: skip


def not_correctable(playbook: Playbook, changes: Iterable[str]) -> Refusal | None:
    """The refusal of a correction that touches other facts than those."""
    other = sorted(set(changes) & set(playbook.facts) - {item.name for item in correctable(playbook)})
    return Refusal("not_correctable", {"facts": other}) if other else None


def correct(work: Work, command: Command) -> None:
    """New values for facts already given. An approved amount is not corrected but proposed again, and what the
    registration demands is replaced, not taken away.
    """
    changes = command.values.get("changes", command.values)
    if not isinstance(changes, Mapping) or not changes:
        raise Refused("invalid_form", fields={"changes": "missing"})
    known = work.playbook.facts
    unknown = {name: "unknown_field" for name in changes if name not in known}
    if unknown:
        raise Refused("invalid_form", fields=unknown)
    demanded = forms.demanded(work.playbook.register)
    judging.right_fields(work, [replace(known[name], required=name in demanded) for name in changes], changes)
    approved = _approved(work, set(changes))
    if approved:
        raise Refused("approved_fact", facts=sorted(approved))
    decided = _under_review(work) & set(changes)
    if decided:
        raise Refused("decided_fact", facts=sorted(decided))
    if _passes_approval(work, changes):
        raise Refused("awaits_approval", facts=sorted(changes), state=work.case.state)
    judging.kept_ceilings(work, changes)
    before = {name: encode(work.case.facts.get(name)) for name in changes}
    work.begin("correct", command.name or "correct", command.actor, before=before, **noted(command))
    work.put_facts(dict(changes))
    close(work)
    settle_down(work)


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
        judged |= {name for verb in action.do for name in verb.amounts}
    return judged & names


def _under_review(work: Work) -> set[str]:
    """What the decisions gave that an appeal has been made against: it stands as it was decided."""
    states, done = work.playbook.states, work.case.actions
    reviewed = {name for state in work.case.entered if state in states for name in states[state].reviews}
    return {
        item.name for name in reviewed if name in done and name in work.playbook.actions
        for item in work.playbook.actions[name].form
    }  # fmt: skip


def _passes_approval(work: Work, changes: Mapping[str, object]) -> bool:
    """Whether with these values the case would go on by itself, past an approval that it waits for: a way past the
    approver is proposed, not corrected. An amount that only names another approver may be corrected.
    """
    here = [action for action in work.playbook.actions_from(work.case.state) if action.moves]
    if not any(action.by_tier or (action.not_by and not action.automatic) for action in here):
        return False
    for action in here:
        if action.as_soon_as is not None and action.as_soon_as.reads & set(changes):
            try:
                judging.holds_true(work, action.as_soon_as, changes, explained=False)
                judging.holds_true(work, action.condition, changes, explained=False)
            except Refused:
                continue
            return True
    return False


def _is_money(playbook: Playbook, name: str) -> bool:
    known = playbook.facts.get(name)
    return known is not None and known.kind == "money"


def correcting(playbook: Playbook) -> Action | None:
    """The playbook's own step that gives facts new values, with what it asks for."""
    return next((action for action in playbook.actions.values() if judging.corrects(action)), None)


def correct_command(work: Work, command: Command) -> None:
    action = correcting(work.playbook)
    if action is not None:
        judging.place(work, action, command.actor)
        command = replace(command, actor=judging.permit(work, command.actor, action, {}).actor)
    elif not {"handler", "lead", "staff"} & command.actor.parties:
        raise Refused("not_allowed", needs=["handler", "lead"])
    correct(work, command)


def step_back(work: Work, command: Command) -> None:
    """Undo the last transition: state, clocks, tasks and facts as before it; the clocks run through."""
    action = next((a for a in work.playbook.actions.values() if a.back), None)
    if action is not None:
        command = replace(command, actor=judging.permit(work, command.actor, action, {}).actor)
        judging.form(work, action.form, command.values)
    elif "lead" not in command.actor.parties:
        raise Refused("not_allowed", needs=["lead"])
    if work.case.hold is not None:
        raise Refused("on_hold", hold=work.case.hold.name)
    moved = work.case.moved
    if not moved or moved.get("action") == START:
        raise Refused("not_from_here", state=work.case.state, possible=judging.possible(work, command.actor))
    seq = int(moved["seq"])
    if seq > len(command.events):  # an alarm moved the case first: not the step that was meant
        raise Refused(
            "moved_by_system", by_action=moved["action"], at=moved["at"], due=moved["due"], state=work.case.state,
            possible=judging.possible(work, command.actor),
        )  # fmt: skip
    earlier = evolve.replay(work.playbook.key, command.events[: seq - 1])
    if earlier.settled != work.case.settled:
        raise Refused("effects_pending", settled=dict(work.case.settled))
    if command.extra.get("delivered"):
        raise Refused("effects_pending", delivered=command.extra["delivered"])
    work.begin("step_back", command.name or "step_back", command.actor, undone=dict(moved), **noted(command))
    _undo(work, earlier, (*command.events[seq - 1 :], *work.events))
    work.change("back", state=earlier.state)
    if work.playbook.states[earlier.state].end:  # opened again by mistake: what was begun since goes with it
        moving.end_all(work, early=True)
    work.effect("cancel", since=moved["seq"])
    close(work)
    settle_down(work)


def _undo(work: Work, earlier: CaseState, since: Sequence[Event]) -> None:
    """Undo what the transition, the first of these events, did; what was done after it (a task, a fact) stays."""
    after = evolve.apply(earlier, since[0])
    holds = _holds(since)
    for run in list(work.case.tasks.values()):
        before, then = earlier.tasks.get(run.id), after.tasks.get(run.id)
        if before is None and then is not None and run.status == "open":
            moving.close_task(work, run, "lapsed", "")
        elif before is not None and run == then != before and run.status == "lapsed":
            work.put_task(before)
    for clock in list(work.case.clocks.values()):
        first, next_ = earlier.clocks.get(clock.key), after.clocks.get(clock.key)
        if first is None and next_ is not None and clock.running:
            timing.end(work, clock, met=False)
        elif first is not None and first.running and clock == next_ and not clock.running:
            held = (span for name, span in holds if timing.holds_still(work.playbook, name, first))
            timing.reckon(work, replace(first, held=(*first.held, *held)))
    facts = work.case.facts
    work.put_facts({
        name: earlier.facts.get(name) for name in {*after.facts, *earlier.facts}
        if earlier.facts.get(name) != after.facts.get(name) and facts.get(name) == after.facts.get(name)
    })  # fmt: skip


def _holds(events: Sequence[Event]) -> list[tuple[str, Interval]]:
    """Every hold that began and ended within these events. A merge that was undone has held nothing back."""
    found: list[tuple[str, Interval]] = []
    since: datetime | None = None
    for event in events:
        if event.kind == "hold":
            since = event.at
        elif event.kind == "release" and since is not None and since < event.at and event.name != timing.MERGED:
            found.append((event.name, (since, event.at)))
    return found
