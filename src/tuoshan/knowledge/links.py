"""Signed links to the customer's side, made here because messages carry them; the portal reads them.

Each does one thing: `read_link(CASE, token)["case"]` is the case whose page it opens, `SURVEY` adds the task run
that asks for a rating. A link carries numbers only, never personal data.
"""

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from tuoshan.secrets import sign_link

CASE = "portal-case"
SURVEY = "survey"
CASE_DAYS = 180.0
SURVEY_DAYS = 60.0


def case_link(case_id: int) -> str:
    """The customer's page of the case, for half a year."""
    return _address("portal:link", "/portal/l/{}", sign_link(CASE, {"case": case_id}, CASE_DAYS))


def survey_link(case_id: int, task: str) -> str:
    """The survey of one case, for 60 days. `task` is the run that it answers, or empty."""
    return _address(
        "portal:survey", "/portal/survey/{}", sign_link(SURVEY, {"case": case_id, "task": task}, SURVEY_DAYS)
    )


def _address(name: str, otherwise: str, token: str) -> str:
    try:
        path = reverse(name, args=[token])
    except NoReverseMatch:
        path = otherwise.format(token)
    return f"{settings.PUBLIC_URL}{path}"
