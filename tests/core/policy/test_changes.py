"""What a changed book does to a case, in words: every difference said, no two said alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.policy.near import PACKS
from tests.core.policy.random_facts import TODAY, facts_for
from tests.core.policy.sample import BOOK, book
from tests.core.policy.test_differing import past

from tuoshan.core.policy.comparing import Comparing, outcome
from tuoshan.core.policy.editing.changes import changes
from tuoshan.core.policy.ruling import rule

RETURN = "{right: return, amount: paid, rank: 1}"
WEAR = "{no_right: all}"


def told(new: str, language: str = "zh", **facts: object) -> list[str]:
    """What the sample book says otherwise of a sole open by six centimetres, four days after the sale, of 100 yuan."""
    both = Comparing([book(BOOK)], [book(new)]).of(past("a", **{"length_cm": "6", **facts}))
    assert both is not None and both.before is not None and both.after is not None
    return [one.in_language(language) for one in changes(both.before, both.after)]


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("{right: return, amount: paid * 0.5, rank: 1}", ["退货退款的金额：¥100.00 → ¥50.00"]),
        (
            "{right: return, amount: paid * 0.9, fee: paid * 0.1, rank: 1}",
            ["退货退款的金额：¥100.00 → ¥90.00", "退货退款的收费：没有写明 → ¥10.00"],
        ),
        ("{right: return, amount: paid, until: asked_on, rank: 1}",
         ["退货退款的最晚提出：没有最后一天 → 2026 年 5 月 5 日"]),
        ("{right: return, amount: paid, needs: [receipt], rank: 1}",
         ["退货退款的须满足的条件：没有 → 发票或小票（或双方认可购买）"]),
        ("{right: return, amount: paid, rank: 5}", ["先后次序：退货退款、换货 → 换货、退货退款"]),
        ("{right: refund, amount: paid, rank: 1}", ["新增仅退款 ¥100.00", "不再有退货退款 ¥100.00"]),
        ("[{right: return, amount: paid, rank: 1}, {freight: {back: seller}}]",
         ["退货退款的退回运费：没有写明 → 由商家承担"]),
        ("[{right: return, amount: paid, rank: 1}, {freight: {back: buyer}}]",
         ["退货退款的退回运费：没有写明 → 由消费者承担"]),
        ("[{right: return, amount: paid, rank: 1}, {freight: {back: buyer, for: [return, exchange]}}]",
         ["运费：退回运费没有规定 → 退回运费由消费者承担"]),
        ("[{right: return, amount: paid, rank: 1}, {risk: {back: seller, for: exchange}}]",
         ["换货的退回途中的风险：没有写明 → 由商家承担"]),
        ("[{right: return, amount: paid, rank: 1},"
         " {deadline: {who: seller, within: 7 days, what: 办好 / Done, from: asked_on}}]",
         ["新增限期：商家最迟 2026 年 5 月 12 日（7 天内）：办好"]),
        ("[{right: return, amount: paid, rank: 1},"
         " {deadline: {who: seller, within: 8 days, what: 办好 / Done, from: asked_on}}]",
         ["新增限期：商家最迟 2026 年 5 月 13 日（8 天内）：办好"]),
        ("[{right: return, amount: paid, rank: 1}, {limit: {what: compensation, at_most: 5}}]",
         ["上限：补偿上限没有规定 → 补偿上限 ¥5.00"]),
        ("[{right: return, amount: paid, rank: 1}, {note: 写法 / Words}]", []),
    ],
)  # fmt: skip
def test_each_term_of_a_remedy_is_told_before_and_after(then: str, said: list[str]) -> None:
    assert told(BOOK.replace(RETURN, then)) == said


def test_a_right_that_goes_or_comes_is_told_with_its_terms() -> None:
    assert told(BOOK.replace('"> 5"', '"> 7"')) == ["不再有退货退款 ¥100.00", "不再有换货"]
    new = BOOK.replace(WEAR, "{right: exchange, needs: [clean], rank: 3}")
    said = told(new.replace(", because: 正常磨损 / Ordinary wear", ""), fault="worn", length_cm=None)
    assert said[0].startswith("新增换货（须：") and said[1:] == ["不再写明不支持：所提要求"]


def test_the_same_in_english() -> None:
    assert told(BOOK.replace('"> 5"', '"> 7"'), "en") == [
        "No longer due: return for a refund of ¥100.00", "No longer due: exchange"]  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_two_outcomes_never_read_the_same(data: Any) -> None:
    """From one ruling to others, whatever they say: the words are the same only where the outcome is."""
    pack = data.draw(st.sampled_from(PACKS))
    first = rule(pack, data.draw(facts_for([pack])), TODAY)
    said: dict[tuple[str, ...], object] = {}
    for _each in range(12):
        other = rule(pack, data.draw(facts_for([pack])), TODAY)
        words = tuple(one.zh for one in changes(first, other))
        assert bool(words) == (outcome(first) != outcome(other))
        assert said.setdefault(words, outcome(other)) == outcome(other), words
        english = [one.en for one in changes(first, other)]
        assert all(english) and not any("\u4e00" <= sign <= "\u9fff" for text in english for sign in text)
