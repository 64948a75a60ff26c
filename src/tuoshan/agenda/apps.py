from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AgendaConfig(AppConfig):
    name = "tuoshan.agenda"
    label = "agenda"
    verbose_name = _("日程")

    def ready(self) -> None:
        """Let every app register its handlers: they stand in its module `agenda_handlers`."""
        autodiscover_modules("agenda_handlers")
