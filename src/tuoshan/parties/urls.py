"""Addresses of signing in and of one's own account.

Names that begin with ``account_`` and ``mfa_`` are those by which the sign-in library finds its steps.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
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
    path("me/tokens", own.token_list, name="tokens"),
    path("me/tokens/make", own.token_make, name="token_make"),
    path("me/tokens/<int:pk>/revoke", own.token_revoke, name="token_revoke"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in", permitted("account_login")(SignIn.as_view()), name="account_login"),
    path("sign-out", permitted("account_logout")(account.logout), name="account_logout"),
    path("inactive", permitted("account_inactive")(account.account_inactive), name="account_inactive"),
    path("confirm", permitted("account_reauthenticate")(account.reauthenticate), name="account_reauthenticate"),
    path("me/password", own.change_password, name="account_change_password"),
    path("sign-in/code", permitted("mfa_authenticate")(SecondStep.as_view()), name="mfa_authenticate"),
    path("confirm/code", permitted("mfa_reauthenticate")(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("me/second-factor", permitted("mfa_index")(second_factor.index), name="mfa_index"),
    path("me/second-factor/on", permitted("mfa_activate_totp")(totp.activate_totp), name="mfa_activate_totp"),
    path("me/second-factor/off", permitted("mfa_deactivate_totp")(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "me/recovery-codes",
        permitted("mfa_view_recovery_codes")(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "me/recovery-codes/new",
        permitted("mfa_generate_recovery_codes")(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "me/recovery-codes/file",
        permitted("mfa_download_recovery_codes")(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("", include((named, "parties"))),
]
