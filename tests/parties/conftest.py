"""A small company: two regions with a store each, a service desk, two departments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tuoshan.parties.models import OrgUnit, Person

PASSWORD = "Correct-horse-9-battery"


@pytest.fixture
def units(db: None) -> dict[str, OrgUnit]:
    """hq/{service, qa, technical, east/{store1, service-east}, west/store2}."""
    from tuoshan.parties.models import OrgUnit

    made: dict[str, OrgUnit] = {}
    for code, kind, department, parent in (
        ("hq", "company", "", ""),
        ("service", "department", "service", "hq"),
        ("qa", "department", "qa", "hq"),
        ("technical", "department", "technical", "hq"),
        ("east", "region", "", "hq"),
        ("store1", "store", "", "east"),
        ("service-east", "department", "service", "east"),
        ("west", "region", "", "hq"),
        ("store2", "store", "", "west"),
    ):
        made[code] = OrgUnit.objects.create(
            code=code, name_zh=f"单位{code}", name_en=code, kind=kind, department=department, parent=made.get(parent)
        )
    return made


@pytest.fixture
def person(units: dict[str, OrgUnit]) -> Callable[..., Person]:
    """Make a person: `person("an", "agent", "service")`."""

    def make(username: str, roles: str = "", unit: str = "", **values: Any) -> Person:
        from tuoshan.parties.models import Person

        return Person.objects.create_user(
            username, PASSWORD, roles=tuple(roles.split()), unit=units[unit] if unit else None, **values
        )

    return make


class StoredCase:
    """What reach and holding read of a case, without one."""

    def __init__(self, **values: Any) -> None:
        self.pk = self.id = values.pop("pk", 1)
        self.playbook = "complaint"
        self.unit_id: int | None = None
        self.handler_id: int | None = None
        self.registrant_id: int | None = None
        self.category_id: int | None = None
        self.snapshot = ""
        for name, value in values.items():
            setattr(self, name, value)


@pytest.fixture
def case() -> type[StoredCase]:
    """Make a case in memory: `case(unit_id=…, handler_id=…)`."""
    return StoredCase
