"""A table's rows as they were read once: a line of JSON each, so that a later piece begins where the last one ended."""

import json
from collections.abc import Iterator
from pathlib import Path

from tuoshan.intake.imports.tables import Row, rows

SAMPLED = 5


def path_beside(table: Path) -> Path:
    """Where the rows of this table are kept."""
    return table.with_name(f"{table.name}.rows")


def keep(table: Path) -> tuple[int, list[dict[str, str]]]:
    """Read the table once and keep its rows; gives how many there are, and the first few. Raises TableRefused."""
    kept = path_beside(table)
    draft = kept.with_name(f"{kept.name}.part")
    total, sample = 0, []
    try:
        with draft.open("w", encoding="utf-8") as out:
            for row in rows(table):
                out.write(json.dumps([row.number, row.cells], ensure_ascii=False, separators=(",", ":")) + "\n")
                total += 1
                if total <= SAMPLED:
                    sample.append(row.cells)
        draft.replace(kept)
    finally:
        draft.unlink(missing_ok=True)
    return total, sample


def from_place(table: Path, place: int = 0) -> Iterator[tuple[Row, int]]:
    """The rows from a byte on, each with the byte at which the next one begins. Raises OSError, TableRefused."""
    kept = path_beside(table)
    if not kept.exists():
        keep(table)
    with kept.open("rb") as lines:
        lines.seek(place)
        for line in lines:
            place += len(line)
            number, cells = json.loads(line)
            yield Row(number, cells), place


def forget(table: Path) -> None:
    """Remove the table and its rows."""
    for path in (table, path_beside(table)):
        path.unlink(missing_ok=True)
