"""Cells of decision tables: what is written in them, and the classes of values that they tell apart.

    leather            this choice (or `yes`, `no`)
    leather, sports    one of these
    not leather        any other
    <= 30   > 5        a number, an amount or a date on one side of a bound
    3..8               from 3 to 8, both included
    30                 exactly 30

Numbers and days may be written as people do, 「6厘米以内」 or 2024/7/1 (`cell_writing`), yes and no as 是 and 否.

A column's `Domain` cuts all its values into classes such that no cell tells two values of one class apart; a class
is what the checker tries and what the compiled table looks up.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.reading.cell_writing import NotWritten, as_written, figure
from tuoshan.core.policy.reading.measures import plain

_NOT = re.compile(r"(?:not\s+|不是\s*|非\s*)(?=\S)", re.IGNORECASE)
DomainKind = Literal["choice", "yes_no", "number", "date"]
Scalar = str | bool | Decimal | date

YES_OR_NO = {
    "yes": True, "true": True, "是": True, "有": True,
    "no": False, "false": False, "否": False, "没有": False, "无": False,
}  # fmt: skip
"""How people write yes and no."""


class CellError(ValueError):
    """A cell that cannot be read against its column; says why and what to write."""

    def __init__(self, said: Wording, mend: Wording) -> None:
        super().__init__(said.en)
        self.said, self.mend = said, mend


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
    unit: Wording = field(default=NO_WORDING, compare=False)
    """In what a number is counted."""
    least: Decimal | None = field(default=None, compare=False)
    most: Decimal | None = field(default=None, compare=False)
    """The bounds between which every number of the column lies."""

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
    try:
        sign, bounds = as_written(text, days=domain.kind == "date", unit=domain.unit)
    except NotWritten as wrong:
        raise CellError(wrong.said, wrong.mend) from None
    for bound in bounds:
        _within(bound, domain, text)
    low, high, figures = bounds[0], bounds[-1], [figure(bound) for bound in bounds]
    if sign == "..":
        if low > high:  # type: ignore[operator]
            said = Wording(f"“{text}”的下限大于上限", f"'{text}' begins above its end")
            turned = " .. ".join(reversed(figures)).replace(" ", "")
            raise CellError(said, Wording(f"小的写在前面：{turned}", f"write the smaller one first: {turned}"))
        return Between(low, high, True, True, "..".join(figures))
    if sign in ("<", "<="):
        return Between(None, high, False, sign == "<=", f"{sign} {figures[0]}")
    if sign in (">", ">="):
        return Between(low, None, sign == ">=", False, f"{sign} {figures[0]}")
    return Between(low, high, True, True, figures[0])


def _within(bound: Decimal | date, domain: Domain, text: str) -> None:
    """A bound that no value of the column comes near is a slip of the pen."""
    if not isinstance(bound, Decimal):
        return
    least, most = domain.least, domain.most
    if (least is not None and bound < least) or (most is not None and bound > most):
        zh, en = (
            " ".join(part for part in (said, unit) if part) for said, unit in (
                (f"{_end(least, '不限')} 到 {_end(most, '不限')}", domain.unit.zh),
                (f"{_end(least, 'any')} to {_end(most, 'any')}", domain.unit.en),
            )
        )  # fmt: skip
        raise CellError(
            Wording(f"“{text}”在这一列的范围之外（{zh}）", f"'{text}' is outside of what this column may hold ({en})"),
            Wording("改正数字", "mend the number"),
        )


def _end(bound: Decimal | None, open_end: str) -> str:
    return open_end if bound is None else number_text(bound)


def _among(text: str, domain: Domain) -> Among:
    if domain.kind == "yes_no":
        answer = YES_OR_NO.get(plain(text).lower())
        if answer is None:
            raise CellError(
                Wording(f"“{text}”不是 yes 或 no", f"'{text}' is neither yes nor no"),
                Wording("写 yes（是）或 no（否）；是否都一样的，写 -",
                        "write yes or no, or - where it does not matter"),
            )  # fmt: skip
        return Among(frozenset({answer}), "yes" if answer else "no")
    negative, told = choices_in(text)
    names = [_as_named(name, domain) for name in told]
    unknown = [name for name in names if name not in domain.choices]
    if unknown:
        meant = ", ".join(domain.called(name) or name for name in names)
        raise _no_choice(unknown[0], domain, f"{'not ' if negative else ''}{meant}")
    chosen = frozenset(domain.choices) - set(names) if negative else frozenset(names)
    if not chosen:
        raise CellError(
            Wording(f"“{text}”没有留下任何选项", f"'{text}' leaves no choice"),
            Wording("少排除几项；都不适用的，删除这一行", "exclude less, or remove the row where nothing is left"),
        )
    return Among(frozenset(chosen), f"{'not ' if negative else ''}{', '.join(names)}")


def choices_in(text: str) -> tuple[bool, list[str]]:
    """Whether a cell excludes its choices, and these as they are written."""
    negative = _NOT.match(text)
    told = (text[negative.end():] if negative else text).replace("，", ",").replace("、", ",")
    return negative is not None, [part.strip() for part in told.split(",")]


def _as_named(name: str, domain: Domain) -> str:
    """The choice as it is written, whatever its case."""
    return next((one for one in domain.choices if one.lower() == name.lower()), name)


def _no_choice(name: str, domain: Domain, cell: str) -> CellError:
    """What is no choice of the column: how the meant one is written, else all that there are."""
    meant = domain.called(name)
    if meant:
        return CellError(Wording(f"“{name}”要写成 {meant}", f"'{name}' is written {meant}"),
                         Wording(f"整格写成 {cell}", f"write the cell as {cell}"))  # fmt: skip
    listed, many = domain.listed(), Wording(
        "几项的用逗号隔开，除某项之外的写 not 名称",
        "several are separated by commas, any other than some is written not and its name",
    )  # fmt: skip
    if not name:
        said = Wording("少了一个选项：逗号多了一个", "a choice is missing: there is a comma too many")
    else:
        said = Wording(f"没有选项“{name}”，可用：{listed.zh}", f"no choice '{name}'; use {listed.en}")
    near = difflib.get_close_matches(name.lower(), domain.choices, n=1)
    return CellError(said, Wording(f"是否应为 {near[0]}？", f"did you mean {near[0]}?") if near else many)


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
