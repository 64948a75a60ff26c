"""One's own account: language, appearance, notifications, password, second factor, API tokens."""

from datetime import timedelta
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tuoshan import clock
from tuoshan.parties import offered, tokens
from tuoshan.parties.models import ApiToken, Person
from tuoshan.parties.password_reset import NewPasswordForm
from tuoshan.parties.permissions import allowed, permitted
from tuoshan.parties.sign_in import remember_language

NOTICES = (
    ("assigned", gettext_lazy("派给我的工单和待办")),
    ("passed_on", gettext_lazy("我的工单改由别人经办")),
    ("due_soon", gettext_lazy("我的时限快到了")),
    ("overdue", gettext_lazy("我的时限已超")),
    ("escalated", gettext_lazy("升级给我的工单")),
    ("customer_replied", gettext_lazy("客户回复了我的工单")),
    ("approval", gettext_lazy("等我审批的方案")),
    ("watched", gettext_lazy("我关注的工单有变化")),
    ("mentioned", gettext_lazy("备注里提到我")),
    ("undelivered", gettext_lazy("给客户的消息没有送达")),
    ("lesson", gettext_lazy("派给我的整改和到期提醒")),
)
"""What staff are told of; ``Person.wants(kind, channel)`` answers for the channels ``app`` and ``mail``."""
CHANNELS = ("app", "mail")


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person decides for themselves."""

    class Meta:
        model = Person
        fields = ["display_name", "email", "phone", "language", "theme"]
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    language = forms.ChoiceField(
        label=gettext_lazy("语言"),
        required=False,
        choices=[("", gettext_lazy("公司的语言")), ("zh-hans", "简体中文"), ("en", "English")],
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip()
        return str(forms.EmailField().clean(email)) if email else ""


def _notices(person: Person) -> list[dict[str, Any]]:
    return [
        {"key": key, "title": title, "app": person.wants(key, "app"), "mail": person.wants(key, "mail")}
        for key, title in NOTICES
    ]


@permitted("parties.profile")
def profile(request: HttpRequest) -> HttpResponse:
    """Show everything about one's own account on one page."""
    return _page(request, PreferencesForm(instance=_me(request)))


def _page(
    request: HttpRequest, form: PreferencesForm, more: list[Any] | None = None, status: int = 200
) -> HttpResponse:
    person = Person.objects.get(pk=_me(request).pk)
    context = {
        "form": form,
        "more": more if more is not None else [make(person, None) for make in offered.forms()],
        "person": person,
        "notices": _notices(person),
        "second_factor": get_adapter().is_mfa_enabled(person, [Authenticator.Type.TOTP]),
        "keeps_replies": allowed(person, "workbench.own_replies"),
        "tokens": person.api_tokens.filter(revoked_at__isnull=True).count(),
    }
    return render(request, "parties/profile.html", context, status=status)


@require_POST
@permitted("parties.preferences")
def preferences(request: HttpRequest) -> HttpResponse:
    """Save name, contact, language, appearance and notifications; what is wrong stays as typed."""
    person = Person.objects.get(pk=_me(request).pk)
    form = PreferencesForm(request.POST, instance=person)
    more = [made for make in offered.forms() if _named_in(made := make(person, request.POST), request)]
    if not all([form.is_valid(), *(one.is_valid() for one in more)]):
        return _page(request, form, more, status=422)
    person = form.save(commit=False)
    if "notices" in request.POST:
        person.notifications = {
            key: {channel: f"{key}.{channel}" in request.POST for channel in CHANNELS} for key, _title in NOTICES
        }
    person.save()
    for one in more:
        one.save()
    messages.success(request, _("已保存。"))
    response = redirect("parties:profile")
    remember_language(response, person)
    return response


def _named_in(form: Any, request: HttpRequest) -> bool:
    """Whether anything of the form was posted: who saves their name alone leaves the rest as it is."""
    return any(form.add_prefix(name) in request.POST for name in form.fields)


@require_POST
@permitted("parties.theme")
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the look that the switch on the desk was set to; 400 for one that there is not."""
    chosen = request.POST.get("theme", "")
    if chosen not in Person.Theme.values:
        return HttpResponse(status=400)
    Person.objects.filter(pk=_me(request).pk).update(theme=chosen)
    return HttpResponse(status=204)


class ChangePasswordForm(NewPasswordForm):
    """The old password, and the new one twice."""

    old = forms.CharField(
        label=gettext_lazy("现在的密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old", "password1", "password2"]

    def clean_old(self) -> str:
        old = str(self.cleaned_data["old"])
        if self.person is None or not self.person.check_password(old):
            raise forms.ValidationError(_("现在的密码不对。"))
        return old


@never_cache
@sensitive_post_parameters("old", "password1", "password2")
@permitted("account_change_password")
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; this session goes on, every other one ends."""
    person = _me(request)
    form = ChangePasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        person.set_password(form.cleaned_data["password1"])
        person.save(update_fields=["password"])
        update_session_auth_hash(request, person)
        messages.success(request, _("密码已修改，其他设备上的登录都已退出。"))
        return redirect("parties:profile")
    return render(request, "parties/change_password.html", {"form": form})


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("用在哪里，例如：店铺同步")
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("权限范围"),
        choices=[
            ("read", gettext_lazy("只读")),
            ("write", gettext_lazy("读和写")),
            ("admin", gettext_lazy("读、写和管理")),
        ],
        widget=forms.RadioSelect,
        initial="read",
    )
    days = forms.ChoiceField(
        label=gettext_lazy("有效期"),
        choices=[
            ("30", gettext_lazy("30 天")),
            ("90", gettext_lazy("90 天")),
            ("365", gettext_lazy("1 年")),
            ("", gettext_lazy("长期")),
        ],
        required=False,
        initial="90",
    )


@never_cache
@permitted("parties.tokens")
def token_list(request: HttpRequest) -> HttpResponse:
    """List one's live tokens, by the first letters of their secret."""
    return _tokens(request, TokenForm())


def _tokens(request: HttpRequest, form: TokenForm, *, made: Any = None, status: int = 200) -> HttpResponse:
    live = _me(request).api_tokens.filter(revoked_at__isnull=True)
    context = {"form": form, "tokens": live, "made": made, "moment": clock.now()}
    return render(request, "parties/tokens.html", context, status=status)


@never_cache
@require_POST
@permitted("parties.token_make")
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def token_make(request: HttpRequest) -> HttpResponse:
    """Make a token and show it in this one answer; nothing keeps it. The password is asked for first, as for
    the second factor. An ``admin`` token only opens what the person's own roles open.
    """
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _tokens(request, form, status=422)
    now = clock.now()
    days = form.cleaned_data["days"]
    token, secret = tokens.make(
        person=_me(request),
        name=form.cleaned_data["name"],
        scopes=[form.cleaned_data["scope"]],
        expires_at=now + timedelta(days=int(days)) if days else None,
        now=now,
    )
    return _tokens(request, TokenForm(), made={"name": token.name, "secret": secret})


@require_POST
@permitted("parties.token_revoke")
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens at once."""
    token = get_object_or_404(ApiToken, pk=pk, person=_me(request))
    tokens.revoke(token, now=clock.now())
    messages.success(request, _("令牌「%(name)s」已作废。") % {"name": token.name})
    return redirect("parties:tokens")
