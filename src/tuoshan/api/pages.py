"""Lists page by page: the next page begins after the last one that was seen, whatever came in meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tuoshan.api.problems import broken_cursor
from tuoshan.cases import queries
from tuoshan.cases.paging import CursorBroken, Page, cursor_of, parts_of
from tuoshan.insight.story import Entry

TIMELINE = "timeline"


def page_of(rows: "QuerySet[Any]", cursor: str, limit: int) -> Page[Any]:
    """A page of rows in their own order. Raises Problem 400 for a cursor that was not made for this list."""
    try:
        return queries.page(rows, cursor, limit)
    except CursorBroken as error:
        raise broken_cursor() from error


def page_of_story(entries: Sequence[Entry], cursor: str, limit: int) -> tuple[list[Entry], str]:
    """Some entries of a story, and the cursor for those after them; several may tell of one event. Raises Problem 400.

    A story only grows at its end, so an entry's place among those of its moment and event does not change.
    """
    after = _read(cursor) if cursor else None
    placed: list[tuple[tuple[datetime, int, int], Entry]] = []
    for entry in entries:
        last = placed[-1][0] if placed else None
        again = last is not None and last[:2] == (entry.at, entry.seq)
        placed.append(((entry.at, entry.seq, last[2] + 1 if again and last else 0), entry))
    rest = [one for one in placed if after is None or one[0] > after]
    shown = rest[:limit]
    return [entry for _place, entry in shown], _write(shown[-1][0]) if len(rest) > len(shown) else ""


def _write(place: tuple[datetime, int, int]) -> str:
    return cursor_of(TIMELINE, place[0].isoformat(), *place[1:])


def _read(cursor: str) -> tuple[datetime, int, int]:
    try:
        made_for, at, seq, number = parts_of(cursor)
        place = datetime.fromisoformat(at), int(seq), int(number)
    except (ValueError, TypeError, OverflowError, CursorBroken) as error:
        raise broken_cursor() from error
    if made_for != TIMELINE or place[0].tzinfo is None:
        raise broken_cursor()
    return place
