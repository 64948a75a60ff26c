"""The one permission table, permissions.csv: which roles may open which screen or endpoint, a row for each.

A name is a URL's name with the colon of its namespace written as a dot (``workbench:case`` →
``workbench.case``). Whether a person may see *this* case is reach (``parties.reach``); whether they may take
*this* step in it is holding (``parties.holding``); both are asked after this table has let them in.
"""

import csv
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

AGENT, CLERK, STORE, INVESTIGATOR = "agent", "store_clerk", "store_manager", "investigator"
SUPERVISOR, MANAGER, FINANCE, ADMIN, AUDITOR = "supervisor", "manager", "finance", "administrator", "auditor"

ANYBODY = frozenset({"*"})
"""Open without signing in; what can be seen there is bound to a signed link, or to number and phone."""
STAFF = frozenset({AGENT, CLERK, STORE, INVESTIGATOR, SUPERVISOR, MANAGER, FINANCE, ADMIN, AUDITOR})
WRITERS = STAFF - {FINANCE, AUDITOR}
FRONT = frozenset({AGENT, CLERK, STORE, SUPERVISOR, MANAGER, ADMIN})
LEADS = frozenset({SUPERVISOR, MANAGER, ADMIN})
OVERSIGHT = LEADS | {AUDITOR}
REPORT_READERS = LEADS | {STORE, FINANCE, AUDITOR}
ADMINS = frozenset({ADMIN})
INSPECTORS = ADMINS | {AUDITOR}
"""They look at what administrators alone may do."""
CONFIGURERS = frozenset({ADMIN, MANAGER})


def sees_findings(person: Any) -> bool:
    """Whether findings against a person, and the files kept to supervisors, are shown to this person of ours."""
    return not OVERSIGHT.isdisjoint(person.role_keys())


def sees_removed(person: Any) -> bool:
    """Whether files that were taken out of a case still open for this person of ours, who proves what was done."""
    return AUDITOR in person.role_keys()


GROUPS: dict[str, frozenset[str]] = {
    "anybody": ANYBODY, "staff": STAFF, "writers": WRITERS, "front": FRONT, "leads": LEADS, "oversight": OVERSIGHT,
    "report_readers": REPORT_READERS, "administrators": ADMINS, "inspectors": INSPECTORS, "configurers": CONFIGURERS,
    "configuration_readers": CONFIGURERS | {AUDITOR},
}  # fmt: skip
"""The words of permissions.csv."""


def _rows() -> Iterator[dict[str, str]]:
    """The rows of the table beside this file."""
    lines = Path(__file__).with_suffix(".csv").read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if not line.startswith("#"))


_ROWS = {row["name"]: row for row in _rows()}

PERMISSIONS: dict[str, frozenset[str]] = {name: GROUPS[row["may_open"]] for name, row in _ROWS.items()}

CHANGING: dict[str, frozenset[str]] = {
    name: GROUPS[row["may_change"]] for name, row in _ROWS.items() if row["may_change"]
}
"""Screens that auditors look at as well: who may change what stands on them, and send the forms there."""

SCOPES: dict[str, str] = {name: row["scope"] for name, row in _ROWS.items() if row["scope"] not in ("", "read")}
"""What a token must be allowed for these; every other endpoint needs ``read``."""

LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
_INCLUDES = {"read": {"read"}, "write": {"read", "write"}, "admin": {"read", "write", "admin"}}

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class NotPermitted(PermissionDenied):
    """Signed in, but no role of theirs may do this; ``name`` is the table's entry."""

    def __init__(self, name: str) -> None:
        super().__init__(_("您的角色不能使用这项功能。"))
        self.name = name


class NotSignedIn(PermissionDenied):
    """Nobody is signed in; an API answers 401, a screen leads to the sign-in page."""


class ScopeMissing(PermissionDenied):
    """The token's scopes do not cover this; ``scope`` is what it would need."""

    def __init__(self, scope: str) -> None:
        super().__init__(_("令牌缺少权限范围：%(scope)s。") % {"scope": scope})
        self.scope = scope


def entry(name: str) -> frozenset[str]:
    """Return the roles of an entry. Raises ImproperlyConfigured for a name that is not in the table."""
    try:
        return PERMISSIONS[name]
    except KeyError:
        raise ImproperlyConfigured(f"{name!r} is not in the permission table (parties/permissions.csv).") from None


def name_of(url_name: str) -> str:
    """Return the table's name for a URL's name, namespace included."""
    return url_name.replace(":", ".")


def scope_of(name: str) -> str:
    """Return the scope that a token needs for an API entry."""
    return SCOPES.get(name, "read")


def allowed(user: Any, name: str) -> bool:
    """Whether this user (a Person or anonymous) may open what the name stands for; also for templates."""
    roles = entry(name)
    if roles is ANYBODY:
        return True
    return bool(user.is_authenticated and user.is_active and not roles.isdisjoint(user.role_keys()))


def may_change(user: Any, name: str) -> bool:
    """Whether this user may send the forms of a screen that more roles look at; of any other, whether they get in."""
    roles = CHANGING.get(name)
    return allowed(user, name) and (roles is None or not roles.isdisjoint(user.role_keys()))


def check(user: Any, name: str, *, scopes: list[str] | None = None) -> None:
    """Raise NotSignedIn, NotPermitted or ScopeMissing unless the user may; ``scopes`` are a token's."""
    if entry(name) is ANYBODY:
        return
    if not user.is_authenticated or not user.is_active:
        raise NotSignedIn
    if not allowed(user, name):
        raise NotPermitted(name)
    needed = scope_of(name)
    if scopes is not None and not any(needed in _INCLUDES.get(scope, ()) for scope in scopes):
        raise ScopeMissing(needed)


def permitted(
    name: str,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Guard a Django view: to the sign-in page when nobody is signed in (and back), 403 without the role, and 403 for
    who may only look but sends a form.

    A name without an entry fails when the module is loaded, so no unlisted view can be served.
    """
    entry(name)

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                check(request.user, name)
            except NotSignedIn:
                return redirect_to_login(request.get_full_path())
            if request.method not in LOOKING and not may_change(request.user, name):
                raise NotPermitted(name)
            return view(request, *args, **kwargs)

        guarded.permission = name  # type: ignore[attr-defined]
        return guarded

    return guard


def api_permitted(
    name: str,
) -> Callable[[Callable[Parameters, Answer]], Callable[Parameters, Answer]]:
    """Guard an API operation, whose first argument is ``request``; raises what ``check`` raises.

    ``request.auth`` is the ApiToken when a token was used; its scopes are then asked for too.
    """
    entry(name)

    def guard(operation: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
        @wraps(operation)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
            request: Any = args[0] if args else kwargs["request"]
            check(request.user, name, scopes=getattr(getattr(request, "auth", None), "scopes", None))
            return operation(*args, **kwargs)

        guarded.permission = name  # type: ignore[attr-defined]
        return guarded

    return guard
