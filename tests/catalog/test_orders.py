"""Orders as the shop tells them: again and again, line by line, before and after their customer is known."""

from decimal import Decimal
from typing import Any

import pytest

from tuoshan import clock as time
from tuoshan.catalog.models import OrderRef
from tuoshan.catalog.orders import OrderTold, orders_of, record_orders
from tuoshan.parties import customers

pytestmark = pytest.mark.django_db

MIXER = {"product": "K-01", "name": "静音破壁机", "quantity": 1, "price": "399.00"}
CUP = {"product": "K-02", "name": "杯子", "quantity": 2}


def told(**more: Any) -> OrderTold:
    given: dict[str, Any] = {"order_no": "DD1", "shop": "官方商城", "phone": "13800138000", "lines": [MIXER]}
    return OrderTold(**{**given, "paid": Decimal("399.00"), **more})


def numbers(customer: Any = None, phone: str = "") -> list[str]:
    return [order.order_no for order in orders_of(customer, phone)]


def test_the_same_order_again_changes_nothing_and_what_is_new_renews_it() -> None:
    assert record_orders([told()]) == ["made"]
    assert record_orders([told(order_no=" DD1 ")]) == ["same"]
    moment = time.now()
    assert record_orders([told(lines=None, paid=None, phone="", signed_at=moment)]) == ["renewed"]
    order = OrderRef.objects.get()
    assert (order.paid, order.lines, order.signed_at) == (Decimal("399.00"), [MIXER], moment), "what is left out stays"
    assert order.belongs_to_phone("13800138000") is True
    assert record_orders([told(lines=[CUP])]) == ["renewed"] and OrderRef.objects.get().lines == [CUP]


def test_the_same_number_in_another_shop_is_another_order() -> None:
    assert record_orders([told(), told(shop="天猫旗舰店")]) == ["made", "made"]
    assert record_orders([told(shop="天猫旗舰店"), told()]) == ["same", "same"]
    assert OrderRef.objects.count() == 2


def test_a_dry_run_says_what_would_become_of_them_and_writes_nothing() -> None:
    assert record_orders([told(), told(paid=Decimal(1))], write=False) == ["made", "renewed"]
    assert not OrderRef.objects.exists()
    record_orders([told()])
    assert record_orders([told(), told(paid=Decimal(1))], write=False) == ["same", "renewed"]
    assert OrderRef.objects.get().paid == Decimal("399.00")


def test_lines_that_come_one_by_one_are_joined_and_none_stands_twice() -> None:
    rows = [told(more_lines=True), told(lines=[CUP], more_lines=True)]
    assert record_orders(rows) == ["made", "renewed"]
    assert OrderRef.objects.get().lines == [MIXER, CUP]
    assert record_orders(list(reversed(rows))) == ["same", "same"]
    assert record_orders([told(lines=[{"product": "K-02", "quantity": 3}], more_lines=True)]) == ["renewed"]
    assert OrderRef.objects.get().lines == [MIXER, {**CUP, "quantity": 3}]


def test_the_order_stands_on_the_record_of_whose_phone_it_has_before_or_after_they_are_known() -> None:
    record_orders([told()])
    assert OrderRef.objects.get().customer is None and numbers(phone="138 0013 8000") == ["DD1"]
    known = customers.find_or_make("13800138000", "王芳").customer
    assert numbers(known) == ["DD1"]
    assert record_orders([told()]) == ["renewed"] and OrderRef.objects.get().customer == known
    other = customers.find_or_make("13900139000").customer
    record_orders([told(phone="13900139000")])
    assert (numbers(known), numbers(other)) == ([], ["DD1"])
    assert numbers() == [] and numbers(phone="没有电话") == []


def test_an_order_without_a_phone_belongs_to_nobody_who_has_none() -> None:
    record_orders([told(phone="")])
    nameless = customers.find_or_make("", "无电话").customer
    assert numbers(nameless) == []


def test_erasing_takes_the_phone_from_orders_and_the_shop_does_not_bring_it_back() -> None:
    record_orders([told(), told(order_no="DD2")])
    known = customers.find_or_make("13800138000", "王芳").customer
    record_orders([told()])
    assert OrderRef.objects.filter(customer=known).count() == 1
    customers.erase(known)
    assert set(OrderRef.objects.values_list("phone_index", flat=True)) == {""}
    record_orders([told()])
    assert OrderRef.objects.get(order_no="DD1").phone_index == ""
