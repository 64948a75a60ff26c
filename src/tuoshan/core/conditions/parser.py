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
from tuoshan.core.conditions.tokens import SPLIT_IT, Token, tokenize
from tuoshan.core.wording import Wording

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
    "and": Wording("应写 &&", "write &&"),
    "or": Wording("应写 ||", "write ||"),
    "not": Wording(
        "在要否定的前面写 !，如 !(grade in ['urgent'])",
        "write ! before what is denied, as in !(grade in ['urgent'])",
    ),
    "is": Wording("应写 ==", "write =="),
}
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


def parse(text: str) -> Node:
    """The tree of ``text``. Raises ExpressionError with the column and a mend."""
    parser = _Parser(text)
    tree = parser.whole()
    if any(depth > DEEPEST for _, depth in walk(tree)):
        raise ExpressionError(text, 1, _TOO_DEEP, SPLIT_IT)
    return tree


_TOO_DEEP: Final = Wording("算式套得太深", "this expression is too deep")


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def error(self, message: Wording, mend: Wording, token: Token | None = None) -> ExpressionError:
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
            value = self.token.value
            zh, en = (f"“{value}”", f"'{value}'") if self.token.kind != "end" else ("结尾", "the end")
            raise self.error(
                Wording(f"{zh}之前少了“{sign}”", f"'{sign}' is missing before {en}"),
                Wording(
                    f"用“{sign}”合上第 {opened.column} 个字符的“{opened.value}”",
                    f"close the '{opened.value}' of column {opened.column} with '{sign}'",
                ),
            )
        self.advance()

    def whole(self) -> Node:
        if self.ended():
            raise self.error(
                Wording("算式是空的", "the expression is empty"),
                Wording("写一个条件，如 amount <= 200", "write a condition, such as amount <= 200"),
            )
        tree = self.expression(0)
        if self.ended():
            _refuse_bare_null(self.text, tree)
            return tree
        if self.is_operator(")", "]"):
            raise self.error(
                Wording(f"“{self.token.value}”没有与它成对的开头", f"'{self.token.value}' closes nothing"),
                Wording("删除它，或在前面写上开头", "remove it, or open it earlier"),
            )
        if self.is_operator(","):
            raise self.error(
                Wording("这里的逗号没有分开什么", "a comma separates nothing here"),
                Wording("列表写在 [ ] 里", "put a list into [ ]"),
            )
        if self.token.kind == "name" and self.token.value in _WORD_OPERATORS:
            mend = _WORD_OPERATORS[self.token.value]
            raise self.error(
                Wording(f"“{self.token.value}”不是运算符", f"'{self.token.value}' is no operator"), mend
            )
        raise self.error(
            Wording(
                f"“{self.token.value}”之前少了运算符", f"an operator is missing before '{self.token.value}'"
            ),
            Wording(
                "两个条件用 &&（且）或 ||（或）连接，文字放在引号里",
                "join two conditions with && (and) or || (or), and put text into quotes",
            ),
        )

    def expression(self, power: int) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(_TOO_DEEP, SPLIT_IT)
        start = self.token
        left = self.operand()
        compared = False
        while (operator := self.infix()) is not None and _POWERS[operator.value] > power:
            binding = _POWERS[operator.value]
            if binding == _COMPARING:
                if compared:
                    raise self.error(
                        Wording("比较不能连着写", "comparisons do not chain"),
                        Wording(
                            "分开写，如 0 < amount && amount < 200", "write both, as in 0 < amount && amount < 200"
                        ),
                    )
                if isinstance(left, Not) and start.value == "!":
                    raise self.error(
                        Wording(
                            f"“{operator.value}”之前的 ! 否定的是什么不清楚",
                            f"it is unclear what '!' denies before '{operator.value}'",
                        ),
                        Wording(
                            f"把要否定的放在括号里：!(… {operator.value} …)",
                            f"put what it denies into parentheses: !(… {operator.value} …)",
                        ),
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
                Wording("null 只能与事实用 == 或 != 比较", "null goes only with == or != and a fact"),
                Wording("问有没有填写，用 has(amount)", "write has(amount) to ask if it is given"),
                operator,
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
        if token.kind == "end":
            said = Wording("算式没有写完，这里要一个值", "the expression ends where a value belongs")
        else:
            said = Wording(
                f"这里要一个值，却是“{token.value}”", f"'{token.value}' stands where a value belongs"
            )
        raise self.error(said, Wording(
            "写事实、数字、引号里的文字，或函数", "write a fact, a number, a text in quotes or a function"
        ))  # fmt: skip

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
                raise self.error(
                    Wording(f"“{word}”后面不带括号", f"'{word}' takes no arguments"),
                    Wording(f"单写 {word}", f"write {word} alone"), token,
                )  # fmt: skip
            return Literal(_CONSTANTS[word], token.column)
        if word == "now":
            if opens:
                raise self.error(
                    Wording("now 是一个值，不是函数", "'now' is a value, not a function"),
                    Wording("now 后面不带括号", "write now without parentheses"), token,
                )  # fmt: skip
            return Now(token.column)
        if word in _WORD_OPERATORS or word == "in":
            mend = _WORD_OPERATORS.get(word, Wording(
                "in 的左边写事实，右边写列表", "write a fact on the left of 'in' and a list on its right"
            ))  # fmt: skip
            raise self.error(
                Wording(f"“{word}”不能作事实的名称", f"'{word}' cannot be a fact's name"), mend, token
            )
        if opens:
            self.advance()
            return call(self.text, token, self.items(")", opens))
        if word in FUNCTIONS:
            raise self.error(
                Wording(
                    f"“{word}”是函数名，事实不能这样叫", f"'{word}' is a function's name, so no fact can be called that"
                ),
                Wording(
                    f"应写 {FUNCTIONS[word].example}，或给事实换个名称",
                    f"write {FUNCTIONS[word].example}, or give the fact another name",
                ),
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
                Wording("null 不能参加计算", "null is no value to work with"),
                Wording(
                    "问某项是否没有填写，用 amount == null 或 !has(amount)",
                    "write amount == null or !has(amount) to ask whether a fact is not given",
                ),
            )
