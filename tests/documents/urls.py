"""The addresses of the evidence, and those that the frame of every page names."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("accounts/", include("tuoshan.parties.urls")), path("", include("tuoshan.documents.urls"))]
