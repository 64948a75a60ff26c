"""A forgotten password: a link by mail that works once and for one hour."""

from collections.abc import Mapping
from typing import Any

from allauth.core import ratelimit
from axes.utils import reset as forgive
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tuoshan import clock, identifiers
from tuoshan.agenda import claiming
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import permitted
from tuoshan.parties.sign_in import by_name_or_mail
from tuoshan.secrets import InvalidToken, LinkRefused, decrypt, encrypt, read_link, sign_link

PURPOSE = "password-reset"
VALID_DAYS = 1 / 24
JOB = "password_reset"
"""The agenda's job that writes the mail; whoever sends mail does it (`integrations`)."""


class WhoForm(forms.Form):
    """Whose password it is."""

    login = forms.CharField(
        label=gettext_lazy("用户名或邮箱"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password1 = forms.CharField(
        label=gettext_lazy("新密码"),
        strip=False,
        help_text=gettext_lazy("至少 10 个字符，不要全是数字，不要用常见密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("再输一次"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("两次输入的密码不一样。"))
        return cleaned


def _stamp(person: Person) -> str:
    """Changes with the password and with each sign-in, so that a link is good once and only while unused."""
    text = f"{person.pk}/{person.password}/{person.last_login}"
    return salted_hmac("tuoshan.password-reset", text, algorithm="sha256").hexdigest()[:24]


def make_link(person: Person, *, days: float = VALID_DAYS) -> str:
    """Return the full address by which this person sets a new password: once, within so many days."""
    token = sign_link(PURPOSE, {"person": person.pk, "stamp": _stamp(person)}, days=days)
    return f"{settings.PUBLIC_URL}{reverse('parties:password_reset', args=[token])}"


def _person_of(token: str) -> Person | None:
    try:
        payload = read_link(PURPOSE, token)
    except LinkRefused:
        return None
    person = Person.objects.filter(pk=int(payload.get("person", 0)), is_active=True).first()
    if person is None or not constant_time_compare(_stamp(person), str(payload.get("stamp", ""))):
        return None
    return person


def _ask(login: str) -> None:
    """Leave it to the worker to find out who that is and to write: nobody can tell from how long this takes."""
    key = f"{JOB}:{identifiers.token()}"
    claiming.put(kind="job", name=JOB, key=key, due_at=clock.now(), payload={"login": encrypt(login)})


def asked_for(payload: Mapping[str, Any]) -> Person | None:
    """Whose password such a job is about; None when there is nobody to write to."""
    try:
        person = by_name_or_mail(decrypt(str(payload["login"])))
    except InvalidToken:  # its key was taken away meanwhile: they may ask again
        return None
    return person if person is not None and person.email else None


def letter(person: Person, link: str) -> tuple[str, str]:
    """Subject and text in the person's language."""
    with override(person.language or settings.LANGUAGE_CODE):
        text = _(
            "%(name)s，您好：\n\n有人为您的账号 %(username)s 申请了新密码。请在一小时内打开下面的地址设置：\n\n"
            "%(link)s\n\n如果不是您本人申请，不用理会这封邮件，原密码不变。"
        ) % {"name": person.display_name, "username": person.username, "link": link}
        return str(_("设置新密码")), text


@never_cache
@permitted("parties.password_forgotten")
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask who it is and send the link; the answer is the same whether there is such an account or not."""
    form = WhoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login = form.cleaned_data["login"]
        if not ratelimit.consume(request, action="reset_password", key=login.casefold()):
            return render(request, "parties/slow_down.html", status=429)
        _ask(login)
        return render(request, "parties/password_link_sent.html", {"login": login})
    return render(request, "parties/password_forgotten.html", {"form": form})


@never_cache
@sensitive_post_parameters("password1", "password2")
@permitted("parties.password_reset")
def password_reset(request: HttpRequest, token: str) -> HttpResponse:
    """Set the new password, end every session of the account, and forgive earlier failures."""
    person = _person_of(token)
    if person is None:
        again = {"again": reverse("parties:password_forgotten")}
        return render(request, "parties/link_refused.html", again, status=410)
    form = NewPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        person.set_password(form.cleaned_data["password1"])
        person.save(update_fields=["password"])
        forgive(username=person.username.casefold())
        return redirect(f"{reverse('account_login')}?reset=done")
    return render(request, "parties/password_reset.html", {"form": form, "person": person})
