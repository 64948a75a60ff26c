"""The conclusions of a rule row in fields: each verb has its parts, and each kind of part its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tuoshan.cases.forms import words
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.editing import finding_editing as editing
from tuoshan.core.policy.editing.finding_editing import BESIDE, BOUNDS, Conclusion, Part, PartKind, Reckoned
from tuoshan.core.policy.pack import BEARERS, NEEDS, REMEDIES
from tuoshan.core.policy.reading.finding_reading import TIME_UNITS
from tuoshan.core.policy.words.costs_told import SUBJECTS
from tuoshan.rulings.reading_aloud import PERIODS
from tuoshan.workbench.bookforms import BookForm, boxes, select
from tuoshan.workbench.bookvocabulary import Choices, Vocabulary

ALL = "all"
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


def label_of(verb: str, part: str) -> str:
    return str(OWN_LABELS.get((verb, part), LABELS.get(part, part)))


class ConclusionForm(BookForm):
    """One thing that a row finds. `known` is what it was; `conclusion` what was made of it."""

    def __init__(self, *args: Any, known: Conclusion, book: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        self.known = known
        self.places = [
            (Place(part, part or "own", label_of(known.verb, part), known.parts.get(part)), _kind(part, kind))
            for part, kind in editing.PARTS[known.verb].items()
        ]
        for place, kind in self.places:
            kind.put(self, place)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and not any(_says_more(self.known.verb, name) for name in self.parts()):
            self.add_error(self.main[0], _("请至少填一项。"))
        return given

    def parts(self) -> dict[str, Part]:
        """What was typed, by part; nothing of those that say nothing."""
        found = {place.part: kind.typed(self, place) for place, kind in self.places}
        return {part: value for part, value in found.items() if value and editing.says(value)}

    @property
    def title(self) -> str:
        return str(VERBS[self.known.verb])


def _says_more(verb: str, part: str) -> bool:
    """Whether a conclusion says anything by this part: which sum or cost it is says nothing of it yet."""
    return (part not in BESIDE and part not in ("what", "for", "who", "from")) or verb == "for"


# -- kinds of parts: the fields of each, and what was typed in them ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a conclusion: the name of its field, what that is called, and what it was."""

    part: str
    name: str
    label: str
    was: Part | None


class Kind(Protocol):
    """A kind of part: it puts its fields into the form, and says what was typed there."""

    def put(self, form: ConclusionForm, place: Place) -> None: ...

    def typed(self, form: ConclusionForm, place: Place) -> Part | None: ...


@dataclass(frozen=True, slots=True)
class Several:
    """Several of a list, in the order that was; `everything`: all of them may be meant as well."""

    titles: Mapping[str, Wording]
    everything: bool = False

    def put(self, form: ConclusionForm, place: Place) -> None:
        chosen = cast(tuple[str, ...], place.was or ())
        choices = _titled(self.titles, *chosen)
        if self.everything:
            choices = [(ALL, _("全部要求")), *(one for one in choices if one[0] != ALL)]
        more = place.part == "for" or (place.part == "needs" and form.known.verb != "for")
        form.put(place.name, boxes(place.label, choices, needed=place.part == ""), list(chosen), more=more)

    def typed(self, form: ConclusionForm, place: Place) -> Part | None:
        chosen = form.cleaned_data[place.name]
        kept = [one for one in cast(tuple[str, ...], place.was or ()) if one in chosen]
        return (*kept, *(one for one in chosen if one not in kept))


class InWords:
    """Words in both languages."""

    def put(self, form: ConclusionForm, place: Place) -> None:
        zh, en = cast(tuple[str, str], place.was or ("", ""))
        for language, told, value in (("zh", _("%(what)s（中文）"), zh), ("en", _("%(what)s（英文）"), en)):
            field = forms.CharField(label=told % {"what": place.label}, required=False)
            form.put(f"{place.name}-{language}", field, value)

    def typed(self, form: ConclusionForm, place: Place) -> Part | None:
        given = form.cleaned_data
        return given[f"{place.name}-zh"].strip(), given[f"{place.name}-en"].strip()


