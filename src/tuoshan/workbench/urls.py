"""Addresses of the workbench: each area keeps its own list."""

from importlib import import_module

from django.urls import URLPattern

from tuoshan.present import present

app_name = "workbench"

AREAS = (
    "landing",
    "queues",
    "casepage",
    "casework",
    "saying",
    "removing",
    "registering",
    "searching",
    "customers",
    "board",
    "tasks",
    "bulk",
    "absences",
    "leavers",
    "parked",
    "replies",
    "ownreplies",
    "lessons",
    "followups",
    "diagrams",
    "reviewed",
    "rulings",
    "keptrulings",
    "rulebooks",
    "bookcopies",
    "bookeffects",
    "bookversions",
    "ruletables",
    "rulerows",
    "ruleclauses",
    "ruleexamples",
    "rulesettings",
    "ruleperiods",
    "reports",
    "importing",
    "mailbox",
    "notices",
    "configuring",
)

urlpatterns: list[URLPattern] = [
    pattern
    for area in AREAS
    if present(f"tuoshan.workbench.{area}")
    for pattern in import_module(f"tuoshan.workbench.{area}").urlpatterns
]
