"""Formulas, conditions and cells that a form can hold: a share of one sum, facts compared with values, bounds.

Everything else stays as it is written; nothing here is ever guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tuoshan.core.conditions import ExpressionError, compile_expression
from tuoshan.core.conditions.syntax import Arithmetic, Compare, Either, Fact, Given, ListOf, Literal, Node, Not
from tuoshan.core.cutting import cut
from tuoshan.core.number_text import number_text
from tuoshan.core.policy.reading import cells
from tuoshan.core.policy.reading.cell_writing import NotWritten, as_written, figure

HUNDRED: Final = Decimal(100)
ORDERED: Final = ("<=", "<", ">=", ">", "==", "!=")
IS, IS_NOT, KNOWN, UNKNOWN = "is", "is_not", "known", "unknown"
ANY, BETWEEN, EXACTLY, AS_IT_IS = "", "..", "=", "as_it_is"


@dataclass(frozen=True, slots=True)
class Share:
    """A fixed sum (`of` empty), a name, or so many per cent of it."""

    of: str
    number: Decimal | None = None


def share(text: str) -> Share | None:
    """`30`, `paid`, `paid * 0.3`, `paid * 30 / 100`; None for any other formula."""
    match tree(text):
        case Literal(Decimal() as number):
            return Share("", number)
        case Fact(name):
            return Share(name)
        case Arithmetic("*", Fact(name), Literal(Decimal() as number)):
            return Share(name, number * HUNDRED)
        case Arithmetic("/", Arithmetic("*", Fact(name), Literal(Decimal() as number)), Literal(Decimal() as whole)):
            return Share(name, number) if whole == HUNDRED else None
    return None


def share_text(one: Share) -> str:
    """The same as a formula."""
    if not one.of:
        return f"{one.number:f}" if one.number is not None else ""
    if one.number is None or one.number == HUNDRED:
        return one.of
    times = one.number / HUNDRED
    if times == times.to_integral_value():
        return f"{one.of} * {times.to_integral_value():f}"
    return f"{one.of} * {number_text(one.number)} / 100"


def tree(text: str) -> Node | None:
    """None for what is no expression."""
    try:
        return compile_expression(text).tree
    except ExpressionError:
        return None


# -- conditions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions that must all hold. `name` is empty where it is no comparison of one fact with values."""

    name: str
    sign: str
    values: tuple[str, ...]
    text: str


def conditions(text: str) -> tuple[Condition, ...]:
    """The conditions of an expression that must all hold; one alone where it is of another kind."""
    if not text.strip():
        return ()
    if isinstance(tree(text), Either | None):
        return (Condition("", "", (), text),)
    return tuple(_condition(piece) for piece in cut(text, "&&"))


def conditions_text(all_of: Iterable[Condition]) -> str:
    """The conditions as one expression."""
    texts = [one.text for one in all_of]
    if len(texts) > 1:
        texts = [f"({one})" if isinstance(tree(one), Either) and not _bracketed(one) else one for one in texts]
    return " && ".join(texts)


def condition(name: str, sign: str, values: tuple[str, ...]) -> Condition:
    """A comparison as it is written."""
    if sign in (KNOWN, UNKNOWN):
        text = f"has({name})" if sign == KNOWN else f"!has({name})"
    elif values in (("yes",), ("no",)) and sign == IS:
        text = name if values == ("yes",) else f"!{name}"
    elif sign in ORDERED:
        text = f"{name} {sign} {values[0]}"
    elif len(values) == 1:
        text = f"{name} {'==' if sign == IS else '!='} '{values[0]}'"
    else:
        among = f"{name} in [{', '.join(repr(value) for value in values)}]"
        text = among if sign == IS else f"!({among})"
    return Condition(name, sign, values, text)


def _condition(text: str) -> Condition:
    match tree(text):
        case Fact(name):
            return Condition(name, IS, ("yes",), text)
        case Not(Fact(name)):
            return Condition(name, IS, ("no",), text)
        case Given(Fact(name)):
            return Condition(name, KNOWN, (), text)
        case Not(Given(Fact(name))):
            return Condition(name, UNKNOWN, (), text)
        case Compare("==" | "!=" as sign, Fact(name), Literal(str() as value)):
            return Condition(name, IS if sign == "==" else IS_NOT, (value,), text)
        case Compare("in", Fact(name), ListOf(items)) if _texts(items):
            return Condition(name, IS, _texts(items), text)
        case Not(Compare("in", Fact(name), ListOf(items))) if _texts(items):
            return Condition(name, IS_NOT, _texts(items), text)
        case Compare(sign, Fact(name), Literal(Decimal() as number)) if sign in ORDERED:
            return Condition(name, sign, (number_text(number),), text)
    return Condition("", "", (), text)


def _texts(items: tuple[Node, ...]) -> tuple[str, ...]:
    found = tuple(one.value for one in items if isinstance(one, Literal) and isinstance(one.value, str))
    return found if len(found) == len(items) else ()


def _bracketed(text: str) -> bool:
    inner = text[1:-1]
    return text.startswith("(") and text.endswith(")") and len(cut(inner, "&&")) == 1 and tree(inner) is not None


# -- cells ------------------------------------------------------------------------------------------------------


def cell(text: str, *, choice: bool) -> tuple[str, tuple[str, ...]]:
    """The sign of a cell and what stands behind it; of a `choice`, the choices."""
    text = text.strip()
    if text in ("", "-"):
        return ANY, ()
    if choice:
        negative, names = cells.choices_in(text)
        return IS_NOT if negative else IS, tuple(names)
    for days in (True, False):
        try:
            sign, bounds = as_written(text, days=days, unit=None)
        except NotWritten:
            continue
        named = {"..": BETWEEN, "=": EXACTLY}.get(sign, sign)
        return named, tuple(figure(bound) for bound in bounds)
    return EXACTLY, (text,)


def cell_text(sign: str, values: tuple[str, ...]) -> str:
    """The same as it is written in a cell."""
    if sign == ANY or not values:
        return ""
    if sign in (IS, IS_NOT):
        return ("not " if sign == IS_NOT else "") + ", ".join(values)
    if sign == BETWEEN:
        return "..".join(values)
    return values[0] if sign == EXACTLY else f"{sign} {values[0]}"
