"""Find mistakes of kind before a playbook loads: text beside a number, an unknown fact, no such choice."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Final, Literal, TypeAlias

from tuoshan.core.conditions.expression import Expression
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
    Negative,
    Node,
    Not,
    Now,
    Table,
    Total,
    children,
    describe,
    walk,
)
from tuoshan.core.conditions.syntax import Literal as Constant
from tuoshan.core.conditions.values import KIND_WORDS, Kind, kind_of
from tuoshan.core.wording import Wording

FactType: TypeAlias = Literal[
    "text", "choice", "choices", "yes_no", "number", "money", "date", "datetime", "reference"
]

_KIND_OF_FACT: Final[Mapping[FactType, Kind]] = {
    "text": "text",
    "choice": "text",
    "reference": "text",
    "choices": "list",
    "yes_no": "yes_no",
    "number": "number",
    "money": "number",
    "date": "date",
    "datetime": "datetime",
}
_KIND_OF_HISTORY: Final[Mapping[str, Kind]] = {
    "on": "datetime",
    "entered": "datetime",
    "first": "datetime",
    "times": "number",
    "late": "yes_no",
    "task": "number",
    "effect": "yes_no",
    "about": "number",
    "assigned": "text",
}
_KIND_OF_CALL: Final[Mapping[str, tuple[frozenset[Kind], Kind]]] = {
    "days": (frozenset({"number"}), "duration"),
    "hours": (frozenset({"number"}), "duration"),
    "minutes": (frozenset({"number"}), "duration"),
    "working_days": (frozenset({"number"}), "working_days"),
    "is_holiday": (frozenset({"date", "datetime"}), "yes_no"),
    "size": (frozenset({"list"}), "number"),
}
_ARITHMETIC: Final[Mapping[str, frozenset[tuple[Kind, Kind, Kind]]]] = {
    "+": frozenset(
        {
            ("number", "number", "number"),
            ("duration", "duration", "duration"),
            *((day, length, day) for day in ("date", "datetime") for length in ("duration", "working_days")),
            *((length, day, day) for day in ("date", "datetime") for length in ("duration", "working_days")),
        }
    ),
    "-": frozenset(
        {
            ("number", "number", "number"),
            ("duration", "duration", "duration"),
            ("date", "duration", "date"),
            ("datetime", "duration", "datetime"),
            *((one, other, "duration") for one in ("date", "datetime") for other in ("date", "datetime")),
        }
    ),
    "*": frozenset(
        {
            ("number", "number", "number"),
            ("duration", "number", "duration"),
            ("number", "duration", "duration"),
        }
    ),
    "/": frozenset(
        {
            ("number", "number", "number"),
            ("duration", "number", "duration"),
            ("duration", "duration", "number"),
        }
    ),
}
_ORDERED: Final[frozenset[Kind]] = frozenset({"number", "date", "datetime", "duration", "unknown"})


def check(
    expression: Expression,
    types: Mapping[str, FactType],
    *,
    choices: Mapping[str, Collection[str]] | None = None,
    gives: Collection[Kind] | None = None,
) -> list[Wording]:
    """The mistakes of ``expression`` where facts have these types; an empty list when there is none.

    ``choices`` holds the allowed values of choice and choices facts; ``gives`` the kinds that the whole may
    have: ``{'yes_no'}`` for a condition, ``{'datetime'}`` for an ``at``. What tables, rulings and groups
    answer is unknown here and passes. Each finding begins with the column, in both
    languages.
    """
    findings = list(_Checker(types, choices or {}).findings(expression.tree))
    if gives is not None:
        kind = _Checker(types, {}).kind(expression.tree)
        if kind != "unknown" and kind not in gives:
            wanted, got = _any_of(gives), KIND_WORDS[kind]
            findings.append(Wording(
                f"第 1 个字符：这里要{wanted.zh}，算出来的却是{got.zh}",
                f"column 1: this gives {got.en} where {wanted.en} is needed",
            ))  # fmt: skip
    return findings


class _Checker:
    def __init__(self, types: Mapping[str, FactType], choices: Mapping[str, Collection[str]]) -> None:
        self.types = types
        self.choices = choices

    def findings(self, tree: Node) -> Iterator[Wording]:
        for node, _ in walk(tree):
            for one in self.of_node(node):
                yield Wording(f"第 {node.column} 个字符：{one.zh}", f"column {node.column}: {one.en}")

    def kind(self, node: Node) -> Kind:
        match node:
            case Constant(value):
                return kind_of(value)
            case Fact(name):
                fact_type = self.types.get(name)
                return _KIND_OF_FACT[fact_type] if fact_type is not None else "unknown"
            case History(namespace):
                return _KIND_OF_HISTORY.get(namespace, "unknown")
            case Now():
                return "datetime"
            case ListOf():
                return "list"
            case Not() | Both() | Either() | Given() | Compare():
                return "yes_no"
            case Negative(operand):
                return self.kind(operand)
            case Total():
                return "number"
            case Call(function):
                return _KIND_OF_CALL[function][1]
            case Arithmetic(sign, left, right):
                return self.arithmetic(sign, left, right)[0]
            case Table():
                return "unknown"

    def of_node(self, node: Node) -> Iterator[Wording]:
        match node:
            case Fact(name):
                yield from self.of_fact(name)
            case Not() | Both() | Either():
                sign = "!" if isinstance(node, Not) else "&&" if isinstance(node, Both) else "||"
                for part in children(node):
                    yield from self.of_kind(sign, part, frozenset({"yes_no"}))
            case Negative(operand):
                yield from self.of_kind("-", operand, frozenset({"number", "duration"}))
            case Total(fact):
                if self.types.get(fact.name, "money") not in ("money", "number"):
                    what = self.words(fact)
                    yield Wording(f"total 只合计金额，而{what.zh}", f"'total' adds up money, but {what.en}")
            case Call(function, arguments):
                yield from self.of_kind(function, arguments[0], _KIND_OF_CALL[function][0])
            case Arithmetic(sign, left, right):
                if not self.arithmetic(sign, left, right)[1]:
                    yield _apart(sign, self.words(left), self.words(right))
            case Compare():
                yield from self.of_comparison(node)

    def of_fact(self, name: str) -> Iterator[Wording]:
        if name in self.types:
            return
        near = difflib.get_close_matches(name, self.types, n=1)
        zh, en = (f"应写 {near[0]}", f"write {near[0]}") if near else (
            "请先让表单问它，或登记它", "ask for it in a form, or register it")  # fmt: skip
        yield Wording(f"没有“{name}”；{zh}", f"there is no fact '{name}'; {en}")

    def of_kind(self, sign: str, node: Node, wanted: frozenset[Kind]) -> Iterator[Wording]:
        if self.kind(node) not in wanted | {"unknown"}:
            takes, what = _any_of(wanted), self.words(node)
            yield Wording(f"“{sign}”要{takes.zh}，而{what.zh}", f"'{sign}' takes {takes.en}, but {what.en}")

    def of_comparison(self, node: Compare) -> Iterator[Wording]:
        left, right = self.kind(node.left), self.kind(node.right)
        if node.operator == "in":
            yield from self.of_membership(node, left, right)
            return
        if not _alike(left, right):
            yield _apart(node.operator, self.words(node.left), self.words(node.right))
        elif node.operator not in ("==", "!=") and not {left, right} <= _ORDERED:
            what = self.words(node.left)
            yield Wording(
                f"“{node.operator}”两边要能比大小，而{what.zh}；请用 == 或 in 比较",
                f"'{node.operator}' needs an order, but {what.en}; compare with == or in",
            )
        yield from self.of_choice(node.left, node.right)
        yield from self.of_choice(node.right, node.left)

    def of_membership(self, node: Compare, left: Kind, right: Kind) -> Iterator[Wording]:
        if right not in ("list", "unknown"):
            what = self.words(node.right)
            yield Wording(f"in 的右边要是列表，而{what.zh}", f"'in' needs a list on its right, but {what.en}")
            return
        if isinstance(node.right, ListOf):
            for item in node.right.items:
                if not _alike(left, self.kind(item)):
                    yield _apart("in", self.words(node.left), self.words(item))
                yield from self.of_choice(node.left, item)
        elif isinstance(node.right, Fact):
            if not _alike(left, "text"):
                yield _apart("in", self.words(node.left), Wording("文字的列表", "a list of texts"))
            yield from self.of_choice(node.right, node.left)

    def of_choice(self, fact: Node, value: Node) -> Iterator[Wording]:
        """A text or list written beside a choice fact must be among its values."""
        if not isinstance(fact, Fact) or fact.name not in self.choices:
            return
        allowed = self.choices[fact.name]
        for item in value.items if isinstance(value, ListOf) else (value,):
            if isinstance(item, Constant) and isinstance(item.value, str) and item.value not in allowed:
                near = difflib.get_close_matches(item.value, allowed, n=1)
                zh, en = (f"应写 '{near[0]}'", f"write '{near[0]}'") if near else (
                    "可用：" + "、".join(sorted(allowed)), "use one of " + ", ".join(sorted(allowed)))  # fmt: skip
                yield Wording(
                    f"“{item.value}”不是 {fact.name} 的选项；{zh}", f"'{item.value}' is no value of {fact.name}; {en}"
                )

    def arithmetic(self, sign: str, left: Node, right: Node) -> tuple[Kind, bool]:
        """The kind of the answer, and whether there can be one."""
        one, other = self.kind(left), self.kind(right)
        fitting = {
            answer
            for first, second, answer in _ARITHMETIC[sign]
            if one in (first, "unknown") and other in (second, "unknown")
        }
        answer: Kind = next(iter(fitting)) if len(fitting) == 1 else "unknown"
        return answer, bool(fitting)

    def words(self, node: Node) -> Wording:
        name, kind = describe(node), KIND_WORDS[self.kind(node)]
        if not name:
            return Wording(f"这里是{kind.zh}", f"this is {kind.en}")
        return Wording(f" {name} 是{kind.zh}", f"{name} is {kind.en}")


def _any_of(kinds: Collection[Kind]) -> Wording:
    words = [KIND_WORDS[kind] for kind in sorted(kinds)]
    return Wording("或".join(one.zh for one in words), " or ".join(one.en for one in words))


def _apart(sign: str, one: Wording, other: Wording) -> Wording:
    return Wording(
        f"“{sign}”两边合不到一起：{one.zh.strip()}，{other.zh.strip()}", f"'{sign}' cannot join {one.en} and {other.en}"
    )


def _alike(one: Kind, other: Kind) -> bool:
    days = {"date", "datetime"}
    return one == other or "unknown" in (one, other) or {one, other} <= days
