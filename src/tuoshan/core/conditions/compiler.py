"""Turn a tree into nested Python functions: each node becomes one closure over its parts' closures.

A part that misses a fact raises MissingFact; whoever joins parts asks the others too, so that the person at
the form sees everything that is needed at once, and so that a decided part can settle the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from tuoshan.core.conditions import operations
from tuoshan.core.conditions.errors import EvaluationError, ExpressionError, MissingFact, TypeMismatch
from tuoshan.core.conditions.syntax import (
    Arithmetic,
    Both,
    Call,
    Compare,
    Either,
    Fact,
    Given,
    History,
    ListOf,
    Literal,
    Negative,
    Node,
    Not,
    Now,
    Table,
    Total,
    children,
    describe,
)
from tuoshan.core.conditions.values import MISSING, Scope, Value, admit
from tuoshan.core.wording import Wording

Run: TypeAlias = Callable[[Scope], Value]


class _NoScope:
    """Stands in for the scope while constants are computed; constants read nothing of it."""

    now = datetime.min.replace(tzinfo=UTC)

    def fact(self, name: str) -> Value:
        raise LookupError(name)

    def history(self, namespace: str, name: str) -> Value:
        raise LookupError(name)

    def table(self, name: str, keys: tuple[Value, ...]) -> Value:
        raise LookupError(name)

    def total(self, name: str) -> Decimal:
        raise LookupError(name)

    def is_holiday(self, day: date) -> bool:
        raise LookupError(day)

    def add_working_days(self, at: datetime, n: int) -> datetime:
        raise LookupError(n)


_NO_SCOPE: Final = _NoScope()


def compile_tree(text: str, node: Node) -> Run:
    """The function that evaluates ``node``. Raises ExpressionError where constants alone already fail."""
    run = _closure(text, node)
    if isinstance(node, Literal) or not _is_constant(node):
        return run
    try:
        value = run(_NO_SCOPE)
    except EvaluationError as error:
        column = node.column if not isinstance(node, Both | Either) else 1
        raise ExpressionError(
            text, column, error.told,
            Wording("改掉这些固定的数：这样永远算不出来", "change the constants: this can never give an answer"),
        ) from None  # fmt: skip
    return lambda scope: value


def _is_constant(node: Node) -> bool:
    match node:
        case Literal():
            return True
        case Now() | Fact() | History() | Table() | Total():
            return False
        case _:
            return all(_is_constant(child) for child in children(node))


def _closure(text: str, node: Node) -> Run:
    match node:
        case Literal(value):
            return lambda scope: value
        case Now():
            return operations.moment_now
        case Fact(name):
            return _fact(name)
        case History():
            return _history(node)
        case Given():
            return _given(node)
        case ListOf(items):
            return _strict(text, items, lambda values, scope: values)
        case Not(operand):
            return _not(compile_tree(text, operand), describe(operand))
        case Negative(operand):
            run, words = compile_tree(text, operand), describe(operand)
            return lambda scope: operations.negative(run(scope), words)
        case Both(parts):
            return _decided_by(False, "&&", text, parts)
        case Either(parts):
            return _decided_by(True, "||", text, parts)
        case Compare():
            return _compare(text, node)
        case Arithmetic():
            return _arithmetic(text, node)
        case Table():
            return _table(text, node)
        case Total():
            return _total(node)
        case Call():
            return _call(text, node)


def _fact(name: str) -> Run:
    def fact(scope: Scope) -> Value:
        value = scope.fact(name)
        kind = type(value)
        if kind is str or kind is bool:
            return value  # type: ignore[return-value]
        if value is MISSING or value is None:
            raise MissingFact(name)
        return admit(value, name)

    return fact


def _history(node: History) -> Run:
    namespace, name, spelling = node.namespace, node.name, node.spelling

    def history(scope: Scope) -> Value:
        value = scope.history(namespace, name)
        if value is MISSING or value is None:
            raise MissingFact(spelling)
        return admit(value, spelling)

    return history


def _given(node: Given) -> Run:
    source = node.source
    if isinstance(source, Fact):
        fact = source.name

        def fact_given(scope: Scope) -> bool:
            value = scope.fact(fact)
            return value is not MISSING and value is not None

        return fact_given
    namespace, name = source.namespace, source.name

    def history_given(scope: Scope) -> bool:
        value = scope.history(namespace, name)
        return value is not MISSING and value is not None

    return history_given


def _total(node: Total) -> Run:
    """The fact itself must be given: a total asked before this case's amount is known would be too small."""
    name = node.fact.name
    given = _fact(name)

    def total(scope: Scope) -> Value:
        given(scope)
        return admit(scope.total(name), f"total({name})")

    return total


