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


def both(send: Any, role: str = "administrator") -> tuple[dict[str, Any], dict[str, Any]]:
    """The same refusal in Chinese and in English."""
    return tuple(send(caller(role, "admin", language=one)) for one in ("zh-hans", "en"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "words"),
    [
        ("GET", "/cases?queue=nobodys", None, "unknown_queue", "There is no such queue"),
        ("GET", "/customers?q=a", None, "too_short", "Please give at least two characters"),
        ("GET", "/search?q=%00", None, "control_signs", "has control characters"),
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


REGISTERED = {"channel": "api", "what_happened": "杯子碎了"}


@pytest.mark.parametrize(
    ("path", "values", "fields", "chinese", "english"),
    [
        (
            "/cases", {"channel": "pigeon", "what_happened": "杯子碎了"}, {"channel": "not_a_choice"},
            "“来源”：请从列出的选项中选择。", '"Channel": Please choose one of the listed options.',
        ),
        (
            "/cases", {"channel": "api"}, {"what_happened": "missing"},
            "“发生了什么”：请填写这一项。", '"What happened": Please fill this in.',
        ),
        (
            "/cases", {**REGISTERED, "urgent_now": "maybe"}, {"urgent_now": "not_of_kind"},
            "“紧急，先分派”：填写的内容不符合要求。",
            '"Urgent and to be assigned first": This is not in the right form.',
        ),
        (
            "/cases/{number}/actions/accept", {"impact": "huge", "colour": "red"},
            {"impact": "not_a_choice", "colour": "unknown_field"},
            "“colour”：这里没有这一项。", '"colour": There is no such field here.',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_field(
    path: str, values: Any, fields: dict[str, str], chinese: str, english: str
) -> None:
    """A program has no page below its question: the detail names the field and what is wrong with it."""
    number = caller("agent").registered()
    told = both(lambda program: program.post(path.format(number=number), {"values": values}, expect=422), "agent")
    for problem, words in zip(told, (chinese, english), strict=True):
        assert problem["code"] == "invalid_form" and fields.items() <= problem["facts"]["fields"].items()
        assert words in problem["detail"], problem["detail"]
        assert not re.search("下面|below", problem["detail"])
    assert not CHINESE.search(told[1]["detail"])


def test_many_cases_at_once_are_told_what_is_wrong_in_each() -> None:
    body = {"numbers": [caller("agent").registered()], "action": "accept", "values": {"colour": "red"}}
    chinese, english = both(lambda program: program.post("/batches", body)[0], "agent")
    assert "“colour”：这里没有这一项。" in chinese["detail"] and "下面" not in chinese["detail"]
    assert '"colour": There is no such field here.' in english["detail"] and "below" not in english["detail"]


def test_a_form_judged_as_on_the_screen_names_its_fields() -> None:
    body = {"values": {**REGISTERED, "channel": "authority"}}
    chinese, english = both(lambda program: program.post("/cases", body, expect=422))
    assert "：请填写这一项。" in chinese["detail"] and "“机关" in chinese["detail"], chinese
    assert english["detail"].count(": Please fill this in.") == 2 and '"' in english["detail"], english


def test_a_fault_of_ours_is_told_by_a_number_that_stands_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tuoshan.office import filters

    def fails(*_given: Any) -> Any:
        raise RuntimeError("a secret of 13800138000")

    monkeypatch.setattr(filters, "visible", fails)
    for language in ("zh-hans", "en"):
        program = caller("agent", language=language)
        answer = program.client.get("/api/v1/filters")
        assert answer.status_code == 500 and answer["Content-Type"] == "application/problem+json"
        told = answer.json()
        assert told["reference"] in told["detail"] and told["reference"] == answer["X-Request-Id"]
        assert bool(CHINESE.search(told["title"] + told["detail"])) == (language == "zh-hans")
        assert "secret" not in answer.content.decode()
        assert any(told["reference"] in record.getMessage() for record in caplog.records)


def test_the_schema_is_drawn_up_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    import ninja.main

    program = caller("agent")
    first = program.get("/openapi.json")
    monkeypatch.setattr(ninja.main, "get_schema", None)
    assert program.get("/openapi.json") == first and first["paths"]
