"""Roles: their titles and how far they reach."""

from django import forms
from django.utils.translation import gettext as _

from tuoshan.parties.models import Role


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Titles and reach; the key belongs to the permission table."""

    class Meta:
        model = Role
        fields = ["title_zh", "title_en", "reach"]
        widgets = {"reach": forms.RadioSelect}

    def clean_reach(self) -> str:
        reach = str(self.cleaned_data["reach"])
        if self.instance.key == "administrator" and reach != Role.Reach.ALL:
            raise forms.ValidationError(_("系统管理员要能看到全部工单。"))
        return reach
