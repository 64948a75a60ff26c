"""Mistakes of kind in expressions, found before a playbook loads."""

from __future__ import annotations

from typing import Any

import pytest

from tuoshan.core.conditions import check, compile_expression

TYPES: dict[str, Any] = {
    "amount": "money",
    "count": "number",
    "grade": "choice",
    "departments": "choices",
    "paid": "yes_no",
    "return_by": "date",
    "promised_at": "datetime",
    "note": "text",
}
CHOICES = {"grade": ["normal", "important", "urgent"], "departments": ["qa", "store"]}


@pytest.mark.parametrize(
    "text",
    [
        "amount <= table('free_limit', grade) && total(amount) > 3 * count",
        "grade in ['normal', 'urgent'] && 'qa' in departments && departments != ['store']",
        "now <= return_by + days(3) || promised_at + hours(2) < now",
        "promised_at + working_days(3) > now && size(departments) > 1",
        "ruling.kind == 'outcome' && !remedy.settled && 'repair' in ruling.remedies",
        "(now - promised_at) * 0.5 > hours(1) && (now - promised_at) / hours(1) > 2",
        "on.accept + table('length', grade) < now",
    ],
)
def test_check_finds_nothing(text: str) -> None:
    assert check(compile_expression(text), TYPES, choices=CHOICES, gives={"yes_no"}) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("amont > 3", "column 1: there is no fact 'amont'; write amount"),
        ("weather == 'fine'", "ask for it in a form"),
        ("grade == 'urgnt'", "'urgnt' is no value of grade; write 'urgent'"),
        ("grade in ['normal', 'zzz']", "use one of important, normal, urgent"),
        ("'lab' in departments", "'lab' is no value of departments"),
        ("grade > 3", "'>' cannot join grade is text and 3 is number"),
        ("note < 'b'", "needs an order"),
        ("amount == 'x'", "cannot join"),
        ("paid && amount", "'&&' takes yes or no, but amount is number"),
        ("!(note)", "'!' takes yes or no"),
        ("note + 1 > 2", "'+' cannot join"),
        ("now - working_days(1) < now", "'-' cannot join"),
        ("days(note) == days(1)", "'days' takes number"),
        ("amount in [1, 'x']", "'in' cannot join"),
        ("count in grade", "needs a list"),
        ("amount", "this gives number where yes or no is needed"),
        ("total(note) > 1", "adds up money"),
        ("is_holiday(amount)", "takes date or moment"),
        ("-note > 1", "takes duration or number"),
        ("count in departments", "a list of texts"),
    ],
)
def test_check_finds(text: str, words: str) -> None:
    findings = check(compile_expression(text), TYPES, choices=CHOICES, gives={"yes_no"})
    assert any(words in finding for finding in findings), findings
