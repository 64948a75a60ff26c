"""Arithmetic and comparison over admitted values.

Numbers: sums, differences and products are exact (an answer of more than 100 digits is refused); quotients
are rounded half-even to 28 significant digits.
Time: moment ± duration, moment - moment, date ± whole days, date - date, duration ± duration,
duration * or / number, duration / duration. A date beside a moment makes the moment its calendar day in the
zone of ``now``, so ``now <= return_by`` holds until 24:00 of that day. A moment or a date plus
``working_days(n)`` asks the scope's calendar.
Comparison: only like with like; order exists for numbers, dates, moments and durations.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from typing import Any, Final

from tuoshan.core.conditions.errors import EvaluationError, TypeMismatch
from tuoshan.core.conditions.values import KIND_WORDS, Scope, Value, WorkingDays, kind_of
from tuoshan.core.wording import Wording

_EXACT: Final = Context(prec=100, traps=[Inexact, InvalidOperation, Overflow])
_QUOTIENT: Final = Context(
    prec=28, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation, Overflow]
)
_WHOLE: Final = Context(prec=40, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, Overflow])

ORDERING: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ORDERED: Final = frozenset({Decimal, date, datetime, timedelta})

SECONDS: Final = {"days": 86_400, "hours": 3_600, "minutes": 60}


def named(value: Value, words: str) -> Wording:
    """An operand in an error: its spelling, if any, with its kind."""
    kind = KIND_WORDS[kind_of(value)]
    return Wording(f" {words}（{kind.zh}）", f"{words} ({kind.en})") if words else kind


def calendar_day(value: date | datetime, scope: Scope) -> date:
    """A moment's day in the zone of ``now``; a date stays itself."""
    if not isinstance(value, datetime):
        return value
    return value.astimezone(moment_now(scope).tzinfo).date()


def moment_now(scope: Scope) -> datetime:
    """``scope.now``, which must carry a time zone."""
    now = scope.now
    if now.tzinfo is None:
        raise EvaluationError(Wording("now 没有时区", "now holds a moment without a time zone"))
    return now


def equal(left: Value, right: Value, scope: Scope) -> bool | None:
    """Whether two values are the same; None when their kinds cannot be compared."""
    kind = type(left)
    if kind is type(right):
        if kind is tuple:
            return _equal_lists(left, right, scope)  # type: ignore[arg-type]
        return left == right
    if isinstance(left, date) and isinstance(right, date):
        return calendar_day(left, scope) == calendar_day(right, scope)
    return None


def _equal_lists(left: tuple[Value, ...], right: tuple[Value, ...], scope: Scope) -> bool | None:
    if len(left) != len(right):
        return False
    answer: bool | None = True
    for one, other in zip(left, right, strict=True):
        same = equal(one, other, scope)
        if same is None:
            return None
        answer = answer and same
    return answer


def same(sign: str, left: Value, right: Value, words: tuple[str, str], scope: Scope) -> bool:
    """``==`` and ``!=``. Raises TypeMismatch."""
    answer = equal(left, right, scope)
    if answer is None:
        raise TypeMismatch(sign, named(left, words[0]), named(right, words[1]))
    return answer if sign == "==" else not answer


def ordered(sign: str, left: Value, right: Value, words: tuple[str, str], scope: Scope) -> bool:
    """``< <= > >=``. Raises TypeMismatch, for texts too: their alphabet would say nothing."""
    compare = ORDERING[sign]
    if type(left) is type(right) and type(left) in ORDERED:
        return compare(left, right)
    if isinstance(left, date) and isinstance(right, date):
        return compare(calendar_day(left, scope), calendar_day(right, scope))
    raise TypeMismatch(sign, named(left, words[0]), named(right, words[1]))


def contained(item: Value, items: Value, words: tuple[str, str], scope: Scope) -> bool:
    """``item in items``. Raises TypeMismatch when ``items`` is no list or holds another kind."""
    if type(items) is not tuple:
        raise TypeMismatch("in", named(item, words[0]), named(items, words[1]))
    found = False
    for other in items:
        answer = equal(item, other, scope)
        if answer is None:
            kind = KIND_WORDS[kind_of(other)]
            inside = Wording(f"装着{kind.zh}的列表", f"a list holding {kind.en}")
            raise TypeMismatch("in", named(item, words[0]), inside)
        found = found or answer
    return found


def compute(sign: str, left: Value, right: Value, words: tuple[str, str], scope: Scope) -> Value:
    """``+ - * /``. Raises TypeMismatch, or EvaluationError where there is no answer."""
    try:
        if type(left) is Decimal and type(right) is Decimal:
            return _numbers(sign, left, right)
        answer = _times(sign, left, right, scope)
    except Inexact:
        raise EvaluationError(
            Wording(f"“{sign}”算出来的数超过一百位", f"'{sign}' would need more than 100 digits")
        ) from None
    except ZeroDivisionError:
        raise EvaluationError(Wording("不能除以零", "nothing can be divided by zero")) from None
    except (InvalidOperation, Overflow, OverflowError):
        raise EvaluationError(
            Wording(f"“{sign}”算出来的数太大", f"the answer of '{sign}' is out of range")
        ) from None
    if answer is None:
        raise TypeMismatch(sign, named(left, words[0]), named(right, words[1]))
    return answer


