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
        ("退三百元", ["300"]),
        ("退还二百五十元五角，另补两百元", ["250.5", "200"]),
        ("退款叁佰伍拾圆整", ["350"]),
        ("退１千元，另补３００元", ["1000", "300"]),
        ("共１，４７８．５元", ["1478.5"]),
        ("退1千5百元", ["1500"]),
        ("退三百五块钱，三千零五元", ["350", "3005"]),  # 三百五 is 350, 三千零五 3,005
        ("一万零五十元，1.5万元，十五元，一二〇元", ["10050", "15000", "15", "120"]),
        ("退300块给您", ["300"]),
        ("退300块补50块", ["300", "50"]),
        ("每双赔三块五，运费12元5角", ["3.5", "12.5"]),
        ("退三百元零五角", ["300.5"]),
        ("退三百块，七日内到账", ["300"]),
        ("退RMB300，人民币四百", ["300", "400"]),
        ("其余100元，最多300元", ["100", "300"]),
    ],
)
def test_amounts_are_read_out_of_words(text: str, amounts: list[str]) -> None:
    assert named(text) == [Decimal(one) for one in amounts]


@pytest.mark.parametrize(
    "text",
    [
        "七日内退货，三包期三个月，二十四小时内回电",
        "2026年元旦前寄出，不迟于二〇二六年十一月三十日",
        "电话 13800138000 或 400-800-1234",
        "订单 20261130001、TS2611-00042-7，运单 75312345678901",
        "换三块皮，补一块补丁，十块地砖，换2块表带，一块儿寄回",
        "几十元、数百元、好几百块、三百多元、百元以上、千元机",
        "第三条第二款，3单元502，第十元",
        "三元牛奶一箱，元宵、多元、100美元",
        "两双，1.5 厘米，3.5 折，百分之三十，晚上三点五十分",
        "三百、一千二百三十四",
    ],
)
def test_what_is_no_amount_is_not_read_as_one(text: str) -> None:
    assert named(text) == []


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
        ("退您三百元", "399.00", {1}, True),
        ("退您三百九十九元", "399.00", {1}, False),
        ("每双退三百九十九块钱", "798.00", {2}, False),
        ("３００元", "299.99", {1}, True),
    ],
)
def test_a_sum_is_made_of_what_the_words_name(text: str, amount: str, pieces: set[int], differs: bool) -> None:
    assert bool(others(text, Decimal(amount), pieces)) is differs
