"""Django's settings, made from `Config`; see `config.py` for what an operator may set."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext

from tuoshan import keys
from tuoshan.present import present
from tuoshan.settings import security
from tuoshan.settings.apps import MIDDLEWARE as _MIDDLEWARE
from tuoshan.settings.apps import installed_apps
from tuoshan.settings.config import read_config
from tuoshan.settings.databases import database, holds_data
from tuoshan.settings.logs import logging_settings

django_stubs_ext.monkeypatch()  # so that forms and fields may name their types, as the type checker wants

CONFIG = read_config()
PACKAGE = Path(__file__).resolve().parent.parent

DATA_DIR = CONFIG.data_dir
DATA_DIR.mkdir(parents=True, exist_ok=True)
DEBUG = CONFIG.debug
_KEYS = keys.in_use(
    {
        "TUOSHAN_SECRET_KEY": CONFIG.secret_key.get_secret_value().replace(",", " ").split(),
        "TUOSHAN_FIELD_KEYS": CONFIG.field_keys,
        "TUOSHAN_INDEX_KEY": list(filter(None, [CONFIG.index_key.get_secret_value()])),
    },
    DATA_DIR / "keys",
    lambda: holds_data(CONFIG),
)
SECRET_KEY, *SECRET_KEY_FALLBACKS = _KEYS["TUOSHAN_SECRET_KEY"] or [""]
FIELD_KEYS = _KEYS["TUOSHAN_FIELD_KEYS"]
INDEX_KEY = "".join(_KEYS["TUOSHAN_INDEX_KEY"][:1])
MISSING_KEYS = [variable for variable, known in _KEYS.items() if not known]
PUBLIC_URL = CONFIG.base_url
COMPANY_NAME = CONFIG.company

INSTALLED_APPS = installed_apps()
MIDDLEWARE = list(_MIDDLEWARE)
ROOT_URLCONF = "tuoshan.urls"
WSGI_APPLICATION = "tuoshan.wsgi.application"
DATABASES = {"default": database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and sign-in
if present("tuoshan.parties.apps"):
    AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "tuoshan.settings.accounts.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
# Lockout is by django-axes, which keeps its count in the database, so that all web nodes share it.
ACCOUNT_RATE_LIMITS = {"login_failed": False}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tuoshan"
MFA_TOTP_TOLERANCE = 1  # one step of half a minute, for telephones whose clock is a little off
MFA_ADAPTER = "tuoshan.parties.second_factor.EncryptedSecrets"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # addresses are encrypted; passwords are reset by our own link
AXES_FAILURE_LIMIT = security.LOCKOUT_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=security.LOCKOUT_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "tuoshan.parties.sign_in.locked_out"
AXES_USERNAME_CALLABLE = "tuoshan.parties.sign_in.username_of"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # so that the time we name stays true
AXES_USERNAME_FORM_FIELD = "login"
AXES_ENABLE_ADMIN = False
AXES_IPWARE_PROXY_COUNT = 1 if CONFIG.behind_proxy else 0

# Sessions and cookies
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "tuoshan_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.is_https
CSRF_COOKIE_NAME = "tuoshan_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = CONFIG.is_https
CSRF_TRUSTED_ORIGINS = [CONFIG.public_url] if CONFIG.public_url else []
CSRF_FAILURE_VIEW = "tuoshan.middleware.failures.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# What a browser is told
ALLOWED_HOSTS = CONFIG.allowed_hosts
CONTENT_SECURITY_POLICY = security.CONTENT_SECURITY_POLICY
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.is_https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.behind_proxy else None
USE_X_FORWARDED_HOST = CONFIG.behind_proxy
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
EVIDENCE_IMAGE_BYTES = CONFIG.upload_image_megabytes * 1024 * 1024
EVIDENCE_VIDEO_BYTES = CONFIG.upload_video_megabytes * 1024 * 1024
EVIDENCE_OTHER_BYTES = CONFIG.upload_other_megabytes * 1024 * 1024

# Pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "tuoshan.middleware.context.site",
                "tuoshan.workbench.rail.rail",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "tuoshan.templatetags.design"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "tuoshan.middleware.assets.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000  # every address carries the version of its content

# Language and time
LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "tuoshan_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CONFIG.time_zone

# Mail leaves through the outbox of `integrations`; these are the particulars it uses.
EMAIL_HOST = CONFIG.smtp_host
EMAIL_PORT = CONFIG.smtp_port
EMAIL_HOST_USER = CONFIG.smtp_user
EMAIL_HOST_PASSWORD = CONFIG.smtp_password.get_secret_value()
EMAIL_USE_TLS = CONFIG.smtp_security == "starttls"
EMAIL_USE_SSL = CONFIG.smtp_security == "tls"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if CONFIG.smtp_host
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIG.smtp_from

LOGGING = logging_settings(CONFIG.log_format, CONFIG.log_level, CONFIG.request_log)
SILENCED_SYSTEM_CHECKS = ["axes.W003", "security.W004", "security.W008"]
