"""Cells as people write them: what is plain is taken as the grammar has it, all else is told what to write."""

from datetime import date
from decimal import Decimal

import pytest
from tests.core.policy.sample import BOOK, findings

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.reading.cells import Between, CellError, Domain, parse_cell
from tuoshan.core.policy.words import plain_terms

LENGTHS = Domain("number", unit=Wording("厘米", "cm"), least=Decimal(0), most=Decimal(100))
MONEY = Domain("number", unit=Wording("元", "yuan"))
DATES = Domain("date")
YES_NO = Domain("yes_no")
KINDS = Domain("choice", ("leather", "cloth", "other"), (
    Wording("皮革", "Leather"), Wording("布", "Cloth"), Wording("其他", "Other")))  # fmt: skip


@pytest.mark.parametrize(
    ("written", "grammar"),
    [
        ("≤6", "<= 6"), ("6厘米以内", "<= 6"), ("６", "6"), ("６公分", "6"), ("不超过6厘米", "<= 6"),
        ("6厘米以下", "<= 6"), ("6cm及以下", "<= 6"), ("小于 6", "< 6"), ("不满六厘米", "< 6"), ("超过6", "> 6"),
        ("6厘米以上", ">= 6"), ("至少6", ">= 6"), ("不少于6", ">= 6"), ("＞６", "> 6"), ("五", "5"), ("十二", "12"),
        ("3..8", "3..8"), ("3~8", "3..8"), ("3-8", "3..8"), ("3至8厘米", "3..8"), ("从3到8", "3..8"),
        ("3 - 8 cm", "3..8"), ("2.50", "2.50"), ("= 6", "6"), ("at most 6", "<= 6"),
    ],
)  # fmt: skip
def test_a_bound_is_taken_where_its_meaning_is_plain(written: str, grammar: str) -> None:
    """以上, 以下 and 以内 include their number, 超过 and 不满 do not (Civil Code 1259)."""
    cell = parse_cell(written, LENGTHS)
    assert isinstance(cell, Between) and cell == parse_cell(grammar, LENGTHS) and cell.text == grammar


def test_the_number_itself_counts_or_does_not_as_the_civil_code_says() -> None:
    def holds(text: str) -> list[bool]:
        cell = parse_cell(text, LENGTHS)
        assert cell is not None
        return [cell.holds(Decimal(number)) for number in ("5.9", "6", "6.1")]

    assert holds("6厘米以内") == [True, True, False]
    assert holds("不满6厘米") == [True, False, False]
    assert holds("6厘米以上") == [False, True, True]
    assert holds("超过6厘米") == [False, False, True]


def test_money_days_and_answers_are_taken_as_people_write_them() -> None:
    assert parse_cell("210元以上", MONEY) == parse_cell(">= 210", MONEY) == parse_cell("≥ ¥210", MONEY)
    assert parse_cell("1,000", MONEY) == parse_cell("1000", MONEY)
    first = parse_cell(">= 2024-07-01", DATES)
    for text in ("2024年7月1日起", ">= 2024/7/1", "不早于2024.7.1", "从2024-7-1起"):
        assert parse_cell(text, DATES) == first, text
    until = parse_cell("2024-07-01至2024-07-31", DATES)
    assert isinstance(until, Between) and (until.low, until.high) == (date(2024, 7, 1), date(2024, 7, 31))
    assert parse_cell("是", YES_NO) == parse_cell("yes", YES_NO)
    assert parse_cell("否", YES_NO) == parse_cell("no", YES_NO)
    for text in ("leather，cloth", "leather、Cloth", "非other", "不是 other", "not other"):
        cell = parse_cell(text, KINDS)
        assert cell is not None and cell.holds("cloth") and not cell.holds("other"), text


