"""People's accounts: what may be changed in them, and what stands against closing one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuoshan.parties.models import OrgUnit, Person

NEW_LINK_DAYS = 7
LEVELS = ((1, gettext_lazy("会处理")), (2, gettext_lazy("熟练")), (3, gettext_lazy("专家")))


def indented(unit: OrgUnit) -> str:
    """A unit's name with its place in the tree."""
    return "　" * (unit.path.count("/") - 1) + unit.name


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit out of the tree."""

    def label_from_instance(self, obj: Any) -> str:
        return indented(obj)


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """Someone's account. The password is set by the person, by a link that works once."""

    unit = UnitChoice(
        label=gettext_lazy("所属单位"), queryset=OrgUnit.objects.filter(is_active=True), required=False,
        empty_label=gettext_lazy("（未定）"),
    )  # fmt: skip

    class Meta:
        model = Person
        fields = [
            "username", "display_name", "unit", "phone", "email", "language", "roles", "regions", "capacity",
            "takes_cases",
        ]  # fmt: skip
        widgets = {
            "roles": forms.CheckboxSelectMultiple,
            "regions": forms.CheckboxSelectMultiple,
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
            "username": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = self.fields["regions"]
        assert isinstance(regions, forms.ModelMultipleChoiceField)
        kinds = (OrgUnit.Kind.REGION, OrgUnit.Kind.STORE)
        regions.queryset = OrgUnit.objects.filter(is_active=True, kind__in=kinds)
        regions.required = False
        regions.help_text = _("派单时优先派给负责这里的人；不选表示不分区域")
        self.fields["roles"].help_text = _("至少一个；没有角色的人什么也看不到")
        self.fields["language"] = forms.ChoiceField(
            label=_("语言"), required=False, choices=[("", _("公司的语言")), ("zh-hans", "简体中文"), ("en", "English")]
        )
        self.initial.setdefault("language", self.instance.language)

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"]).strip().lower()
        if Person.objects.filter(username=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("这个用户名已经有人用了。"))
        return name

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip()
        return str(forms.EmailField().clean(email)) if email else ""

    def clean_roles(self) -> Any:
        roles = self.cleaned_data["roles"]
        if not roles:
            raise forms.ValidationError(_("请至少选一个角色。"))
        stays = any(role.key == "administrator" for role in roles)
        if not stays and self.instance.pk and is_last_administrator(self.instance):
            raise forms.ValidationError(_("这是最后一位系统管理员，先让别人担任，再取消。"))
        return roles

    def save(self, commit: bool = True) -> Any:
        """Store it; a new account has no password until the link is used."""
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        return super().save(commit)


def is_last_administrator(person: Person) -> bool:
    others = Person.objects.filter(is_active=True, roles__key="administrator").exclude(pk=person.pk)
    return person.roles.filter(key="administrator").exists() and not others.exists()
