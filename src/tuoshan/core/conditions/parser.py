"""A Pratt parser: each operator binds with a power, and the loop takes those that bind tightly enough.

The look of the text is checked here; what names mean is decided in ``names.py``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tuoshan.core.conditions.errors import ExpressionError
from tuoshan.core.conditions.names import FUNCTIONS, call, name_node
from tuoshan.core.conditions.syntax import (
    Arithmetic,
    Both,
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
    walk,
)
from tuoshan.core.conditions.tokens import Token, tokenize

DEEPEST: Final = 60

_POWERS: Final = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 3),
    **dict.fromkeys("+-", 4),
    **dict.fromkeys("*/", 5),
}
_COMPARING: Final = 3
_SIGN: Final = 6

_WORD_OPERATORS: Final = {
    "and": "write &&",
    "or": "write ||",
    "not": "write ! before what is denied, as in !(grade in ['urgent'])",
    "is": "write ==",
}
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


def parse(text: str) -> Node:
    """The tree of ``text``. Raises ExpressionError with the column and a mend."""
    parser = _Parser(text)
    tree = parser.whole()
    if any(depth > DEEPEST for _, depth in walk(tree)):
        raise ExpressionError(text, 1, "this expression is too deep", _TOO_DEEP)
    return tree


_TOO_DEEP: Final = "split it over several actions, or move values into a table"


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def error(self, message: str, mend: str, token: Token | None = None) -> ExpressionError:
        return ExpressionError(self.text, (token or self.token).column, message, mend)

    def is_operator(self, *signs: str) -> bool:
        return self.token.kind == "operator" and self.token.value in signs

    def ended(self) -> bool:
        return self.token.kind == "end"

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def expect(self, sign: str, opened: Token) -> None:
        if not self.is_operator(sign):
            found = f"'{self.token.value}'" if self.token.kind != "end" else "the end"
            raise self.error(
                f"'{sign}' is missing before {found}",
                f"close the '{opened.value}' of column {opened.column} with '{sign}'",
            )
        self.advance()

    def whole(self) -> Node:
        if self.ended():
            raise self.error("the expression is empty", "write a condition, such as amount <= 200")
        tree = self.expression(0)
        if self.ended():
            _refuse_bare_null(self.text, tree)
            return tree
        if self.is_operator(")", "]"):
            raise self.error(f"'{self.token.value}' closes nothing", "remove it, or open it earlier")
        if self.is_operator(","):
            raise self.error("a comma separates nothing here", "put a list into [ ]")
        if self.token.kind == "name" and self.token.value in _WORD_OPERATORS:
            mend = _WORD_OPERATORS[self.token.value]
            raise self.error(f"'{self.token.value}' is no operator", mend)
        raise self.error(
            f"an operator is missing before '{self.token.value}'",
            "join two conditions with && (and) or || (or), and put text into quotes",
        )

    def expression(self, power: int) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error("this expression is too deep", _TOO_DEEP)
        start = self.token
        left = self.operand()
        compared = False
        while (operator := self.infix()) is not None and _POWERS[operator.value] > power:
            binding = _POWERS[operator.value]
            if binding == _COMPARING:
                if compared:
                    raise self.error(
                        "comparisons do not chain", "write both, as in 0 < amount && amount < 200"
                    )
                if isinstance(left, Not) and start.value == "!":
                    raise self.error(
                        f"it is unclear what '!' denies before '{operator.value}'",
                        f"put what it denies into parentheses: !(… {operator.value} …)",
                        start,
                    )
                compared = True
            self.advance()
            left = self.join(operator, left, self.expression(binding))
        self.depth -= 1
        return left

    def infix(self) -> Token | None:
        token = self.token
        named = token.kind == "name" and token.value == "in"
        return token if named or (token.kind == "operator" and token.value in _POWERS) else None

    def join(self, operator: Token, left: Node, right: Node) -> Node:
        sign, column = operator.value, operator.column
        if sign == "&&":
            parts = left.parts if isinstance(left, Both) else (left,)
            return Both((*parts, right), column)
        if sign == "||":
            parts = left.parts if isinstance(left, Either) else (left,)
            return Either((*parts, right), column)
        if _POWERS[sign] == _COMPARING:
            if _is_null(left) or _is_null(right):
                return self.with_null(operator, left, right)
            return Compare(sign, left, right, column)
        return Arithmetic(sign, left, right, column)

    def with_null(self, operator: Token, left: Node, right: Node) -> Node:
        source = right if _is_null(left) else left
        if operator.value not in ("==", "!=") or not isinstance(source, Fact | History):
            raise self.error(
                "null goes only with == or != and a fact", "write has(amount) to ask if it is given", operator
            )
        given = Given(source, source.column)
        return given if operator.value == "!=" else Not(given, operator.column)

    def operand(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Literal(Decimal(token.value), token.column)
        if token.kind == "text":
            self.advance()
            return Literal(token.value, token.column)
        if token.kind == "name":
            return self.named()
        if self.is_operator("!"):
            self.advance()
            return Not(self.expression(_SIGN), token.column)
        if self.is_operator("-"):
            self.advance()
            return Negative(self.expression(_SIGN), token.column)
        if self.is_operator("("):
            self.advance()
            inner = self.expression(0)
            self.expect(")", token)
            return inner
        if self.is_operator("["):
            self.advance()
            return ListOf(self.items("]", token), token.column)
        found = "the expression ends" if token.kind == "end" else f"'{token.value}' stands"
        raise self.error(
            f"{found} where a value belongs", "write a fact, a number, a text in quotes or a function"
        )

    def items(self, closing: str, opened: Token) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.is_operator(closing):
            found.append(self.expression(0))
            if not self.is_operator(","):
                break
            self.advance()
        self.expect(closing, opened)
        return tuple(found)

    def named(self) -> Node:
        token = self.advance()
        word = token.value
        opens = self.token if self.is_operator("(") else None
        if word in _CONSTANTS:
            if opens:
                raise self.error(f"'{word}' takes no arguments", f"write {word} alone", token)
            return Literal(_CONSTANTS[word], token.column)
        if word == "now":
            if opens:
                raise self.error("'now' is a value, not a function", "write now without parentheses", token)
            return Now(token.column)
        if word in _WORD_OPERATORS or word == "in":
            mend = _WORD_OPERATORS.get(word, "write a fact on the left of 'in' and a list on its right")
            raise self.error(f"'{word}' cannot be a fact's name", mend, token)
        if opens:
            self.advance()
            return call(self.text, token, self.items(")", opens))
        if word in FUNCTIONS:
            raise self.error(
                f"'{word}' is a function's name, so no fact can be called that",
                f"write {FUNCTIONS[word].example}, or give the fact another name",
                token,
            )
        return name_node(self.text, token)


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def _refuse_bare_null(text: str, tree: Node) -> None:
    for node, _ in walk(tree):
        if _is_null(node):
            raise ExpressionError(
                text,
                node.column,
                "null is no value to work with",
                "write amount == null or !has(amount) to ask whether a fact is not given",
            )
