"""Addresses of the API: one router a noun."""

from django.urls import path

from tuoshan.api.application import api
from tuoshan.api.beside import router as beside
from tuoshan.api.board import router as board
from tuoshan.api.colleagues import router as colleagues
from tuoshan.api.directory import router as directory
from tuoshan.api.doing import batches_router
from tuoshan.api.imports import router as imports
from tuoshan.api.lessons import router as lessons
from tuoshan.api.mine import router as mine
from tuoshan.api.playbooks import router as playbooks
from tuoshan.api.reading import router as cases
from tuoshan.api.registering import router as registering
from tuoshan.api.reports import router as reports
from tuoshan.api.running import router as running
from tuoshan.api.searching import router as searching
from tuoshan.api.settings_people import router as settings_people
from tuoshan.api.settings_rows import router as settings_rows
from tuoshan.api.settings_rules import router as settings_rules
from tuoshan.api.settings_texts import router as settings_texts

api.add_router("/cases", cases)
api.add_router("/cases", beside)
api.add_router("/batches", batches_router)
api.add_router("/board", board)
api.add_router("/imports", imports)
api.add_router("/lessons", lessons)
for _router in (directory, mine, colleagues, registering, searching, reports, playbooks, running):
    api.add_router("", _router)
for _router in (settings_people, settings_rows, settings_rules, settings_texts):
    api.add_router("/settings", _router)

urlpatterns = [path("v1/", api.urls)]
