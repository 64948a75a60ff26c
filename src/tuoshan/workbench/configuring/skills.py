"""Skills: who is good at what, which assignment asks for."""

from django.urls import URLPattern
from django.utils.translation import gettext_lazy

from tuoshan.office.settings.products import IN_USE, shown
from tuoshan.office.settings.skills import SkillForm
from tuoshan.parties.models import Skill
from tuoshan.workbench.configuring.listing import Area, Cell, area_views, on_off


def _cells(skill: Skill) -> list[Cell]:
    return [
        Cell(skill.person.display_name), Cell(skill.category.full_name), Cell(str(skill.get_level_display())),
        on_off(skill.is_active),
    ]  # fmt: skip


SKILLS = Area(
    "skills", "skills", "skill", Skill, SkillForm,
    (gettext_lazy("姓名"), gettext_lazy("分类"), gettext_lazy("熟练度"), gettext_lazy("状态")), _cells,
    (
        "person__display_name", "person__username", "category__name_zh", "category__name_en",
        "category__parent__name_zh", "category__parent__name_en",
    ),
    tuple(SkillForm.Meta.fields), order=("person__display_name", "person_id", "category__position", "pk"),
    intro=gettext_lazy("派单时优先派给擅长这个分类的人；技能跟着分类叫，改名请改分类。"), make="skill_make",
    make_text=gettext_lazy("登记技能"), filters=shown, choices=IN_USE, related=("person", "category__parent"),
)  # fmt: skip

urlpatterns: list[URLPattern] = area_views(SKILLS)
