"""Customers over the wire: found within reach, corrected, joined, erased; by whom, and what is said."""

import pytest
from tests.api.callers import caller

from tuoshan.parties.models import Customer

pytestmark = pytest.mark.django_db


def test_a_record_is_put_right_and_its_changes_are_listed() -> None:
    agent = caller("agent")
    agent.registered(customer_phone="13800138000", customer_name="林若溪")
    found = agent.get("/customers?q=13800138000")["customers"]
    assert [(one["name"], one["phone"], one["cases"]) for one in found] == [("林若溪", "+8613800138000", 1)]
    address = f"/customers/{found[0]['id']}"
    body = {"phone": "13911112222", "email": "lin@example.com", "way": "mail"}
    changed = agent.send("PATCH", address, body)
    assert (changed["phone"], changed["way"], changed["name"]) == ("+8613911112222", "mail", "林若溪")
    assert agent.get("/customers?q=13800138000")["customers"] == []
    (change,) = agent.get(f"{address}/changes")["changes"]
    assert (change["action"], change["person_id"]) == ("changed", agent.person.pk)
    assert {"name": "phone", "before": "138****8000", "after": "139****2222"} in change["fields"]
    assert agent.send("PATCH", address, {"phone": "12"}, expect=422)["code"] == "invalid_form"
    assert agent.send("PATCH", address, {"way": "pigeon"}, expect=422)["code"] == "invalid_form"


def test_two_that_are_one_are_joined() -> None:
    agent = caller("agent")
    first = agent.registered(customer_phone="13800138000", customer_name="林若溪")
    agent.registered("另一件：壶漏水", customer_phone="13911112222", customer_name="林若溪")
    one, other = (agent.get(f"/customers?q={phone}")["customers"][0]["id"] for phone in ("13800138000", "13911112222"))
    refused = agent.send("PATCH", f"/customers/{one}", {"phone": "13911112222"}, expect=409)
    assert (refused["code"], refused["facts"]["customer_id"]) == ("phone_taken", other)
    assert agent.post(f"/customers/{one}/join", {"into": other})["cases"] == 2
    assert agent.post(f"/customers/{one}/join", {"into": other})["id"] == other
    assert agent.get(f"/cases/{first}")["customer_id"] == other == agent.get(f"/customers/{one}")["id"]


def test_who_may_not_does_not() -> None:
    agent, auditor, reader = caller("agent"), caller("auditor", "read"), caller("agent", "read", name="wire-reader")
    agent.registered(customer_phone="13800138000", customer_name="林若溪")
    number = agent.get("/customers?q=林若溪")["customers"][0]["id"]
    seen = auditor.get(f"/customers/{number}")
    assert (seen["phone"], seen["name"]) == ("138****8000", "林若溪")
    for program, code in ((auditor, "not_permitted"), (reader, "scope_missing")):
        assert program.send("PATCH", f"/customers/{number}", {"name": "某"}, expect=403)["code"] == code
        assert program.post(f"/customers/{number}/join", {"into": number}, expect=403)["code"] == code
    assert agent.send("DELETE", f"/customers/{number}", expect=403)["code"] == "not_permitted"
    caller("administrator", "admin").send("DELETE", f"/customers/{number}", expect=204)
    assert Customer.objects.get(pk=number).changes.get().action == "erased"
    agent.get(f"/customers/{number}", expect=404)
    store = caller("store_clerk")
    agent.registered(customer_phone="13700137000", customer_name="赵甲")
    hidden = agent.get("/customers?q=13700137000")["customers"][0]["id"]
    if not store.get("/customers?q=13700137000")["customers"]:
        store.get(f"/customers/{hidden}", expect=404)
        store.send("PATCH", f"/customers/{hidden}", {"name": "某"}, expect=404)
