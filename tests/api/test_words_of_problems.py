"""A refusal speaks the caller's language, whatever refused it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.api.callers import Caller, caller
from tests.api.test_permission_table_over_http import described

pytestmark = pytest.mark.django_db
CHINESE = re.compile("[\u4e00-\u9fff]")
API = Path(__file__).parents[2] / "src" / "tuoshan" / "api"


def said(problem: dict[str, Any]) -> list[str]:
    """Everything in a problem that people read."""
    return [problem["title"], problem["detail"], *(one["message"] for one in problem.get("errors", []))]


def both(send: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same refusal in Chinese and in English."""
    return tuple(send(caller("administrator", "admin", language=one)) for one in ("zh-hans", "en"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "words"),
    [
        ("GET", "/cases?queue=nobodys", None, "unknown_queue", "There is no such queue"),
        ("GET", "/customers?q=a", None, "too_short", "Please give at least two characters"),
        ("GET", "/search?q=%00", None, "request_refused", "The request cannot be read; please check its format."),
        ("DELETE", "/cases", None, "method_not_allowed", "Use: GET, POST"),
        ("POST", "/lessons", {}, "invalid_request", "This is missing"),
        ("POST", "/cases", {"values": [], "title": "x" * 201}, "invalid_request", "200 characters at most"),
        ("GET", "/cases?limit=900", None, "invalid_request", "Not more than 200"),
        ("POST", "/settings/accounts", {"username": "n", "roles": ["king"]}, "unknown_role", "no such role: king"),
        (
            "POST", "/cases", {"values": {"channel": "api", "what_happened": "碎了"}, "customer_phone": "12"},
            "invalid_phone", "This number cannot be called",
        ),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_chinese_and_in_english(
    method: str, path: str, body: Any, code: str, words: str
) -> None:
    def send(program: Caller) -> Any:
        return program.client.generic(
            method, f"/api/v1{path}", "" if body is None else json.dumps(body), "application/json"
        ).json()

    chinese, english = both(send)
    assert (chinese["code"], english["code"]) == (code, code)
    assert any(words in one for one in said(english)), said(english)
    assert not any(CHINESE.search(one) for one in said(english)), said(english)
    assert all(CHINESE.search(one) for one in said(chinese)), said(chinese)


def test_a_key_that_is_too_long_is_told_in_words() -> None:
    chinese, english = both(lambda program: program.post("/filters", {"title": "t", "conditions": {}}, "k" * 121, 400))
    assert english["title"] == "An Idempotency-Key has 120 characters at most"
    assert CHINESE.search(chinese["title"]) and english["code"] == "bad_key"


def test_no_operation_answers_an_english_caller_in_chinese() -> None:
    """Each with the least that it takes, and with nothing at all."""
    for language, is_right in (("en", lambda text: not CHINESE.search(text)), ("zh-hans", CHINESE.search)):
        program = caller("administrator", "admin", language=language)
        for one in described():
            method, address, name, _kind, smallest = one.values
            for body in (smallest, {}):
                if name == "api.token_revoke" and body is smallest:
                    continue  # the caller's own
                answer = program.client.generic(
                    method, address, "" if body is None else json.dumps(body), "application/json"
                )
                if answer.status_code >= 400:
                    problem = answer.json()
                    assert is_right(problem["title"]), (name, problem)
                    assert language == "zh-hans" or all(map(is_right, said(problem))), (name, problem)


def test_titles_are_words_of_the_catalogue() -> None:
    """No title or detail of a problem stands in the source as it is."""
    found = []
    for path in sorted(API.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Problem":
                plain = [one for one in node.args[2:] if isinstance(one, ast.Constant | ast.JoinedStr)]
                found += [f"{path.name}:{node.lineno}" for _one in plain]
    assert found == []
