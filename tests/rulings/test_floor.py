"""What is enough by the law: which remedy stands in the place of which, worked out by hand for every kind."""

from decimal import Decimal
from typing import Any

import pytest

from tuoshan.core.policy.engine.costing import beside, due_in
from tuoshan.core.policy.pack import PUTTING_RIGHT, REMEDIES
from tuoshan.rulings import floor

Right = tuple[str, str, str | None]
PAID = {"paid": "200.00"}
ACCESSORIES = ("compensation", "loaner", "discount", "service")


def enough(*rights: Right, fees: dict[str, str] | None = None, **facts: str) -> dict[str, str]:
    """What is enough where these rights (layer, remedy, amount) were ruled."""
    given: list[dict[str, Any]] = [
        {"remedy": remedy, "amount": amount, "fee": (fees or {}).get(remedy), "given_by": [{"layer": layer}]}
        for layer, remedy, amount in rights
    ]
    found = floor.alternatives({"rights": given}, {**PAID, **facts})
    return {remedy: f"{amount:.2f}" for remedy, amount in found.items()}


def test_every_remedy_either_puts_the_matter_right_or_comes_beside() -> None:
    assert {*PUTTING_RIGHT, *ACCESSORIES} == set(REMEDIES)
    known = {*floor.AS_GOOD, *floor.BOUGHT_BACK}
    known = known.union(*floor.AS_GOOD.values(), *floor.BOUGHT_BACK.values())
    assert known <= set(PUTTING_RIGHT)


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (("return", "180.00"), {"return": "180.00", "refund": "180.00"}),
        (("refund", "180.00"), {"refund": "180.00"}),
        (("exchange", None), {"exchange": "0.00", "return": "200.00", "refund": "200.00"}),
        (("reissue", None), {"reissue": "0.00", "refund": "200.00"}),
        (("repair", None),
         {"repair": "0.00", "replace_part": "0.00", "exchange": "0.00", "return": "200.00", "refund": "200.00"}),
        (("replace_part", None), {"replace_part": "0.00", "exchange": "0.00", "return": "200.00", "refund": "200.00"}),
        (("compensation", "90.00"), {"compensation": "90.00"}),
        (("loaner", None), {"loaner": "0.00"}),
        (("discount", None), {"discount": "0.00"}),
        (("service", None), {"service": "0.00"}),
    ],
)  # fmt: skip
def test_what_is_enough_where_the_law_gives_one_remedy(law: tuple[str, str | None], expected: dict[str, str]) -> None:
    assert enough(("law", *law)) == expected
    assert enough(("national", *law)) == expected
    assert enough(("platform", *law)) == enough(("house", *law)) == {}, "nothing is given by law"


@pytest.mark.parametrize("accessory", ACCESSORIES)
@pytest.mark.parametrize("layer", ["law", "national", "platform", "house"])
def test_what_comes_beside_stands_in_no_ones_place(accessory: str, layer: str) -> None:
    """A loaner of the car rules and a house's three yuan for swollen biscuits alike, whoever gives them."""
    for main in PUTTING_RIGHT:
        assert accessory not in enough(("law", main, None), (layer, accessory, None), wants=accessory)


def test_a_car_is_not_kept_in_repair_for_a_loan_car() -> None:
    found = enough(
        ("national", "return", "142500.00"), ("national", "exchange", None), ("national", "repair", None),
        ("national", "loaner", None), paid="150000.00",
    )  # fmt: skip
    assert found == {
        "return": "142500.00", "exchange": "0.00", "repair": "0.00", "refund": "142500.00", "replace_part": "0.00",
    }  # fmt: skip


def test_what_the_law_gives_beside_is_due_with_each() -> None:
    """Unsafe food for 200 that did harm for 500: the price back, or a new one, and the 500."""
    ruled = ("law", "refund", "200.00"), ("law", "exchange", None), ("law", "compensation", "500.00")
    assert enough(*ruled) == {"refund": "700.00", "exchange": "500.00", "return": "700.00"}
    assert beside(due_in({"rights": [
        {"remedy": remedy, "amount": amount, "fee": None, "given_by": [{"layer": layer}]}
        for layer, remedy, amount in (*ruled, ("house", "discount", "9.00"))
    ]})) == Decimal("500.00")  # fmt: skip


def test_a_lower_layers_remedy_stands_for_the_laws_where_it_is_as_good_or_wanted() -> None:
    law = ("law", "return", "200.00")
    assert "exchange" not in enough(law, ("house", "exchange", None))
    assert "exchange" not in enough(law, ("house", "exchange", None), wants="return")
    assert enough(law, ("house", "exchange", None), wants="exchange")["exchange"] == "0.00"
    assert "exchange" not in enough(law, wants="exchange"), "nobody gives it"
    back = ("house", "return", "85.00")
    assert enough(("law", "repair", None), back)["return"] == "85.00", "the price of the faulty piece, nothing kept"
    assert enough(("law", "repair", None), back, fees={"return": "115.00"})["return"] == "200.00"
    assert "exchange" not in enough(("law", "repair", None), ("house", "exchange", None), fees={"exchange": "9.00"})


def test_a_price_that_is_not_known_is_no_full_refund() -> None:
    rights = [{"remedy": "repair", "amount": None, "fee": None, "given_by": [{"layer": "law"}]}]
    assert set(floor.alternatives({"rights": rights}, {})) == {"repair", "replace_part", "exchange"}
