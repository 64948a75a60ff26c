"""What must hold for every rule book on any facts: found by trying facts at random."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.pack import Fact, Pack
from tuoshan.core.policy.precedence import COST, MONEY_BACK
from tuoshan.core.policy.ruling import rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import files

PACKS = files.packaged()
LAW = [pack for pack in PACKS if pack.layer == "law"]
BEGIN, TODAY = date(2024, 5, 1), date(2027, 12, 31)
DAYS = {"sold_on": 0, "delivered_on": 2, "signed_on": 3, "reported_on": 20, "received_back_on": 40}
BROKEN: dict[str, Any] = {"problem": "quality", "fault_confirmed": True, "user_caused": False}
MATTERS: list[dict[str, Any]] = [
    {},
    *({**BROKEN, "house": house, "goods": goods} for house, goods in (
        ("mall", "shoes"), ("mall", "clothes"), ("shoe_chain", "shoes"), ("furniture_shop", "furniture"),
        ("computer_shop", "computer"), ("web_shop", "food"), ("none", "car"), ("none", "appliance"))),
    *({"sale": "distance", "platform": platform, "problem": problem, "fault_confirmed": True}
      for platform in ("taobao", "pinduoduo") for problem in ("quality", "wrong_item", "misdescribed", "damaged")),
]
"""What the matter is about, so that several books speak in it."""
STAGED = {
    "national_car", "national_computer", "national_general", "national_phone", "furniture_shop", "computer_shop",
}  # fmt: skip
"""Books whose grounds follow each other; each is told with its own last day."""
TRIES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
MATTER = ("house", "facility_request")
"""Whose matter it is: with another answer the question is another."""
SUPPOSED = (*MATTER, "staged_claim")
Facts = dict[str, Any]
NAMED = {"ids": lambda pack: pack.name}


def asking(name: str) -> list[Pack]:
    """The books that ask for this fact."""
    return [pack for pack in PACKS if name in pack.facts]


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    match fact.field.kind:
        case "choice":
            return st.sampled_from([choice.value for choice in fact.field.choices])
        case "yes_no":
            return st.booleans()
        case "money":
            return st.sampled_from([Decimal(x) for x in ("0.00", "99.99", "166.67", "209.99", "210", "399", "3000")])
        case "date":
            later = DAYS.get(fact.name, 10)
            return st.integers(0, 60).map(lambda days: BEGIN + timedelta(days=later + days))
    far = (250_000,) if fact.name.endswith("_km") else ()
    return st.sampled_from([Decimal(x) for x in (0, 1, 2, 3, 5, 6, 31, 61, 91, 3001, 8000, *far)])


@st.composite
def facts_for(draw: Any, packs: list[Pack], missing: float = 0.1) -> Facts:
    """Facts that books may be asked about, dates in order; some are left out."""
    known = {name: fact for pack in packs for name, fact in pack.facts.items()}
    facts = {name: draw(value_of(fact)) for name, fact in known.items() if draw(st.floats(0, 1)) >= missing}
    for name, fact in known.items():
        for earlier in fact.not_before:
            if name in facts and fact.field.kind == "date" and earlier in facts:
                facts[name] = max(facts[name], facts[earlier])
    return facts


def said(ruling: Ruling, *kinds: str) -> set[tuple[str, str, str, str]]:
    return {(one.kind, one.what, one.why.table, one.why.row) for one in ruling.statements if one.kind in kinds}


def governed(ruling: Ruling) -> set[str]:
    """The remedies that the State's rule or an agreement decides, or may decide, instead of article 24 of the law."""
    certain = {one.what for one in ruling.statements if one.kind == "governs"}
    return certain.union(*(read.may_govern for read in ruling.reads))


def remedies(ruling: Ruling) -> set[str]:
    return {right.remedy for right in ruling.rights}


@pytest.mark.parametrize("pack", asking("paid"), **NAMED)
@TRIES
@given(data=st.data())
def test_a_refund_and_a_fee_are_never_negative_and_come_to_what_was_paid(pack: Pack, data: Any) -> None:
    facts = data.draw(facts_for([pack]))
    assume("paid" in facts)
    for right in rule(pack, facts, TODAY).rights:
        if right.remedy in MONEY_BACK and right.amount is not None:
            assert 0 <= right.amount <= facts["paid"]
        if right.fee is not None:
            assert 0 <= right.fee <= facts["paid"]
        if right.fee and right.amount is not None:
            assert right.amount + right.fee == facts["paid"]