def negative(value: Value, words: str) -> Value:
    """``-value`` of a number or duration."""
    if type(value) is Decimal:
        return value.copy_negate() if value else value
    if type(value) is timedelta:
        return -value
    raise TypeMismatch("-", named(value, words))


def _numbers(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "+":
        return _EXACT.add(left, right)
    if sign == "-":
        return _EXACT.subtract(left, right)
    if sign == "*":
        return _EXACT.multiply(left, right)
    if not right:
        raise ZeroDivisionError
    return _QUOTIENT.divide(left, right)


def _times(sign: str, left: Value, right: Value, scope: Scope) -> Value:
    """Arithmetic with time on either side; None when the kinds do not go together."""
    if isinstance(left, date):
        return _after(sign, left, right, scope)
    if isinstance(right, date):
        return _after("+", right, left, scope) if sign == "+" else None
    if isinstance(left, timedelta):
        return _durations(sign, left, right)
    if isinstance(right, timedelta) and isinstance(left, Decimal) and sign == "*":
        return _scaled(right, left)
    return None


def _after(sign: str, start: date | datetime, other: Value, scope: Scope) -> Value:
    if isinstance(other, WorkingDays):
        return _working_days_after(start, other.count, scope) if sign == "+" else None
    if isinstance(other, timedelta) and sign in "+-":
        if not isinstance(start, datetime) and other % timedelta(days=1):
            raise EvaluationError(Wording(
                "日期只能加减整天；要加减小时、分钟，用带时刻的事实",
                "a date moves by whole days only; use a fact with date and time for hours and minutes",
            ))  # fmt: skip
        return start + other if sign == "+" else start - other
    if isinstance(other, date) and sign == "-":
        if isinstance(start, datetime) and isinstance(other, datetime):
            return start - other
        return calendar_day(start, scope) - calendar_day(other, scope)
    return None


def _working_days_after(start: date | datetime, count: int, scope: Scope) -> date | datetime:
    if isinstance(start, datetime):
        return scope.add_working_days(start, count)
    zone = moment_now(scope).tzinfo
    due = scope.add_working_days(datetime.combine(start, time.min, zone), count)
    return due.astimezone(zone).date()


def _durations(sign: str, left: timedelta, right: Value) -> Value:
    if isinstance(right, timedelta):
        if sign == "+":
            return left + right
        if sign == "-":
            return left - right
        if sign == "/":
            return _numbers("/", _microseconds(left), _microseconds(right))
        return None
    if isinstance(right, Decimal) and sign == "*":
        return _scaled(left, right)
    if isinstance(right, Decimal) and sign == "/":
        return _from_microseconds(_numbers("/", _microseconds(left), right))
    return None


def _scaled(length: timedelta, factor: Decimal) -> timedelta:
    return _from_microseconds(_EXACT.multiply(_microseconds(length), factor))


def _microseconds(length: timedelta) -> Decimal:
    return Decimal(length // timedelta(microseconds=1))


def _from_microseconds(count: Decimal) -> timedelta:
    return timedelta(microseconds=int(_WHOLE.to_integral_value(count)))


def duration(unit: str, count: Value, words: str) -> timedelta:
    """``days(n)``, ``hours(n)``, ``minutes(n)``: elapsed time, exact to the microsecond."""
    if type(count) is not Decimal:
        raise TypeMismatch(unit, named(count, words))
    try:
        return _from_microseconds(_EXACT.multiply(count, Decimal(SECONDS[unit] * 1_000_000)))
    except (Inexact, InvalidOperation, Overflow, OverflowError):
        raise EvaluationError(Wording(f"{unit}({count}) 太长", f"{unit}({count}) is out of range")) from None


def working_days(count: Value, words: str) -> WorkingDays:
    """``working_days(n)`` for a whole number from 0 to 10,000."""
    if type(count) is not Decimal:
        raise TypeMismatch("working_days", named(count, words))
    if not 0 <= count <= 10_000 or count != int(count):
        raise EvaluationError(Wording(
            f"working_days 要 0 到 10000 的整数，不是 {count}",
            f"working_days takes a whole number from 0 to 10000, not {count}",
        ))  # fmt: skip
    return WorkingDays(int(count))


def size(items: Value, words: str) -> Decimal:
    """``size(list)``"""
    if type(items) is not tuple:
        raise TypeMismatch("size", named(items, words))
    return Decimal(len(items))


def holiday(day: Value, words: str, scope: Scope) -> bool:
    """``is_holiday(date)``; a moment counts as its day in the zone of ``now``."""
    if not isinstance(day, date):
        raise TypeMismatch("is_holiday", named(day, words))
    return scope.is_holiday(calendar_day(day, scope))
