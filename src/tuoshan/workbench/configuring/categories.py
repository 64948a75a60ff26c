"""What cases are about, why things went wrong, and the reasons that the survey offers."""

from typing import Any

from django.urls import URLPattern
from django.utils.translation import gettext_lazy

from tuoshan.care.models import SurveyReason
from tuoshan.catalog.models import Category
from tuoshan.office.settings.categories import CategoryForm, CauseForm, ReasonForm, two_levels
from tuoshan.quality.models import Cause
from tuoshan.workbench.configuring.listing import Area, Cell, area_views, on_off


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
    lambda row: [Cell(row.title_zh, is_chinese=True), Cell(row.title_en), Cell(row.key), on_off(row.is_active)],
    ("title_zh", "title_en", "key"), tuple(ReasonForm.Meta.fields), order=("position", "key"),
    intro=gettext_lazy("客户打分后可以勾选的原因；停用的不再出现，已有的评价不变。"), make="reason_make",
    make_text=gettext_lazy("新建评价原因"),
)  # fmt: skip

urlpatterns: list[URLPattern] = [*area_views(CATEGORIES), *area_views(CAUSES), *area_views(REASONS)]