@pytest.mark.parametrize("pack", asking("reported_on"), **NAMED)
@TRIES
@given(data=st.data())
def test_more_days_never_give_more_rights(pack: Pack, data: Any) -> None:
    facts = data.draw(facts_for([pack], missing=0))
    assume("reported_on" in facts)
    earlier = rule(pack, facts, TODAY)
    later = rule(
        pack, {**facts, "reported_on": facts["reported_on"] + timedelta(data.draw(st.integers(1, 400)))}, TODAY
    )
    assume(not earlier.questions)
    assert remedies(later) <= remedies(earlier)


@settings(TRIES, max_examples=150)
@given(data=st.data())
def test_more_days_never_give_more_rights_by_all_books_together(data: Any) -> None:
    """By the same books: a platform's rules may have come into force between the two days."""
    facts = data.draw(facts_for(list(PACKS), missing=0))
    later = facts["reported_on"] + timedelta(data.draw(st.integers(1, 400)))
    before, after = rule_all(PACKS, facts, TODAY), rule_all(PACKS, {**facts, "reported_on": later}, TODAY)
    assume(not before.questions and before.packs == after.packs)
    assert remedies(after) <= remedies(before)


def test_no_promise_of_a_house_or_platform_governs_the_return() -> None:
    """The law's return within seven days stands above any promise; only the State's rule may take its place."""
    found = {
        (pack.name, finding.what)
        for pack in PACKS if pack.layer not in ("law", "national")
        for table in pack.tables.values() for row in table.rows for finding in row.findings
        if finding.kind == "governs"
    }  # fmt: skip
    assert found and all(what in ("exchange", "repair") for _name, what in found)


@pytest.mark.parametrize("pack", PACKS, **NAMED)
@TRIES
@given(data=st.data())
def test_a_further_fact_takes_nothing_back(pack: Pack, data: Any) -> None:
    """What was certain stays so: a refusal never becomes a question, a right never goes. What a ruling supposes
    in words (an honest claim), and whose matter it is, are told from the beginning."""
    whole = data.draw(facts_for([pack], missing=0))
    assume(whole)
    part = {name: value for name, value in whole.items() if name in SUPPOSED or data.draw(st.booleans())}
    assert said(rule(pack, part, TODAY), "right", "no_right") <= said(rule(pack, whole, TODAY), "right", "no_right")


@settings(TRIES, max_examples=150)
@given(data=st.data())
def test_no_further_fact_takes_back_what_is_due_by_all_books_together(data: Any) -> None:
    """Unless the ruling said that it supposes the contrary: nobody is asked whether the claim was staged. Who sells and
    that a shop asks for its own facilities say whose matter it is: with another one the question is another."""
    whole = data.draw(facts_for(list(PACKS), missing=0))
    part = {name: one for name, one in whole.items() if name in MATTER or data.draw(st.floats(0, 1)) < 0.8}
    due, after = rule_all(PACKS, part, TODAY), rule_all(PACKS, whole, TODAY)
    if not remedies(due) <= remedies(after):
        assert whole["staged_claim"] and "staged_claim" not in part
        supposed = {(one.why.table, one.why.row) for one in due.statements if one.kind == "note"}
        asked = {question.fact for question in due.questions}
        assert ("good_faith", "in_good_faith") in supposed or "staged_claim" in asked


PLATFORMS = [pack for pack in PACKS if pack.layer == "platform"]
DISPUTED = (
    "quality", "dislike", "counterfeit", "misdescribed", "wrong_item", "missing", "damaged", "not_received", "refused",
)  # fmt: skip
"""The problems for which the law gives something."""


