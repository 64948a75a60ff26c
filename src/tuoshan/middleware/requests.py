"""One log line a request, with an id that the caller gets back."""

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from tuoshan import identifiers

_log = structlog.get_logger("tuoshan.requests")
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LINK = re.compile(r"^(/portal/(?:l|survey)/).+")
"""Addresses that open a case by themselves: what opens it stays out of the log."""
_QUIET = ("/static/", "/healthz")


class RequestLog:
    """Binds `request_id` to all logs of the request; logs method, path (no query), status and milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _SAFE_ID.fullmatch(given) else identifiers.token(12)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            if not request.path.startswith(_QUIET):
                _log.info(
                    "request",
                    method=request.method,
                    path=_LINK.sub(r"\1…", request.path),
                    status=response.status_code,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )
        response["X-Request-Id"] = request_id
        return response
