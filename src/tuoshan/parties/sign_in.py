"""Signing in: name and password, lockout that says until when, then the second factor where there is one."""

from datetime import datetime
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tuoshan.parties.models import Person
from tuoshan.secrets import blind_index

TOO_MANY_TRIES = 429


class SignInForm(LoginForm):  # type: ignore[misc]
    """Username and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("用户名"),
            max_length=60,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
            ),
        )
        self.fields["password"] = forms.CharField(
            label=_("密码"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.order_fields(["login", "password"])

    def add_error(self, field: str | None, error: Any) -> None:
        """Say the same for an unknown name and a wrong password, so that names cannot be tried out."""
        if field is None and getattr(error, "code", "") == "username_password_mismatch":
            error = forms.ValidationError(_("用户名或密码不对。"), code="username_password_mismatch")
        super().add_error(field, error)


def remember_language(response: HttpResponseBase, user: Any) -> None:
    """Let the browser speak the language that the person has chosen, from the next page on."""
    language = getattr(user, "language", "") if user.is_authenticated else ""
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


class SignIn(LoginView):  # type: ignore[misc]
    """Asks who it is; where they wanted to go (``next``) is kept through every step."""

    form_class = SignInForm
    template_name = "parties/sign_in.html"

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        remember_language(response, self.request.user)
        return response


class SecondStep(AuthenticateView):  # type: ignore[misc]
    """Asks for the code of the authenticator app, or a recovery code."""

    template_name = "parties/second_step.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        remember_language(response, self.request.user)
        return response


def username_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the name under which failures are counted, whatever its capitals and wherever it stands."""
    given = credentials or {}
    name = given.get("username") or given.get("login") or request.POST.get("login", "")
    return str(name).strip().casefold()[:255]


def locked_until(request: HttpRequest, username: str) -> datetime | None:
    """Return the moment from which the person may try again; None when nothing is counted against them."""
    tried = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    pause = get_cool_off(request)
    return tried.attempt_time + pause if tried is not None and pause is not None else None


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer someone who tried too often: until when it lasts, and the way round (a new password)."""
    until = locked_until(request, username_of(request, credentials))
    context = {"until": until, "limit": settings.AXES_FAILURE_LIMIT}
    return render(request, "parties/locked_out.html", context, status=TOO_MANY_TRIES)


def by_name_or_mail(text: str) -> Person | None:
    """Return the one active person with this username or mail address; None when there is none or several."""
    active = Person.objects.filter(is_active=True)
    by_name = active.filter(username__iexact=text.strip()).first()
    if by_name is not None:
        return by_name
    index = blind_index(text, "email")
    found = list(active.filter(email_index=index)[:2]) if index else []
    return found[0] if len(found) == 1 else None
