"""Rows out of CSV (plain or gzipped) and Excel files, one at a time, always as texts and moments."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

MOST_ROWS = 1_000_000
SNIFFED = 64 * 1024


class TableRefused(ValueError):
    """The file is no table that can be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts (the heading is row 1), and its cells by heading."""

    number: int
    cells: dict[str, str]


def headings(path: Path) -> list[str]:
    """The names of the columns. Raises TableRefused."""
    return next(_rows(path))


def rows(path: Path) -> Iterator[Row]:
    """Every row below the headings; wholly empty ones are passed over. Raises TableRefused."""
    found = _rows(path)
    names = next(found)
    for number, cells in enumerate(found, 2):
        if number > MOST_ROWS:
            raise TableRefused(_("文件超过 %(most)d 行，请分开导入。") % {"most": MOST_ROWS})
        if any(cells):
            padded = [*cells, *[""] * (len(names) - len(cells))]
            yield Row(number, dict(zip(names, padded, strict=False)))


def count(path: Path) -> int:
    """How many rows there are to import."""
    return sum(1 for _row in rows(path))


def _rows(path: Path) -> Iterator[list[str]]:
    name = path.name.lower()
    source = _excel(path) if name.endswith((".xlsx", ".xls", ".ods")) else _csv(path)
    first = next(source, None)
    if first is None or not any(first):
        raise TableRefused(_("文件里没有内容：第一行应当是列名。"))
    doubled = {heading for heading in first if heading and first.count(heading) > 1}
    if doubled:
        raise TableRefused(_("列名重复：%(names)s。请改成不同的名字。") % {"names": _("、").join(sorted(doubled))})
    yield [heading or f"#{place}" for place, heading in enumerate(first, 1)]
    yield from source


def _excel(path: Path) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError, ValueError) as error:
        raise TableRefused(_("打不开这个 Excel 文件，请另存为 .xlsx 后再试。")) from error
    for row in sheet.iter_rows():
        yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _csv(path: Path) -> Iterator[list[str]]:
    with _opened(path) as raw:
        start = raw.read(SNIFFED)
    encoding = _encoding(start)
    text = start.decode(encoding, "ignore")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    with _opened(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as lines:
        try:
            for row in csv.reader(lines, delimiter=delimiter):
                yield [cell.strip() for cell in row]
        except (csv.Error, UnicodeDecodeError) as error:
            raise TableRefused(_("文件的内容无法按表格读取，请另存为 UTF-8 的 CSV 或 .xlsx。")) from error


def _opened(path: Path) -> IO[bytes]:
    opener: Callable[[Path, str], IO[bytes]] = gzip.open if path.name.lower().endswith(".gz") else open  # type: ignore[assignment]
    return opener(path, "rb")


def _encoding(start: bytes) -> str:
    """UTF-8 where it is one (a last letter may be cut), else the Chinese encoding of older programs."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for cut in range(4):
        try:
            start[: len(start) - cut].decode("utf-8")
            return "utf-8-sig"
        except UnicodeDecodeError:
            continue
    return "gb18030"
