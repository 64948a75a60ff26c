"""The WSGI application that granian (or any other server) runs."""

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoshan.settings")


def _refusing(reason: str) -> Callable[..., Iterable[bytes]]:
    """An application that says 503 and why to every request."""

    def refuse(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{reason}\n".encode()]

    return refuse


def _application() -> Any:
    """Ours; with keys that do not fit the database, whatever server runs us, one that only says so."""
    ours = get_wsgi_application()
    from django.db import connection

    from tuoshan.readiness import checks

    wrong = checks.keys_obstacle()
    connection.close()  # this thread answers no requests
    if wrong:
        logging.getLogger(__name__).error(wrong)
    return _refusing(wrong) if wrong else ours


application = _application()
