"""Filling variables: no brace leaks, nothing is read twice; moments as they are told."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.knowledge import wording
from tuoshan.knowledge.showing import until_text


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("编号 {number}。", "编号 TS-1。"),
        ("{ number }", "TS-1"),
        ("请联系 {handler}（{contact}）。", "请联系 。"),
        ("坏的 {Due date} 和 {", "坏的  和".replace("  ", " ")),
        ("{unknown}{number}", "TS-1"),
        ("{trick}", "{number}"),
        ("无变量", "无变量"),
    ],
)
def test_filling(text: str, filled: str) -> None:
    assert wording.fill(text, {"number": "TS-1", "trick": "{number}"}) == filled


@pytest.mark.parametrize(
    ("text", "value", "filled"),
    [
        ("想向您核实：{a}。请在此回复", "是否进过水？", "想向您核实：是否进过水？请在此回复"),
        ("问：{a}。谢谢", "真的！？", "问：真的！？谢谢"),
        ("说：{a}。谢谢", "等等……", "说：等等……谢谢"),
        ("Asked: {a}. Thank you.", "Did it get wet?", "Asked: Did it get wet? Thank you."),
        ("{a}，谢谢", "好的。", "好的，谢谢"),
        ("{a}，谢谢", "好吗？", "好吗？谢谢"),
        ("{a}；谢谢", "好！", "好！谢谢"),
        ("{a}。谢谢", "他说“好吗？”", "他说“好吗？”谢谢"),
        ("{a}。谢谢", "换新（可以吗？）", "换新（可以吗？）。谢谢"),
        ("{a}。谢谢", "他说“好。”", "他说“好。”谢谢"),
        ("{a}.", "Wait...", "Wait..."),
        ("{a}，谢谢", "等等……", "等等……，谢谢"),
        ("{a}。{b}。", "好吗？", "好吗？值。"),
    ],
)
def test_a_value_that_ends_with_a_mark_of_its_own_brings_no_second(text: str, value: str, filled: str) -> None:
    assert wording.fill(text, {"a": value, "b": "值"}) == filled


@given(st.text(alphabet="{}ab _中，", max_size=60))
def test_no_brace_of_a_template_ever_leaks(text: str) -> None:
    filled = wording.fill(text, {"a": "值"})
    assert "{" not in filled and "}" not in filled


@given(st.text(alphabet="{}ab中，。x1", max_size=40))
def test_what_a_customer_wrote_comes_through_as_it_is(value: str) -> None:
    assert wording.fill("[{a}]", {"a": value}) == f"[{value}]"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("已受理，由 {name} 负责，见 {link} ，谢谢。", "已受理，由郝耐心负责，见 https://a/l/x ，谢谢。"),
        ("我们会在 {due} 前答复，最迟 {day} 完成。", "我们会在 3月5日 10:00 前答复，最迟 3月5日 完成。"),
        ("{name} and {name} at {link}.", "郝耐心 and 郝耐心 at https://a/l/x."),
    ],
    ids=["a name", "a moment and a day", "English"],
)
def test_chinese_stands_beside_chinese_without_a_space(text: str, filled: str) -> None:
    values = {"name": "郝耐心", "link": "https://a/l/x", "due": "3月5日 10:00", "day": "3月5日"}
    assert wording.fill(text, values) == filled


def test_variables_and_stray_braces() -> None:
    assert wording.variables("{a} {b} {a}") == ["a", "b"]
    assert wording.malformed("{a} {b") == ["{b"]
    assert wording.malformed("好 {名字}") == ["{名字}", "}"]
    assert wording.malformed("{a}{b_2}") == []


def test_a_value_that_is_a_sentence_brings_no_second_full_stop() -> None:
    values = {"done": "检查线路正常。", "why": "It is worn."}
    assert wording.fill("已完工：{done}。请验收", values) == "已完工：检查线路正常。请验收"
    assert wording.fill("理由：{done}，详情见页面", values) == "理由：检查线路正常，详情见页面"
    assert wording.fill("Reason: {why}. Please read", values) == "Reason: It is worn. Please read"
    assert wording.fill("{done} {why}", values) == "检查线路正常。 It is worn."


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        ("2026-03-06T16:00:00+00:00", "3月6日 24:00", "6 March, 24:00"),
        ("2026-03-06T15:59:00+00:00", "3月6日 23:59", "6 March, 23:59"),
        ("2026-12-31T16:00:00+00:00", "12月31日 24:00", "31 December, 24:00"),
        ("2027-01-31T16:00:00+00:00", "2027年1月31日 24:00", "31 January 2027, 24:00"),
    ],
)
def test_midnight_is_the_end_of_the_day_before(clock: Any, moment: str, zh: str, en: str) -> None:
    at = datetime.fromisoformat(moment)
    assert (until_text(at, "zh-hans"), until_text(at, "en")) == (zh, en)
