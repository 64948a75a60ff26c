from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "tuoshan.knowledge"
    label = "knowledge"
    verbose_name = _("知识")
    default_auto_field = "django.db.models.BigAutoField"
