"""Every address over HTTP: each role that the table lets in gets in, every other one gets 403, a stranger neither."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.permissions import ANYBODY, CHANGING, PERMISSIONS, STAFF, name_of

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


def schema() -> Any:
    """The API's own description, as a program reads it."""
    from tuoshan.api import urls  # noqa: F401  (all operations)
    from tuoshan.api.application import api

    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def smallest(shape: Any, whole: Any) -> Any:
    """The least that this shape takes: required fields alone, the first of several kinds, the lowest number."""
    if "$ref" in shape:
        found = whole
        for part in shape["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return smallest(found, whole)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in shape:
            return smallest(shape[several][0], whole)
    if "const" in shape or "enum" in shape:
        return shape.get("const", shape.get("enum", [None])[0])
    if "default" in shape:
        return shape["default"]
    match shape.get("type"):
        case "object":
            known = shape.get("properties", {})
            return {name: smallest(known[name], whole) for name in shape.get("required", [])}
        case "array":
            return [smallest(shape["items"], whole)] * shape.get("minItems", 0)
        case "integer" | "number":
            return shape.get("minimum", 1)
        case "boolean":
            return True
    return {"date": "2026-12-01", "date-time": "2026-12-01T08:00:00Z"}.get(shape.get("format", ""), "1")


def described() -> list[Any]:
    """Every operation: (method, its address with sample arguments, name, content type, the smallest valid body)."""
    whole, found = schema(), []
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            given = {one["name"]: smallest(one["schema"], whole) for one in operation.get("parameters", [])
                     if one["in"] == "path" or one.get("required")}  # fmt: skip
            address = path.format(**given)
            asked = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"} & given.keys()
            address += "?" + urlencode({name: given[name] for name in asked}) if asked else ""
            content = operation.get("requestBody", {}).get("content", {})
            kind = next(iter(content), "application/json")
            body = smallest(content[kind]["schema"], whole) if content else None
            name = f"api.{operation['operationId']}"
            found.append(pytest.param(method.upper(), address, name, kind, body, id=f"{method.upper()} {name}"))
    return found


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


LOOKED_AT = [(name, given) for name, given in ALL if name_of(name) in CHANGING]


@pytest.mark.parametrize(("name", "given"), LOOKED_AT, ids=[name for name, _given in LOOKED_AT])
def test_who_may_only_look_sends_no_form(name: str, given: dict[str, Any], people: dict[str, Person]) -> None:
    """Whoever may change what stands there is let in by every method; everybody else gets 403 for all but looking."""
    for role, person in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        for method in ("post", "put", "patch", "delete"):
            status = getattr(client, method)(address_of(name, given)).status_code
            assert (status != 403) == (role in CHANGING[name_of(name)]), f"{role} gets {status} by {method} at {name}"


@pytest.mark.parametrize(("name", "given"), ALL, ids=[name for name, _given in ALL])
def test_a_stranger_gets_nothing(name: str, given: dict[str, Any]) -> None:
    status = Client(raise_request_exception=False).get(address_of(name, given)).status_code
    assert status in (302, 401, 403, 405), f"a stranger gets {status} at {name}"


@pytest.mark.parametrize(("method", "address", "name", "kind", "body"), described())
def test_an_operation_of_the_api_is_for_its_roles_alone(
    method: str, address: str, name: str, kind: str, body: Any, people: dict[str, Person]
) -> None:
    """Sent what it takes, it answers 403 to every other role, and whose it is are never told that they may not."""
    assert name in PERMISSIONS, f"{method} {address} has no guard"
    assert send(Client(), method, address, kind, body).status_code == 401
    for role, person in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        answer = send(client, method, address, kind, body)
        if role in PERMISSIONS[name]:
            assert answer.status_code not in (401, 403) and answer.status_code < 500, (role, answer.status_code)
            assert b"problem:invalid_request" not in answer.getvalue(), f"{name} does not take {body}"
        else:
            assert answer.status_code == 403, f"{role} gets {answer.status_code} at {name}"
            assert json.loads(answer.content)["code"] == "not_permitted"


def send(client: Client, method: str, address: str, kind: str, body: Any) -> Any:
    """The request as a program makes it; a file where a file is wanted."""
    if not kind.startswith("multipart"):
        return client.generic(method, address, "" if body is None else json.dumps(body), "application/json")
    file = SimpleUploadedFile("说明.txt", "杯子碎了".encode(), "text/plain")
    return client.post(address, {**body, "file": file})


def test_every_operation_is_described_and_so_is_tried() -> None:
    assert {one.values[2] for one in described()} == {one.values[2] for one in operations()}
