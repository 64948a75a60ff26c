"""Check 7: what the system does by itself comes to an end and knows what it reads."""

from __future__ import annotations

from tuoshan.core.checker.desk import Desk
from tuoshan.core.checker.flow import RULED, Edge, Flow
from tuoshan.core.checker.reads import demands_values, guarded_history, set_by
from tuoshan.core.playbook import Action


def check_automatic(desk: Desk) -> None:
    """7. No loop of automatic actions; the facts and history they read are given on all paths before.

    A fact beside `has(…)` may be missing. Actions that only an automatic one could follow are judged without
    their conditions: two that exclude each other today need not tomorrow. No loop is a way round that asks one fact
    to be two things.
    """
    _loops(desk)
    for action in desk.playbook.actions.values():
        if action.as_soon_as is None:
            continue
        for state in desk.flow.sources(action):
            if state in desk.flow.must:
                _known_there(desk, action, state)


def _loops(desk: Desk) -> None:
    flow = desk.flow
    automatic = [edge for edge in flow.live_edges if edge.action.automatic]
    told: set[frozenset[str]] = set()
    for edge in automatic:
        back = flow.closure({edge.target}, automatic)
        if edge.source not in back:
            continue
        states = frozenset(s for s in back if edge.source in flow.closure({s}, automatic))
        if states in told:
            continue
        told.add(states)
        inside = [edge for edge in automatic if edge.source in states and edge.target in states]
        if _comes_to_rest(desk, states, inside):
            continue
        names = ", ".join(dict.fromkeys(edge.action.name for edge in inside))
        desk.note(7, f"actions.{edge.action.name}", edge.action.line, f"自动操作 {names} 形成循环",
                  f"the automatic actions {names} go round in a loop",
                  "让其中一步由人来做，或加一个状态等待", "let a person take one of the steps")  # fmt: skip
    for action in desk.playbook.actions.values():
        reads_itself = action.as_soon_as and ("times", action.name) in action.as_soon_as.namespaces
        if action.automatic and not action.to and not action.back and not reads_itself:
            desk.note(7, f"actions.{action.name}", action.line, "自动操作不离开状态，条件一直成立就会一直重复",
                      "an automatic action that stays would repeat as long as its condition holds",
                      f"写 to，或在条件中加 times.{action.name} == 0",
                      f"give it a to, or add times.{action.name} == 0")  # fmt: skip


def _comes_to_rest(desk: Desk, states: frozenset[str], edges: list[Edge]) -> bool:
    """Whether the way round asks two different values of one fact, which nothing automatic here changes."""
    staying = [action for state in states for action in desk.flow.staying[state] if action.automatic]
    changed = {name for action in (*staying, *(edge.action for edge in edges)) for name in set_by(action.do)}
    demanding = [(edge, demands_values(edge.action.as_soon_as)) for edge in edges if edge.action.as_soon_as is not None]
    for fact in {name for _, values in demanding for name in values} - changed:
        asked = {value for _, values in demanding for value in values.get(fact, ())}
        if not any(_goes_round([e for e, values in demanding if v in values.get(fact, {v})]) for v in asked):
            return True
    return False


def _goes_round(edges: list[Edge]) -> bool:
    return any(edge.source in Flow.closure({edge.target}, edges) for edge in edges)


def _known_there(desk: Desk, action: Action, state: str) -> None:
    expression = action.as_soon_as
    assert expression is not None
    given = desk.flow.throughout(state)
    missing = sorted(name for name in expression.reads - expression.guarded if ("fact", name) not in given)
    for namespace, name in sorted(expression.namespaces - guarded_history(expression)):
        told = {
            "on": ("did", name) in given,
            "entered": ("entered", name) in given,
            "first": ("did", name) in given or ("entered", name) in given,
            "ruling": RULED in given,
            "assigned": False,
        }.get(namespace, True)
        if not told:
            missing.append(f"{namespace}.{name}")
    if missing:
        names = ", ".join(missing)
        desk.note(7, f"actions.{action.name}.as_soon_as", action.line, f"到“{state}”时 {names} 不一定已知",
                  f"{names} may not be known in '{state}'",
                  "在每条路径的必填表单里先填写它", "ask for it in a required form on every path before")  # fmt: skip
