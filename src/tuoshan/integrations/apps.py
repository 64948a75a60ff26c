from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def _pace(person: Any, data: Any) -> Any:
    from tuoshan.integrations.forms import NotificationPaceForm

    return NotificationPaceForm.of(person, data)


class IntegrationsConfig(AppConfig):
    name = "tuoshan.integrations"
    label = "integrations"
    verbose_name = _("对外联络")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part when a customer is erased, corrected, or turns out to be another; offer when staff get mail."""
        from tuoshan.integrations import correcting, erasing
        from tuoshan.parties.customers import on_correct, on_erase, on_join
        from tuoshan.parties.offered import offer

        on_erase(erasing.erase)
        on_correct(correcting.correct)
        on_join(correcting.join)
        offer(_pace)
