"""The API object: who calls, what errors look like, idempotency."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer

from tuoshan import __version__
from tuoshan.api import problems
from tuoshan.api.shapes import ProblemOut
from tuoshan.parties import tokens
from tuoshan.parties.models import ApiToken, Person
from tuoshan.parties.permissions import NotPermitted, NotSignedIn, ScopeMissing


class Token(HttpBearer):
    """`Authorization: Bearer tsn_…`: a token of a person, with its scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = tokens.person_of(token)
        if found is not None:
            request.user = found.person
        return found


class SignedIn(APIKeyCookie):
    """The session of somebody signed in at the desk (with the form protection of a browser)."""

    param_name = "tuoshan_session"

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        user: Any = request.user
        return user if user.is_authenticated and user.is_active else None


api = NinjaAPI(
    title="Tuoshan 妥善",
    version="1",
    description=(
        "After-sales service and complaints. Errors are RFC 9457 problems in the language of Accept-Language. "
        "A POST with an `Idempotency-Key` can be sent again: it acts once and gives the same answer. "
        f"Tuoshan {__version__}."
    ),
    auth=[Token(), SignedIn()],
    urls_namespace="api",
    docs_url=None,
)

PROBLEMS: dict[int, type[ProblemOut]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), ProblemOut)
"""The error answers that every operation declares."""


def explain(request: HttpRequest, error: Any) -> HttpResponse:
    """Every refusal as a problem document; a fault of ours is logged and raised."""
    problem = problems.of_error(error)
    if problem is None:
        raise error
    return problems.response(request, problem)


for _kind in (
    problems.Problem, AuthenticationError, ValidationError, HttpError, Http404, NotSignedIn, NotPermitted, ScopeMissing,
):  # fmt: skip
    api.add_exception_handler(_kind, explain)


def idempotency_key(request: HttpRequest) -> str | None:
    """The caller's key, so that sending again acts once."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 120:
        raise problems.Problem(400, "bad_key", "Idempotency-Key: 120")
    return key or None
