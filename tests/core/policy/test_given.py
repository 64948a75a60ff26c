"""Facts as people type them: exact values, or a word about which is wrong and why."""

from datetime import UTC, date, datetime
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


BAD: list[tuple[str, object, str, str]] = [
    ("length_cm", "6英寸", "wrong_unit", "“长度”的单位是厘米，不能用“英寸”"),
    ("length_cm", float("nan"), "not_a_number", "“长度”要填数字，不能是“NaN”"),
    ("length_cm", float("inf"), "not_a_number", "“长度”要填数字，不能是“Infinity”"),
    ("length_cm", Decimal("NaN"), "not_a_number", "“长度”要填数字"),
    ("length_cm", "NaN", "not_a_number", "“长度”要填数字，不能是“NaN”"),
    ("length_cm", "1e400", "not_a_number", "“长度”要填数字，不能是“1e400”"),
    ("length_cm", "9" * 400, "too_large", "“长度”太大：整数部分最多 12 位"),
    ("length_cm", 10**400, "too_large", "“长度”太大"),
    ("length_cm", ["6"], "not_a_number", "“长度”要填数字，不能是“[…]”"),
    ("length_cm", {"of": 6}, "not_a_number", "不能是“{…}”"),
    ("length_cm", True, "not_a_number", "“长度”要填数字，不能是“True”"),
    ("length_cm", "6\x00\x1b[31m", "not_a_number", "不能是“6��[31m”"),
    ("length_cm", "长" * 5000, "not_a_number", "…”"),
    ("paid", "-3", "too_small", "“实付”不能小于 0"),
    ("paid", float("nan"), "not_a_number", "“实付”要填数字"),
    ("paid", "1e400", "not_money", "“实付”：“1e400”不是金额"),
    ("paid", 10**400, "too_large", "“实付”太大"),
    ("paid", ["1"], "not_money", "“实付”要填金额，不能是“[…]”"),
    ("paid", False, "not_money", "“实付”要填金额"),
    ("paid", "99美元", "not_money", "“实付”：“99美元”不是金额"),
    ("sold_on", "2026-05-20T10:00:00+08:00", "not_a_date", "“购买日”只要日期，不要时刻和时区：写成 2026-05-20"),
    ("sold_on", datetime(2026, 5, 20, 10, tzinfo=UTC), "not_a_date", "不要时刻和时区：写成 2026-05-20"),
    ("sold_on", 20260520, "not_a_date", "“购买日”要写成 2026-05-20 这样的日期"),
    ("sold_on", "0001-01-01", "not_a_date", "“购买日”0001-01-01 不合理"),
    ("sold_on", ["2026-05-20"], "not_a_date", "不能是“[…]”"),
    ("fault", "脱胶", "not_a_choice", "“毛病”没有“脱胶”这一项，可用：open（开胶）、worn（磨损）、none（无）"),
    ("fault", ["open"], "not_a_choice", "“毛病”没有“[…]”这一项"),
    ("fault", "open\nworn", "not_a_choice", "“毛病”没有“open�worn”这一项"),
    ("nothing\x07" * 50, "1", "unknown_fact", "没有事实“nothing�"),
    (5, "1", "unknown_fact", "没有事实“5”"),  # type: ignore[list-item]
]
"""As a form, a program, a file or a spreadsheet may hand it over."""


@pytest.mark.parametrize(("name", "raw", "code", "zh"), BAD)
def test_whatever_is_handed_over_is_refused_in_words_that_name_the_fact(
    name: str, raw: object, code: str, zh: str
) -> None:
    """Never an error of ours, never a trace, never a screenful of it."""
    values, [problem] = read_given(PACK.facts, {name: raw}, TODAY)
    assert not values and problem.code == code
    assert zh in problem.message.zh
    label = PACK.facts[name].field.label.en if name in PACK.facts else "there is no fact"
    assert label in problem.message.en
    for said in (problem.message.zh, problem.message.en):
        assert len(said) < 250 and all(sign.isprintable() for sign in said)


@pytest.mark.parametrize(
    ("facts", "value"),
    [
        ({"length_cm": "五厘米"}, Decimal(5)), ({"length_cm": " 6 CM "}, Decimal(6)),
        ({"length_cm": 5.5}, Decimal("5.5")),
        ({"sold_on": "2026年5月3日"}, date(2026, 5, 3)), ({"sold_on": "２０２６-０５-０３"}, date(2026, 5, 3)),
        ({"fault": "Open"}, "open"), ({"fault": " 开胶 "}, "open"), ({"paid": "１，３９９．５元"}, Decimal("1399.50")),
        ({"paid": 0.1}, Decimal("0.10")),
    ],
)  # fmt: skip
def test_what_can_mean_one_thing_alone_is_taken(facts: dict[str, object], value: object) -> None:
    assert read_given(PACK.facts, facts, TODAY) == ({next(iter(facts)): value}, ())


def test_blanks_are_not_given() -> None:
    assert read_given(PACK.facts, {"paid": "  ", "length_cm": "\u3000"}, TODAY) == ({}, ())
