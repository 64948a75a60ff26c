"""Checks 3 and 6: every wait has an owner, a limit and a consequence; an `else` can do what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tuoshan.core.checker.desk import Desk
from tuoshan.core.checker.flow import Token
from tuoshan.core.checker.reads import limit_reads
from tuoshan.core.conditions import ConditionError, Expression
from tuoshan.core.playbook import Action, Playbook, State, Waits


def check_waits(desk: Desk) -> None:
    """3. Every wait has an owner and a limit, a promise or a stated reason, and every limit has a consequence."""
    book = desk.playbook
    for name, state in book.states.items():
        if state.end:
            continue
        if state.waits is None:
            desk.note(3, f"states.{name}", state.line, "没有说明在等谁、等多久",
                      "it is not said who is waited for, and how long",
                      "写 waits: {for: 当事方, within: 24 hours, late: [lead]}",
                      "write waits: {for: party, within: 24 hours, late: [lead]}")  # fmt: skip
        else:
            _state(desk, state, state.waits)
    for action in book.actions.values():
        if action.retimes and not _waits_for_the_same(book, action):
            desk.note(3, f"actions.{action.name}", action.line, "retimes 只用于前后等同一方、都有时限的状态之间",
                      "retimes goes from a wait with a limit to another one for the same party alone",
                      "去掉 retimes，或让两个状态等同一方",
                      "remove retimes, or let both states wait for the same party")  # fmt: skip
    for name, task in book.tasks.items():
        where = f"tasks.{name}"
        if task.limit is None and (task.late or task.warn):
            desk.note(3, where, task.line, "有提醒或逾期通知而没有时限", "late or warn without a limit",
                      "加上 within 或 at", "add within or at")  # fmt: skip
        if task.limit is None and task.owed:
            desk.note(3, where, task.line, "欠还的待办没有时限", "an owed task has no limit",
                      "加上 within 或 at，以及 late", "add within or at, and late")  # fmt: skip
        if task.limit is not None and not task.late and not task.optional:
            desk.note(3, where, task.line, "待办有时限而逾期无人知道",
                      "the task has a limit, but nobody is told when it is late",
                      "加上 late: [lead]", "add late: [lead]")  # fmt: skip
    for name, deadline in book.deadlines.items():
        if not deadline.late and not deadline.otherwise:
            desk.note(3, f"deadlines.{name}", deadline.line, "到期后什么也不发生", "nothing happens when it expires",
                      "加上 late: [lead] 或 else: 操作", "add late: [lead], or else: action")  # fmt: skip
        if not deadline.until and not deadline.otherwise:
            desk.note(3, f"deadlines.{name}", deadline.line, "没有写到什么时候为止", "until is missing",
                      "写 until: [操作]", "write until: [action]")  # fmt: skip
    for name, hold in book.holds.items():
        if hold.limit is None and not hold.release_by:
            desk.note(3, f"holds.{name}", hold.line, "中止没有期限，也没有人能解除",
                      "the hold has no limit and nobody to end it",
                      "加上 limit: 30 days 或 release_by: [lead]",
                      "add limit: 30 days, or release_by: [lead]")  # fmt: skip
    _unknown_at_start(desk)


def _waits_for_the_same(book: Playbook, action: Action) -> bool:
    """Whether every state that it leads from, and the one that it leads to, limits the same party's time."""
    waits = [state.waits for name in (*action.sources, action.to) if (state := book.states.get(name)) is not None]
    limited = [one for one in waits if one is not None and one.limit is not None]
    return len(limited) == len(action.sources) + 1 and len({frozenset(one.parties) for one in limited}) == 1