@pytest.mark.parametrize(
    ("written", "domain", "zh", "mend"),
    [
        ("60mm", LENGTHS, "“60mm”的单位是“mm”，这一列按厘米计", "换算成厘米再写"),
        ("3个月", LENGTHS, "“3个月”的单位是“个月”，这一列按厘米计", "只写数字也可以"),
        ("2024-07-01", LENGTHS, "“2024-07-01”是日期，这一列要填数字", "单位是厘米"),
        ("200", LENGTHS, "“200”在这一列的范围之外（0 到 100 厘米）", "改正数字"),
        ("-3", LENGTHS, "“-3”在这一列的范围之外", "改正数字"),
        ("长", LENGTHS, "“长”不是数字", "写成 5、<= 5、> 5 或 3..8（两头都包括），单位是厘米"),
        ("> 5 < 8", LENGTHS, "“> 5 < 8”不是数字", "3..8（两头都包括）"),
        ("8..3", LENGTHS, "“8..3”的下限大于上限", "小的写在前面：3..8"),
        ("NaN", MONEY, "“NaN”不是数字", "单位是元"), ("Infinity", MONEY, "“Infinity”不是数字", "单位是元"),
        ("1e400", MONEY, "“1e400”不是数字", "单位是元"), ("9" * 13, MONEY, "太大：整数部分最多 12 位", "改正数字"),
        ("一百五", MONEY, "“一百五”", "单位是元"),
        ("2024-07-01以前", DATES, "不清楚包不包括当天", "不包括的写 < 2024-07-01，包括的写 <= 2024-07-01"),
        ("2024-07-01之后", DATES, "不清楚包不包括当天", "不包括的写 > 2024-07-01，包括的写 >= 2024-07-01"),
        ("7月1日", DATES, "“7月1日”不是日期", ">= 2024-07-01"), ("2024-02-30", DATES, "不是日期", ">= 2024-07-01"),
        ("未知", YES_NO, "“未知”不是 yes 或 no", "写 yes（是）或 no（否）；是否都一样的，写 -"),
        ("皮革，布", KINDS, "“皮革”要写成 leather", "整格写成 leather, cloth"),
        ("lether", KINDS, "没有选项“lether”，可用：leather（皮革）、cloth（布）、other（其他）", "是否应为 leather？"),
        ("leather;cloth", KINDS, "没有选项“leather;cloth”", ""),
        ("leather,", KINDS, "少了一个选项：逗号多了一个", "几项的用逗号隔开"),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_told_what_to_write(written: str, domain: Domain, zh: str, mend: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_cell(written, domain)
    said, how = caught.value.said, caught.value.mend
    assert zh in said.zh and mend in how.zh, (said.zh, how.zh)
    assert said.en and how.en


@pytest.mark.parametrize(
    ("written", "sign", "values"),
    [
        ("6厘米以内", "<=", ("6",)), ("3至8厘米", "..", ("3", "8")), ("五", "=", ("5",)), ("<= 5", "<=", ("5",)),
        ("2024年7月1日起", ">=", ("2024-07-01",)), ("长", "=", ("长",)),
    ],
)  # fmt: skip
def test_the_fields_of_a_row_show_the_same_cell(written: str, sign: str, values: tuple[str, ...]) -> None:
    """Whoever opens such a row in its form finds sign and number, and what cannot be read as it was typed."""
    assert plain_terms.cell(written, choice=False) == (sign, values)
    assert plain_terms.cell("非other", choice=True) == (plain_terms.IS_NOT, ("other",))


def told(old: str, new: str) -> str:
    assert old in BOOK
    _pack, found = findings(BOOK.replace(old, new, 1))
    return "\n".join(one.in_language(language) for one in found for language in ("zh-hans", "en"))


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        ("serious: yes, clause", "serious: 也许, clause", "“也许”", "'也许'"),
        ("then: {right: exchange,", "then: {right: 换货,", "“换货”要写成名称——写 exchange", "write exchange"),
        ("then: {right: exchange,", "then: {right: exchange, needs: 发票,",
         "“发票”可能指几项——写 receipt", "receipt or"),
        ("      - {id: short,", "      - {}\n      - {id: short,", "这一行是空的", "this row is empty"),
        ("      - {id: long,", "      - {id: all, serious: no}\n      - {id: long,",
         "第 1 行（all）没有条件，什么都归它，后面的行永远轮不到——给它写上条件，或移到最后",
         "row 1 (all) has no cells and takes everything"),
        ("layer: house", "layer: 商家", "没有层级“商家”", "there is no layer '商家'"),
        ("hit: collect", "hit: 全部", "没有 hit: 全部", "there is no hit: 全部"),
        ("amount: paid, rank: 1", "amount: 100元, rank: 1",
         "只写数字 100，不写单位", "write 100 alone, without a unit"),
        ("clauses:\n", "examples:\n  - {id: one / one, facts: {}, expect: {}}\nclauses:\n",
         "例子没有写是哪一天问的——写上 today:", "does not say on which day it is asked"),
        ("clauses:\n", "examples:\n  - {id: one / one, today: 2026-06-01, facts: {}}\nclauses:\n",
         "例子没有写应当怎么裁定——写上 expect:", "does not say what is to be ruled"),
        ("clauses:\n", "settings:\n  strict: {value: 否, label: 从严 / Strict}\nclauses:\n",
         "“否”要写成 false——写 false", "'否' is written false"),
    ],
)  # fmt: skip
def test_what_a_manager_may_get_wrong_in_a_book_is_told_in_both_languages(old: str, new: str, zh: str, en: str) -> None:
    said = told(old, new)
    assert zh in said and en in said, said


@pytest.mark.parametrize(
    ("written", "wrong"), [("３", ""), ("三", ""), ("3个月", "只写一个数字"), ("2024-07-01", "是日期")]
)
def test_a_result_that_is_a_number_is_taken_without_a_unit(written: str, wrong: str) -> None:
    text = "gives: {serious: yes_no, months: number}"
    said = told("gives: {serious: yes_no}", text) + told(
        "    gives: {serious: yes_no}\n    rows:\n      - {id: long,",
        f"    {text}\n    rows:\n      - {{id: long, months: {written},",
    )
    assert wrong in said and bool(said) is bool(wrong), said
