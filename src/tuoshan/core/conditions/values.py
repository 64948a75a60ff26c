"""The values that expressions work on, and the scope that supplies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, Protocol, TypeAlias

from tuoshan.core.conditions.errors import EvaluationError
from tuoshan.core.wording import Wording


class Missing(Enum):
    """The one value that says "not given"; ``None`` from a scope means the same."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A length in working days: it becomes elapsed time only when a calendar adds it to a moment."""

    count: int


Value: TypeAlias = (
    str | bool | int | Decimal | date | datetime | timedelta | WorkingDays | tuple["Value", ...] | None
)
"""Scopes may give integers, lists and sets too; what comes out of ``evaluate`` is a Decimal and a tuple."""

Kind: TypeAlias = Literal[
    "text", "number", "yes_no", "date", "datetime", "duration", "working_days", "list", "null", "unknown"
]

KIND_WORDS: Final[Mapping[Kind, Wording]] = {
    "text": Wording("文字", "text"),
    "number": Wording("数字", "number"),
    "yes_no": Wording("是非", "yes or no"),
    "date": Wording("日期", "date"),
    "datetime": Wording("时刻", "moment"),
    "duration": Wording("时长", "duration"),
    "working_days": Wording("工作日数", "working days"),
    "list": Wording("列表", "list"),
    "null": Wording("空", "null"),
    "unknown": Wording("未知的类型", "unknown"),
}


class Scope(Protocol):
    """One case at one moment, as expressions see it.

    ``now`` and every other moment carry a time zone. Where a date meets a moment, the moment counts as its
    calendar day in the zone of ``now``: give ``now`` in the zone of the unit that the case belongs to.
    """

    @property
    def now(self) -> datetime: ...

    def fact(self, name: str) -> Value | Missing:
        """The fact's value; ``MISSING`` or ``None`` when it is not given."""

    def history(self, namespace: str, name: str) -> Value | Missing:
        """What the case has been through: ``('on', 'accept')``, ``('task', 'inquire.open')``,
        ``('effect', 'remedy.settled')`` and so on."""

    def table(self, name: str, keys: tuple[Value, ...]) -> Value:
        """The company's value for these keys. Raises ``TableError``, or ``MissingFact``."""

    def total(self, name: str) -> Decimal:
        """The cumulative amount of this money fact over the whole case, in yuan."""

    def is_holiday(self, day: date) -> bool:
        """Whether nobody works on this day, by the case's calendar."""

    def add_working_days(self, at: datetime, n: int) -> datetime:
        """The close of business of the n-th working day after ``at``; the start day is not counted."""


def kind_of(value: object) -> Kind:
    """The kind of an admitted value."""
    kind = _KINDS.get(type(value))
    return kind if kind is not None else "unknown"


_KINDS: Final[Mapping[type, Kind]] = {
    str: "text",
    bool: "yes_no",
    Decimal: "number",
    datetime: "datetime",
    date: "date",
    timedelta: "duration",
    WorkingDays: "working_days",
    tuple: "list",
    type(None): "null",
}


def admit(value: object, source: str) -> Value:
    """Bring a value that a scope gave to the exact form that operators rely on.

    Integers become decimals, lists and sets tuples, subclasses of text plain text. Raises EvaluationError for
    a float (never exact), a decimal that is not finite, a moment without a zone, or anything unknown.
    """
    kind = type(value)
    if kind is str or kind is bool or kind is timedelta or kind is WorkingDays or value is None:
        return value  # type: ignore[return-value]
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise EvaluationError(
                Wording(f"{source} 是 {value}，不成其为数", f"{source} holds {value}, which is no amount")
            )
        return value if kind is Decimal else Decimal(value)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise EvaluationError(
                Wording(f"{source} 的时刻没有时区", f"{source} holds a moment without a time zone")
            )
        return value if kind is datetime else datetime.fromtimestamp(value.timestamp(), value.tzinfo)
    if kind is date:
        return value  # type: ignore[return-value]
    if isinstance(value, list | tuple):
        return tuple([admit(item, source) for item in value])
    if isinstance(value, set | frozenset):
        return tuple(sorted((admit(item, source) for item in value), key=repr))
    if isinstance(value, float):
        raise EvaluationError(
            Wording(f"{source} 是浮点数，不精确", f"{source} holds a floating point number, which is never exact")
        )
    raise EvaluationError(Wording(
        f"{source} 是 {kind.__name__}，算式不认识",
        f"{source} holds a {kind.__name__}, which expressions do not know",
    ))  # fmt: skip
