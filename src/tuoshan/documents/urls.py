"""Addresses of the evidence."""

from __future__ import annotations

from django.urls import path

from tuoshan.documents import views

app_name = "documents"
urlpatterns = [
    path("evidence/upload", views.upload, name="upload"),
    path("evidence/discard", views.discard, name="discard"),
    path("evidence/drafted", views.drafted, name="drafted"),
    path("evidence/<int:evidence_id>", views.serve, name="serve"),
    path("evidence/<int:evidence_id>/thumbnail", views.thumbnail, name="thumbnail"),
]
