from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "tuoshan.catalog"
    label = "catalog"
    verbose_name = _("目录")

    def ready(self) -> None:
        """Take part when a customer is erased."""
        from tuoshan.catalog.orders import forget_phone
        from tuoshan.parties.customers import on_erase

        on_erase(forget_phone)
