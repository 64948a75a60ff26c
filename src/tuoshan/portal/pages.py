"""What every page of the portal has."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tuoshan import clock
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.possible import Standing
from tuoshan.insight.told_to_customer import state_words
from tuoshan.knowledge.company import company
from tuoshan.portal import access
from tuoshan.portal.showing import language, promises

MOST_SHOWN = 5


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the portal; kept out of search engines."""
    house = company()
    said = {"company": house.named(language()), "hours": house.opening_hours(language())}
    context = {"house": house, **said, **context}
    response = render(request, f"portal/{template}", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def cards(request: HttpRequest) -> list[dict[str, Any]]:
    """The cases of this visitor as short cards."""
    now = clock.now()
    found = []
    for case in access.own_cases(request)[:MOST_SHOWN]:
        standing = Standing(case, ActingAs.by_customer(case.customer_id))
        state = standing.playbook.states[case.state]
        found.append(
            {"case": case, "state": state_words(state), "promises": promises(standing.playbook, standing.state, now)}
        )
    return found
