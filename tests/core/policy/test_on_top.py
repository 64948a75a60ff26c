"""What comes on top over pieces and lines: a minimum is of one claim, once; all worked out by hand to the fen."""

from datetime import date
from decimal import Decimal

import pytest

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.comparing import cost
from tuoshan.core.policy.engine.on_top import Claimed, OnTop, claim_of, divided, on_top, shares
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.ruling import rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import files

BOOKS = files.packaged()
DAY = date(2026, 5, 20)
FOOD = {
    "sale": "distance", "goods": "food", "problem": "quality", "sold_on": "2026-05-12", "signed_on": "2026-05-15",
    "delivered_on": "2026-05-15", "reported_on": "2026-05-20", "loss": "0", "fault_confirmed": "yes",
    "user_caused": "no", "asked_of": "seller", "seller_knew": "yes", "label_flaw_only": "no", "staged_claim": "no",
    "deceived": "no", "food_unsafe": "yes", "agreed_months": "0", "state_months": "0", "is_replacement": "no",
}  # fmt: skip
FAKE = {
    "sale": "store", "goods": "textiles", "problem": "counterfeit", "sold_on": "2026-03-31",
    "delivered_on": "2026-03-31", "reported_on": "2026-05-20", "fault_confirmed": "yes", "deceived": "yes",
    "staged_claim": "no", "label_flaw_only": "no",
}  # fmt: skip


def ruled(facts: dict[str, str], paid: str) -> Ruling:
    books = [pack for pack in BOOKS if pack.name == "consumer_law"]
    given, problems = read_given({**files.shared_facts(), **facts_of(books)}, {**facts, "paid": paid}, DAY)
    assert not problems
    return rule_all(books, given, DAY)


def extra(facts: dict[str, str], paid: str, pieces: int) -> Decimal:
    [found] = shares([Claimed(pieces, on_top(ruled(facts, paid).extras))])
    return sum((one.amount for one in found.values()), Decimal(0))


@pytest.mark.parametrize(
    ("facts", "paid", "pieces", "comes_to"),
    [
        (FOOD, "9.90", 1, "1000.00"),  # 99.00
        (FOOD, "9.90", 10, "1000.00"),  # 990.00 for the purchase, not ten times 1,000
        (FOOD, "9.99", 10, "1000.00"),  # 999.00
        (FOOD, "10.00", 10, "1000.00"),  # 1,000.00 as reckoned
        (FOOD, "10.01", 10, "1001.00"),
        (FOOD, "9.90", 11, "1089.00"),
        (FAKE, "100.00", 1, "500.00"),  # 300.00
        (FAKE, "100.00", 2, "600.00"),
        (FAKE, "100.00", 5, "1500.00"),  # not 2,500
        (FAKE, "33.33", 5, "500.00"),  # 5 × 99.99 = 499.95
        (FAKE, "33.34", 5, "500.10"),  # 5 × 100.02
        (FAKE, "166.66", 1, "500.00"),  # 499.98
        (FAKE, "166.67", 1, "500.01"),
    ],
)
def test_the_minimum_is_of_the_purchase_and_not_of_each_piece(
    facts: dict[str, str], paid: str, pieces: int, comes_to: str
) -> None:
    assert extra(facts, paid, pieces) == Decimal(comes_to)


def test_what_a_changed_book_costs_counts_the_minimum_once() -> None:
    """Ten packs of 9.90: 99.00 back and 1,000.00."""
    assert cost(ruled(FOOD, "9.90"), 10) == Decimal("1099.00")
    assert cost(ruled(FAKE, "100.00"), 5) == Decimal("2000.00")


def test_a_ruling_read_back_says_the_same_of_all_pieces() -> None:
    ruling = ruled(FOOD, "9.90")
    data = as_data(ruling)
    assert data["extras"]["food"]["reckoned"] == {"each": "99.00", "at_least": "1000.00"}  # type: ignore[index]
    assert on_top(from_data(data).extras) == on_top(ruling.extras) == {"food": OnTop(Decimal(99), Decimal(1000))}


def test_a_ruling_frozen_before_minimums_stood_in_it_counts_as_it_did() -> None:
    data = as_data(ruled(FAKE, "100.00"))
    del data["extras"]["fraud"]["reckoned"]  # type: ignore[attr-defined]
    assert on_top(from_data(data).extras) == {"fraud": OnTop(Decimal("500.00"))}


def line(paid: str, pieces: int, claim: object = "one") -> Claimed:
    """Deceived about goods of this price."""
    return Claimed(pieces, {"fraud": OnTop(Decimal(paid) * 3, Decimal(500))}, claim)


def amounts(*lines: Claimed) -> list[str]:
    return [f"{one['fraud'].amount:f}" for one in shares(lines)]


def test_lines_of_one_claim_reach_the_minimum_together_once() -> None:
    """3 × 60 = 180 and 3 × 40 = 120: 300 in all, so 500, of which 300 and 200. Above the minimum each has its own."""
    assert amounts(line("60", 1), line("40", 1)) == ["300.00", "200.00"]
    assert amounts(line("100", 1), line("66.67", 1)) == ["300", "200.01"]
    assert amounts(line("100", 1), line("66.66", 1)) == ["300.01", "199.99"]  # 499.98: 500 in parts of 300 and 199.98
    assert amounts(line("60", 1), line("40", 1, "another")) == ["500.00", "500.00"]
    assert amounts(line("60", 1, None), line("40", 1, None)) == ["500.00", "500.00"]


def test_a_minimum_is_divided_without_a_rest() -> None:
    assert divided(Decimal(500), [Decimal(1)] * 3) == [Decimal("166.67"), Decimal("166.66"), Decimal("166.67")]
    assert divided(Decimal(500), [Decimal(0)] * 2) == [Decimal(500), Decimal(0)]
    assert sum(divided(Decimal("500.01"), [Decimal(7), Decimal(11), Decimal(13)])) == Decimal("500.01")


def test_what_is_one_claim() -> None:
    """The same day, place, kind of goods and complaint; while the day is open, each line by itself."""
    first = claim_of({**FAKE, "paid": "1"}, 1)
    assert first == claim_of({**FAKE, "paid": "2", "wants": "return"}, 2)
    for name, other in (("sold_on", "2026-03-30"), ("goods", "shoes"), ("problem", "quality"), ("house", "mall")):
        assert claim_of({**FAKE, name: other}, 2) != first, name
    undated = {name: value for name, value in FAKE.items() if name != "sold_on"}
    assert claim_of(undated, 1) != claim_of(undated, 2)
