"""Values that every page has."""

from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuoshan import clock


def company_name() -> str:
    """The name shown at the head of desk and portal: the company's own, also on a page that says that the database is
    away."""
    from tuoshan.knowledge.company import company

    try:
        return company().named(get_language() or settings.LANGUAGE_CODE)
    except Error:
        return settings.COMPANY_NAME or _("妥善")


def site(request: HttpRequest) -> dict[str, Any]:
    """`company`, `now` (by the clock in force) and `is_fragment` (asked for by htmx, no page around it)."""
    return {
        "company": SimpleLazyObject(company_name),
        "now": clock.now(),
        "is_fragment": bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted"),
    }
