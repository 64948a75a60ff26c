"""Which module answers which address."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from tuoshan.settings.apps import present


def health(request: HttpRequest) -> HttpResponse:
    """200 when this process answers and its database does; for load balancers, without sign-in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return HttpResponse("ok\n", content_type="text/plain")


#: (prefix, module with `urlpatterns`), most specific first; the workbench holds the root.
SCREENS = (
    ("portal/", "tuoshan.portal.urls"),
    ("api/", "tuoshan.api.urls"),
    ("", "tuoshan.documents.urls"),
    ("", "tuoshan.workbench.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("language", set_language, name="set_language"),
    path("accounts/", include("tuoshan.parties.urls")),
    *(path(prefix, include(module)) for prefix, module in SCREENS if present(module)),
]
