"""By when a proof has to be there: the time stated for the matter, the book's own, else ours, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.policy.sample import SHARED, book
from tests.core.policy.worked import known

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.editing.changes import changes
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.wording import lines, verdict
from tuoshan.rulings import files

ON = date(2026, 5, 22)
DISPUTE: dict[str, Any] = {
    "platform": "taobao", "special": "none", "problem": "not_received", "signing_proof": "awaited", "sale": "distance",
    "goods": "clothes", "house": "other", "paid": "100", "signed_by": "self", "sold_on": "2026-05-10",
    "reported_on": "2026-05-20", "staged_claim": "no", "deceived": "no",
}  # fmt: skip


def ruled(**more: object) -> Ruling:
    facts, problems = read_given(known(), {**DISPUTE, **more}, ON)
    assert not problems
    return rule_all(files.packaged(), facts, ON)


def proofs(ruling: Ruling, language: str = "zh") -> list[str]:
    return [line.words.in_language(language) for line in lines(ruling) if line.sign == "asked"]


def test_a_time_that_was_stated_is_told() -> None:
    ruling = ruled(seller_proof_until="2026-05-28")
    assert proofs(ruling) == [
        "请商家提供：本人或指定代收人签收的凭证；最晚 2026 年 5 月 28 日（已写明的期限）；不能证明的退款"
    ]
    assert "by 28 May 2026 (the time that was stated)" in proofs(ruling, "en")[0]
    assert ruling.optional == ()


def test_a_stated_time_that_is_over_on_the_day_of_asking_is_told_to_be_over() -> None:
    """Asked on 22 May: the 22nd still counts, the 21st is over, in the sentence read first as in the line itself."""
    last_day, over = ruled(seller_proof_until="2026-05-22"), ruled(seller_proof_until="2026-05-21")
    assert "最晚 2026 年 5 月 22 日（已写明的期限）；" in proofs(last_day)[0]
    assert "最晚 2026 年 5 月 21 日（已写明的期限，已经过了）；不能证明的退款" in proofs(over)[0]
    assert "by 21 May 2026 (the time that was stated, which is over)" in proofs(over, "en")[0]
    assert (verdict(last_day).zh, verdict(over).zh) == ("先由商家举证", "先由商家举证，期限已经过了")
    assert verdict(over).en == "First the seller has to give proof; its time is over"
    assert (last_day.rights, last_day.questions) == (over.rights, over.questions), "it decides nothing"
    kept = from_data(as_data(over))
    assert (proofs(kept), verdict(kept)) == (proofs(over), verdict(over)), "a kept ruling tells the same"


def test_without_one_our_own_is_told_as_ours() -> None:
    [zh], [en] = proofs(ruled()), proofs(ruled(), "en")
    assert "最晚 2026 年 5 月 24 日（没有写明期限，这是我们自己的 48 小时；另有写明的，以写明的为准）" in zh
    assert "by 24 May 2026 (no time was stated: these are our own 48 hours" in en


def test_the_time_is_a_question_that_keeps_nothing_open() -> None:
    ruling = ruled()
    assert [one.fact for one in ruling.optional] == ["seller_proof_until"] and ruling.questions == ()
    data: Any = as_data(ruling)
    assert [(one["fact"], one["decides"]) for one in data["optional"]] == [("seller_proof_until", 0)]
    settled = ruled(signing_proof="given")
    assert settled.optional == () and not settled.proofs
    assert ruling.for_customer().optional == ()


def test_it_is_the_same_ruling_but_for_the_day() -> None:
    """A day that decides nothing changes no right, no refusal and no question."""
    before, after = ruled(), ruled(seller_proof_until="2026-05-28")
    assert (before.rights, before.refused, before.questions) == (after.rights, after.refused, after.questions)
    assert [one.zh.partition("：")[0] for one in changes(before, after)] == ["不再要求举证", "新增举证"]
    assert verdict(before) == verdict(after)


def test_a_kept_ruling_tells_the_day_and_one_of_before_none() -> None:
    ruling = ruled()
    data: Any = as_data(ruling)
    assert (data["proofs"][0]["ends"], data["proofs"][0]["time"]) == ("2026-05-24", "ours")
    assert proofs(from_data(data)) == proofs(ruling)
    for name in ("ends", "time", "hours"):
        del data["proofs"][0][name]
    assert proofs(from_data(data)) == ["请商家提供：本人或指定代收人签收的凭证；不能证明的退款"]


FLAW: dict[str, Any] = {
    "platform": "taobao", "special": "none", "problem": "quality", "sale": "distance", "goods": "clothes",
    "house": "other", "paid": "100", "sold_on": "2026-05-10", "signed_on": "2026-05-14", "reported_on": "2026-05-20",
    "fault_confirmed": "no", "fault_visible": "yes", "buyer_first_proof": "awaited",
}  # fmt: skip


def test_a_stated_day_is_of_the_side_that_has_to_prove() -> None:
    """What was stated to the seller is no time of the buyer, and each is asked for only where that side proves."""
    facts, problems = read_given(known(), {**FLAW, "seller_proof_until": "2026-05-21"}, ON)
    ruling = rule_all(files.packaged(), facts, ON)
    assert not problems
    assert [(one.what, one.amounts["ends"], one.words["time"]) for one in ruling.proofs] == [
        ("buyer", date(2026, 5, 24), "ours")
    ]
    assert [one.fact for one in ruling.optional] == ["buyer_proof_until"]
    next_step = {**FLAW, "buyer_first_proof": "given", "seller_rebuttal": "awaited", "buyer_proof_until": "2026-05-21"}
    ruling = rule_all(files.packaged(), read_given(known(), next_step, ON)[0], ON)
    assert [(one.what, one.words["time"]) for one in ruling.proofs] == [("seller", "ours")]
    assert [one.fact for one in ruling.optional] == ["seller_proof_until"]


def test_a_stated_day_before_the_complaint_or_the_signing_is_refused_by_name() -> None:
    """The complaint is of 20 May, the signing of the 14th: the 20th itself may be stated, the 19th may not."""
    for day, wrong in (("2026-05-20", []), ("2026-05-19", ["before"])):
        _facts, problems = read_given(known(), {**FLAW, "buyer_proof_until": day}, ON)
        assert [one.code for one in problems] == wrong
    assert problems[0].message.zh == "“买家举证期限”2026-05-19 早于“客户提出日期”2026-05-20"
    unreported = {name: value for name, value in FLAW.items() if name != "reported_on"}
    [problem] = read_given(known(), {**unreported, "seller_proof_until": "2026-05-13"}, ON)[1]
    assert problem.message.en == "'Seller's proof due by' 2026-05-13 lies before 'Day of signing' 2026-05-14"
    assert not read_given(known(), {**unreported, "seller_proof_until": "2026-05-14"}, ON)[1]


def test_nobody_is_silent_before_the_day_stated_to_them_is_over() -> None:
    """Asked on 22 May: stated until the 22nd the side still has its time; until the 21st it may have been silent."""
    for day, wrong in (("2026-05-22", ["not_over"]), ("2026-05-21", [])):
        given = {**FLAW, "buyer_first_proof": "silent", "buyer_proof_until": day}
        _facts, problems = read_given(known(), given, ON)
        assert [(one.fact, one.code) for one in problems] == [("buyer_first_proof", code) for code in wrong]
        if problems:
            assert "现在选“尚待举证”" in problems[0].message.zh and "answer 'Awaited'" in problems[0].message.en
    other_side = {**FLAW, "buyer_first_proof": "silent", "seller_proof_until": "2026-05-30"}
    assert not read_given(known(), other_side, ON)[1], "the other side's day says nothing of it"
    denied = {"platform": "taobao", "special": "denied_deal", "denier": "seller", "denial_proof": "silent"}
    for name, wrong in (("seller_proof_until", ["not_over"]), ("buyer_proof_until", [])):
        assert [one.code for one in read_given(known(), {**denied, name: "2026-05-30"}, ON)[1]] == wrong


def test_a_stated_day_that_is_over_says_what_to_do_next() -> None:
    """To staff alone and once; nothing of it while the day is not over."""
    def steps(ruling: Ruling) -> list[str]:
        return [line.words.zh for line in lines(ruling) if "逾期未提供" in line.words.zh]

    over = ruled(seller_proof_until="2026-05-21")
    assert len(steps(over)) == 1 and "填新的期限" in steps(over)[0]
    assert steps(ruled(seller_proof_until="2026-05-22")) == [] and steps(over.for_customer()) == []
    assert steps(from_data(as_data(over))) == steps(over)
    assert [line.words.zh.count("已经过了") for line in lines(over) if "已经过了" in line.words.zh] == [1]
    assert ruled(seller_proof_until="2026-05-22").said == over.said, "it is told of the proof and nowhere else"


def test_our_hours_run_from_the_day_of_asking_for_the_proof() -> None:
    """Asked for on 20 May, 48 hours end on the 22nd, whatever the day on which the ruling is asked for; on the 19th
    they ended on the 21st, which is over on the 22nd, and staff hear what to do."""
    [zh], [en] = proofs(ruled(seller_asked_on="2026-05-20")), proofs(ruled(seller_asked_on="2026-05-20"), "en")
    assert "最晚 2026 年 5 月 22 日（没有写明期限，这是我们自己的 48 小时，从 2026 年 5 月 20 日请其举证起算；" in zh
    assert "by 22 May 2026 (no time was stated: these are our own 48 hours from asking for it on 20 May 2026; a" in en
    facts = {**DISPUTE, "reported_on": "2026-05-19", "seller_asked_on": "2026-05-19"}
    over = rule_all(files.packaged(), read_given(known(), facts, ON)[0], ON)
    assert "从 2026 年 5 月 19 日请其举证起算，已经过了；" in proofs(over)[0]
    assert verdict(over).zh == "先由商家举证，期限已经过了"
    assert len([line for line in lines(over) if "逾期未提供" in line.words.zh]) == 1
    kept = from_data(as_data(over))
    assert (proofs(kept), verdict(kept)) == (proofs(over), verdict(over))


def test_a_side_is_silent_once_its_time_is_over_and_not_before() -> None:
    """By 20 May and 48 hours the 22nd is still the seller's: the proof is awaited until then, and told so. From the
    19th the time was over on the 21st: TB-38 gives the refund. When it was asked for is a question, and who knows of a
    stated day may tell that instead."""
    early = ruled(signing_proof="silent", seller_asked_on="2026-05-20")
    assert not early.rights and early.questions == () and verdict(early).zh == "先由商家举证"
    assert proofs(early) == [
        "请商家提供：本人或指定代收人签收的凭证；最晚 2026 年 5 月 22 日（没有写明期限，这是我们自己的 48 小时，"
        "从 2026 年 5 月 20 日请其举证起算；另有写明的，以写明的为准）；过了这一天仍没有提供，才算逾期；不能证明的退款"
    ]
    assert "only after that day has it been silent" in proofs(early, "en")[0]
    assert early.facts["signing_proof"] == "silent", "what was answered stays as it was"
    assert proofs(from_data(as_data(early))) == proofs(early)
    over = ruled(signing_proof="silent", seller_asked_on="2026-05-19", reported_on="2026-05-19")
    assert [right.remedy for right in over.rights] == ["refund"] and not over.proofs
    open_yet = ruled(signing_proof="silent")
    assert [one.fact for one in open_yet.questions] == ["seller_asked_on"] and not open_yet.rights
    assert [one.fact for one in open_yet.optional] == ["seller_proof_until"]
    stated = ruled(signing_proof="silent", seller_proof_until="2026-05-21")
    assert [right.remedy for right in stated.rights] == ["refund"] and stated.questions == () == stated.optional
    for answer in ("given", "failed", "awaited"):
        asked = {one.fact for one in ruled(signing_proof=answer).questions}
        assert "seller_asked_on" not in asked, "nobody else is asked for it"


def test_the_hours_are_the_books_and_a_part_of_a_day_counts_whole() -> None:
    """The buyer's first proof, asked for on 20 May: 24 hours end on the 21st, 25 hours and 48 on the 22nd."""
    [taobao] = [one for one in files.packaged() if one.name == "taobao_disputes"]
    given = {**FLAW, "buyer_first_proof": "silent", "buyer_asked_on": "2026-05-20"}
    facts, problems = read_given(known(), given, ON)
    assert not problems
    for hours, still in ((24, False), (25, True), (48, True), (49, True)):
        kept = replace(taobao.settings["proof_hours"], value=Decimal(hours))
        pack = replace(taobao, settings={**taobao.settings, "proof_hours": kept})
        assert bool(rule(pack, facts, ON).proofs) is still, hours
        assert bool(rule(pack, facts, ON).refused) is not still
    [problem] = read_given(known(), {**given, "buyer_asked_on": "2026-05-19"}, ON)[1]
    assert problem.code == "before", "nobody was asked for proof before the complaint of 20 May"


