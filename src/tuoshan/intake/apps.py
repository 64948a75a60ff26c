from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "tuoshan.intake"
    label = "intake"
    verbose_name = _("受理登记")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the company's lists to every form, and take part when a customer is erased."""
        from tuoshan.intake import choices  # noqa: F401
        from tuoshan.intake.erasing import erase
        from tuoshan.parties.customers import on_erase

        on_erase(erase)
