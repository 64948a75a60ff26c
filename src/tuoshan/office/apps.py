"""The office as a Django application: it has wording of its own."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "tuoshan.office"
    label = "office"
