"""A refusal because a period is over says until when it ran, from which day and how long; worked out by hand from the
sources, on the last day and on the day after it."""

import json
from datetime import date
from typing import Any

import pytest
from tests.core.policy.worked import known

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.engine.expiring import Expired
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.ruling import rule_all, rule_by_book
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.wording import lines, verdict
from tuoshan.rulings import files

FAULTY: dict[str, Any] = {"problem": "quality", "fault_confirmed": "yes", "user_caused": "no", "has_receipt": "yes",
                          "agreed_months": "0", "repair_days": "0", "is_replacement": "no"}  # fmt: skip
MALL_SHOES = {**FAULTY, "house": "mall", "sale": "store", "goods": "shoes", "clearance": "no", "matches_invoice": "yes",
              "shoe_kind": "leather", "defect": "sole_broken", "repairs_same_fault": "0", "paid": "399"}  # fmt: skip
CHAIN_SHOES = {**FAULTY, "house": "shoe_chain", "sale": "store", "goods": "shoes", "special_price": "no", "used": "yes"}
DISTANCE = {"sale": "distance", "goods": "clothes", "problem": "dislike", "paid": "129", "intact": "yes",
            "no_return_confirmed": "no"}  # fmt: skip
WASHER = {**FAULTY, "sale": "store", "goods": "appliance", "appliance_kind": "washing_machine", "agreed_months": "12",
          "fault_kind": "functional", "paid": "2400", "repairs_same_fault": "0", "parts_wait_days": "0",
          "repairer_days": "0"}  # fmt: skip
PHONE = {**FAULTY, "sale": "store", "goods": "phone", "phone_part": "battery", "fault_kind": "functional",
         "paid": "1999"}  # fmt: skip
REQUEST = {**DISTANCE, "house": "other", "platform": "pinduoduo", "pdd_stage": "apply", "wants": "refund",
           "order_state": "shipped", "signed_on": "2026-04-01"}  # fmt: skip

OVER = [
    # M01: leather three months; 2026-02-21 and 3 months: 2026-05-21
    ("mall_shoes", "all", MALL_SHOES, {"sold_on": "2026-02-21"}, "2026-05-21", ("2026-02-21", 3, "months", 0)),
    # the card says twelve months, and four days in repair do not count: 2026-02-21 and 4 days
    ("mall_shoes", "all", MALL_SHOES, {"sold_on": "2025-02-21", "agreed_months": "12", "repair_days": "4"},
     "2026-02-25", ("2025-02-21", 12, "months", 4)),
    # J01: cattle leather two months, three where the brand says so; the row for all that is left over refuses
    ("shoe_chain", "repair", CHAIN_SHOES, {"upper": "cattle", "chain_defect": "glue", "brand_three_months": "no",
     "sold_on": "2026-03-21"}, "2026-05-21", ("2026-03-21", 2, "months", 0)),
    ("shoe_chain", "repair", CHAIN_SHOES, {"upper": "cattle", "chain_defect": "glue", "brand_three_months": "yes",
     "sold_on": "2026-02-21"}, "2026-05-21", ("2026-02-21", 3, "months", 0)),
    # J02: a broken sole thirty days; 2026-04-21 and 30 days: 2026-05-21
    ("shoe_chain", "exchange", CHAIN_SHOES, {"upper": "cattle", "chain_defect": "sole_broken", "sold_on": "2026-04-21",
     "brand_exchange_days": "0", "brand_three_months": "no"}, "2026-05-21", ("2026-04-21", 30, "days", 0)),
    # Consumer Law 25: the day of signing does not count; 2026-05-14 and 7 days: 2026-05-21
    ("consumer_law", "return", DISTANCE, {"signed_on": "2026-05-14"}, "2026-05-21", ("2026-05-14", 7, "law_days", 0)),
    # 2026-09-24 and 7 days: 10-01, a day off until 10-07; the next working day is 10-08
    ("consumer_law", "return", DISTANCE, {"signed_on": "2026-09-24"}, "2026-10-08", ("2026-09-24", 7, "law_days", 0)),
    # a year from delivery, six days in repair left out: 2026-03-20 and 6 days; that one repair is three weeks old is no
    # matter of the guarantee
    ("national_general", "all", WASHER, {"delivered_on": "2025-03-20", "repair_days": "6", "repaired_on": "2025-05-01"},
     "2026-03-26", ("2025-03-20", 12, "law_months", 6)),
    # the battery of a phone six months: 2025-11-20 and 6 months: 2026-05-20
    ("national_phone", "all", PHONE, {"delivered_on": "2025-11-20"}, "2026-05-20", ("2025-11-20", 6, "law_months", 0)),
    # PD-01: the day that the order's page names
    ("pinduoduo", "refund", REQUEST, {"valid_until": "2026-05-22"}, "2026-05-22", None),
]  # fmt: skip


def ruled(facts: dict[str, Any], on: date) -> Ruling:
    with_dates = {"sold_on": facts.get("signed_on", facts.get("delivered_on", "2026-05-01")), **facts}
    if facts.get("sale") == "store":
        with_dates = {"delivered_on": with_dates["sold_on"], **with_dates}
    given, problems = read_given(known(), {**with_dates, "reported_on": on.isoformat()}, on)
    assert not problems
    return rule_all(files.packaged(), given, on)


def refused(ruling: Ruling, book: str, remedy: str) -> list[Expired | None]:
    return [
        by.expired for one in ruling.refused if one.remedy == remedy
        for by in one.refused_by if by.why.pack.name == book
    ]  # fmt: skip


