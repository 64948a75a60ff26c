"""How a ruling is told: what is chosen from and what is owed besides, how a sum came about, which days are sure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.policy.worked import all_of, asked_on, known

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.differences_told import differing
from tuoshan.core.policy.words.sums_told import all_pieces
from tuoshan.core.policy.words.wording import lines, verdict
from tuoshan.rulings import files

FOOD: dict[str, Any] = {
    "house": "other", "platform": "none", "sale": "distance", "goods": "food", "problem": "quality",
    "sold_on": "2026-05-12", "signed_on": "2026-05-15", "delivered_on": "2026-05-15", "reported_on": "2026-05-20",
    "paid": "30.00", "loss": "333.34", "fault_confirmed": "yes", "user_caused": "no", "asked_of": "seller",
    "seller_knew": "yes", "label_flaw_only": "no", "staged_claim": "no", "deceived": "no", "food_unsafe": "yes",
    "agreed_months": "0", "state_months": "0", "is_replacement": "no",
}  # fmt: skip
CAR: dict[str, Any] = {
    "sale": "store", "goods": "car", "problem": "quality", "car_part": "other", "safety_event": "none",
    "sold_on": "2026-05-15", "delivered_on": "2026-05-15", "reported_on": "2026-05-22", "mileage_km": "300",
    "paid": "150000", "use_coefficient": "0.50", "fault_confirmed": "yes", "user_caused": "no",
    "safety_repairs": "0", "repairs_same_fault": "0", "repair_days": "6", "repair_days_now": "6", "has_card": "yes",
    "has_receipt": "yes", "deceived": "no", "purpose_defeated": "no",
}  # fmt: skip
TABLE: dict[str, Any] = {
    "house": "furniture_shop", "sale": "store", "goods": "furniture", "problem": "quality", "paid": "3000",
    "sold_on": "2026-11-04", "delivered_on": "2026-11-04", "reported_on": "2026-11-30", "deceived": "no",
    "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes", "has_card": "yes", "is_replacement": "no",
    "serious_fault": "collapse", "repairs_same_fault": "0", "repair_days": "0", "purpose_defeated": "no",
    "same_model": "yes", "set_kind": "single", "parts_wait_days": "0",
}  # fmt: skip
NOTEBOOK: dict[str, Any] = {
    "house": "computer_shop", "sale": "store", "goods": "computer", "problem": "quality", "computer_part": "host",
    "fault_kind": "functional", "paid": "5999", "sold_on": "2026-11-21", "reported_on": "2026-11-30", "deceived": "no",
    "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes",
}  # fmt: skip


def ruled(on: str, facts: dict[str, Any], **more: object) -> Ruling:
    given, problems = read_given(known(), {**facts, **more}, date.fromisoformat(on))
    assert not problems
    return rule_all(files.packaged(), given, date.fromisoformat(on))


def told(ruling: Ruling, language: str = "zh", sign: str = "due") -> list[str]:
    return [line.words.in_language(language) for line in lines(ruling) if line.sign == sign]


def counted(ruling: Ruling, language: str = "zh") -> list[str]:
    return [line.counted.in_language(language) for line in lines(ruling) if line.sign == "due" and line.counted]


def test_a_loss_is_owed_besides_and_the_headline_adds_up() -> None:
    """Food that cost 30.00, a loss of 333.34: three times 333.34 is 1,000.02, and 30.00 + 333.34 + 1,000.02 = 1,363.36
    whoever takes the money back."""
    ruling = ruled("2026-05-20", FOOD)
    assert verdict(ruling).zh == (
        "可以仅退款 ¥30.00；退货退款 ¥30.00；换货，另外补偿 ¥333.34，另付 ¥1,000.02"
        "（选退款的，一件合计 30.00 + 333.34 + 1,000.02 = ¥1,363.36）"
    )
    assert verdict(ruling).en == (
        "Due: refund without return of ¥30.00; return for a refund of ¥30.00; exchange; besides compensation of "
        "¥333.34, and ¥1,000.02 on top (with money back, in all for one piece: 30.00 + 333.34 + 1,000.02 = ¥1,363.36)"
    )
    assert told(ruling)[-1] == "不论选哪样，另外补偿 ¥333.34"
    assert told(ruling, "en")[-1] == "Besides, whichever is chosen: compensation of ¥333.34"
    assert "食品安全赔偿 ¥1,000.02（¥333.34 × 3）" in told(ruling, sign="cost")
    kept = from_data(as_data(ruling))
    assert verdict(kept) == verdict(ruling), "a kept ruling tells the same"
    assert "Damages for unsafe food ¥1,000.02 (¥333.34 × 3)" in told(kept, "en", "cost")


def test_a_minimum_says_what_it_stands_for() -> None:
    """Ten times 30.00 is 300.00, below the least of 1,000."""
    ruling = ruled("2026-05-20", FOOD, loss="0")
    assert verdict(ruling).zh.endswith("换货，另付 ¥1,000.00（选退款的，一件合计 30.00 + 1,000.00 = ¥1,030.00）")
    [damages] = [one for one in told(ruling, sign="cost") if one.startswith("食品")]
    assert damages.startswith("食品安全赔偿 ¥1,000.00（一件算得 ¥30.00 × 10 = ¥300.00，不足最低额 ¥1,000.00")


def test_no_total_is_told_while_something_is_asked() -> None:
    ruling = ruled("2026-05-20", {name: value for name, value in FOOD.items() if name != "label_flaw_only"})
    assert ruling.questions and "合计" not in verdict(ruling).zh


def test_a_loan_during_the_repair_is_no_remedy_to_choose() -> None:
    ruling = ruled("2026-05-22", CAR)
    assert verdict(ruling).zh.endswith("，另外提供备用品") and "；提供备用品" not in verdict(ruling).zh
    assert told(ruling)[-1] in ("另外提供备用品", "不论选哪样，另外提供备用品")


def test_a_sure_last_day_is_told_where_another_book_may_name_a_later_one() -> None:
    """U03 gives sixty days from the delivery on 4 November, article 24 until the end of the shop's own twelve months at
    least; a period of the State or an agreed one may be longer. Once it is known that there is none, the shop's own
    twelve months are the last word."""
    unsure = ruled("2026-11-30", TABLE, agreed_months="0")
    assert any(
        one.startswith("换货，至少 2027 年 ") and one.endswith("以前都可提出（看“国家规定的期限”，可能更晚）")
        for one in told(unsure)
    )
    both = ruled("2026-11-30", TABLE)
    assert "换货，至少 2027 年 11 月 4 日以前都可提出（看“国家规定的期限”“约定的期限”，可能更晚）" in told(both)
    assert any("起算 12 个月，至 2027 年 11 月 4 日止" in one for one in counted(both))
    sure = ruled("2026-11-30", TABLE, agreed_months="0", state_months="0")
    assert "换货，最晚 2027 年 11 月 4 日提出" in told(sure)


def test_a_delivery_that_nobody_gave_is_not_said_to_have_been() -> None:
    """Bought on 21 November; seven days end on Saturday the 28th and move to Monday the 30th."""
    ruling = ruled("2026-11-30", NOTEBOOK)
    assert counted(ruling)[0] == (
        "“交付或安装完成日期”没有填，先按最早可能的 2026 年 11 月 21 日起算 7 天，"
        "至 2026 年 11 月 30 日止（末日逢休息日，顺延）"
    )
    assert counted(ruling, "en")[0] == (
        "'Delivered or installed on' was not given: counted from 21 November 2026, the earliest that it can be, 7 "
        "days, until 30 November 2026 (moved past days off)"
    )
    assert [one["counted"]["words"]["zh"] for one in as_data(ruling)["rights"] if one["counted"]][0] == (  # type: ignore[attr-defined]
        counted(ruling)[0]
    )
    given = ruled("2026-11-30", NOTEBOOK, delivered_on="2026-11-22")
    assert counted(given)[0].startswith("自 2026 年 11 月 22 日交付（安装完成）起算 7 天")


def test_a_sale_at_the_counter_has_no_outbound_freight() -> None:
    """Nothing was sent: what has to be carried is told once; of a sale at a distance both legs are."""
    assert told(ruled("2026-05-22", CAR), sign="cost")[0] == "需要运送的，运输等必要费用由商家承担"
    assert told(ruled("2026-05-22", CAR), "en", "cost")[0] == (
        "Where it has to be carried, necessary cost of transport is borne by the seller"
    )
    assert told(ruled("2026-05-20", FOOD), sign="cost")[0] == "发出和退回的运费都由商家承担"


def test_what_is_taken_off_is_called_so() -> None:
    """259.00 were paid and a gift of 30.00 does not come back: 229.00, and the 30.00 are said to be taken off."""
    ruling = ruled("2026-05-22", {
        "house": "other", "platform": "none", "sale": "distance", "goods": "clothes", "problem": "dislike",
        "sold_on": "2026-05-12", "signed_on": "2026-05-15", "reported_on": "2026-05-22", "paid": "259.00",
        "intact": "yes", "return_freight_promised": "no", "gift_back": "missing", "gift_declared": "yes",
        "gift_value": "30.00", "breaks_threshold": "no", "no_return_confirmed": "no",
    })  # fmt: skip
    assert verdict(ruling).zh == "可以退货退款 ¥229.00"
    assert "扣除赠品价款 ¥30.00" in told(ruling, sign="cost")
    assert "Taken off: value of the gift ¥30.00" in told(ruling, "en", "cost")


ANSWERED = {
    "PD-07 day 8: overdue": ("pinduoduo", "用户逾期未处理，这次申请关闭；售后有效期内可以再申请"),
    "TB-34 wrong address given by the buyer": ("taobao_disputes", "按下列规定办理"),
    "TB-83 accepted: six months, month end": ("taobao_disputes", "按下列规定办理"),
    "P02 not in stock": ("web_shop", "没有库存可换，如实告诉客户"),
    "CPL25 bought in a shop, not liked, day 1": ("consumer_law", "没有规定必须怎么办，由双方协商"),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_a_rule_that_gives_no_remedy_is_an_answer_too(name: str) -> None:
    book, told = ANSWERED[name]
    case = next(one for one in all_of(book) if one["id"] == name)
    facts, _problems = read_given(known(), case["facts"], asked_on(case))
    pack = next(one for one in files.packaged() if one.name == book)
    assert verdict(rule(pack, facts, asked_on(case))).zh == told


def test_the_headline_of_several_pieces_is_for_all_of_them() -> None:
    """Food at 30.00, a loss of 333.34, two alike: 60.00, 666.68 and three times 666.68, which is 2,000.04."""
    ruling = ruled("2026-05-20", FOOD)
    said = all_pieces([(ruling, 2)], Decimal("2000.04"))
    assert said is not None and said.zh == (
        "2 件一共可以仅退款 ¥60.00（2 × 30.00）；退货退款 ¥60.00（2 × 30.00）；换货，另外补偿 ¥666.68（2 × 333.34），"
        "另付 ¥2,000.04（2 × 1,000.02）（选退款的，一共 60.00 + 666.68 + 2,000.04 = ¥2,726.72）"
    )
    assert said.en == (
        "Due for all 2 pieces: refund without return of ¥60.00 (2 × 30.00); return for a refund of ¥60.00 (2 × 30.00); "
        "exchange; besides compensation of ¥666.68 (2 × 333.34), and ¥2,000.04 on top (2 × 1,000.02) (with money back, "
        "in all: 60.00 + 666.68 + 2,000.04 = ¥2,726.72)"
    )


def test_pieces_that_differ_by_a_fen_are_added_up_and_a_minimum_is_no_multiple() -> None:
    """100.00 for three: two at 33.33 and one at 33.34; ten times 100.00 is 1,000.00, the least of the claim, once."""
    two, one = (ruled("2026-05-20", FOOD, loss="0", paid=paid) for paid in ("33.33", "33.34"))
    said = all_pieces([(two, 2), (one, 1)], Decimal("1000.00"))
    assert said is not None and said.zh == (
        "3 件一共可以仅退款 ¥100.00（2 × 33.33 + 33.34）；退货退款 ¥100.00（2 × 33.33 + 33.34）；换货，另付 ¥1,000.00"
        "（选退款的，一共 100.00 + 1,000.00 = ¥1,100.00）"
    )


def test_one_piece_and_what_is_not_due_have_no_such_headline() -> None:
    ruling = ruled("2026-05-20", FOOD)
    assert all_pieces([(ruling, 1)], Decimal("1000.02")) is None and all_pieces([], Decimal(0)) is None
    nothing = ruled("2026-05-20", {"goods": "food"})
    assert not nothing.rights and all_pieces([(nothing, 2)], Decimal(0)) is None


def test_a_counter_sale_is_told_nothing_of_parcels_and_signing() -> None:
    """Shoes with an open sole: taken away on the day of the sale nothing was signed for and nothing could be swapped on
    its way; brought a day later, or sent, both are told to staff."""
    fault = {"goods": "shoes", "problem": "quality", "user_caused": False, "fault_confirmed": True,
             "sold_on": date(2026, 5, 8), "reported_on": date(2026, 5, 15), "deceived": False}  # fmt: skip
    for more, told in (
        ({"sale": "store", "delivered_on": date(2026, 5, 8)}, False),
        ({"sale": "store", "delivered_on": date(2026, 5, 9)}, True),
        ({"sale": "distance", "signed_on": date(2026, 5, 9), "house": "other"}, True),
    ):
        ruling = rule_all(files.packaged(), {**fault, **more}, date(2026, 5, 15))
        said = " ".join(line.words.zh for line in lines(ruling) if line.sign == "said")
        assert "造假、敲诈" in said and "以上" not in said
        assert (("查明有掉包" in said), ("签收时" in said)) == (told, told), more


LATE: dict[str, Any] = {
    "house": "mall", "sale": "store", "goods": "shoes", "problem": "quality", "shoe_kind": "leather", "defect": "glue",
    "opening_cm": "6", "is_replacement": "no", "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes",
    "clearance": "no", "matches_invoice": "yes", "repairs_same_fault": "0", "repair_days": "0", "agreed_months": "0",
    "sold_on": "2026-01-20", "reported_on": "2026-05-20", "paid": "399", "purpose_defeated": "no", "deceived": "no",
    "used": "yes",
}  # fmt: skip


def test_a_refusal_while_something_is_asked_is_what_would_follow() -> None:
    """Leather shoes after three months: nothing is refused yet while it is asked where and how they were bought."""
    open_yet = ruled("2026-05-20", LATE, sale="distance", signed_on="2026-01-22")
    assert (
        "按已经回答的，所提要求：不支持，已过三包期（自 2026 年 1 月 22 日签收起算 3 个月，至 2026 年 4 月 22 日止）"
        in told(open_yet, "zh", "asked")
    )
    assert not told(open_yet, "zh", "refused")
    settled = ruled("2026-05-20", LATE)
    [refused] = told(settled, "zh", "refused")
    assert refused.startswith("所提要求：不支持，已过三包期") and not told(settled, "zh", "asked")


def test_of_conditions_that_yield_it_is_said_for_what_and_that_they_are_more() -> None:
    ruling = ruled("2026-03-02", LATE, reported_on="2026-03-02", delivered_on="2026-01-20")
    assert differing(ruling)[0] == Wording(
        "换货要客户满足的条件，商场三包：鞋（M03、M04）比法律（CPL24）多；按法律，不用满足多出来的",
        "Exchange: Mall guarantee: shoes (M03、M04) asks the customer for more than law (CPL24); what it asks for "
        "beyond that is not needed",
    )


def test_days_that_do_not_count_lengthen_a_period_and_are_told_so() -> None:
    """Delivered 2026-05-15, six days in repair: 24 months to 2028-05-15 and six days, 2028-05-21, a Sunday: moved to
    the next working day, 2028-05-22. "Less 6 days" said the period was shorter."""
    ruling = ruled("2026-11-30", CAR, car_part="gearbox", needs_replacing="yes", assembly_replacements="2",
                   reported_on="2026-11-30", agreed_km="0", exchange_months="0", exchange_km="0", agreed_months="0",
                   is_replacement="no", repair_days_now="0")  # fmt: skip
    said = counted(ruling)[0]
    assert said.startswith("自 2026 年 5 月 15 日交付（安装完成）起算 24 个月；")
    assert "；修理 6 天不计入，期限延长到 2028 年 5 月 22 日" in said
    assert "24 months; 6 days in repair do not count, so it lasts until 22 May 2028" in counted(ruling, "en")[0]
    assert not any("扣除" in one for one in counted(ruling)) and not any("less" in one for one in counted(ruling, "en"))


def test_a_doubt_about_holidays_names_the_day_that_it_is_about() -> None:
    """A table delivered on 2026-10-22: the six months of the proof end on 2027-04-22, months away, and no day that is
    told lies in 2027. Two days before 2027-04-22 it turns on them."""
    unproved = {**TABLE, "fault_confirmed": "no", "serious_fault": "formaldehyde", "sold_on": "2026-10-15",
                "delivered_on": "2026-10-22"}  # fmt: skip
    far = ruled("2026-12-01", unproved, reported_on="2026-12-01")
    assert far.proofs and not any("2027" in line.words.zh for line in lines(far))
    assert not any("放假安排" in why.zh for why in far.provisional)
    near = ruled("2027-04-20", unproved, reported_on="2027-04-20")
    assert [why.zh for why in near.provisional if "4 月 22 日" in why.zh] == [
        "2027 年 4 月 22 日这个最后一天可能变动：2027 年的放假安排尚未公布"
    ]
    assert "22 April 2027 may move as a last day: the holidays of 2027 are not published yet" in {
        why.en for why in near.provisional
    }


def test_an_earliest_last_day_is_no_less_certain_for_days_on_the_way_to_it() -> None:
    """A phone of 2026-11-25 whose delivery nobody told: only the year's guarantee ends in 2027, and the doubt says that
    day."""
    phone = {"house": "other", "goods": "phone", "sale": "store", "problem": "quality", "phone_part": "host",
             "fault_kind": "functional", "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes",
             "has_card": "yes", "repairs_same_fault": "0", "repair_days": "0", "agreed_months": "0", "paid": "1999",
             "parts_wait_days": "0", "repairer_days": "0", "is_replacement": "no", "deceived": "no",
             "purpose_defeated": "no", "sold_on": "2026-11-25", "reported_on": "2026-12-01"}  # fmt: skip
    ruling = ruled("2026-12-01", phone)
    days = [why.zh.split("这个")[0] for why in ruling.provisional]
    assert days == ["2027 年 11 月 25 日"]
    assert any(days[0] in line.words.zh for line in lines(ruling))


OLD_SHOES: dict[str, Any] = {
    "house": "mall", "sale": "store", "goods": "shoes", "problem": "quality", "shoe_kind": "leather",
    "defect": "sole_broken", "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes", "has_card": "yes",
    "clearance": "no", "matches_invoice": "yes", "repairs_same_fault": "0", "repair_days": "0", "agreed_months": "0",
    "is_replacement": "no", "used": "yes", "deceived": "no", "purpose_defeated": "no", "province": "other",
    "sold_on": "2024-06-30", "paid": "399",
}  # fmt: skip


def test_a_sum_is_told_with_its_own_last_day_and_what_is_due_afterwards() -> None:
    """Sold on 2024-06-30: by the law 399.00 in seven days, 07-07, a Sunday, so 07-08; by the mall's book three months,
    09-30, less a fee of half a percent a day: on 07-10, the tenth day, 19.95."""
    first = ruled("2024-07-08", OLD_SHOES, reported_on="2024-07-08")
    assert told(first)[0] == (
        "退货退款 ¥399.00，最晚 2024 年 7 月 8 日提出；此后到 2024 年 9 月 30 日提出的金额较低，按提出那天算"
    )
    assert told(first, "en")[0] == (
        "Return for a refund of ¥399.00, to be asked for by 8 July 2024; asked for later, until 30 September 2024, "
        "it is less, by that day"
    )
    assert told(from_data(as_data(first))) == told(first)
    later = ruled("2024-07-10", OLD_SHOES, reported_on="2024-07-10")
    assert told(later)[0] == "退货退款 ¥379.05（已扣除收费 ¥19.95），最晚 2024 年 9 月 30 日提出"


def test_better_terms_are_called_what_is_better_and_a_fee_is_told_only_where_it_is_taken() -> None:
    """Inside the seven days the mall's papers give a longer time and no more money, and no fee is taken."""
    first = ruled("2024-07-05", OLD_SHOES, reported_on="2024-07-05")
    assert told(first, sign="needed") == ["退货退款的更长期限须：发票或小票（或双方认可购买）；商品与发票、三包卡相符"]
    fee = "2024-07-01以前售出，依商场规定收退货折旧费，请主管复核"
    assert fee not in told(first, sign="said")
    assert fee in told(ruled("2024-07-10", OLD_SHOES, reported_on="2024-07-10"), sign="said")
    assert told(from_data(as_data(first)), sign="needed") == told(first, sign="needed")


