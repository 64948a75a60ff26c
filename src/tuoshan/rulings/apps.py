from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulingsConfig(AppConfig):
    name = "tuoshan.rulings"
    label = "rulings"
    verbose_name = _("裁定")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hold proposals against what was ruled in their case."""
        from tuoshan.cases.hooks import guard
        from tuoshan.rulings import holding

        guard("rulings", holding.less_than_ruled)
