"""What an expression reads, known without evaluating it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuoshan.core.conditions.syntax import (
    Both,
    Call,
    Either,
    Fact,
    Given,
    History,
    Node,
    Not,
    Now,
    Table,
    children,
    walk,
)

BY_CALENDAR = frozenset({"working_days", "is_holiday"})
"""Functions whose answer changes with the working calendar."""


@dataclass(frozen=True, slots=True)
class Reading:
    """See the fields of the same names of ``Expression``."""

    reads: frozenset[str]
    namespaces: frozenset[tuple[str, str]]
    tables: frozenset[str]
    uses_now: bool
    uses_calendar: bool
    guarded: frozenset[str]


def read(tree: Node) -> Reading:
    """Collect what the tree reads."""
    nodes = [node for node, _ in walk(tree)]
    reads = frozenset(node.name for node in nodes if isinstance(node, Fact))
    return Reading(
        reads=reads,
        namespaces=frozenset((node.namespace, node.name) for node in nodes if isinstance(node, History)),
        tables=frozenset(node.name for node in nodes if isinstance(node, Table)),
        uses_now=any(isinstance(node, Now) for node in nodes),
        uses_calendar=any(isinstance(node, Call) and node.function in BY_CALENDAR for node in nodes),
        guarded=reads - frozenset(_unguarded(tree, frozenset())),
    )


def _unguarded(node: Node, guards: frozenset[str]) -> Iterator[str]:
    """The facts whose absence can leave ``node`` undecided, where all ``guards`` are known to be given.

    Because a false part decides ``&&`` whatever stands before or after it, each part guards all the others.
    """
    if isinstance(node, Fact):
        if node.name not in guards:
            yield node.name
    elif isinstance(node, Both | Either):
        holds = isinstance(node, Both)
        proofs = [_given_if(part, holds) for part in node.parts]
        for index, part in enumerate(node.parts):
            others = frozenset().union(*proofs[:index], *proofs[index + 1 :])
            yield from _unguarded(part, guards | others)
    elif not isinstance(node, Given):
        for child in children(node):
            yield from _unguarded(child, guards)


def _given_if(node: Node, holds: bool) -> frozenset[str]:
    """The facts that must be given for ``node`` to be true (``holds``) or false (not ``holds``)."""
    match node:
        case Given(Fact(name)):
            return frozenset({name}) if holds else frozenset()
        case Not(operand):
            return _given_if(operand, not holds)
        case Both(parts) | Either(parts):
            proofs = [_given_if(part, holds) for part in parts]
            every = isinstance(node, Both) is holds
            return frozenset().union(*proofs) if every else proofs[0].intersection(*proofs[1:])
        case _:
            return frozenset()
