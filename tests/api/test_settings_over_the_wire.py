"""Settings over the wire: judged by the forms of the screens, written down like theirs, tried before they count."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.callers import Caller, caller, desk

from tuoshan import clock
from tuoshan.cases import library
from tuoshan.catalog.models import Category
from tuoshan.knowledge.models import QuickReply
from tuoshan.parties.models import OrgUnit, PartyMap, Person, SettingChange

pytestmark = pytest.mark.django_db


def admin() -> Caller:
    return caller("administrator", "admin")


def newest() -> SettingChange:
    found = SettingChange.objects.order_by("-id").first()
    assert found is not None
    return found


ROWS: list[Any] = [
    pytest.param("org-units", {"code": "s9", "name_zh": "九店", "kind": "store"}, {"name_zh": "新店"}, id="org-units"),
    pytest.param("categories", {"code": "noise", "name_zh": "噪音"}, {"position": 3}, id="categories"),
    pytest.param("causes", {"code": "glue", "name_zh": "胶水"}, {"name_en": "Glue"}, id="causes"),
    pytest.param("reasons", {"key": "too_slow", "title_zh": "太慢", "title_en": "Slow"}, {"position": 2}, id="reasons"),
    pytest.param("replies", {"title": "谢谢", "text": "谢谢您"}, {"text": "多谢"}, id="replies"),
]


@pytest.mark.parametrize(("where", "body", "change"), ROWS)
def test_a_row_is_made_once_changed_in_part_and_recorded(where: str, body: Any, change: Any) -> None:
    boss = admin()
    if where == "org-units":
        body = {**body, "parent": desk().parent_id}
    made = boss.post(f"/settings/{where}", body, key="r1", expect=201)
    again = boss.post(f"/settings/{where}", body, key="r1", expect=201)
    assert again["id"] == made["id"] and newest().action == "made"
    kept = {**made, **change}
    assert boss.send("PATCH", f"/settings/{where}/{made['id']}", change) == kept
    assert boss.get(f"/settings/{where}/{made['id']}") == kept
    assert kept in boss.get(f"/settings/{where}")
    assert newest().action == "changed" and [one["name"] for one in newest().fields] == list(change)
    assert boss.get("/settings/changes?limit=1")["changes"][0]["id"] == newest().pk
    refused = boss.post(f"/settings/{where}", {}, expect=422)
    assert refused["code"] == "invalid_form" and refused["facts"]["fields"]
    boss.get(f"/settings/{where}/999999", expect=404)


def test_products_are_made_retired_and_found_in_pages() -> None:
    boss = admin()
    supplier = OrgUnit.objects.create(code="f1", name_zh="一厂", kind="supplier", parent_id=desk().parent_id)
    body = {"code": "KP-1", "name": "保温杯", "line": "杯壶", "supplier": supplier.pk}
    made = boss.post("/settings/products", body, key="p1", expect=201)
    assert boss.post("/settings/products", body, key="p1", expect=201) == made
    assert made["is_active"] and made["supplier_id"] == supplier.pk
    boss.post("/settings/products", {"code": "KP-2", "name": "茶壶"}, expect=201)
    refused = boss.post("/settings/products", {"code": "kp-1", "name": "又一个"}, expect=422)
    assert set(refused["facts"]["fields"]) == {"code"}
    first = boss.get("/settings/products?limit=1")
    assert first["products"] == [made] and first["next"] == "KP-1"
    second = boss.get("/settings/products?limit=1&cursor=KP-1")
    assert [one["code"] for one in second["products"]] == ["KP-2"] and second["next"] == ""

    place = f"/settings/products/{made['id']}"
    assert boss.send("PATCH", place, {"is_active": False}) == {**made, "is_active": False} == boss.get(place)
    assert newest().area == "products" and [one["name"] for one in newest().fields] == ["is_active"]
    assert [one["code"] for one in boss.get("/products?q=KP")] == ["KP-2"], "registering finds it no longer"
    assert [one["code"] for one in boss.get("/settings/products?show=off&q=保温")["products"]] == ["KP-1"]
    boss.send("PATCH", place, {"is_active": True})
    assert [one["code"] for one in boss.get("/products?q=KP")] == ["KP-1", "KP-2"]
    agent = caller("agent", "admin")
    agent.get("/settings/products", expect=403)
    agent.send("PATCH", place, {"name": "x"}, expect=403)
    caller("manager", "write").send("PATCH", place, {"name": "x"}, expect=403)
    assert caller("manager", "admin").send("PATCH", place, {"name": "新杯"})["name"] == "新杯"


def test_skills_are_made_once_a_person_and_category_retired_and_brought_back() -> None:
    boss = admin()
    category = Category.objects.create(code="noise", name_zh="噪音")
    person = Person.objects.create_user("ann", "x", roles=("agent",), unit=desk())
    body = {"person": person.pk, "category": category.pk, "level": 3}
    made = boss.post("/settings/skills", body, expect=201)
    assert made | {"id": 0} == {
        "id": 0, "person_id": person.pk, "category_id": category.pk, "level": 3, "is_active": True,
    }  # fmt: skip
    boss.post("/settings/skills", body, expect=422)
    place = f"/settings/skills/{made['id']}"
    assert boss.send("PATCH", place, {"is_active": False})["is_active"] is False
    assert newest().area == "skills"
    assert boss.get(f"/settings/skills?person_id={person.pk}&show=off")["skills"] == [made | {"is_active": False}]
    assert boss.get("/settings/skills?show=on")["skills"] == []
    assert boss.get(f"/settings/accounts/{person.pk}")["skills"][0]["is_active"] is False
    assert boss.send("PATCH", place, {"is_active": True, "level": 1}) == made | {"level": 1}
    caller("manager", "admin").get("/settings/skills", expect=403)


def test_a_token_without_the_scope_changes_no_setting() -> None:
    writing = caller("administrator", "write")
    assert writing.get("/settings/categories") is not None
    refused = writing.post("/settings/categories", {"code": "noise", "name_zh": "噪音"}, expect=403)
    assert refused["code"] == "scope_missing" and not Category.objects.filter(code="noise").exists()
    assert caller("agent", "admin").get("/settings/categories", expect=403)["code"] == "not_permitted"


def test_the_tree_keeps_its_one_root() -> None:
    boss = admin()
    refused = boss.post("/settings/org-units", {"code": "hq2", "name_zh": "另一家", "kind": "company"}, expect=422)
    assert "parent" in refused["facts"]["fields"]
    unit = OrgUnit.objects.get(code="wire-service")
    refused = boss.send("PATCH", f"/settings/org-units/{unit.pk}", {"is_active": False}, expect=422)
    assert "is_active" in refused["facts"]["fields"]


def test_a_role_changes_its_reach_but_an_administrator_sees_all() -> None:
    boss = admin()
    roles = {role["key"]: role for role in boss.get("/settings/roles")}
    assert boss.send("PATCH", f"/settings/roles/{roles['agent']['id']}", {"title_en": "Agent"})["title_en"] == "Agent"
    other = next(reach for reach in ("own", "unit", "none", "tree") if reach != roles["administrator"]["reach"])
    boss.send("PATCH", f"/settings/roles/{roles['administrator']['id']}", {"reach": other}, expect=422)


def test_an_account_from_its_first_link_to_its_end() -> None:
    boss = admin()
    body = {
        "username": "Lin.Yue",
        "display_name": "林悦",
        "roles": ["agent"],
        "unit": desk().pk,
        "phone": "13912345678",
    }
    made = boss.post("/settings/accounts", body, key="p1", expect=201)
    assert made["account"]["username"] == "lin.yue" and "/accounts/password/new/" in made["link"]
    assert boss.post("/settings/accounts", body, key="p1", expect=201) == made
    place = f"/settings/accounts/{made['account']['id']}"
    changed = boss.send("PATCH", place, {"capacity": 7})
    assert (changed["capacity"], changed["roles"], changed["phone"]) == (7, ["agent"], made["account"]["phone"])
    assert boss.send("PATCH", place, {"roles": ["emperor"]}, expect=422)["code"] == "unknown_role"
    category = Category.objects.create(code="noise", name_zh="噪音")
    assert boss.send("PUT", f"{place}/skills", {"category_id": category.pk, "level": 3})["skills"]
    assert not boss.send("PUT", f"{place}/skills", {"category_id": category.pk, "level": 0})["skills"]
    assert boss.post(f"{place}/link")["days"] > 1
    boss.send("DELETE", f"{place}/factor", expect=204)
    assert boss.send("PUT", f"{place}/active", {"is_active": False})["is_active"] is False
    boss.post(f"{place}/link", expect=404)
    own = f"/settings/accounts/{boss.person.pk}"
    assert boss.send("PUT", f"{own}/active", {"is_active": False}, expect=409)["code"] == "cannot_close"
    boss.send("PATCH", own, {"roles": ["agent"]}, expect=422)
    assert Person.objects.filter(pk=boss.person.pk, roles__key="administrator").exists()


def test_a_party_is_somebody_more_and_less() -> None:
    boss = admin()
    before = boss.get("/settings/parties/lead")
    added = boss.post("/settings/parties/lead/complaint", {"target": "person", "person": boss.person.pk}, expect=201)
    way = added["special"]["complaint"][-1]
    assert "wire-administrator" in way["text"] and newest().area == "party_map"
    boss.post("/settings/parties/lead/complaint", {"target": "person"}, expect=422)
    boss.send("DELETE", f"/settings/parties/lead/general/{way['id']}", expect=404)
    boss.send("DELETE", f"/settings/parties/lead/complaint/{way['id']}", expect=204)
    assert boss.get("/settings/parties/lead") == before
    assert not PartyMap.objects.filter(pk=way["id"]).exists()
    boss.get("/settings/parties/nobody_at_all", expect=404)


def test_a_calendar_is_made_once_and_goes_while_nothing_uses_it() -> None:
    admin = caller("administrator", "admin")
    body = {"key": "store_hours", "title_zh": "门店时间", "weekly": ["10:00-21:00"] * 7, "holidays": False}
    made = admin.post("/settings/calendars", body, key="c1", expect=201)
    assert (made["name"], made["uses"], made["playbooks"], made["may_go"]) == ("store_hours", [], [], True)
    assert made["weekly"] == ["10:00-21:00"] * 7 and not made["holidays"]
    assert admin.post("/settings/calendars", body, key="c1", expect=201) == made
    assert admin.post("/settings/calendars", body, expect=422)["facts"]["fields"]["key"]
    manager = caller("manager", "admin")
    manager.post("/settings/calendars", body | {"key": "mine"}, expect=403)
    manager.send("DELETE", "/settings/calendars/store_hours", expect=403)
    assert admin.send("DELETE", "/settings/calendars/standard", expect=409)["code"] == "in_use"
    admin.send("DELETE", "/settings/calendars/store_hours", expect=204)
    assert "store_hours" not in [one["name"] for one in admin.get("/settings/calendars")]
    admin.send("DELETE", "/settings/calendars/store_hours", expect=404)


def test_a_calendar_is_tried_before_it_counts() -> None:
    boss = admin()
    before = boss.get("/settings/calendars/standard")
    week = ["09:00-12:00"] * 5 + ["", ""]
    tried = boss.send("PUT", "/settings/calendars/standard", {"weekly": week})
    assert tried["stored_from"] is None and tried["preview"]
    assert boss.get("/settings/calendars/standard") == before
    kept = boss.send("PUT", "/settings/calendars/standard", {"weekly": week, "store": True})
    after = boss.get("/settings/calendars/standard")
    assert kept["stored_from"] and after["weekly"] == week and after["holidays"] == before["holidays"]
    assert boss.send("PUT", "/settings/calendars/standard", {"weekly": ["noon"]}, expect=422)["facts"]["fields"]["day0"]
    assert (after["title_zh"], after["title_en"]) == ("标准工作时间", "Standard working hours")
    boss.send("PUT", "/settings/calendars/standard", {"title_zh": "办公时间", "title_en": "", "store": True})
    called = boss.get("/settings/calendars/standard")
    assert called["title"] == called["title_zh"] == "办公时间" and called["weekly"] == week
    assert boss.send("PUT", "/settings/calendars/standard", {"title_zh": ""}, expect=422)["facts"]["fields"]["title_zh"]
    year = clock.now().year + 1
    notice = {"year": year, "notice": f"{year}-01-01 休 元旦", "store": True}
    assert boss.post("/settings/calendars/standard/notice", notice)["stored_from"]
    assert f"{year}-01-01" in boss.get("/settings/calendars/standard")["days"]
    boss.get("/settings/calendars/lunar", expect=404)


def test_a_table_is_tried_kept_and_given_back() -> None:
    boss = admin()
    place = "/settings/tables/complaint/solve_time"
    before = boss.get(place)
    cell = next(iter(before["cells"]))
    assert boss.send("PUT", place, {"cells": {cell: "9 working_days"}})["stored_from"] is None
    assert boss.get(place) == before
    boss.send("PUT", place, {"cells": {cell: "9 working_days"}, "store": True})
    after = boss.get(place)
    assert after["cells"] == {**before["cells"], cell: "9 working_days"} and not after["is_own"]
    assert cell in boss.send("PUT", place, {"cells": {cell: "soon"}}, expect=422)["facts"]["fields"]
    boss.send("PUT", place, {"cells": {"no/such": "1 days"}}, expect=422)
    assert boss.send("DELETE", place)["cells"] == before["cells"]
    tiers = boss.get("/settings/tables/complaint/approver")["tiers"]
    raised = [{**tiers[0], "limit": "123.45"}, *tiers[1:]]
    boss.send("PUT", "/settings/tables/complaint/approver", {"tiers": raised, "store": True})
    assert boss.get("/settings/tables/complaint/approver")["tiers"] == raised
    assert {row["name"] for row in boss.get("/settings/tables") if row["playbook"] == "complaint"} >= {"solve_time"}


def test_a_message_is_previewed_kept_and_given_back() -> None:
    boss = admin()
    place = "/settings/templates/complaint/accepted"
    before = boss.get(place)
    shown = boss.send("PUT", place, {"subject": "已受理", "body": "工单 {number} 已受理"})
    assert shown["stored"] is False and "{number}" not in shown["body"]
    boss.send("PUT", place, {"subject": "已受理", "body": "工单 {number} 已受理", "store": True})
    assert boss.get(place)["body"] == "工单 {number} 已受理"
    assert boss.get(f"{place}?language=en")["body"] != "工单 {number} 已受理"
    assert boss.send("PUT", place, {"body": "{unheard_of}"}, expect=422)["code"] == "invalid_form"
    boss.send("PUT", place, {"store": True})
    assert boss.get(place)["body"] == before["own_body"]
    assert "accepted" in {one["name"] for one in boss.get("/settings/templates")}
    boss.get("/settings/templates/complaint/unheard_of", expect=404)


def test_only_shared_replies_are_settings() -> None:
    boss = admin()
    own = QuickReply.objects.create(title="我的", text="好", person_id=boss.person.pk, updated_at=clock.now())
    boss.get(f"/settings/replies/{own.pk}", expect=404)
    made = boss.post("/settings/replies", {"title": "谢谢", "text": "谢谢您"}, expect=201)
    boss.send("DELETE", f"/settings/replies/{made['id']}", expect=204)
    assert newest().action == "removed" and list(QuickReply.objects.values_list("pk", flat=True)) == [own.pk]


def test_replies_of_ones_own_are_nobody_elses() -> None:
    agent, boss = caller("agent", "write"), admin()
    given = {"title": "致歉", "text": "{customer}您好", "shortcut": "zq"}
    made = agent.post("/me/replies", given, expect=201)
    assert (made["title"], made["language"], made["used"]) == ("致歉", "zh-hans", 0)
    place = f"/me/replies/{made['id']}"
    assert agent.post("/me/replies", given | {"text": "{unheard_of}", "shortcut": ""}, expect=422)["detail"]
    agent.post("/me/replies", given, expect=422)
    assert boss.get("/me/replies") == boss.get("/settings/replies") == []
    boss.send("PATCH", place, {"title": "x"}, expect=404)
    boss.send("DELETE", place, expect=404)
    changed = agent.send("PATCH", place, {"title": "道歉"})
    assert (changed["title"], changed["text"], changed["shortcut"]) == ("道歉", "{customer}您好", "zq")
    assert [one["title"] for one in agent.get("/me/replies")] == ["道歉"]
    assert not SettingChange.objects.filter(area="replies").exists(), "it is no setting of the company"
    shared = boss.post("/settings/replies", given, expect=201)
    agent.send("PATCH", f"/me/replies/{shared['id']}", {"title": "x"}, expect=404)
    agent.send("DELETE", place, expect=204)
    assert agent.get("/me/replies") == []
    caller("agent", "read").post("/me/replies", given, expect=403)
    caller("auditor", "write").get("/me/replies", expect=403)


def test_a_reply_of_ones_own_is_kept_once_for_each_key() -> None:
    agent, given = caller("agent", "write"), {"title": "致歉", "text": "您好"}
    first, again = (agent.post("/me/replies", given, key="own-1", expect=201) for _time in range(2))
    assert first == again and QuickReply.objects.count() == 1


def test_a_broken_playbook_never_replaces_a_working_one() -> None:
    boss = admin()
    files = {one["name"]: one for one in boss.get("/settings/playbooks")}
    text = boss.get("/settings/playbooks/complaint.yaml")["text"]
    assert files["complaint.yaml"]["playbook"] == "complaint"
    broken = {"name": "complaint.yaml", "text": text.replace("states:", "stations:", 1)}
    assert any(one["severity"] == "error" for one in boss.post("/settings/playbooks/check", broken)["findings"])
    refused = boss.send("PUT", "/settings/playbooks", broken, expect=422)
    assert refused["code"] == "broken_playbook" and refused["facts"]["findings"][0]["line"]
    assert library.current("complaint").hash == files["complaint.yaml"]["hash"]
    boss.send("PUT", "/settings/playbooks", {"name": "../complaint.yaml", "text": text}, expect=422)
    used = boss.send("PUT", "/settings/playbooks", {"name": "complaint.yaml", "text": text + "\n# 本店\n"})
    assert used["used"] is True
    boss.send("DELETE", "/settings/playbooks/complaint.yaml", expect=204)
    boss.send("DELETE", "/settings/playbooks/complaint.yaml", expect=404)
    assert library.current("complaint").hash == files["complaint.yaml"]["hash"]


def test_a_playbook_is_read_whole_and_where_a_case_stands_in_it() -> None:
    agent = caller("agent")
    number = agent.registered()
    whole = agent.get("/playbooks/complaint")
    assert not any(state["here"] for state in whole["states"])
    stands = agent.get(f"/playbooks/complaint?case={number}")
    assert [state["name"] for state in stands["states"] if state["here"]] == ["received"]
    accept = next(action for action in whole["actions"] if action["name"] == "accept")
    assert any(field["name"] == "impact" for field in accept["fields"])
    agent.get("/playbooks/unheard-of", expect=404)


def test_the_companys_way_of_telling_customers_is_set_and_recorded() -> None:
    boss = admin()
    assert boss.get("/settings/outgoing")["company"]["way"] == "sms"
    changed = boss.send("PATCH", "/settings/outgoing/company", {"name": "麦鲸百货", "way": "both"})["company"]
    assert (changed["name"], changed["way"]) == ("麦鲸百货", "both")
    assert boss.send("PATCH", "/settings/outgoing/company", {"hotline": "400-1"})["company"]["way"] == "both"
    boss.send("PATCH", "/settings/outgoing/company", {"way": "none"}, expect=422)
    fields = [one for change in boss.get("/settings/changes?area=outgoing")["changes"] for one in change["fields"]]
    assert ("短信", "短信和邮件") in [(one["before"], one["after"]) for one in fields if one["name"] == "way"]
    caller("supervisor").send("PATCH", "/settings/outgoing/company", {"way": "sms"}, expect=403)


def test_the_company_and_its_gateway_keep_their_secret() -> None:
    boss = admin()
    assert boss.send("PATCH", "/settings/outgoing/company", {"name": "麦鲸百货"})["company"]["name"] == "麦鲸百货"
    assert boss.send("PATCH", "/settings/outgoing/company", {"hotline": "400-1"})["company"]["name"] == "麦鲸百货"
    body = {"name": "网关", "url": "https://sms.example.com/send", "body": '{"to": "{to}"}', "headers": "X-Key: secret"}
    made = boss.send("PATCH", "/settings/outgoing/gateway", body)["gateway"]
    assert made["has_headers"] and "secret" not in str(made)
    assert boss.send("PATCH", "/settings/outgoing/gateway", {"is_on": False})["gateway"]["has_headers"]
    assert "secret" not in str(boss.get("/settings/changes"))
    boss.send("PATCH", "/settings/outgoing/company", {"email": "nobody"}, expect=422)
    assert boss.post("/settings/outgoing/test", {"channel": "mail", "to": "a@example.com"})["said"]
    assert boss.post("/settings/outgoing/test", {"channel": "mail", "to": "nobody"}, expect=422)["detail"]
    assert boss.post("/settings/outgoing/test", {"channel": "sms", "to": "13800138000"}, expect=422)["detail"]
