"""Settings: every page opens for those who may and for nobody else, in both languages."""

import json
from typing import Any

import pytest
from django.urls import reverse
from tests.workbench.deskhouse import desk

__all__ = ["desk"]

ADMINS_ONLY = [
    ("people", ()), ("person_make", ()), ("roles", ()), ("org_units", ()), ("org_unit_make", ()), ("party_map", ()),
    ("skills", ()), ("skill_make", ()), ("party", ("general", "reviewer")), ("party", ("complaint", "lab")),
    ("outgoing", ()), ("playbooks", ()),
    ("playbook_check", ()),
]  # fmt: skip
CONFIGURERS = [
    ("home", ()), ("changes", ()), ("categories", ()), ("category_make", ()), ("causes", ()), ("cause_make", ()),
    ("reasons", ()), ("reason_make", ()), ("products", ()), ("product_make", ()), ("product_lines", ()),
    ("product_line_make", ()), ("shops", ()), ("shop_make", ()), ("calendars", ()),
    ("calendar", ("standard",)),
    ("calendar_notice", ("standard",)),
    ("recompute", ("calendar/standard",)), ("recompute", ("table/complaint/solve_time",)),
    ("tables", ()), ("table", ("complaint", "solve_time")),
    ("table", ("complaint", "grade_matrix")), ("table", ("complaint", "approver")),
    ("table", ("complaint", "free_limit")), ("table", ("complaint", "test_time")),
    ("table", ("complaint", "appeal_days")), ("templates", ()),
    ("template", ("complaint", "registered")), ("replies", ()), ("reply_make", ()),
]  # fmt: skip


def address(name: str, arguments: tuple[Any, ...]) -> str:
    return reverse(f"workbench:settings_{name}", args=arguments)


@pytest.mark.parametrize(("name", "arguments"), ADMINS_ONLY + CONFIGURERS)
def test_who_may_see_which_page(desk: Any, name: str, arguments: tuple[Any, ...]) -> None:
    where = address(name, arguments)
    page = desk.client("admin").get(where)
    assert page.status_code == 200, page.content.decode()[:2000]
    assert "style=" not in page.content.decode().partition("<main")[2].partition("</main>")[0]
    manager = desk.client("manager").get(where).status_code
    assert manager == (200 if (name, arguments) in CONFIGURERS else 403)
    for nobody in ("agent", "lead", "finance", "qa"):
        assert desk.client(nobody).get(where).status_code == 403, nobody
    makes_or_puts_in = name.endswith(("_make", "_notice"))
    assert desk.client("auditor").get(where).status_code == (403 if makes_or_puts_in else 200)


@pytest.mark.parametrize(("name", "arguments"), [*ADMINS_ONLY[:9], *CONFIGURERS[:22]])
def test_pages_open_in_english_too(desk: Any, name: str, arguments: tuple[Any, ...]) -> None:
    client = desk.client("admin")
    client.cookies["tuoshan_language"] = "en"
    person = desk.people["admin"]
    person.language = "en"
    person.save(update_fields=["language"])
    assert client.get(address(name, arguments)).status_code == 200


def test_every_reset_and_post_is_denied_to_others(desk: Any) -> None:
    pk = desk.people["agent"].pk
    for name in ("person_link", "person_factor", "person_skill", "person_active"):
        assert desk.client("manager").post(address(name, (pk,))).status_code == 403
        assert desk.client("admin").get(address(name, (pk,))).status_code == 405
    assert desk.client("manager").post(address("outgoing_test", ())).status_code == 403


def test_a_change_is_recorded_once_with_before_and_after(desk: Any) -> None:
    from tuoshan.catalog.models import Category
    from tuoshan.parties.models import SettingChange

    category = Category.objects.filter(parent__isnull=False).first()
    assert category is not None
    client = desk.client("manager")
    where = address("category", (category.pk,))
    values = {
        "code": category.code, "parent": category.parent_id, "name_zh": "新名称", "name_en": "New name",
        "position": category.position, "is_active": "on",
    }  # fmt: skip
    assert client.post(where, values).status_code == 302
    row = SettingChange.objects.get()
    assert (row.area, row.key, row.action) == ("categories", str(category.pk), "changed")
    assert row.person_id == desk.people["manager"].pk
    assert {one["name"]: (one["before"], one["after"]) for one in row.fields}["name_zh"] == (category.name_zh, "新名称")
    assert client.post(where, values).status_code == 302
    assert SettingChange.objects.count() == 1, "nothing changed the second time"
    assert "新名称" in client.get(address("changes", ())).content.decode()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_what_was_typed_stays_when_it_is_refused(desk: Any) -> None:
    from tuoshan.catalog.models import Category
    from tuoshan.parties.models import SettingChange

    taken = Category.objects.first()
    assert taken is not None
    page = desk.client("admin").post(
        address("category_make", ()), {"code": taken.code, "name_zh": "打字打了一半", "position": "3"}
    )
    assert page.status_code == 422
    assert "打字打了一半" in page.content.decode()
    assert not SettingChange.objects.exists()


def test_personal_data_never_stands_plain_in_the_record(desk: Any) -> None:
    from tuoshan.parties.models import Role, SettingChange

    agent = desk.people["agent"]
    page = desk.client("admin").post(address("person", (agent.pk,)), {
        "username": agent.username, "display_name": "张三", "unit": agent.unit_id or "", "phone": "13812345678",
        "email": "zhangsan@example.com", "roles": [Role.objects.get(key="agent").pk], "capacity": "9",
    })  # fmt: skip
    assert page.status_code == 302, page.content.decode()[:3000]
    kept = json.dumps(list(SettingChange.objects.values_list("fields", flat=True)), ensure_ascii=False)
    assert "13812345678" not in kept and "+8613812345678" not in kept
    assert "zhangsan@example.com" not in kept
    assert "张三" in kept
