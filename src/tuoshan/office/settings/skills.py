"""Skills: who is good at what, which assignment asks for."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.catalog.models import Category
from tuoshan.office.settings.categories import CategoryChoice, in_tree
from tuoshan.parties.models import Person, Skill


class SkillForm(forms.ModelForm):  # type: ignore[type-arg]
    """One skill of one person. Who and what it is about stays: another is another skill."""

    category = CategoryChoice(label=gettext_lazy("分类"), queryset=Category.objects.none())

    class Meta:
        model = Skill
        fields = ["person", "category", "level", "is_active"]
        error_messages = {
            NON_FIELD_ERRORS: {"unique_together": gettext_lazy("这个人已经登记了这项技能；停用的可以重新启用。")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person, category = self.fields["person"], self.fields["category"]
        assert isinstance(person, forms.ModelChoiceField) and isinstance(category, CategoryChoice)
        self.fields["is_active"].help_text = _("停用后派单不再考虑，随时可以重新启用")
        if self.instance.pk:
            person.queryset = Person.objects.filter(pk=self.instance.person_id)
            category.queryset = Category.objects.filter(pk=self.instance.category_id)
            person.disabled = category.disabled = True
        else:
            person.queryset = Person.objects.filter(is_active=True).order_by("display_name", "pk")
            category.queryset = in_tree(Category.objects.filter(is_active=True))
