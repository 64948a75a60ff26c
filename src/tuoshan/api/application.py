"""The API object: who calls, what errors look like."""

import json
from typing import Annotated, Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import APIKeyCookie, HttpBearer

from tuoshan import __version__, identifiers
from tuoshan.api import problems
from tuoshan.api.describing import Described
from tuoshan.api.shapes import ProblemOut
from tuoshan.parties import tokens
from tuoshan.parties.models import ApiToken, Person

_log = structlog.get_logger(__name__)


class Token(HttpBearer):
    """`Authorization: Bearer tsn_…`: a token of a person, with its scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = tokens.person_of(token)
        if found is not None:
            request.user = found.person
        return found


class SignedIn(APIKeyCookie):
    """The session of somebody signed in at the desk (with the form protection of a browser). Without a session, or
    where a token was sent that is none, nobody calls; only a session's own request can lack that protection."""

    param_name = "tuoshan_session"

    def __call__(self, request: HttpRequest) -> Person | None:
        caller = self.authenticate(request, None)
        if caller is None or request.headers.get("Authorization", "").lower().startswith("bearer"):
            return None
        try:
            super().__call__(request)
        except HttpError as error:
            raise problems.not_from_our_page() from error
        return caller

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        user: Any = request.user
        return user if user.is_authenticated and user.is_active else None


class Plain(Parser):
    """JSON as the standard has it, of text that every database stores: no NaN, no NUL, no half of a sign."""

    def parse_body(self, request: HttpRequest) -> Any:
        data = json.loads(request.body, parse_constant=_no_constant)
        try:
            text = json.dumps(data, ensure_ascii=False)
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError("half of a surrogate pair") from error
        if "\\u0000" in text and _has_nul(data):
            raise ValueError("NUL")
        return data

    def parse_querydict(self, data: Any, list_fields: Any, request: HttpRequest) -> Any:
        if any("\x00" in one for pair in data.lists() for one in (pair[0], *pair[1])):
            raise HttpError(400, "NUL")
        return super().parse_querydict(data, list_fields, request)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _has_nul(data: Any) -> bool:
    if isinstance(data, str):
        return "\x00" in data
    if isinstance(data, dict):
        return any(_has_nul(part) for pair in data.items() for part in pair)
    return isinstance(data, list) and any(_has_nul(part) for part in data)


api = Described(
    title="Tuoshan 妥善",
    version="1",
    description=(
        "After-sales service and complaints. Errors are RFC 9457 problems in the language of Accept-Language. "
        "A POST that takes an `Idempotency-Key` can be sent again with it: it acts once and gives the same answer. "
        f"Tuoshan {__version__}."
    ),
    auth=[Token(), SignedIn()],
    parser=Plain(),
    urls_namespace="api",
    docs_url=None,
)

PROBLEMS: dict[int, type[ProblemOut]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), ProblemOut)
"""The error answers that every operation declares."""


def gives(shape: Any, status: int = 200) -> dict[int, Any]:
    """What an operation answers: this when all is well, else a problem."""
    return {status: shape, **PROBLEMS}


def explain(request: HttpRequest, error: Any) -> HttpResponse:
    """Every refusal as a problem document."""
    problem = problems.of_error(error)
    if problem is None:
        return failed(request, error)
    return problems.response(request, problem)


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours, without what it is about: in the log it stands whole, under the number that is answered."""
    reference = str(structlog.contextvars.get_contextvars().get("request_id") or identifiers.token(12))
    _log.error("api_failed", request_id=reference, method=request.method, route=_route(request), exc_info=error)
    return problems.response(request, problems.failed(reference))


def _route(request: HttpRequest) -> str:
    """Which address it was, without the values in it."""
    return request.resolver_match.route if request.resolver_match else ""


# Besides everything else those for which the framework has an answer of its own.
for _kind in (AuthenticationError, ValidationError, HttpError, Http404, Exception):
    api.add_exception_handler(_kind, explain)


Id = Annotated[int, Field(ge=1, le=identifiers.LARGEST)]
"""An id in an address or a body: no number that a database cannot hold."""
Text = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=200)]
"""A text in an address."""


def me(request: HttpRequest) -> Any:
    """The person who calls."""
    return request.user
