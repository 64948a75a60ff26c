"""Changing rule books by a program: a copy, its findings, what it would change, and putting it in force."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from tuoshan import clock
from tuoshan.api.application import gives, me
from tuoshan.api.files import SHEET, sent
from tuoshan.api.pages import page_of
from tuoshan.api.problems import Problem, invalid
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import Limit
from tuoshan.cases.forms import words
from tuoshan.core.policy import clause_editing, setting_editing
from tuoshan.core.policy.value_reading import CLAUSE
from tuoshan.office import book_effects
from tuoshan.office import rulebooks as office
from tuoshan.parties.permissions import api_permitted
from tuoshan.rulings import copying, effects, library, publishing
from tuoshan.rulings.models import BookDraft, BookEffect

router = Router(tags=["rulings"])
Text = Annotated[str, Field(max_length=1_000_000)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class DraftIn(Schema):
    """The text of a book, and the CSV files beside it by name."""

    text: Text
    tables: dict[Annotated[str, Field(max_length=80)], Text] = {}


class ProvedOut(Schema):
    """What the checks found in the copy; none: it may be published."""

    findings: list[str]
    good: bool


class BookDraftOut(Schema):
    """The copy: its text, the CSV files beside it, and what the checks find."""

    text: str
    tables: dict[str, str]
    findings: list[str]
    good: bool


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

    `overridden_by` are clauses above it (`consumer_law.REG18`): rows then state it and do not apply it.
    """

    zh: Words
    en: Words
    by: Annotated[str, Field(max_length=60)] = ""
    begins: date | None = None
    until: date | None = None
    provisional_zh: Annotated[str, Field(max_length=2000)] = ""
    provisional_en: Annotated[str, Field(max_length=2000)] = ""
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


class EffectOut(Schema):
    """What the copy would change among the rulings of a group: how many were looked at, of how many the book speaks,
    how many would be answered otherwise; costs of those of which it speaks, and of those that change alone."""

    looked_at: int
    unreadable: int
    concerned: int
    many: int
    cost_before: str
    cost_after: str
    changed_before: str
    changed_after: str


class UnruledOut(Schema):
    """Open cases without a ruling, by what is known of them: how many the book is certain to speak of (`concerned`;
    they count in `open_cases`), how many of those change, in how many something is to be asked first (`asks`), and of
    how many it is not known whether it speaks (`unsure`). `closed`: cases of the last quarter that ended without a
    ruling; these are not looked at."""

    looked_at: int
    concerned: int
    many: int
    asks: int
    unsure: int
    closed: int


class EffectsOut(Schema):
    """`state`: none (nobody has asked for it since the copy was changed), working, done. While it works, the numbers
    are of the `looked` first of `total`. A case that is open and was ruled on in the last quarter counts in both."""

    state: str
    looked: int
    total: int
    begun_at: datetime | None
    ended_at: datetime | None
    open_cases: EffectOut
    last_quarter: EffectOut
    unruled: UnruledOut


class EffectBeginIn(Schema):
    """`again`: from the beginning, though it was found already; cases have gone on since."""

    again: bool = False


class EffectCaseOut(Schema):
    """A line that would be answered otherwise, and how. `case` and `ruling` are empty, with what it is about, where
    the caller may not see the case; `case` also of a ruling of the bench (`has_case` false), `ruling` where nobody has
    ruled. `at`: when it was ruled on, else when the case was registered. Costs are of all `pieces`."""

    case: str
    ruling: str
    title: str
    product: str
    label: str
    pieces: int
    has_case: bool
    ended: bool | None
    at: datetime | None
    changes: list[str]
    before: str
    after: str
    cost_before: str
    cost_after: str


class EffectCasePage(Schema):
    """One page of them; hand `next` back as `cursor`."""

    cases: list[EffectCaseOut]
    next: str


class PublishIn(Schema):
    """From when, who confirmed that it is lawful, and why."""

    begins: date
    confirmed_by: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Words


class PublishedOut(Schema):
    """The version that was put in force."""

    name: str
    version: int
    begins: date


def _known(name: str) -> None:
    try:
        library.newest(name)
    except library.BookUnknown as error:
        raise Http404 from error


