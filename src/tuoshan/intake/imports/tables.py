"""Rows out of CSV (plain or gzipped) and Excel files, one at a time, always as texts and moments."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_noop as _

from tuoshan.intake.imports.reasons import Refused

MOST_ROWS = 1_000_000
SNIFFED = 64 * 1024
NOTE = "※"
"""Columns whose names begin with it are our own remarks in a report of bad rows; they are not read back."""

csv.field_size_limit(4 * 1024 * 1024)  # a cell that is far too long is a bad row, not a bad table


class TableRefused(Refused):
    """The file is no table that can be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts, and its cells by heading."""

    number: int
    cells: dict[str, str]


def headings(path: Path) -> list[str]:
    """The names of the columns. Raises TableRefused."""
    return [name for name in next(_rows(path))[1] if not name.startswith(NOTE)]


def rows(path: Path) -> Iterator[Row]:
    """Every row below the headings; wholly empty ones are passed over. Raises TableRefused."""
    found = _rows(path)
    _heading, names = next(found)
    for number, cells in found:
        if number > MOST_ROWS:
            raise TableRefused(_("文件超过 %(most)d 行，请分开导入。"), most=MOST_ROWS)
        if any(cell for name, cell in zip(names, cells, strict=False) if not name.startswith(NOTE)):
            padded = [*cells, *[""] * (len(names) - len(cells))]
            read = zip(names, padded, strict=False)
            yield Row(number, {name: cell for name, cell in read if not name.startswith(NOTE)})


def count(path: Path) -> int:
    """How many rows there are to import."""
    return sum(1 for _row in rows(path))


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The headings, which are the first row that says anything, then all that follows; each with its number."""
    name = path.name.lower()
    source = _excel(path) if name.endswith((".xlsx", ".xls", ".ods")) else _csv(path)
    numbered = enumerate(source, 1)
    start, first = next(((number, cells) for number, cells in numbered if any(cells)), (0, []))
    if not start:
        raise TableRefused(_("文件里没有内容：第一行应当是列名。"))
    doubled = {heading for heading in first if heading and first.count(heading) > 1}
    if doubled:
        raise TableRefused(_("列名重复：%(names)s。请改成不同的名字。"), names=" / ".join(sorted(doubled)))
    yield start, [heading or f"#{place}" for place, heading in enumerate(first, 1)]
    yield from numbered


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
    return _clean(str(cell))


def _clean(text: str) -> str:
    """Without blanks around it, and without NUL, which no database keeps."""
    return text.replace("\x00", "").strip()


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        with _opened(path) as raw:
            start = raw.read(SNIFFED)
            encoding = _encoding(_telling(start, raw))
        text = start.decode(encoding, "ignore")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        with _opened(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as lines:
            for row in csv.reader(lines, delimiter=delimiter):
                yield [_clean(cell) for cell in row]
    except (csv.Error, UnicodeError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise TableRefused(_("文件的内容无法按表格读取，请另存为 UTF-8 的 CSV 或 .xlsx。")) from error


def _opened(path: Path) -> IO[bytes]:
    opener: Callable[[Path, str], IO[bytes]] = gzip.open if path.name.lower().endswith(".gz") else open  # type: ignore[assignment]
    return opener(path, "rb")


def _telling(start: bytes, raw: IO[bytes]) -> bytes:
    """The piece that tells the encoding: the beginning, or what follows the first letter outside of ASCII."""
    piece = start
    while piece.isascii() and b"\0" not in piece and (more := raw.read(SNIFFED)):
        plain = next((place for place, sign in enumerate(more) if sign > 127), 0)
        piece = more[plain:]
    return piece


def _encoding(start: bytes) -> str:
    """UTF-8 where it is one (a last letter may be cut), else the Chinese encoding of older programs.

    UTF-16 shows by its mark, or by the zeros that every Latin letter, comma and line end has in it.
    """
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    first = start[:4096]
    if first.count(0) > len(first) // 50:
        return "utf-16-le" if first[1::2].count(0) > first[::2].count(0) else "utf-16-be"
    for cut in range(4):
        try:
            start[: len(start) - cut].decode("utf-8")
            return "utf-8-sig"
        except UnicodeDecodeError:
            continue
    return "gb18030"
