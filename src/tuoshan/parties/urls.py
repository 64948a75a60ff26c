"""Addresses of signing in and of one's own account.

Names that begin with ``account_`` and ``mfa_`` are those by which the sign-in library finds its steps.
"""

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path

from tuoshan.parties import account as own
from tuoshan.parties.first_admin import first_administrator
from tuoshan.parties.password_reset import password_forgotten, password_reset
from tuoshan.parties.permissions import permitted
from tuoshan.parties.sign_in import SecondStep, SignIn

named: list[URLPattern] = [
    path("password/forgotten", password_forgotten, name="password_forgotten"),
    path("password/new/<str:token>", password_reset, name="password_reset"),
    path("first/<str:token>", first_administrator, name="first_administrator"),
    path("me", own.profile, name="profile"),
    path("me/preferences", own.preferences, name="preferences"),
    path("me/theme", own.theme, name="theme"),
    path("me/tokens", own.token_list, name="tokens"),
    path("me/tokens/make", own.token_make, name="token_make"),
    path("me/tokens/<int:pk>/revoke", own.token_revoke, name="token_revoke"),
]

def _step(address: str, name: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
    """One of the library's steps, in our words and guarded by the permission table."""
    return path(address, permitted(name)(view), name=name)


urlpatterns: list[URLPattern | URLResolver] = [
    _step("sign-in", "account_login", SignIn.as_view()),
    _step("sign-out", "account_logout", account.LogoutView.as_view(template_name="parties/sign_out.html")),
    _step(
        "inactive",
        "account_inactive",
        account.AccountInactiveView.as_view(template_name="parties/inactive.html"),
    ),
    _step(
        "confirm",
        "account_reauthenticate",
        account.ReauthenticateView.as_view(template_name="parties/confirm.html"),
    ),
    path("me/password", own.change_password, name="account_change_password"),
    _step("sign-in/code", "mfa_authenticate", SecondStep.as_view()),
    _step(
        "confirm/code",
        "mfa_reauthenticate",
        second_factor.ReauthenticateView.as_view(template_name="parties/confirm.html"),
    ),
    _step(
        "me/second-factor",
        "mfa_index",
        second_factor.IndexView.as_view(template_name="parties/second_factor.html"),
    ),
    _step(
        "me/second-factor/on",
        "mfa_activate_totp",
        totp.ActivateTOTPView.as_view(template_name="parties/second_factor_on.html"),
    ),
    _step(
        "me/second-factor/off",
        "mfa_deactivate_totp",
        totp.DeactivateTOTPView.as_view(template_name="parties/second_factor_off.html"),
    ),
    _step(
        "me/recovery-codes",
        "mfa_view_recovery_codes",
        recovery.ViewRecoveryCodesView.as_view(template_name="parties/recovery_codes.html"),
    ),
    _step(
        "me/recovery-codes/new",
        "mfa_generate_recovery_codes",
        recovery.GenerateRecoveryCodesView.as_view(template_name="parties/recovery_codes_new.html"),
    ),
    _step("me/recovery-codes/file", "mfa_download_recovery_codes", recovery.download_recovery_codes),
    path("", include((named, "parties"))),
]
