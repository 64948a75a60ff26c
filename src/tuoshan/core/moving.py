"""What follows from a trigger inside one event: deadlines, tasks, verbs, and the step to another state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, cast

from tuoshan.core import ceilings, line, timing
from tuoshan.core.case import TaskRun
from tuoshan.core.clocks import Plan
from tuoshan.core.conditions import MissingFact
from tuoshan.core.facts import encode
from tuoshan.core.playbook import Action, Limit, Task, Verb
from tuoshan.core.work import Refused, Work

PASSED_ON = "passed_on"
"""What somebody hears whose case has been given to somebody else."""


def follow(work: Work, trigger: str, *, happened: datetime | None = None) -> None:
    """Everything that `trigger` (an action's name, `start`, `task.NAME.OUTCOME`) ends, starts and opens."""
    for deadline in work.playbook.deadlines.values():
        if trigger in deadline.until:
            for clock in timing.running(work.case, "deadline", deadline.name):
                timing.end(work, clock, met=True, happened=happened)
    for name, deadline in work.playbook.deadlines.items():
        if trigger in deadline.starts:
            start_deadline(work, name)
    for task in work.playbook.tasks.values():
        if trigger in task.until:
            for run in _open_runs(work, task.name):
                close_task(work, run, "lapsed", "")
    for task in work.playbook.tasks.values():
        if trigger in task.opens and _wanted(work, task):
            open_task(work, task)


def start_deadline(work: Work, name: str, *, restart: bool = False) -> None:
    """Start a deadline; while it runs this does nothing unless it says `again: restart`."""
    deadline = work.playbook.deadlines[name]
    for clock in timing.running(work.case, "deadline", name):
        if not clock.adopted_from:
            if not (deadline.restarts or restart):
                return
            timing.end(work, clock, met=False)
    run = timing.next_run(work.case, "deadline", name)
    plan = Plan("deadline", name, deadline.limit)
    timing.start(work, plan, f"deadline:{name}#{run}", run, ())


# -- tasks -------------------------------------------------------------------------------------------------


def _wanted(work: Work, task: Task) -> bool:
    if task.condition is None:
        return True
    try:
        return bool(task.condition.evaluate(work.scope()))
    except MissingFact as missing:
        raise Refused("need_facts", facts=list(missing.names), task=task.name) from missing


def _open_runs(work: Work, name: str) -> list[TaskRun]:
    return [run for run in work.case.open_tasks() if run.name == name]


def open_task(work: Work, task: Task) -> None:
    """One run, or one per entry of the list that `each` names; opening an open one again does nothing."""
    keys: list[str] = [""]
    if task.each:
        value = work.case.facts.get(task.each)
        if value is None:
            raise Refused("need_facts", facts=[task.each], task=task.name)
        keys = [str(item) for item in cast(Iterable[object], value)]
    for key in keys:
        if not any(run.key == key for run in _open_runs(work, task.name)):
            _open_one(work, task, key)


def _open_one(work: Work, task: Task, key: str) -> None:
    mates = [run for run in work.case.tasks.values() if run.name == task.name and run.key == key]
    number = 1 + len(mates)
    identity = f"{task.name}[{key}]#{number}" if key else f"{task.name}#{number}"
    work.put_task(TaskRun(identity, task.name, number, task.party, work.now, key))
    if task.limit is not None:
        plan = Plan("task", task.name, task.limit)
        timing.start(work, plan, f"task:{identity}", number, (task.party,))
    work.effect("notify", what="task", party=task.party, key=key, task=identity)
    for message in task.tell:
        work.effect("tell", message=message, task=identity)


def open_superior_task(work: Work, party: str, action: str) -> None:
    """A condition refused the system's action: the owner's superior has one working day to decide instead."""
    superior = work.playbook.superior_of(party)
    number = 1 + sum(run.name == timing.REFUSED_ELSE for run in work.case.tasks.values())
    identity = f"{timing.REFUSED_ELSE}#{number}"
    work.put_task(TaskRun(identity, timing.REFUSED_ELSE, number, superior, work.now, about=action))
    plan = Plan("task", timing.REFUSED_ELSE, timing.SUPERIOR_LIMIT)
    timing.start(work, plan, f"task:{identity}", number, (superior,))
    work.effect("notify", what="task", party=superior, key="", task=identity)


def close_task(work: Work, run: TaskRun, status: Literal["done", "lapsed"], outcome: str, by: str = "") -> None:
    closed = replace(run, status=status, outcome=outcome, closed=work.now, by=by)
    work.put_task(closed)
    for clock in work.case.running_clocks():
        if clock.kind == "task" and clock.key == f"task:{run.id}":
            timing.end(work, clock, met=status == "done")


def owed_tasks(work: Work, action: str) -> list[str]:
    """Tasks that keep `action` back: open, or reachable from an open task that would open them."""
    tasks = work.playbook.tasks
    reachable = {run.name for run in work.case.open_tasks()}
    if not reachable or not any(action in task.before for task in tasks.values()):
        return []
    grown = True
    while grown:
        grown = False
        for task in tasks.values():
            sources = {trigger.split(".")[1] for trigger in task.opens if trigger.startswith("task.")}
            if task.name not in reachable and sources & reachable:
                reachable.add(task.name)
                grown = True
    return [name for name, task in tasks.items() if name in reachable and action in task.before]


# -- verbs ------------------------------------------------------------------------------------------------


def do_verbs(work: Work, verbs: Iterable[Verb], values: Mapping[str, object]) -> None:
    for verb in verbs:
        match verb.name:
            case "assign":
                _assign(work, verb, values)
            case "set":
                work.put_facts({name: _literal(work, value) for name, value in verb.arguments.items()})
            case "default":
                unknown = {name: value for name, value in verb.arguments.items() if work.case.facts.get(name) is None}
                work.put_facts({name: _literal(work, value) for name, value in unknown.items()})
            case "add":
                work.put_facts({name: _sum(work, name, value) for name, value in verb.arguments.items()})
            case "start":
                start_deadline(work, verb.target)
            case "open_task":
                open_task(work, work.playbook.tasks[verb.target])
            case "carry_out":
                _carry_out(work, verb)
            case "correct":
                pass  # taken in by judging, as facts
            case other:
                work.effect(other, target=verb.target, **{k: encode(v) for k, v in verb.arguments.items()})


def _literal(work: Work, value: object) -> object:
    """A value of `set`: a literal, the value of the fact that it names, or `{table: name, of: [facts]}`."""
    if isinstance(value, Mapping) and "table" in value:
        of = value.get("of", ())
        names = [of] if isinstance(of, str) else list(of)
        scope = work.scope()
        try:
            return scope.table(str(value["table"]), tuple(scope.needed(name) for name in names))
        except MissingFact as missing:
            raise Refused("need_facts", facts=list(missing.names)) from missing
    if isinstance(value, str) and value in work.playbook.facts:
        return work.case.facts.get(value)
    return value


def _sum(work: Work, name: str, value: object) -> object:
    before = Decimal(str(work.case.facts.get(name, 0)))
    total = before + Decimal(str(value))
    return int(total) if total == total.to_integral_value() else total


def _assign(work: Work, verb: Verb, values: Mapping[str, object]) -> None:
    """To the person that the form names, else to whom the company's assignment chooses, with its reason. Where all of
    the party are kept from it, whoever is next up the line hears of it. Who had the case until now hears of it too.
    """
    wanted = dict(verb.arguments) or {verb.target: verb.target}
    for party, source in wanted.items():
        before = work.case.assigned.get(party)
        given = values.get(str(source))
        if given:
            work.change("assign", party=party, person=str(given), reason={"chosen_by": "form"})
        else:
            choice = work.around.choose(party, work.case)
            if choice is None:
                if line.barred(work.playbook, work.case, party):
                    work.effect("notify", what="up_the_line", party=party, key="")
                continue
            work.change("assign", party=party, person=choice.person, reason=dict(choice.reason))
        work.effect("notify", what="assigned", party=party, key="")
        if before and before != work.case.assigned[party]:
            work.effect("notify", what=PASSED_ON, party=party, person=before, to=work.case.assigned[party])


def _carry_out(work: Work, verb: Verb) -> None:
    within_ceilings(work, (verb,))
    task = work.playbook.tasks[verb.target]
    open_task(work, task)
    run = max((r for r in work.case.tasks.values() if r.name == task.name), key=lambda r: r.run)
    work.effect("carry_out", what=verb.target, task=run.id)


def within_ceilings(work: Work, verbs: Iterable[Verb]) -> None:
    """Refuse to give out an amount above its ceiling, or one whose ceiling nobody has given."""
    exceeded = ceilings.exceeded(work.playbook, work.case, verbs)
    if exceeded is None:
        return
    name, excess = exceeded
    if excess.code == "ceiling_unknown":
        raise Refused("need_facts", facts=[excess.other])
    raise Refused("over_ceiling", fact=name, **excess.to_json())


def settle(work: Work, task: str) -> None:
    """A carried-out remedy adds its amounts to what this case has cost; tiers, limits and ceilings see the sum."""
    for action in work.playbook.actions.values():
        for verb in action.do:
            if verb.name == "carry_out" and verb.target == task:
                for fact in verb.amounts:
                    amount = work.case.facts.get(fact)
                    if amount is not None:
                        before = Decimal(work.case.settled.get(fact, "0"))
                        work.change("settled", fact=fact, total=format(before + Decimal(str(amount)), "f"))
                return


# -- states ------------------------------------------------------------------------------------------------


def enter(
    work: Work, action: Action, target: str, *, by_system: bool, due: str | None, happened: datetime | None
) -> None:
    """Leave the state (its clock ends) and enter `target` with a fresh clock; at an end, close what is open.

    What an early end breaks off in time is neither kept nor missed: what was awaited has not come.
    """
    state = work.playbook.states[target]
    awaited_came = (not by_system or action.automatic) and not action.retimes and state.end != "early"
    leave(work, met=awaited_came, happened=happened)
    work.change("enter", state=target, action=action.name, by_system=by_system and not action.automatic, due=due)
    if state.end:
        _finish(work, early=state.end == "early")
    elif state.waits is not None and state.waits.limit is not None:
        start_state_clock(work, target)


def leave(work: Work, *, met: bool, happened: datetime | None = None) -> None:
    for clock in work.case.running_clocks():
        if clock.kind == "state":
            timing.end(work, clock, met=met, happened=happened)


def start_state_clock(work: Work, name: str) -> None:
    waits = work.playbook.states[name].waits
    assert waits is not None
    run = timing.next_run(work.case, "state", name)
    plan = Plan("state", name, waits.limit or Limit())
    timing.start(work, plan, f"state:{name}#{run}", run, waits.parties)


def end_all(work: Work, *, early: bool) -> None:
    """What does not outlive its case: tasks that are not owed (the required ones at an early end alone), and clocks."""
    tasks = work.playbook.tasks
    for run in work.case.open_tasks():
        task = tasks.get(run.name)
        if task is not None and task.owed:
            continue
        if early or task is None or task.optional or run.name == timing.REFUSED_ELSE:
            close_task(work, run, "lapsed", "")
    kept = {f"task:{run.id}" for run in work.case.open_tasks()}
    for clock in work.case.running_clocks():
        if clock.key not in kept:
            timing.end(work, clock, met=False)


def _finish(work: Work, *, early: bool) -> None:
    """At an ordinary end optional tasks lapse; at an early one all but the owed. No clock outlives its case."""
    end_all(work, early=early)
    if early:
        work.effect("cancel")
    if work.case.hold is not None:
        work.change("hold", hold=None)
