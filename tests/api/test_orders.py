"""A shop's system tells its orders: one or many, with what is refused said by field, and who may."""

from typing import Any

import pytest
from tests.api.callers import Caller, caller

from tuoshan.catalog.models import OrderRef
from tuoshan.parties.models import OrgUnit, Person
from tuoshan.parties.permissions import PERMISSIONS, STAFF

pytestmark = pytest.mark.django_db

ORDER: dict[str, Any] = {
    "shop": "官方商城", "phone": "138 0013 8000", "paid": "399.00", "ordered_at": "2026-11-01T09:00:00+08:00",
    "lines": [{"product": "K-01", "name": "静音破壁机", "quantity": 2, "price": "199.5"}],
}  # fmt: skip


def test_an_order_told_is_known_to_whoever_registers_and_a_second_time_changes_nothing() -> None:
    shop = caller("supervisor")
    store = OrgUnit.objects.create(
        code="east", name_zh="东门店", kind="store", parent=OrgUnit.objects.get(code="wire-hq")
    )
    made = shop.send("PUT", "/orders/DD1", {**ORDER, "unit_id": store.pk})
    assert made["paid"] == "399.00" and made["lines"][0]["price"] == "199.50"
    assert shop.send("PUT", "/orders/DD1", {**ORDER, "unit_id": store.pk})["id"] == made["id"]
    assert OrderRef.objects.get().unit_id == store.pk
    agent = caller("agent")
    assert agent.get("/orders/DD1")["shop"] == "官方商城"
    seen = agent.post("/register/look", {"phone": "13800138000", "values": {"order_no": "DD1"}})
    assert seen["order"]["order_no"] == "DD1" and seen["identity"] == "matched"
    assert agent.post("/register/look", {"phone": "13800138000"})["orders"][0]["order_no"] == "DD1"
    stranger = agent.post("/register/look", {"phone": "13900139000", "values": {"order_no": "DD1"}})
    assert stranger["identity"] == "not_matched"


def test_many_at_once_say_what_became_of_each() -> None:
    shop = caller("supervisor")
    shop.send("PUT", "/orders/DD1", ORDER)
    many = [
        {**ORDER, "order_no": "DD1"}, {**ORDER, "order_no": "DD1", "paid": "0.01"}, {**ORDER, "order_no": "DD2"},
        {**ORDER, "order_no": "DD3", "phone": "12345"}, {"order_no": "DD4", "unit_id": 987654},
        {"order_no": "DD5", "lines": [{"quantity": 1}]},
    ]  # fmt: skip
    answer = shop.send("PUT", "/orders", {"orders": many})
    assert [one["became"] for one in answer] == ["same", "renewed", "made", "refused", "refused", "refused"]
    assert [sorted(one["fields"]) for one in answer[3:]] == [["phone"], ["unit_id"], ["lines"]]
    assert sorted(OrderRef.objects.values_list("order_no", flat=True)) == ["DD1", "DD2"]


@pytest.mark.parametrize(
    "wrong", [{"paid": "-1"}, {"paid": "1.005"}, {"lines": [{"quantity": 0}]}, {"ordered_at": "2026-11-01T09:00:00"}]
)
def test_what_no_order_can_say_is_refused(wrong: dict[str, Any]) -> None:
    problem = caller("supervisor").send("PUT", "/orders/DD1", ORDER | wrong, expect=422)
    assert problem["code"] == "invalid_request" and not OrderRef.objects.exists()


def test_a_phone_that_cannot_be_called_is_named() -> None:
    problem = caller("supervisor").send("PUT", "/orders/DD1", ORDER | {"phone": "1234"}, expect=422)
    assert list(problem["facts"]["fields"]) == ["phone"] and not OrderRef.objects.exists()
    assert caller("supervisor").send("PUT", "/orders/%20", ORDER, expect=422)["code"] == "invalid_request"


@pytest.mark.parametrize("role", sorted(STAFF))
def test_those_who_lead_tell_orders_and_nobody_else(role: str) -> None:
    program = caller(role)
    allowed = role in PERMISSIONS["api.order_put"]
    program.send("PUT", "/orders/DD1", ORDER, expect=200 if allowed else 403)
    program.send("PUT", "/orders", {"orders": []}, expect=200 if allowed else 403)
    assert OrderRef.objects.exists() == allowed
    assert allowed == (role in {"supervisor", "manager", "administrator"})


def test_a_token_that_only_reads_tells_none() -> None:
    person: Person = caller("supervisor").person
    assert Caller(person, "read").send("PUT", "/orders/DD1", ORDER, expect=403)["code"] == "scope_missing"


def test_a_table_of_orders_comes_in_by_the_same_operations_as_one_of_cases() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tuoshan import clock
    from tuoshan.agenda.models import Item
    from tuoshan.intake.imports import desk

    program = caller("supervisor")
    file = SimpleUploadedFile("orders.csv", "订单号,手机,实付\nDD1,13800138000,99\nDD2,1234,\n".encode())
    made = program.client.post("/api/v1/imports", {"file": file}).json()
    assert made["playbook"] == "" and {one["name"] for one in made["targets"]} >= {"order_no", "shop", "signed_at"}
    assert made["columns"] == {"订单号": "order_no", "手机": "phone", "实付": "paid"}
    address = f"/imports/{made['id']}"
    wrong = program.send("PUT", f"{address}/columns", {"columns": {"订单号": "text"}, "playbook": ""}, expect=422)
    assert wrong["code"] == "invalid_columns"
    tried = program.send("PUT", f"{address}/columns", {"columns": made["columns"], "playbook": ""})
    assert (tried["taken"], tried["refused"], tried["live"]) == (1, 1, False) and not OrderRef.objects.exists()
    program.post(f"{address}/start")
    desk.work_off(Item.objects.get(kind="job", name="import"), clock.now())
    done = program.get(address)
    assert (done["status"], done["taken"], done["bad"][0]["row"]) == ("done", 1, 3)
    assert OrderRef.objects.get().belongs_to_phone("13800138000")
    as_cases = program.send("PUT", f"{address}/columns", {"columns": {"订单号": "text"}, "playbook": "complaint"})
    assert as_cases["playbook"] == "complaint" and "text" in {one["name"] for one in as_cases["targets"]}
