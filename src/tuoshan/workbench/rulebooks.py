"""Rule books: read by anybody; a copy is changed in `bookcopies`."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.policy.pack import LAYER_TITLES, InForce, Pack
from tuoshan.office import rulebooks as office
from tuoshan.office.settings import recording
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed, may_change, permitted
from tuoshan.punctuation import listed
from tuoshan.rulings import library, publishing
from tuoshan.rulings.expressions_in_words import condition_words, dates_words
from tuoshan.rulings.reading_aloud import TableToRead, boundaries_to_read, tables_to_read
from tuoshan.rulings.reckoned_in_words import questions, reckoned
from tuoshan.workbench.bookversions import versions_shown

CHANGES_SHOWN = 30


@permitted("workbench.rule_books")
@require_safe
def rule_books(request: HttpRequest) -> HttpResponse:
    """All books by layer, with what is uncertain in them."""
    drafts = publishing.open_drafts()
    books = [
        {
            "pack": pack, "title": words(pack.title), "source": words(pack.source), "changing": pack.name in drafts,
            "provisional": sum(1 for clause in pack.clauses.values() if clause.provisional.zh),
        }
        for pack in library.newest_of_each()
    ]  # fmt: skip
    layers = [
        (words(title), [one for one in books if one["pack"].layer == layer])  # type: ignore[attr-defined]
        for layer, title in LAYER_TITLES.items()
    ]
    return render(request, "workbench/rulebooks/list.html", {"layers": [one for one in layers if one[1]]})


@permitted("workbench.rule_book")
@require_safe
def rule_book(request: HttpRequest, name: str) -> HttpResponse:
    """One book: its clauses, its tables in words, its versions."""
    known, number = versions_of(name), request.GET.get("version", "")
    holding, coming = _by_today(known)
    pack = next((one for one in publishing.every_version(name) if str(one.version) == number), holding)
    context = {
        **_shown(pack), "versions": versions_shown(request, name),
        "may_change": may_change(request.user, "workbench.rule_book_change"),
        "may_look": allowed(request.user, "workbench.rule_book_change"),
        "changing": name in publishing.open_drafts(), "changes": recording.changes(office.AREA, name, CHANGES_SHOWN),
        "may_list": allowed(request.user, "workbench.settings_changes"), **_waiting(pack), **_dropped(name),
        "coming": coming if pack is holding else [],
    }  # fmt: skip
    return render(request, "workbench/rulebooks/book.html", context)


def _by_today(known: Sequence[Pack]) -> tuple[Pack, list[dict[str, Any]]]:
    """The version that is in force today, the first one where none is yet; and those that are to come, with the day."""
    today = timezone.localdate(clock.now())
    begun = [one for one in known if not (one.in_force and one.in_force.begins and one.in_force.begins > today)]
    ahead = [one for one in known if one not in begun]
    holding = begun[-1] if begun else known[0]
    return holding, [
        {"version": one.version, "begins": one.in_force.begins} for one in ahead if one.in_force and one is not holding
    ]  # fmt: skip


def _dropped(name: str) -> dict[str, Any]:
    """The copy that was thrown away last, while it may be brought back."""
    gone, there = publishing.dropped(name), publishing.open_draft(name)
    if gone is None or (there is not None and publishing.is_changed(there)):
        return {}
    return {
        "dropped": gone, "dropped_edits": len(office.edits(name, gone)),
        "dropped_by": Person.objects.filter(pk=gone.dropped_by_id).first(),
    }  # fmt: skip


def _waiting(pack: Pack) -> dict[str, Any]:
    """Of a version that has not begun, and counts on some day: from when, and which one counts until then."""
    today = timezone.localdate(clock.now())
    begins = pack.in_force.begins if pack.in_force is not None else None
    if begins is None or begins <= today or pack in library.withdrawn():
        return {}
    before = [one for one in library.versions(pack.name) if one.version < pack.version and not (
        one.in_force is not None and one.in_force.begins is not None and one.in_force.begins > today)]  # fmt: skip
    return {"waits_for": begins, "counts_now": before[-1].version if before else None}


def versions_of(name: str) -> tuple[Pack, ...]:
    try:
        return library.versions(name)
    except library.BookUnknown as error:
        raise Http404 from error


def _dates(pack: Pack, dates: InForce | None) -> str:
    """By which date something goes, and between which it holds."""
    return dates_words(pack, dates, get_language() or "zh-hans")


def _shown(pack: Pack) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    clauses = [
        {"name": one.name, "text": words(one.told), "doubt": words(one.provisional),
         "dates": _dates(pack, one.in_force),
         "above": listed([_cited(name) for name in one.overridden_by])}
        for one in pack.clauses.values()
    ]
    tables: list[TableToRead] = tables_to_read(pack, language)
    return {
        "dates": _dates(pack, pack.in_force) or _("按询问之日"), "reckoned": reckoned(pack, language),
        "asked": questions(pack, language), "boundaries": boundaries_to_read(pack, language),
        "examples": len(pack.examples),
        "applies": condition_words(pack, pack.applies, language) if pack.applies is not None else "",
        "doubtful": {one.name for one in pack.clauses.values() if one.provisional.zh},
        "pack": pack, "title": words(pack.title), "source": words(pack.source), "clauses": clauses, "tables": tables,
        "layer": words(LAYER_TITLES[pack.layer]),
    }  # fmt: skip


def _cited(clause: str) -> str:
    """A clause of another book, `consumer_law.REG18`, by the title of that book where it is at hand."""
    book, _dot, name = clause.partition(".")
    try:
        pack = library.versions(book)[-1]
    except library.BookUnknown:
        return clause
    return _("《%(book)s》%(clause)s") % {"book": words(pack.title), "clause": name}


urlpatterns = [
    path("rule-books/", rule_books, name="rule_books"),
    path("rule-books/<slug:name>", rule_book, name="rule_book"),
]