def _state(desk: Desk, state: State, waits: Waits) -> None:
    where = f"states.{state.name}.waits"
    if not waits.parties:
        desk.note(3, where, waits.line, "没有说明在等谁", "it is not said who is waited for",
                  "写 for: 当事方", "write for: party")  # fmt: skip
    covers = [waits.limit is not None, bool(waits.promise), waits.no_promise is not None]
    if sum(covers) == 0:
        desk.note(3, where, waits.line, "没有时限", "this wait has no limit",
                  "写 within、at、promise，或 no_promise: 原因 / reason",
                  "write within, at, promise, or no_promise: reason")  # fmt: skip
    if sum(covers) > 1:
        desk.note(3, where, waits.line, "within/at、promise、no_promise 只能有一个",
                  "within or at, promise, no_promise: only one of these",
                  "保留一个", "keep one")  # fmt: skip
    if waits.limit is None and (waits.otherwise or waits.late or waits.warn or waits.pauses):
        desk.note(3, where, waits.line, "没有自己的时限，else、late、warn、pauses 不起作用",
                  "without a limit of its own, else, late, warn and pauses do nothing",
                  "加上 within，或把它们写到时限上", "add within, or move them to the deadline")  # fmt: skip
    if waits.limit is not None and not waits.otherwise and not waits.late:
        desk.note(3, where, waits.line, "到期后什么也不发生", "nothing happens when the limit has passed",
                  "加上 late: [lead] 或 else: 操作", "add late: [lead], or else: action")  # fmt: skip
    action = desk.playbook.actions.get(waits.otherwise)
    if action is not None and waits.limit is not None and not action.moves and not waits.late:
        desk.note(3, where, waits.line, f"else “{action.name}”做完后仍停在这里，无人再受限",
                  f"after the else '{action.name}' the case stays here without a clock",
                  "给它 to，或加上 late: [lead]", "give it a to, or add late: [lead]")  # fmt: skip
    _owner_can_act(desk, state, waits)


def _owner_can_act(desk: Desk, state: State, waits: Waits) -> None:
    """A wait whose owner has neither an action nor a task here is a warning: perhaps somebody records for them."""
    flow, book = desk.flow, desk.playbook
    here = [action for action in book.actions.values() if state.name in flow.sources(action)]
    outside = {name for name, party in book.parties.items() if party.outside}
    for party in waits.parties:
        tasks = any(task.party == party and state.name in flow.may_open[name] for name, task in book.tasks.items())
        acts = any(party in action.by or action.by_tier or "staff" in action.by for action in here if action.moves)
        automatic = party == "system" and any(action.automatic for action in here)
        if not (tasks or acts or automatic or party in outside):
            desk.warn(3, f"states.{state.name}.waits", waits.line, f"等的是“{party}”，但它在这里无事可做",
                      f"'{party}' is waited for, but has nothing to do here",
                      "给它一个操作或待办，或改 for", "give it an action or a task, or change for")  # fmt: skip


def _unknown_at_start(desk: Desk) -> None:
    """A clock whose table or moment reads a fact that may be unknown when it starts would not start at all."""
    flow, book = desk.flow, desk.playbook
    for name, state in book.states.items():
        limit = state.waits.limit if state.waits else None
        lacking = flow.lacking(limit, flow.must[name]) if limit and name in flow.must else []
        if lacking and state.waits:
            _lacking(desk, f"states.{name}.waits", state.waits.line, lacking)
    promises = {state.waits.promise for state in book.states.values() if state.waits}
    for name, deadline in book.deadlines.items():
        if name in promises or not limit_reads(deadline.limit):
            continue
        lacking = sorted({fact for given in _starts_of(desk, name) for fact in flow.lacking(deadline.limit, given)})
        if lacking:
            _lacking(desk, f"deadlines.{name}", deadline.line, lacking)
    for name, task in book.tasks.items():
        if task.limit is None or not limit_reads(task.limit):
            continue
        lacking = sorted({fact for given in _openings_of(desk, name) for fact in flow.lacking(task.limit, given)})
        if lacking:
            _lacking(desk, f"tasks.{name}", task.line, lacking)


def _starts_of(desk: Desk, name: str) -> Iterable[frozenset[Token]]:
    deadline = desk.playbook.deadlines[name]
    yield from _given_at(desk, lambda action: desk.flow.starts(deadline, action), "start" in deadline.starts)


def _openings_of(desk: Desk, name: str) -> Iterable[frozenset[Token]]:
    task = desk.playbook.tasks[name]
    yield from _given_at(desk, lambda action: desk.flow.opens(task, action), "start" in task.opens)


def _given_at(desk: Desk, chosen: Callable[[Action], bool], at_start: bool) -> Iterable[frozenset[Token]]:
    flow = desk.flow
    if at_start:
        yield flow.at_start
    for edge in flow.live_edges:
        if chosen(edge.action) and edge.source in flow.must:
            yield flow.after(flow.throughout(edge.source), edge)
    for state, actions in flow.staying.items():
        for action in actions:
            if chosen(action) and state in flow.must:
                yield flow.throughout(state) | {("fact", name) for name in flow.given_by(action)}


def _lacking(desk: Desk, where: str, line: int, facts: list[str]) -> None:
    names = ", ".join(facts)
    desk.note(3, where, line, f"开始计时时 {names} 可能未知", f"{names} may be unknown when this clock starts",
              "在此之前的必经表单里填写它", "ask for it in a form that every path passes before")  # fmt: skip