WEB: dict[str, Any] = {
    "house": "web_shop", "platform": "taobao", "sale": "distance", "goods": "clothes", "sold_on": "2026-05-01",
    "signed_on": "2026-05-05", "reported_on": "2026-05-08", "paid": "128.80", "deceived": "no", "staged_claim": "no",
    "shop_matter": "aftersale", "special": "none", "free_shipping": "yes", "used": "no", "intact": "yes",
    "no_return_confirmed": "no", "return_freight_promised": "no", "gift_back": "none", "breaks_threshold": "yes",
    "waived_freight": "10", "goods_back": "no", "wants": "return", "same_model": "yes", "is_replacement": "no",
    "agreed_months": "0", "state_months": "0", "purpose_defeated": "no", "problem": "dislike",
}  # fmt: skip


def test_freight_that_is_taken_off_is_named_once() -> None:
    """128.80 less the freight of 10.00 that was waived: the buyer pays the way out by that, and by nothing besides."""
    ruling = ruled("2026-05-12", WEB)
    cost = told(ruling, sign="cost")
    assert "扣除当时免去的发出运费 ¥10.00" in cost and "退回运费由消费者承担" in cost
    assert not any("发出" in one and "承担" in one for one in cost)


def test_a_largest_discount_is_told_in_percent() -> None:
    ruling = ruled("2026-05-20", {"house": "web_shop", "shop_matter": "out_of_stock", "vip": "yes", "sale": "distance",
                                  "platform": "none"})  # fmt: skip
    assert "优惠上限 10%" in told(ruling, sign="cost")


