"""A fragment asked for after the session ended must not put the sign-in page into the middle of a screen."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _


class SignInForFragments:
    """For an htmx request, a redirect to sign-in becomes 401 with the address in `X-Sign-In`.

    The page keeps what was typed, says so, and offers the way to sign in and come back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.headers.get("HX-Request") or response.status_code not in {302, 303}:
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        if urlsplit(response.get("Location", "")).path != sign_in:
            return response
        refused = HttpResponse(_("登录已过期，请重新登录。"), status=401, content_type="text/plain; charset=utf-8")
        refused["X-Sign-In"] = sign_in
        return refused
