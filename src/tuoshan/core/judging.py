"""Whether a command may be taken now. Every refusal is a fact with particulars, raised as `Refused`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from tuoshan.core import ceilings, forms, line, moving, timing
from tuoshan.core.case import Actor, Command, Json, TaskRun
from tuoshan.core.conditions import MISSING, EvaluationError, Expression, MissingFact, Scope, unmet
from tuoshan.core.facts import moment_text
from tuoshan.core.line import LetIn
from tuoshan.core.playbook import ANY_OPEN, SYSTEM, Action, Field, Task
from tuoshan.core.work import Refused, Work


def judge_action(work: Work, action: Action, command: Command) -> tuple[LetIn, dict[str, object]]:
    """Refuse, or return who acts and the form's values as facts. Conditions see the values already taken in."""
    place(work, action, command.actor)
    if action.automatic:
        raise Refused("not_allowed", reason="automatic")
    values = filled(command.values)
    overlay = values if not corrects(action) else {}
    _tier_amount(work, action, overlay)
    let_in = permit(work, command.actor, action, overlay)
    form(work, action.form, command.values, also=("changes",) if corrects(action) else ())
    needs(action.evidence, command.evidence)
    ways(work, action)
    holds_true(work, action.condition, overlay)
    return let_in, values if corrects(action) else answers(work, action.form, command.values)


def happened(work: Work, action: Action, command: Command) -> datetime | None:
    """The earlier moment at which the step really happened, where its action lets one be given: not before the case
    began and not ahead of now. An `else` that has gone off meanwhile stands; a clock may be kept, recorded late.
    """
    if command.at is None:
        return None
    if not action.backdate or action.back or corrects(action):
        raise Refused("not_backdated", action=action.name)
    if command.at > work.now:
        raise Refused("moment_ahead", at=moment_text(command.at), now=moment_text(work.now))
    began = min((trace.first for trace in work.case.entered.values() if trace.first), default=work.now)
    if command.at < began:
        raise Refused("moment_before_case", at=moment_text(command.at), began=moment_text(began))
    return command.at


def corrects(action: Action) -> bool:
    return any(verb.name == "correct" for verb in action.do)


def place(work: Work, action: Action, actor: Actor) -> None:
    """The action must be possible from the state the case is in, and no hold may freeze it."""
    case = work.case
    if all(action.name != one.name for one in work.playbook.actions_from(case.state)):
        moved = case.moved
        if moved.get("by_system") and (action.name in _names_from(work, str(moved.get("from")))):
            raise Refused(
                "moved_by_system", by_action=moved["action"], at=moved["at"], due=moved["due"],
                state=case.state, possible=possible(work, actor),
            )  # fmt: skip
        ended = work.playbook.states[case.state].end
        raise Refused("ended" if ended else "not_from_here", state=case.state, possible=possible(work, actor))
    if case.hold is not None and action.moves:
        raise Refused("on_hold", hold=case.hold.name)


def possible(work: Work, actor: Actor) -> list[str]:
    """The steps of this state that this actor may take now, as far as it is known before a form is filled in."""
    names = _names_from(work, work.case.state)
    return [name for name in names if _may(work, work.playbook.actions[name], actor)]


def _may(work: Work, action: Action, actor: Actor) -> bool:
    if work.case.hold is not None and action.moves:
        return False
    try:
        permit(work, actor, action, {})
        ways(work, action)
        foreseen(work, action)
    except Refused:
        return False
    return True


def foreseen(work: Work, action: Action) -> None:
    """Refuse where the condition fails already; one that the action's own form will decide does not refuse yet."""
    if action.condition is None or action.condition.reads & {field.name for field in action.form}:
        return
    holds_true(work, action.condition, {})


def _names_from(work: Work, state: str) -> list[str]:
    return [
        action.name for action in work.playbook.actions_from(state)
        if not action.automatic and ANY_OPEN not in action.sources
    ]  # fmt: skip


