"""The permission table: complete against the addresses there are, and kept by its guards."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.parties.conftest import PASSWORD

from tuoshan.parties import permissions
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import PERMISSIONS, NotPermitted, NotSignedIn, ScopeMissing, check
from tuoshan.parties.seeds import ROLES

Make = Callable[..., Person]
OUTER = ("tuoshan.workbench.urls", "tuoshan.portal.urls", "tuoshan.api.urls")


def names(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            yield from names(item, f"{prefix}{item.namespace}:" if item.namespace else prefix)
        else:
            yield f"{prefix}{item.name}", item


def is_ours(pattern: URLPattern) -> bool:
    return not str(getattr(pattern.callback, "__module__", "")).startswith("ninja.")


URLS = dict(names(get_resolver()))


@pytest.mark.parametrize("name", sorted(name for name, pattern in URLS.items() if is_ours(pattern)))
def test_every_address_stands_in_the_table(name: str) -> None:
    assert permissions.name_of(name) in PERMISSIONS


def has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.skipif(not all(map(has_module, OUTER)), reason="the outer modules are not all there")
def test_every_entry_of_a_screen_has_an_address() -> None:
    known = {permissions.name_of(name) for name in URLS}
    assert {name for name in PERMISSIONS if not name.startswith("api.")} <= known


def test_entries_name_roles_that_there_are() -> None:
    keys = {seed.key for seed in ROLES}
    for name, roles in PERMISSIONS.items():
        assert roles is permissions.ANYBODY or (roles and roles <= keys), name
    assert keys == permissions.STAFF
    assert set(permissions.SCOPES) <= set(PERMISSIONS)
    assert set(permissions.SCOPES.values()) <= {"write", "admin"}


def test_each_name_stands_in_the_table_once_and_only_programs_need_a_scope() -> None:
    lines = Path(permissions.__file__).with_suffix(".csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines if not line.startswith("#")][1:]
    assert len({row[0] for row in rows}) == len(rows) == len(PERMISSIONS)
    for name, opens, _changes, scope in rows:
        programs = name.startswith("api.") and opens != "anybody"
        assert scope in (("read", "write", "admin") if programs else ("",)), name


OWN_ACCOUNT = {"api.me_change", "api.notification_read", "api.token_revoke"}
"""Everybody decides what concerns themselves alone."""


def test_who_only_reads_writes_nowhere() -> None:
    for seed in ROLES:
        if seed.reads_only:
            assert {name for name in permissions.SCOPES if seed.key in PERMISSIONS[name]} <= OWN_ACCOUNT
            assert seed.key not in PERMISSIONS["workbench.act"]


def test_who_only_reads_changes_nothing_that_stands_on_a_screen() -> None:
    for seed in ROLES:
        if seed.reads_only:
            for name in permissions.CHANGING:
                assert not permissions.may_change(someone(seed.key), name)
                assert permissions.allowed(someone(seed.key), name) == (seed.key == permissions.AUDITOR), name


def test_a_view_without_an_entry_refuses_to_load() -> None:
    with pytest.raises(ImproperlyConfigured):
        permissions.permitted("workbench.nonsense")
    with pytest.raises(ImproperlyConfigured):
        permissions.api_permitted("api.nonsense")


def someone(*roles: str, is_active: bool = True) -> Any:
    return SimpleNamespace(is_authenticated=True, is_active=is_active, role_keys=lambda: frozenset(roles))


@pytest.mark.parametrize("role", sorted(permissions.STAFF))
def test_allowed_and_denied(role: str) -> None:
    for name, roles in PERMISSIONS.items():
        assert permissions.allowed(someone(role), name) == (roles is permissions.ANYBODY or role in roles), name
        if roles is not permissions.ANYBODY:
            assert not permissions.allowed(someone(), name)
            assert not permissions.allowed(someone(role, is_active=False), name)
            assert not permissions.allowed(AnonymousUser(), name)


def test_scopes_of_tokens() -> None:
    agent, admin = someone("agent"), someone("administrator")
    check(agent, "api.case_read", scopes=["read"])
    check(agent, "api.case_act", scopes=["write"])
    check(admin, "api.customer_erase", scopes=["admin"])
    with pytest.raises(ScopeMissing):
        check(agent, "api.case_act", scopes=["read"])
    with pytest.raises(ScopeMissing):
        check(admin, "api.customer_erase", scopes=["write"])
    with pytest.raises(NotPermitted):
        check(agent, "api.customer_erase", scopes=["admin"])
    with pytest.raises(NotSignedIn):
        check(AnonymousUser(), "api.case_read")


def test_guards() -> None:
    @permissions.permitted("workbench.board")
    def board(request: HttpRequest) -> HttpResponse:
        return HttpResponse("board")

    @permissions.api_permitted("api.case_act")
    def act(request: Any, case_id: int) -> int:
        return case_id

    request: Any = RequestFactory().get("/board?x=1")
    request.user = AnonymousUser()
    answer = board(request)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/sign-in?next=/board%3Fx%3D1")
    request.user = someone("agent")
    with pytest.raises(NotPermitted):
        board(request)
    request.user = someone("supervisor")
    assert board(request).status_code == 200
    request.auth = SimpleNamespace(scopes=["read"])
    with pytest.raises(ScopeMissing):
        act(request, case_id=3)
    request.auth.scopes = ["write"]
    assert act(request, case_id=3) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["parties:profile", "parties:tokens", "account_change_password", "mfa_index", "mfa_view_recovery_codes"]
)
def test_own_pages_over_http(person: Make, name: str) -> None:
    person("an", "agent", "service")
    person("nobody", "", "service")
    client = Client()
    assert client.get(reverse(name)).status_code == 302
    client.post("/accounts/sign-in", {"login": "nobody", "password": PASSWORD})
    assert client.get(reverse(name)).status_code == 403
    client = Client()
    client.post("/accounts/sign-in", {"login": "an", "password": PASSWORD})
    assert client.get(reverse(name)).status_code in (200, 302, 404)
    assert b"sign-in?" not in client.get(reverse(name)).headers.get("Location", "").encode()
