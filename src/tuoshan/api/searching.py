"""Finding cases, and filters that people keep."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from tuoshan.api.application import Id, gives, me
from tuoshan.api.problems import broken_cursor, invalid
from tuoshan.api.reading import row_of
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import CaseRow, Limit
from tuoshan.cases.models import SavedFilter
from tuoshan.cases.queries import CursorBroken
from tuoshan.insight import search
from tuoshan.insight.conditions import Conditions
from tuoshan.office import filters
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["search"])


class ConditionsIn(Schema):
    """What narrows: as in the address of the search screen. A category or unit covers what lies below it; `=5` means
    just that one, `none` means empty. A product is its code or `=5`, `line` the name of a line of products, `imported`
    the id of the import that made the cases. What makes no sense is left out.
    """

    q: str = ""
    state: str = ""
    playbook: str = ""
    category: str = ""
    product: str = ""
    line: str = ""
    grade: str = ""
    channel: str = ""
    unit: str = ""
    handler: str = ""
    since: str = ""
    until: str = ""
    history: str = ""
    imported: str = ""
    figure: str = ""


class SearchIn(ConditionsIn):
    """Conditions of a search; `figure` with `figure_from` and `figure_to` is one number of a report."""

    figure_from: str = ""
    figure_to: str = ""
    cursor: str = ""
    limit: Limit = 50


class Piece(Schema):
    """A bit of text, and whether it is what was looked for."""

    text: str
    marked: bool


class HitOut(CaseRow):
    """A case that was found, and the place where."""

    pieces: list[Piece]


class FoundOut(Schema):
    """One page; hand `next` back as `cursor`. `count` stops at 999, then `more` is true. `address` are the conditions
    as understood.
    """

    cases: list[HitOut]
    next: str
    count: int
    more: bool
    understood: dict[str, str]


class FilterIn(Schema):
    """A filter: its name, its conditions, and whether everybody sees it (supervisors may say so)."""

    title: str
    conditions: ConditionsIn
    shared: bool = False


class FilterChange(Schema):
    """Another name, or for everybody or for oneself alone."""

    title: str = ""
    shared: bool = False


class FilterOut(Schema):
    """A kept filter with its count, which stops at 999 (`more`) and is null where it cannot be counted."""

    id: int
    title: str
    shared: bool
    may_change: bool
    conditions: dict[str, str]
    count: int | None
    more: bool


class FilterPage(Schema):
    """One page of the cases of a kept filter."""

    cases: list[CaseRow]
    next: str


def conditions_of(given: Schema) -> Conditions:
    """What a program means by its parameters."""
    values = given.dict()
    return Conditions.read(
        values | {"from": values.get("figure_from", ""), "to": values.get("figure_to", "")}
    )  # fmt: skip


@router.get("/search", response=gives(FoundOut), url_name="case_search", summary="Find cases")
@api_permitted("api.case_search")
def case_search(request: HttpRequest, where: Query[SearchIn]) -> dict[str, Any]:
    """Words, names, phones and numbers, newest first, within the caller's reach."""
    conditions = conditions_of(where)
    try:
        found = search.find(me(request), conditions, where.cursor, where.limit)
    except CursorBroken as error:
        raise broken_cursor() from error
    count, more = filters.counted(me(request), conditions) if found.hits else (0, False)
    cases = [
        row_of(hit.case) | {"pieces": [{"text": one.text, "marked": one.found} for one in hit.pieces]}
        for hit in found.hits
    ]
    return {"cases": cases, "next": found.next, "count": count, "more": more, "understood": conditions.params()}


@router.get("/filters", response=gives(list[FilterOut]), url_name="filter_list", summary="Kept filters")
@api_permitted("api.filter_list")
def filter_list(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own and those shared with everybody, each with its count."""
    return [_filter(request, row) for row in filters.visible(me(request))]


def _filter(request: HttpRequest, row: SavedFilter) -> dict[str, Any]:
    conditions = Conditions.from_text(row.conditions)
    count, more = filters.count_of_kept(me(request), row) or (None, False)
    return {
        "id": row.pk, "title": row.title, "shared": row.person_id is None, "conditions": conditions.params(),
        "may_change": filters.may_change(me(request), row), "count": count, "more": more,
    }  # fmt: skip


@router.post("/filters", response=gives(FilterOut, 201), url_name="filter_make", summary="Keep a filter")
@api_permitted("api.filter_make")
@repeatable
def filter_make(request: HttpRequest, body: FilterIn) -> tuple[int, dict[str, Any]]:
    """Keep conditions under a name."""
    try:
        kept = filters.keep(me(request), body.conditions.dict(), body.title, shared=body.shared)
    except filters.NotKept as problem:
        raise invalid({"conditions": [str(problem)]}) from problem
    return 201, _filter(request, SavedFilter.objects.get(pk=kept.pk))


@router.patch("/filters/{pk}", response=gives(FilterOut), url_name="filter_change", summary="Rename, share")
@api_permitted("api.filter_change")
def filter_change(request: HttpRequest, pk: Id, body: FilterChange) -> dict[str, Any]:
    """An empty name changes nothing; another's filter is not there."""
    kept = filters.changeable(me(request), f"{filters.PREFIX}{pk}")
    filters.change(me(request), kept, body.title, shared=body.shared)
    return _filter(request, kept)


@router.delete("/filters/{pk}", response=gives(None, 204), url_name="filter_remove", summary="Forget a filter")
@api_permitted("api.filter_remove")
def filter_remove(request: HttpRequest, pk: Id) -> tuple[int, None]:
    """Another's filter is not there."""
    filters.remove(filters.changeable(me(request), f"{filters.PREFIX}{pk}"))
    return 204, None


@router.get("/filters/{pk}/cases", response=gives(FilterPage), url_name="filter_cases", summary="Cases of a filter")
@api_permitted("api.filter_cases")
def filter_cases(request: HttpRequest, pk: Id, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """Due first where only open cases are asked for, else the newest first."""
    kept = filters.by_name(me(request), f"{filters.PREFIX}{pk}")
    try:
        rows, following = filters.found(me(request), kept, cursor, limit)
    except CursorBroken as error:
        raise broken_cursor() from error
    return {"cases": [row_of(case) for case in rows], "next": following}
