"""The settings of a rule book: read in words, changed by a form with a reason, some of them by a manager alone."""

import re
from decimal import Decimal
from typing import Any

import pytest
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import books_as_shipped

from tuoshan import clock
from tuoshan.core.policy.editing.setting_editing import settings, with_settings
from tuoshan.core.policy.reading.text_places import NotEditable
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import copying, library, publishing
from tuoshan.rulings.models import BookDraft, PublishedBook

pytestmark = pytest.mark.django_db
__all__ = ["books_as_shipped", "desk"]

SHOES, APPLIANCES = "/rule-books/mall_shoes", "/rule-books/national_general"
FEE, MONTHS = "s-exchange_fee_on", "s-guarantee_months"
HOURS = {"s-proof_hours": "48"}
"""Left as it is."""
PUBLISHED = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "门店统一收费"}


def seen(name: str) -> str:
    return copying.stamp_of_settings(publishing.open_draft(name) or publishing.copy_of_newest(name))


def fee_on(desk: Any, who: str = "manager", **more: str) -> Any:
    sent = {FEE: "yes", "reason": "门店统一收费", "seen": seen("mall_shoes"), **more}
    return desk.client(who).post(f"{SHOES}/change/settings", sent)


def test_everybody_reads_how_it_is_reckoned(desk: Any) -> None:
    page = desk.client("agent").get(SHOES).content.decode()
    assert "怎么算" in page and "按购买日期" in page
    assert "实付价款 × 0.5% × 已过天数" in page and "从“购买日期”起" in page
    assert re.search(r"<dt>换货收折旧费</dt><dd>否 <span class=\"chip c-prov\">", page)
    assert "只在 毛病：开胶 时问" in page and "return_fee" not in page and "&amp;&amp;" not in page
    assert "按购买日期，2024-07-01 起" in desk.client("agent").get("/rule-books/consumer_law").content.decode()


def test_a_manager_switches_the_exchange_fee_on_with_a_reason_that_is_kept(desk: Any) -> None:
    manager = desk.client("manager")
    assert manager.get(f"{SHOES}/change/settings").status_code == 200
    answer = fee_on(desk, reason=" ")
    assert answer.status_code == 422 and "改了设置，请写明理由" in answer.content.decode()
    assert not SettingChange.objects.exists()
    before = library.text_of(library.newest("mall_shoes"))[0].splitlines()
    assert fee_on(desk).status_code == 302
    draft = publishing.open_draft("mall_shoes")
    assert draft is not None
    changed = [(old, new) for old, new in zip(before, draft.text.splitlines(), strict=True) if old != new]
    assert [(old.replace("value: false", "examples: false, value: true"), new) for old, new in changed] == [
        (changed[0][1],) * 2
    ]
    [kept] = SettingChange.objects.all()
    assert (kept.area, kept.key, kept.person_id) == ("rule_books", "mall_shoes", desk.people["manager"].pk)
    assert kept.title == "商场三包：鞋（副本）" and kept.title_en == "Mall guarantee: shoes (copy)"
    told = {one["label"]: (one["before"], one["after"]) for one in kept.shown_fields}
    assert told == {"换货收折旧费": ("否", "是"), "理由": ("", "门店统一收费")}
    overview = manager.get(f"{SHOES}/change").content.decode()
    assert "检查通过" in overview and "例子不成立" not in overview
    overview = overview.partition('id="settings"')[2].partition("</section>")[0]
    assert "已改" in overview and "只有经理可以改" in overview
    assert "门店统一收费" in manager.get(SHOES).content.decode()
    assert "门店统一收费" in desk.client("admin").get("/settings/changes?area=rule_books").content.decode()


def test_what_is_published_is_written_down_whichever_way_it_was_changed(desk: Any) -> None:
    manager = desk.client("manager")
    text = library.text_of(library.newest("mall_shoes"))[0]
    manager.post(f"{SHOES}/change", {"text": with_settings(text, {"exchange_fee_on": True})})
    [typed] = SettingChange.objects.all()
    assert typed.title == "商场三包：鞋（副本）" and [one["label"] for one in typed.shown_fields] == ["换货收折旧费"]
    assert manager.post(f"{SHOES}/publish", PUBLISHED).status_code == 302
    [kept] = SettingChange.objects.exclude(pk=typed.pk)
    assert kept.title == "商场三包：鞋（第 2 版已发布）"
    told = {one["label"]: (one["before"], one["after"]) for one in kept.shown_fields}
    assert told == {
        "换货收折旧费": ("否", "是"), "理由": ("", "门店统一收费"), "生效日期": ("", "2026-03-02"),
        "由谁确认合法": ("", "法务部"),
    }  # fmt: skip
    assert library.newest("mall_shoes").settings["exchange_fee_on"].value is True


def test_only_a_manager_switches_it_on_by_form_by_text_or_over_the_api(desk: Any) -> None:
    page = desk.client("admin").get(f"{SHOES}/change/settings").content.decode()
    assert "只有经理可以改" in page and re.search(f'<select name="{FEE}"[^>]*disabled', page)
    assert fee_on(desk, "admin").status_code == 302
    found = publishing.open_draft("mall_shoes")
    assert found is not None and settings(found.text) == {"exchange_fee_on": "false"}
    text = with_settings(found.text, {"exchange_fee_on": True}).replace("managers_only: true, ", "")
    desk.client("admin").post(f"{SHOES}/change", {"text": text})
    answer = desk.client("admin").post(f"{SHOES}/publish", PUBLISHED)
    assert answer.status_code == 422 and "“换货收折旧费”只有经理可以改" in answer.content.decode()
    assert not PublishedBook.objects.exists()
    assert not SettingChange.objects.filter(title="商场三包：鞋（第 2 版已发布）").exists()
    assert desk.client("manager").post(f"{SHOES}/publish", PUBLISHED).status_code == 302


