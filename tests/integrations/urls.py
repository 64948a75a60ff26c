"""Addresses that messages and notifications point at, without the screens behind them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest, **given: str) -> HttpResponse:
    """Any page."""
    return HttpResponse("page")


portal = [path("l/<str:token>", page, name="link"), path("survey/<str:token>", page, name="survey")]
workbench = [path("case/<str:number>", page, name="case")]

urlpatterns = [
    path("portal/", include((portal, "portal"))),
    path("accounts/", include("tuoshan.parties.urls")),
    path("", include((workbench, "workbench"))),
]
