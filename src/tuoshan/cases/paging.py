"""Pages by key: the next page begins after the last row seen, however deep it lies. No OFFSET anywhere."""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from tuoshan.cases.models.case import IS_URGENT, URGENT

Row = TypeVar("Row", bound=Model)

LARGEST_PAGE = 200
MERGED = "_tuoshan_merged"
BY_DUE = ("queue_at", "id")
"""The order of lists of cases by what is due first."""
URGENT_FIRST = (IS_URGENT, ~Q(grade=URGENT))
BANDED = "!urgent"
"""Stands in a cursor before the key of a list that is read in bands."""


class CursorBroken(ValueError):
    """A cursor that was not made here, or for another order."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; a cursor is empty where nothing follows (or nothing came before)."""

    rows: list[Row]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class Merged(Generic[Row]):
    """A list that is put together from several, each of which an index gives in the wanted order."""

    every: "QuerySet[Row]"
    ways: Sequence[Q]

    def first(self, order: Sequence[Any], beyond: Q, size: int) -> list[Row]:
        """The first rows of all the ways together, each once."""
        lists = (self.every.filter(way & beyond).order_by(*order)[:size] for way in self.ways)
        return _together(lists, [str(name) for name in order])[:size]


def _together(lists: "Iterable[Iterable[Row]]", order: Sequence[str]) -> list[Row]:
    """All rows in their order, each once."""
    rows = list({row.pk: row for found in lists for row in found}.values())
    for name in reversed(order):
        rows.sort(key=attrgetter(name.lstrip("-")), reverse=name.startswith("-"))
    return rows


def first_page(bands: "Iterable[Iterable[Iterable[Row]]]", order: Sequence[str], size: int) -> Page[Row]:
    """The page that begins a list, of the first `size` + 1 rows of each of the lists that each of its bands is put
    together from; a band is read only where those before it do not fill the page."""
    rows: list[Row] = []
    for lists in bands:
        rows += _together(lists, order)
        if len(rows) > size:
            break
    more = len(rows) > size
    del rows[size:]
    return Page(rows, _write("n", rows[-1], list(order)) if more else "", "")


def merged(queryset: "QuerySet[Row]", every: "QuerySet[Row]", ways: Sequence[Q]) -> "QuerySet[Row]":
    """The query set, with the hint for `page` that its rows are those of `every` in any of these ways.

    Narrowed further, it is an ordinary query set.
    """
    setattr(queryset, MERGED, Merged(every, ways))
    return queryset


def page(queryset: "QuerySet[Row]", cursor: str = "", size: int = 50) -> Page[Row]:
    """A page of a query set that is ordered by plain columns, the last of them unique. Raises CursorBroken."""
    size = max(1, min(size, LARGEST_PAGE))
    order = [str(name) for name in queryset.query.order_by]
    if not order:
        raise ValueError("a page needs an order")
    bands = bands_of(order)
    backwards, after = _read(cursor, order)
    begun = 0
    if after and len(bands) > 1:
        begun = after.pop(0)
        if begun not in range(len(bands)):
            raise CursorBroken(cursor)
    rows: list[Row] = []
    for number in range(begun, -1, -1) if backwards else range(begun, len(bands)):
        rows += _rows(queryset, order, backwards, bands[number], after if number == begun else [], size + 1 - len(rows))
        if len(rows) > size:
            break
    more = len(rows) > size
    del rows[size:]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(after))
    return Page(
        rows,
        _write("n", rows[-1], order) if rows and has_next else "",
        _write("p", rows[0], order) if rows and has_previous else "",
    )


def bands_of(order: Sequence[str]) -> tuple[Q, ...]:
    """The parts that a list in this order is read in, one after the other: by what is due, urgent cases come first.

    Each part is a range of an index (those of urgent cases are partial ones), so nothing is sorted or ranked.
    """
    return URGENT_FIRST if tuple(order) == BY_DUE else (Q(),)


def _rows(
    queryset: "QuerySet[Row]", order: list[str], backwards: bool, band: Q, after: list[Any], most: int
) -> list[Row]:
    """The rows of one band beyond a key, at most so many, turned round where the page is read backwards."""
    names = [_turned(name) for name in order] if backwards else order
    beyond = band & _beyond(names, after) if after else band
    ways: Merged[Row] | None = getattr(queryset, MERGED, None)
    if ways is not None:
        return ways.first(names, beyond, most)
    return list(queryset.order_by(*names).filter(beyond)[:most])


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: list[str], values: list[Any]) -> Q:
    """Rows after the given key. The bound on the first column stands alone, so that its index is used."""
    condition = Q()
    for number in range(len(order) - 1, -1, -1):
        name, value = order[number].lstrip("-"), values[number]
        sign = "lt" if order[number].startswith("-") else "gt"
        if number == len(order) - 1:
            condition = Q(**{f"{name}__{sign}": value})
        else:
            condition = Q(**{f"{name}__{sign}e": value}) & (Q(**{f"{name}__{sign}": value}) | condition)
    return condition


def _write(direction: str, row: Model, order: list[str]) -> str:
    values: list[Any] = []
    banded = len(bands_of(order)) > 1
    if banded:
        values.append(0 if getattr(row, "grade", "") == URGENT else 1)
    for name in order:
        value = getattr(row, name.lstrip("-"))
        values.append(_written(value))
    return cursor_of(direction, [BANDED, *order] if banded else order, values)


def cursor_of(*parts: Any) -> str:
    """JSON values as one word of an address."""
    text = json.dumps(parts, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parts_of(cursor: str) -> list[Any]:
    """The values again. Raises CursorBroken for what is no cursor at all."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise CursorBroken(cursor) from error
    if not isinstance(parts, list):
        raise CursorBroken(cursor)
    return parts


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else value


def _understood(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return date.fromisoformat(value["on"]) if "on" in value else datetime.fromisoformat(value["at"])


def _read(cursor: str, order: list[str]) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    order = [BANDED, *order] if len(bands_of(order)) > 1 else order
    try:
        direction, made_for, values = parts_of(cursor)
        read = [_understood(value) for value in values]
    except (ValueError, TypeError, KeyError) as error:
        raise CursorBroken(cursor) from error
    if made_for != order or direction not in ("n", "p") or len(read) != len(order):
        raise CursorBroken(cursor)
    return direction == "p", read
