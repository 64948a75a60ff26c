"""Which module answers which address."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern
from django.views.i18n import set_language

from tuoshan.present import present
from tuoshan.readiness import checks


def health(request: HttpRequest) -> HttpResponse:
    """200 when this process may work on its database, else 503 and why; for load balancers, without sign-in."""
    wrong = checks.obstacle()
    return HttpResponse(f"{wrong or 'ok'}\n", content_type="text/plain; charset=utf-8", status=503 if wrong else 200)


class Later(URLResolver):
    """A module whose addresses all have one namespace, imported with the first request or address under it.

    The models of the API take 27 MB, which a server of people without programs need not spend.
    """

    def __init__(self, prefix: str, module: str, namespace: str) -> None:
        super().__init__(RoutePattern(prefix), module, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:
        """Nothing to tell the outer addresses: they know the namespace, and ask here for what is in it."""


#: (prefix, module with `urlpatterns`), most specific first; the workbench holds the root.
SCREENS = (
    ("portal/", "tuoshan.portal.urls"),
    ("", "tuoshan.documents.urls"),
    ("", "tuoshan.workbench.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("language", set_language, name="set_language"),
    path("accounts/", include("tuoshan.parties.urls")),
    Later("api/v1/", "tuoshan.api.urls", "api"),
    *(path(prefix, include(module)) for prefix, module in SCREENS if present(module)),
]
