"""A compiled expression."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from tuoshan.core.conditions.analysis import read
from tuoshan.core.conditions.compiler import Run, compile_tree
from tuoshan.core.conditions.errors import ExpressionError, TypeMismatch
from tuoshan.core.conditions.operations import named
from tuoshan.core.conditions.parser import parse
from tuoshan.core.conditions.syntax import Node
from tuoshan.core.conditions.values import Scope, Value
from tuoshan.core.wording import Wording


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression of a playbook, ready to be evaluated; two are equal when their texts are.

    ``reads`` holds every fact it mentions, ``guarded`` those of them whose absence never leaves it undecided,
    because ``has(fact)`` stands beside each use. ``namespaces`` holds the history it reads, as in
    ``('times', 'appeal')``, ``('task', 'inquire.open')`` and, for effects, ``('effect', 'remedy.settled')``.
    """

    text: str
    reads: frozenset[str]
    namespaces: frozenset[tuple[str, str]]
    tables: frozenset[str]
    uses_now: bool
    uses_calendar: bool
    guarded: frozenset[str]
    tree: Node = field(repr=False)
    _run: Run = field(repr=False)

    def evaluate(self, scope: Scope) -> Value:
        """The value in this scope.

        Raises MissingFact when the answer depends on facts that are not given, and TypeMismatch, TableError
        or EvaluationError when the facts give no answer.
        """
        return self._run(scope)

    def holds(self, scope: Scope) -> bool:
        """The value of a condition. Raises as ``evaluate``, and TypeMismatch when it is not yes or no."""
        value = self._run(scope)
        if value is True or value is False:
            return value
        raise TypeMismatch("condition", named(value, self.text))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[object, ...]:
        return compile_expression, (self.text,)


def compile_expression(text: str) -> Expression:
    """Compile ``text``; the same text compiles once. Raises ExpressionError with column, message and mend."""
    if not isinstance(text, str):
        raise ExpressionError(
            str(text), 1, Wording("条件要写成文字", "an expression is text"),
            Wording("加上引号", "put it into quotes"),
        )  # fmt: skip
    return _compiled(text)


@lru_cache(maxsize=4096)
def _compiled(text: str) -> Expression:
    tree = parse(text)
    run = compile_tree(text, tree)
    found = read(tree)
    return Expression(
        text=text,
        reads=found.reads,
        namespaces=found.namespaces,
        tables=found.tables,
        uses_now=found.uses_now,
        uses_calendar=found.uses_calendar,
        guarded=found.guarded,
        tree=tree,
        _run=run,
    )
