"""The office as a Django application: it has wording of its own."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "tuoshan.office"
    label = "office"

    def ready(self) -> None:
        """Hold steps that give a case to somebody against who is away."""
        from tuoshan.cases.hooks import guard
        from tuoshan.office import absent_takers

        guard("absent takers", absent_takers.is_away)