def _not(run: Run, words: str) -> Run:
    def denied(scope: Scope) -> bool:
        value = run(scope)
        if value is True:
            return False
        if value is False:
            return True
        raise TypeMismatch("!", operations.named(value, words))

    return denied


def _decided_by(decisive: bool, sign: str, text: str, parts: tuple[Node, ...]) -> Run:
    """``&&`` (any false decides) and ``||`` (any true decides) over yes, no and undecided."""
    runs = tuple((compile_tree(text, part), describe(part)) for part in parts)
    neutral = not decisive

    def decided(scope: Scope) -> bool:
        missing: tuple[str, ...] = ()
        for run, words in runs:
            try:
                value = run(scope)
            except MissingFact as undecided:
                missing += undecided.names
                continue
            if value is decisive:
                return decisive
            if value is not neutral:
                raise TypeMismatch(sign, operations.named(value, words))
        if missing:
            raise MissingFact(*missing)
        return neutral

    return decided


def _also(missing: MissingFact, others: tuple[Run, ...], scope: Scope) -> MissingFact:
    """What the other parts of an undecided operation miss as well."""
    names = missing.names
    for run in others:
        try:
            run(scope)
        except MissingFact as more:
            names += more.names
        except EvaluationError:
            continue
    return MissingFact(*names)


def _strict(text: str, parts: tuple[Node, ...], combine: Callable[[tuple[Value, ...], Scope], Value]) -> Run:
    """Needs every part."""
    runs = tuple(compile_tree(text, part) for part in parts)

    def strict(scope: Scope) -> Value:
        values: list[Value] = []
        try:
            for run in runs:
                values.append(run(scope))
        except MissingFact as missing:
            raise _also(missing, runs[len(values) + 1 :], scope) from None
        return combine(tuple(values), scope)

    return strict


def _pair(text: str, node: Compare | Arithmetic, combine: Callable[[Value, Value, Scope], Value]) -> Run:
    left, right = compile_tree(text, node.left), compile_tree(text, node.right)

    def pair(scope: Scope) -> Value:
        try:
            first = left(scope)
        except MissingFact as missing:
            raise _also(missing, (right,), scope) from None
        return combine(first, right(scope), scope)

    return pair


def _compare(text: str, node: Compare) -> Run:
    sign = node.operator
    words = (describe(node.left), describe(node.right))
    if sign == "in":
        return _pair(text, node, lambda left, right, scope: operations.contained(left, right, words, scope))
    if isinstance(node.right, Literal):
        return _compare_with_literal(text, node, node.right.value, words)
    if sign in operations.ORDERING:
        return _pair(
            text, node, lambda left, right, scope: operations.ordered(sign, left, right, words, scope)
        )
    return _pair(text, node, lambda left, right, scope: operations.same(sign, left, right, words, scope))


def _compare_with_literal(text: str, node: Compare, right: Value, words: tuple[str, str]) -> Run:
    """The usual case, ``fact <= 50`` or ``fact == 'text'``, without detours."""
    sign = node.operator
    left, kind = compile_tree(text, node.left), type(right)
    if sign in ("==", "!="):
        wanted = sign == "=="

        def same(scope: Scope) -> bool:
            value = left(scope)
            if type(value) is kind:
                return (value == right) is wanted
            return operations.same(sign, value, right, words, scope)

        return same
    compare, comparable = operations.ORDERING[sign], kind in operations.ORDERED

    def ordered(scope: Scope) -> bool:
        value = left(scope)
        if comparable and type(value) is kind:
            return compare(value, right)
        return operations.ordered(sign, value, right, words, scope)

    return ordered


def _arithmetic(text: str, node: Arithmetic) -> Run:
    sign, words = node.operator, (describe(node.left), describe(node.right))
    return _pair(text, node, lambda left, right, scope: operations.compute(sign, left, right, words, scope))


def _table(text: str, node: Table) -> Run:
    name, source = node.name, describe(node)
    return _strict(text, node.keys, lambda keys, scope: admit(scope.table(name, keys), source))


def _call(text: str, node: Call) -> Run:
    function, argument = node.function, node.arguments[0]
    run, words = compile_tree(text, argument), describe(argument)
    match function:
        case "working_days":
            return lambda scope: operations.working_days(run(scope), words)
        case "size":
            return lambda scope: operations.size(run(scope), words)
        case "is_holiday":
            return lambda scope: operations.holiday(run(scope), words, scope)
        case _:
            return lambda scope: operations.duration(function, run(scope), words)
