"""What a customer reads of the clauses behind a ruling: by which article, and no number that is not certain."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.pack import NUMBER_TO_VERIFY, Pack
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.wording import lines, verdict
from tuoshan.rulings import files, for_customers

PACKS = {pack.name: pack for pack in files.packaged()}
REFUSED = {"platform": "taobao", "special": "address", "address_fault": "change_ignored", "paid": "100.00"}
NO_REASON = {
    "sale": "distance", "goods": "clothes", "problem": "dislike", "sold_on": "2026-05-10", "signed_on": "2026-05-13",
    "reported_on": "2026-05-15", "paid": "129.00", "intact": "yes", "no_return_confirmed": "no", "gift_back": "none",
    "breaks_threshold": "no", "return_freight_promised": "no", "goods_back": "no",
}  # fmt: skip


def ruled(pack: Pack, given: dict[str, str]) -> Ruling:
    on = date(2026, 5, 22)
    facts, problems = read_given(pack.facts, given, on)
    assert not problems, problems
    return rule(pack, facts, on)


def grounds(ruling: Ruling) -> list[str]:
    with translation.override("zh-hans"):
        return for_customers.rests_on(ruling)


def test_a_law_is_cited_by_its_article_also_once_the_ruling_is_frozen() -> None:
    ruling = ruled(PACKS["consumer_law"], NO_REASON)
    for one in (ruling, from_data(as_data(ruling))):
        assert "七日办法第10条：自签收次日起七日内提出" in grounds(one)
        assert not any(line.startswith("无") or "（消费者权益保护法律底线）" in line for line in grounds(one))


def test_a_number_that_is_not_certain_is_told_to_nobody_outside() -> None:
    """TB-35 has its number by order: staff are told that it is to be checked, the customer reads the rule alone."""
    ruling = ruled(PACKS["taobao_disputes"], REFUSED)
    assert NUMBER_TO_VERIFY in ruling.provisional
    for one in (ruling, from_data(as_data(ruling))):
        assert grounds(one) == ["约定变更未执行：卖家承担（淘宝天猫争议处理规则）"] and for_customers.doubts(one) == ()


def test_another_doubt_of_such_a_clause_is_told() -> None:
    """What the rule itself leaves uncertain is the customer's to know; a cited article waits until it is certain."""
    book = PACKS["taobao_disputes"]
    clause = replace(
        book.clauses["TB-35"], doubt=Wording("约定须有记录", "the deal must be on record"),
        article=Wording("规则第35条", "Rules 35"),
    )  # fmt: skip
    ruling = ruled(replace(book, clauses={**book.clauses, "TB-35": clause}), REFUSED)
    for one in (ruling, from_data(as_data(ruling))):
        assert [why.en for why in for_customers.doubts(one)] == ["the deal must be on record"]
        assert grounds(one) == ["约定变更未执行：卖家承担（淘宝天猫争议处理规则）"]


def said_to_both(ruling: Ruling) -> tuple[list[str], list[str]]:
    """What staff read, and what the customer is told."""
    return [line.words.zh for line in lines(ruling)], [line.words.zh for line in for_customers.sentences_of(ruling)]


def test_to_the_customer_we_speak_of_ourselves_and_of_them() -> None:
    """The same party is 商家 to staff and 我们 in what is sent; the customer is 您 there, and no 消费者."""
    staff, customer = said_to_both(ruled(PACKS["consumer_law"], NO_REASON))
    assert "退回运费由消费者承担" in staff and "退回运费由您承担" in customer
    faulty = {
        "sale": "distance", "goods": "clothes", "problem": "quality", "fault_confirmed": "yes", "user_caused": "no",
        "sold_on": "2026-05-10", "signed_on": "2026-05-13", "delivered_on": "2026-05-13", "reported_on": "2026-05-15",
        "paid": "129.00",
    }  # fmt: skip
    staff, customer = said_to_both(ruled(PACKS["consumer_law"], faulty))
    assert "发出和退回的运费都由商家承担" in staff and "发出和退回的运费都由我们承担" in customer
    assert not any("由商家" in one for one in customer)


