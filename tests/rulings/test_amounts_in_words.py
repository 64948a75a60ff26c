"""What a proposal's words name, held against its sum: worked out by hand."""

from decimal import Decimal

import pytest

from tuoshan.rulings.amounts_in_words import named, others


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("退货退款 ¥399.00；2 件合计 ¥798.00", ["399.00", "798.00"]),
        ("退还 1,478.5 元，另补 50 元", ["1478.5", "50"]),
        ("Refund of ¥ 399 and 50 yuan on top", ["399", "50"]),
        ("¥399.00，就是 399 元", ["399.00"]),
        ("三天内寄出新的一双，订单 798 不变", []),
        ("鞋底开胶 6 厘米，维修", []),
    ],
)
def test_amounts_are_read_out_of_words(text: str, amounts: list[str]) -> None:
    assert named(text) == [Decimal(one) for one in amounts]


@pytest.mark.parametrize(
    ("text", "amount", "pieces", "differs"),
    [
        ("2 件合计 ¥798.00", "300.00", {2}, True),
        ("2 件合计 ¥798.00", "797.99", {2}, True),
        ("2 件合计 ¥798.00", "798.00", {2}, False),
        ("每双退 399 元", "798.00", {2}, False),  # 2 × 399
        ("每双退 399 元", "1197.00", {2}, True),  # three times
        ("退 399 元，扣折旧 99 元", "300.00", {1}, False),  # 399 − 99
        ("退 200 元，另补 50 元", "250.00", {1}, False),
        ("鞋款 399 元不退，补偿 50 元", "50.00", {1}, False),
        ("免费维修价值 399 元的鞋", "0.00", {1}, False),
        ("维修", "300.00", {1}, False),
    ],
)
def test_a_sum_is_made_of_what_the_words_name(text: str, amount: str, pieces: set[int], differs: bool) -> None:
    assert bool(others(text, Decimal(amount), pieces)) is differs
