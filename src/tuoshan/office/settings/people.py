"""People's accounts: what may be changed in them, and what stands against closing one."""

from typing import Any

from allauth.mfa.models import Authenticator
from axes.utils import reset as forgive
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from tuoshan import punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import Case
from tuoshan.catalog.models import Category
from tuoshan.office.settings import recording
from tuoshan.office.settings.recording import both
from tuoshan.parties.models import OrgUnit, Person, Skill
from tuoshan.parties.password_reset import make_link

NEW_LINK_DAYS = 7
LEVELS = Skill.Level.choices


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


def make(request: HttpRequest, form: PersonForm) -> str:
    """Store a new account out of a valid form; the link by which the person sets a password."""
    with recording.recorded(request, "people", form.instance, PersonForm.Meta.fields):
        form.save()
    return make_link(form.instance, days=NEW_LINK_DAYS)


def new_link(request: HttpRequest, found: Person) -> tuple[str, int]:
    """A link by which the person sets a new password, and for how many days; also forgives failed tries."""
    with write_transaction():
        forgive(username=found.username.casefold())
        _record_done(request, found, gettext_lazy("密码"), gettext_lazy("生成设置密码的链接"))
    days = NEW_LINK_DAYS if found.last_login is None else 1
    return make_link(found, days=days), days


def reset_factor(request: HttpRequest, found: Person) -> None:
    """Remove the second factor of someone who lost the telephone; they may set it up again."""
    with write_transaction():
        gone, _rows = Authenticator.objects.filter(user=found).delete()
        if gone:
            _record_done(request, found, gettext_lazy("两步验证"), gettext_lazy("重置两步验证"))


def set_skill(request: HttpRequest, found: Person, category: Category, level: int) -> None:
    """Add a skill, change its level (1 to 3), or take it away (0)."""

    def said(number: int, is_active: bool) -> str:
        title = str(dict(LEVELS).get(number, ""))
        return title if is_active else punctuation.in_brackets(title, pgettext("status", "停用"))

    with write_transaction():
        old = Skill.objects.filter(person=found, category=category).first()
        if level:
            now_so = {"level": level, "is_active": True}
            Skill.objects.update_or_create(person=found, category=category, defaults=now_so)
        elif old is not None:
            old.delete()
        recording.record(
            request, "people", found.pk, both(lambda: str(found)),
            labels=both(lambda: {"skill": punctuation.titled(_("技能"), category.full_name)}),
            before=both(lambda: {"skill": said(old.level, old.is_active) if old else ""}),
            after=both(lambda: {"skill": said(level, True)}), action="changed",
        )  # fmt: skip


def open_or_close(request: HttpRequest, found: Person) -> str:
    """Let someone back in, or close the account of someone who has nothing in hand; what stands against it, or empty.
    """
    if found.is_active:
        problem = _why_not_closed(request, found)
        if problem:
            return problem
    with recording.recorded(request, "people", found, ("is_active",)):
        found.is_active = not found.is_active
        found.left_at = None if found.is_active else found.left_at
        found.save(update_fields=["is_active", "left_at"])
    return ""


def _record_done(request: HttpRequest, found: Person, label: Any, what: Any) -> None:
    recording.record(
        request, "people", found.pk, both(lambda: str(found)), action="done", after=both(lambda: {"done": str(what)}),
        labels=both(lambda: {"done": str(label)}),
    )  # fmt: skip


def _why_not_closed(request: HttpRequest, found: Person) -> str:
    """What stands against closing this account; empty when nothing does."""
    if found.pk == request.user.pk:
        return _("不能停用自己。")
    if is_last_administrator(found):
        return _("这是最后一位系统管理员，先让别人担任，再停用。")
    in_hand = Case.objects.filter(handler_id=found.pk, ended=False).count()
    sentence = ngettext(
        "还有 %(number)d 件在办工单，请用离职交接。", "还有 %(number)d 件在办工单，请用离职交接。", in_hand
    )  # fmt: skip
    return sentence % {"number": in_hand} if in_hand else ""