def test_no_sentence_stands_twice() -> None:
    """A gift that bore no price, by the law and by the platform; papers that the mall's book asks for twice."""
    gift = ruled("2026-05-12", WEB, special="gift", gift_back="missing", gift_declared="no", seller_at_fault="no",
                 return_due="yes", breaks_threshold="no")  # fmt: skip
    said = [line.words.zh for line in lines(gift)]
    assert "赠品没有事先标价，不扣" in said and len(said) == len(set(said))
    suit = ruled("2026-11-01", {
        "house": "mall", "sale": "store", "goods": "clothes", "garment": "suit", "problem": "quality",
        "clothes_defect": "seam", "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "no", "has_card": "no",
        "clearance": "no", "matches_invoice": "yes", "spoilt_by_use": "no", "repairs_same_fault": "0",
        "repair_days": "0", "agreed_months": "0", "state_months": "0", "is_replacement": "no", "used": "yes",
        "deceived": "no", "purpose_defeated": "no", "paid": "1999.99", "sold_on": "2026-04-15",
        "reported_on": "2026-11-01",
    })  # fmt: skip
    differ = [one.zh for one in differing(suit)]
    assert len(differ) == len(set(differ))


GEARBOX: dict[str, Any] = {
    **CAR, "house": "workshop", "car_part": "gearbox", "needs_replacing": "yes", "assembly_replacements": "2",
    "sold_on": "2026-10-07", "delivered_on": "2026-10-07", "reported_on": "2026-12-01", "mileage_km": "2800",
    "repair_days": "12", "repair_days_now": "0", "agreed_months": "0", "agreed_km": "0", "exchange_months": "0",
    "exchange_km": "0", "is_replacement": "no",
}  # fmt: skip


