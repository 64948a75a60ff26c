"""Products and skills: an administrator adds, renames, retires and brings back, and work follows."""

from typing import Any

from django.urls import reverse
from tests.workbench.deskhouse import desk

__all__ = ["desk"]


def address(name: str, *arguments: Any) -> str:
    return reverse(f"workbench:settings_{name}", args=arguments)


def suggested(desk: Any, text: str) -> str:
    page = desk.client("agent").get(reverse("workbench:register_products"), {"product": text, "q": text})
    assert page.status_code == 200
    return str(page.content.decode())


def listed(client: Any, show: str) -> str:
    page = client.get(address("products"), {"show": show}).content.decode()
    return str(page.partition("data-rows")[2].partition("</section>")[0])


def test_a_product_is_added_renamed_retired_and_brought_back(desk: Any) -> None:
    from tuoshan.catalog.models import Product
    from tuoshan.intake.forms import find_product
    from tuoshan.parties.models import SettingChange

    client = desk.client("manager")
    values = {"code": "KP-77", "name": "保温杯", "line": "杯壶", "is_active": "on"}
    assert client.post(address("product_make"), values).status_code == 302
    row = Product.objects.get(code="KP-77")
    assert "保温杯" in suggested(desk, "KP-77") and find_product("KP-77") == row
    place = address("product", row.pk)
    assert client.post(place, values | {"name": "真空保温杯", "code": "OTHER"}).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.name) == ("KP-77", "真空保温杯"), "orders hold the code"

    assert client.post(place, {"name": "真空保温杯", "line": "杯壶"}).status_code == 302
    assert "保温杯" not in suggested(desk, "KP-77") and find_product("KP-77") is None
    shown = listed(client, "off")
    assert "真空保温杯" in shown and "停用" in shown
    assert "真空保温杯" not in listed(client, "on")
    assert client.post(place, values | {"name": "真空保温杯"}).status_code == 302
    assert find_product("KP-77") == row
    record = list(SettingChange.objects.filter(area="products", key=str(row.pk)).order_by("pk"))
    assert [one.action for one in record] == ["made", "changed", "changed", "changed"]
    assert [[part["name"] for part in one.fields] for one in record[1:]] == [["name"], ["is_active"], ["is_active"]]


def test_a_code_that_differs_by_capitals_alone_is_refused_and_what_was_typed_stays(desk: Any) -> None:
    from tuoshan.catalog.models import Product

    Product.objects.create(code="KP-1", name="杯子")
    page = desk.client("admin").post(address("product_make"), {"code": "kp-1", "name": "另一个杯子", "is_active": "on"})
    assert page.status_code == 422 and "另一个杯子" in page.content.decode()
    assert Product.objects.count() == 1


def test_a_skill_out_of_use_is_passed_over_and_counts_again_when_brought_back(desk: Any) -> None:
    from tuoshan.catalog.models import Category
    from tuoshan.parties.assignment import _candidates
    from tuoshan.parties.models import SettingChange, Skill

    agent, category = desk.people["agent"], Category.objects.filter(parent__isnull=False).first()
    assert category is not None
    client = desk.client("admin")
    values = {"person": agent.pk, "category": category.pk, "level": "3", "is_active": "on"}
    assert client.post(address("skill_make"), values).status_code == 302
    assert client.post(address("skill_make"), values).status_code == 422, "one skill of a person only once"
    skill = Skill.objects.get()
    assert _candidates([agent.pk])[0].skills == {category.pk: 3}
    place = address("skill", skill.pk)
    assert client.post(place, {"level": "3"}).status_code == 302
    assert _candidates([agent.pk])[0].skills == {}
    assert "停用" in client.get(address("person", agent.pk)).content.decode().partition('id="skills"')[2]
    assert client.post(place, {"level": "2", "is_active": "on"}).status_code == 302
    assert _candidates([agent.pk])[0].skills == {category.pk: 2}
    record = list(SettingChange.objects.filter(area="skills").order_by("pk"))
    assert [one.action for one in record] == ["made", "changed", "changed"]
    assert desk.client("manager").post(place, values).status_code == 403
    assert agent.display_name in client.get(address("skills"), {"q": category.name_zh}).content.decode()