@pytest.mark.parametrize(("who", "reads", "saves"), [
    ("agent", 403, 403), ("lead", 403, 403), ("auditor", 404, 403), ("admin", 200, 302), ("manager", 200, 302),
])  # fmt: skip
def test_who_may_open_and_who_may_change_the_settings(desk: Any, who: str, reads: int, saves: int) -> None:
    client, sent = desk.client(who), {**HOURS, MONTHS: "24", "reason": "目录", "seen": seen("national_general")}
    assert client.get(f"{APPLIANCES}/change/settings").status_code == reads
    assert client.post(f"{APPLIANCES}/change/settings", sent).status_code == saves


def test_who_only_reads_sees_the_settings_of_a_copy_and_no_button(desk: Any) -> None:
    publishing.draft_of("national_general", desk.people["manager"].pk, clock.now())
    page = desk.client("auditor").get(f"{APPLIANCES}/change/settings").content.decode()
    assert "整机三包月数" in page and '<fieldset class="contents" disabled>' in page and "form-acts" not in page


@pytest.mark.parametrize(("typed", "said"), [
    ("0", "1"), ("601", "600"), ("1.5", "小数"), ("soon", "数字"), ("", "必填"),
])  # fmt: skip
def test_a_number_that_does_not_fit_is_named_and_nothing_is_kept(desk: Any, typed: str, said: str) -> None:
    sent = {**HOURS, MONTHS: typed, "reason": "目录", "seen": seen("national_general")}
    answer = desk.client("manager").post(f"{APPLIANCES}/change/settings", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page.partition(f'id_{MONTHS}_error')[2].partition("</p>")[0]
    draft = publishing.open_draft("national_general")
    assert draft is not None and settings(draft.text)["guarantee_months"] == "12"
    assert not SettingChange.objects.exists()


def test_a_number_is_kept_with_its_unit_and_unchanged_settings_ask_for_no_reason(desk: Any) -> None:
    manager, path = desk.client("manager"), f"{APPLIANCES}/change/settings"
    page = manager.get(path).content.decode()
    assert "整机三包月数" in page and "个月" in page and "目录按品种另有规定" in page
    sent = {**HOURS, MONTHS: "12", "seen": seen("national_general")}
    assert manager.post(path, sent).status_code == 302 and not SettingChange.objects.exists()
    assert manager.post(path, {**sent, MONTHS: "24", "reason": "目录"}).status_code == 302
    [kept] = SettingChange.objects.all()
    assert (kept.shown_fields[0]["before"], kept.shown_fields[0]["after"]) == ("12 个月", "24 个月")
    assert "现行版本：12 个月" in manager.get(path).content.decode()


def test_two_people_do_not_lose_each_others_setting(desk: Any) -> None:
    mine = {**HOURS, MONTHS: "24", "reason": "目录", "seen": seen("national_general")}
    path = f"{APPLIANCES}/change/settings"
    assert desk.client("admin").post(path, {**mine, MONTHS: "18"}).status_code == 302
    answer = desk.client("manager").post(path, mine)
    assert answer.status_code == 409 and "刚被别人改过" in answer.content.decode()
    assert settings(BookDraft.objects.get().text)["guarantee_months"] == "18"
    assert desk.client("manager").post(path, {**mine, "seen": seen("national_general")}).status_code == 302


def test_a_slip_in_a_setting_is_named_and_leads_to_the_form_that_mends_it(desk: Any) -> None:
    manager = desk.client("manager")
    text = library.text_of(library.newest("national_general"))[0].replace("value: 12,", "value: soon,")
    page = manager.post(f"{APPLIANCES}/change", {"text": text}).content.decode()
    assert f"{APPLIANCES}/change/settings" in page and "应当是一个数" in page
    sent = {**HOURS, MONTHS: "12", "reason": "改正", "seen": seen("national_general")}
    assert manager.post(f"{APPLIANCES}/change/settings", sent).status_code == 302
    assert settings(BookDraft.objects.get().text)["guarantee_months"] == "12"


def test_a_book_without_settings_has_no_form(desk: Any) -> None:
    assert desk.client("manager").get("/rule-books/facility/change/settings").status_code == 404


def test_settings_are_changed_where_they_stand() -> None:
    text = "a: 1\nsettings:\n  one: {value: false, label: 甲 / A}  # why\n  two:\n    label: 乙 / B\n    value: 12\n"
    after = with_settings(text, {"one": True, "two": "a: b"})
    wanted = text.replace("value: false", "examples: false, value: true")
    assert after == wanted.replace("value: 12", 'examples: 12\n    value: "a: b"')
    assert settings(after) == {"one": "true", "two": "a: b"}
    again = with_settings(after, {"two": Decimal("24")})
    assert "examples: 12\n    value: 24" in again
    assert with_settings(again, {"one": False, "two": Decimal("12")}) == text
    assert with_settings(text, {"one": False}) == text
    last = text.replace("{value: false, label: 甲 / A}", "{label: 甲 / A, value: true, examples: false}")
    assert with_settings(last, {"one": False}) == text.replace("{value: false, label: 甲 / A}",
                                                               "{label: 甲 / A, value: false}")  # fmt: skip
    for wrong in ({"three": True}, {"one": True, "three": False}):
        with pytest.raises(NotEditable):
            with_settings(text, wrong)