def permit(work: Work, actor: Actor, action: Action, overlay: Mapping[str, object]) -> LetIn:
    """`by`, tiers and `not_by`. The system may do what its own clocks make it do, nothing else."""
    allowed = _parties_of(work, action, overlay)
    if actor.kind == "system" and SYSTEM not in allowed:
        raise Refused("not_allowed", needs=sorted(allowed))
    return line.let_in(work, actor, allowed, action)


def _parties_of(work: Work, action: Action, overlay: Mapping[str, object]) -> frozenset[str]:
    return frozenset(action.by if action.by_tier is None else (tier_party(work, action, overlay),))


def kept_out(work: Work, party: str, run: TaskRun | None = None) -> frozenset[str]:
    """Whom `not_by` keeps out of what is this party's to do now: the task at hand, else the steps on from here."""
    if run is not None:
        task = work.playbook.tasks.get(run.name)
        return line.kept_from(work.playbook, work.case, task) if task else frozenset()
    found = frozenset[str]()
    for action in work.playbook.actions_from(work.case.state):
        if action.not_by and action.moves and not action.automatic and ANY_OPEN not in action.sources:
            try:
                theirs = party in _parties_of(work, action, {})
            except Refused:
                continue
            found |= line.kept_from(work.playbook, work.case, action) if theirs else frozenset()
    return found


def answering(work: Work, party: str, run: TaskRun | None = None) -> frozenset[str]:
    """The parties that do what is this party's to do: itself, or those up the line where nobody of it is left."""
    kept = kept_out(work, party, run)
    return line.answering(work, (party,), kept).reached if kept else frozenset({party})


def tier_party(work: Work, action: Action, overlay: Mapping[str, object]) -> str:
    assert action.by_tier is not None
    scope = work.scope(overlay)
    try:
        return str(scope.table(action.by_tier.table, (scope.total(action.by_tier.of),)))
    except MissingFact as missing:
        raise Refused("need_facts", facts=list(missing.names)) from missing


def _tier_amount(work: Work, action: Action, overlay: Mapping[str, object]) -> None:
    """Who may act cannot be told by an amount that is none, so that one is refused before anything else."""
    if action.by_tier is not None and action.by_tier.of in overlay:
        name = action.by_tier.of
        right_fields(work, [field for field in action.form if field.name == name], {name: overlay[name]})


def form(work: Work, fields: Iterable[Field], values: Mapping[str, object], also: tuple[str, ...] = ()) -> None:
    """Refuse what the fields do not take, then amounts above their ceilings."""
    given = {name: value for name, value in values.items() if name not in also}
    asked = [item for item in fields if item.name not in also]
    right_fields(work, asked, given)
    kept_ceilings(work, answers(work, asked, given))


def right_fields(work: Work, fields: Iterable[Field], given: Mapping[str, object]) -> None:
    problems = forms.validate(fields, given, work.scope(given))
    if problems:
        raise Refused("invalid_form", fields=problems)


def kept_ceilings(work: Work, given: Mapping[str, object]) -> None:
    """Refuse values that would break a ceiling; None among them empties its fact."""
    broken = ceilings.broken(work.playbook, work.case, given)
    if broken:
        raise Refused(
            "invalid_form", fields={name: excess.code for name, excess in broken.items()},
            bounds={name: excess.to_json() for name, excess in broken.items()},
        )  # fmt: skip


def answers(work: Work, fields: Iterable[Field], values: Mapping[str, object]) -> dict[str, object]:
    """A form that was found right, as facts: what was filled in, and None for each fact that an answer empties."""
    left_out = forms.not_asked(fields, work.scope(values))
    return {**filled(values), **dict.fromkeys(sorted(left_out & set(work.case.facts)))}


def filled(values: Mapping[str, object]) -> dict[str, object]:
    """What of a form was filled in."""
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}


def needs(wanted: tuple[str, ...], given: tuple[str, ...]) -> None:
    """`any` asks for at least one piece of evidence, a name for one of that kind, `a|b` for either."""
    missing = [
        kind for kind in wanted
        if not (given if kind == "any" else set(kind.split("|")) & set(given))
    ]  # fmt: skip
    if missing:
        raise Refused("needs_evidence", kinds=missing)


