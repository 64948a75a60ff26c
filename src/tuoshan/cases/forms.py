"""A Django form for any list of playbook fields: one way to ask and to check, for screens, portal and API.

The form's `values()` are facts in the kernel's kinds (exact decimals, zone-aware moments, lists). What the
kernel judges itself (conditions, evidence, who may) is not judged here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tuoshan.cases import lists
from tuoshan.core import forms as core_forms
from tuoshan.core.conditions import Scope
from tuoshan.core.playbook import Field, Wording

MOST_TEXT = 20_000


def words(wording: Wording) -> str:
    """The wording in the language in force."""
    return wording.in_language(get_language() or "zh-hans")


class DayAndTime(forms.SplitDateTimeWidget):
    """A day and a time, each in a field of its own with a name that is read out."""

    def __init__(self) -> None:
        day: dict[str, Any] = {"type": "date", "aria-label": _("日期")}
        time: dict[str, Any] = {"type": "time", "step": "300", "aria-label": _("时间")}
        super().__init__(date_attrs=day, date_format="%Y-%m-%d", time_attrs=time, time_format="%H:%M")


class PlaybookForm(forms.Form):
    """Built by `build_form`; remembers the fields it was made of."""

    playbook_fields: tuple[Field, ...] = ()

    def values(self) -> dict[str, Any]:
        """What was filled in, as facts. Only for a valid form."""
        found: dict[str, Any] = {}
        for item in self.playbook_fields:
            value = self.cleaned_data.get(item.name)
            if value in (None, "", []):
                continue
            found[item.name] = _as_fact(item, value)
        return found

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Show what the kernel found (`refusals.problems`) beside the fields."""
        for name, problem in problems.items():
            self.add_error(name if name in self.fields else None, problem)


PROBLEMS = {
    "missing": _("请填写这一项。"),
    "not_a_choice": _("请从列出的选项中选择。"),
    "not_of_kind": _("填写的内容不符合要求。"),
    "too_small": _("数值太小。"),
    "too_large": _("数值太大。"),
    "not_exact": _("金额最多两位小数。"),
    "ahead": _("这是已经发生的事，不能晚于今天。"),
    "unknown_field": _("这里没有这一项。"),
    "away": _("这位同事现在缺勤，请选在岗的人。"),
    "not_oneself": _("这件工单在同事手上，您只能自己接手；要交给别人，请经办人或主管转办。"),
    "not_asked": _("按这次所选的内容，这一项不用填。"),
}


NUMBERS = {
    "invalid": _("请填写数字，例如 12 或 12.50。"),
    "max_value": _("不能大于 %(limit_value)s。"),
    "max_digits": _("数字太大，请核对。"),
    "max_whole_digits": _("数字太大，请核对：小数点前最多 %(max)s 位。"),
    "max_decimal_places": _("最多 %(max)s 位小数。"),
}
"""What is said of a number, in place of the framework's own sentences."""
AT_LEAST = _("不能小于 %(limit_value)s。")
NOT_NEGATIVE = _("不能是负数。")
DAYS = {"invalid": _("请填写完整的日期，例如 2026-05-20。")}


def build_form(
    fields: Sequence[Field], *, data: Any = None, files: Any = None, initial: Mapping[str, Any] | None = None,
    prefix: str = "", scope: Scope | None = None,
) -> PlaybookForm:  # fmt: skip
    """A form asking these fields. With a `scope`, fields whose `show_if` does not hold are left out, except those that
    another field of the form calls up: the page shows them when it does, and they are required only then.
    """
    called = {item.name: _when(item, fields) for item in fields}
    holds = {item.name for item in fields if scope is None or core_forms.shown(item, scope)}
    asked = [item for item in fields if item.name in holds or called[item.name]]
    made = {item.name: _form_field(item) for item in asked}
    for item in asked:
        one, name = made[item.name], item.name
        vars(one).update(when=called[name], unit=unit_of(item))  # read by components/field.html
        one.required = one.required and (data is None or name in holds)
    kind = type("PlaybookForm", (PlaybookForm,), {**made, "playbook_fields": tuple(asked)})
    form: PlaybookForm = kind(data, files, initial=_shown_values(asked, initial or {}), prefix=prefix or None)
    return form