@pytest.mark.django_db
def test_a_customer_is_not_asked_what_staff_ask_each_other() -> None:
    """Who wrote to us can tell when they bought it, and not whether the fault is confirmed or how a proof stands."""
    open_yet = ruled(PACKS["consumer_law"], {"sale": "distance", "goods": "clothes", "problem": "quality"})
    assert open_yet.questions and verdict(open_yet).zh == "还不能判定，请先回答问题"
    assert verdict(for_customers.told(open_yet)).zh == "还不能给您最后的答复"
    with translation.override("zh-hans"):
        asked = for_customers.asked_of_them(open_yet)
        steps = for_customers.next_steps([("", open_yet, "")], "400-000-0000")
    assert "哪一天买的" in asked and len(asked) < len(open_yet.questions)
    assert not any(word in one for one in asked for word in ("确认", "故意隐瞒", "证明", "人为损坏"))
    assert steps == [
        "请回答上面请您告诉我们的，手上有凭证的一并发来：回复本消息或拨打 400-000-0000。"
        "其余情况由我们核实，查明后答复您。"
    ]


@pytest.mark.django_db
def test_what_only_we_can_find_out_asks_nothing_of_the_customer() -> None:
    """Of unsafe food all is told but whether the seller knew."""
    food = {
        "sale": "store", "goods": "food", "problem": "quality", "food_unsafe": "yes", "paid": "18.00", "loss": "0",
        "sold_on": "2026-05-10", "delivered_on": "2026-05-10", "reported_on": "2026-05-15", "asked_of": "seller",
        "fault_confirmed": "yes", "user_caused": "no", "staged_claim": "no", "label_flaw_only": "no",
        "agreed_months": "0", "state_months": "0", "deceived": "no", "is_replacement": "no", "purpose_defeated": "no",
        "repair_days": "0",
    }  # fmt: skip
    open_yet = ruled(PACKS["consumer_law"], food)
    assert [one.fact for one in open_yet.questions] == ["seller_knew"]
    with translation.override("zh-hans"):
        assert for_customers.asked_of_them(open_yet) == []
        steps = for_customers.next_steps([("", open_yet, "")], "")
    assert steps == ["还要核实的情况由我们查，查明后答复您；这一步不用您做什么，有疑问的请联系我们：回复本消息。"]


def test_a_doubt_told_to_a_customer_asks_them_to_verify_nothing() -> None:
    """Staff read that our reading is to be verified; the customer, that it is ours."""
    car = {
        "goods": "car", "problem": "quality", "car_part": "other", "safety_event": "none",
        "sold_on": "2025-05-15", "delivered_on": "2025-05-15", "reported_on": "2026-05-22", "mileage_km": "300",
        "fault_confirmed": "yes", "user_caused": "no", "safety_repairs": "0", "repairs_same_fault": "0",
        "repair_days": "6", "agreed_months": "0", "agreed_km": "0", "is_replacement": "no",
    }  # fmt: skip
    ruling = ruled(PACKS["national_car"], car)
    assert any(why.zh.endswith("是我们的读法，请核对") for why in ruling.provisional)
    told = for_customers.doubts(ruling)
    assert any(why.zh.endswith("是我们的读法") for why in told)
    assert not any("核对" in why.zh or "verify" in why.en for why in told)


def test_no_question_to_a_customer_speaks_of_them_as_of_a_third() -> None:
    facts = facts_of(files.packaged())
    asked = {name: for_customers.TO_THEM.get(name, fact.ask) for name, fact in facts.items()
             if name in for_customers.THEIRS_TO_TELL or fact.seen}  # fmt: skip
    assert set(for_customers.THEIRS_TO_TELL) <= set(facts)
    for words in asked.values():
        told = for_customers.ASIDE.sub("", words.zh)
        assert not any(word in told for word in ("客户", "消费者", "买家", "卖家", "商家")), told


