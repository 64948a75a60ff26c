"""The fields of a rule row beside its conclusions: what it asks for, its results for other tables, clauses, reasons."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan.core.policy.words import plain_terms
from tuoshan.core.policy.words.plain_terms import ANY, BETWEEN, EXACTLY, IS, IS_NOT
from tuoshan.workbench.bookforms import BookForm, boxes, plain_number, select
from tuoshan.workbench.bookvocabulary import Choices, Vocabulary

CELL_SIGNS = {
    ANY: _lazy("不限"), EXACTLY: _lazy("正好"), "<=": _lazy("不超过"), "<": _lazy("少于"), ">=": _lazy("至少"),
    ">": _lazy("超过"), BETWEEN: _lazy("从…到…（都含）"),
}  # fmt: skip
DAY_SIGNS = {**CELL_SIGNS, EXACTLY: _lazy("正是"), "<=": _lazy("不晚于"), "<": _lazy("早于"), ">=": _lazy("自这天起"),
             ">": _lazy("晚于")}  # fmt: skip
CODES = {EXACTLY: "exactly", "<=": "most", "<": "under", ">=": "least", ">": "over", BETWEEN: "between"}
"""Signs as values of a field: what shows other fields may hold no `=`."""
SIGN_OF = {code: sign for sign, code in CODES.items()}


class RowForm(BookForm):
    """What a row asks for, cell by cell, what it gives to other tables, on which clauses it rests, and why."""

    def __init__(
        self, *args: Any, book: Vocabulary, columns: list[str], outputs: list[str], cells: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, book=book, **kwargs)
        self.columns, self.outputs, self.cells = columns, outputs, cells
        self.heads = [list(self._cell(name, cells.get(name, ""))) for name in columns]
        before = len(self.main)
        for name in outputs:
            self._output(name, cells.get(name, ""))
        self.given = self.main[before:]
        cited = [one.strip() for one in cells.get("clause", "").strip("[]").split(",") if one.strip()]
        unknown = [(one, one) for one in cited if one not in book.pack.clauses]
        self.put("clause", boxes(_("依据的条款"), [*book.clauses, *unknown]), cited)
        for name, label in (("because_zh", _("理由（中文）")), ("because_en", _("理由（英文）"))):
            self.put(name, forms.CharField(label=label, required=False), cells.get(name, ""))

    def _output(self, name: str, text: str) -> None:
        kind, _domain = self.book.domains.get(name, ("choice", None))
        label = self.book.called(name)
        if kind in ("date", "money", "number"):
            self.put_formula(f"g-{name}", label, "day" if kind == "date" else "sum", text)
            return
        self.put(f"g-{name}", select(label, self._also([("", _("没有写明")), *self.book.values_of(name)], text)), text)

    def _cell(self, name: str, text: str) -> Iterator[str]:
        kind = self.book.kind_of(name)
        choice = kind in ("choice", "yes_no")
        sign, values = plain_terms.cell(text, choice=choice)
        first, second = (*values, "", "")[:2]
        label = self.book.called(name)
        if kind == "yes_no":
            choices = [("", _("不限")), *self.book.values_of(name)]
            yield self.put(f"w-{name}", select(label, self._also(choices, text)), first)
            return
        if kind == "choice":
            known = self.book.values_of(name)
            fits = {one for one, _title in known}
            known += [(one, one) for one in values if one not in fits]
            yield self.put(f"w-{name}-sign", select(label, [("", _("不限")), (IS, _("是下列之一")), (IS_NOT, _(
                "不是下列任何一个"))]), sign)  # fmt: skip
            yield self.put(f"w-{name}-values", boxes(_("%(what)s：哪些") % {"what": label}, known), list(values),
                           when=f"w-{name}-sign={IS}|{IS_NOT}")  # fmt: skip
            return
        signs = DAY_SIGNS if kind == "date" else CELL_SIGNS
        choices = [(CODES.get(one, ANY), title) for one, title in signs.items()]
        yield self.put(f"w-{name}-sign", select(label, choices), CODES.get(sign, ANY))
        unit = "" if kind == "date" else self.book.unit_of(name)
        any_sign = "|".join(SIGN_OF)
        yield self.put(f"w-{name}-low", self._bound(kind, label), first, when=f"w-{name}-sign={any_sign}", unit=unit)
        yield self.put(f"w-{name}-high", self._bound(kind, _("%(what)s：到") % {"what": label}), second,
                       when=f"w-{name}-sign={CODES[BETWEEN]}", unit=unit)  # fmt: skip

    @staticmethod
    def _also(choices: Choices, text: str) -> Choices:
        text = text.strip()
        return choices if text in ("", "-") or text in dict(choices) else [*choices, (text, text)]

    @staticmethod
    def _bound(kind: str, label: str) -> forms.Field:
        if kind == "date":
            return forms.DateField(label=label, required=False,
                                   widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
        return plain_number(label)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in self.columns:
            sign = self._sign(name)
            for end in ("values",) if sign in (IS, IS_NOT) else ("low", "high") if sign == BETWEEN else (
                    ("low",) if sign else ()):  # fmt: skip
                if f"w-{name}-{end}" not in self.errors and not given.get(f"w-{name}-{end}"):
                    self.add_error(f"w-{name}-{end}", _("请写上值。"))
        return given

    def typed(self) -> dict[str, str]:
        """The cells by heading; what means the same as before keeps its writing."""
        found = {"because_zh": self.cleaned_data["because_zh"], "because_en": self.cleaned_data["because_en"]}
        cited = [one for one in self["clause"].initial if one in self.cleaned_data["clause"]]
        cited += [one for one in self.cleaned_data["clause"] if one not in cited]
        found["clause"] = ", ".join(cited)
        if cited == self["clause"].initial:
            found["clause"] = self.cells.get("clause", "")
        for name in self.columns:
            was = self.cells.get(name, "")
            now = self._cell_typed(name)
            choice = self.book.kind_of(name) in ("choice", "yes_no")
            same = _same(plain_terms.cell(was, choice=choice), plain_terms.cell(now, choice=choice))
            found[name] = was if same else now
        for name in self.outputs:
            was = self.cells.get(name, "")
            plain = f"g-{name}" in self.fields
            found[name] = self.cleaned_data[f"g-{name}"] if plain else self.formula_typed(f"g-{name}", was)
        return found

    def _sign(self, name: str) -> str:
        code = str(self.cleaned_data.get(f"w-{name}-sign", ANY))
        return SIGN_OF.get(code, code)

    def _cell_typed(self, name: str) -> str:
        given = self.cleaned_data
        if f"w-{name}" in given:
            return str(given[f"w-{name}"])
        sign = self._sign(name)
        if sign in (IS, IS_NOT):
            return plain_terms.cell_text(sign, tuple(given[f"w-{name}-values"]))
        ends = ("low", "high") if sign == BETWEEN else ("low",)
        return plain_terms.cell_text(sign, tuple(str(given.get(f"w-{name}-{end}") or "") for end in ends))

    @property
    def conditions(self) -> list[list[BoundField]]:
        return [[self[one] for one in names] for names in self.heads]

    @property
    def clause(self) -> BoundField:
        return self["clause"]

    @property
    def gives(self) -> list[BoundField]:
        return [self[name] for name in self.given]

    @property
    def reasons(self) -> list[BoundField]:
        return [self["because_zh"], self["because_en"]]


def _same(one: tuple[str, tuple[str, ...]], other: tuple[str, tuple[str, ...]]) -> bool:
    return one[0] == other[0] and (
        sorted(one[1]) == sorted(other[1]) if one[0] in (IS, IS_NOT) else one[1] == other[1]
    )
