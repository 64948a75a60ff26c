"""The conditions of a conclusion in fields: a fact, how it is compared, and with what."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan.core.policy.words import plain_terms
from tuoshan.core.policy.words.plain_terms import IS, IS_NOT, KNOWN, UNKNOWN
from tuoshan.workbench.bookforms import boxes, plain_number, select
from tuoshan.workbench.bookvocabulary import Vocabulary

SIGNS = {
    IS: _lazy("是"), IS_NOT: _lazy("不是"), "<=": _lazy("不超过"), "<": _lazy("少于"), ">=": _lazy("至少"),
    ">": _lazy("超过"), "==": _lazy("等于"), "!=": _lazy("不等于"), KNOWN: _lazy("已知"), UNKNOWN: _lazy("尚不知道"),
}  # fmt: skip


class TestForm(forms.Form):
    """One condition: a fact, how it is compared, and with what; `known` where it is not to be had in fields."""

    __test__ = False

    def __init__(self, *args: Any, known: plain_terms.Condition, book: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.book = known, book
        self.fits = known.name in book.domains
        if not self.fits:
            return
        kind = book.kind_of(known.name)
        if kind in ("choice", "yes_no"):
            signs = (IS,) if kind == "yes_no" else (IS, IS_NOT)
            self._sign([*signs, *((known.sign,) if known.sign not in signs and known.sign else ())])
            values = book.values_of(known.name)
            if kind == "yes_no":
                self.fields["values"] = select(_("值"), values)
                self.fields["values"].initial = known.values[0] if known.values else "yes"
            else:
                self.fields["values"] = boxes(_("值"), values)
                self.fields["values"].initial = list(known.values)
        else:
            self._sign([*plain_terms.ORDERED, *((known.sign,) if known.sign in (KNOWN, UNKNOWN) else ())])
            self.fields["values"] = plain_number(_("值"))
            self.fields["values"].initial = known.values[0] if known.values else ""
            self.fields["values"].unit = book.unit_of(known.name)  # type: ignore[attr-defined]

    def _sign(self, signs: list[str]) -> None:
        self.fields["sign"] = select(_("比较"), [(one, SIGNS[one]) for one in signs], needed=True)
        self.fields["sign"].initial = self.known.sign or signs[0]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.fits and given.get("sign") not in (KNOWN, UNKNOWN) and not given.get("values"):
            self.add_error("values", _("请写上值。"))
        return given

    def condition(self) -> plain_terms.Condition:
        if not self.fits:
            return self.known
        sign, values = self.cleaned_data["sign"], self.cleaned_data["values"]
        told = () if sign in (KNOWN, UNKNOWN) else tuple(values) if isinstance(values, list) else (str(values),)
        same = sign == self.known.sign and sorted(told) == sorted(self.known.values)
        return self.known if same else plain_terms.condition(self.known.name, sign, told)

    @property
    def label(self) -> str:
        return self.book.called(self.known.name)

    @property
    def said(self) -> str:
        """In words, where it has no fields."""
        return self.book.condition(self.known.text)
