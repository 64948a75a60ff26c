"""One row of a rule book's table in fields: what it asks for and what it gives, without the grammar."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.policy.editing import finding_editing as editing
from tuoshan.core.policy.editing.finding_editing import WHEN, Conclusion
from tuoshan.core.policy.words import plain_terms
from tuoshan.identifiers import is_id
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import me
from tuoshan.parties.permissions import permitted
from tuoshan.rulings import copying, library, publishing
from tuoshan.rulings.copying import Grid, GridRow, NotEditable
from tuoshan.rulings.models import BookDraft
from tuoshan.rulings.reading_aloud import conclusion_words
from tuoshan.workbench import rowfindings
from tuoshan.workbench.bookcopies import draft_for
from tuoshan.workbench.bookrescue import always_opens
from tuoshan.workbench.bookvocabulary import Vocabulary
from tuoshan.workbench.casepage import person_id
from tuoshan.workbench.conclusionforms import VERBS, ConclusionForm
from tuoshan.workbench.conditionforms import TestForm
from tuoshan.workbench.copyparts import elsewhere, say_saved
from tuoshan.workbench.rowforms import RowForm

MOST = 30
"""Conclusions of a row, and conditions of one, that the form takes."""


@dataclass
class Part:
    """A conclusion on the screen: its fields, its conditions, and what it says in words."""

    number: int
    known: Conclusion
    said: str
    form: ConclusionForm | None
    tests: list[tuple[int, TestForm]]
    first: bool = False
    """Whether it was just added, so that the reader goes on there."""

    def valid(self) -> bool:
        forms = [one for one in (self.form, *(form for _number, form in self.tests)) if one is not None]
        return all(one.is_valid() for one in forms)

    def conclusion(self) -> Conclusion:
        if self.form is None:
            return self.known
        parts = self.form.parts()
        if self.tests:
            conditions = [form.condition() for _number, form in self.tests]
            was = str(self.known.parts.get(WHEN, ""))
            same = conditions == [*plain_terms.conditions(was)]
            parts[WHEN] = was if same else plain_terms.conditions_text(conditions)
        return editing.with_parts(self.known, parts)


@permitted("workbench.rule_row")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_row(request: HttpRequest, name: str, table: str, number: int) -> HttpResponse:
    """A row of the copy in fields; saving checks it. Other buttons change the form alone."""
    draft = draft_for(request, name)
    try:
        grid = copying.table_of(draft, table)
    except NotEditable as error:
        raise Http404 from error
    number = _place(request, grid, number)
    proved = publishing.prove_copy(draft)
    book = Vocabulary(proved.pack or library.newest(name), get_language() or "zh-hans", proved.findings)
    if request.method != "POST":
        context = _shown(draft, grid, number, book, *_read(grid, number, book))
        return render(request, "workbench/rulebooks/row.html", context)
    row, parts = _posted(request, grid, number, book)
    doing, _dash, at = request.POST.get("do", "").partition("-")
    if doing != "save":
        parts = _done(request, book, parts, doing, at)
        context = {**_shown(draft, grid, number, book, row, parts), "did": doing}
        return render(request, "workbench/rulebooks/row.html", context)
    if not all([row.is_valid(), *(part.valid() for part in parts)]):
        context = {**_shown(draft, grid, number, book, row, parts), "wrong_fields": True}
        return render(request, "workbench/rulebooks/row.html", context, status=422)
    then = editing.written(part.conclusion() for part in parts)
    was = grid.rows[number].cells
    cells = {**was, **row.typed(), "then": was.get("then", "") if editing.read(then) == editing.read(
        was.get("then", "")) else then}  # fmt: skip
    rows = [GridRow(cells, one.of) if place == number else one for place, one in enumerate(grid.rows)]
    if number + 1 in copying.saying_nothing(draft, grid, rows):
        context = {**_shown(draft, grid, number, book, row, parts), "bare": True}
        return render(request, "workbench/rulebooks/row.html", context, status=422)
    try:
        copying.save_rows(draft, table, rows, request.POST.get("seen", ""), person_id=person_id(request),
                          now=clock.now(), record=office.noting(me(request), name))  # fmt: skip
    except copying.ChangedMeanwhile:
        context = _shown(draft, grid, number, book, row, parts)
        return render(request, "workbench/rulebooks/row.html", {**context, "meanwhile": True}, status=409)
    say_saved(request, name)
    return redirect("workbench:rule_row", name=name, table=table, number=number)


def _place(request: HttpRequest, grid: Grid, number: int) -> int:
    """Where the row stands that was read; rows above it may have come or gone since."""
    wanted = request.POST.get("id")
    if wanted is not None and not (number < len(grid.rows) and grid.rows[number].cells.get("id", "") == wanted):
        number = next((place for place, row in enumerate(grid.rows) if row.cells.get("id") == wanted), len(grid.rows))
    if number >= len(grid.rows):
        raise Http404
    return number


def _names(grid: Grid, kind: str) -> list[str]:
    return [heading.name for heading in grid.headings if heading.kind == kind]


def _read(grid: Grid, number: int, book: Vocabulary) -> tuple[RowForm, list[Part]]:
    cells = dict(grid.rows[number].cells)
    parts = [_part(book, place, known) for place, known in enumerate(editing.read(cells.get("then", "")))]
    return _row_form(None, grid, number, book), parts


def _row_form(data: Any, grid: Grid, number: int, book: Vocabulary) -> RowForm:
    cells = dict(grid.rows[number].cells)
    return RowForm(data, book=book, columns=_names(grid, "cell"), outputs=_names(grid, "output"), cells=cells)


def _part(book: Vocabulary, number: int, known: Conclusion, data: Any = None, *, first: bool = False) -> Part:
    said = "；" if not book.language.startswith("en") else "; "
    words_of = said.join(conclusion_words(book.pack, known.written, book.language)) if known.written else ""
    if not known.verb:
        return Part(number, known, words_of or known.written, None, [])
    prefix = f"c{number}"
    conditions = plain_terms.conditions(str(known.parts.get(WHEN, "")))
    if data is None:
        tests = [(place, TestForm(prefix=f"{prefix}-t{place}", known=one, book=book))
                 for place, one in enumerate(conditions)]  # fmt: skip
    else:
        tests = list(_posted_tests(data, prefix, book))
    form = ConclusionForm(data, prefix=prefix, known=known, book=book)
    return Part(number, known, words_of, form, tests, first)


def _posted(request: HttpRequest, grid: Grid, number: int, book: Vocabulary) -> tuple[RowForm, list[Part]]:
    """The forms as they were sent; each carries what it was made of."""
    data = request.POST
    row = _row_form(data, grid, number, book)
    parts = []
    for place in _places(data.get("parts", "")):
        verb, written = data.get(f"c{place}-verb", ""), data.get(f"c{place}-written", "")
        read = editing.read(written)
        if len(read) == 1 and read[0].verb == verb:
            parts.append(_part(book, place, read[0], data))
        elif not written and verb in VERBS:
            parts.append(_part(book, place, editing.fresh(verb), data))
        elif written:
            parts.append(_part(book, place, Conclusion("", written)))
    return row, parts


def _posted_tests(data: Any, prefix: str, book: Vocabulary) -> Any:
    for place in _places(data.get(f"{prefix}-tests", "")):
        at = f"{prefix}-t{place}"
        text, name = data.get(f"{at}-text", ""), data.get(f"{at}-name", "")
        read = plain_terms.conditions(text)
        known = read[0] if len(read) == 1 else plain_terms.Condition(name, "", (), "")
        yield place, TestForm(data, prefix=at, known=known, book=book)


def _places(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if is_id(one)][:MOST]


def _done(request: HttpRequest, book: Vocabulary, parts: list[Part], doing: str, at: str) -> list[Part]:
    """The form after a button: a conclusion or a condition more or less, or moved; nothing is saved."""
    numbers = [part.number for part in parts]
    if doing == "add" and (verb := request.POST.get("verb", "")) in VERBS and len(parts) < MOST:
        return [*parts, _part(book, max(numbers, default=-1) + 1, editing.fresh(verb), first=True)]
    number, _dot, test = at.partition(".")
    place = numbers.index(int(number)) if is_id(number) and int(number) in numbers else None
    if place is None:
        return parts
    part = parts[place]
    if doing == "drop":
        return [one for one in parts if one is not part]
    if doing == "test" and (name := request.POST.get(f"c{number}-fact", "")) in book.domains and len(part.tests) < MOST:
        new = max((one for one, _form in part.tests), default=-1) + 1
        known = plain_terms.Condition(name, "", (), "")
        part.tests.append((new, TestForm(prefix=f"c{number}-t{new}", known=known, book=book)))
        part.first = True
    elif doing == "untest":
        part.tests = [one for one in part.tests if str(one[0]) != test]
    return parts


def _shown(
    draft: BookDraft, grid: Grid, number: int, book: Vocabulary, row: RowForm, parts: list[Part]
) -> dict[str, Any]:
    known, cells = book.pack.tables.get(grid.table), grid.rows[number].cells
    address = reverse("workbench:rule_table", args=[draft.name, grid.table])
    return {
        "draft": draft, "name": draft.name, "title": words(library.newest(draft.name).title), "grid": grid,
        "table_title": words(known.title) if known else grid.table, "number": number, "place": number + 1,
        "row_id": cells.get("id", ""), "seen": copying.stamp(grid), "row": row, "parts": parts,
        "places": ",".join(str(part.number) for part in parts), "verbs": list(VERBS.items()), "facts": book.tested,
        "grammar": f"{address}?{urlencode({'at': number, 'do': 'grammar'})}#row-{number}",
        "back": f"{address}#row-{number}",
        "before": number - 1 if number else None, "after": number + 1 if number + 1 < len(grid.rows) else None,
        "wrong": [one.text for one in rowfindings.by_row(draft, grid, book.findings).get(number, ())],
        "elsewhere": elsewhere(draft, book.findings, table=grid.table, row=number),
    }  # fmt: skip


urlpatterns = [
    path("rule-books/<slug:name>/change/tables/<slug:table>/rows/<int:number>", rule_row, name="rule_row"),
]
