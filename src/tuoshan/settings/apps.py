"""The applications, in order, and the middleware."""

from tuoshan.present import present

OWN_APPS = (
    "readiness",
    "parties",
    "catalog",
    "cases",
    "agenda",
    "intake",
    "documents",
    "care",
    "quality",
    "knowledge",
    "rulings",
    "insight",
    "integrations",
    "office",
    "workbench",
    "portal",
)


def installed_apps() -> list[str]:
    """Django's, the libraries' and ours."""
    return [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.forms",
        "django_htmx",
        "csp",
        "axes",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "tuoshan",
        *(f"tuoshan.{name}" for name in OWN_APPS if present(f"tuoshan.{name}.apps")),
    ]


MIDDLEWARE = [
    "tuoshan.middleware.requests.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tuoshan.middleware.headers.SecurityHeaders",
    "tuoshan.middleware.signs.PlainSigns",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tuoshan.middleware.language.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tuoshan.middleware.htmx.SignInForFragments",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
