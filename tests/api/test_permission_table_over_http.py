"""Every address over HTTP: each role that the table lets in gets in, every other one gets 403, a stranger neither."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.permissions import ANYBODY, PERMISSIONS, STAFF, name_of

pytestmark = pytest.mark.django_db

SAMPLES: dict[str, Any] = {
    "int": 1, "str": "TS2601-00001-0", "slug": "mine", "uuid": "00000000-0000-4000-8000-000000000000", "path": "x",
}  # fmt: skip


def addresses(resolver: Any = None, namespace: str = "") -> list[tuple[str, dict[str, Any]]]:
    """(full name, sample arguments) of every named address."""
    found: list[tuple[str, dict[str, Any]]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace or "") if part)
            found += addresses(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            converters = entry.pattern.converters
            given = {name: SAMPLES.get(_kind(kind), "x") for name, kind in converters.items()}
            found.append((f"{namespace}:{entry.name}" if namespace else entry.name, given))
    return found


def _kind(converter: Any) -> str:
    return type(converter).__name__.replace("Converter", "").replace("String", "str").lower().replace("string", "str")


ALL = [
    (name, given)
    for name, given in addresses()
    if PERMISSIONS.get(name_of(name), ANYBODY) is not ANYBODY and not name.startswith("api:")
]


def operations() -> list[Any]:
    """Every operation of the API: (method, address with sample arguments, name)."""
    from tuoshan.api import urls  # noqa: F401  (all operations)
    from tuoshan.api.application import api

    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            address = re.sub(r"{[^}]+}", "1", f"/api/v1{prefix}{path}")
            for operation in view.operations:
                name = getattr(operation.view_func, "permission", "")
                found += [pytest.param(method, address, name, id=f"{method} {name}") for method in operation.methods]
    return found


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        unit = OrgUnit.objects.create(code="table-hq", name_zh="总部", name_en="HQ", kind="company")
        made = {
            role: Person.objects.create_user(f"table-{role}", "Correct-horse-9-battery", roles=(role,), unit=unit)
            for role in sorted(STAFF)
        }
        yield made
        Person.objects.filter(pk__in=[person.pk for person in made.values()]).delete()
        unit.delete()


def address_of(name: str, given: dict[str, Any]) -> str:
    return reverse(name, kwargs=given)


@pytest.mark.parametrize(("name", "given"), ALL, ids=[name for name, _given in ALL])
def test_who_gets_in(name: str, given: dict[str, Any], people: dict[str, Person]) -> None:
    roles = PERMISSIONS[name_of(name)]
    address = address_of(name, given)
    for role, person in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        status = client.get(address).status_code
        if status == 405:
            status = client.post(address, {}).status_code
        if role in roles:
            assert status != 403, f"{role} is kept out of {name}"
            assert status < 500, f"{name} fails for {role}"
        else:
            assert status in (403, 405), f"{role} gets {status} at {name}"


@pytest.mark.parametrize(("name", "given"), ALL, ids=[name for name, _given in ALL])
def test_a_stranger_gets_nothing(name: str, given: dict[str, Any]) -> None:
    status = Client(raise_request_exception=False).get(address_of(name, given)).status_code
    assert status in (302, 401, 403, 405), f"a stranger gets {status} at {name}"


@pytest.mark.parametrize(("method", "address", "name"), operations())
def test_an_operation_of_the_api_does_nothing_for_others(
    method: str, address: str, name: str, people: dict[str, Person]
) -> None:
    """The body is judged before the role, so an empty one may be refused first; nothing is ever done."""
    assert name in PERMISSIONS, f"{method} {address} has no guard"
    assert Client().generic(method, address, "{}", "application/json").status_code == 401
    for role, person in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        status = client.generic(method, address, "{}", "application/json").status_code
        if role in PERMISSIONS[name]:
            assert status not in (401, 403) and status < 500, f"{role} gets {status} at {name}"
        else:
            assert status in (403, 404, 422, 400), f"{role} gets {status} at {name}"
