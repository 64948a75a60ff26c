"""Cut an expression into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tuoshan.core.conditions.errors import ExpressionError

LONGEST_TEXT: Final = 2000
LONGEST_NUMBER: Final = 30

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

_MENDS: Final = {
    "=": "write == to compare",
    "&": "write &&",
    "|": "write ||",
    "%": "write a share as a decimal, 0.05 for 5%",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "×": "write *",
    "÷": "write /",
    "＋": "write +",
    "－": "write -",
    "＝": "write ==",
    "＜": "write <",
    "＞": "write >",
    "！": "write !",
    "（": "write ( with the keyboard set to English",
    "）": "write ) with the keyboard set to English",
    "【": "write [ with the keyboard set to English",
    "】": "write ] with the keyboard set to English",
    "，": "write , with the keyboard set to English",
    "、": "write , with the keyboard set to English",
    "‘": "write ' with the keyboard set to English",
    "’": "write ' with the keyboard set to English",
    "“": 'write " with the keyboard set to English',
    "”": 'write " with the keyboard set to English',
    ".": "write a digit before the point of a number, and names on both sides of the point of a name",
    "{": "write a list in [ ]",
    "}": "write a list in [ ]",
    "?": "use two actions with their own conditions instead of a choice inside one",
    "^": "multiply instead",
}


def tokenize(text: str) -> list[Token]:
    """The tokens of ``text``, closed by one of kind ``end``. Raises ExpressionError."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(
            text,
            LONGEST_TEXT + 1,
            f"an expression has at most {LONGEST_TEXT} characters",
            "split it over several actions, or move values into a table",
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
            "this text does not end properly",
            f"close it with {character} on the same line; a backslash goes only before quote or backslash",
        )
    if character in _MENDS:
        raise ExpressionError(text, column, f"'{character}' has no meaning here", _MENDS[character])
    if character.isalpha():
        raise ExpressionError(
            text,
            column,
            f"'{character}' can stand in no name",
            "name facts in Latin letters, and put text into quotes",
        )
    raise ExpressionError(text, column, f"{character!r} has no meaning here", "remove it")


def _refuse_odd_number(text: str, found: re.Match[str], column: int) -> None:
    if len(found[0]) > LONGEST_NUMBER:
        raise ExpressionError(
            text, column, f"a number has at most {LONGEST_NUMBER} digits", "write a smaller number"
        )
    follower = text[found.end() : found.end() + 1]
    if follower == "%":
        raise ExpressionError(text, found.end() + 1, "'%' has no meaning here", _MENDS["%"])
    if follower == "." or follower == "_" or follower.isalnum():
        raise ExpressionError(
            text,
            found.end() + 1,
            f"'{follower}' cannot follow the number {found[0]}",
            "write a number in digits with at most one point, and a length of time as days(3) or hours(24)",
        )
