"""Django application of the evidence and the printed papers."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "tuoshan.documents"
    label = "documents"
    verbose_name = _("凭证与文书")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part when a customer is erased."""
        from tuoshan.documents.erasing import erase
        from tuoshan.parties.customers import on_erase

        on_erase(erase)
