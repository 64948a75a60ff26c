from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "tuoshan.insight"
    label = "insight"
    verbose_name = _("查找与统计")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow customers: a changed name or phone is found anew, an erased customer is found no more."""
        from django.db.models.signals import post_save

        from tuoshan.insight import following
        from tuoshan.parties.customers import on_erase
        from tuoshan.parties.models import Customer

        on_erase(following.erase)
        post_save.connect(following.customer_saved, sender=Customer, dispatch_uid="insight_customer")
