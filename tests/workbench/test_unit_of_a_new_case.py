"""Whose a new case is: the store named, else the order's unit, else the registering person's, on screen and API."""

from typing import Any

import pytest
from tests.workbench.storehouse import desk, stores

from tuoshan.cases.models import Case
from tuoshan.parties.models import OrgUnit

__all__ = ["desk", "stores"]


def over_the_wire(stores: Any, who: str, expect: int = 201, unit_id: int | None = None, **values: Any) -> Any:
    body: dict[str, Any] = {"values": {"channel": "api", "what_happened": "壶盖裂了一道口子"} | values}
    if unit_id is not None:
        body["unit_id"] = unit_id
    answer = stores.program(who).post("/cases", body, expect=expect)
    return Case.objects.get(number=answer["number"]).unit_id if expect == 201 else answer


@pytest.mark.parametrize("who", ["agent", "first"])
def test_the_store_named_then_the_order_then_ones_own(stores: Any, who: str) -> None:
    from tuoshan.catalog.models import OrderRef

    OrderRef.objects.create(order_no="A-100001", unit=stores.one)
    OrderRef.objects.create(order_no="B-200002", unit=stores.two)
    own = stores.desk.people[who].unit_id
    for given, unit in (
        ({}, own),
        ({"order_no": "B-200002"}, stores.two.pk),
        ({"order_no": "A-100001", "store": str(stores.two.pk)}, stores.two.pk),
        ({"order_no": "unknown"}, own),
    ):
        assert over_the_wire(stores, who, **given) == unit, given
        assert stores.register(who, "", **{"customer-anonymous": "on"}, **given).unit_id == unit, given


def test_a_unit_given_is_one_within_reach_or_a_store_as_on_the_screen(stores: Any) -> None:
    department = OrgUnit.objects.get(code="qa")
    assert over_the_wire(stores, "agent", unit_id=department.pk) == department.pk
    assert over_the_wire(stores, "first", unit_id=stores.two.pk) == stores.two.pk, "anybody may name a store"
    assert over_the_wire(stores, "first", unit_id=stores.one.pk) == stores.one.pk
    refused = over_the_wire(stores, "first", 403, unit_id=department.pk)
    assert refused["code"] == "unit_out_of_reach" and "服务台" in refused["detail"]
    OrgUnit.objects.filter(pk=stores.two.pk).update(is_active=False)
    assert over_the_wire(stores, "first", 403, unit_id=stores.two.pk)["code"] == "unit_out_of_reach"
    assert over_the_wire(stores, "first", 422, unit_id=999_999)["code"] == "unknown_unit"
    before = Case.objects.filter(unit_id=department.pk).count()
    over_the_wire(stores, "first", store=str(department.pk))
    assert Case.objects.filter(unit_id=department.pk).count() == before, "a department is no store"
