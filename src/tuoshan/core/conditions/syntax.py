"""The tree that an expression is parsed into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tuoshan.core.conditions.values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, true, false or null."""

    value: Value
    column: int


@dataclass(frozen=True, slots=True)
class Now:
    """The present moment."""

    column: int


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the case."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class History:
    """Something the case has been through; ``spelling`` is how it was written."""

    namespace: str
    name: str
    spelling: str
    column: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list written out."""

    items: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Not:
    """``!operand``"""

    operand: Node
    column: int


@dataclass(frozen=True, slots=True)
class Negative:
    """``-operand``"""

    operand: Node
    column: int


@dataclass(frozen=True, slots=True)
class Both:
    """``a && b && …``"""

    parts: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Either:
    """``a || b || …``"""

    parts: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Given:
    """``has(source)``, also written ``source != null``."""

    source: Fact | History
    column: int


@dataclass(frozen=True, slots=True)
class Compare:
    """``left == right`` and its like, ``in`` among them; ``column`` is the operator's."""

    operator: str
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left + right`` and its like; ``column`` is the operator's."""

    operator: str
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """``table('name', key…)``"""

    name: str
    keys: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Total:
    """``total(money_fact)``"""

    fact: Fact
    column: int


Node: TypeAlias = (
    Literal
    | Now
    | Fact
    | History
    | ListOf
    | Not
    | Negative
    | Both
    | Either
    | Given
    | Compare
    | Arithmetic
    | Call
    | Table
    | Total
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly below a node, in reading order."""
    match node:
        case ListOf(items):
            return items
        case Not(operand) | Negative(operand):
            return (operand,)
        case Both(parts) | Either(parts):
            return parts
        case Given(source):
            return (source,)
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case Table():
            return node.keys
        case Total():
            return (node.fact,)
        case _:
            return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node of the tree with its depth, without recursion."""
    waiting = [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        yield current, depth
        waiting.extend((child, depth + 1) for child in reversed(children(current)))


def describe(node: Node) -> str:
    """A few words that name an operand in an error: its spelling where it has one, else nothing."""
    match node:
        case Fact(name):
            return name
        case History():
            return node.spelling
        case Now():
            return "now"
        case Literal(value):
            return repr(value) if isinstance(value, str) else str(value)
        case Table(name):
            return f"table('{name}')"
        case Total(fact):
            return f"total({fact.name})"
        case Call(function):
            return f"{function}(…)"
        case _:
            return ""