@pytest.mark.parametrize(("book", "remedy", "matter", "facts", "last", "counted"), OVER)
def test_until_when_it_could_have_been_asked_for(
    book: str, remedy: str, matter: dict[str, Any], facts: dict[str, Any], last: str, counted: tuple[Any, ...] | None
) -> None:
    day = date.fromisoformat(last)
    in_time = ruled({**matter, **facts}, day)
    assert not refused(in_time, book, remedy)
    for late in (date.fromordinal(day.toordinal() + 1), date(2027, 1, 4)):
        [found] = refused(ruled({**matter, **facts}, late), book, remedy)
        assert found is not None
        assert found.last_day == day
        if counted is None:
            assert found.counted is None
        else:
            how = found.counted
            assert how is not None
            assert (how.starts.isoformat(), how.count, how.unit, how.days_left_out) == counted


def test_it_is_said_in_the_answer_and_in_its_sentence() -> None:
    ruling = ruled({**MALL_SHOES, "sale": "store", "sold_on": "2026-02-21", "delivered_on": "2026-02-21",
                    "deceived": "no", "state_months": "0", "agreed_months": "1"}, date(2026, 5, 22))  # fmt: skip
    said = [line.words for line in lines(ruling) if line.sign in ("refused", "asked") and "三包期" in line.words.zh]
    assert [one.zh.removeprefix("按已经回答的，") for one in said] == [
        "所提要求：不支持，已过三包期（自 2026 年 2 月 21 日购买起算 3 个月，至 2026 年 5 月 21 日止）"
    ]
    assert said[0].en.endswith(
        "not due; the guarantee period is over (counted from 21 February 2026, the sale: 3 months, until 21 May 2026)"
    )


def test_a_day_that_was_told_is_said_without_a_count() -> None:
    both = ruled({**REQUEST, "valid_until": "2026-05-22"}, date(2026, 5, 23))
    ruling = rule_by_book([one for one in files.packaged() if one.name == "pinduoduo"], both.facts, both.on)
    assert verdict(ruling).zh == "不予支持：已过售后有效期（到 2026 年 5 月 22 日为止）"
    assert verdict(ruling).en == "Not due: the after-sales period is over (it ran until 22 May 2026)"
    [said] = [line.words.zh for line in lines(ruling) if line.sign == "refused"]
    assert said == "仅退款：不支持，已过售后有效期（到 2026 年 5 月 22 日为止）"


def test_of_several_periods_the_longest_is_told() -> None:
    """A return on Pinduoduo: the law's seven days ended on 12 November, the order's own window on the 28th: until then
    it would have been given. Who has none of these days left for another reason is told that reason."""
    facts = {**REQUEST, "wants": "return", "signed_on": "2026-11-05", "sold_on": "2026-11-01",
             "valid_until": "2026-11-28"}  # fmt: skip
    ruling = ruled(facts, date(2026, 11, 30))
    [wanted] = [one for one in ruling.refused if one.remedy == "return"]
    assert [one.expired.last_day.day for one in wanted.refused_by if one.expired is not None] == [12, 28]
    assert wanted.expired is not None and wanted.expired.last_day == date(2026, 11, 28)
    assert wanted.because.zh == "已过售后有效期"
    shorter = ruled({**facts, "valid_until": "2026-11-10"}, date(2026, 11, 30))
    [wanted] = [one for one in shorter.refused if one.remedy == "return"]
    assert wanted.because.zh == "已过签收次日起七日"


@pytest.mark.parametrize(("book", "facts"), [
    ("mall_shoes", {**MALL_SHOES, "sold_on": "2025-02-21"}), ("national_general", {**WASHER, "sold_on": "2025-02-21"}),
])  # fmt: skip
def test_a_refusal_for_another_reason_names_no_period_though_one_is_over(book: str, facts: dict[str, str]) -> None:
    ruling = ruled({**facts, "delivered_on": "2025-02-21", "user_caused": "yes"}, date(2026, 9, 1))
    assert refused(ruling, book, "all") == [None]


def test_a_repair_that_is_still_good_does_not_stand_in_for_the_guarantee() -> None:
    """Repaired shortly before the guarantee ended: thirty days from the repair are no guarantee period."""
    facts = {**WASHER, "delivered_on": "2025-03-20", "repairs_same_fault": "1", "repaired_on": "2026-03-19"}
    [found] = refused(ruled(facts, date(2026, 6, 1)), "national_general", "all")
    assert found is not None
    assert found.last_day == date(2026, 3, 20)


def test_it_is_kept_and_read_back_and_an_older_ruling_says_what_it_said() -> None:
    ruling = ruled({**MALL_SHOES, "sold_on": "2026-02-21"}, date(2026, 5, 22))
    kept = json.loads(json.dumps(as_data(ruling), ensure_ascii=False))
    assert [line.words for line in lines(from_data(kept))] == [line.words for line in lines(ruling)]
    [told] = [by["expired"] for one in kept["refused"] for by in one["refused_by"] if by["pack"] == "mall_shoes"]
    assert (told["last_day"], told["counted"]["starts"], told["counted"]["count"]) == ("2026-05-21", "2026-02-21", 3)
    for one in kept["refused"]:
        for by in one["refused_by"]:
            by.pop("expired", None)
    said = [line.words.zh for line in lines(from_data(kept)) if "已过三包期" in line.words.zh]
    assert said and not any("2026 年 5 月 21 日" in one for one in said)
