from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "tuoshan.parties"
    label = "parties"
    verbose_name = _("人员与组织")

    def ready(self) -> None:
        """Let the words of a customer's cases go with the customer."""
        from tuoshan.cases import erasing
        from tuoshan.parties.customers import on_erase

        on_erase(erasing.erase)
