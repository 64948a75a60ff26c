"""Rule books: read by anybody, changed by a manager as a copy, held against past cases, published from a day."""

from datetime import date
from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.playbook import Wording
from tuoshan.core.policy import clause_editing, length_editing, table_editing
from tuoshan.core.policy.pack import LAYER_TITLES, TODAY, Clause, InForce, Pack, example_title
from tuoshan.core.reading.findings import Finding
from tuoshan.office import rulebooks as office
from tuoshan.office.settings import recording
from tuoshan.office.settings.recording import both, me
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import MANAGER, SUPERVISOR, allowed, may_change, permitted
from tuoshan.punctuation import listed, titled
from tuoshan.rulings import copying, effects, lengths_in_words, library, publishing, taken_out
from tuoshan.rulings.cells_in_words import heading_words
from tuoshan.rulings.expressions_in_words import called, condition_words, dates_words, within_sentence
from tuoshan.rulings.models import BookDraft
from tuoshan.rulings.reading_aloud import TableToRead, boundaries_to_read, tables_to_read
from tuoshan.rulings.reckoned_in_words import questions, reckoned, setting_value
from tuoshan.workbench.bookeffects import chosen_day, effect_context
from tuoshan.workbench.bookrescue import DraftForm, always_opens, finding_told
from tuoshan.workbench.bookversions import versions_shown
from tuoshan.workbench.casepage import person_id

CHANGES_SHOWN = 30
log = structlog.get_logger(__name__)


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
    newest, number = _versions(name)[-1], request.GET.get("version", "")
    pack = next((one for one in publishing.every_version(name) if str(one.version) == number), newest)
    context = {
        **_shown(pack), "versions": versions_shown(request, name),
        "may_change": may_change(request.user, "workbench.rule_book_change"),
        "may_look": allowed(request.user, "workbench.rule_book_change"),
        "changing": name in publishing.open_drafts(), "changes": recording.changes(office.AREA, name, CHANGES_SHOWN),
        "may_list": allowed(request.user, "workbench.settings_changes"), **_waiting(pack),
    }  # fmt: skip
    return render(request, "workbench/rulebooks/book.html", context)


def _waiting(pack: Pack) -> dict[str, Any]:
    """Of a version that has not begun, and counts on some day: from when, and which one counts until then."""
    today = timezone.localdate(clock.now())
    begins = pack.in_force.begins if pack.in_force is not None else None
    if begins is None or begins <= today or pack in library.withdrawn():
        return {}
    before = [one for one in library.versions(pack.name) if one.version < pack.version and not (
        one.in_force is not None and one.in_force.begins is not None and one.in_force.begins > today)]  # fmt: skip
    return {"waits_for": begins, "counts_now": before[-1].version if before else None}


def _versions(name: str) -> tuple[Pack, ...]:
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


