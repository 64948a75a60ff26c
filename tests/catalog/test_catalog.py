"""Categories, products, orders."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from tuoshan.catalog import seeds
from tuoshan.catalog.models import Category, OrderRef, Product
from tuoshan.parties import customers

pytestmark = pytest.mark.django_db


def test_the_first_categories_are_complete_and_two_levels_deep() -> None:
    roots = {category.code for category in Category.objects.filter(parent=None)}
    assert {"quality", "attitude", "delivery", "description", "installation", "aftersales", "other"} <= roots
    for category in Category.objects.all():
        assert category.name_zh and category.name_en
        category.full_clean()
        if category.parent is None:
            assert category.children.exists()


def test_planting_again_changes_nothing_that_was_changed() -> None:
    Category.objects.filter(code="quality").update(name_zh="质量")
    count = Category.objects.count()
    seeds.plant()
    assert Category.objects.count() == count
    assert Category.objects.get(code="quality").name_zh == "质量"


def test_a_third_level_is_refused() -> None:
    below = Category.objects.get(code="quality-fault")
    with pytest.raises(ValidationError):
        Category(code="x", name_zh="三级", parent=below).full_clean()
    top = Category.objects.get(code="quality")
    top.parent = Category.objects.get(code="delivery")
    with pytest.raises(ValidationError):
        top.full_clean()


def test_names_follow_the_language_and_kinds_the_playbook() -> None:
    late = Category.objects.get(code="delivery-late")
    assert late.full_name == "配送物流 / 配送延误"
    with translation.override("en"):
        assert late.full_name == "Delivery and logistics / Late"
    assert late.applies_to("complaint")
    lamp = Category.objects.get(code="facility-lighting")
    assert lamp.applies_to("facility_repair") and not lamp.applies_to("complaint")


def test_an_order_stands_once_per_shop_and_knows_its_phone() -> None:
    order = OrderRef(order_no=" A-1 ", shop="旗舰店")
    order.remember_phone("138 0013 8000")
    order.save()
    assert order.order_no == "A-1"
    assert order.belongs_to_phone("+8613800138000") is True
    assert order.belongs_to_phone("13900139000") is False
    assert OrderRef(order_no="B").belongs_to_phone("13900139000") is None
    linked = OrderRef(order_no="C", customer=customers.find_or_make("13900139000").customer)
    assert linked.belongs_to_phone("139 0013 9000") is True
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderRef.objects.create(order_no="A-1", shop="旗舰店")
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderRef.objects.create(order_no="D", paid="-1.00")


def test_products_keep_their_place_when_a_category_goes() -> None:
    spare = Category.objects.create(code="spare", name_zh="备用")
    product = Product.objects.create(code="W-1", name="热水器", category=spare)
    spare.delete()
    product.refresh_from_db()
    assert product.category is None
