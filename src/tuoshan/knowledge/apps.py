from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "tuoshan.knowledge"
    label = "knowledge"
    verbose_name = _("知识")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The company is called what its first administrator calls it."""
        from tuoshan.knowledge.company import name_company
        from tuoshan.parties.first_admin import on_first_administrator

        on_first_administrator(name_company)
