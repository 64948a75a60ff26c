"""Mistakes of kind in expressions, found before a playbook loads."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tuoshan.core.conditions import ExpressionError, check, compile_expression

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
    assert any(words in finding.en for finding in findings), findings


TYPED_WORDS = ("amount", "note", "count", "departments", "grade", "paid", "return_by", "promised_at", "has", "total",
               "table", "free_limit", "days", "hours", "now", "null", "size", "amont", "urgent", "urgnt", "important",
               "normal", "lab", "qa", "store", "zzz", "in", "is_holiday", "working_days", "urgntx", "x", "len", "list",
               "weather", "fine", "on", "accept", "minutes", "visit_on", "and", "or", "solve", "late", "q")  # fmt: skip
"""What stands in the expressions themselves, or is written there by way of example."""


@pytest.mark.parametrize("text", [
    "amont > 3", "weather == 'fine'", "grade == 'urgnt'", "grade in ['normal', 'zzz']", "grade > 3", "note < 'b'",
    "paid && amount", "now - working_days(1) < now", "days(note) == days(1)", "amount in [1, 'x']", "count in grade",
    "amount", "total(note) > 1", "is_holiday(amount)", "-note > 1", "count in departments", "!(note)",
    "", "(amount > 3", "amount > 3)", "amount > 3, 4", "amount and 3", "amount note", "1 < amount < 3",
    "!amount == 3", "amount > null", "[null]", "amount >", "amount > * 3", "now() > 1", "and > 1", "has > 1",
    "late > 1", "has.x > 1", "nothing(3)", "len(note)", "days(1, 2)", "days()", "has(3)", "total(3)", "table(3)",
    "'abc", "amount > 三", "amount > 3个月", "amount = 3", "amount ≤ 3", "amount > 5%", "amount > 1 / 0",
    "'a' > 1", "amount; 3", "amount > 1 ? 2", "true(3)", "amount（3）", "amount > .5", "amount > 2 ^ 3", "9" * 40,
    "x" * 3000, "(" * 900,
])  # fmt: skip
def test_whoever_reads_chinese_is_told_in_chinese(text: str) -> None:
    """Every sentence about an expression, its mend too, is Chinese but for what stands in the expression."""
    try:
        said = check(compile_expression(text), TYPES, choices=CHOICES, gives={"yes_no"})
    except ExpressionError as error:
        said = [error.message, error.mend]
    assert said
    for told in (one.zh for one in said):
        rest = set(re.findall(r"[A-Za-z_]+", told)) - set(TYPED_WORDS) - set(re.findall(r"[A-Za-z_]+", text))
        assert any("一" <= sign <= "龥" for sign in told) and not rest, told
