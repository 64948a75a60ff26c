"""How periods and amounts are reckoned, what is asked and from when it holds, as a lawyer reads it."""

import re
from datetime import date

import pytest
from tests.core.policy.sample import book

from tuoshan.core.conditions import compile_expression
from tuoshan.core.policy.pack import InForce, Pack
from tuoshan.rulings import documenting, files
from tuoshan.rulings.expressions_in_words import condition_words, dates_words, formula_words
from tuoshan.rulings.reckoned_in_words import Line, questions, reckoned

PACKS = {pack.name: pack for pack in files.packaged()}


def lines(pack: Pack, language: str) -> dict[str, Line]:
    found = reckoned(pack, language)
    return {one.title: one for one in (*found.periods, *found.amounts, *found.settings)}


@pytest.mark.parametrize(("name", "title", "zh"), [
    ("consumer_law", "无理由退货期",
     "从“签收日期”起算，看“客户提出日期”：7 天以内为“七日内”，再晚为“已超过”；依法计算，最后一天在内"),
    ("mall_shoes", "售出几天出现毛病", "从“购买日期”到“出现毛病日期”的天数，起始当天为 0"),
    ("mall_shoes", "规定的期限止",
     "从“收到日期”（见表“收到商品的日期”）起“保修月数”所定的月数的最后一天；按日历计算，最后一天在内；不计入：修理占用天数"),
    ("national_general", "使用天数",
     "从“购买日期”到“客户提出日期”的天数，起始当天为 0；不计入：修理占用天数 + 等待配件天数"),
    ("national_car", "最高使用补偿", "行驶里程 超过 200000 公里 → 实付价款；其余 → 实付价款 × 行驶里程 ÷ 1000 × 0.5%"),
    ("mall_shoes", "退货折旧费", "实付价款 × 0.5% × 已过天数"),
    ("national_general", "整机三包月数", "12 个月"),
])  # fmt: skip
def test_a_period_and_an_amount_are_told_as_they_are_counted(name: str, title: str, zh: str) -> None:
    assert lines(PACKS[name], "zh-hans")[title].text == zh


def test_the_legend_tells_both_ways_of_counting_only_where_they_are_used() -> None:
    law, shoes = reckoned(PACKS["consumer_law"], "en").legend, reckoned(PACKS["mall_shoes"], "en").legend
    assert len(law) == len(shoes) == 1
    assert "moves to the next working day" in law[0] and "does not move" in shoes[0]


def test_what_rests_on_a_provisional_setting_is_provisional_as_well() -> None:
    furniture = lines(PACKS["furniture_shop"], "zh-hans")
    assert "暂按十二个月" in furniture["规定的期限止"].doubt and "暂按十二个月" in furniture["在保修期内"].doubt
    assert not furniture["三十日止"].doubt


@pytest.mark.parametrize(("text", "zh", "en"), [
    ("has(paid) && paid > 3", "实付 超过 3", "Paid more than 3"),
    ("!has(fault) || fault == 'open'", "毛病：开胶，或尚不知道", "Fault: Open, or not known"),
    ("!(fault in ['open', 'worn'])", "毛病：非开胶、磨损", "Fault: not Open / Worn"),
    ("!(has(fault) && fault == 'open')", "不是“毛病：开胶”", 'not "Fault: Open"'),
    ("paid > 3 && (fault == 'open' || fault == 'worn')", "实付 超过 3 且 （毛病：开胶 或 毛病：磨损）",
     "Paid more than 3 and (Fault: Open or Fault: Worn)"),
    ("asked_on <= sold_on", "提出日 不晚于 “购买日”", 'Day of asking not after "Day of sale"'),
    ("length_cm != 1", "长度 不等于 1 厘米", "Length not 1 cm"),
])  # fmt: skip
def test_a_condition_is_read_from_its_tree(text: str, zh: str, en: str) -> None:
    expression = compile_expression(text)
    assert condition_words(book(), expression, "zh-hans") == zh and condition_words(book(), expression, "en") == en


@pytest.mark.parametrize(("text", "zh"), [
    ("(paid - 1) * 2", "（实付 − 1） × 2"), ("paid - (paid - 1)", "实付 − （实付 − 1）"),
    ("paid * 0.0025 * length_cm", "实付 × 0.25% × 长度"), ("paid * length_cm / 100", "实付 × 长度（%）"),
    ("500", "500 元"), ("paid / 3 + 1.50", "实付 ÷ 3 + 1.5"),
])  # fmt: skip
def test_a_formula_keeps_its_brackets(text: str, zh: str) -> None:
    assert formula_words(book(), compile_expression(text), "zh-hans") == zh


def test_the_dates_between_which_something_holds_name_the_fact_that_chooses() -> None:
    dates = InForce("sold_on", date(2024, 7, 1), date(2025, 1, 1))
    assert dates_words(book(), dates, "zh-hans") == "按购买日，2024-07-01 起，到 2025-01-01 前"
    assert dates_words(book(), dates, "en") == "by day of sale, from 2024-07-01 on, until before 2025-01-01"
    assert dates_words(book(), InForce("today"), "en") == "by day of asking" and not dates_words(book(), None, "en")


def test_a_question_is_told_with_its_answers_and_when_it_is_asked() -> None:
    asked = {one.title: one for one in questions(PACKS["mall_shoes"], "zh-hans")}
    assert (asked["开胶长度"].ask, asked["开胶长度"].answers) == ("开胶有多长", "数（厘米），最多 100 厘米")
    assert asked["开胶长度"].asked_if == "毛病：开胶" and not asked["实付价款"].asked_if
    assert "不早于购买日期" in asked["客户提出日期"].answers


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_holds_no_name_and_no_code(language: str) -> None:
    page = documenting.document(files.packaged(), language).partition("\n\n")[2].partition("\n\n")[2]
    page = re.sub(r'<a id="\w+"></a>|\]\(#\w+\)', "", page)
    assert not re.search(r"[a-z]_[a-z]|==|&&|\|\||\bhas\(|`|[a-z]\(|, *\|", page)
    if language == "en":
        assert not re.search("[\u4e00-\u9fff]", page)
    else:
        assert not re.search("[a-z]{3}", page), re.findall(".{20}[a-z]{3}.{20}", page)[:5]


def test_the_page_tells_each_setting_each_clause_and_what_is_provisional() -> None:
    page = documenting.document(files.packaged(), "en")
    for pack in PACKS.values():
        for clause in pack.clauses.values():
            assert f"- **{clause.name}** {clause.told.en}" in page
            assert not clause.provisional.en or clause.provisional.en in page
        for setting in pack.settings.values():
            assert f"- {setting.label.en}: " in page and setting.provisional.en in page
