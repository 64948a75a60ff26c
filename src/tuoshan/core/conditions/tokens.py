"""Cut an expression into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tuoshan.core.conditions.errors import ExpressionError
from tuoshan.core.wording import Wording

LONGEST_TEXT: Final = 2000
LONGEST_NUMBER: Final = 30
SPLIT_IT: Final = Wording(
    "拆成几步，或把数值放进表里", "split it over several actions, or move values into a table"
)
"""The mend of whatever is too much for one expression."""

TokenKind: TypeAlias = Literal["number", "text", "name", "operator", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign; ``value`` is a text's content without its quotes, otherwise what was written."""

    kind: TokenKind
    value: str
    column: int


_SPACE: Final = re.compile(r"[ \t\r\n]+")
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)
_OPERATOR: Final = re.compile(r"\|\||&&|==|!=|<=|>=|[!<>+\-*/()\[\],]")
_TEXT: Final = re.compile(r"""'((?:[^'\\\r\n]|\\['"\\])*)'|"((?:[^"\\\r\n]|\\['"\\])*)\"""")
_ESCAPE: Final = re.compile(r"\\(.)")

def _write(sign: str) -> Wording:
    return Wording(f"应写 {sign}", f"write {sign}")


def _in_english(sign: str) -> Wording:
    return Wording(f"切换到英文输入法写 {sign}", f"write {sign} with the keyboard set to English")


_MENDS: Final = {
    "=": Wording("比较要写 ==", "write == to compare"),
    "&": _write("&&"),
    "|": _write("||"),
    "%": Wording("百分比写成小数，5% 写 0.05", "write a share as a decimal, 0.05 for 5%"),
    "≤": _write("<="),
    "≥": _write(">="),
    "≠": _write("!="),
    "×": _write("*"),
    "÷": _write("/"),
    "＋": _write("+"),
    "－": _write("-"),
    "＝": _write("=="),
    "＜": _write("<"),
    "＞": _write(">"),
    "！": _write("!"),
    "（": _in_english("("),
    "）": _in_english(")"),
    "【": _in_english("["),
    "】": _in_english("]"),
    "，": _in_english(","),
    "、": _in_english(","),
    "‘": _in_english("'"),
    "’": _in_english("'"),
    "“": _in_english('"'),
    "”": _in_english('"'),
    ".": Wording(
        "小数点之前写数字；名称里的点两边都写名称",
        "write a digit before the point of a number, and names on both sides of the point of a name",
    ),
    "{": Wording("列表写在 [ ] 里", "write a list in [ ]"),
    "}": Wording("列表写在 [ ] 里", "write a list in [ ]"),
    "?": Wording(
        "写成两步，各有各的条件", "use two actions with their own conditions instead of a choice inside one"
    ),
    "^": Wording("改用乘法", "multiply instead"),
}


def no_meaning(sign: str) -> Wording:
    return Wording(f"“{sign}”在这里没有意义", f"'{sign}' has no meaning here")


def tokenize(text: str) -> list[Token]:
    """The tokens of ``text``, closed by one of kind ``end``. Raises ExpressionError."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(
            text,
            LONGEST_TEXT + 1,
            Wording(f"算式最多 {LONGEST_TEXT} 个字符", f"an expression has at most {LONGEST_TEXT} characters"),
            SPLIT_IT,
        )
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        space = _SPACE.match(text, position)
        if space:
            position = space.end()
            continue
        token, position = _next(text, position)
        tokens.append(token)
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def _next(text: str, position: int) -> tuple[Token, int]:
    column = position + 1
    if found := _NUMBER.match(text, position):
        _refuse_odd_number(text, found, column)
        return Token("number", found[0], column), found.end()
    if found := _NAME.match(text, position):
        return Token("name", found[0], column), found.end()
    if found := _OPERATOR.match(text, position):
        return Token("operator", found[0], column), found.end()
    if found := _TEXT.match(text, position):
        content = found[1] if found[1] is not None else found[2]
        return Token("text", _ESCAPE.sub(r"\1", content), column), found.end()
    character = text[position]
    if character in "'\"":
        raise ExpressionError(
            text,
            column,
            Wording("这段文字的引号没有合上", "this text does not end properly"),
            Wording(
                f"在同一行用 {character} 合上；反斜杠只能写在引号或反斜杠之前",
                f"close it with {character} on the same line; a backslash goes only before quote or backslash",
            ),
        )
    if character in _MENDS:
        raise ExpressionError(text, column, no_meaning(character), _MENDS[character])
    if character.isalpha():
        raise ExpressionError(
            text,
            column,
            Wording(f"“{character}”不能出现在名称里", f"'{character}' can stand in no name"),
            Wording(
                "事实用英文字母的名称，文字放在引号里", "name facts in Latin letters, and put text into quotes"
            ),
        )
    odd = character if character.isprintable() else repr(character).strip("'")
    raise ExpressionError(text, column, no_meaning(odd), Wording("删除它", "remove it"))


def _refuse_odd_number(text: str, found: re.Match[str], column: int) -> None:
    if len(found[0]) > LONGEST_NUMBER:
        raise ExpressionError(
            text, column,
            Wording(f"数字最多 {LONGEST_NUMBER} 位", f"a number has at most {LONGEST_NUMBER} digits"),
            Wording("写小一些的数", "write a smaller number"),
        )  # fmt: skip
    follower = text[found.end() : found.end() + 1]
    if follower == "%":
        raise ExpressionError(text, found.end() + 1, no_meaning("%"), _MENDS["%"])
    if follower.isalnum() and not follower.isascii():
        raise ExpressionError(
            text,
            found.end() + 1,
            Wording(f"数字 {found[0]} 后面不能跟“{follower}”", f"'{follower}' cannot follow the number {found[0]}"),
            Wording(
                f"只写数字 {found[0]}，不写单位；时长写成 days(3) 或 hours(24)",
                f"write {found[0]} alone, without a unit, and a length of time as days(3) or hours(24)",
            ),
        )
    if follower == "." or follower == "_" or follower.isalnum():
        raise ExpressionError(
            text,
            found.end() + 1,
            Wording(f"数字 {found[0]} 后面不能跟“{follower}”", f"'{follower}' cannot follow the number {found[0]}"),
            Wording(
                "数字只写阿拉伯数字，最多一个小数点；时长写成 days(3) 或 hours(24)",
                "write a number in digits with at most one point, and a length of time as days(3) or hours(24)",
            ),
        )
