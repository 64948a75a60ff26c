"""The fields of a rule row: what it asks for, what it gives, in the words of the book."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan.cases.forms import words
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy import finding_editing as editing
from tuoshan.core.policy import plain_terms
from tuoshan.core.policy.costs_told import SUBJECTS
from tuoshan.core.policy.finding_editing import BESIDE, BOUNDS, Conclusion, Part, PartKind, Reckoned
from tuoshan.core.policy.finding_reading import TIME_UNITS
from tuoshan.core.policy.pack import BEARERS, NEEDS, REMEDIES
from tuoshan.core.policy.plain_terms import AS_IT_IS, IS, IS_NOT, KNOWN, UNKNOWN, Share
from tuoshan.rulings.reading_aloud import PERIODS
from tuoshan.workbench.bookvocabulary import Choices, Vocabulary

FIXED, ALL = "fixed", "all"
GUARANTEE = "guarantee"
"""What a period is that says no other thing."""
VERBS = {
    "right": _lazy("给处理方案"), "floor": _lazy("处理方案至少如此"), "no_right": _lazy("不支持"),
    "bars": _lazy("不支持，其他规定也不支持"), "outside": _lazy("本规定不涉及"),
    "governs": _lazy("由本规定决定，不另依消法第24条"), "extra": _lazy("另付一笔"), "deduct": _lazy("扣减一笔"),
    "freight": _lazy("谁承担运费"), "risk": _lazy("谁承担途中风险"), "pays": _lazy("谁承担费用"),
    "deadline": _lazy("谁在多久内做什么"), "proof": _lazy("谁举证"), "limit": _lazy("上限"),
    "period": _lazy("期间"), "for": _lazy("处理方案须满足的条件"), "duty": _lazy("须告知"),
    "note": _lazy("给内部的说明"), "stated": _lazy("列明而不适用"),
}  # fmt: skip
"""What a conclusion is called where one is added; the most used first."""
LABELS = {
    "": _lazy("哪种方案"), "amount": _lazy("金额"), "fee": _lazy("收费"), "until": _lazy("期限至"),
    "needs": _lazy("须满足的条件"), "after": _lazy("过了哪一天"), "what": _lazy("哪一项"), "of": _lazy("金额"),
    "at_least": _lazy("最少"), "at_most": _lazy("最多"), "out": _lazy("发出由谁承担"),
    "back": _lazy("退回由谁承担"), "for": _lazy("只对这些方案"), "from": _lazy("从哪一天起算"),
    "within": _lazy("多久内"), "who": _lazy("由谁"),
    "counted_from": _lazy("从哪一天起算"), "silent": _lazy("不做会怎样"), "starts": _lazy("自"), "ends": _lazy("至"),
    "restarts": _lazy("换货后重新起算"), "by": _lazy("由谁承担"),
}  # fmt: skip
OWN_LABELS = {
    ("proof", "from"): _lazy("由谁"), ("proof", "what"): _lazy("举什么证"), ("deadline", "what"): _lazy("做什么"),
    ("duty", ""): _lazy("告知什么"), ("note", ""): _lazy("说明"), ("stated", ""): _lazy("条款"),
    ("limit", "at_most"): _lazy("最多"),
}  # fmt: skip
BOUNDS_OF_DAYS = {"at_least": _lazy("不早于"), "at_most": _lazy("不晚于")}
UNITS = {
    "minutes": _lazy("分钟"), "hours": _lazy("小时"), "days": _lazy("天"), "working_days": _lazy("个工作日"),
    "law_days": _lazy("天（末日遇节假日顺延）"), "months": _lazy("个月"),
}  # fmt: skip
SIGNS = {
    IS: _lazy("是"), IS_NOT: _lazy("不是"), "<=": _lazy("不超过"), "<": _lazy("少于"), ">=": _lazy("至少"),
    ">": _lazy("超过"), "==": _lazy("等于"), "!=": _lazy("不等于"), KNOWN: _lazy("已知"), UNKNOWN: _lazy("尚不知道"),
}  # fmt: skip


def label_of(verb: str, part: str) -> str:
    return str(OWN_LABELS.get((verb, part), LABELS.get(part, part)))


def _titled(titles: Mapping[str, Wording], *also: str) -> Choices:
    more = [(name, name) for name in also if name and name not in titles]
    return [*((name, words(title)) for name, title in titles.items()), *more]


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


class ConclusionForm(BookForm):
    """One thing that a row finds. `known` is what it was; `conclusion` what was made of it."""

    def __init__(self, *args: Any, known: Conclusion, book: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        self.known = known
        for part, kind in editing.PARTS[known.verb].items():
            self._add(part, kind, known.parts.get(part))

    # -- fields ------------------------------------------------------------------------------------------------
    def _add(self, part: str, kind: PartKind, was: Part | None) -> None:
        label, name = label_of(self.known.verb, part), part or "own"
        if kind in ("remedies", "everything"):
            choices = _titled(REMEDIES, *cast(tuple[str, ...], was or ()))
            if kind == "everything":
                choices = [(ALL, _("全部要求")), *(one for one in choices if one[0] != ALL)]
            self.put(name, boxes(label, choices, needed=part == ""), list(cast(tuple[str, ...], was or ())),
                      more=part == "for")  # fmt: skip
        elif kind == "needs":
            chosen = cast(tuple[str, ...], was or ())
            self.put(name, boxes(label, _titled(NEEDS, *chosen)), list(chosen), more=self.known.verb != "for")
        elif kind == "words":
            zh, en = cast(tuple[str, str], was or ("", ""))
            for language, value in (("zh", zh), ("en", en)):
                told = _("%(what)s（中文）") if language == "zh" else _("%(what)s（英文）")
                self.put(f"{name}-{language}", forms.CharField(label=told % {"what": label}, required=False), value)
        elif kind == "length":
            count, _space, unit = cast(str, was or "").rpartition(" ")
            units = [(one, str(UNITS[one])) for one in TIME_UNITS]
            self.put(f"{name}-count", forms.IntegerField(label=label, min_value=0, required=False), count)
            self.put(f"{name}-unit", select(_("单位"), units), unit if unit in UNITS or not unit else f"{unit}s")
        elif kind == "bearer":
            self.put(name, select(label, [("", _("没有规定")), *_titled(BEARERS, cast(str, was or ""))]), was)
        elif kind == "name":
            self.put(name, select(label, self._names(part, cast(str, was or ""))), was)
        elif kind == "yes":
            self.put(name, forms.BooleanField(label=label, required=False), was)
        elif part in editing.BARE_DAYS:
            self.put(name, select(label, [("", _("没有写明")), *self.book.days]), was)
        else:
            self._reckoned(name, label, kind, cast(Reckoned, was or Reckoned()))

    def _names(self, part: str, was: str) -> Choices:
        if self.known.verb == "stated":
            return self.book.clauses
        if part in ("who", "from"):
            return _titled(BEARERS, was)
        if self.known.verb == "period":
            return [(name, words(title).rstrip(":")) for name, title in PERIODS.items()]
        return _titled(SUBJECTS, was)

    def _reckoned(self, name: str, label: str, kind: PartKind, was: Reckoned) -> None:
        self.put_formula(name, label, kind, was.of)
        for bound in BOUNDS:
            if (kind == "sum" and name != "at_most") or getattr(was, bound):
                term = LABELS[bound] if kind == "sum" else BOUNDS_OF_DAYS[bound]
                told = _("%(what)s%(bound)s") % {"what": label, "bound": term} if kind == "sum" else str(term)
                self.put_formula(f"{name}-{bound}", told, kind, getattr(was, bound), more=True)

    # -- what was typed ----------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and not any(_says_more(self.known.verb, name) for name in self.parts()):
            self.add_error(self.main[0], _("请至少填一项。"))
        return given

    def parts(self) -> dict[str, Part]:
        found: dict[str, Part] = {}
        for part, kind in editing.PARTS[self.known.verb].items():
            value = self._typed(part, part or "own", kind)
            if value and editing.says(value):
                found[part] = value
        return found

    def _typed(self, part: str, name: str, kind: PartKind) -> Part | None:
        given, was = self.cleaned_data, self.known.parts.get(part)
        if kind in ("remedies", "everything", "needs"):
            chosen = given[name]
            kept = [one for one in cast(tuple[str, ...], was or ()) if one in chosen]  # in the order that was
            return (*kept, *(one for one in chosen if one not in kept))
        if kind == "words":
            return given[f"{name}-zh"].strip(), given[f"{name}-en"].strip()
        if kind == "length":
            count, unit = given[f"{name}-count"], given[f"{name}-unit"]
            told = "" if count is None else f"{count} {unit}"
            return was if was in (told, told.removesuffix("s")) else told
        if kind in ("sum", "day") and part not in editing.BARE_DAYS:
            before = cast(Reckoned, was or Reckoned())
            return Reckoned(*(self.formula_typed(one, getattr(before, bound)) for one, bound in (
                (name, "of"), *((f"{name}-{bound}", bound) for bound in BOUNDS))))  # fmt: skip
        implied = self.known.verb == "period" and was is None and given[name] == GUARANTEE
        return None if implied else cast(Part, given[name])

    # -- for the template ----------------------------------------------------------------------------------------
    @property
    def title(self) -> str:
        return str(VERBS[self.known.verb])


def _says_more(verb: str, part: str) -> bool:
    """Whether a conclusion says anything by this part: which sum or cost it is says nothing of it yet."""
    return (part not in BESIDE and part not in ("what", "for", "who", "from")) or verb == "for"


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
