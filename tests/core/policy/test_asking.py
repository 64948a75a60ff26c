"""What is asked, and in which order: what can still change the answer, the most deciding first, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.policy.properties import supposed
from tests.core.policy.random_facts import TRIES
from tests.core.policy.test_every_fact_is_asked import answer, bounds_of
from tests.core.policy.worked import all_of, asked_on, known

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.engine.narrowing import narrowed
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.ruling import rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.wording import lines
from tuoshan.rulings import files

PACKS = files.packaged()
ON = date(2026, 5, 20)
COUNTER: Mapping[str, object] = {"house": "mall", "sale": "store"}
SAID: Mapping[str, object] = {
    "goods": "shoes", "shoe_kind": "leather", "sold_on": date(2026, 3, 29), "problem": "quality", "defect": "glue",
    "opening_cm": Decimal(6), "used": True, "has_receipt": True,
}  # fmt: skip
"""Leather shoes, 52 days old, sole came off 6 cm, worn, receipt here: eight facts, said at the counter of a mall."""
ANSWERS: Mapping[str, object] = {
    "fault_confirmed": True, "user_caused": False, "clearance": False, "matches_invoice": True, "deceived": False,
    "paid": Decimal("399.00"), "repair_days": Decimal(0), "agreed_months": Decimal(0), "is_replacement": False,
    "state_months": Decimal(0), "delivered_on": date(2026, 3, 29), "reported_on": ON, "purpose_defeated": False,
    "repairs_same_fault": Decimal(0),
}  # fmt: skip
ONLY_LENGTHEN = {"repair_days", "agreed_months", "is_replacement", "state_months"}


def walk(told: Mapping[str, object], answers: dict[str, Any], on: date = ON, random: Random | None = None) -> tuple[
    list[str], Ruling
]:  # fmt: skip
    """Answer the first question each time until none is left; what was asked, and the ruling at the end."""
    facts, asked = dict(told), list[str]()

    def rule_on(given: Mapping[str, object]) -> Ruling:
        return rule_all(PACKS, given, on)

    while questions := (ruling := narrowed(rule_on(facts), rule_on)).questions:
        name = questions[0].fact
        if name not in answers and random is not None:
            answers[name] = invented(name, answers, on, random)
        facts[name] = answers[name]
        asked.append(name)
    return asked, ruling


def invented(name: str, answers: Mapping[str, Any], on: date, random: Random) -> object:
    fact = known()[name]
    if fact.field.kind == "date":
        earliest = answers.get(next(iter(fact.not_before), "")) or answers.get("sold_on") or on
        latest = [answers[one.name] for one in known().values() if name in one.not_before and one.name in answers]
        return min([max(earliest, on - timedelta(days=random.choice([0, 3, 9, 20, 45]))), *latest])
    pack = next(one for one in PACKS if name in one.facts)
    return answer(fact, bounds_of(pack), random)


def test_the_shoes_with_the_open_sole_are_ruled_on_after_six_answers() -> None:
    """M03: glue beyond 5 cm within three months gives exchange or return; the price since 2024-07-01 in full."""
    asked, ruling = walk({**SAID, **COUNTER}, dict(ANSWERS))
    assert set(asked[:2]) == {"user_caused", "fault_confirmed"}
    assert len(asked) == 6 and set(asked) == {
        "user_caused", "fault_confirmed", "clearance", "matches_invoice", "deceived", "paid"
    }  # fmt: skip
    assert {right.remedy: right.amount for right in ruling.rights} == {
        "return": Decimal("399.00"), "exchange": None, "repair": None
    }  # fmt: skip


def test_what_is_seen_on_the_shoe_is_asked_before_exclusions() -> None:
    """Which material and how long the opening (the remedy hangs on them), and clearance: before deceit."""
    told = {**COUNTER, "goods": "shoes", "sold_on": date(2026, 3, 29), "problem": "quality", "has_receipt": True,
            "reported_on": ON, "paid": Decimal("399.00")}  # fmt: skip
    asked, ruling = walk(told, {**SAID, **ANSWERS})
    assert set(asked[:6]) == {"user_caused", "fault_confirmed", "defect", "shoe_kind", "opening_cm", "clearance"}
    assert {"deceived", "matches_invoice"} <= set(asked[6:]) and len(asked) <= 9
    assert {right.remedy for right in ruling.rights} == {"return", "exchange", "repair"}


def test_no_months_of_the_state_are_asked_where_it_has_no_guarantee() -> None:
    """Shoes and clothes have none; of furniture a province may have one."""
    begun = {"problem": "quality", "house": "other", "sale": "store", "platform": "none", "has_receipt": True,
             "sold_on": date(2026, 1, 10), "delivered_on": date(2026, 1, 10), "reported_on": ON}  # fmt: skip
    for goods, asks in (("clothes", False), ("shoes", False), ("furniture", True)):
        asked, _ruling = walk({**begun, "goods": goods}, {**ANSWERS, "in_repair": False}, ON, Random(3))
        assert ("state_months" in asked) is asks and "agreed_months" in asked


def test_the_last_day_of_which_not_all_is_known_is_told_as_the_earliest_it_may_be() -> None:
    """03-29 and three months: 06-29; what was agreed beyond the book, a replacement or days in repair make it later."""
    _asked, ruling = walk({**SAID, **COUNTER}, dict(ANSWERS))
    back = next(right for right in ruling.rights if right.remedy == "return")
    assert back.until == date(2026, 6, 29)
    assert {one.fact for one in back.later} == {"agreed_months", "is_replacement", "repair_days"}
    assert back.counted is not None and back.counted.starts == date(2026, 3, 29) and back.counted.count == 3
    due = next(line for line in lines(ruling) if "退货" in line.words.zh)
    assert "至少" in due.words.zh and "“约定的期限”" in due.words.zh and "at least" in due.words.en
    told = next(one for one in as_data(ruling)["rights"] if one["remedy"] == "return")
    assert told["until"] == "2026-06-29" and [one["fact"] for one in told["later"]] == [one.fact for one in back.later]
    whole = {**SAID, **COUNTER, **ANSWERS}
    assert all(not right.later for right in rule_all(PACKS, whole, ON).rights)


@pytest.mark.parametrize(
    ("sold_on", "decide"),
    [(date(2026, 2, 20), False), (date(2026, 2, 19), True)],
    ids=["last day of the three months", "the day after"],
)
def test_what_only_lengthens_a_period_is_asked_where_the_plain_period_is_over(sold_on: date, decide: bool) -> None:
    """02-20 and three months end on 05-20, the day of asking; 02-19 and three months the day before it."""
    told = {**SAID, **COUNTER, "sold_on": sold_on}
    asked, _ruling = walk(told, {**ANSWERS, "delivered_on": sold_on})
    assert bool(ONLY_LENGTHEN & set(asked)) is decide


@pytest.mark.parametrize(
    ("told", "most"),
    [
        ({"goods": "clothes", "house": "mall", "garment": "suit", "clothes_defect": "seam"}, 11),
        ({"goods": "furniture", "house": "furniture_shop", "serious_fault": "collapse", "has_card": True}, 13),
        ({"goods": "shoes", "house": "shoe_chain", "upper": "cattle", "chain_defect": "glue"}, 12),
        ({"goods": "phone", "house": "other", "phone_part": "host", "fault_kind": "functional"}, 13),
        ({"goods": "appliance", "house": "other", "appliance_kind": "fan", "fault_kind": "functional"}, 13),
    ],
    ids=lambda one: f"{one['goods']} of {one['house']}" if isinstance(one, dict) else "",
)
def test_whether_there_is_a_fault_and_whose_it_is_is_asked_before_any_agreed_period(
    told: Mapping[str, object], most: int
) -> None:
    answers = {**ANSWERS, "spoilt_by_use": False, "special_price": False, "parts_wait_days": Decimal(0),
               "repairer_days": Decimal(0), "in_repair": False, "set_kind": "single", "same_model": True,
               "brand_three_months": False, "wants": "repair", "has_card": True}  # fmt: skip
    begun = {"problem": "quality", "sold_on": date(2026, 3, 29), "sale": "store", "has_receipt": True, "used": True}
    asked, ruling = walk({**begun, **told}, dict(answers))
    assert ruling.rights and len(asked) <= most
    first = max(asked.index("user_caused"), asked.index("fault_confirmed"))
    assert all(asked.index(name) > first for name in {"agreed_months", "state_months", "repair_days"} & set(asked))


@pytest.mark.parametrize(
    ("answers", "asked_for"),
    [
        ({"installation": "done", "installed_on": date(2026, 5, 2)}, {"installation", "installed_on"}),
        ({"installation": "pending"}, {"installation"}),
        ({"installation": "none"}, {"installation"}),
    ],
    ids=["installed", "not yet", "nothing to install"],
)
def test_furniture_bought_at_a_distance_is_asked_for_its_installation_once(
    answers: Mapping[str, object], asked_for: set[str]
) -> None:
    """The law asks whether it is installed and when, the furniture shop from which day its thirty days run: one day."""
    told = {
        "goods": "furniture", "house": "furniture_shop", "sale": "distance", "platform": "none", "problem": "quality",
        "serious_fault": "collapse", "has_receipt": True, "has_card": True, "sold_on": date(2026, 4, 20),
        "reported_on": date(2026, 6, 1),
    }  # fmt: skip
    more = {**ANSWERS, **answers, "signed_on": date(2026, 5, 1), "set_kind": "single", "same_model": True,
            "parts_wait_days": Decimal(0), "in_repair": False, "wants": "return", "province": "other"}  # fmt: skip
    asked, _ruling = walk(told, dict(more), date(2026, 6, 1), Random(7))
    assert {name for name in asked if name in ("installation", "installed_on", "delivered_on")} == asked_for


def counts(ruling: Ruling) -> tuple[object, ...]:
    """What is due, or that nothing is, with the sums; whoever names no fee asks for none."""
    return tuple(sorted((one.remedy, one.amount, one.fee or 0) for one in ruling.rights)), ruling.extra


CASES = [case for pack in PACKS if pack.name != "facility" for case in all_of(pack.name)]
"""Those worked out by hand beside the tests and the examples that travel with the books."""


@TRIES
@given(case=st.sampled_from(CASES), random=st.randoms(use_true_random=False))
def test_what_was_not_asked_changes_nothing(case: dict[str, Any], random: Random) -> None:
    """Told part of a matter and then what is asked, one comes to the answer that all of it gives."""
    asked_to_the_same_end(case, random)


@pytest.mark.parametrize("pack", [pack for pack in PACKS if pack.name != "facility"], ids=lambda pack: pack.key)
def test_every_example_of_a_book_is_asked_to_the_same_end(pack: Pack) -> None:
    """Every boundary that the book guards, told in three different parts, the same ones each time."""
    random = Random(pack.name)
    for one in pack.examples:
        for _part in range(3):
            asked_to_the_same_end({"id": one.name, "on": one.on, "facts": one.facts}, random)


def asked_to_the_same_end(case: Mapping[str, Any], random: Random) -> None:
    """Told a part of the case, drawn at random, and then what is asked, one comes to what all of it gives."""
    on = asked_on(case)
    whole, _problems = read_given(known(), case["facts"], on)
    kept = {
        name: value for name, value in whole.items()
        if name in ("sold_on", "problem") or random.random() < 0.6 or (name == "delivered_on" and supposed(name, whole))
    }  # fmt: skip
    answers = dict(whole)
    _asked, ruling = walk(kept, answers, on, random)
    final = rule_all(PACKS, answers, on)
    if not final.questions and not supposes_good_faith(ruling, answers):
        assert counts(final) == counts(ruling), case["id"]


def supposes_good_faith(ruling: Ruling, facts: Mapping[str, Any]) -> bool:
    """Whether a claim was found out to be staged of which the ruling said that it supposes an honest one."""
    said = any((one.why.table, one.why.row) == ("good_faith", "in_good_faith") for one in ruling.statements)
    return facts.get("staged_claim") is True and "staged_claim" not in ruling.facts and said
