from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "tuoshan.cases"
    label = "cases"
    verbose_name = _("工单")

    def ready(self) -> None:
        """Let the words of a customer's cases go with the customer, cases pass to whom a customer turns out to be,
        and the tally stand after migrations.
        """
        from tuoshan.cases import erasing, joining, tally
        from tuoshan.parties.customers import on_erase, on_join

        on_erase(erasing.erase)
        on_join(joining.join)
        post_migrate.connect(tally.keep_armed, sender=self)
