"""The periods of a rule book's copy as a form: how long each is, and what it is called where that says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.editing import length_editing
from tuoshan.core.policy.editing.length_editing import Length
from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.pack import Pack
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import me
from tuoshan.parties.permissions import permitted
from tuoshan.punctuation import listed, sentences
from tuoshan.rulings import copying, library, publishing
from tuoshan.rulings.copying import NotEditable
from tuoshan.rulings.lengths_in_words import UNITS, as_long, counted_words, length_words, tells_length, title
from tuoshan.rulings.models import BookDraft
from tuoshan.workbench.bookcopies import draft_for
from tuoshan.workbench.bookrescue import always_opens, finding_told


@dataclass(frozen=True)
class Shown:
    """A length on the screen: its fields, and how it is counted."""

    title: str
    help: str
    fields: list[BoundField]


class PeriodsForm(forms.Form):
    """A number and a unit for each length; a name that says how long something is goes along; then the reason."""

    reason = forms.CharField(
        label=_lazy("为什么改"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=_lazy("和改动一起记入变更记录。"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, pack: Pack, known: dict[str, Length], before: Mapping[str, Length], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.pack, self.known, self.before, self.language = pack, known, before, get_language() or "zh-hans"
        reason = self.fields.pop("reason")
        self.names: dict[str, list[str]] = {}
        for key, one in known.items():
            self._put(key, one)
            name = one.band or one.value
            if one.unit and tells_length(label_of(pack, name)):
                self.names.setdefault(name, []).append(key)
        for name in self.names:
            said = label_of(pack, name)
            for language, value, label in (("zh", said.zh, _("叫法（中文）")), ("en", said.en, _("叫法（英文）"))):
                attrs = {"lang": "en"} if language == "en" else {}
                self.fields[f"n-{name}-{language}"] = forms.CharField(
                    label=label, max_length=60, initial=value, widget=forms.TextInput(attrs=attrs))  # fmt: skip
        self.fields["reason"] = reason

    def _put(self, key: str, one: Length) -> None:
        label = _("多长") if one.unit else _("数值")
        if not one.unit:
            self.fields[f"p-{key}"] = forms.DecimalField(label=label, initial=one.count, min_value=0, max_digits=12)
            return
        self.fields[f"p-{key}"] = forms.IntegerField(label=label, initial=one.count, min_value=1, max_value=1200)
        units = [(unit, words(said)) for unit, said in UNITS.items()]
        self.fields[f"u-{key}"] = forms.ChoiceField(label=_("单位"), choices=units, initial=one.unit)

    # -- what was typed ------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        changed = self.lengths()
        for name, keys in self.names.items():
            if len({changed.get(key, self.known[key]).written for key in keys}) > 1:
                which = [title(self.pack, self.known[key], self.language) for key in keys]
                for key in keys:
                    if key in changed:
                        self.add_error(f"p-{key}", _("同一个叫法，长度要一样：%(which)s。") % {"which": listed(which)})
            elif any(key in changed for key in keys) and name not in self.labels():
                self.add_error(f"n-{name}-zh", _("叫法里写着原来的长度，请一并改。"))
        if (changed or self.labels()) and not given.get("reason", "").strip():
            self.add_error("reason", _("改了期限，请写明理由。"))
        return given

    def lengths(self) -> dict[str, Length]:
        """The lengths that are to be otherwise than in the copy."""
        found = {}
        for key, one in self.known.items():
            new = replace(one, count=f"{self.cleaned_data[f'p-{key}']:f}" if not one.unit else str(
                self.cleaned_data[f"p-{key}"]), unit=self.cleaned_data.get(f"u-{key}", ""))  # fmt: skip
            if new != one:
                found[key] = new
        return found

    def labels(self) -> dict[str, Wording]:
        """What is to be called otherwise."""
        found = {name: Wording(*(self.cleaned_data[f"n-{name}-{one}"].strip() for one in ("zh", "en")))
                 for name in self.names}  # fmt: skip
        return {name: said for name, said in found.items() if said != label_of(self.pack, name)}

    # -- for the template ----------------------------------------------------------------------------------------
    @property
    def shown(self) -> list[Shown]:
        told: set[str] = set()
        found = []
        for key, one in self.known.items():
            name = one.band or one.value
            fields = [self[f"p-{key}"], *([self[f"u-{key}"]] if one.unit else [])]
            if name in self.names and name not in told:
                told.add(name)
                fields += [self[f"n-{name}-zh"], self[f"n-{name}-en"]]
            found.append(Shown(title(self.pack, one, self.language), self._help(one), fields))
        return found

    def _help(self, one: Length) -> str:
        told = [counted_words(self.pack, one, self.language)]
        was = self.before.get(one.key)
        if was is not None and was.written != one.written:
            told.append(_("现行版本：%(value)s") % {"value": length_words(was, self.language)})
        if alike := [title(self.pack, other, self.language) for other in as_long(self.pack, one, self.known.values())]:
            told.append(_("同样长、从同一天起算的还有：%(which)s；多半要一起改") % {"which": listed(alike)})
        stop = "." if self.language.startswith("en") else "。"
        found = [f"{part}{stop}" for part in told if part]
        return sentences(found) if found else ""


@permitted("workbench.rule_periods")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_periods(request: HttpRequest, name: str) -> HttpResponse:
    """The lengths of the copy's periods as a form."""
    draft = draft_for(request, name)
    proved = publishing.prove_copy(draft)
    known, before = lengths_of(draft), length_editing.lengths(library.text_of(library.newest(name))[0])
    if not known:
        raise Http404
    form = PeriodsForm(request.POST or None, pack=proved.pack or library.newest(name), known=known, before=before)
    context: dict[str, Any] = {
        "form": form, "draft": draft, "name": name, "title": words(library.newest(name).title),
        "seen": copying.stamp_of_lengths(draft),
        "wrong": [finding_told(one) for one in proved.findings if one.where.startswith("values.")],
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "workbench/rulebooks/periods.html", context)
    if request.POST.get("seen", "") != context["seen"]:  # what was typed was meant beside other lengths than these
        return render(request, "workbench/rulebooks/periods.html", {**context, "meanwhile": True}, status=409)
    if not form.is_valid():
        return render(request, "workbench/rulebooks/periods.html", context, status=422)
    lengths, labels, reason = form.lengths(), form.labels(), form.cleaned_data["reason"]
    try:
        if lengths or labels:
            copying.save_lengths(
                draft, lengths, labels, request.POST.get("seen", ""), person_id=me(request).pk, now=clock.now(),
                record=office.noting(me(request), name, reason=reason),
            )  # fmt: skip
    except copying.ChangedMeanwhile:
        return render(request, "workbench/rulebooks/periods.html", {**context, "meanwhile": True}, status=409)
    messages.success(request, _("期限已存入副本，发布后才生效。") if lengths or labels else _("没有改动。"))
    return redirect(reverse("workbench:rule_book_change", args=[name]) + "#periods")


def lengths_of(draft: BookDraft) -> dict[str, Length]:
    """The lengths of a copy; none where its text cannot be read."""
    try:
        return length_editing.lengths(draft.text)
    except NotEditable:
        return {}


urlpatterns = [path("rule-books/<slug:name>/change/periods", rule_periods, name="rule_periods")]