def ways(work: Work, action: Action) -> None:
    """Tasks that gate the action, and at an end the required ones that are still open."""
    gating = moving.owed_tasks(work, action.name)
    if gating:
        raise Refused("blocked_by_task", tasks=gating)
    if not action.to:
        return
    end = work.playbook.states[action.to].end
    if end == "ordinary":
        left = [run.id for run in work.case.open_tasks() if blocks_end(work, run, action)]
        if left:
            raise Refused("required_tasks_open", tasks=left)
    if end == "early" and any(Decimal(total) > 0 for total in work.case.settled.values()):
        raise Refused("effects_pending", settled=dict(work.case.settled))


def blocks_end(work: Work, run: TaskRun, action: Action) -> bool:
    task = work.playbook.tasks.get(run.name)
    if task is None:
        return False
    return not task.optional and action.name not in task.until


def holds_true(
    work: Work, condition: Expression | None, overlay: Mapping[str, object], *, explained: bool = True
) -> None:
    """Refuse unless the condition holds; a fact it reads that nobody has given is asked for first. `explained`:
    somebody reads the refusal, so each part that does not hold is asked for by itself.
    """
    if condition is None:
        return
    scope = work.scope(overlay)
    unknown = sorted(name for name in condition.reads - condition.guarded if scope.fact(name) is MISSING)
    if unknown:
        raise Refused("need_facts", facts=unknown)
    try:
        if not condition.holds(scope):
            parts = _parts(condition, scope) if explained else {}
            raise Refused("condition_false", condition=condition.text, **parts)
    except MissingFact as missing:
        raise Refused("need_facts", facts=list(missing.names)) from missing
    except EvaluationError as error:
        raise Refused("condition_false", condition=condition.text, error=str(error)) from error


def _parts(condition: Expression, scope: Scope) -> dict[str, Json]:
    false, moments = unmet(condition, scope)
    return {"false": list(false), "moments": {str(column): moment_text(at) for column, at in moments.items()}}


def holders_of(run: TaskRun) -> set[str]:
    """Who may complete the run: its party; of a run for one department, that department alone."""
    return {f"{run.party}:{run.key}", run.key} if run.key else {run.party}


def permit_task(work: Work, task: Task | None, run: TaskRun, actor: Actor) -> LetIn:
    """Those whose task it is, or to whom the case is given in their party; `not_by` as for actions."""
    holders = frozenset(holders_of(run))
    if actor.kind == "person" and work.case.assigned.get(run.party) in actor.persons:
        actor = replace(actor, parties=actor.parties | holders)
    if task is None:
        if not holders & actor.parties:
            raise Refused("not_allowed", needs=sorted(holders))
        return LetIn(actor)
    return line.let_in(work, actor, holders, task, above=(run.party,))


def judge_task(work: Work, task: Task | None, run: TaskRun, command: Command) -> tuple[LetIn, str]:
    """Refuse, or return who does it and the outcome. An owed task can still be done after the case has ended."""
    let_in = permit_task(work, task, run, command.actor)
    if task is None:
        return let_in, "done"
    outcome = command.outcome or task.outcomes[0]
    if outcome not in task.outcomes:
        raise Refused("invalid_form", fields={"outcome": "not_a_choice"})
    form(work, task.form, command.values)
    needs(task.outcome_evidence.get(outcome, task.evidence), command.evidence)
    return let_in, outcome


def judge_ask(work: Work, task: Task, command: Command) -> None:
    if not frozenset(task.asked_by) & command.actor.parties:
        raise Refused("not_allowed", needs=list(task.asked_by))
    if task.during and work.case.state not in task.during:
        raise Refused("not_from_here", state=work.case.state, possible=possible(work, command.actor))
    if work.case.hold is not None and work.case.hold.name == timing.MERGED:
        raise Refused("on_hold", hold=timing.MERGED)
