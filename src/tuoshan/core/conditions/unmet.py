"""What of a condition does not hold, part by part, so that a refusal can be told in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from tuoshan.core.conditions.compiler import compile_tree
from tuoshan.core.conditions.errors import EvaluationError, MissingFact
from tuoshan.core.conditions.expression import Expression
from tuoshan.core.conditions.syntax import Both, Compare, Either, Node, Not, Now
from tuoshan.core.conditions.values import Scope, Value


class Unmet(NamedTuple):
    """The columns of the simple parts that do not hold, and per comparison with `now` the moment it turns on."""

    false: tuple[int, ...]
    moments: Mapping[int, datetime]


def unmet(condition: Expression, scope: Scope) -> Unmet:
    """Ask every simple part of the condition by itself; one that cannot be told does not hold."""
    false, moments = [], {}
    for part in _simple(condition.tree):
        if _value(condition.text, part, scope) is not True:
            false.append(part.column)
        if isinstance(part, Compare) and Now in (type(part.left), type(part.right)):
            moment = _value(condition.text, part.right if isinstance(part.left, Now) else part.left, scope)
            if isinstance(moment, datetime):
                moments[part.column] = moment
    return Unmet(tuple(false), moments)


def _simple(node: Node) -> Iterator[Node]:
    """The parts that are joined by ``&&``, ``||`` and ``!``, in reading order."""
    match node:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _simple(part)
        case Not(operand):
            yield from _simple(operand)
        case _:
            yield node


def _value(text: str, node: Node, scope: Scope) -> Value | None:
    try:
        return compile_tree(text, node)(scope)
    except (MissingFact, EvaluationError):
        return None