@router.put("/rule-books/{name}/draft", response=gives(ProvedOut), url_name="book_change", summary="Change a copy")
@api_permitted("api.book_change")
def book_change(request: HttpRequest, name: str, body: DraftIn) -> dict[str, Any]:
    """Keep the copy as it was sent, in order or not, and say what the checks find."""
    _known(name)
    publishing.save_draft(name, body.text, body.tables, person_id=me(request).pk, now=clock.now())
    return _proved(publishing.prove(name, body.text, body.tables))


def _proved(proved: publishing.Proved) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    return {"findings": [one.in_language(language) for one in proved.findings], "good": proved.good}


@router.get("/rule-books/{name}/draft", response=gives(BookDraftOut), url_name="book_draft", summary="The copy")
@api_permitted("api.book_draft")
def book_draft(request: HttpRequest, name: str) -> dict[str, Any]:
    """The copy that is being changed; the newest version where nobody has changed anything."""
    draft = _read(name)
    tables = publishing.tables_of(draft)
    return {"text": draft.text, "tables": tables, **_proved(publishing.prove(name, draft.text, tables))}


def _read(name: str) -> BookDraft:
    """The copy, or the newest version in its place: reading makes no copy."""
    _known(name)
    return publishing.open_draft(name) or publishing.copy_of_newest(name)


def _draft(request: HttpRequest, name: str) -> BookDraft:
    _known(name)
    return publishing.draft_of(name, me(request).pk, clock.now())


@router.get(
    "/rule-books/{name}/draft/tables/{table}", response=gives(BookRowsOut), url_name="book_table",
    summary="A table of the copy",
)  # fmt: skip
@api_permitted("api.book_table")
def book_table(request: HttpRequest, name: str, table: str) -> dict[str, Any]:
    """Its headings and rows."""
    return _rows(_read(name), table)


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
    draft = _draft(request, name)
    grid = _grid(draft, table)
    unknown = sorted({key for row in body.rows for key in row} - set(grid.names))
    if unknown:
        raise invalid({"rows": [", ".join(unknown)]})
    places = {row.cells.get("id", ""): row.of for row in grid.rows}
    rows = [copying.GridRow(row, places.get(row.get("id", ""))) for row in body.rows]
    try:
        draft = copying.save_rows(draft, table, rows, body.stamp, person_id=me(request).pk, now=clock.now())
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
    return _settings(_read(name))


def _settings(draft: BookDraft) -> dict[str, Any]:
    proved = publishing.prove_copy(draft)
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
            for one in office.settings_of(draft, proved.pack).values()
        ],
        "stamp": stamp, "findings": _proved(proved)["findings"],
    }  # fmt: skip


@router.put(
    "/rule-books/{name}/draft/settings", response=gives(BookSettingsOut), url_name="book_settings_change",
    summary="Change settings of the copy",
)  # fmt: skip
@api_permitted("api.book_settings_change")
def book_settings_change(request: HttpRequest, name: str, body: BookSettingsIn) -> dict[str, Any]:
    """Those that are named; the rest of the text stays as it was written."""
    draft = _draft(request, name)
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
        body.provisional_zh, body.provisional_en, ", ".join(body.overridden_by),
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
    draft = _draft(request, name)
    try:
        seen = copying.stamp(clause_editing.clauses(draft.text).get(clause))
        draft = copying.save_clause(draft, clause, given, seen, person_id=me(request).pk, now=clock.now())
    except copying.NotEditable as error:
        raise Http404 from error
    return _proved(publishing.prove_copy(draft))


@router.get("/rule-books/{name}/draft/effect", response=gives(EffectsOut), url_name="book_effect", summary="Its effect")
@api_permitted("api.book_effect")
def book_effect(request: HttpRequest, name: str) -> dict[str, Any]:
    """What was found of what the copy would change, once it was asked for (`book_effect_begin`)."""
    return _effects(effects.found_for(_in_order(name)))


def _in_order(name: str) -> BookDraft:
    """The copy, which must be in order. Raises Problem 409."""
    draft = _read(name)
    proved = publishing.prove_copy(draft)
    if not proved.good:
        raise _not_in_order(proved)
    return draft


@router.post(
    "/rule-books/{name}/draft/effect", response=gives(EffectsOut), url_name="book_effect_begin",
    summary="Have its effect looked at",
)  # fmt: skip
@api_permitted("api.book_effect_begin")
@repeatable
def book_effect_begin(request: HttpRequest, name: str, body: EffectBeginIn) -> dict[str, Any]:
    """Hold the copy against every ruling of an open case and of the last quarter, and against open cases without one.

    A small house has the answer at once; else a worker goes on and `book_effect` tells how far it has come.
    """
    return _effects(effects.begin(_in_order(name), me(request).pk, again=body.again))


