"""The workbench as a Django application."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "tuoshan.workbench"
    label = "workbench"
