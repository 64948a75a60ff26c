"""Everything that the screens can do, the API can: `docs/api.md` says how, and this holds it complete."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tuoshan.api import urls  # noqa: F401  (all operations)
from tuoshan.api.application import api
from tuoshan.parties.permissions import PERMISSIONS, SCOPES

TABLE = Path(__file__).parents[2] / "docs" / "api.md"
ROW = re.compile(r"^\| `([\w:]+)` \| (.+) \|$", re.M)


def screens(resolver: Any = None, namespace: str = "") -> set[str]:
    """The name of every address that is not the API's."""
    found: set[str] = set()
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace or "") if part)
            found |= screens(entry, inner) if inner != "api" else set()
        elif isinstance(entry, URLPattern) and entry.name:
            found.add(f"{namespace}:{entry.name}" if namespace else entry.name)
    return found


def operations() -> list[Any]:
    return [
        operation
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    ]


def rows() -> dict[str, str]:
    return dict(ROW.findall(TABLE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", sorted(screens()))
def test_a_screen_has_an_operation_or_a_reason(name: str) -> None:
    said = rows().get(name)
    assert said is not None, f"{name} stands in no row of docs/api.md"
    if said.startswith("—"):
        assert len(said) > 20, f"{name} has no reason"
        return
    known = {operation.url_name for operation in operations()}
    assert set(re.findall(r"`(\w+)`", said)) <= known, f"{name}: {said}"


def test_no_row_speaks_of_what_is_gone() -> None:
    assert set(rows()) <= screens()


def test_every_operation_stands_in_the_permission_table_under_its_own_name() -> None:
    for operation in operations():
        assert operation.view_func.permission == f"api.{operation.url_name}", operation.path
    named = {f"api.{operation.url_name}" for operation in operations()}
    named |= {"api.openapi-json", "api.api-root", "api.nowhere"}
    assert {name for name in PERMISSIONS if name.startswith("api.")} == named


def test_what_changes_something_needs_more_than_reading() -> None:
    only_looks = {"case_preview", "register_look", "register_email", "ruling_ask", "ruling_batch", "ruling_paper"}
    for operation in operations():
        if set(operation.methods) - {"GET"} and operation.url_name not in only_looks:
            assert f"api.{operation.url_name}" in SCOPES, operation.url_name
        elif operation.methods == ["GET"]:
            assert f"api.{operation.url_name}" not in SCOPES, operation.url_name


def test_names_are_used_once() -> None:
    """Two shapes of one name would become one in the schema, and one of them would be wrong."""
    counted = Counter(operation.url_name for operation in operations())
    assert [name for name, times in counted.items() if times > 1] == []
    classes: dict[str, set[str]] = {}
    for path in (Path(__file__).parents[2] / "src" / "tuoshan" / "api").glob("*.py"):
        for name in re.findall(r"^class (\w+)\(", path.read_text(encoding="utf-8"), re.M):
            classes.setdefault(name, set()).add(path.name)
    assert {name: places for name, places in classes.items() if len(places) > 1} == {}
