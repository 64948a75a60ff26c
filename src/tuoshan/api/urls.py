"""Addresses of the API."""

from django.urls import path

from tuoshan.api.application import api
from tuoshan.api.directory import router as directory
from tuoshan.api.doing import batches_router
from tuoshan.api.reading import router as cases

api.add_router("/cases", cases)
api.add_router("/batches", batches_router)
api.add_router("", directory)

urlpatterns = [path("v1/", api.urls)]
