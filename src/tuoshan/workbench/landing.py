"""Where people find their work: the page on which each role lands, and who may take a case that nobody has."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from tuoshan.parties.permissions import (
    ADMIN,
    AGENT,
    AUDITOR,
    CLERK,
    FINANCE,
    INVESTIGATOR,
    MANAGER,
    STORE,
    SUPERVISOR,
    allowed,
    name_of,
    permitted,
)


@dataclass(frozen=True, slots=True)
class Landing:
    """The first page of a role; `claims` where unassigned cases are theirs to take, `channel` by which customers reach
    them where that is not the hotline."""

    role: str
    url_name: str
    arguments: tuple[str, ...] = ()
    claims: bool = False
    channel: str = "hotline"


LANDINGS = (
    Landing(SUPERVISOR, "workbench:board", claims=True),
    Landing(MANAGER, "workbench:board", claims=True),
    Landing(AGENT, "workbench:queue", ("mine",), claims=True),
    Landing(CLERK, "workbench:queue", ("mine",), claims=True, channel="counter"),
    Landing(STORE, "workbench:queue", ("mine",), claims=True, channel="counter"),
    Landing(INVESTIGATOR, "workbench:queue", ("tasks",)),
    Landing(FINANCE, "workbench:reports"),
    Landing(AUDITOR, "workbench:reports"),
    Landing(ADMIN, "workbench:settings_home"),
)
"""In the order that decides for a person with several roles."""
ELSEWHERE = Landing("", "workbench:queue", ("mine",))


def landing_of(person: Any) -> Landing:
    """The landing of the first of the person's roles that the table knows; one's own work without any."""
    found = (one for one in LANDINGS if one.role in person.role_keys() and allowed(person, name_of(one.url_name)))
    return next(found, ELSEWHERE)


def claims(person: Any) -> bool:
    """Whether any of the person's roles takes cases that nobody has."""
    return any(one.claims for one in LANDINGS if one.role in person.role_keys())


@permitted("workbench.home")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the page where the signed-in person's work is."""
    landing = landing_of(request.user)
    return redirect(landing.url_name, *landing.arguments)


urlpatterns = [path("", home, name="home")]
