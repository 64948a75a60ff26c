"""Rows of hand-written statements as model instances: the same as the ORM gives."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models

from tuoshan import clock
from tuoshan.instances import Columns
from tuoshan.parties import tokens
from tuoshan.parties.models import ApiToken, Customer, Person

pytestmark = pytest.mark.django_db


def by_hand(columns: Columns[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns.text} FROM {columns.model._meta.db_table} x")
        return columns.instance(cursor.fetchone())


def values(instance: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def made(kind: str) -> models.Model:
    person = Person.objects.create_user("an", email="an@example.com", notifications={"due": {"mail": True}})
    if kind == "person":
        return person
    if kind == "token":
        later = clock.now() + timedelta(days=1)
        return tokens.make(person=person, name="x", scopes=["read", "write"], expires_at=later, now=clock.now())[0]
    customer = Customer(name="王小明", phone="+8613800138000", address="东街一号")
    customer.save()
    return customer


@pytest.mark.parametrize("kind", ["person", "token", "customer"])
def test_every_column_reads_as_the_orm_reads_it(kind: str) -> None:
    known = type(made(kind)).objects.get()  # type: ignore[attr-defined]
    found = by_hand(Columns(type(known), "x"))
    assert found == known and values(found) == values(known)
    assert not found._state.adding and found._state.db == known._state.db


def test_what_is_left_out_is_read_when_it_is_asked_for(django_assert_num_queries: Any) -> None:
    made("person")
    found = by_hand(Columns(Person, "x", without=("email", "phone")))
    with django_assert_num_queries(0):
        assert found.username == "an"
    with django_assert_num_queries(1):
        assert found.email == "an@example.com"


def test_the_person_of_a_token_can_be_saved_without_losing_what_was_left_out() -> None:
    person = made("person")
    assert isinstance(person, Person)
    _, secret = tokens.make(person=person, name="x", scopes=["read"], expires_at=None, now=clock.now())
    found = tokens.person_of(secret)
    assert found is not None and isinstance(found, ApiToken)
    found.person.display_name = "安"
    found.person.save()
    kept = Person.objects.get()
    assert (kept.display_name, kept.email) == ("安", "an@example.com")
