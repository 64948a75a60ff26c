"""What cases are about, why things went wrong, and the reasons that the survey offers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.care.models import SurveyReason
from tuoshan.cases import library
from tuoshan.cases.forms import words
from tuoshan.catalog.models import Category
from tuoshan.quality.models import Cause
from tuoshan.workbench.configuring.listing import Area, Cell, area_views, on_off


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

    class Meta:
        model = Category
        fields = ["code", "parent", "name_zh", "name_en", "position", "playbooks", "is_active"]

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


def _tree_cells(row: Any) -> list[Cell]:
    return [
        Cell(row.name, depth=1 if row.parent_id else 0), Cell(row.name_en), Cell(row.code), on_off(row.is_active),
    ]  # fmt: skip


CATEGORIES = Area(
    "categories", "categories", "category", Category, CategoryForm,
    (gettext_lazy("名称"), gettext_lazy("英文名称"), gettext_lazy("代码"), gettext_lazy("状态")), _tree_cells,
    ("name_zh", "name_en", "code", "parent__name_zh"), tuple(CategoryForm.Meta.fields), order=("position", "code"),
    intro=gettext_lazy("停用的分类不再能选，已有的工单照旧显示。"), make="category_make",
    make_text=gettext_lazy("新建分类"), arrange=two_levels, related=("parent",),
)  # fmt: skip
CAUSES = Area(
    "causes", "causes", "cause", Cause, CauseForm,
    (gettext_lazy("名称"), gettext_lazy("英文名称"), gettext_lazy("代码"), gettext_lazy("状态")), _tree_cells,
    ("name_zh", "name_en", "code", "parent__name_zh"), tuple(CauseForm.Meta.fields), order=("position", "code"),
    intro=gettext_lazy("部门调查和结案报告从这里选原因，统计报表按它归集。"), make="cause_make",
    make_text=gettext_lazy("新建原因"), arrange=two_levels, related=("parent",),
)  # fmt: skip
REASONS = Area(
    "reasons", "reasons", "reason", SurveyReason, ReasonForm,
    (gettext_lazy("中文"), gettext_lazy("英文"), gettext_lazy("代码"), gettext_lazy("状态")),
    lambda row: [Cell(row.title_zh), Cell(row.title_en), Cell(row.key), on_off(row.is_active)],
    ("title_zh", "title_en", "key"), tuple(ReasonForm.Meta.fields), order=("position", "key"),
    intro=gettext_lazy("客户打分后可以勾选的原因；停用的不再出现，已有的评价不变。"), make="reason_make",
    make_text=gettext_lazy("新建评价原因"),
)  # fmt: skip

urlpatterns: list[URLPattern] = [*area_views(CATEGORIES), *area_views(CAUSES), *area_views(REASONS)]
