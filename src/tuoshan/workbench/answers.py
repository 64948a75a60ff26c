"""Short answers to htmx: a sentence in the page's notice, and the name of what has changed."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from tuoshan.cases.models import Case


def say(text: str, *, kind: str = "ok", status: int = 204, changed: str = "") -> HttpResponse:
    """Nothing to swap: the page shows the sentence; lists that listen for `changed` are read anew.

    A refusal (status 422) is shown too: htmx would swap its empty body in, so it is told not to.
    """
    told: dict[str, Any] = {"banner": {"kind": kind, "text": text}}
    if changed:
        told[changed] = True
    response = HttpResponse(status=204 if status < 400 else status)
    response["HX-Trigger"] = json.dumps(told)
    response["HX-Reswap"] = "none"
    return response


def done_in(response: HttpResponse, cases: Iterable[Case]) -> HttpResponse:
    """The outcome of something done in picked rows: these are no longer picked, list and counts are read anew."""
    response["HX-Trigger"] = json.dumps({"unpick": [case.number for case in cases], "decided": True})
    return response
