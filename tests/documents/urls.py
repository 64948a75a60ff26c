"""The addresses of the evidence alone."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("tuoshan.documents.urls"))]
