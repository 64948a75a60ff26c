"""What cases are about, why things went wrong, and the reasons that the survey offers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.care.models import SurveyReason
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.catalog.models import Category
from tuoshan.office.settings.meanings import MeaningField
from tuoshan.quality.models import Cause


class TreeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of a list in two levels: only first-level rows are offered as parents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ModelChoiceField)
        parent.queryset = self._meta.model._default_manager.filter(parent__isnull=True).exclude(pk=self.instance.pk)
        parent.label_from_instance = _name_of  # type: ignore[method-assign]
        parent.empty_label = _("（第一级）")
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.fields["code"].help_text = _("代码写进了已有的工单，不能改")


def _name_of(obj: Any) -> str:
    return str(obj.name)


class CategoryForm(TreeForm):
    """One category, for all playbooks or for some."""

    playbooks = forms.MultipleChoiceField(
        label=gettext_lazy("适用流程"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选表示适用于所有流程"),
    )  # fmt: skip
    problem = MeaningField("problem", label=gettext_lazy("规则包里的问题"))

    class Meta:
        model = Category
        fields = ["code", "parent", "name_zh", "name_en", "position", "playbooks", "problem", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["playbooks"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, words(book.title)) for key, book in library.everything().items()]


class CauseForm(TreeForm):
    """One cause."""

    class Meta:
        model = Cause
        fields = ["code", "parent", "name_zh", "name_en", "position", "is_active"]


class ReasonForm(forms.ModelForm):  # type: ignore[type-arg]
    """One reason of the survey."""

    class Meta:
        model = SurveyReason
        fields = ["key", "title_zh", "title_en", "position", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True


class CategoryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A category with the one above it."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


def in_tree(rows: "QuerySet[Category]") -> "QuerySet[Category]":
    """Each category below the one that it belongs to."""
    return rows.select_related("parent").order_by(
        Coalesce("parent__position", "position"), Coalesce("parent_id", "id"), F("parent_id").asc(nulls_first=True),
        "position", "id",
    )  # fmt: skip


def two_levels(rows: Iterable[Any]) -> list[Any]:
    """Each first-level row followed by those below it, in their order."""
    known = list(rows)
    below: dict[int | None, list[Any]] = {}
    for row in known:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Any] = []
    for top in below.get(None, []):
        found += [top, *below.pop(top.pk, [])]
    return found
