"""The office as a Django application: it has wording of its own."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "tuoshan.office"
    label = "office"

    def ready(self) -> None:
        """Hold steps that give a case to somebody against who is away, and against whether it may be given to them."""
        from tuoshan.cases.hooks import guard
        from tuoshan.office import absent_takers, taking_over

        guard("absent takers", absent_takers.is_away)
        guard("third takers", taking_over.is_third)
