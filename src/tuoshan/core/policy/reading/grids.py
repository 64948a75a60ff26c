"""A table of a rule book as a grid of texts: what stands in a cell is what the grammar reads there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

HeadingKind = Literal["id", "cell", "output", "then", "clause", "because"]


@dataclass(frozen=True, slots=True)
class Heading:
    name: str
    kind: HeadingKind


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row as texts. `of` is the place that it had before; None for a new one. `written`: how it stood in the pack,
    comments above it included, where that is to be kept."""

    cells: Mapping[str, str]
    of: int | None = None
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is written. `file` is the CSV file that its rows lie in, empty where they lie in the pack."""

    table: str
    headings: tuple[Heading, ...]
    rows: tuple[GridRow, ...]
    file: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(heading.name for heading in self.headings)
