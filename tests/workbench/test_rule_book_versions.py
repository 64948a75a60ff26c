"""Versions of a rule book: withdrawn before they begin, copied again from any earlier one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk
from tests.workbench.rulinghouse import SHOES, books_as_shipped, changed_text
from tests.workbench.test_rule_books import typed

from tuoshan import clock
from tuoshan.core.policy.editing.setting_editing import with_settings
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import keeping, library, publishing, retracing
from tuoshan.rulings.asking import ask
from tuoshan.rulings.models import BookDraft, BookText, DroppedDraft, PublishedBook

pytestmark = pytest.mark.django_db
__all__ = ["books_as_shipped", "desk"]

BOOK = "/rule-books/mall_shoes"


def today() -> date:
    return timezone.localdate(clock.now())


def published(desk: Any, *, begins: date, text: str = "") -> PublishedBook:
    manager = desk.people["manager"].pk
    publishing.save_draft("mall_shoes", text or changed_text()[1], {}, person_id=manager, now=clock.now())
    return publishing.publish("mall_shoes", begins=begins, reason="新办法", confirmed_by="法务部", person_id=manager,
                              now=clock.now())  # fmt: skip


def bought(day: date) -> Any:
    facts = {**SHOES, "sold_on": day.isoformat(), "delivered_on": day.isoformat(), "reported_on": day.isoformat()}
    ruling = ask(facts, day, book="mall_shoes").ruling
    assert ruling is not None
    return ruling


def test_a_version_that_begins_tomorrow_is_withdrawn_and_another_may_begin_on_that_day(desk: Any) -> None:
    tomorrow = today() + timedelta(days=1)
    published(desk, begins=tomorrow)
    assert [pack.version for pack in bought(tomorrow).packs] == [2]
    manager = desk.client("manager")
    page = manager.get(BOOK).content.decode()
    assert f"{BOOK}/versions/2/withdraw" in page
    head = page.partition("</h1>")[2].partition("依据：")[0]
    assert "第 1 版" in head[:300] and f"第 2 版已经发布，从 {tomorrow} 起生效" in head and "?version=2" in head
    assert "不超过 5 厘米" in page and "不超过 7 厘米" not in page.partition('id="changes"')[0], "what holds today"
    coming = manager.get(f"{BOOK}?version=2").content.decode()
    head = coming.partition("</h1>")[2].partition("依据：")[0]
    assert "尚未生效" in head and f"从 {tomorrow} 起生效" in head and "现在生效的是第 1 版" in head
    assert "不超过 7 厘米" in coming.partition('id="changes"')[0] and "已经发布，从" not in head
    assert "下面是第" not in manager.get(f"{BOOK}?version=1").content.decode()
    refused = manager.post(f"{BOOK}/versions/2/withdraw", {"reason": " "})
    assert refused.status_code == 422 and not PublishedBook.objects.exclude(withdrawn_at=None).exists()
    assert manager.post(f"{BOOK}/versions/2/withdraw", {"reason": "五厘米写成了七厘米"}).status_code == 302
    assert [pack.version for pack in bought(tomorrow).packs] == [1], "the mistake never counts"
    row = PublishedBook.objects.get()
    assert (row.withdrawn_by_id, row.withdrawn_reason) == (desk.people["manager"].pk, "五厘米写成了七厘米")
    change = SettingChange.objects.get()
    assert change.title == "商场三包：鞋（第 2 版已撤回）" and change.person_id == desk.people["manager"].pk
    assert told(change) == {"原定生效日期": (tomorrow.isoformat(), ""), "理由": ("", "五厘米写成了七厘米")}
    page = manager.get(BOOK).content.decode()
    assert "已撤回" in page and "五厘米写成了七厘米" in page and "第 1 版" in page.partition("</h1>")[2][:200]
    assert f"{BOOK}/versions/2/withdraw" not in page
    assert "第 2 版" in manager.get(f"{BOOK}?version=2").content.decode().partition("</h1>")[2][:200]
    again = published(desk, begins=tomorrow)
    assert (again.version, again.begins) == (3, tomorrow), "its number is not given again"
    assert [pack.version for pack in bought(tomorrow).packs] == [3]


def test_what_counts_already_what_was_withdrawn_and_what_was_shipped_are_not_withdrawn(desk: Any) -> None:
    published(desk, begins=today())
    manager = desk.client("manager")
    given = {"reason": "写错了"}
    begun = manager.post(f"{BOOK}/versions/2/withdraw", given)
    assert begun.status_code == 422 and "已经生效，不能撤回" in begun.content.decode()
    shipped = manager.post(f"{BOOK}/versions/1/withdraw", given)
    assert shipped.status_code == 422 and "随产品提供的版本不能撤回" in shipped.content.decode()
    published(desk, begins=today() + timedelta(days=1), text=changed_text_again())
    assert manager.post(f"{BOOK}/versions/3/withdraw", given).status_code == 302
    twice = manager.post(f"{BOOK}/versions/3/withdraw", given)
    assert twice.status_code == 422 and "已经撤回" in twice.content.decode()
    assert manager.post(f"{BOOK}/versions/9/withdraw", given).status_code == 404
    assert [pack.version for pack in library.versions("mall_shoes")] == [1, 2]
    assert SettingChange.objects.count() == 1


@pytest.mark.parametrize("who", ["agent", "lead", "auditor"])
def test_who_may_not_publish_may_not_withdraw_or_copy(desk: Any, who: str) -> None:
    published(desk, begins=today() + timedelta(days=1))
    client = desk.client(who)
    assert client.post(f"{BOOK}/versions/2/withdraw", {"reason": "写错了"}).status_code == 403
    assert client.post(f"{BOOK}/versions/1/copy").status_code == 403
    page = client.get(BOOK).content.decode()
    assert "/withdraw" not in page and "/copy" not in page
    assert library.newest("mall_shoes").version == 2


def test_a_managers_setting_is_not_undone_by_somebody_else(desk: Any) -> None:
    text = library.text_of(library.newest("mall_shoes"))[0]
    published(desk, begins=today() + timedelta(days=1), text=with_settings(text, {"exchange_fee_on": True}))
    path, given = f"{BOOK}/versions/2/withdraw", {"reason": "写错了"}
    answer = desk.client("admin").post(path, given)
    assert answer.status_code == 422 and "“换货收折旧费”只有经理可以改" in answer.content.decode()
    assert desk.client("manager").post(path, given).status_code == 302


def test_a_ruling_that_was_asked_ahead_keeps_its_trace(desk: Any) -> None:
    tomorrow = today() + timedelta(days=1)
    published(desk, begins=tomorrow)
    row = keeping.keep(bought(tomorrow), person_id=desk.people["agent"].pk, now=clock.now())
    assert '"mall_shoes",2,' in row.packs.replace(" ", "")
    publishing.withdraw("mall_shoes", 2, reason="写错了", person_id=desk.people["manager"].pk, now=clock.now())
    assert retracing.worked_out_again(row) is not None
    BookText.objects.all().delete()  # as of before texts were kept
    assert retracing.worked_out_again(row) is not None


def test_version_one_comes_back_whole_with_the_examples_that_version_two_had_lost(desk: Any) -> None:
    shipped = library.text_of(library.newest("mall_shoes"))
    published(desk, begins=today())
    assert "\nexamples:" not in library.text_of(library.newest("mall_shoes"))[0]
    manager = desk.client("manager")
    assert manager.post(f"{BOOK}/versions/1/copy").status_code == 302
    draft = publishing.open_draft("mall_shoes")
    assert draft is not None and (draft.text, publishing.tables_of(draft)) == shipped
    given = {"begins": (today() + timedelta(days=1)).isoformat(), "confirmed_by": "法务部", "reason": "恢复"}
    assert manager.post(f"{BOOK}/publish", given).status_code == 302
    newest = library.newest("mall_shoes")
    assert newest.version == 3 and newest.hash == library.versions("mall_shoes")[0].hash


def test_a_copy_with_changes_in_it_is_not_thrown_away_for_another(desk: Any) -> None:
    published(desk, begins=today())
    manager = desk.client("manager")
    manager.get(f"{BOOK}/change")  # opened and left as it was: it gives way
    assert manager.post(f"{BOOK}/versions/1/copy").status_code == 302
    mine = publishing.open_draft("mall_shoes")
    assert mine is not None
    page = manager.post(f"{BOOK}/versions/2/copy", follow=True).content.decode()
    assert "已经有一份改过的副本" in page
    left = publishing.open_draft("mall_shoes")
    assert left is not None and left.text == mine.text
    assert manager.post(f"{BOOK}/versions/9/copy").status_code == 404


def test_a_copy_of_the_version_that_is_withdrawn_goes_on_upon_the_one_before(desk: Any) -> None:
    """Somebody mends the mistake in a copy first and withdraws the version then."""
    tomorrow = today() + timedelta(days=1)
    published(desk, begins=tomorrow)
    text = changed_text_again()
    publishing.save_draft("mall_shoes", text, {}, person_id=desk.people["manager"].pk, now=clock.now())
    manager = desk.client("manager")
    manager.post(f"{BOOK}/versions/2/withdraw", {"reason": "写错了"})
    given = {"begins": tomorrow.isoformat(), "confirmed_by": "法务部", "reason": "六厘米"}
    assert manager.post(f"{BOOK}/publish", given).status_code == 302
    assert library.newest("mall_shoes").version == 3


def told(change: SettingChange) -> dict[str, tuple[str, str]]:
    return {one["label"]: (one["before"], one["after"]) for one in change.shown_fields}


def newest_change() -> SettingChange:
    return SettingChange.objects.order_by("-id")[0]


def test_what_a_manager_changes_stands_in_the_record_old_and_new(desk: Any) -> None:
    """A cell, a row, a clause and an example; opening the copy is no change."""
    manager = desk.client("manager")
    page = manager.get(f"{BOOK}/change").content.decode()
    assert "最后修改" not in page and not SettingChange.objects.exists()
    table = f"{BOOK}/change/tables/repair"
    assert manager.post(table, typed(desk, "repair", r1__opening_cm="<= 7")).status_code == 302
    [cell] = SettingChange.objects.all()
    assert cell.person_id == desk.people["manager"].pk and cell.title == "商场三包：鞋（副本）"
    assert told(cell) == {"修理 · 第 2 行（glue_small） · 开胶长度": ("不超过 5 厘米", "不超过 7 厘米")}
    assert manager.post(table, typed(desk, "repair", r1__opening_cm="<= 7")).status_code == 302
    assert SettingChange.objects.count() == 1, "saved as it was"
    assert "最后修改" in manager.get(f"{BOOK}/change").content.decode()
    assert manager.post(table, {**typed(desk, "repair"), "do": "drop-1"}).status_code == 302
    [(label, (before, after))] = told(newest_change()).items()
    assert label == "修理 · 第 2 行（glue_small）" and after == "已删除"
    assert "开胶长度：不超过 7 厘米" in before and "可以 维修" in before
    name = library.newest("mall_shoes").examples[0].name
    assert manager.post(f"{BOOK}/change/examples/drop", {"example": name}).status_code == 302
    [(label, (before, after))] = told(newest_change()).items()
    assert label.startswith("例子 ") and name.split(" / ")[0] in label and after == "已删除"
    assert "应当：" in before and "expect" not in before, "in words"
    clause = f"{BOOK}/change/clauses/M08"
    seen = manager.get(clause).content.decode().partition('name="seen" value="')[2].partition('"')[0]
    manager.post(clause, {"zh": "不退不换", "en": "Nothing", "seen": seen})
    assert told(newest_change())["条款 M08"][1] == "不退不换"
    shown = manager.get(BOOK).content.decode().partition('id="changes"')[2]
    assert "变更记录" in shown and "不超过 5 厘米" in shown and "不超过 7 厘米" in shown and "不退不换" in shown
    assert 'id="changes"' not in desk.client("agent").get(BOOK).content.decode()
    assert f"{BOOK}#changes" in manager.get(f"{BOOK}/change").content.decode()
    assert manager.post(f"{BOOK}/drop").status_code == 302
    assert newest_change().title == "商场三包：鞋（丢弃副本）"


def test_who_publishes_is_not_the_one_who_confirmed_that_it_is_lawful(desk: Any) -> None:
    """By screen and by program; another person of the company, or a lawyer outside, who is marked as one."""
    manager, person = desk.client("manager"), desk.people["manager"]
    publishing.save_draft("mall_shoes", changed_text()[1], {}, person_id=person.pk, now=clock.now())
    given = {"begins": (today() + timedelta(days=1)).isoformat(), "reason": "新办法"}
    for name in (person.display_name, f" {person.username.upper()} "):
        answer = manager.post(f"{BOOK}/publish", {**given, "confirmed_by": name})
        assert answer.status_code == 422 and "发布的人不能由自己确认合法" in answer.content.decode(), name
        told = Caller(person, "admin").send("POST", f"{BOOK}/publish", {**given, "confirmed_by": name}, expect=422)
        assert "不能由自己确认" in told["facts"]["fields"]["confirmed_by"]
    assert not PublishedBook.objects.exists()
    suggested = manager.get(f"{BOOK}/change").content.decode().partition('<datalist id="confirmers">')[2]
    assert f'value="{person.display_name}"' not in suggested.partition("</datalist>")[0]
    lead = desk.people["lead"].display_name
    assert manager.post(f"{BOOK}/publish", {**given, "confirmed_by": lead}).status_code == 302
    page = manager.get(BOOK).content.decode()
    assert f"{lead} 确认合法" in page and "确认人不是本系统的人员" not in page
    PublishedBook.objects.update(confirmed_by="正大律师事务所 王律师")
    assert "确认人不是本系统的人员" in manager.get(BOOK).content.decode()


def test_discarding_a_copy_asks_once_with_its_changes_and_can_be_undone(desk: Any) -> None:
    manager, table = desk.client("manager"), f"{BOOK}/change/tables/repair"
    manager.post(table, typed(desk, "repair", r1__opening_cm="<= 7"))
    manager.post(table, typed(desk, "repair", r1__opening_cm="<= 7", r0__because_zh="小毛病", r0__because_en="Small"))
    text = BookDraft.objects.get().text
    asked = manager.get(f"{BOOK}/drop").content.decode()
    assert "会丢弃 3 处改动" in asked and "不超过 5 厘米 → 不超过 7 厘米" in asked and BookDraft.objects.exists()
    assert 'method="post" action="/rule-books/mall_shoes/drop"' not in manager.get(f"{BOOK}/change").content.decode()
    manager.post(f"{BOOK}/drop")
    assert not BookDraft.objects.exists()
    page = manager.get(BOOK).content.decode()
    assert "丢弃了一份副本，里面有 3 处改动" in page and "恢复这份副本" in page
    assert "恢复这份副本" not in desk.client("agent").get(BOOK).content.decode()
    assert desk.client("agent").post(f"{BOOK}/drop/back").status_code == 403
    manager.get(f"{BOOK}/change")
    assert manager.post(f"{BOOK}/drop/back").status_code == 302, "a copy that says nothing new gives way"
    assert BookDraft.objects.get().text == text and not DroppedDraft.objects.exists()
    assert newest_change().title == "商场三包：鞋（恢复丢弃的副本）"
    assert told(newest_change())["修理 · 第 2 行（glue_small） · 开胶长度"] == ("不超过 5 厘米", "不超过 7 厘米")
    assert manager.post(f"{BOOK}/drop/back", follow=True).content.decode().count("没有可以恢复的副本") == 1


def test_a_discarded_copy_does_not_push_another_one_out(desk: Any) -> None:
    """It waits behind the one that was begun since, and is gone once that one is published."""
    manager, table = desk.client("manager"), f"{BOOK}/change/tables/repair"
    manager.post(table, typed(desk, "repair", r1__opening_cm="<= 7"))
    manager.post(f"{BOOK}/drop")
    manager.post(table, typed(desk, "repair", r0__because_zh="小毛病", r0__because_en="Small"))
    text = BookDraft.objects.get().text
    assert "恢复这份副本" not in manager.get(BOOK).content.decode()
    assert "已经有一份改过的副本" in manager.post(f"{BOOK}/drop/back", follow=True).content.decode()
    assert BookDraft.objects.get().text == text and DroppedDraft.objects.exists()
    publishing.publish("mall_shoes", begins=today() + timedelta(days=1), reason="新办法", confirmed_by="法务部",
                       person_id=desk.people["manager"].pk, now=clock.now())  # fmt: skip
    assert not DroppedDraft.objects.exists()
    assert "恢复这份副本" not in manager.get(BOOK).content.decode()


def test_a_text_that_cannot_be_read_is_no_book_without_clauses(desk: Any) -> None:
    text, _tables = library.text_of(library.newest("mall_shoes"))
    desk.client("manager").post(f"{BOOK}/change", {"text": text + "\n: : broken ["})
    assert set(told(newest_change())) == {"其余内容"}


def test_what_a_program_changes_stands_there_too(desk: Any) -> None:
    program = Caller(desk.people["manager"], "admin")
    table = program.get("/rule-books/mall_shoes/draft/tables/repair")
    rows = [{**row, "opening_cm": "<= 7"} if row["id"] == "glue_small" else row for row in table["rows"]]
    program.send("PUT", "/rule-books/mall_shoes/draft/tables/repair", {"rows": rows, "stamp": table["stamp"]})
    assert told(newest_change()) == {"修理 · 第 2 行（glue_small） · 开胶长度": ("不超过 5 厘米", "不超过 7 厘米")}
    program.send("PUT", "/rule-books/mall_shoes/draft/tables/repair", {"rows": rows, "stamp": "old"}, expect=409)
    assert SettingChange.objects.count() == 1


def test_publishing_that_is_refused_says_so_at_the_top_and_at_the_field(desk: Any) -> None:
    """The newest version begins in three days; a day later is proposed, and one before is refused."""
    published(desk, begins=today() + timedelta(days=3))
    publishing.save_draft("mall_shoes", changed_text_again(), {}, person_id=desk.people["manager"].pk, now=clock.now())
    manager, earliest = desk.client("manager"), (today() + timedelta(days=4)).isoformat()
    form = manager.get(f"{BOOK}/change").content.decode().partition(f'action="{BOOK}/publish"')[2]
    assert f'name="begins" value="{earliest}"' in form
    given = {"begins": today().isoformat(), "confirmed_by": "法务部", "reason": "六厘米"}
    answer = manager.post(f"{BOOK}/publish", given)
    top, _form, rest = answer.content.decode().partition("检查通过")
    said = f"必须晚于最新一版的生效日期，最早 {earliest}"
    assert answer.status_code == 422 and "没有发布" in top and said in top and 'href="#id_begins"' in top
    assert said in rest.partition('id="id_begins_error"')[2][:200]
    assert manager.post(f"{BOOK}/publish", {**given, "begins": earliest}).status_code == 302


def found_of(client: Any) -> str:
    """The page of the copy above its whole text."""
    page: str = client.get(f"{BOOK}/change").content.decode()
    return page.partition("全部内容（YAML）")[0]


def test_cells_and_findings_are_told_in_words(desk: Any) -> None:
    """No code of the files and no line of theirs where a manager reads; the command line keeps both."""
    manager = desk.client("manager")
    table = f"{BOOK}/change/tables/repair"
    manager.post(table, typed(desk, "repair", r1__opening_cm="<= 7"))
    page = manager.get(table).content.decode()
    assert "不超过 7 厘米" in page.partition('id="r1-opening_cm"')[2][:400]
    defect = page.partition('<select class="select" id="r1-defect"')[2].partition("</select>")[0]
    assert '<option value="glue" selected>开胶</option>' in defect and '<option value="">不限</option>' in defect
    several = page.partition('<input class="input" id="r0-defect"')[2][:400]
    assert 'value="heel_off, seam' in several and "掉跟、开线" in several, "several values are typed, with their words"
    assert '<option value="yes" selected>是</option>' in page.partition('id="r1-covered"')[2][:400]
    findings = found_of(manager)
    one = findings.partition("例子“开胶5.1厘米，可换可退”不成立：")[2].partition("</ul>")[0]
    assert "现在算出可以：换货、维修、退货退款；例子要的是" in one
    assert "mall_shoes.yaml:" not in findings and "rights:" not in findings
    manager.post(table, typed(desk, "repair", r1__opening_cm="five", r0__clause="M99"))
    findings = found_of(manager)
    assert "《修理》第 2 行、开胶长度：“five”不是数字" in findings and "《修理》第 1 行" in findings
    assert "mall_shoes.yaml:" not in findings
    text = publishing.copy_of_newest("mall_shoes").text.replace('opening_cm: "<= 5"', 'opening_cm: "five"')
    assert "mall_shoes.yaml:" in publishing.prove("mall_shoes", text, {}).findings[0].in_language("en")


def test_a_choice_is_chosen_and_what_is_none_is_typed_and_named(desk: Any) -> None:
    manager, table = desk.client("manager"), f"{BOOK}/change/tables/repair"
    manager.post(table, typed(desk, "repair", r1__defect="seam", r1__problem="-"))
    assert told(newest_change())["修理 · 第 2 行（glue_small） · 毛病"] == ("开胶", "开线")
    page = manager.get(table).content.decode()
    assert '<option value="seam" selected>开线</option>' in page.partition('id="r1-defect"')[2]
    manager.post(table, typed(desk, "repair", r1__defect="glou"))
    page = manager.get(table).content.decode()
    assert '<input class="input" id="r1-defect" name="r1-defect" value="glou"' in page
    assert 'id="r1-defect_error"' in page


def test_the_order_of_rows_is_told_by_what_they_ask_for_and_an_empty_row_as_one(desk: Any) -> None:
    manager, table = desk.client("manager"), f"{BOOK}/change/tables/guarantee"
    manager.post(table, {**typed(desk, "guarantee"), "do": "up-1"})
    [(label, (before, after))] = told(newest_change()).items()
    assert label == "三包期 · 行的次序"
    assert before == "1 皮革（含皮革童鞋）；2 旅游、运动、合成革；3 其余"
    assert after == "1 旅游、运动、合成革；2 皮革（含皮革童鞋）；3 其余"
    manager.post(table, {**typed(desk, "guarantee"), "do": "add"})
    assert told(newest_change()) == {"三包期 · 第 3 行（new）": ("", "空行")}


def changed_text_again() -> str:
    text, _tables = library.text_of(library.newest("mall_shoes"))
    text = text.replace('opening_cm: "<= 7"', 'opening_cm: "<= 6"').replace('opening_cm: "> 7"', 'opening_cm: "> 6"')
    return text.replace("七厘米", "六厘米").replace("7 cm", "6 cm")
