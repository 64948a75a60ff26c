from django.apps import AppConfig


class ReadinessConfig(AppConfig):
    name = "tuoshan.readiness"
    label = "readiness"
