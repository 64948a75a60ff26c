"""The tables, settings and clauses of a rule book's copy, one by one; the rest of its text stays as it was written."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from tuoshan import clock
from tuoshan.api import rulebooks
from tuoshan.api.application import gives, me
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.rulebooks import ProvedOut, Words
from tuoshan.cases.forms import words
from tuoshan.core.policy.editing import clause_editing, setting_editing
from tuoshan.core.policy.reading.value_reading import CLAUSE
from tuoshan.office import rulebooks as office
from tuoshan.parties.permissions import api_permitted
from tuoshan.rulings import copying, publishing
from tuoshan.rulings.models import BookDraft

router = Router(tags=["rulings"])


class BookRowsOut(Schema):
    """A table as a grid of the grammar's texts. `stamp` says what it was; send it back with a change."""

    headings: list[str]
    rows: list[dict[str, str]]
    stamp: str
    findings: list[str]


class BookRowsIn(Schema):
    """All rows of a table, in order; a row of the same id keeps its comments. `stamp`: what was read."""

    rows: Annotated[list[dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=4000)]]],
                    Field(max_length=400)]  # fmt: skip
    stamp: Annotated[str, Field(max_length=16)]


class BookClauseIn(Schema):
    """A clause: its text, the dates between which it is in force by the fact `by`, why it is not certain.

    `article` is the law and article as they are cited; a clause of a law's book that is of none has `无` and `none`.
    `verify_number`: the number of the article is still to be verified.
    `overridden_by` are clauses above it (`consumer_law.REG18`): rows then state it and do not apply it.
    """

    zh: Words
    en: Words
    by: Annotated[str, Field(max_length=60)] = ""
    begins: date | None = None
    until: date | None = None
    provisional_zh: Annotated[str, Field(max_length=2000)] = ""
    provisional_en: Annotated[str, Field(max_length=2000)] = ""
    article_zh: Annotated[str, Field(max_length=200)] = ""
    article_en: Annotated[str, Field(max_length=200)] = ""
    verify_number: bool = False
    overridden_by: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=10)] = []


class BookSettingOut(Schema):
    """A setting of the copy: `value` as the grammar writes it (`true`, `12`), its unit and bounds, why it is not
    certain, whether only a manager changes it."""

    name: str
    label: str
    value: str
    unit: str
    least: str
    most: str
    whole: bool
    provisional: str
    managers_only: bool


class BookSettingsOut(Schema):
    """The settings of the copy. `stamp` says what they were; send it back with a change."""

    settings: list[BookSettingOut]
    stamp: str
    findings: list[str]


class BookSettingsIn(Schema):
    """New values by name, and why; the reason is kept with the change in the record of the settings."""

    values: Annotated[dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=200)]],
                      Field(max_length=100)]  # fmt: skip
    reason: Words
    stamp: Annotated[str, Field(max_length=16)]


@router.get(
    "/rule-books/{name}/draft/tables/{table}", response=gives(BookRowsOut), url_name="book_table",
    summary="A table of the copy",
)  # fmt: skip
@api_permitted("api.book_table")
def book_table(request: HttpRequest, name: str, table: str) -> dict[str, Any]:
    """Its headings and rows."""
    return _rows(rulebooks.copy_read(name), table)


def _rows(draft: BookDraft, table: str) -> dict[str, Any]:
    grid = _grid(draft, table)
    language = get_language() or "zh-hans"
    placed = copying.placed(publishing.prove_copy(draft).findings, grid)
    found = [*placed.of_table, *(finding for known in placed.by_row.values() for _heading, finding in known)]
    return {
        "headings": list(grid.names), "rows": [dict(row.cells) for row in grid.rows], "stamp": copying.stamp(grid),
        "findings": [one.in_language(language) for one in found],
    }  # fmt: skip


def _grid(draft: BookDraft, table: str) -> copying.Grid:
    try:
        return copying.table_of(draft, table)
    except copying.NotEditable as error:
        raise Http404 from error


@router.put(
    "/rule-books/{name}/draft/tables/{table}", response=gives(BookRowsOut), url_name="book_table_change",
    summary="Change a table of the copy",
)  # fmt: skip
@api_permitted("api.book_table_change")
def book_table_change(request: HttpRequest, name: str, table: str, body: BookRowsIn) -> dict[str, Any]:
    """All its rows in place of those before; the rest of the text stays as it was written."""
    draft = rulebooks.copy_of(request, name)
    grid = _grid(draft, table)
    unknown = sorted({key for row in body.rows for key in row} - set(grid.names))
    if unknown:
        raise invalid({"rows": [", ".join(unknown)]})
    places = {row.cells.get("id", ""): row.of for row in grid.rows}
    rows = [copying.GridRow(row, places.get(row.get("id", ""))) for row in body.rows]
    try:
        draft = copying.save_rows(draft, table, rows, body.stamp, person_id=me(request).pk, now=clock.now(),
                                  record=office.noting(me(request), name))  # fmt: skip
    except copying.ChangedMeanwhile as error:
        raise _meanwhile() from error
    return _rows(draft, table)


