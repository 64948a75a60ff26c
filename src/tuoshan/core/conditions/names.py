"""What names mean: the closed list of functions, the words of a case's history, and all else facts."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

from tuoshan.core.conditions.errors import ExpressionError
from tuoshan.core.conditions.syntax import Call, Fact, Given, History, Literal, Node, Table, Total
from tuoshan.core.conditions.tokens import Token
from tuoshan.core.wording import Wording

HISTORY: Final = {
    "on": "on.accept",
    "entered": "entered.answered",
    "first": "first.accept",
    "times": "times.appeal",
    "late": "late.solve",
    "task": "task.inquire.open",
    "ruling": "ruling.kind",
    "members": "members.stores.open",
    "about": "about.paid_out",
    "assigned": "assigned.handler",
}
"""The reserved namespaces, each with an example of its use."""

QUERIES: Final = ("open", "paid_out", "offered")
"""What may be asked of the other cases about the same thing (`about.paid_out`): named queries, answered in code and
kept in the event that was judged by them."""

EFFECT_ANSWERS: Final = ("settled", "failed")
_CONSTANTS: Final = frozenset({"true", "false", "null", "now", "in", "and", "or", "not", "is"})


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function takes (``most`` None: any number), and an example."""

    least: int
    most: int | None
    example: str


FUNCTIONS: Final = {
    "days": Function(1, 1, "days(3)"),
    "hours": Function(1, 1, "hours(24)"),
    "minutes": Function(1, 1, "minutes(30)"),
    "working_days": Function(1, 1, "working_days(5)"),
    "is_holiday": Function(1, 1, "is_holiday(visit_on)"),
    "table": Function(1, None, "table('free_limit', grade)"),
    "total": Function(1, 1, "total(amount)"),
    "has": Function(1, 1, "has(amount)"),
    "size": Function(1, 1, "size(departments)"),
}

RESERVED_NAMES: Final = _CONSTANTS | frozenset(FUNCTIONS) | frozenset(HISTORY)
"""The names that no fact may have."""

_FOREIGN: Final = {
    "len": "size(list)",
    "count": "size(list)",
    "sum": "total(money_fact)",
    "day": "days(n)",
    "hour": "hours(n)",
    "minute": "minutes(n)",
    "exists": "has(fact)",
    "days_between": "later - earlier <= days(15)",
    "end_of_working_day": "now + working_days(1)",
}


def name_node(text: str, token: Token) -> Node:
    """What a name without parentheses stands for: history, an effect's answer, or a fact."""
    head, _, rest = token.value.partition(".")
    if head in HISTORY:
        if not rest:
            raise ExpressionError(
                text,
                token.column,
                Wording(
                    f"“{head}”是保留字，事实不能这样叫", f"'{head}' is a reserved word, so no fact can be called that"
                ),
                Wording(
                    f"应写 {HISTORY[head]} 这样的，或给事实换个名称",
                    f"write for example {HISTORY[head]}, or give the fact another name",
                ),
            )
        return History(head, rest, token.value, token.column)
    if rest:
        if head in FUNCTIONS or head in _CONSTANTS:
            raise ExpressionError(
                text, token.column, Wording(f"“{head}”没有下一级", f"'{head}' has no parts"),
                Wording(f"单写 {head}，或换个名称", f"write {head} alone, or use another name"),
            )  # fmt: skip
        if token.value.rpartition(".")[2] in EFFECT_ANSWERS:
            return History("effect", token.value, token.value, token.column)
    return Fact(token.value, token.column)


def call(text: str, token: Token, arguments: tuple[Node, ...]) -> Node:
    """A function with its arguments. Raises ExpressionError for an unknown one or wrong arguments."""
    name = token.value
    function = FUNCTIONS.get(name)
    if function is None:
        unknown = Wording(f"没有函数“{name}”", f"there is no function '{name}'")
        raise ExpressionError(text, token.column, unknown, _nearest(name))
    if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
        zh, en = ("一个值", "one argument") if function.most == 1 else ("至少一个值", "at least one argument")
        raise ExpressionError(
            text,
            token.column,
            Wording(
                f"“{name}”要{zh}，不是 {len(arguments)} 个", f"'{name}' takes {en}, not {len(arguments)}"
            ),
            _for_example(function.example),
        )
    first = arguments[0]
    if name == "has":
        if not isinstance(first, Fact | History):
            about = Wording("has 只能问某个事实有没有", "'has' asks about a fact")
            raise ExpressionError(text, token.column, about, Wording("应写 has(amount)", "write has(amount)"))
        return Given(first, token.column)
    if name == "total":
        if not isinstance(first, Fact):
            raise ExpressionError(
                text, token.column,
                Wording("total 合计工单里的一个金额", "'total' adds up one money fact of the case"),
                Wording("应写 total(amount)", "write total(amount)"),
            )  # fmt: skip
        return Total(first, token.column)
    if name == "table":
        if not (isinstance(first, Literal) and isinstance(first.value, str) and first.value):
            raise ExpressionError(
                text,
                token.column,
                Wording("表名要写在引号里", "a table is named by a text in quotes"),
                _for_example("table('free_limit', grade)"),
            )
        return Table(first.value, arguments[1:], token.column)
    return Call(name, arguments, token.column)


def _for_example(text: str) -> Wording:
    return Wording(f"例如 {text}", f"write for example {text}")


def _nearest(name: str) -> Wording:
    if "." in name:
        queries = [f"about.{query}" for query in QUERIES]
        return Wording(
            "问其他工单要用已有的查询：" + "、".join(queries),
            "what asks about other cases is a named query, " + " or ".join(queries),
        )
    meant = _FOREIGN.get(name)
    if meant is None and (near := difflib.get_close_matches(name, FUNCTIONS, n=1)):
        meant = FUNCTIONS[near[0]].example
    if meant:
        return Wording(f"应写 {meant}", f"write {meant}")
    return Wording("可用：" + "、".join(FUNCTIONS), "use one of " + ", ".join(FUNCTIONS))
