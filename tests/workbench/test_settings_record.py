"""The record of the settings is read in both languages, whoever made the change, and never shows a key."""

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from tests.workbench.deskhouse import desk
from tests.workbench.test_settings_rules import SMALL, WEEK, forgotten, own_folder, tiers, times

__all__ = ["desk", "forgotten", "own_folder"]

CHINESE = re.compile("[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]")


def address(name: str, *arguments: Any) -> str:
    return reverse(f"workbench:settings_{name}", args=arguments)


def speak(desk: Any, language: str) -> Any:
    person = desk.people["admin"]
    type(person).objects.filter(pk=person.pk).update(language=language)
    client = desk.client("admin")
    client.cookies["tuoshan_language"] = language
    return client


def change_something_in_every_area(desk: Any, client: Any) -> None:
    from tuoshan.care.models import SurveyReason
    from tuoshan.catalog.models import Category
    from tuoshan.parties.models import Role
    from tuoshan.quality.models import Cause

    agent, category = desk.people["agent"], Category.objects.filter(parent__isnull=False).first()
    assert category is not None
    other = Category.objects.filter(parent__isnull=False).exclude(pk=category.pk)[0]
    cause, reason, role = Cause.objects.first(), SurveyReason.objects.first(), Role.objects.get(key="agent")
    assert cause is not None and reason is not None
    posts: list[tuple[str, dict[str, Any]]] = [
        (address("person", agent.pk), {
            "username": agent.username, "display_name": "Ann", "roles": [Role.objects.get(key="supervisor").pk],
            "unit": agent.unit_id or "", "language": "en", "capacity": "7", "phone": "13812345678",
        }),
        (address("person_skill", agent.pk), {"category": category.pk, "level": "3"}),
        (address("person_link", agent.pk), {}),
        (address("role", role.pk), {"title_zh": "Agent", "title_en": "Agent", "reach": "unit"}),
        (address("org_unit_make"), {
            "code": "s9", "name_zh": "九店", "name_en": "Store 9", "kind": "store", "department": "store",
            "parent": desk.qa.parent_id, "is_active": "on",
        }),
        (address("category", category.pk), {
            "parent": category.parent_id, "name_zh": category.name_zh, "name_en": category.name_en, "position": "7",
            "playbooks": ["complaint", "facility_repair"],
        }),
        (address("cause", cause.pk), {"name_zh": cause.name_zh, "name_en": cause.name_en, "position": "9"}),
        (address("reason", reason.pk), {
            "title_zh": reason.title_zh, "title_en": reason.title_en, "position": "9", "is_active": "on",
        }),
        (address("product_line_make"), {"name": "Mugs", "goods": "textiles", "is_installed": "on"}),
        (address("shop_make"), {"name": "Corner", "platform": "none"}),
        (address("product_make"), {"code": "K1", "name": "Mug", "category": other.pk, "is_active": "on"}),
        (address("skill_make"), {
            "person": desk.people["colleague"].pk, "category": other.pk, "level": "3", "is_active": "on",
        }),
        (address("calendar", "standard"), WEEK | {"day5": "10:00-11:00", "store": "1"}),
        (address("calendar_notice", "standard"), {"year": "2027", "notice": "2027-01-01 休", "store": "1"}),
        (address("table", "complaint", "solve_time"), times("3") | {"store": "1"}),
        (address("table", "complaint", "approver"), tiers(("800.50", "lead"), ("9000", "manager")) | {"store": "1"}),
        (address("template", "complaint", "registered") + "?language=zh-hans&channel=sms", {
            "subject": "", "body": "{number}", "store": "1",
        }),
        (address("reply_make"), {"title": "Thanks", "text": "Thank you", "language": "en"}),
        (address("outgoing"), {"which": "company", "c-name": "Acme", "c-hotline": "400"}),
        (address("outgoing_test"), {"channel": "mail", "to": "a@example.com"}),
        (address("playbook_check"), {"name": "shop_repair.yaml", "text": SMALL, "use": "1"}),
        (address("party", "general", "lab"), {"target": "department", "department": "qa"}),
    ]  # fmt: skip
    for where, values in posts:
        answer = client.post(where, values)
        assert answer.status_code in (200, 302), (where, answer.content.decode()[:3000])


def read(client: Any) -> list[str]:
    page = client.get(address("changes"))
    assert page.status_code == 200
    rows = page.content.decode().partition('<ul class="divided text-sm">')[2].partition("</ul>")[0]
    return [said for part in re.findall(r">([^<]+)<", rows) if (said := unescape(part).strip())]


@pytest.mark.parametrize("written_in", ["zh-hans", "en"])
def test_whoever_changed_it_everybody_reads_it_in_their_own_language(
    desk: Any, own_folder: Any, settings: Any, tmp_path: Any, written_in: str
) -> None:
    from tuoshan.catalog.models import Category
    from tuoshan.parties.models import OrgUnit, Person, SettingChange

    settings.DATA_DIR = tmp_path
    Category.objects.filter(name_en="").update(name_en="Category")
    OrgUnit.objects.filter(name_en="").update(name_en="Unit")
    Person.objects.filter(pk=desk.people["admin"].pk).update(display_name="Admin")
    change_something_in_every_area(desk, speak(desk, written_in))
    areas = set(SettingChange.objects.values_list("area", flat=True))
    assert areas >= {
        "people", "roles", "units", "categories", "causes", "reasons", "calendars", "tables", "templates", "replies",
        "outgoing", "playbooks", "party_map", "products", "product_lines", "shops", "skills",
    }  # fmt: skip
    english = read(speak(desk, "en"))
    typed = {"九店", "客服专员", "云杉百货", desk.people["agent"].display_name, desk.people["colleague"].display_name}
    for name in (*typed, "简体中文"):
        english = [said.replace(name, "") for said in english]
    mixed = [said for said in english if CHINESE.search(said)]
    assert len(mixed) <= 1, mixed
    assert all("{number}" in said for said in mixed), "the message that is sent in Chinese"
    assert "Supervisor" in english and "Expert" in english
    chinese = read(speak(desk, "zh-hans"))
    assert "客服主管" in chinese and "专家" in chinese
    keys = {
        "complaint", "solve_time", "normal", "urgent", "facility_repair", "zh-hans", "supervisor", "holidays", "who",
    }  # fmt: skip
    assert not [said for said in chinese if keys & set(re.split(r"[^a-z_-]+", said))]
    assert not keys & set(english)
