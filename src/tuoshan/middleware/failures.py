"""Refusals that Django makes itself, in our own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's protection has lapsed: mostly a page left open over a sign-in. Nothing typed is lost."""
    if request.headers.get("HX-Request"):
        return HttpResponse(_("页面已过期，请刷新后再提交。"), status=403, content_type="text/plain; charset=utf-8")
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