def _meanwhile() -> Problem:
    return Problem(409, "changed_meanwhile", _("这一部分刚被别人改过，请重新读取。"))


@router.get(
    "/rule-books/{name}/draft/settings", response=gives(BookSettingsOut), url_name="book_settings",
    summary="The settings of the copy",
)  # fmt: skip
@api_permitted("api.book_settings")
def book_settings(request: HttpRequest, name: str) -> dict[str, Any]:
    """What the company may change without touching a rule."""
    return _settings(rulebooks.copy_read(name))


def _settings(draft: BookDraft) -> dict[str, Any]:
    found = publishing.prove_copy(draft)
    try:
        stamp, written = copying.stamp_of_settings(draft), setting_editing.settings(draft.text)
    except copying.NotEditable as error:
        raise Http404 from error
    return {
        "settings": [
            {
                "name": one.name, "label": words(one.label), "value": written.get(one.name, ""),
                "unit": words(one.unit),
                "least": "" if one.least is None else f"{one.least:f}",
                "most": "" if one.most is None else f"{one.most:f}", "whole": one.whole,
                "provisional": words(one.provisional), "managers_only": office.kept_to_managers(draft.name, one),
            }
            for one in office.settings_of(draft, found.pack).values()
        ],
        "stamp": stamp, "findings": rulebooks.proved(found)["findings"],
    }  # fmt: skip


@router.put(
    "/rule-books/{name}/draft/settings", response=gives(BookSettingsOut), url_name="book_settings_change",
    summary="Change settings of the copy",
)  # fmt: skip
@api_permitted("api.book_settings_change")
def book_settings_change(request: HttpRequest, name: str, body: BookSettingsIn) -> dict[str, Any]:
    """Those that are named; the rest of the text stays as it was written."""
    draft = rulebooks.copy_of(request, name)
    known = office.settings_of(draft, publishing.prove_copy(draft).pack)
    given, wrong = {}, {}
    for key, text in body.values.items():
        try:
            given[key] = office.typed(name, known[key], text)
        except KeyError:
            wrong[key] = [_("没有这个设置。")]
        except ValueError as error:
            wrong[key] = [str(error)]
    if wrong:
        raise invalid(wrong)
    try:
        draft = office.save_settings(
            draft, given, body.stamp, reason=body.reason, person=me(request), now=clock.now()
        )
    except office.ManagersOnly as error:
        raise Problem(403, "managers_only", error.said) from error
    except copying.ChangedMeanwhile as error:
        raise _meanwhile() from error
    except copying.NotEditable as error:
        raise Http404 from error
    return _settings(draft)


@router.put(
    "/rule-books/{name}/draft/clauses/{clause}", response=gives(ProvedOut), url_name="book_clause_change",
    summary="Change or add a clause of the copy",
)  # fmt: skip
@api_permitted("api.book_clause_change")
def book_clause_change(request: HttpRequest, name: str, clause: str, body: BookClauseIn) -> dict[str, Any]:
    """In place of the one before; a new name is put behind the last clause."""
    if not CLAUSE.match(clause):
        raise invalid({"clause": [_("字母开头，如 M11；裁定用它引用这条。")]})
    given = copying.ClauseText(
        body.zh, body.en, body.by if body.begins or body.until else "",
        body.begins.isoformat() if body.begins else "", body.until.isoformat() if body.until else "",
        body.provisional_zh, body.provisional_en, ", ".join(body.overridden_by), body.article_zh, body.article_en,
        body.verify_number,
    )  # fmt: skip
    return _clause_put(request, name, clause, given)


@router.delete(
    "/rule-books/{name}/draft/clauses/{clause}", response=gives(ProvedOut), url_name="book_clause_drop",
    summary="Take a clause out of the copy",
)  # fmt: skip
@api_permitted("api.book_clause_drop")
def book_clause_drop(request: HttpRequest, name: str, clause: str) -> dict[str, Any]:
    """The rows that cite it are found wanting until they cite another."""
    return _clause_put(request, name, clause, None)


def _clause_put(request: HttpRequest, name: str, clause: str, given: copying.ClauseText | None) -> dict[str, Any]:
    draft = rulebooks.copy_of(request, name)
    try:
        seen = copying.stamp(clause_editing.clauses(draft.text).get(clause))
        draft = copying.save_clause(draft, clause, given, seen, person_id=me(request).pk, now=clock.now(),
                                    record=office.noting(me(request), name))  # fmt: skip
    except copying.NotEditable as error:
        raise Http404 from error
    return rulebooks.proved(publishing.prove_copy(draft))