def check_otherwise(desk: Desk) -> None:
    """6. An `else` is possible from where it fires, asks for nothing, and no known condition refuses it there."""
    flow, book = desk.flow, desk.playbook
    for name, state in book.states.items():
        action = book.actions.get(state.waits.otherwise) if state.waits else None
        if action is not None and state.waits is not None:
            _otherwise(desk, f"states.{name}.waits.else", state.waits.line, action, [name])
    for name, deadline in book.deadlines.items():
        action = book.actions.get(deadline.otherwise)
        if action is not None:
            places = [state for state in flow.may_run[name] if not book.states[state].end]
            _otherwise(desk, f"deadlines.{name}.else", deadline.line, action, sorted(places))


def _otherwise(desk: Desk, where: str, line: int, action: Action, states: list[str]) -> None:
    flow = desk.flow
    foreign = [state for state in states if state not in flow.sources(action)]
    if foreign:
        names = ", ".join(foreign)
        desk.note(6, where, line, f"“{action.name}”在 {names} 中不能做",
                  f"'{action.name}' is not possible from {names}",
                  "把它写在该状态的 can 下，或扩大 shared 的 from",
                  "put it under can of that state, or widen its from under shared")  # fmt: skip
    asked = [item.name for item in action.form if item.required]
    if asked or action.evidence:
        names = ", ".join([*asked, *action.evidence])
        desk.note(6, where, line, f"“{action.name}”要填 {names}，系统填不了",
                  f"'{action.name}' asks for {names}, which the system cannot give",
                  "把表单项改为可选（加 ?），或另写一个操作",
                  "make those optional with ?, or write an action of its own")  # fmt: skip
    if action.automatic:
        desk.note(6, where, line, f"“{action.name}”已是自动操作", f"'{action.name}' is automatic already",
                  "另写一个操作", "write an action of its own")  # fmt: skip
    for state in states:
        if state in flow.sources(action):
            _refused_there(desk, where, line, action, state)


def _refused_there(desk: Desk, where: str, line: int, action: Action, state: str) -> None:
    flow, book = desk.flow, desk.playbook
    for name, task in book.tasks.items():
        if action.name in task.before and state in flow.may_open[name]:
            desk.note(6, where, line, f"待办“{name}”未完成时，“{action.name}”会被拒绝",
                      f"while the task '{name}' is open, '{action.name}' is refused",
                      f"从 {name} 的 before 去掉它，或另写一个操作",
                      f"take it out of the before of {name}, or write another action")  # fmt: skip
    if action.condition is None:
        return
    must = flow.throughout(state)
    unknown = sorted(n for n in action.condition.reads - action.condition.guarded if ("fact", n) not in must)
    if unknown:
        names = ", ".join(unknown)
        desk.note(6, where, line, f"“{action.name}”的条件要用 {names}，此时可能未知",
                  f"the condition of '{action.name}' reads {names}, which may be unknown then",
                  "先在必经的表单里填写，或去掉条件", "ask for it before, or drop the condition")  # fmt: skip
    elif _always_false(action.condition, must):
        desk.note(6, where, line, f"“{action.name}”的条件在“{state}”中总不成立",
                  f"the condition of '{action.name}' never holds in '{state}'",
                  "改条件，或另写一个操作", "change the condition, or write another action")  # fmt: skip


class _Some:
    """A value that is surely given and otherwise unknown: `has(…)` sees it, nothing else can work with it."""


class _Known:
    """A scope that knows which facts are given and which actions were done; all else ends the attempt."""

    def __init__(self, must: frozenset[Token], times: int) -> None:
        self.must, self.times = must, times

    def fact(self, name: str) -> object:
        return self._given(("fact", name))

    def history(self, namespace: str, name: str) -> object:
        match namespace:
            case "times":
                self._given(("did", name))
                return self.times
            case "on":
                return self._given(("did", name))
            case "entered":
                return self._given(("entered", name))
        raise _Open

    def _given(self, token: Token) -> object:
        if token not in self.must:
            raise _Open
        return _Some()

    def __getattr__(self, name: str) -> object:
        raise _Open


class _Open(Exception):
    """The answer depends on what is not known when the playbook is read."""


def _always_false(condition: Expression, must: frozenset[Token]) -> bool:
    """Provably false: so when every action surely done was done once, and so when it was done ever so often."""
    if condition.uses_now:
        return False
    for times in (1, 1_000_000):
        try:
            if condition.evaluate(_Known(must, times)) is not False:  # type: ignore[arg-type]
                return False
        except (_Open, ConditionError, ArithmeticError, TypeError, AttributeError):
            return False
    return True
