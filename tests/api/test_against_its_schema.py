"""The API against its own OpenAPI schema, over WSGI: generated requests of two persons, every answer as described.

The requests are the same in every run. Addresses name what is there in half of them, so that operations are met as
well as refused; whatever a request does is undone after it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tuoshan import clock
from tuoshan.api import urls  # noqa: F401  (all operations)
from tuoshan.api.application import api
from tuoshan.care.models import SurveyReason
from tuoshan.cases.models import Case, SavedFilter
from tuoshan.catalog.models import Category, OrderRef, Product, ProductLine, Shop
from tuoshan.intake.arrivals import Came
from tuoshan.intake.registering import Contact, register_complaint
from tuoshan.knowledge.models import QuickReply
from tuoshan.parties import tokens
from tuoshan.parties.models import OrgUnit, Person, Role, Skill
from tuoshan.quality import lessons
from tuoshan.quality.models import Cause

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = {"admin": 2, "write": 2}


@cache
def described() -> Any:
    """The schema as it is served; its operations."""
    raw = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    plain = ProjectConfig(generation=GenerationConfig(allow_x00=False))  # NUL has a test of its own
    return schemathesis.openapi.from_dict(raw, config=SchemathesisConfig(projects=ProjectsConfig(default=plain)))


@cache
def program() -> Any:
    return get_wsgi_application()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests run inside the test's own transaction, so nothing may close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def house(one_connection: None) -> dict[str, Any]:
    """Persons, a case, and one thing of each kind, by the name of the address's part."""
    unit = OrgUnit.objects.create(code="hq", name_zh="总公司", kind="company")
    password = "Correct-horse-9-battery"
    people = {
        role: Person.objects.create_user(role, password, roles=(role,), unit=unit)
        for role in ("agent", "administrator")
    }
    OrderRef.objects.create(order_no="1001", shop="店", paid="12.50")
    Product.objects.create(code="KP-1", name="杯子")
    category = Category.objects.create(code="product", name_zh="产品")
    made = register_complaint(
        values={"channel": "api", "what_happened": "收到的杯子是碎的", "order_no": "1001"},
        contact=Contact("13800138000", "林若溪"), came=Came("api"), unit_id=unit.pk,
    )  # fmt: skip
    case = Case.objects.get(pk=made.outcome.case_id)
    lesson = lessons.make(what="加厚包装", case_ids=[case.pk], now=clock.now())
    kept = SavedFilter.objects.create(
        person_id=None, title="未结", conditions='{"state": "open"}', created_at=clock.now()
    )  # fmt: skip
    reply = QuickReply.objects.create(title="谢谢", text="谢谢您，{customer}", updated_at=clock.now())
    known = {
        "accounts": people["agent"].pk, "people": people["agent"].pk, "customers": case.customer_id,
        "categories": category.pk, "filters": kept.pk, "lessons": lesson.pk, "replies": reply.pk, "org-units": unit.pk,
        "roles": Role.objects.values_list("pk", flat=True)[0],
        "causes": Cause.objects.create(code="made", name_zh="做工").pk,
        "reasons": SurveyReason.objects.values_list("pk", flat=True).first() or 1,
        "products": Product.objects.values_list("pk", flat=True)[0],
        "product-lines": ProductLine.objects.values_list("pk", flat=True)[0],
        "shops": Shop.objects.values_list("pk", flat=True)[0],
        "skills": Skill.objects.create(person=people["agent"], category=category).pk,
        "imports": 1, "absences": 1, "evidence": 1, "tokens": 1, "outbox": 1, "parked": 1, "parties": 1,
    }  # fmt: skip
    return {"people": people, "case": case, "known": known}


def names_of(house: dict[str, Any], path: str) -> dict[str, Any]:
    """Values for the parts of an address that name something there."""
    noun = next((part for part in path.strip("/").split("/") if part in house["known"]), "")
    words = {
        "templates": "accepted", "tables": "solve_time", "calendars": "standard", "reports": "overview",
        "board": "overdue", "lists": "categories", "parties": "handler", "playbooks": "complaint.yaml",
    }  # fmt: skip
    return {
        "number": house["known"]["customers"] if path.startswith("/customers") else house["case"].number,
        "pk": house["known"].get(noun, 1), "playbook": "complaint", "key": "complaint", "action": "accept",
        "task": "inquire", "order_no": "1001",
        "name": next((words[part] for part in path.split("/") if part in words), "categories"),
    }  # fmt: skip


def walk(operation: Any, house: dict[str, Any], secret: str, most: int, note: Callable[[str], None]) -> None:
    """A few generated requests of one operation; what is wrong goes to `note`."""
    path = operation.path.removeprefix("/api/v1")
    real = names_of(house, path)

    @settings(
        max_examples=most, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), there=st.sampled_from([True, True, False]))
    def send(case: Any, there: bool) -> None:
        if there and case.path_parameters:
            case.path_parameters |= {name: real[name] for name in case.path_parameters if name in real}
        with transaction.atomic():
            response = case.call(app=program(), headers={"Authorization": f"Bearer {secret}"})
            transaction.set_rollback(True)
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseException as failure:
            note(f"{operation.method.upper()} {path}: {failure}\n{case.as_curl_command()}")

    send()


@pytest.mark.parametrize(("role", "scope"), [("administrator", "admin"), ("agent", "write")], ids=["admin", "agent"])
def test_every_answer_is_as_described(role: str, scope: str, house: dict[str, Any]) -> None:
    _token, secret = tokens.make(
        person=house["people"][role], name="probe", scopes=[scope], expires_at=None, now=clock.now()
    )
    wrong: list[str] = []
    for found in described().get_all_operations():
        walk(found.ok(), house, secret, EXAMPLES[scope], wrong.append)
    assert not wrong, "\n\n".join(wrong[:20])
