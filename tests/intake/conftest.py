"""A small shop: a service desk, two stores, an order, people; imports stand inside."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Shop:
    units: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    order: Any = None
    product: Any = None
    customer: Any = None

    def actor(self, name: str = "agent") -> Any:
        from tuoshan.cases.acting import ActingAs
        from tuoshan.parties.models import Person

        return ActingAs.by_person(Person.objects.get(pk=self.people[name].pk))


@pytest.fixture
def shop(db: None, clock: Any, settings: Any, tmp_path: Path) -> Shop:
    """hq with a desk and two stores; 王芳 (13800138000) has order DD20261101001 of the east store."""
    from tuoshan import clock as time
    from tuoshan.cases import library
    from tuoshan.catalog import seeds as categories
    from tuoshan.catalog.models import OrderRef, Product
    from tuoshan.knowledge.company import Company, set_company
    from tuoshan.parties import seeds
    from tuoshan.parties.models import Customer, OrgUnit, Person

    settings.DATA_DIR = tmp_path
    settings.PUBLIC_URL = "https://service.example.cn"
    library.forget()
    seeds.plant()
    categories.plant()
    made = Shop()
    for code, name, kind, department, parent in (
        ("hq", "云杉百货", "company", "", ""), ("desk", "客服中心", "department", "service", "hq"),
        ("qa", "质检部", "department", "qa", "hq"), ("east", "东门店", "store", "", "hq"),
        ("west", "西门店", "store", "", "hq"),
    ):  # fmt: skip
        made.units[code] = OrgUnit.objects.create(
            code=code, name_zh=name, kind=kind, department=department, parent=made.units.get(parent)
        )
    for name, role, unit in (
        ("agent", "agent", "desk"), ("clerk", "store_clerk", "east"), ("westclerk", "store_clerk", "west"),
        ("auditor", "auditor", "hq"), ("lead", "supervisor", "desk"),
    ):  # fmt: skip
        made.people[name] = Person.objects.create_user(
            name, "x", roles=(role,), unit=made.units[unit], display_name=f"{name}·测试"
        )
    set_company(Company(name="云杉百货", hotline="400-820-1234"), valid_from=time.now())
    made.product = Product.objects.create(code="K-01", name="静音破壁机")
    made.customer = Customer(name="王芳", phone="13800138000")
    made.customer.save()
    made.order = OrderRef.objects.create(
        order_no="DD20261101001", shop="官方商城", unit=made.units["east"], customer=made.customer, paid="399.00",
        lines=[{"product": "K-01", "name": "静音破壁机", "quantity": 1}], ordered_at=time.now(),
    )  # fmt: skip
    made.order.remember_phone("13800138000")
    made.order.save()
    return made
