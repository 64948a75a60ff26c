"""Org units: the tree of the company."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.office.settings.people import UnitChoice
from tuoshan.parties.models import OrgUnit


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """One unit; a new parent moves it with everything below it."""

    parent = UnitChoice(
        label=gettext_lazy("上级"), queryset=OrgUnit.objects.all(), required=False,
        empty_label=gettext_lazy("（最上级）"), help_text=gettext_lazy("改上级会带着全部下级一起移动"),
    )  # fmt: skip

    class Meta:
        model = OrgUnit
        fields = ["code", "name_zh", "name_en", "kind", "department", "parent", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            field = self.fields["parent"]
            assert isinstance(field, UnitChoice)
            field.queryset = OrgUnit.objects.exclude(path__startswith=self.instance.path)

    def clean_parent(self) -> Any:
        parent = self.cleaned_data["parent"]
        if parent is None:
            roots = OrgUnit.objects.filter(parent__isnull=True).exclude(pk=self.instance.pk)
            if roots.exists():
                raise forms.ValidationError(_("最上级只有公司一个，请选一个上级。"))
        return parent

    def clean_is_active(self) -> bool:
        is_active = bool(self.cleaned_data["is_active"])
        if not is_active and self.instance.pk:
            people = self.instance.persons.filter(is_active=True).count()
            if people:
                raise forms.ValidationError(_("这里还有 %(number)d 位在职人员，先把他们调走。") % {"number": people})
            if self.instance.children.filter(is_active=True).exists():
                raise forms.ValidationError(_("还有启用的下级，先停用或移走它们。"))
        return is_active


def in_tree_order(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda unit: unit.path.split("/"))