def test_a_period_that_is_over_is_counted_once() -> None:
    """Law and the State's rules refuse for the same year: it is reckoned in the first sentence alone, and no guarantee
    is told beside that ends on that very day."""
    washer = {
        "sale": "store", "goods": "appliance", "appliance_kind": "washing_machine", "problem": "quality",
        "fault_kind": "functional", "sold_on": "2025-03-01", "delivered_on": "2025-03-05", "reported_on": "2026-11-30",
        "paid": "2400", "repairs_same_fault": "0", "repair_days": "0", "parts_wait_days": "0", "repairer_days": "0",
        "agreed_months": "12", "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes",
        "is_replacement": "no",
    }  # fmt: skip
    on = date(2026, 11, 30)
    facts, problems = read_given(facts_of(files.packaged()), washer, on)
    assert not problems
    said = [line.words.zh for line in for_customers.sentences_of(rule_all(files.packaged(), facts, on))]
    assert sum("起算 12 个月" in one for one in said) == 1
    assert sum("2026 年 3 月 5 日" in one for one in said) == 2 and not any(one.startswith("保修期到") for one in said)


def all_books(on: str, given: dict[str, str]) -> Ruling:
    facts, problems = read_given(facts_of(files.packaged()), given, date.fromisoformat(on))
    assert not problems, problems
    return rule_all(files.packaged(), facts, date.fromisoformat(on))


MALL_SHOES = {
    "house": "mall", "goods": "shoes", "sale": "store", "problem": "quality", "shoe_kind": "leather", "defect": "glue",
    "opening_cm": "6", "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes", "has_card": "yes",
    "clearance": "no", "matches_invoice": "yes", "repairs_same_fault": "0", "repair_days": "0", "agreed_months": "0",
    "is_replacement": "no", "used": "yes", "deceived": "no", "purpose_defeated": "no", "sold_on": "2026-10-10",
    "reported_on": "2026-12-01", "paid": "399", "province": "other",
}  # fmt: skip


def test_a_quoted_rule_that_names_a_fee_is_told_beside_that_none_is_taken() -> None:
    """M03 says that the last four faults bear no fee; glue is none of them, and sold since 2024-07-01 it bears none."""
    with translation.override("zh-hans"):
        told = for_customers.fees_told(all_books("2026-12-01", MALL_SHOES))
        assert told == ["下面引用的规定里提到的折旧费，这次不收"]
        old = {**MALL_SHOES, "defect": "sole_broken", "sold_on": "2024-06-30", "reported_on": "2024-07-10"}
        assert not any("不收" in one for one in for_customers.fees_told(all_books("2024-07-10", old)))


def test_a_fee_that_is_taken_is_told_with_the_rule_that_allows_it() -> None:
    """168,000 × 2,800 km / 1,000 × 0.5 % = 2,352.00, by article 27 of the rules for cars."""
    car = {
        "house": "workshop", "sale": "store", "goods": "car", "problem": "quality", "car_part": "gearbox",
        "safety_event": "none", "safety_repairs": "0", "needs_replacing": "yes", "assembly_replacements": "2",
        "sold_on": "2026-10-07", "delivered_on": "2026-10-07", "reported_on": "2026-12-01", "mileage_km": "2800",
        "paid": "168000", "use_coefficient": "0.50", "fault_confirmed": "yes", "user_caused": "no",
        "repairs_same_fault": "0", "repair_days": "12", "repair_days_now": "0", "has_card": "yes", "deceived": "no",
        "has_receipt": "yes", "purpose_defeated": "no", "agreed_months": "0", "agreed_km": "0", "exchange_km": "0",
        "exchange_months": "0", "is_replacement": "no",
    }  # fmt: skip
    ruling = all_books("2026-12-01", car)
    for one in (ruling, from_data(as_data(ruling))):
        with translation.override("zh-hans"):
            told = for_customers.fees_told(one)
        assert told[0].startswith("退货退款扣除的 ¥2,352.00，依据家用汽车三包规定第27条")
        assert told[1] == "换货另收的 ¥2,352.00，依据家用汽车三包规定第27条"
