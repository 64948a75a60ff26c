"""Cells of decision tables: what is written in them, and the classes of values that they tell apart.

    leather            this choice (or `yes`, `no`)
    leather, sports    one of these
    not leather        any other
    <= 30   > 5        a number, an amount or a date on one side of a bound
    3..8               from 3 to 8, both included
    30                 exactly 30

A column's `Domain` cuts all its values into classes such that no cell tells two values of one class apart; a class
is what the checker tries and what the compiled table looks up.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from tuoshan.core.playbook import Wording

DomainKind = Literal["choice", "yes_no", "number", "date"]
Scalar = str | bool | Decimal | date

COMPARISON = re.compile(r"(<=|>=|<|>|=)\s*(\S+)\Z")
BETWEEN = re.compile(r"(\S+?)\s*\.\.\s*(\S+)\Z")


class CellError(ValueError):
    """A cell that cannot be read against its column; says why and what to write."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Among:
    """One of some choices, or yes or no."""

    values: frozenset[str | bool]
    text: str

    def holds(self, value: object) -> bool:
        return value in self.values


@dataclass(frozen=True, slots=True)
class Between:
    """A number or date within bounds; None is no bound."""

    low: Decimal | date | None
    high: Decimal | date | None
    low_in: bool
    high_in: bool
    text: str

    def holds(self, value: object) -> bool:
        low, high = self.low, self.high
        if low is not None and not (value > low or (self.low_in and value == low)):  # type: ignore[operator]
            return False
        return high is None or value < high or (self.high_in and value == high)  # type: ignore[operator]


Cell = Among | Between


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a column may take."""

    kind: DomainKind
    choices: tuple[str, ...] = ()
    titles: tuple[Wording, ...] = field(default=(), compare=False)
    """What the choices are called, in their order; none where that is not known."""

    def listed(self) -> Wording:
        """The choices as they are written, each with what it is called."""
        if len(self.titles) != len(self.choices):
            return Wording(", ".join(self.choices), ", ".join(self.choices))
        both = list(zip(self.choices, self.titles, strict=True))
        return Wording("、".join(f"{name}（{title.zh}）" for name, title in both),
                       ", ".join(f"{name} ({title.en})" for name, title in both))  # fmt: skip

    def called(self, title: str) -> str:
        """The choice that is called so in either language; nothing where none is."""
        both = zip(self.choices, self.titles, strict=False)
        return next((name for name, one in both if title.lower() in (one.zh.lower(), one.en.lower())), "")


def parse_cell(text: str, domain: Domain) -> Cell | None:
    """Read a cell; None for `-` and nothing. Raises CellError."""
    text = text.strip()
    if text in ("", "-"):
        return None
    if domain.kind in ("choice", "yes_no"):
        return _among(text, domain)
    if found := COMPARISON.match(text):
        sign, bound = found[1], _bound(found[2], domain)
        if sign in ("<", "<="):
            return Between(None, bound, False, sign == "<=", text)
        if sign in (">", ">="):
            return Between(bound, None, sign == ">=", False, text)
        return Between(bound, bound, True, True, text)
    if found := BETWEEN.match(text):
        low, high = _bound(found[1], domain), _bound(found[2], domain)
        if low > high:  # type: ignore[operator]
            raise CellError(f"“{text}”的下限大于上限", f"'{text}' begins above its end")
        return Between(low, high, True, True, text)
    bound = _bound(text, domain)
    return Between(bound, bound, True, True, text)


def _among(text: str, domain: Domain) -> Among:
    if domain.kind == "yes_no":
        if text not in ("yes", "no"):
            raise CellError(f"“{text}”不是 yes 或 no", f"'{text}' is neither yes nor no")
        return Among(frozenset({text == "yes"}), text)
    negative = text.startswith("not ")
    names = [part.strip() for part in text.removeprefix("not ").split(",")]
    unknown = [name for name in names if name not in domain.choices]
    if unknown:
        if meant := domain.called(unknown[0]):
            raise CellError(f"“{unknown[0]}”要写成 {meant}", f"'{unknown[0]}' is written {meant}")
        listed = domain.listed()
        raise CellError(f"没有选项“{unknown[0]}”，可用：{listed.zh}", f"no choice '{unknown[0]}'; use {listed.en}")
    chosen = frozenset(domain.choices) - set(names) if negative else frozenset(names)
    if not chosen:
        raise CellError(f"“{text}”没有留下任何选项", f"'{text}' leaves no choice")
    return Among(frozenset(chosen), text)


def _bound(text: str, domain: Domain) -> Decimal | date:
    try:
        return date.fromisoformat(text) if domain.kind == "date" else Decimal(text)
    except (ValueError, ArithmeticError):
        zh, en = ("日期（2024-07-01）", "date like 2024-07-01") if domain.kind == "date" else ("数字", "number")
        raise CellError(f"“{text}”不是{zh}", f"'{text}' is no {en}") from None


# -- classes --------------------------------------------------------------------------------------------------


class Partition:
    """All values of a column, cut into classes; `samples` has one value of each."""

    __slots__ = ("_bounds", "_index", "samples")

    def __init__(self, domain: Domain, cells: Iterable[Cell | None]) -> None:
        self._bounds: list[Any] = []
        self._index: dict[Any, int] = {}
        if domain.kind in ("choice", "yes_no"):
            values: Sequence[Scalar] = domain.choices if domain.kind == "choice" else (True, False)
            self.samples: tuple[Scalar, ...] = tuple(values)
            self._index = {value: place for place, value in enumerate(values)}
            return
        bounds = {bound for cell in cells if isinstance(cell, Between) for bound in (cell.low, cell.high)}
        self._bounds = sorted(bound for bound in bounds if bound is not None)
        self.samples = tuple(_samples(self._bounds, domain.kind))

    def place(self, value: Any) -> int:
        """The number of the class of a value; -1 for a choice that the column does not know."""
        if self._index:
            return self._index.get(value, -1)
        bounds = self._bounds
        place = bisect_left(bounds, value)
        return 2 * place + (1 if place < len(bounds) and bounds[place] == value else 0)

    def is_bound(self, value: Any) -> bool:
        """Whether a value is one at which the column is cut, a class of its own."""
        return value in self._bounds


def _samples(bounds: Sequence[Decimal | date], kind: DomainKind) -> Iterable[Scalar]:
    """One value below, on and between the bounds; between neighbouring days there is none, the bound stands in."""
    if not bounds:
        yield date(2026, 1, 1) if kind == "date" else Decimal(1)
        return
    step: object = timedelta(days=1) if kind == "date" else Decimal(1)
    yield bounds[0] - step  # type: ignore[operator]
    for place, bound in enumerate(bounds):
        yield bound
        after = bounds[place + 1] if place + 1 < len(bounds) else None
        if after is None:
            yield bound + step  # type: ignore[operator]
        elif isinstance(bound, date):
            yield bound + timedelta(days=1)
        else:
            yield (bound + after) / 2  # type: ignore[operator]
