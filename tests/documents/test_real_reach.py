"""The same rules with real people, units and cases, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.documents import samples
from tests.documents.conftest import NOW

from tuoshan.cases.models import Case
from tuoshan.parties.models import OrgUnit, Person, Role

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.documents.urls")]


def signed_in(role: str, unit: OrgUnit) -> Client:
    Role.objects.get_or_create(
        key=role, defaults={"title_zh": role, "title_en": role, "reach": "all" if role == "supervisor" else "unit"}
    )
    person = Person.objects.create_user(f"{role}-{unit.code}", "a long password", roles=(role,), unit=unit)
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def test_a_store_sees_its_own_evidence_and_supervisors_the_findings(hand_in: Callable[..., Any]) -> None:
    company = OrgUnit.objects.create(code="C", name_zh="公司", name_en="Company", kind="company")
    north = OrgUnit.objects.create(code="N", name_zh="北店", name_en="North", kind="store", parent=company)
    south = OrgUnit.objects.create(code="S", name_zh="南店", name_en="South", kind="store", parent=company)
    case = Case.objects.create(
        number="TS26-1", playbook="complaint", playbook_hash="0" * 64, state="new", kind="complaint", unit_id=north.pk,
        created_at=NOW, updated_at=NOW, queue_at=NOW, seq=1, head_hash="", snapshot="{}",
    )  # fmt: skip
    photo = hand_in(samples.image("JPEG"), "a.jpg", case_id=case.pk)
    finding = hand_in(samples.pdf(), "b.pdf", case_id=case.pk, supervisors_only=True)
    own, other = signed_in("store_clerk", north), signed_in("store_clerk", south)
    supervisor, visitor = signed_in("supervisor", company), Client()

    def codes(client: Client) -> tuple[int, int, int]:
        return (
            client.get(f"/evidence/{photo.id}").status_code,
            client.get(f"/evidence/{photo.id}/thumbnail").status_code,
            client.get(f"/evidence/{finding.id}").status_code,
        )

    assert codes(own) == (200, 200, 404)
    assert codes(other) == (404, 404, 404)
    assert codes(visitor) == (404, 404, 404)
    assert codes(supervisor) == (200, 200, 200)