class PublishForm(forms.Form):
    """From when, who confirmed that it is lawful, and why."""

    begins = forms.DateField(
        label=_lazy("从哪一天起生效"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    confirmed_by = forms.CharField(
        label=_lazy("由谁确认合法"), max_length=60,
        widget=forms.TextInput(attrs={"list": "confirmers", "autocomplete": "off"}),
        help_text=_lazy("可选一位主管或经理，也可以写外部律师、法务部。"),
    )  # fmt: skip
    reason = forms.CharField(label=_lazy("为什么改"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    unruled_meant = forms.BooleanField(label=_lazy("这些日子确实不用本规则包管"), required=False)
    """Shown where there are days on which no version would hold."""


def draft_for(request: HttpRequest, name: str) -> BookDraft:
    """The copy of a book; for who only reads the one that somebody is changing. Raises Http404 where there is none."""
    if not may_change(request.user, "workbench.rule_book_change"):
        found = publishing.open_draft(name)
        if found is None:
            raise Http404
        return found
    try:
        return publishing.draft_of(name, person_id(request), clock.now())
    except library.BookUnknown as error:
        raise Http404 from error


@permitted("workbench.rule_book_change")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_book_change(request: HttpRequest, name: str) -> HttpResponse:
    """The copy that is being changed: saved as typed, its findings beside it, and what it would change."""
    draft = draft_for(request, name)
    tables = publishing.tables_of(draft)
    form = DraftForm(request.POST or None, initial={"text": draft.text}, tables=tables)
    if request.method == "POST":
        if not form.is_valid():
            return render(request, "workbench/rulebooks/change.html", {"form": form, "name": name}, status=422)
        draft = publishing.save_draft(name, form.cleaned_data["text"], form.tables(), person_id=person_id(request),
                                      now=clock.now(), record=office.noting(me(request), name))  # fmt: skip
        tables = publishing.tables_of(draft)
    return render(request, "workbench/rulebooks/change.html", _changing(request, draft, form))


def _changing(
    request: HttpRequest, draft: BookDraft, form: DraftForm, publish: PublishForm | None = None
) -> dict[str, Any]:
    name = draft.name
    proved = publishing.prove_copy(draft)
    tables, clauses = _parts(draft, proved)
    context: dict[str, Any] = {
        "form": form, "name": name, "draft": draft, "title": words(library.newest(name).title),
        "findings": [_finding(draft, one) for one in proved.findings], "good": proved.good,
        "meant": _meant(draft, proved),
        "unchanged": proved.pack is not None and proved.pack.hash == draft.based_on,
        "tables": tables, "clauses": clauses, "setting_rows": _settings(draft, proved),
        "periods": _periods(draft, proved),
        "gone": _gone(draft), "edited": publishing.is_changed(draft),
        "changed_by": Person.objects.filter(pk=draft.changed_by_id).first(),
    }  # fmt: skip
    if proved.pack is not None and proved.good and not context["unchanged"]:
        context["doubts"] = [{**_finding(draft, one.finding), "key": one.key} for one in proved.doubts]
        if may_change(request.user, "workbench.rule_book_change") and not _held(draft, person_id(request)):
            said = _("有已经裁定过的事按这份内容算不出来。改正最近改过的数字或算式，或丢弃修改。")
            return {**context, "good": False, "findings": [{"text": said}], "doubts": []}
        begins = chosen_day(request, name)
        if publish is not None and publish.is_bound:
            begins = publish.cleaned_data.get("begins") or begins
        publish = publish or PublishForm(initial={"begins": begins})
        context |= {
            "confirmers": _confirmers(), **effect_context(request, draft, begins), "publish": publish,
            "holes": _holes(proved.pack, begins),
        }  # fmt: skip
        if not context["holes"]:
            del publish.fields["unruled_meant"]
    return context


def _holes(pack: Pack, begins: date) -> list[str]:
    """Days on which no version would hold, were the copy published from this day; in words."""
    language = get_language() or "zh-hans"
    by = pack.in_force.by if pack.in_force is not None else TODAY
    what = within_sentence(called(pack, by, language), language)
    return [
        _("%(what)s在 %(first)s 至 %(last)s 的，没有哪一版管。") % {"what": what, "first": one.first, "last": one.last}
        if one.last is not None else
        _("%(what)s在 %(first)s 或以后的，没有哪一版管。") % {"what": what, "first": one.first}
        for one in publishing.holes(pack, begins)
    ]  # fmt: skip


def _meant(draft: BookDraft, proved: publishing.Proved) -> list[dict[str, Any]]:
    """What was said to be meant: of what, why; and whether there is still anything that asks."""
    if proved.pack is None:
        return []
    return [
        {"key": key, "because": words(proved.pack.meant[key]), "asks": finding is not None or not proved.good,
         "about": titled(_finding(draft, finding)["place"], words(finding.message)) if finding is not None else ""}
        for key, finding in proved.answered.items()
    ]  # fmt: skip


def _gone(draft: BookDraft) -> list[dict[str, Any]]:
    """What was taken out of the copy, in words."""
    found = taken_out.taken_out(draft.name, (draft.text, publishing.tables_of(draft)))
    return [{"gone": one, "label": words(one.label), "said": words(one.said)} for one in found]


def _confirmers() -> list[str]:
    """Who is suggested as having confirmed that a version is lawful; anybody else may be named as well."""
    found = Person.objects.filter(is_active=True, roles__key__in=(SUPERVISOR, MANAGER)).distinct()
    return sorted({str(one) for one in found})


def _held(draft: BookDraft, person: int) -> bool:
    """Whether the copy could be held against what was ruled up to now: the examples may have passed all the same."""
    try:
        effects.begin(draft, person)
    except Exception:
        log.exception("rule_book_copy_not_held_against_cases", book=draft.name)
        return False
    return True


def _finding(draft: BookDraft, one: Finding) -> dict[str, Any]:
    """A finding in words, by the part of the book that it is about, with the way to the form that mends it."""
    part, _dot, rest = one.where.partition(".")
    href, example, place = "", "", ""
    if part == "tables":
        place, href = _place_in_table(draft, one, rest.partition(".")[0])
    elif part == "settings":
        known = library.newest(draft.name).settings.get(rest.partition(".")[0])
        place, href = words(known.label) if known else rest, reverse("workbench:rule_settings", args=[draft.name])
    elif part == "clauses":
        place = _("条款 %(name)s") % {"name": rest}
        if rest in _clauses_of(draft):
            href = reverse("workbench:rule_clause", args=[draft.name, rest])
    elif part == "values":
        place, href = _place_in_values(draft, rest.partition(".")[0])
    elif part == "examples":
        example, place = rest, _("例子“%(name)s”") % {"name": words(example_title(rest))}
    else:
        place = _("全文第 %(line)d 行") % {"line": one.line}
    missed = taken_out.clause_missed(draft.name, draft.text, one)
    return {"text": titled(place, finding_told(one)), "place": place, "href": href, "example": example,
            "missed": missed}  # fmt: skip


def _place_in_table(draft: BookDraft, one: Finding, table: str) -> tuple[str, str]:
    """The table's title with row and column, and where that row is changed."""
    title = _table_title(draft.name, table)
    try:
        grid = copying.table_of(draft, table)
        href = reverse("workbench:rule_table", args=[draft.name, table])
    except (copying.NotEditable, NoReverseMatch):
        return title, ""
    found = copying.placed([one], grid).by_row
    if not found:
        return title, href
    number, [(heading, _finding)] = next(iter(found.items()))
    row = _("《%(table)s》第 %(number)d 行") % {"table": title, "number": number + 1}
    language = get_language() or "zh-hans"
    column = heading_words(library.newest(draft.name), heading, language) if heading else ""
    return listed([row, column] if column else [row]), f"{href}#row-{number}"


def _place_in_values(draft: BookDraft, value: str) -> tuple[str, str]:
    """What the value is called; to the form, where it has a length that can be changed there."""
    try:
        known = {one.value for one in length_editing.lengths(draft.text).values()}
    except copying.NotEditable:
        known = set()
    href = reverse("workbench:rule_periods", args=[draft.name]) if value in known else ""
    return called(library.newest(draft.name), value, get_language() or "zh-hans"), href


def _table_title(name: str, table: str) -> str:
    known = library.newest(name).tables.get(table)
    return words(known.title) if known else table


def _clauses_of(draft: BookDraft) -> dict[str, copying.ClauseText]:
    try:
        return clause_editing.clauses(draft.text)
    except copying.NotEditable:
        return {}


def _parts(draft: BookDraft, proved: publishing.Proved) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The tables and clauses of a copy: what each is called, whether it was changed, how many findings it has."""
    newest = library.newest(draft.name)
    text, files = library.text_of(newest)
    counts = copying.of_parts(proved.findings)
    tables = []
    for name in table_editing.table_names(draft.text):
        known = (proved.pack.tables if proved.pack else {}).get(name) or newest.tables.get(name)
        try:
            grid = copying.table_of(draft, name)
            same = name in newest.tables and copying.stamp(grid) == copying.stamp(table_editing.grid(text, files, name))
        except copying.NotEditable:
            continue
        tables.append({
            "name": name, "title": words(known.title) if known else name, "rows": len(grid.rows), "changed": not same,
            "wrong": counts.get(f"tables.{name}", 0),
        })  # fmt: skip
    before = clause_editing.clauses(text)
    clauses = [
        {"name": name, "zh": one.zh, "en": one.en, "text": _clause_text(one), "clause": one,
         "doubt": one.verify_number or one.provisional_zh,
         "dates": _clause_dates(proved.pack or newest, one),
         "changed": before.get(name) != one, "wrong": counts.get(f"clauses.{name}", 0)}
        for name, one in _clauses_of(draft).items()
    ]  # fmt: skip
    return tables, clauses


def _settings(draft: BookDraft, proved: publishing.Proved) -> list[dict[str, Any]]:
    """The settings of a copy: what each is called and is, whether it was changed, who may change it."""
    language, before = get_language() or "zh-hans", library.newest(draft.name).settings
    counts = copying.of_parts(proved.findings)
    return [
        {"label": words(one.label), "value": setting_value(one, language), "doubt": words(one.provisional),
         "changed": name not in before or before[name].value != one.value,
         "managers": office.kept_to_managers(draft.name, one), "wrong": counts.get(f"settings.{name}", 0)}
        for name, one in office.settings_of(draft, proved.pack).items()
    ]  # fmt: skip


def _periods(draft: BookDraft, proved: publishing.Proved) -> list[dict[str, Any]]:
    """The lengths of a copy's periods: what each is called and is, whether it was changed."""
    language, newest = get_language() or "zh-hans", library.newest(draft.name)
    try:
        known, before = (length_editing.lengths(text) for text in (draft.text, library.text_of(newest)[0]))
    except copying.NotEditable:
        return []
    counts = copying.of_parts(proved.findings)
    return [
        {"label": lengths_in_words.title(proved.pack or newest, one, language),
         "value": lengths_in_words.length_words(one, language), "changed": before.get(key) != one,
         "wrong": counts.get(f"values.{one.value}", 0)}
        for key, one in known.items()
    ]  # fmt: skip


def _clause_dates(pack: Pack, one: copying.ClauseText) -> str:
    """The dates of a clause as its form has them; as they were typed where they are none."""
    try:
        begins, until = (date.fromisoformat(day) if day else None for day in (one.begins, one.until))
    except ValueError:
        return f"{one.begins} → {one.until}"
    return _dates(pack, InForce(one.by, begins, until)) if one.begins or one.until else ""


def _clause_text(one: copying.ClauseText) -> str:
    """What a clause of a copy says, behind its article."""
    typed = Clause("", Wording(one.zh, one.en), article=Wording(one.article_zh, one.article_en))
    return words(typed.told)


@permitted("workbench.rule_book_publish")
@require_POST
@always_opens
def rule_book_publish(request: HttpRequest, name: str) -> HttpResponse:
    """Put the copy in force from a day."""
    _versions(name)
    form, now = PublishForm(request.POST), clock.now()
    problem = ""
    if form.is_valid() and not form.cleaned_data["unruled_meant"] and _would_leave(name, form.cleaned_data["begins"]):
        problem = _("照这一天发布，有些日子没有哪一版管，写在“发布”里。改日期，或勾选确实不用管。内容还在。")
    elif form.is_valid():
        given = form.cleaned_data
        try:
            made = office.publish(
                name, begins=given["begins"], reason=given["reason"], confirmed_by=given["confirmed_by"],
                person=me(request), now=now,
            )  # fmt: skip
            messages.success(request, _("第 %(version)s 版已发布，从 %(day)s 起生效。") % {
                "version": made.version, "day": made.begins})  # fmt: skip
            return redirect("workbench:rule_book", name=name)
        except publishing.Stale:
            problem = _("这份修改所依据的版本已经被新版本取代，请对照新版本再改。内容还在。")
        except publishing.Doubtful:
            problem = _("还有提示没有答复，不能发布。内容还在。")
        except publishing.NotInOrder:
            problem = _("检查没有通过，不能发布。内容还在。")
        except office.ManagersOnly as error:
            problem = error.said
        except publishing.TooEarly as error:
            said = _("不能早于今天，也必须晚于最新一版的生效日期，最早 %(day)s。") % {"day": error.day}
            form.add_error("begins", said)
    draft = publishing.draft_of(name, person_id(request), now)
    shown = DraftForm(initial={"text": draft.text}, tables=publishing.tables_of(draft))
    context = {**_changing(request, draft, shown, form), "problem": problem}
    return render(request, "workbench/rulebooks/change.html", context, status=422)


def _would_leave(name: str, begins: date) -> bool:
    """Whether there would be days without a version, were the copy published from this day."""
    draft = publishing.open_draft(name)
    pack = publishing.prove_copy(draft).pack if draft is not None else None
    return pack is not None and bool(publishing.holes(pack, begins))


@permitted("workbench.rule_book_meant")
@require_POST
@always_opens
def rule_book_meant(request: HttpRequest, name: str) -> HttpResponse:
    """Say why something that the check doubts is meant; it stands in the copy, and in the record of changes."""
    draft = draft_for(request, name)
    key, because = request.POST.get("doubt", ""), request.POST.get("because", "").strip()
    if key not in {one.key for one in publishing.prove_copy(draft).doubts}:
        messages.info(request, _("这条提示已经没有了。"))
    elif not because:
        messages.error(request, _("请写明为什么是有意的。"))
    else:
        copying.answer_doubt(draft, key, because[:500], person_id=person_id(request), now=clock.now(),
                             record=office.noting(me(request), name))  # fmt: skip
        messages.success(request, _("已写进副本，发布后也在规则包里。"))
    return redirect(reverse("workbench:rule_book_change", args=[name]) + "#doubts")


@permitted("workbench.rule_book_ask_again")
@require_POST
@always_opens
def rule_book_ask_again(request: HttpRequest, name: str) -> HttpResponse:
    """Take back that something is meant: the check asks about it again."""
    draft = draft_for(request, name)
    try:
        copying.ask_again(draft, request.POST.get("doubt", ""), person_id=person_id(request), now=clock.now(),
                          record=office.noting(me(request), name))  # fmt: skip
        messages.success(request, _("答复已从副本中收回。"))
    except copying.NotEditable:
        messages.info(request, _("这条答复已经没有了。"))
    return redirect(reverse("workbench:rule_book_change", args=[name]) + "#doubts")


@permitted("workbench.rule_book_drop")
@require_POST
def rule_book_drop(request: HttpRequest, name: str) -> HttpResponse:
    """Throw the copy away."""
    _versions(name)
    publishing.drop_draft(name, record=office.noting(me(request), name, both(lambda: _("丢弃副本"))))
    messages.success(request, _("修改已丢弃，规则包没有变。"))
    return redirect("workbench:rule_book", name=name)


urlpatterns = [
    path("rule-books/", rule_books, name="rule_books"),
    path("rule-books/<slug:name>", rule_book, name="rule_book"),
    path("rule-books/<slug:name>/change", rule_book_change, name="rule_book_change"),
    path("rule-books/<slug:name>/publish", rule_book_publish, name="rule_book_publish"),
    path("rule-books/<slug:name>/change/meant", rule_book_meant, name="rule_book_meant"),
    path("rule-books/<slug:name>/change/meant/back", rule_book_ask_again, name="rule_book_ask_again"),
    path("rule-books/<slug:name>/drop", rule_book_drop, name="rule_book_drop"),
]
