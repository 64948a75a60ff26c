"""What elements of a playbook read and give: the small questions that the graph and the checks share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from tuoshan.core.conditions import Expression
from tuoshan.core.conditions.syntax import Both, Compare, Fact, Given, History, ListOf, Literal, Node, walk
from tuoshan.core.playbook import GIVING, FromTable, Limit, Verb


def set_by(verbs: Iterable[Verb]) -> set[str]:
    return {name for verb in verbs if verb.name in GIVING for name in verb.arguments}


def verb_reads(verb: Verb) -> set[str]:
    """The facts whose values a verb uses."""
    tables = [value for value in verb.arguments.values() if isinstance(value, Mapping)]
    found = {str(name) for value in tables for name in value["of"]}
    if verb.name == "book":
        found |= {verb.target, *map(str, verb.arguments.values())} - {""}
    if verb.name == "carry_out":
        found |= set(verb.arguments.get("amounts", ()))  # type: ignore[call-overload]
    return found


def limit_reads(limit: Limit | None) -> set[str]:
    if limit is None:
        return set()
    found = set(limit.within.of) if isinstance(limit.within, FromTable) else set()
    if limit.at is not None:
        found |= limit.at.reads - limit.at.guarded
    return found


def guarded_history(expression: Expression) -> set[tuple[str, str]]:
    """History that stands under `has(…)` or beside `!= null` somewhere in the expression."""
    return {
        (node.source.namespace, node.source.name)
        for node, _ in walk(expression.tree)
        if isinstance(node, Given) and isinstance(node.source, History)
    }


def names_verb(verbs: Iterable[Verb], name: str, target: str) -> bool:
    return any(verb.name == name and verb.target == target for verb in verbs)


def demands_none_open(expression: Expression, task: str) -> bool:
    return any(_is_none_open(part, task) for part in _conjuncts(expression.tree))


def demands_given(expression: Expression) -> set[str]:
    """The facts without which the expression cannot hold: `has(fact)`, alone or joined with `&&`."""
    return {
        part.source.name for part in _conjuncts(expression.tree)
        if isinstance(part, Given) and isinstance(part.source, Fact)
    }  # fmt: skip


def demands_values(expression: Expression) -> dict[str, frozenset[object]]:
    """The facts that must have one of these values for the expression to hold: `grade == 'urgent'`,
    `grade in ['important', 'urgent']`, alone or joined with `&&`.
    """
    found: dict[str, frozenset[object]] = {}
    for part in _conjuncts(expression.tree):
        if isinstance(part, Compare) and isinstance(part.left, Fact) and part.operator in ("==", "in"):
            listed = part.right.items if isinstance(part.right, ListOf) else (part.right,)
            if all(isinstance(item, Literal) for item in listed):
                values = frozenset(item.value for item in listed if isinstance(item, Literal))
                found[part.left.name] = values & found.get(part.left.name, values)
    return found


def _conjuncts(tree: Node) -> Iterator[Node]:
    if isinstance(tree, Both):
        for part in tree.parts:
            yield from _conjuncts(part)
    else:
        yield tree


def _is_none_open(node: Node, task: str) -> bool:
    """`task.X.open == 0`, or the answer of an effect: `X.settled`, `X.failed` speak of a run that is done."""
    if isinstance(node, History) and node.namespace == "effect":
        return node.name.rpartition(".")[0] == task
    if not isinstance(node, Compare) or node.operator not in ("==", "<="):
        return False
    sides = (node.left, node.right)
    history = next((side for side in sides if isinstance(side, History)), None)
    number = next((side for side in sides if isinstance(side, Literal)), None)
    if history is None or number is None or (node.operator == "<=" and history is not node.left):
        return False
    return (history.namespace, history.name) == ("task", f"{task}.open") and number.value == Decimal(0)