def _effects(run: BookEffect | None) -> dict[str, Any]:
    counts = effects.counts_of(run) if run is not None else effects.Counts()
    state = "none" if run is None else "done" if run.ended_at else "working"
    return {
        "state": state, "looked": run.looked if run else 0, "total": run.total if run else 0,
        "begun_at": run.begun_at if run else None, "ended_at": run.ended_at if run else None,
        "open_cases": _counted(counts.open), "last_quarter": _counted(counts.quarter),
        "unruled": {name: getattr(counts.unruled, name) for name in UnruledOut.model_fields},
    }  # fmt: skip


def _counted(found: effects.Counted) -> dict[str, Any]:
    values = {name: getattr(found, name) for name in EffectOut.model_fields}
    return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in values.items()}


@router.get(
    "/rule-books/{name}/draft/effect/{group}", response=gives(EffectCasePage), url_name="book_effect_cases",
    summary="Which cases it changes",
)  # fmt: skip
@api_permitted("api.book_effect_cases")
def book_effect_cases(
    request: HttpRequest, name: str, group: Literal["open", "quarter"], cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """The lines that change, page by page: of open cases, or of the last quarter. 404 while nobody has asked for it."""
    page = page_of(book_effects.lines(_run(name), group), cursor, limit)
    return {"cases": [_case(one) for one in book_effects.told(me(request), page.rows)], "next": page.next}


def _run(name: str) -> BookEffect:
    run = effects.found_for(_read(name))
    if run is None:
        raise Http404
    return run


def _case(one: book_effects.ToldLine) -> dict[str, Any]:
    names = ("title", "product", "label", "pieces", "has_case", "ended", "at", "before", "after")
    return {
        **{name: getattr(one, name) for name in names}, "case": one.number, "ruling": str(one.ruling or ""),
        "changes": list(one.changes), "cost_before": f"{one.cost_before:f}", "cost_after": f"{one.cost_after:f}",
    }  # fmt: skip


@router.get(
    "/rule-books/{name}/draft/effect/{group}/file", response=gives(bytes), url_name="book_effect_file",
    summary="The same as an Excel file", openapi_extra=SHEET,
)  # fmt: skip
@api_permitted("api.book_effect_file")
def book_effect_file(request: HttpRequest, name: str, group: Literal["open", "quarter"]) -> FileResponse:
    """Every line that changes, up to 50,000."""
    place = book_effects.cases_file(me(request), _run(name), group)
    return sent(place, f"tuoshan-{name}-{group}.xlsx", gone=True)


def _not_in_order(proved: publishing.Proved) -> Problem:
    return Problem(
        409, "not_in_order", _("检查没有通过，不能发布。内容还在。"), facts={"findings": _proved(proved)["findings"]}
    )


@router.post("/rule-books/{name}/publish", response=gives(PublishedOut), url_name="book_publish", summary="Publish it")
@api_permitted("api.book_publish")
@repeatable
def book_publish(request: HttpRequest, name: str, body: PublishIn) -> dict[str, Any]:
    """Put the copy in force from a day, as the next version."""
    _known(name)
    now = clock.now()
    draft = publishing.draft_of(name, me(request).pk, now)
    try:
        made = office.publish(
            name, begins=body.begins, reason=body.reason, confirmed_by=body.confirmed_by, person=me(request), now=now,
        )  # fmt: skip
    except publishing.NotInOrder as error:
        raise _not_in_order(publishing.prove_copy(draft)) from error
    except publishing.Stale as error:
        said = _("这份修改所依据的版本已经被新版本取代，请对照新版本再改。内容还在。")
        raise Problem(409, "stale", said) from error
    except office.ManagersOnly as error:
        raise Problem(403, "managers_only", error.said) from error
    except ValueError as error:
        raise invalid({"begins": [_("生效日期必须晚于现行版本的生效日期。")]}) from error
    return {"name": made.name, "version": made.version, "begins": made.begins}


@router.delete("/rule-books/{name}/draft", response=gives(ProvedOut), url_name="book_drop", summary="Drop the copy")
@api_permitted("api.book_drop")
def book_drop(request: HttpRequest, name: str) -> dict[str, Any]:
    """Throw the copy away; the book stays as it is."""
    _known(name)
    publishing.drop_draft(name)
    return {"findings": [], "good": True}
