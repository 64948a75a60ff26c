"""Fields in the words of a rule book: lists, boxes, numbers, and sums or days by what they are reckoned from."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from tuoshan.core.number_text import number_text
from tuoshan.core.policy.words import plain_terms
from tuoshan.core.policy.words.plain_terms import AS_IT_IS, Share
from tuoshan.workbench.bookvocabulary import Choices, Vocabulary

FIXED = "fixed"
"""A sum that is a number and no part of another."""


def select(label: str, choices: Choices, *, needed: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=needed, choices=choices)


def boxes(label: str, choices: Choices, *, needed: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=needed, choices=choices, widget=forms.CheckboxSelectMultiple
    )


NUMBER = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"


def plain_number(label: str, *, needed: bool = False, **more: Any) -> forms.RegexField:
    attrs = {"inputmode": "decimal", "autocomplete": "off"}
    return forms.RegexField(NUMBER, label=label, required=needed, widget=forms.TextInput(attrs=attrs),
                            error_messages={"invalid": _("请写一个数。")}, **more)  # fmt: skip


class BookForm(forms.Form):
    """Fields in the words of a book; `main` are shown at once, `more` are folded away."""

    def __init__(self, *args: Any, book: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        self.main: list[str] = []
        self.more: list[str] = []

    def put(
        self, name: str, field: forms.Field, value: Any, *, more: bool = False, when: str = "", unit: str = ""
    ) -> str:
        field.initial = value
        field.when, field.unit = when, unit  # type: ignore[attr-defined]
        field.wide = name == "needs"  # type: ignore[attr-defined]
        self.fields[name] = field
        (self.more if more else self.main).append(name)
        return name

    def put_formula(self, name: str, label: str, kind: str, was: str, *, more: bool = False) -> None:
        """A sum: fixed, or all or so many per cent of a named one; a day: a named one; or as it is written."""
        named = self.book.sums if kind == "sum" else self.book.days
        read = plain_terms.share(was)
        fits = read is not None and (kind == "sum" or read.number is None) and (
            not read.of or read.of in dict(named))  # fmt: skip
        choices: Choices = [("", _("没有写明"))]
        if was and not fits:
            choices.append((AS_IT_IS, _("照原来的算法：%(formula)s") % {"formula": self.book.formula(was)}))
        choices += [(FIXED, _("固定数额"))] if kind == "sum" else []
        base = "" if not was else AS_IT_IS if not fits or read is None else read.of or FIXED
        self.put(f"{name}-base", select(label, [*choices, *named]), base, more=more)
        if kind == "sum":
            number = read.number if fits and read is not None else None
            asked = _("%(what)s：数额，或占上项的百分之几") % {"what": label}
            self.put(
                f"{name}-number", plain_number(asked, help_text=_("按上项全额的不用填。")),
                "" if number is None else number_text(number), more=more,
                when=f"{self.add_prefix(name)}-base=" + "|".join([FIXED, *(one for one, _label in named)]),
            )  # fmt: skip

    def formula_typed(self, name: str, was: str) -> str:
        """The formula that the fields stand for; the one before where it means the same."""
        if f"{name}-base" not in self.fields:
            return was
        base, number = self.cleaned_data[f"{name}-base"], self.cleaned_data.get(f"{name}-number") or ""
        if base in ("", AS_IT_IS):
            return was if base else ""
        told = Share("" if base == FIXED else base, Decimal(number) if number else None)
        return was if plain_terms.share(was) == told else plain_terms.share_text(told)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, base in given.items():
            number = f"{name.removesuffix('-base')}-number"
            if name.endswith("-base") and base == FIXED and not given.get(number) and number not in self.errors:
                self.add_error(number, _("请写数额。"))
        return given

    @property
    def main_fields(self) -> list[BoundField]:
        return [self[name] for name in self.main]

    @property
    def more_fields(self) -> list[BoundField]:
        return [self[name] for name in self.more]

    @property
    def more_open(self) -> bool:
        """Whether something stands in the fields that are folded away, or is wrong there."""
        return any(self[name].value() or name in self.errors for name in self.more)
