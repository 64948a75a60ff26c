from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "tuoshan.cases"
    label = "cases"
    verbose_name = _("工单")

    def ready(self) -> None:
        """Let the words of a customer's cases go with the customer."""
        from tuoshan.cases import erasing
        from tuoshan.parties.customers import on_erase

        on_erase(erasing.erase)
