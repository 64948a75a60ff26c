"""The first administrator of an empty system, made by a link that works once."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tuoshan import clock, identifiers
from tuoshan.parties.models import OneTimeLink, OrgUnit, Person
from tuoshan.parties.models.person import USERNAME_FORM
from tuoshan.parties.password_reset import NewPasswordForm
from tuoshan.parties.permissions import permitted
from tuoshan.secrets import LinkRefused, read_link, sign_link

PURPOSE = "first-administrator"
VALID_DAYS = 7


class AlreadyAdministered(RuntimeError):
    """There is an administrator already; they make the other accounts."""


class FirstAdminForm(NewPasswordForm):
    """Who administers the system, and what the company is called."""

    company = forms.CharField(label=gettext_lazy("公司名称"), max_length=80)
    display_name = forms.CharField(
        label=gettext_lazy("您的姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=60,
        validators=[USERNAME_FORM],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    field_order = ["company", "display_name", "username", "password1", "password2"]


Follower = Callable[[Person, str], None]
_followers: list[Follower] = []


def on_first_administrator(follower: Follower) -> Follower:
    """Register what follows when the first administrator is made: given are they and the company's name.

    Followers run inside the same transaction.
    """
    if follower not in _followers:
        _followers.append(follower)
    return follower


def is_administered() -> bool:
    """Whether somebody can already administer the system."""
    return Person.objects.filter(is_active=True, roles__key="administrator").exists()


def make_link() -> str:
    """Return the full one-time address by which the first administrator is made; good for seven days.

    Every call makes another link; the first one used ends them all. Raises AlreadyAdministered.
    """
    if is_administered():
        raise AlreadyAdministered
    nonce = identifiers.token()
    OneTimeLink.objects.create(nonce=nonce, purpose=PURPOSE, created_at=clock.now())
    token = sign_link(PURPOSE, {"nonce": nonce}, days=VALID_DAYS)
    return f"{settings.PUBLIC_URL}{reverse('parties:first_administrator', args=[token])}"


def _nonce(token: str) -> str:
    """Return the link's nonce while it may still be used, else an empty text."""
    try:
        nonce = str(read_link(PURPOSE, token).get("nonce", ""))
    except LinkRefused:
        return ""
    unused = OneTimeLink.objects.filter(nonce=nonce, purpose=PURPOSE, used_at__isnull=True).exists()
    return nonce if unused and not is_administered() else ""


def _make(nonce: str, values: dict[str, Any]) -> Person | None:
    """Spend the link and make the administrator, both or neither; None when another was faster."""
    with transaction.atomic():
        if not OneTimeLink.spend(nonce=nonce, purpose=PURPOSE, now=clock.now()) or is_administered():
            return None
        OneTimeLink.objects.filter(purpose=PURPOSE, used_at__isnull=True).update(used_at=clock.now())
        unit = OrgUnit.objects.filter(parent__isnull=True, kind=OrgUnit.Kind.COMPANY).first()
        if unit is None:
            unit = OrgUnit.objects.create(code="company", name_zh=values["company"], kind=OrgUnit.Kind.COMPANY)
        person = Person.objects.create_user(
            values["username"],
            values["password1"],
            display_name=values["display_name"],
            unit=unit,
            roles=("administrator",),
        )
        for follower in _followers:
            follower(person, values["company"])
        return person


def _in_language(request: HttpRequest, language: str) -> HttpResponse:
    """The form in the other language with all that was typed, passwords included, as nothing of it is stored."""
    translation.activate(language)
    request.LANGUAGE_CODE = language
    form = FirstAdminForm(initial=request.POST.dict())
    for field in form.fields.values():
        if isinstance(field.widget, forms.PasswordInput):
            field.widget.render_value = True
    answer = render(request, "parties/first_administrator.html", {"form": form})
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH, samesite="Lax",
    )  # fmt: skip
    return answer


@never_cache
@sensitive_post_parameters("password1", "password2")
@permitted("parties.first_administrator")
def first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for name and password once; afterwards the address says that it has been used."""
    nonce = _nonce(token)
    if not nonce:
        return render(request, "parties/link_refused.html", {"again": reverse("account_login")}, status=410)
    if request.POST.get("language") in dict(settings.LANGUAGES):
        return _in_language(request, request.POST["language"])
    form = FirstAdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _make(nonce, form.cleaned_data)
        except IntegrityError:
            form.add_error("username", _("这个用户名已经有人用了。"))
        else:
            if made is None:
                return render(request, "parties/link_refused.html", {"again": reverse("account_login")}, status=410)
            return redirect(f"{reverse('account_login')}?made=done")
    return render(request, "parties/first_administrator.html", {"form": form})
