"""Customers: found, made, searched, erased."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuoshan.catalog.models import OrderRef
from tuoshan.parties import customers
from tuoshan.parties.models import Customer, CustomerNameGram
from tuoshan.parties.models.customer import name_grams


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("+86 13800138000", "+8613800138000"),
        ("１９９００００１１１１", "+8619900001111"),
        ("010-62345678", "+861062345678"),
        ("(0755) 8288 8888", "+8675582888888"),
        ("400-820-8820", "+864008208820"),
        ("800 810 1234", "+868008101234"),
        ("+852 2123 4567", "+85221234567"),
    ],
)
def test_phones_that_can_be_called(typed: str, number: str) -> None:
    assert customers.checked_phone(typed) == number


@pytest.mark.parametrize("typed", ["", "12345", "1380013800", "138001380000", "电话", "62345678", "99900138000"])
def test_phones_that_cannot(typed: str) -> None:
    with pytest.raises(customers.PhoneRefused):
        customers.checked_phone(typed)


@pytest.mark.django_db
def test_a_customer_is_found_by_phone_or_made() -> None:
    first = customers.find_or_make("138 0013 8000", "王小明")
    assert first.made
    again = customers.find_or_make("+8613800138000", "王小明", email="ming@example.com")
    assert (again.customer.pk, again.made, again.differs) == (first.customer.pk, False, ())
    assert Customer.objects.get().email == "ming@example.com", "what was missing is filled in"
    other = customers.find_or_make("13800138000", "王大明")
    assert other.differs == ("name",)
    assert Customer.objects.get().name == "王小明", "what differs is left for a person to judge"
    assert customers.find_or_make("", "王小明").made
    assert customers.find_or_make("", "王小明").made, "without a phone nobody is taken for somebody else"


@pytest.mark.django_db
def test_search() -> None:
    ming = customers.find_or_make("13800138000", "欧阳小明", email="ming@example.com").customer
    li = customers.find_or_make("13900139000", "李小明").customer
    for text, expected in {
        "小明": {ming, li},
        "欧阳小明": {ming},
        "欧": {ming},
        "李": {li},
        "明": set(),
        "小李": set(),
        "138 0013 8000": {ming},
        "9000": {li},
        "MING@example.com": {ming},
        "": set(),
    }.items():
        assert set(customers.search(text)) == expected, text


@given(st.text(alphabet="王李小明欧阳", max_size=6), st.text(alphabet="王李小明欧阳", min_size=2, max_size=4))
def test_what_a_name_contains_is_found(before: str, middle: str) -> None:
    pairs = {middle[i : i + 2] for i in range(len(middle) - 1)}
    assert pairs <= name_grams(before + middle)


@pytest.mark.django_db
def test_a_changed_name_is_found_by_the_new_one_only() -> None:
    one = customers.find_or_make("13800138000", "王小明").customer
    one.name = "赵大海"
    one.save()
    assert not customers.by_name("小明").exists()
    assert customers.by_name("大海").get() == one


@pytest.mark.django_db
def test_erasing_leaves_the_row_and_nothing_of_the_person() -> None:
    one = customers.find_or_make("13800138000", "王小明", email="m@example.com", address="幸福路").customer
    order = OrderRef(order_no="A-1", customer=one)
    order.remember_phone("13800138000")
    order.save()
    told: list[int] = []

    def cleaner(customer: Customer) -> None:
        told.append(customer.pk)

    customers.on_erase(cleaner)
    try:
        customers.erase(one)
        customers.erase(one)
    finally:
        customers._cleaners.remove(cleaner)
    assert told == [one.pk]
    row = Customer.objects.get(pk=one.pk)
    assert (row.name, row.phone, row.email, row.address, row.phone_index) == ("", "", "", "", None)
    assert (row.phone_tail_index, row.name_index, row.email_index) == ("", "", "")
    assert not CustomerNameGram.objects.exists()
    assert OrderRef.objects.get().phone_index == ""
    assert str(row) == "已删除的客户"
    assert customers.find_or_make("13800138000").made, "who comes back is a new customer"


@pytest.mark.django_db
def test_an_erasing_that_fails_erases_nothing() -> None:
    one = customers.find_or_make("13800138000", "王小明").customer

    def broken(customer: Customer) -> None:
        raise RuntimeError

    customers.on_erase(broken)
    try:
        with pytest.raises(RuntimeError):
            customers.erase(one)
    finally:
        customers._cleaners.remove(broken)
    assert Customer.objects.get().name == "王小明"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_end_with_one_customer(monkeypatch: Any) -> None:
    """Between looking and making, somebody else makes the same customer."""
    look = customers._by_index
    looks: list[str] = []

    def late(phone: str) -> Customer | None:
        looks.append(phone)
        if len(looks) == 1:
            Customer(phone=phone, name="王小明").save()
            return None
        return look(phone)

    monkeypatch.setattr(customers, "_by_index", late)
    found = customers.find_or_make("13800138000", "王小明")
    assert not found.made
    assert Customer.objects.count() == 1