PROOF = """
policy: proving
version: 1
title: 举证 / Proving
source: 测试 / Tests
layer: house
clauses: {C1: 条款 / Clause}
tables:
  only:
    title: 表 / Table
    hit: collect
    when: [fault]
    rows: [{id: row, fault: open, then: {proof: {from: buyer, what: 照片 / A photo, LENGTH}}, clause: C1}]
"""


def test_a_book_may_say_the_time_itself() -> None:
    """Counted from the day of asking, or from a fact's; in hours it is told as it stands."""
    facts = {"fault": "open", "sold_on": date(2026, 5, 20), "paid": Decimal(1)}
    for length, said in (
        ("within: 3 days", "最晚 2026 年 5 月 25 日（3 天内）"),
        ("within: 3 days, counted_from: sold_on", "最晚 2026 年 5 月 23 日（3 天内）"),
        ("within: 2 days, counted_from: sold_on", "最晚 2026 年 5 月 22 日（2 天内）"),
        ("within: 1 days, counted_from: sold_on", "最晚 2026 年 5 月 21 日（1 天内，已经过了）"),
        ("within: 36 hours", "36 小时内"),
    ):
        ruling = rule_all([book(PROOF.replace("LENGTH", length))], facts, ON)
        assert proofs(ruling) == [f"请消费者提供：照片；{said}"] and ruling.optional == ()
    assert not {"seller_proof_until", "buyer_proof_until"} & set(SHARED), "a book whose facts know no such day waits"
    own = rule_all([book(PROOF.replace(", LENGTH", ""))], facts, ON)
    assert own.proofs[0].amounts["ends"] == date(2026, 5, 24) and own.optional == ()


