"""Addresses of the API: one router a noun."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tuoshan.api import problems
from tuoshan.api.application import api
from tuoshan.api.beside import router as beside
from tuoshan.api.board import router as board
from tuoshan.api.book_effects import router as book_effects
from tuoshan.api.book_parts import router as book_parts
from tuoshan.api.colleagues import router as colleagues
from tuoshan.api.directory import router as directory
from tuoshan.api.doing import batches_router
from tuoshan.api.imports import router as imports
from tuoshan.api.lessons import router as lessons
from tuoshan.api.mine import router as mine
from tuoshan.api.orders import router as orders
from tuoshan.api.own_replies import router as own_replies
from tuoshan.api.playbooks import router as playbooks
from tuoshan.api.reading import router as cases
from tuoshan.api.registering import router as registering
from tuoshan.api.reports import router as reports
from tuoshan.api.rulebooks import router as rulebooks
from tuoshan.api.rulings import router as rulings
from tuoshan.api.running import router as running
from tuoshan.api.searching import router as searching
from tuoshan.api.settings_catalogue import router as settings_catalogue
from tuoshan.api.settings_migrations import router as settings_migrations
from tuoshan.api.settings_people import router as settings_people
from tuoshan.api.settings_rows import router as settings_rows
from tuoshan.api.settings_rules import router as settings_rules
from tuoshan.api.settings_texts import router as settings_texts
from tuoshan.parties.permissions import permitted

api.add_router("/cases", cases)
api.add_router("/cases", beside)
api.add_router("/batches", batches_router)
api.add_router("/board", board)
api.add_router("/imports", imports)
api.add_router("/lessons", lessons)
for _router in (
    directory, mine, own_replies, colleagues, registering, orders, searching, reports, playbooks, running, rulings,
    rulebooks, book_parts, book_effects,
):  # fmt: skip
    api.add_router("", _router)
for _router in (
    settings_catalogue, settings_migrations, settings_people, settings_rows, settings_rules, settings_texts,
):  # fmt: skip
    api.add_router("/settings", _router)


def told(view: Callable[..., Any]) -> Callable[..., Any]:
    """A method that an address does not have is told as a problem too."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = view(request, *args, **kwargs)
        if answer.status_code != 405:
            return answer
        methods = ", ".join(sorted(answer.headers["Allow"].split(", ")))
        refused = problems.Problem(
            405, "method_not_allowed", _("这个地址不接受这种请求"), _("可以用：%(methods)s") % {"methods": methods},
            facts={"methods": methods.split(", ")},
        )  # fmt: skip
        problem = problems.response(request, refused)
        problem["Allow"] = methods
        return problem

    return telling


@permitted("api.nowhere")
@csrf_exempt
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """An address that the API does not have."""
    problem = problems.of_error(Http404())
    assert problem is not None
    return problems.response(request, problem)


urlpatterns, app_name, _namespace = api.urls
for _pattern in urlpatterns:
    if _pattern.callback is not None:
        _pattern.callback = told(_pattern.callback)
urlpatterns.append(path("<path:rest>", nowhere, name="nowhere"))
