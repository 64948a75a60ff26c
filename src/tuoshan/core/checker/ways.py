"""Checks 2, 4 and 5: every state leads somewhere, promises are kept alive, and nothing runs past the end."""

from __future__ import annotations

from collections.abc import Iterator

from tuoshan.core.checker.desk import Desk
from tuoshan.core.checker.flow import Edge


def check_reachable(desk: Desk) -> None:
    """2. Every state can be reached from the start and can reach an ordinary end without a withdrawal."""
    flow, states = desk.flow, desk.playbook.states
    if not flow.ordinary_ends:
        desk.note(2, "states", 1, "没有正常结束的状态", "there is no ordinary end",
                  "给最后的状态写 end: true", "write end: true in the last state")  # fmt: skip
    for name, state in states.items():
        if name not in flow.reachable and desk.playbook.start in states:
            desk.note(2, f"states.{name}", state.line, f"没有路径能到状态“{name}”",
                      f"no way leads to the state '{name}'",
                      "加一个 to 指向它的操作，或删除它", "add an action that leads to it, or remove it")  # fmt: skip
    reaching = _reaching_an_end(desk)
    for name, state in states.items():
        if state.end or name in reaching or not flow.ordinary_ends:
            continue
        desk.note(2, f"states.{name}", state.line, f"从“{name}”除撤回外走不到结束",
                  f"from '{name}' no way leads to an end other than a withdrawal",
                  "加一个通向下一步的操作", "add an action that leads on")  # fmt: skip


def _reaching_an_end(desk: Desk) -> frozenset[str]:
    flow, states = desk.flow, desk.playbook.states
    backward = [
        Edge(edge.target, edge.action, edge.source)
        for edge in flow.edges
        if states[edge.target].end != "early" and states[edge.source].end != "early"
    ]
    return flow.closure(set(flow.ordinary_ends), backward)


def check_promises(desk: Desk) -> None:
    """4. A state covered by a promise has that deadline running on every path into it and for as long as it lasts.

    Told once, at the step where the promise gets lost, not again in every state that follows.
    """
    flow, book = desk.flow, desk.playbook
    for name, state in book.states.items():
        promise = state.waits.promise if state.waits else ""
        if promise not in book.deadlines or name not in flow.must:
            continue
        token = ("runs", promise)
        for way_zh, way_en in _lost_on(desk, name, promise):
            desk.note(4, f"states.{name}.waits.promise", state.waits.line if state.waits else state.line,
                      f"{way_zh}进入“{name}”时，时限“{promise}”没有在走",
                      f"{way_en} into '{name}', the deadline '{promise}' is not running",
                      f"把该操作加进 {promise} 的 from，或给本状态自己的 within",
                      f"add that action to the from of {promise}, or give this state a within of its own")  # fmt: skip
        if token in flow.must[name]:
            stopper = flow.stopped_inside(book.deadlines[promise], name)
            if stopper:
                desk.note(4, f"states.{name}.waits.promise", state.waits.line if state.waits else state.line,
                          f"“{stopper}”会在“{name}”中结束时限“{promise}”，此后无人受限",
                          f"'{stopper}' ends the deadline '{promise}' while the case is still in '{name}'",
                          f"从 until 去掉 {stopper}，或让它离开本状态",
                          f"take {stopper} out of its until, or let it leave this state")  # fmt: skip


def _lost_on(desk: Desk, name: str, promise: str) -> Iterator[tuple[str, str]]:
    flow, book = desk.flow, desk.playbook
    token = ("runs", promise)
    if name == book.start and token not in flow.at_start:
        yield _no_start(desk, promise, flow.at_start, "登记", "at registration")
    seen = set()
    for edge in flow.live_edges:
        if edge.target != name or edge.source not in flow.must:
            continue
        after = flow.after(flow.throughout(edge.source), edge)
        if token in after or edge.action.name in seen:
            continue
        seen.add(edge.action.name)
        yield _no_start(desk, promise, after, f"经“{edge.action.name}”",
                        f"by '{edge.action.name}' from '{edge.source}'",
                        flow.starts(book.deadlines[promise], edge.action))  # fmt: skip


def _no_start(
    desk: Desk, promise: str, given: frozenset[tuple[str, str]], zh: str, en: str, starts: bool = True
) -> tuple[str, str]:
    lacking = desk.flow.lacking(desk.playbook.deadlines[promise].limit, given) if starts else []
    if lacking:
        names = ", ".join(lacking)
        return f"{zh}（{names} 可能未知，无法开始计时）", f"{en} ({names} may be unknown, so it cannot start)"
    return zh, en


def check_ends(desk: Desk) -> None:
    """5. No deadline can still be running when the case ends in the ordinary way."""
    flow, book = desk.flow, desk.playbook
    for name, deadline in book.deadlines.items():
        for end in flow.ordinary_ends:
            if end not in flow.may_run[name]:
                continue
            ways = sorted({
                edge.action.name for edge in flow.live_edges
                if edge.target == end and edge.source in flow.may_run[name] and not flow.ends(deadline, edge.action)
            })  # fmt: skip
            shown = ", ".join(ways) or end
            desk.note(5, f"deadlines.{name}.until", deadline.line, f"经“{shown}”结束时，时限“{name}”可能还在走",
                      f"the deadline '{name}' can still run when the case ends by '{shown}'",
                      f"把 {shown} 加进 until", f"add {shown} to its until")  # fmt: skip
