"""The portal as a Django application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tuoshan.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