def unit_of(item: Field) -> str:
    """What stands behind the number; money without a unit of its own is in yuan."""
    return words(item.unit) or (str(_("元")) if item.kind == "money" else "")


def _when(item: Field, fields: Sequence[Field]) -> str:
    """`data-when` of a field that one other of the same form calls up by a plain condition; empty otherwise."""
    answers = core_forms.called_up_by(item)
    names = {name for name, _value in answers}
    if len(names) != 1 or not names <= {one.name for one in fields}:
        return ""
    return f"{names.pop()}={'|'.join(value for _name, value in answers)}"


def _as_fact(item: Field, value: Any) -> Any:
    match item.kind:
        case "datetime":
            return value if timezone.is_aware(value) else timezone.make_aware(value)
        case "number" | "money":
            return value if isinstance(value, Decimal) else Decimal(str(value))
        case "yes_no":
            return value in (True, "yes", "true", "1")
        case "choices":
            return list(value)
    return value


def _shown_values(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for item in fields:
        value = values.get(item.name)
        if value is None:
            continue
        if isinstance(value, datetime):
            value = timezone.localtime(value)
        shown[item.name] = ("yes" if value else "no") if item.kind == "yes_no" else value
    return shown


def choices_of(item: Field) -> list[tuple[str, Any]]:
    """The options of a choice field: its own, else those of the company's list."""
    if item.choices:
        return [(choice.value, words(choice.title)) for choice in item.choices]
    return [(str(value), title) for value, title in lists.entries(item.list or item.kind)]


def _form_field(item: Field) -> forms.Field:
    common: dict[str, Any] = {"label": words(item.label), "required": item.required, "help_text": words(item.help)}
    match item.kind:
        case "long_text":
            area = forms.Textarea(attrs={"rows": 4})
            return forms.CharField(widget=area, max_length=MOST_TEXT, strip=True, **common)
        case "choice" | "person" | "org_unit" | "product" if item.kind == "choice" or item.list or _listed(item):
            empty = [("", _("请选择"))]
            return forms.ChoiceField(choices=[*empty, *choices_of(item)], **common)
        case "choices":
            return forms.MultipleChoiceField(
                choices=choices_of(item), widget=forms.CheckboxSelectMultiple, **common
            )  # fmt: skip
        case "yes_no":
            options = [("yes", _("是")), ("no", _("否"))]
            return forms.TypedChoiceField(
                choices=options if item.required else [("", _("不确定")), *options], empty_value=None,
                coerce=lambda text: text in (True, "yes", "true", "True"), widget=forms.RadioSelect, **common,
            )  # fmt: skip
        case "money":
            return forms.DecimalField(
                max_digits=12, decimal_places=2, min_value=Decimal(item.minimum or 0),
                max_value=Decimal(item.maximum) if item.maximum else None,
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
                error_messages=_said_of_numbers(item), **common,
            )  # fmt: skip
        case "number":
            return forms.DecimalField(
                max_digits=18, min_value=Decimal(item.minimum) if item.minimum else None,
                max_value=Decimal(item.maximum) if item.maximum else None,
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
                error_messages=_said_of_numbers(item), **common,
            )  # fmt: skip
        case "date":
            day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(widget=day, error_messages=DAYS, **common)
        case "datetime":
            return forms.SplitDateTimeField(widget=DayAndTime(), **common)
        case "phone":
            tel = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})
            return forms.CharField(max_length=40, widget=tel, **common)
        case "photo" | "file":
            return forms.CharField(widget=forms.HiddenInput(attrs={"data-evidence": item.kind}), **common)
        case "address":
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=500, **common)
    return forms.CharField(max_length=500, strip=True, **common)


def _said_of_numbers(item: Field) -> dict[str, Any]:
    return {**NUMBERS, "min_value": AT_LEAST if Decimal(item.minimum or 0) else NOT_NEGATIVE}


def _listed(item: Field) -> bool:
    return bool(lists.entries(item.kind))
