from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "tuoshan.integrations"
    label = "integrations"
    verbose_name = _("对外联络")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part when a customer is erased."""
        from tuoshan.integrations.erasing import erase
        from tuoshan.parties.customers import on_erase

        on_erase(erase)
