"""Facts as people type them: exact values, or a word about which is wrong and why."""

from datetime import date
from decimal import Decimal

import pytest
from tests.core.policy.sample import BOOK, book

from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.rulings import files

PACK = book()
TODAY = date(2026, 6, 1)


def problem(**facts: object) -> tuple[str, str]:
    _, problems = read_given(PACK.facts, facts, TODAY)
    assert len(problems) == 1, problems
    return problems[0].code, problems[0].message.en


def test_values_become_exact() -> None:
    values, problems = read_given(
        PACK.facts, {"paid": "¥1,399.5", "length_cm": "5.0 cm", "fault": "开胶", "sold_on": "2026-05-20"}, TODAY
    )
    assert not problems
    assert values == {
        "paid": Decimal("1399.50"), "length_cm": Decimal("5.0"), "fault": "open", "sold_on": date(2026, 5, 20),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "value"),
    [
        ({"sold_on": "2026/5/3"}, date(2026, 5, 3)),
        ({"sold_on": "2026-5-03"}, date(2026, 5, 3)),
        ({"sold_on": "2026.05.03"}, date(2026, 5, 3)),
        ({"paid": "1,399.50 yuan"}, Decimal("1399.50")),
        ({"length_cm": "1.5"}, Decimal("1.5")),
        ({"length_cm": "6公分"}, Decimal("6")),
        ({"length_cm": "６．５ 厘米"}, Decimal("6.5")),
        ({"length_cm": "６㎝"}, Decimal("6")),
    ],
)
def test_what_people_write_is_taken(facts: dict[str, object], value: object) -> None:
    assert read_given(PACK.facts, facts, TODAY) == ({next(iter(facts)): value}, ())


def test_nothing_is_not_given() -> None:
    assert read_given(PACK.facts, {"paid": "", "fault": None}, TODAY) == ({}, ())


@pytest.mark.parametrize(
    ("facts", "code", "word"),
    [
        ({"length_cm": "60 mm"}, "wrong_unit", "measured in cm, not 'mm'"),
        ({"length_cm": "long"}, "not_a_number", "'Length' is a number"),
        ({"length_cm": "≤6"}, "not_a_number", "'Length' is one number as it was measured, not a range such as '≤6'"),
        ({"length_cm": "<= 6厘米"}, "not_a_number", "not a range such as '<= 6厘米'"),
        ({"length_cm": "6厘米以内"}, "not_a_number", "not a range such as '6厘米以内'"),
        ({"length_cm": "6公里"}, "wrong_unit", "measured in cm, not '公里'"),
        ({"length_cm": 51}, "too_large", "cannot be above 50"),
        ({"paid": "-1"}, "too_small", "cannot be below 0"),
        ({"paid": "12.345"}, "finer_than_fen", "finer than a fen"),
        ({"fault": "torn"}, "not_a_choice", "has no 'torn'; use one of open, worn, none"),
        ({"sold_on": "20.5.2026"}, "not_a_date", "a date like 2026-05-20"),
        ({"sold_on": "2026-5/20"}, "not_a_date", "a date like 2026-05-20"),
        ({"sold_on": "2026-02-30"}, "not_a_date", "a date like 2026-05-20"),
        ({"length_cm": "1,50"}, "not_a_number", "'Length' is a number, not '1,50'"),
        ({"sold_on": "2026-06-02"}, "in_the_future", "lies after today"),
        ({"sold_on": "2026-05-20", "asked_on": "2026-05-19"}, "before", "lies before 'Day of sale' 2026-05-20"),
        ({"pad": 3}, "unknown_fact", "did you mean 'paid'?"),
    ],
)
def test_what_is_wrong_is_named(facts: dict[str, object], code: str, word: str) -> None:
    found, message = problem(**facts)
    assert found == code
    assert word in message


def test_what_counts_something_without_parts_is_refused_with_a_fraction() -> None:
    known = facts_of(files.packaged())
    for given in ({"repairs_same_fault": "1.5"}, {"agreed_months": 7.5}, {"repair_days": "3.25 天"}):
        values, problems = read_given(known, given, TODAY)
        assert [problem.code for problem in problems] == ["not_whole"] and not values
    [problem] = problems
    assert problem.message.en == "'Days in repair' is a whole number, not 3.25"
    assert read_given(known, {"repairs_same_fault": "2.0"}, TODAY) == ({"repairs_same_fault": Decimal("2.0")}, ())
    assert read_given(known, {"opening_cm": "1.5"}, TODAY)[1] == ()


def test_no_more_days_in_repair_than_since_the_sale() -> None:
    """Sold on the 10th and asked on 1 June: 22 days at most, whatever the day of the report."""
    known, sold = facts_of(files.packaged()), {"sold_on": "2026-05-10", "reported_on": "2026-05-12"}
    for name in ("repair_days", "parts_wait_days", "repairer_days"):
        assert not read_given(known, {**sold, name: "22"}, TODAY)[1]
        [problem] = read_given(known, {**sold, name: "23"}, TODAY)[1]
        assert (problem.fact, problem.code) == (name, "too_many_days")
        assert not read_given(known, {name: "23"}, TODAY)[1], "where the sale is not known nothing is refused"
    assert problem.message.zh.endswith("23 天太多：从“购买日期”2026-05-10 到今天 2026-06-01 只有 22 天")


def test_a_date_may_lie_ahead_only_where_its_fact_says_so() -> None:
    until = "  valid_until: {kind: date, label: 有效期止 / Valid until, ask: 到哪天 / Until when, ahead: true}\nvalues:"
    pack = book(BOOK.replace("values:", until, 1))
    values, problems = read_given(pack.facts, {"valid_until": "2026-06-30"}, TODAY)
    assert not problems and values == {"valid_until": date(2026, 6, 30)}
