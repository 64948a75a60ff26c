"""Near the end only what can still change the answer is asked."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.policy.random_facts import TRIES, value_of

from tuoshan.core.policy.engine.narrowing import decided, endless, narrowed
from tuoshan.core.policy.ruling import rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import files

PACKS = files.packaged()
ON = date(2026, 5, 20)
SHOES: Mapping[str, object] = {
    "sale": "store", "house": "mall", "goods": "shoes", "shoe_kind": "leather", "problem": "quality", "defect": "glue",
    "opening_cm": Decimal(6), "used": True, "has_receipt": True, "sold_on": date(2026, 3, 29),
    "delivered_on": date(2026, 3, 29), "reported_on": ON, "paid": Decimal("399.00"), "fault_confirmed": True,
    "user_caused": False, "repair_days": Decimal(0), "clearance": False, "matches_invoice": True,
    "repairs_same_fault": Decimal(0), "deceived": False, "agreed_months": Decimal(0), "state_months": Decimal(0),
    "is_replacement": False,
}  # fmt: skip
DAMAGED: Mapping[str, object] = {
    "house": "other", "sale": "distance", "platform": "taobao", "special": "none", "goods": "textiles",
    "problem": "damaged", "sold_on": date(2026, 5, 10), "signed_on": date(2026, 5, 13), "reported_on": ON,
    "paid": Decimal("200.00"), "deceived": False, "receipt_confirmed": True, "at_signing_proof": "given",
}  # fmt: skip


def ruled(facts: Mapping[str, object]) -> Ruling:
    return rule_all(PACKS, facts, ON)


def asked(facts: Mapping[str, object]) -> list[str]:
    return [question.fact for question in narrowed(ruled(facts), ruled).questions]


def test_a_further_ground_for_what_is_due_already_is_not_asked() -> None:
    """The mall gives the return in full; the law's further ground for a return would add nothing."""
    assert ruled(SHOES).questions == () and asked(SHOES) == []


def test_what_can_still_change_the_answer_is_asked() -> None:
    assert "clearance" in asked({name: value for name, value in SHOES.items() if name != "clearance"})
    small = {**SHOES, "opening_cm": Decimal(4), "appeared_on": ON}
    assert asked(small) == ["purpose_defeated"], "the mall repairs; the law may give the money back"
    dear = {name: value for name, value in small.items() if name != "appeared_on"}
    assert set(asked(dear)) == {"appeared_on", "purpose_defeated"}, "M03 E: so may the mall"


def test_the_law_asks_for_nothing_that_the_platform_gives_already() -> None:
    """Damaged on Taobao and proven by its rules: sent again, exchanged or returned, at the seller's cost. Whether it is
    confirmed for the law as well, whose carrier it was and who broke it would add nothing."""
    open_for_the_law = ["fault_confirmed", "own_carrier", "user_caused"]
    assert sorted(question.fact for question in ruled(DAMAGED).questions) == open_for_the_law
    assert asked(DAMAGED) == []
    assert "fault_confirmed" in asked({**DAMAGED, "at_signing_proof": "silent"}), "the platform refuses"


@st.composite
def nearly_told(draw: Any) -> dict[str, object]:
    """One of the two matters with up to three answers otherwise and up to three not given: near its end."""
    matter, books = draw(st.sampled_from([(SHOES, ("mall_shoes",)), (DAMAGED, ("taobao_disputes",))]))
    facts_read = {name: fact for pack in PACKS if pack.name in ("consumer_law", *books) for name, fact in
                  pack.facts.items()}  # fmt: skip
    known = {name: fact for name, fact in facts_read.items() if fact.field.kind in ("choice", "yes_no")}
    turned = draw(st.sets(st.sampled_from(sorted(known.keys() - {"house", "goods", "platform"})), max_size=3))
    facts = {**matter, **{name: draw(value_of(known[name])) for name in sorted(turned)}}
    left_out = draw(st.sets(st.sampled_from(sorted(facts.keys() & known.keys())), max_size=3))
    return {name: value for name, value in facts.items() if name not in left_out}


@TRIES
@given(facts=nearly_told())
@example(facts=dict(DAMAGED))
def test_no_answer_to_what_is_not_asked_changes_anything(facts: dict[str, object]) -> None:
    before = ruled(facts)
    after = narrowed(before, ruled)
    kept = {question.fact for question in after.questions}
    dropped = [question.fact for question in before.questions if question.fact not in kept]
    if not dropped:
        return
    known = {name: fact for read in before.reads for name, fact in read.pack.facts.items()}

    def answers(name: str) -> list[object]:
        return [choice.value for choice in known[name].field.choices] or [True, False]

    for one in product(*(answers(name) for name in kept)):
        others = {**facts, **dict(zip(kept, one, strict=True))}
        tried = [
            ruled({**others, **dict(zip(dropped, given, strict=True))})
            for given in product(*(answers(name) for name in dropped))
        ]
        no_end = endless(tried)
        found = {decided(ruling, no_end) for ruling in tried}
        assert len(found) == 1
