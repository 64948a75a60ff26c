"""Programs that call the API: each with a token of a person of one role."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tuoshan import clock
from tuoshan.parties import tokens
from tuoshan.parties.models import OrgUnit, Person


class Caller:
    """A program with a token of a person."""

    def __init__(self, person: Person, scope: str, language: str = "zh-hans") -> None:
        _token, secret = tokens.make(person=person, name="测试", scopes=[scope], expires_at=None, now=clock.now())
        self.person = person
        self.client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": language})

    def send(self, method: str, path: str, body: Any = None, key: str = "", expect: int = 200) -> Any:
        """The answer's JSON (or bytes), which must have the expected status."""
        headers = {"Idempotency-Key": key} if key else {}
        data = json.dumps(body) if body is not None else ""
        answer = self.client.generic(method, f"/api/v1{path}", data, "application/json", headers=headers)
        content = answer.getvalue()
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {content[:600]!r}"
        return json.loads(content) if content and "json" in answer.headers.get("Content-Type", "") else content

    def get(self, path: str, expect: int = 200) -> Any:
        return self.send("GET", path, expect=expect)

    def post(self, path: str, body: Any = None, key: str = "", expect: int = 200) -> Any:
        return self.send("POST", path, body if body is not None else {}, key, expect)

    def registered(self, text: str = "收到的杯子是碎的，盒子也湿了", **more: Any) -> str:
        """The number of a new complaint."""
        made = self.post("/cases", {"values": {"channel": "api", "what_happened": text}, **more}, expect=201)
        return str(made["number"])


def desk() -> OrgUnit:
    """The service department of a company."""
    company, _made = OrgUnit.objects.get_or_create(code="wire-hq", defaults={"name_zh": "总公司", "kind": "company"})
    given = {"name_zh": "客服部", "kind": "department", "department": "service", "parent": company}
    return OrgUnit.objects.get_or_create(code="wire-service", defaults=given)[0]


def caller(role: str, scope: str = "write", name: str = "", language: str = "zh-hans") -> Caller:
    """A program of one person a name, who is made when first asked for."""
    username = name or f"wire-{role}"
    known = Person.objects.filter(username=username).first()
    person = known or Person.objects.create_user(
        username, "Correct-horse-9-battery", roles=(role,), unit=desk(), display_name=username
    )
    return Caller(person, scope, language)
