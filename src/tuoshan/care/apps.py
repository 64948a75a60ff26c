from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CareConfig(AppConfig):
    name = "tuoshan.care"
    label = "care"
    verbose_name = _("回访与满意度")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part when a customer is erased."""
        from tuoshan.care.erasing import erase
        from tuoshan.parties.customers import on_erase

        on_erase(erase)
