"""Likely the same thing: same customer, same order, nearly the same words; only within reach."""

from typing import Any

import pytest
from tests.intake.test_registering import register

SMOKE = "破壁机用了三天就冒烟，有焦糊味，家里有孩子很害怕"


def likely(shop: Any, person: str = "agent", **given: Any) -> dict[str, list[str]]:
    from tuoshan.intake.duplicates import likely

    asked = {"customer_id": None, "order_no": "", "text": "", **given}
    return {one.case.number: list(one.reasons) for one in likely(person=shop.actor(person).person, **asked)}


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("破壁机用了三天就冒烟有焦糊味 家里有孩子，很害怕！！", True),
        ("我家破壁机用了三天就冒烟，有焦糊味，家里有小孩很害怕", True),
        ("破壁机用了三天就冒烟了，有焦糊味，家里有孩子，很害怕，要求退货", True),
        ("破壁机声音太大，晚上没法用", False),
        ("快递三天没到，客服不回复", False),
        ("冒烟", False),
    ],
)
def test_nearly_the_same_words(shop: Any, text: str, alike: bool) -> None:
    from tuoshan.intake.registering import Contact

    number = register(shop, contact=Contact(phone="13911112222")).outcome.number
    assert (number in likely(shop, text=text)) is alike


def test_same_customer_and_same_order_come_first(shop: Any) -> None:
    from tuoshan.intake.registering import Contact

    words = {"what_happened": "安装师傅迟到两个小时"}
    own = register(shop, values=words).outcome.number
    ordered = register(
        shop, contact=Contact(phone="13911112222"), values={"what_happened": "包装破损", "order_no": "DD20261101001"}
    ).outcome.number
    alike = register(shop, contact=Contact(phone="13922223333")).outcome.number
    found = likely(shop, customer_id=shop.customer.pk, order_no=" DD20261101001", text=SMOKE)
    assert list(found) == [ordered, own, alike] or list(found)[-1] == own
    assert found[ordered] == ["order"] and found[own] == ["customer"] and "same_text" in found[alike]


def test_nobody_sees_what_is_beyond_their_reach(shop: Any) -> None:
    number = register(shop, values={"store": str(shop.units["east"].pk)}).outcome.number
    asked = {"customer_id": shop.customer.pk, "text": SMOKE}
    assert number in likely(shop, "clerk", **asked)
    assert likely(shop, "westclerk", **asked) == {}


def test_reading_is_bounded(shop: Any, django_assert_max_num_queries: Any) -> None:
    register(shop)
    with django_assert_max_num_queries(12):
        likely(shop, customer_id=shop.customer.pk, order_no="DD20261101001", text=SMOKE)
