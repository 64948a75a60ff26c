"""What a list offers no more is still called by its name in the cases that hold it."""

from typing import Any

import pytest
from django.utils import translation
from tests.workbench.deskhouse import desk

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import lists

__all__ = ["desk"]

pytestmark = pytest.mark.django_db


def test_a_retired_category_a_product_and_a_person_who_left_keep_their_names(desk: Any) -> None:
    from tuoshan.catalog.models import Category, Product
    from tuoshan.quality.models import Cause, LiableParty

    child = Category.objects.exclude(parent=None).select_related("parent").first()
    cause, party, person = Cause.objects.first(), LiableParty.objects.first(), desk.people["agent"]
    with write_transaction():
        product = Product.objects.create(code="gone-1", name="停产水壶", is_active=False)
        Category.objects.filter(pk=child.pk).update(is_active=False)
        Cause.objects.filter(pk=cause.pk).update(is_active=False)
        LiableParty.objects.filter(pk=party.pk).update(is_active=False)
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    with translation.override("zh-hans"):
        assert lists.title("categories", str(child.pk)) == f"{child.parent.name} / {child.name}"
        assert lists.title("causes", cause.code) == str(cause)
        assert lists.title("liable", party.key) == str(party)
        assert lists.title("product", str(product.pk)) == "停产水壶"
        assert str(person) in lists.title("person", str(person.pk))
        assert str(child.pk) not in str(lists.entries("categories"))


def test_a_value_that_is_nowhere_is_shown_as_it_stands(desk: Any) -> None:
    for name in ("categories", "causes", "product", "person", "org_unit", "department", "no such list"):
        for value in ("99", "", "x1", "9" * 40, "²"):
            assert lists.title(name, value) == value


def test_a_page_looks_each_name_up_once_and_forgets_it_afterwards(desk: Any, django_assert_num_queries: Any) -> None:
    from tuoshan.catalog.models import Category

    row = Category.objects.filter(parent=None).first()
    with lists.remembered():
        first = lists.title("categories", str(row.pk))
        with django_assert_num_queries(0), lists.remembered():
            assert lists.title("categories", str(row.pk)) == first
        with translation.override("en"):
            assert lists.title("categories", str(row.pk)) == row.name != first
    with write_transaction():
        Category.objects.filter(pk=row.pk).update(name_zh="改了名字")
    assert lists.title("categories", str(row.pk)) == "改了名字"
