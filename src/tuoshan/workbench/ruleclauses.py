"""The clauses of a rule book's copy as forms, and examples that its changed rules no longer bear out."""

from typing import Any

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
from tuoshan.core.policy.editing import clause_editing
from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.pack import Pack
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import me
from tuoshan.parties.permissions import permitted
from tuoshan.rulings import copying, library, publishing
from tuoshan.rulings.copying import ClauseText, NotEditable
from tuoshan.workbench.bookcopies import draft_for
from tuoshan.workbench.bookrescue import always_opens, finding_told
from tuoshan.workbench.casepage import person_id


class ClauseForm(forms.Form):
    """What a clause says, when it is in force, and why it is not certain."""

    article_zh = forms.CharField(
        label=_lazy("依据的条文（中文）"), required=False, max_length=200,
        help_text=_lazy("照引用时的写法，如“消法第24条”；法律的规则包每条都要写，不出自哪一条的写“无”。"),
    )  # fmt: skip
    article_en = forms.CharField(
        label=_lazy("依据的条文（英文）"), required=False, max_length=200, widget=forms.TextInput(attrs={"lang": "en"}),
        help_text=_lazy("如 Consumer Law 24；中文写“无”的写 none。"),
    )  # fmt: skip
    verify_number = forms.BooleanField(
        label=_lazy("条号待核对"), required=False,
        help_text=_lazy("条号还不确定的勾上：引用它的裁定标“暂定”，给客户的文字不说这个条号。"),
    )  # fmt: skip
    zh = forms.CharField(label=_lazy("中文"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    en = forms.CharField(label=_lazy("英文"), widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}), max_length=2000)
    begins = forms.DateField(
        label=_lazy("从哪一天起"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_lazy("到哪一天失效"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_lazy("这一天起不再有效。"),
    )  # fmt: skip
    by = forms.ChoiceField(label=_lazy("按哪个日期算"), required=False)
    provisional_zh = forms.CharField(
        label=_lazy("暂定的原因（中文）"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000,
        help_text=_lazy("不确定的条款写上原因，裁定会标“暂定”；确定的留空。"),
    )  # fmt: skip
    provisional_en = forms.CharField(
        label=_lazy("暂定的原因（英文）"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
        max_length=2000,
    )  # fmt: skip
    overridden_by = forms.CharField(
        label=_lazy("在它之上的条款"), required=False, max_length=400,
        help_text=_lazy("低于上层规定、只列明不适用的条款写上，例如 consumer_law.REG18；几条用逗号分开。"),
    )  # fmt: skip

    def __init__(self, *args: Any, dates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"].choices = [("", _("不限日期")), *dates]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, until = given.get("begins"), given.get("until")
        if begins and until and begins >= until:
            self.add_error("until", _("失效日必须晚于生效日。"))
        if (begins or until) and not given.get("by"):
            self.add_error("by", _("请选择按哪个日期判断是否有效。"))
        for part in ("article", "provisional"):
            if bool(given.get(f"{part}_zh")) != bool(given.get(f"{part}_en")):
                missing = f"{part}_en" if given.get(f"{part}_zh") else f"{part}_zh"
                self.add_error(missing, _("中文和英文都要写。"))
        return given

    def clause(self) -> ClauseText:
        given = self.cleaned_data
        return ClauseText(
            given["zh"], given["en"], given["by"] if given["begins"] or given["until"] else "",
            given["begins"].isoformat() if given["begins"] else "",
            given["until"].isoformat() if given["until"] else "", given["provisional_zh"], given["provisional_en"],
            given["overridden_by"], given["article_zh"], given["article_en"], given["verify_number"],
        )  # fmt: skip


class NewClauseForm(ClauseForm):
    """A clause that the book does not have yet."""

    name = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9_.-]*$", label=_lazy("条款名"), max_length=40,
        help_text=_lazy("字母开头，如 M11；裁定用它引用这条。"),
    )  # fmt: skip
    field_order = ("name",)


@permitted("workbench.rule_clause")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_clause(request: HttpRequest, name: str, clause: str) -> HttpResponse:
    """A clause of the copy as a form."""
    return _clause(request, name, clause)


@permitted("workbench.rule_clause_new")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_clause_new(request: HttpRequest, name: str) -> HttpResponse:
    """The form for a clause that the copy does not have yet."""
    return _clause(request, name, "")


def _clause(request: HttpRequest, name: str, clause: str) -> HttpResponse:
    draft = draft_for(request, name)
    try:
        known = clause_editing.clauses(draft.text)
    except NotEditable as error:
        raise Http404 from error
    if clause and clause not in known:
        raise Http404
    proved = publishing.prove_copy(draft)
    form = _clause_form(request, proved.pack or library.newest(name), known.get(clause))
    context: dict[str, Any] = {
        "form": form, "draft": draft, "name": name, "clause": clause, "seen": copying.stamp(known.get(clause)),
        "title": words(library.newest(name).title), "cited": _cited(proved.pack, clause),
        "wrong": [finding_told(one) for one in proved.findings if one.where == f"clauses.{clause}"],
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "workbench/rulebooks/clause.html", context)
    if form.is_valid():
        wanted = clause or form.cleaned_data["name"]
        if not clause and wanted in known:
            form.add_error("name", _("这个条款名已经有了。"))
            return render(request, "workbench/rulebooks/clause.html", context, status=422)
        try:
            copying.save_clause(
                draft, wanted, form.clause(), request.POST.get("seen", ""), person_id=person_id(request),
                now=clock.now(), record=office.noting(me(request), name),
            )  # fmt: skip
        except copying.ChangedMeanwhile:
            return render(request, "workbench/rulebooks/clause.html", {**context, "meanwhile": True}, status=409)
        messages.success(request, _("条款 %(name)s 已保存。") % {"name": wanted})
        return redirect(reverse("workbench:rule_book_change", args=[name]) + "#clauses")
    return render(request, "workbench/rulebooks/clause.html", context, status=422)


def _clause_form(request: HttpRequest, pack: Pack, known: ClauseText | None) -> ClauseForm:
    dated = [fact.name for fact in pack.facts.values() if fact.field.kind == "date"]
    for shared in (*library.facts().values(),):
        if shared.field.kind == "date" and shared.name not in dated:
            dated.append(shared.name)
    everything = library.facts()
    dates = [(name, words(everything[name].field.label) if name in everything else label_of(pack, name).zh)
             for name in dated]  # fmt: skip
    dates.append(("today", _("询问之日")))
    initial = {} if known is None else {name: getattr(known, name) for name in ClauseText.__slots__}
    kind = NewClauseForm if known is None else ClauseForm
    return kind(request.POST or None, initial=initial, dates=dates)


def _cited(pack: Pack | None, clause: str) -> list[tuple[str, str, int]]:
    """The rows that cite or state a clause: table, its title, place."""
    if pack is None or not clause:
        return []
    return [
        (table.name, f"{words(table.title)} {row.name}", place)
        for table in pack.tables.values() for place, row in enumerate(table.rows)
        if clause in (*row.clauses, *row.stated)
    ]  # fmt: skip


@permitted("workbench.rule_clause_drop")
@require_POST
@always_opens
def rule_clause_drop(request: HttpRequest, name: str, clause: str) -> HttpResponse:
    """Take a clause out of the copy."""
    draft = draft_for(request, name)
    try:
        copying.save_clause(draft, clause, None, request.POST.get("seen", ""), person_id=person_id(request),
                            now=clock.now(), record=office.noting(me(request), name))  # fmt: skip
        said = _("条款 %(name)s 已从副本中删除，可以在“这份副本里删除的”中放回。")
        messages.success(request, said % {"name": clause})
    except copying.ChangedMeanwhile:
        messages.error(request, _("这一条刚被别人改过，没有删除。"))
    except NotEditable as error:
        raise Http404 from error
    return redirect(reverse("workbench:rule_book_change", args=[name]) + "#clauses")


@permitted("workbench.rule_example_drop")
@require_POST
@always_opens
def rule_example_drop(request: HttpRequest, name: str) -> HttpResponse:
    """Take an example out of the copy that the changed rules no longer bear out."""
    draft = draft_for(request, name)
    try:
        copying.drop_example(draft, request.POST.get("example", ""), person_id=person_id(request), now=clock.now(),
                             record=office.noting(me(request), name))  # fmt: skip
        messages.success(request, _("例子已从副本中删除，可以在“这份副本里删除的”中放回。"))
    except NotEditable as error:
        raise Http404 from error
    return redirect("workbench:rule_book_change", name=name)


@permitted("workbench.rule_bring_back")
@require_POST
@always_opens
def rule_bring_back(request: HttpRequest, name: str) -> HttpResponse:
    """Put a clause, a row or an example that was taken out of the copy back where it stood."""
    draft, given = draft_for(request, name), request.POST
    try:
        copying.bring_back(
            draft, given.get("part", ""), given.get("item", ""), given.get("table", ""), person_id=person_id(request),
            now=clock.now(), record=office.noting(me(request), name),
        )  # fmt: skip
        messages.success(request, _("已放回原处，内容和现行版本一样。"))
    except NotEditable:
        messages.error(request, _("没有放回：它已经在副本里，或者副本里没有可以放的地方。"))
    place = {"clause": "#clauses", "row": "#tables"}.get(given.get("part", ""), "")
    return redirect(reverse("workbench:rule_book_change", args=[name]) + place)


urlpatterns = [
    path("rule-books/<slug:name>/change/back", rule_bring_back, name="rule_bring_back"),
    path("rule-books/<slug:name>/change/clauses/", rule_clause_new, name="rule_clause_new"),
    path("rule-books/<slug:name>/change/clauses/<str:clause>", rule_clause, name="rule_clause"),
    path("rule-books/<slug:name>/change/clauses/<str:clause>/drop", rule_clause_drop, name="rule_clause_drop"),
    path("rule-books/<slug:name>/change/examples/drop", rule_example_drop, name="rule_example_drop"),
]
