"""The copy of a rule book: changed by a manager, held against past cases, published from a day or thrown away."""

from datetime import date
from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import both, me
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import MANAGER, SUPERVISOR, may_change, permitted
from tuoshan.rulings import copying, effects, library, publishing
from tuoshan.rulings.models import BookDraft
from tuoshan.workbench.bookeffects import chosen_day, effect_context
from tuoshan.workbench.bookrescue import DraftForm, always_opens
from tuoshan.workbench.casepage import person_id
from tuoshan.workbench.copyparts import (
    edit_shown,
    finding_shown,
    findings_shown,
    gone_shown,
    meant_shown,
    periods_shown,
    settings_shown,
    tables_and_clauses,
)
from tuoshan.workbench.rulebooks import versions_of

log = structlog.get_logger(__name__)
EDITS_SHOWN = 20
"""Of a copy that is about to be thrown away, one by one."""


class PublishForm(forms.Form):
    """From when, who confirmed that it is lawful, and why."""

    begins = forms.DateField(
        label=_lazy("从哪一天起生效"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    confirmed_by = forms.CharField(
        label=_lazy("由谁确认合法"), max_length=60,
        widget=forms.TextInput(attrs={"list": "confirmers", "autocomplete": "off"}),
        help_text=_lazy("可选另一位主管或经理，也可以写外部律师、法务部（会标明不是本系统的人员）。不能是发布的人自己。"),
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
    tables, clauses = tables_and_clauses(draft, proved)
    context: dict[str, Any] = {
        "form": form, "name": name, "draft": draft, "title": words(library.newest(name).title),
        "findings": findings_shown(draft, proved.findings), "good": proved.good,
        "meant": meant_shown(draft, proved),
        "unchanged": proved.pack is not None and proved.pack.hash == draft.based_on,
        "tables": tables, "clauses": clauses, "setting_rows": settings_shown(draft, proved),
        "periods": periods_shown(draft, proved),
        "gone": gone_shown(draft), "edited": publishing.is_changed(draft),
        "changed_by": Person.objects.filter(pk=draft.changed_by_id).first(),
    }  # fmt: skip
    if proved.pack is not None and proved.good and not context["unchanged"]:
        context["doubts"] = [{**finding_shown(draft, one.finding), "key": one.key} for one in proved.doubts]
        if may_change(request.user, "workbench.rule_book_change") and not _held(draft, person_id(request)):
            said = _("有已经裁定过的事按这份内容算不出来。改正最近改过的数字或算式，或丢弃修改。")
            return {**context, "good": False, "findings": [{"text": said}], "doubts": []}
        begins = chosen_day(request, name)
        if publish is not None and publish.is_bound:
            begins = publish.cleaned_data.get("begins") or begins
        publish = publish or PublishForm(initial={"begins": begins})
        context |= {
            "confirmers": _confirmers(me(request)), **effect_context(request, draft, begins), "publish": publish,
            "holes": office.holes_told(proved.pack, begins),
        }  # fmt: skip
        if not context["holes"]:
            del publish.fields["unruled_meant"]
    return context


def _confirmers(publisher: Person) -> list[str]:
    """Who is suggested as having confirmed that a version is lawful: anybody may be named but who publishes it."""
    found = Person.objects.filter(is_active=True, roles__key__in=(SUPERVISOR, MANAGER)).distinct()
    return sorted({str(one) for one in found if one.pk != publisher.pk})


def _held(draft: BookDraft, person: int) -> bool:
    """Whether the copy could be held against what was ruled up to now: the examples may have passed all the same."""
    try:
        effects.begin(draft, person)
    except Exception:
        log.exception("rule_book_copy_not_held_against_cases", book=draft.name)
        return False
    return True


@permitted("workbench.rule_book_publish")
@require_POST
@always_opens
def rule_book_publish(request: HttpRequest, name: str) -> HttpResponse:
    """Put the copy in force from a day."""
    versions_of(name)
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
        except office.ConfirmedOneself as error:
            form.add_error("confirmed_by", error.said)
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
@require_http_methods(["GET", "POST"])
def rule_book_drop(request: HttpRequest, name: str) -> HttpResponse:
    """Throw the copy away, once it was said how many changes go with it."""
    versions_of(name)
    if request.method == "POST":
        publishing.drop_draft(name, person_id=person_id(request), now=clock.now(),
                              record=office.noting(me(request), name, both(lambda: _("丢弃副本"))))  # fmt: skip
        messages.success(request, _("修改已丢弃，规则包没有变。"))
        return redirect("workbench:rule_book", name=name)
    draft = publishing.open_draft(name)
    if draft is None:
        messages.info(request, _("已经没有副本了。"))
        return redirect("workbench:rule_book", name=name)
    found = office.edits(name, draft)
    context = {
        "name": name, "title": words(library.newest(name).title), "count": len(found), "more": len(found) - EDITS_SHOWN,
        "edits": [edit_shown(one) for one in found[:EDITS_SHOWN]], "draft": draft,
        "changed_by": Person.objects.filter(pk=draft.changed_by_id).first(),
    }  # fmt: skip
    return render(request, "workbench/rulebooks/drop.html", context)


@permitted("workbench.rule_book_restore")
@require_POST
def rule_book_restore(request: HttpRequest, name: str) -> HttpResponse:
    """Bring back the copy that was thrown away last."""
    versions_of(name)
    noted = office.noting(me(request), name, both(lambda: _("恢复丢弃的副本")))
    try:
        publishing.restore_draft(name, person_id=person_id(request), now=clock.now(), record=noted)
    except publishing.NothingDropped:
        messages.info(request, _("没有可以恢复的副本。"))
        return redirect("workbench:rule_book", name=name)
    except publishing.AlreadyChanging:
        messages.error(request, _("已经有一份改过的副本。先发布或丢弃它，再恢复；丢弃它以后，能恢复的就是它了。"))
        return redirect("workbench:rule_book", name=name)
    messages.success(request, _("丢弃的修改都恢复了。"))
    return redirect("workbench:rule_book_change", name=name)


urlpatterns = [
    path("rule-books/<slug:name>/change", rule_book_change, name="rule_book_change"),
    path("rule-books/<slug:name>/publish", rule_book_publish, name="rule_book_publish"),
    path("rule-books/<slug:name>/change/meant", rule_book_meant, name="rule_book_meant"),
    path("rule-books/<slug:name>/change/meant/back", rule_book_ask_again, name="rule_book_ask_again"),
    path("rule-books/<slug:name>/drop", rule_book_drop, name="rule_book_drop"),
    path("rule-books/<slug:name>/drop/back", rule_book_restore, name="rule_book_restore"),
]
