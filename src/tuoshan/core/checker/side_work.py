"""Checks 9 and 10: pauses follow somebody who is awaited; tasks open and gate something that can happen."""

from __future__ import annotations

from collections.abc import Iterable

from tuoshan.core.checker.desk import Desk
from tuoshan.core.playbook import Task
from tuoshan.core.timing import gates


def _awaited(desk: Desk, state: str) -> set[str]:
    """Every party a case can be waiting on in this state: the state's own, and those of gating tasks."""
    book = desk.playbook
    waits = book.states[state].waits
    found = set(waits.parties) if waits else set()
    ahead = [one for one in book.actions.values() if one.moves and state in desk.flow.sources(one)]
    for name, task in book.tasks.items():
        if state in desk.flow.may_open[name] and any(gates(task, action) for action in ahead):
            found.add(task.party)
    return found


def check_pauses(desk: Desk) -> None:
    """9. A pause names a party that something waits on while the clock can run.

    A task makes its party awaited only where it gates a step ahead (`before`, or a condition that reads it):
    otherwise the way on is open, and so is the clock.
    """
    flow, book = desk.flow, desk.playbook
    for name, state in book.states.items():
        waits = state.waits
        if waits is None or waits.limit is None or name not in flow.reachable:
            continue
        _pauses(desk, f"states.{name}.waits.pauses", waits.line, waits.pauses, [name])
        if waits.parties and set(waits.parties) <= set(waits.pauses):
            desk.note(9, f"states.{name}.waits.pauses", waits.line, "等的正是让计时暂停的人，时限不会到",
                      "the clock stands still while the very party of this state is awaited",
                      "从 pauses 中去掉它", "take that party out of pauses")  # fmt: skip
    for name, deadline in book.deadlines.items():
        places = [state for state in flow.may_run[name] if not book.states[state].end]
        if places:
            _pauses(desk, f"deadlines.{name}.pauses", deadline.line, deadline.pauses, places)
            _pauses(desk, f"deadlines.{name}.runs_while", deadline.line, deadline.runs_while, places)
    for name, task in book.tasks.items():
        if task.limit is not None:
            _pauses(desk, f"tasks.{name}.pauses", task.line, task.pauses, flow.may_open[name])
        elif task.pauses:
            desk.note(9, f"tasks.{name}.pauses", task.line, "没有时限，无从暂停", "there is no limit to pause",
                      "加上 within，或删除 pauses", "add within, or remove pauses")  # fmt: skip


def _pauses(desk: Desk, where: str, line: int, parties: Iterable[str], states: Iterable[str]) -> None:
    awaited = {party for state in states for party in _awaited(desk, state)}
    for party in parties:
        if party not in awaited:
            desk.note(9, where, line, f"此时没有什么在等“{party}”",
                      f"nothing waits on '{party}' while this clock can run",
                      "删除它，或给它一个 before 指向该状态操作的待办",
                      "remove it, or give that party a task with before a step of that state")  # fmt: skip


def check_tasks(desk: Desk) -> None:
    """10. A task opens somewhere, its `before` is possible while it is open, and it cannot open at the end."""
    flow, book = desk.flow, desk.playbook
    for name, task in book.tasks.items():
        where = f"tasks.{name}"
        if not flow.may_open[name]:
            desk.note(10, where, task.line, f"待办“{name}”从不出现", f"the task '{name}' never opens",
                      "写 opens: [操作]，或 asked_by 与 while",
                      "write opens: [action], or asked_by and while")  # fmt: skip
            continue
        if task.during and not task.asked_by:
            desk.note(10, where, task.line, "有 while 而没有 asked_by", "while without asked_by",
                      "加上 asked_by，或删除 while", "add asked_by, or remove while")  # fmt: skip
        _gates(desk, name, task)
        _at_the_end(desk, name, task)


def _gates(desk: Desk, name: str, task: Task) -> None:
    flow, book = desk.flow, desk.playbook
    for gate in task.before:
        action = book.actions.get(gate)
        if action is not None and not set(flow.sources(action)) & flow.ahead(task):
            desk.note(10, f"tasks.{name}.before", task.line, f"待办打开以后再也到不了“{gate}”",
                      f"'{gate}' lies nowhere ahead of a case in which the task is open",
                      "改为它能拦住的操作", "name an action that it can hold back")  # fmt: skip
        only = action is not None and set(task.opens) == {gate} and not task.asked_by
        if only:
            desk.note(10, f"tasks.{name}.before", task.line, f"待办由“{gate}”打开，又拦住它",
                      f"'{gate}' opens this task and is held back by it",
                      "改 opens 或 before", "change opens or before")  # fmt: skip


def _at_the_end(desk: Desk, name: str, task: Task) -> None:
    """A required task that opens with the closing step would be open in an ended case."""
    if task.optional or task.owed:
        return
    for edge in desk.flow.live_edges:
        if desk.flow.opens(task, edge.action) and desk.playbook.states[edge.target].end == "ordinary":
            desk.note(10, f"tasks.{name}.opens", task.line, f"“{edge.action.name}”结束工单的同时打开必做的待办",
                      f"'{edge.action.name}' ends the case and opens a task that must be done before the end",
                      "早一步打开它，或写 optional 或 owed",
                      "open it a step earlier, or make it optional or owed")  # fmt: skip
            return


