"""Facts of a ruling that cannot be taken: each is named and said over the API, and nothing ends in an error of ours."""

import json
from typing import Any

import pytest
from tests.api.callers import caller

from tuoshan.rulings import library

pytestmark = pytest.mark.django_db

GOOD: dict[str, Any] = {
    "house": "mall", "goods": "shoes", "problem": "quality", "shoe_kind": "leather", "defect": "glue",
    "sold_on": "2026-03-31", "reported_on": "2026-05-22", "paid": "399.00", "repair_days": "0",
}  # fmt: skip
DAY = {"today": "2026-05-22"}


@pytest.fixture(autouse=True)
def _books_as_shipped() -> Any:
    library.look_again()


@pytest.mark.parametrize(
    ("fact", "sent", "zh", "en"),
    [
        ("opening_cm", "60mm", "“开胶长度”的单位是厘米，不能用“mm”", "'Opening' is measured in cm, not 'mm'"),
        ("opening_cm", "NaN", "“开胶长度”要填数字", "'Opening' is a number, not 'NaN'"),
        ("opening_cm", "1e400", "“开胶长度”要填数字", "'Opening' is a number, not '1e400'"),
        ("opening_cm", 10**150, "“开胶长度”太大", "'Opening' is too large"),
        ("opening_cm", "6\x07", "“开胶长度”要填数字", "'Opening' is a number"),
        ("reported_on", "2026-03-01", "早于“购买日期”2026-03-31", "lies before 'Day of sale' 2026-03-31"),
        ("reported_on", "2026-05-22T08:00:00+08:00", "不要时刻和时区：写成 2026-05-22", "without time and zone, like"),
        ("defect", "torn", "“毛病”没有“torn”这一项", "'Defect' has no 'torn'"),
        ("paid", "-1", "“实付价款”不能小于 0", "cannot be below 0"),
        ("repair_days", "2.5", "要填整数，不能是 2.5", "is a whole number, not 2.5"),
        ("colour", "red", "没有事实“colour”", "there is no fact 'colour'"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_taken_is_named_with_what_is_wrong(fact: str, sent: object, zh: str, en: str) -> None:
    body = {"facts": {**GOOD, fact: sent}, **DAY}
    for language, words in (("zh-hans", zh), ("en", en)):
        problem = caller("agent", language=language).post("/rulings", body, expect=422)
        assert list(problem["facts"]["fields"]) == [fact] and words in problem["facts"]["fields"][fact]
        [refused] = caller("agent", language=language).post("/rulings", [body])["refused"].values()
        assert list(refused) == [fact] and words in refused[fact]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ('"opening_cm": 1e400', "opening_cm"), ('"opening_cm": NaN', "request_refused"),
        ('"opening_cm": "6\\u0000"', "request_refused"),
        ('"opening_cm": ["6"]', "opening_cm"),
        ('"opening_cm": {"of": 6}', "opening_cm"), ('"loss": 399.5', "loss"), ('"loss": ""', ""),
        ('"opening_cm": "%s"' % ("6" * 5000), "opening_cm"), ('"%s": 1' % ("x" * 500), "x" * 10),
    ],
)  # fmt: skip
def test_what_json_can_hold_and_no_fact_can_is_refused_by_its_name(change: str, named: str) -> None:
    """Written by hand, for no program of ours would send it. NaN is no JSON and NUL no text, so that nothing of such a
    request is read."""
    agent = caller("agent", language="en")
    head = json.dumps({"facts": GOOD, **DAY})
    sent = head.replace('"facts": {', '"facts": {' + change + ", ", 1)
    answer = agent.client.generic("POST", "/api/v1/rulings", sent, "application/json")
    told = answer.content.decode()
    if not named:
        assert answer.status_code == 200, told
        return
    assert answer.status_code in (400, 422), told
    assert named in told and len(told) < 3000 and "Traceback" not in told


@pytest.mark.parametrize("quantity", [2.5, 0, -1, "zwei", [2], 10**30])
def test_a_number_of_pieces_that_is_none_is_named(quantity: object) -> None:
    line = {"facts": GOOD, **DAY, "quantity": quantity}
    answer = caller("agent", language="en").post("/rulings", [line])
    assert list(answer["refused"]["0"]) == ["quantity"] and answer["refused"]["0"]["quantity"]


@pytest.mark.parametrize("today", ["2026-02-30", "soon", "2026-05-22T10:00:00+08:00", 5, ["2026-05-22"]])
def test_a_day_of_asking_that_is_none_is_named(today: object) -> None:
    problem = caller("agent", language="en").post("/rulings", {"facts": GOOD, "today": today}, expect=422)
    assert any(one["where"].endswith("today") and one["message"] for one in problem["errors"])