def assert_not_undercut(law: Ruling, together: Ruling) -> None:
    """Whatever the law gives is due, for as much, at no higher fee and no more of the consumer's freight."""
    due = {right.remedy: right for right in together.rights}
    periods = {one.amounts.get("after") for one in together.statements if one.kind == "governs_after"}
    for right in law.rights:
        if all(one.words.get("where_none_governs") for one in right.given_by) and right.remedy in governed(together):
            continue
        assert right.remedy in due
        if right.amount is not None:
            assert (due[right.remedy].amount or 0) >= right.amount
        assert (due[right.remedy].fee or 0) <= (right.fee or 0)
        until = due[right.remedy].until
        if right.until is not None:
            assert until is None or until >= right.until
        elif until is not None:  # only an agreed period of the house ends what the law gives where nothing is agreed
            assert until in periods and all(one.words.get("where_none_governs") for one in right.given_by)
        for leg, borne in [*right.freight.items(), *right.risk.items()]:
            beside = due[right.remedy].freight if borne.by.kind == "freight" else due[right.remedy].risk
            assert COST[str(beside[leg].value)] <= COST[str(borne.value)]
    assert (together.extra or 0) >= (law.extra or 0)


@pytest.mark.parametrize("pack", [one for one in PACKS if one.layer != "law"], **NAMED)
@TRIES
@given(data=st.data())
def test_the_floor_of_the_law_is_never_undercut(pack: Pack, data: Any) -> None:
    facts = data.draw(facts_for([*LAW, pack], missing=0))
    assert_not_undercut(rule_all(LAW, facts, TODAY), rule_all([*LAW, pack], facts, TODAY))


@pytest.mark.parametrize("pack", PLATFORMS, **NAMED)
@settings(TRIES, max_examples=200)
@given(data=st.data())
def test_an_order_on_a_platform_gives_no_less_than_the_law_without_one(pack: Pack, data: Any) -> None:
    """The same facts with no platform told. One matter differs, and rightly: in a direct sale the ground of a refusal
    at the door is taken as told, on a platform it must be confirmed; until it is, it is no ground, and what the law
    gives for a refusal without one is the floor."""
    facts = data.draw(facts_for([*LAW, pack], missing=0))
    facts |= {"sale": "distance", "house": "other", "facility_request": False, "staged_claim": False}
    facts["platform"] = data.draw(st.sampled_from(["taobao", "pinduoduo"]))
    facts["problem"] = data.draw(st.sampled_from(DISPUTED))
    floor = {**facts, "platform": "none"}
    if facts["problem"] == "refused" and not facts["fault_confirmed"]:
        floor["refusal_ground"] = "none"
    assert_not_undercut(rule_all(LAW, floor, TODAY), rule_all(PACKS, facts, TODAY))


@settings(TRIES, max_examples=400)
@given(data=st.data())
def test_what_is_due_later_was_never_told_with_an_earlier_last_day(data: Any) -> None:
    """All else equal. A book with stages may come to its next one, on another ground: a car free within 60 days, then
    for a fee; a cupboard within 60 days, then after two repairs; a notebook by the shop, then by its maker."""
    facts = data.draw(facts_for(list(PACKS), missing=0))
    facts |= data.draw(st.sampled_from(MATTERS))
    facts["reported_on"] = facts["sold_on"] + timedelta(data.draw(st.integers(0, 40)))
    for name in ("signed_on", "delivered_on"):
        facts[name] = min(facts[name], facts["reported_on"])
    facts["replaced_on"] = max(facts["replaced_on"], facts["signed_on"], facts["delivered_on"])
    day = facts["reported_on"] + timedelta(data.draw(st.integers(1, 400)))
    before, after = rule_all(PACKS, facts, TODAY), rule_all(PACKS, {**facts, "reported_on": day}, TODAY)
    later = {right.remedy: right for right in after.rights}
    for right in before.rights:
        if right.until is None or right.until >= day or right.remedy not in later:
            continue
        assert {one.why.pack.name for one in later[right.remedy].given_by} <= STAGED


@TRIES
@given(data=st.data())
def test_the_same_facts_give_the_same_ruling_whatever_their_order(data: Any) -> None:
    facts: Mapping[str, Any] = data.draw(facts_for(list(PACKS), missing=0.3))
    turned = dict(reversed(facts.items()))
    assert as_data(rule_all(PACKS, facts, TODAY), with_trace=True) == as_data(
        rule_all(PACKS, turned, TODAY), with_trace=True
    )
