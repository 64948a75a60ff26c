"""The settings of a rule book's copy as a form: each with its words, its unit and its bounds, and why it is changed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from tuoshan import clock
from tuoshan.cases.forms import words
from tuoshan.core.policy.editing.setting_editing import Written
from tuoshan.core.policy.pack import Setting
from tuoshan.office import rulebooks as office
from tuoshan.office.settings.recording import me
from tuoshan.parties.permissions import MANAGER, permitted
from tuoshan.punctuation import sentences, titled
from tuoshan.rulings import copying, library, publishing
from tuoshan.rulings.copying import NotEditable
from tuoshan.rulings.models import BookDraft
from tuoshan.rulings.reckoned_in_words import setting_value
from tuoshan.workbench.bookcopies import draft_for
from tuoshan.workbench.bookrescue import always_opens, finding_told

YES, NO = "yes", "no"


class SettingsForm(forms.Form):
    """A field for each setting; the reason is asked for as soon as one is changed."""

    reason = forms.CharField(
        label=_lazy("为什么改"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=_lazy("和改动一起记入变更记录。"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, known: Iterable[Setting], before: dict[str, Setting], kept: frozenset[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        self.known = {one.name: one for one in known}
        for one in self.known.values():
            self.fields[f"s-{one.name}"] = _field(one, before.get(one.name), one.name in kept)
        self.fields["reason"] = reason

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and self.changed() and not given.get("reason", "").strip():
            self.add_error("reason", _("改了设置，请写明理由。"))
        return given

    def changed(self) -> dict[str, Written]:
        """The settings that are to be otherwise than in the copy."""
        found: dict[str, Written] = {}
        for name, setting in self.known.items():
            field, value = self.fields[f"s-{name}"], self.cleaned_data.get(f"s-{name}")
            written: Written = value == YES if isinstance(field, forms.ChoiceField) else (
                value if isinstance(value, Decimal) else str(value))  # fmt: skip
            if not field.disabled and written != setting.value:
                found[name] = written
        return found


def _field(setting: Setting, before: Setting | None, kept: bool) -> forms.Field:
    """Its kind is that of the version before, so that a copy with a slip in it can be mended here."""
    kind = before.value if before is not None else setting.value
    common: dict[str, Any] = {
        "label": words(setting.label), "help_text": _help(setting, before, kept), "disabled": kept,
        "required": not kept,
    }  # fmt: skip
    if isinstance(kind, bool):
        value = YES if setting.value is True else NO
        return forms.ChoiceField(choices=[(YES, _("是")), (NO, _("否"))], initial=value, **common)
    if isinstance(kind, Decimal):
        least, most = setting.least, setting.most
        number = forms.DecimalField(
            initial=setting.value, min_value=least, max_value=most, max_digits=12,
            decimal_places=0 if setting.whole else 4, **common,
        )  # fmt: skip
        number.unit = words(setting.unit)  # type: ignore[attr-defined]
        return number
    return forms.CharField(initial=setting.value, max_length=200, **common)


def _help(setting: Setting, before: Setting | None, kept: bool) -> str:
    language = get_language() or "zh-hans"
    told = [_("只有经理可以改。")] if kept else []
    if before is not None and before.value != setting.value:
        told.append(_("现行版本：%(value)s。") % {"value": setting_value(before, language)})
    if setting.provisional.zh:
        told.append(titled(_("暂定"), words(setting.provisional)) + ("." if language.startswith("en") else "。"))
    return sentences(told) if told else ""


@permitted("workbench.rule_settings")
@require_http_methods(["GET", "POST"])
@always_opens
def rule_settings(request: HttpRequest, name: str) -> HttpResponse:
    """The settings of the copy as a form."""
    draft = draft_for(request, name)
    proved = publishing.prove_copy(draft)
    known, before = office.settings_of(draft, proved.pack), library.newest(name).settings
    try:
        seen = copying.stamp_of_settings(draft)
    except NotEditable as error:
        raise Http404 from error
    form = _form(request, draft, known, dict(before))
    context: dict[str, Any] = {
        "form": form, "draft": draft, "name": name, "title": words(library.newest(name).title), "seen": seen,
        "may_save": any(not field.disabled for name, field in form.fields.items() if name != "reason"),
        "wrong": [finding_told(one) for one in proved.findings if one.where.startswith("settings.")],
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "workbench/rulebooks/settings.html", context)
    if not form.is_valid():
        return render(request, "workbench/rulebooks/settings.html", context, status=422)
    try:
        office.save_settings(draft, form.changed(), request.POST.get("seen", ""), reason=form.cleaned_data["reason"],
                             person=me(request), now=clock.now())  # fmt: skip
    except copying.ChangedMeanwhile:
        return render(request, "workbench/rulebooks/settings.html", {**context, "meanwhile": True}, status=409)
    except office.ManagersOnly as error:
        form.add_error(None, error.said)
        return render(request, "workbench/rulebooks/settings.html", context, status=422)
    messages.success(request, _("设置已存入副本，发布后才生效。") if form.changed() else _("没有改动。"))
    return redirect(reverse("workbench:rule_book_change", args=[name]) + "#settings")


def _form(
    request: HttpRequest, draft: BookDraft, known: dict[str, Setting], before: dict[str, Setting]
) -> SettingsForm:
    manager = me(request).has_role(MANAGER)
    kept = frozenset(
        one.name for one in known.values() if not manager and office.kept_to_managers(draft.name, one)
    )
    return SettingsForm(request.POST or None, known=known.values(), before=before, kept=kept)


urlpatterns = [path("rule-books/<slug:name>/change/settings", rule_settings, name="rule_settings")]
