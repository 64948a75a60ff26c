"""What a report is made of, whether it is shown or exported: tiles, and tables with their picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tuoshan.insight.conditions import Conditions

Unit = Literal["text", "cases", "seconds", "percent", "score", "date", "money"]
SMALL = 10
"""Medians and shares of fewer cases than this are marked: they say little."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in its unit, and what it leads to: `behind` are the cases that it counts, `case` the number of the one
    that it is about; `lesson` the improvement that it names, `lessons` the list of them that it counts, as its
    parameters."""

    value: Any
    unit: Unit = "cases"
    behind: Conditions | None = None
    small: bool = False
    case: str = ""
    lesson: int = 0
    lessons: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with what it was in the period before; `better` says whether more is better (None: neither)."""

    name: str
    title: Any
    cell: Cell
    before: Any = None
    better: bool | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    title: Any
    unit: Unit = "cases"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of the table's rows: labels from the first column, series from columns by number."""

    kind: Literal["bar", "line", "stacked", "pareto"]
    columns: tuple[int, ...]
    unit: str = ""
    horizontal: bool = False
    fractions: bool = False


@dataclass(slots=True)
class Table:
    """Rows of cells; the first cell of a row says what it is about."""

    name: str
    title: Any
    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)
    chart: Chart | None = None
    note: str = ""
    empty: Any = ""
    """What is said where there are no rows."""


@dataclass(slots=True)
class Report:
    """One page."""

    name: str
    title: Any
    tiles: list[Tile] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    since: date | None = None
    until: date | None = None