class Length:
    """A number and its unit of time; `1 day` stays as it was written."""

    def put(self, form: ConclusionForm, place: Place) -> None:
        count, _space, unit = cast(str, place.was or "").rpartition(" ")
        units = [(one, str(UNITS[one])) for one in TIME_UNITS]
        form.put(f"{place.name}-count", forms.IntegerField(label=place.label, min_value=0, required=False), count)
        form.put(f"{place.name}-unit", select(_("单位"), units), unit if unit in UNITS or not unit else f"{unit}s")

    def typed(self, form: ConclusionForm, place: Place) -> Part | None:
        count, unit = (form.cleaned_data[f"{place.name}-{one}"] for one in ("count", "unit"))
        told = "" if count is None else f"{count} {unit}"
        return place.was if place.was in (told, told.removesuffix("s")) else told


class One:
    """One of a list: who bears it, who does it, of what a period is, which day."""

    def put(self, form: ConclusionForm, place: Place) -> None:
        form.put(place.name, select(place.label, self.choices(form, place)), place.was)

    def choices(self, form: ConclusionForm, place: Place) -> Choices:
        was = cast(str, place.was or "")
        if form.known.verb == "stated":
            return form.book.clauses
        if place.part in ("who", "from"):
            return _titled(BEARERS, was)
        if form.known.verb == "period":
            return [(name, words(title).rstrip(":")) for name, title in PERIODS.items()]
        return _titled(SUBJECTS, was)

    def typed(self, form: ConclusionForm, place: Place) -> Part | None:
        chosen = form.cleaned_data[place.name]
        implied = form.known.verb == "period" and place.was is None and chosen == GUARANTEE
        return None if implied else cast(Part, chosen)


class Bearer(One):
    def choices(self, form: ConclusionForm, place: Place) -> Choices:
        return [("", _("没有规定")), *_titled(BEARERS, cast(str, place.was or ""))]


class BareDay(One):
    def choices(self, form: ConclusionForm, place: Place) -> Choices:
        return [("", _("没有写明")), *form.book.days]


class YesNo(One):
    def put(self, form: ConclusionForm, place: Place) -> None:
        form.put(place.name, forms.BooleanField(label=place.label, required=False), place.was)


@dataclass(frozen=True, slots=True)
class Formula:
    """A sum or a day by what it is reckoned from, with its bounds."""

    kind: str

    def put(self, form: ConclusionForm, place: Place) -> None:
        was, name = cast(Reckoned, place.was or Reckoned()), place.name
        form.put_formula(name, place.label, self.kind, was.of)
        for bound in BOUNDS:
            if (self.kind == "sum" and name != "at_most") or getattr(was, bound):
                told = _("%(what)s%(bound)s") % {"what": place.label, "bound": LABELS[bound]} if (
                    self.kind == "sum") else str(BOUNDS_OF_DAYS[bound])  # fmt: skip
                form.put_formula(f"{name}-{bound}", told, self.kind, getattr(was, bound), more=True)

    def typed(self, form: ConclusionForm, place: Place) -> Part | None:
        was, name = cast(Reckoned, place.was or Reckoned()), place.name
        bounds = [form.formula_typed(f"{name}-{bound}", getattr(was, bound)) for bound in BOUNDS]
        return Reckoned(form.formula_typed(name, was.of), *bounds)


def _titled(titles: Mapping[str, Wording], *also: str) -> Choices:
    more = [(name, name) for name in also if name and name not in titles]
    return [*((name, words(title)) for name, title in titles.items()), *more]


KINDS: Mapping[PartKind, Kind] = {
    "remedies": Several(REMEDIES), "everything": Several(REMEDIES, everything=True), "needs": Several(NEEDS),
    "words": InWords(), "length": Length(), "bearer": Bearer(), "name": One(), "yes": YesNo(), "sum": Formula("sum"),
    "day": Formula("day"),
}  # fmt: skip


def _kind(part: str, kind: PartKind) -> Kind:
    return BareDay() if kind == "day" and part in editing.BARE_DAYS else KINDS[kind]