def test_every_proof_of_every_book_says_what_follows_silence() -> None:
    """A proof whose silence means nothing would be asked for in vain."""
    silent = [
        (pack.name, row.name) for pack in files.packaged() for table in pack.tables.values() for row in table.rows
        for one in row.findings if one.kind == "proof" and not one.words["silent"].zh  # type: ignore[attr-defined]
    ]  # fmt: skip
    assert silent == []


SUSPENDED: dict[str, Any] = {
    "platform": "taobao", "sale": "distance", "house": "other", "special": "suspension", "reported_on": "2026-02-10",
    "suspension_ground": "authority", "suspended_on": "2026-02-12", "suspension_by": "buyer",
    "acceptance_proof": "awaited",
}  # fmt: skip


@pytest.mark.parametrize(("on", "over"), [(date(2026, 2, 28), False), (date(2026, 3, 1), True)])
def test_a_duty_whose_day_is_over_is_told_as_over(on: date, over: bool) -> None:
    """TB-83 gives seven working days from 12 February: the 28th is the last."""
    ruling = rule_all(files.packaged(), read_given(known(), SUSPENDED, on)[0], on)
    [duty] = [one.words for one in lines(ruling) if one.words.zh.startswith("消费者最迟")]
    assert "2026 年 2 月 28 日（7 个工作日内" in duty.zh
    assert ("已经过了" in duty.zh, "which is over" in duty.en) == (over, over)
    assert ("已经过了" in verdict(ruling).zh) is over
