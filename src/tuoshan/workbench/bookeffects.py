"""What the copy of a rule book would change: how far that has been looked at, and the cases one by one."""

from contextlib import suppress
from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.policy.pack import TODAY
from tuoshan.office import book_effects
from tuoshan.parties.permissions import allowed, may_change, permitted
from tuoshan.rulings import effects, library, publishing, touching
from tuoshan.rulings.expressions_in_words import called, within_sentence
from tuoshan.rulings.models import BookDraft, BookEffect
from tuoshan.workbench import turning
from tuoshan.workbench.casepage import person_id

AT_FIRST = 10
PAGE = 50
TITLES = {"open": _lazy("对未结工单"), "quarter": _lazy("对最近一个季度")}


def effect_context(request: HttpRequest, draft: BookDraft, begins: date | None = None) -> dict[str, Any]:
    """What `workbench/rulebooks/effects.html` shows; `begins`: from which day the copy is to count."""
    run = effects.found_for(draft)
    context = {
        "shows_effect": True, "run": run, "name": draft.name,
        "may_begin": may_change(request.user, "workbench.rule_book_change"), "asked": request.GET.get("begins", ""),
    }  # fmt: skip
    if run is None:
        return context
    counts = effects.counts_of(run)
    if run.ended_at is None:
        return {**context, "counts": counts}
    return {
        **context, "counts": counts, "groups": [_group(request, run, counts, name) for name in effects.GROUPS],
        **_touched(run, begins or chosen_day(request, draft.name)),
    }  # fmt: skip


def chosen_day(request: HttpRequest, name: str) -> date:
    """The day from which the copy is to count, as the address asks; the first one possible where it does not."""
    wanted = None
    with suppress(ValueError):
        wanted = date.fromisoformat(request.GET.get("begins", ""))
    return publishing.earliest(name, timezone.localdate(clock.now()), wanted)


def _touched(run: BookEffect, begins: date) -> dict[str, Any]:
    found, by = touching.touched(run, begins), touching.goes_by(run.name)
    language = get_language() or "zh-hans"
    return {
        "touched": found, "touched_costs": book_effects.became(found.cost_before, found.cost_after),
        "touched_more": book_effects.signed(found.costs_more), "begins": begins.isoformat(),
        "goes_by": "" if by == TODAY else within_sentence(called(library.newest(run.name), by, language), language),
    }  # fmt: skip


def _group(request: HttpRequest, run: BookEffect, counts: effects.Counts, name: str) -> dict[str, Any]:
    rows = list(book_effects.lines(run, name)[:AT_FIRST])
    found = _found(counts, name)
    return {
        "name": name, "heading": TITLES[name], "found": found, "rows": book_effects.told(request.user, rows),
        "more": found["many"] > len(rows), "opens": allowed(request.user, "workbench.ruling"),
    }  # fmt: skip


def _found(counts: effects.Counts, group: str) -> dict[str, Any]:
    return _totals(counts.open, counts.unruled) if group == "open" else _totals(counts.quarter, None)


def _totals(found: effects.Counted, unruled: effects.Unruled | None) -> dict[str, Any]:
    """The counts of a group, with its sums in words; those of rulings alone too."""
    counts = {name: getattr(found, name) for name in ("looked_at", "unreadable", "concerned", "many", "on_bench")}
    counts["concerned_rulings"] = found.concerned - (unruled.concerned if unruled else 0)
    counts["many_rulings"] = found.many - (unruled.many if unruled else 0)
    return {
        **counts, "costs": book_effects.became(found.cost_before, found.cost_after),
        "more": book_effects.signed(found.costs_more),
        "changed_costs": book_effects.became(found.changed_before, found.changed_after),
        "changed_more": book_effects.signed(found.changed_more),
    }  # fmt: skip


def _looked_at(name: str) -> tuple[BookDraft, BookEffect]:
    """The copy, and what was found for it. Raises Http404 where either is not there."""
    draft = publishing.open_draft(name)
    run = effects.found_for(draft) if draft is not None else None
    if draft is None or run is None:
        raise Http404
    return draft, run


@permitted("workbench.rule_book_effect")
@require_safe
def rule_book_effect(request: HttpRequest, name: str) -> HttpResponse:
    """How far it has come; at its end what came of it. The page of the copy asks for it until then."""
    draft, _run = _looked_at(name)
    return render(request, "workbench/rulebooks/effects.html", effect_context(request, draft))


@permitted("workbench.rule_book_effect_again")
@require_POST
def rule_book_effect_again(request: HttpRequest, name: str) -> HttpResponse:
    """Look at everything once more: cases have gone on since."""
    draft = publishing.open_draft(name)
    if draft is None:
        raise Http404
    proved = publishing.prove_copy(draft)
    if proved.good:
        effects.begin(draft, person_id(request), again=True)
    return redirect("workbench:rule_book_change", name=name)


@permitted("workbench.rule_book_effect_cases")
@require_safe
def rule_book_effect_cases(request: HttpRequest, name: str, group: str) -> HttpResponse:
    """All lines of a group, page by page."""
    if group not in effects.GROUPS:
        raise Http404
    _draft, run = _looked_at(name)
    page, turns = turning.page(request, book_effects.lines(run, group), PAGE)
    context = {
        "name": name, "title": words(library.newest(name).title), "run": run, "group": group,
        "heading": TITLES[group], "found": _found(effects.counts_of(run), group),
        "rows": book_effects.told(request.user, page.rows), "opens": allowed(request.user, "workbench.ruling"),
        "other": list(TITLES.items()), **turns,
    }  # fmt: skip
    return render(request, "workbench/rulebooks/effect_cases.html", context)


@permitted("workbench.rule_book_effect_file")
@require_safe
def rule_book_effect_file(request: HttpRequest, name: str, group: str) -> FileResponse:
    """All lines of a group as an Excel file."""
    if group not in effects.GROUPS:
        raise Http404
    _draft, run = _looked_at(name)
    place = book_effects.cases_file(request.user, run, group)
    file = place.open("rb")
    place.unlink()  # the open file is all that is left of it, and goes when it was sent
    response = FileResponse(
        file, as_attachment=True, filename=f"tuoshan-{name}-{group}-{clock.now():%Y%m%d}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("rule-books/<slug:name>/effect", rule_book_effect, name="rule_book_effect"),
    path("rule-books/<slug:name>/effect/again", rule_book_effect_again, name="rule_book_effect_again"),
    path("rule-books/<slug:name>/effect/<slug:group>.xlsx", rule_book_effect_file, name="rule_book_effect_file"),
    path("rule-books/<slug:name>/effect/<slug:group>", rule_book_effect_cases, name="rule_book_effect_cases"),
]
