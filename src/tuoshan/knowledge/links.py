"""Signed links to the customer's side, made here because messages carry them; the portal reads them.

Each does one thing: `read_link(CASE, token)["case"]` is the case whose page it opens, `SURVEY` adds the task run
that asks for a rating. A link carries numbers only, never personal data. It says whose it is, and opens nothing once
the phone or mail address of that customer was put right: it may have gone to a stranger.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from tuoshan.parties import customers
from tuoshan.secrets import LinkRefused, read_link, sign_link

CASE = "portal-case"
SURVEY = "survey"
CASE_DAYS = 180.0
SURVEY_DAYS = 60.0
VARIABLES = frozenset({"link", "survey_link"})
"""The variables that stand for such a link."""
PLACE = r"\{\s*(?:survey_)?link\s*\}"
"""How they are written in a text that has not left yet."""


def case_link(case_id: int) -> str:
    """The customer's page of the case, for half a year."""
    return _address("portal:link", "/portal/l/{}", sign_link(CASE, {"case": case_id, **_whose(case_id)}, CASE_DAYS))


def survey_link(case_id: int, task: str) -> str:
    """The survey of one case, for 60 days. `task` is the run that it answers, or empty."""
    payload = {"case": case_id, "task": task, **_whose(case_id)}
    return _address("portal:survey", "/portal/survey/{}", sign_link(SURVEY, payload, SURVEY_DAYS))


def is_theirs(case: Any, payload: Mapping[str, Any]) -> bool:
    """Whether a link with this payload still leads to whom it was made for. One that names nobody is from before
    links did, and counts as the first of the case's customer.
    """
    if "who" not in payload:
        mark = customers.link_mark(case.customer_id)
        return mark is None or mark[1] == 0
    return customers.still_theirs(int(payload["who"]), int(payload.get("v", 0)))


def renewed(text: str) -> str:
    """The same text with each of our links made anew, for a message that goes to another address than it was for.

    Whatever address they name: ours may have been another when they were written.
    """
    return re.sub(r"https?://[^/\s]+/portal/(?:l|survey)/([\w:=-]+)", _anew, text)


def _anew(found: "re.Match[str]") -> str:
    for purpose in (CASE, SURVEY):
        try:
            payload = read_link(purpose, found[1])
        except LinkRefused:
            continue
        case = int(payload["case"])
        return case_link(case) if purpose == CASE else survey_link(case, str(payload.get("task", "")))
    return found[0]


def _whose(case_id: int) -> dict[str, int]:
    cases: Any = apps.get_model("cases", "Case")._default_manager
    mark = customers.link_mark(cases.filter(pk=case_id).values_list("customer_id", flat=True).first())
    return {} if mark is None else {"who": mark[0], **({"v": mark[1]} if mark[1] else {})}


def _address(name: str, otherwise: str, token: str) -> str:
    try:
        path = reverse(name, args=[token])
    except NoReverseMatch:
        path = otherwise.format(token)
    return f"{settings.PUBLIC_URL}{path}"