def test_a_distance_ends_a_cars_guarantee_beside_the_last_day() -> None:
    """Exchange and return for 24 months or 50,000 km, repair for 36 months or 60,000 km, whichever is first; at 50,000
    the first still runs, at 50,001 the second alone; what the card gives beyond that counts."""
    ruling = ruled("2026-12-01", GEARBOX)
    first, then = "，或行驶到 50,000 公里为止，先到为准", "，或行驶到 60,000 公里为止，先到为准"
    for one in (ruling, from_data(as_data(ruling))):
        assert [line.endswith(far) for line, far in zip(told(one), (first, first, then), strict=True)] == [True] * 3
        assert f"保修期到 2029 年 10 月 19 日{then}" in told(one, sign="said")
    assert told(ruling, "en")[2].endswith("or until it has run 60,000 km, whichever comes first")
    assert told(ruled("2026-12-01", GEARBOX, mileage_km="50000"))[0].endswith(first)
    assert all(line.endswith(then) for line in told(ruled("2026-12-01", GEARBOX, mileage_km="50001")))
    longer = ruled("2026-12-01", GEARBOX, agreed_km="100000", agreed_months="60")
    assert told(longer)[2].endswith("，或行驶到 100,000 公里为止，先到为准")
    covered = [one for one in told(longer, sign="said") if one.startswith("保修期到")]
    assert len(covered) == 1 and covered[0].endswith("，或行驶到 100,000 公里为止，先到为准")


def test_a_serious_fault_of_a_new_car_is_bounded_by_three_thousand_kilometres() -> None:
    ruling = ruled("2026-12-01", GEARBOX, car_part="other", safety_event="brake_failed", needs_replacing="no",
                   assembly_replacements="0", repair_days="0")  # fmt: skip
    assert told(ruling)[0].endswith("，或行驶到 3,000 公里为止，先到为准")


def test_what_does_not_run_has_no_distance() -> None:
    assert not any("公里" in line.words.zh for line in lines(ruled("2026-11-30", TABLE)))
