"""What a ruling costs is one sum, whoever asks: the proposal, the totals of the bench, and a changed book's effect."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.core.policy.test_on_top import FAKE, FOOD, ruled

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.comparing import cost
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import holding, keeping, proposing
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.totals import as_one_line, beside_each_other, extras_told, line_sum, together

HARMED = {**FOOD, "loss": "333.34"}
"""Unsafe food that did harm for 333.34: three times the loss is 1,000.02, more than the least of 1,000."""


def kept(ruling: Ruling, remedy: str, pieces: int) -> KeptRuling:
    """A line of a case by itself, as it is frozen."""
    return KeptRuling(
        pk=1, line=1, quantity=pieces, chosen=remedy, facts=keeping.frozen_facts(ruling),
        result=keeping.canonical(as_data(ruling)),
    )  # fmt: skip


def by_proposal(ruling: Ruling, remedy: str, pieces: int) -> Decimal:
    row = kept(ruling, remedy, pieces)
    right = proposing.right_of(row)
    assert right is not None and right["remedy"] == remedy
    return proposing.amount_of(row, right)


@pytest.mark.parametrize(
    ("facts", "paid", "pieces", "remedy", "comes_to"),
    [
        (HARMED, "30.00", 1, "refund", "1363.36"),  # 30.00 + 333.34 + 1,000.02
        (HARMED, "30.00", 1, "exchange", "1333.36"),  # the loss and what is on top are due with a new one too
        (HARMED, "30.00", 2, "refund", "2726.72"),  # 60.00 + 666.68 + 2,000.04
        ({**FOOD, "loss": "0.01"}, "30.00", 1, "refund", "1030.01"),  # the least, and a fen of loss
        (FOOD, "30.00", 1, "refund", "1030.00"),
        (FAKE, "100.00", 1, "return", "600.00"),  # 100.00 + the least of 500
    ],
)
def test_proposal_and_bench_come_to_the_same(
    facts: dict[str, str], paid: str, pieces: int, remedy: str, comes_to: str
) -> None:
    ruling = ruled(facts, paid)
    assert by_proposal(ruling, remedy, pieces) == Decimal(comes_to)
    assert line_sum(ruling, remedy=remedy, quantity=pieces).total == Decimal(comes_to)


def test_a_changed_book_costs_what_the_dearest_remedy_of_the_bench_costs() -> None:
    """The price back with the loss, 363.34, is dearer than the loss alone, 333.34, which comes beside."""
    ruling = ruled(HARMED, "30.00")
    assert cost(ruling) == line_sum(ruling).total == Decimal("1363.36")
    assert cost(ruling, 2) == line_sum(ruling, quantity=2).total == Decimal("2726.72")
    assert line_sum(ruling).remedy == "refund"
    nothing = replace(ruling, rights=())
    assert cost(nothing) == line_sum(nothing).total == Decimal("1000.02"), "what is on top alone"


def test_the_totals_say_what_the_law_gives_beside() -> None:
    """Two packs at 30.00 and one at 30.01: 90.01, three times 333.34, and three times 1,000.02."""
    ruling, dearer = ruled(HARMED, "30.00"), ruled(HARMED, "30.01")
    parts = beside_each_other([line_sum(ruling, quantity=2, claim="a"), line_sum(dearer, claim="a")])
    line = as_one_line(parts)
    assert (line.back, line.all_beside, line.extra) == (Decimal("90.01"), Decimal("1000.02"), Decimal("3000.06"))
    assert line.total == together(parts) == Decimal("4090.09")
    assert [amount for _said, amount in extras_told([line])] == [Decimal("1000.02"), Decimal("3000.06")]
    assert extras_told([line_sum(ruled(FAKE, "200.00"))])[0][1] == Decimal("600.00"), "nothing beside: not a word of it"


def test_a_loss_by_promise_alone_comes_beside_nothing() -> None:
    """What only a lower layer gives as a sum is a choice of its own."""
    ruling = ruled(HARMED, "30.00")
    food = next(one for one in ruling.rights if one.remedy == "compensation")
    house = replace(food.given_by[0].why, pack=replace(food.given_by[0].why.pack, layer="house"))
    promised = replace(food, given_by=(replace(food.given_by[0], why=house),))
    rights = tuple(promised if one is food else one for one in ruling.rights)
    assert cost(replace(ruling, rights=rights)) == Decimal("1333.36"), "333.34, dearer than 30.00, and 1,000.02"


@pytest.mark.django_db
def test_who_proposes_the_price_beside_a_new_one_covers_both_with_the_loss() -> None:
    """The new one with loss and damages is 1,333.36; the price is named too, so it must be in the sum."""
    line = holding.enough_for(kept(ruled(HARMED, "30.00"), "", 1), {"refund", "exchange"}, {"refund"})
    assert holding.least_of([line], {"exchange"}).least == Decimal("1333.36")
    for named in ({"refund"}, {"refund", "exchange"}):
        assert holding.least_of([line], named).least == Decimal("1363.36")
        assert holding.back_of([line], named) == Decimal("30.00"), "loss and damages give no price back"
    assert holding.back_of([line], {"exchange"}) == 0
