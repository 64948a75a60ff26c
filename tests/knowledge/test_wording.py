"""Filling variables: no brace leaks, nothing is read twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.knowledge import wording


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
