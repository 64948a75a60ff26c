from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    name = "tuoshan.quality"
    label = "quality"
    verbose_name = _("质量改进")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the lists to form fields."""
        from tuoshan.quality import lists  # noqa: F401  registers its lists
