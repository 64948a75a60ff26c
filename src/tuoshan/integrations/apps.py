from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "tuoshan.integrations"
    label = "integrations"
    verbose_name = _("对外联络")
    default_auto_field = "django.db.models.BigAutoField"
