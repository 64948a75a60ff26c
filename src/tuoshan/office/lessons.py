"""Improvements as lists: which of them somebody sees, and who may move them on."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import DateField, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan import punctuation
from tuoshan.cases import queries
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.reports import improving
from tuoshan.parties import reach
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import allowed
from tuoshan.quality import lessons as quality
from tuoshan.quality.models import Lesson

MOST_CASES = 200
MOST_TITLE = 40
FILTERS = (
    ("unfinished", gettext_lazy("未完成")),
    ("mine", gettext_lazy("我负责的")),
    ("late", gettext_lazy("已过期")),
    ("unchecked", gettext_lazy("待验证效果")),
    ("done", gettext_lazy("已完成")),
    ("all", gettext_lazy("全部")),
)
REFUSED = {
    "no_reason": gettext_lazy("不再进行时，请写明原因。"),
    "not_done": gettext_lazy("完成之后才能验证效果。"),
    "no_cases": gettext_lazy("请至少选一件工单。"),
}


class LessonForm(forms.Form):
    """A new improvement, made by hand from cases."""

    what = forms.CharField(
        label=gettext_lazy("改进措施"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3, "data-first": ""})
    )
    reason = forms.CharField(
        label=gettext_lazy("判断依据"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(label=gettext_lazy("措施类型"), choices=Lesson.Kind.choices, initial=Lesson.Kind.PROCESS)
    owner = forms.ModelChoiceField(label=gettext_lazy("负责人"), queryset=Person.objects.none())
    due_on = forms.DateField(
        label=gettext_lazy("应完成日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    cases = forms.CharField(
        label=gettext_lazy("来自哪些工单"),
        help_text=gettext_lazy("工单编号，一行一个，或用空格、逗号分开"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        owner: Any = self.fields["owner"]
        owner.queryset = Person.objects.filter(is_active=True, roles__reads_only=False).distinct()
        owner.empty_label = _("请选择")

    def clean_cases(self) -> list[int]:
        """The ids of the named cases. Refuses numbers that the reader cannot see, naming them."""
        text = str(self.cleaned_data["cases"])
        for sign in ",，、;；":
            text = text.replace(sign, " ")
        numbers = list(dict.fromkeys(text.split()))[:MOST_CASES]
        found = dict(queries.reachable(self.viewer).filter(number__in=numbers).values_list("number", "id"))
        missing = [number for number in numbers if number not in found]
        if missing:
            raise forms.ValidationError(not_found(missing))
        return [found[number] for number in numbers]


class LinkForm(forms.Form):
    """One improvement that is not finished yet, to which more cases belong."""

    lesson = forms.ModelChoiceField(label=gettext_lazy("归入哪项整改"), queryset=Lesson.objects.none())

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lesson"]
        open_ones = within(viewer).filter(status__in=quality.OPEN).order_by().values("pk")
        field.queryset = Lesson.objects.filter(pk__in=open_ones).order_by("due_on", "pk")
        field.empty_label = _("请选择")
        owners = {pk: str(person) for pk, person in Person.objects.in_bulk().items()}
        field.label_from_instance = lambda one: punctuation.in_brackets(
            Truncator(one.what).chars(MOST_TITLE), punctuation.listed(_who_and_when(one, owners))
        )


def _who_and_when(lesson: Lesson, owners: dict[Any, str]) -> list[str]:
    due = lesson.due_on.isoformat() if lesson.due_on else ""
    return [part for part in (owners.get(lesson.owner_id, ""), due) if part]


def within(viewer: Any) -> Any:
    """The lessons that the viewer sees: those of cases within reach, their own, and all where all cases are seen."""
    found = quality.listing()
    if reach.reach(viewer).everything:
        return found
    cases = queries.reachable(viewer).order_by().values("id")
    linked = Lesson.objects.filter(links__case_id__in=cases).values("pk")
    return found.filter(pk__in=linked) | found.filter(owner_id=viewer.pk) | found.filter(created_by_id=viewer.pk)


def chosen(viewer: Any, name: str, today: date, asked: Conditions | None = None) -> Any:
    """The lessons of a list of `FILTERS`, narrowed to what a report's number counts where it is asked for one. Raises
    Http404 for another name.
    """
    found = improving.narrowed(within(viewer), viewer, name, asked or Conditions())
    match name:
        case "unfinished":
            return found.filter(status__in=quality.OPEN)
        case "mine":
            return found.filter(owner_id=viewer.pk, status__in=quality.OPEN)
        case "late":
            return found.filter(status__in=quality.OPEN, due_on__lt=today)
        case "unchecked":
            return found.filter(status=Lesson.Status.DONE, effect=Lesson.Effect.UNKNOWN)
        case improving.DONE:
            return found.filter(status=Lesson.Status.DONE)
        case improving.ALL:
            return found
    raise Http404


def in_columns(found: Any) -> Any:
    """Lessons of a list in the same order by columns that are never empty, as a cursor needs them."""
    known = Lesson.objects.filter(pk__in=found.order_by().values("pk"))
    never = Value(date.max, output_field=DateField())
    return known.annotate(due_or_never=Coalesce("due_on", never)).order_by("due_or_never", "id")


def may_progress(viewer: Any, lesson: Lesson) -> bool:
    """Its owner and those who lead."""
    return lesson.owner_id == viewer.pk or allowed(viewer, "workbench.lesson_check")


def not_found(missing: list[str]) -> str:
    """Which of the named cases are not there, or not within reach."""
    return _("没有找到工单：%(numbers)s") % {"numbers": punctuation.listed(missing[:5])}
