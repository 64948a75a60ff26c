"""Turning the pages of a list: the page that an address asks for, and the addresses of its neighbours."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from tuoshan.cases import paging
from tuoshan.cases.paging import CursorBroken, Page

Row = TypeVar("Row", bound=Model)


def page(request: HttpRequest, found: "QuerySet[Row]", size: int) -> tuple[Page[Row], dict[str, str]]:
    """The page, and what `components/pager.html` wants to know. Raises Http404 for a cursor that was not made here."""
    try:
        rows = paging.page(found, request.GET.get("cursor", ""), size)
    except CursorBroken as error:
        raise Http404 from error
    return rows, {"next_url": _turned(request, rows.next), "previous_url": _turned(request, rows.previous)}


def _turned(request: HttpRequest, cursor: str) -> str:
    """The same address with another cursor."""
    if not cursor:
        return ""
    given = request.GET.copy()
    given["cursor"] = cursor
    return f"?{given.urlencode()}"
