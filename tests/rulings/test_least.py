"""What a proposal comes to at least, remedy by remedy and line by line: worked out by hand."""

from decimal import Decimal

import pytest

from tuoshan.rulings.holding import Enough, Line, back_of, least_of


def back(amount: str, *, chosen: bool = False) -> Enough:
    return Enough(("return_refund", "refund"), Decimal(amount), Decimal(amount), chosen)


def free(name: str, *, chosen: bool = False) -> Enough:
    return Enough((name,), Decimal(0), chosen=chosen)


def line(*due: Enough, as_good: tuple[Enough, ...] = ()) -> Line:
    return Line((*due, *as_good), due)


SHOES = line(back("399"), free("exchange"), free("repair"))
SLIPPERS = line(back("100"), free("exchange"), free("repair"))


@pytest.mark.parametrize(
    ("lines", "remedies", "least"),
    [
        ([SHOES], {"return_refund"}, "399"),
        ([SHOES], {"return_refund", "repair"}, "399"),  # both named: the money is owed for the one line there is
        ([SHOES], {"repair", "exchange"}, "0"),
        ([SHOES, SLIPPERS], {"return_refund"}, "499"),
        ([SHOES, SLIPPERS], {"return_refund", "repair"}, "100"),  # nobody said for which of them
        ([SHOES, SLIPPERS], {"repair"}, "0"),
    ],
)
def test_each_remedy_that_is_named_is_given_for_one_line(lines: list[Line], remedies: set[str], least: str) -> None:
    assert least_of(lines, remedies).least == Decimal(least) == back_of(lines, remedies)


def test_the_amount_belongs_to_the_line_for_which_it_was_chosen() -> None:
    """399 back for the shoes and a repair of the slippers: 100 is not enough, although the slippers cost no more."""
    shoes = line(back("399", chosen=True), free("repair"))
    slippers = line(back("100"), free("repair", chosen=True))
    owed = least_of([shoes, slippers], {"return_refund", "repair"})
    assert owed.least == Decimal(399) and [one.names[0] for one in owed.lines] == ["return_refund", "repair"]
    assert least_of([shoes, slippers], {"repair"}).least == 0, "what was chosen is not named: both are repaired"


def test_two_remedies_of_two_lines_are_both_paid() -> None:
    """Sent again for 60 on the one, 80 off on the other: neither covers the other."""
    first = line(Enough(("reissue",), Decimal(60)), free("repair"))
    second = line(Enough(("discount",), Decimal(80)), free("repair"))
    assert least_of([first, second], {"reissue", "discount", "repair"}).least == 140
    assert least_of([first, second], {"reissue", "repair"}).least == 60


def test_what_comes_on_top_is_no_money_back() -> None:
    """399 and three times 399 on top: 1,596, of which 399 are the price."""
    deceived = line(Enough(("return_refund", "refund"), Decimal(1596), Decimal(399)),
                    Enough(("repair",), Decimal(1197)))  # fmt: skip
    assert least_of([deceived], {"return_refund"}).least == 1596 and back_of([deceived], {"return_refund"}) == 399
    assert least_of([deceived], {"repair"}).least == 1197 and back_of([deceived], {"repair"}) == 0


def test_many_lines_are_reckoned_at_once() -> None:
    """Twenty lines, of which three remedies are named: one of each kind is paid for the cheapest of them."""
    lines = [
        line(back(str(100 + at)), Enough(("reissue",), Decimal(10 + at)), free("repair")) for at in range(20)
    ]  # fmt: skip
    assert least_of(lines, {"return_refund", "reissue", "repair"}).least == 100, "the dearer covers both"
    assert least_of(lines, {"return_refund"}).least == sum(range(100, 120))
