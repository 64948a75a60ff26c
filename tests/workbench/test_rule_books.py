"""Rule books read, changed by their tables and clauses, checked and published."""

import html
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.workbench.deskhouse import desk  # noqa: F401
from tests.workbench.rulinghouse import SHOES, bench, books_as_shipped, changed_text, kept, without_examples  # noqa: F401

from tuoshan import clock
from tuoshan.core.policy.editing import clause_editing
from tuoshan.parties.models import SettingChange
from tuoshan.rulings import copying, effects, keeping, library, publishing
from tuoshan.rulings.asking import ask
from tuoshan.rulings.models import PublishedBook

pytestmark = pytest.mark.django_db


def test_a_copy_is_checked_and_held_against_past_rulings_before_it_is_published(desk: Any) -> None:  # noqa: F811
    kept(desk, desk.accepted())
    _pack, text = changed_text()
    manager = desk.client("manager")
    page = manager.post("/rule-books/mall_shoes/change", {"text": text}).content.decode()
    assert "看了 1 份裁定，本规则包涉及其中 1 份，1 份会变" in page
    assert "¥399.00 → " in page and "发布新版本" in page


def test_a_published_version_counts_from_its_day_and_the_one_before_until_then(desk: Any) -> None:  # noqa: F811
    _pack, text = changed_text()
    manager = desk.client("manager")
    manager.post("/rule-books/mall_shoes/change", {"text": text})
    given = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 302
    row = PublishedBook.objects.get()
    assert (row.version, row.confirmed_by, row.published_by_id) == (2, "法务部", desk.people["manager"].pk)
    before, after = (
        ask({**SHOES, "sold_on": day, "delivered_on": day, "reported_on": "2026-03-02"}, date(2026, 3, 2),
            book="mall_shoes").ruling
        for day in ("2026-03-01", "2026-03-02")
    )  # fmt: skip
    assert before is not None and after is not None
    assert {right.remedy for right in before.rights} == {"exchange", "return"}
    assert {right.remedy for right in after.rights} >= {"repair"}
    assert [pack.version for pack in (*before.packs, *after.packs)] == [1, 2]


def test_a_version_never_begins_before_today_whichever_way_it_is_published(desk: Any) -> None:  # noqa: F811
    """What was sold and promised before keeps its rules: shoes sold on 1 March were sold under version 1."""
    _pack, text = changed_text()
    manager = desk.client("manager")
    manager.post("/rule-books/mall_shoes/change", {"text": text})
    given = {"begins": "2026-03-01", "confirmed_by": "法务部", "reason": "新办法"}
    answer = manager.post("/rule-books/mall_shoes/publish", given)
    said = answer.content.decode().partition('id="id_begins_error"')[2][:200]
    assert answer.status_code == 422 and "最早 2026-03-02" in said
    with pytest.raises(publishing.TooEarly) as refused:
        publishing.publish("mall_shoes", begins=date(2020, 1, 1), reason="新", confirmed_by="法务部",
                           person_id=desk.people["manager"].pk, now=clock.now())  # fmt: skip
    assert refused.value.day == date(2026, 3, 2) and not PublishedBook.objects.exists()
    assert manager.post("/rule-books/mall_shoes/publish", {**given, "begins": "2026-03-02"}).status_code == 302


def test_a_book_with_a_finding_never_replaces_the_one_that_works(desk: Any) -> None:  # noqa: F811
    _pack, text = changed_text()
    manager = desk.client("manager")
    broken = text.replace("clause: M02", "clause: M99")
    page = manager.post("/rule-books/mall_shoes/change", {"text": broken}).content.decode()
    assert "没有条款 M99" in page and "发布新版本" not in page
    given = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 422
    assert not PublishedBook.objects.exists() and "M99" in publishing.draft_of("mall_shoes", 1, clock.now()).text


def test_books_can_be_read_by_everybody_and_changed_by_managers_alone(desk: Any) -> None:  # noqa: F811
    page = desk.client("auditor").get("/rule-books/mall_shoes").content.decode()
    assert "三包期" in page and "209.99 元不到 210 元，只有 M02" in page, "with why its boundaries lie where they do"
    told = sum(1 for one in library.newest("mall_shoes").examples if one.because.zh)
    every = len(library.newest("mall_shoes").examples)
    assert told < every and f"{every} 个例子，其中 {told} 个写明为什么" in page, "as many as the check counts"
    assert desk.client("agent").get("/rule-books/mall_shoes/change").status_code == 403
    assert desk.client("agent").get("/rule-books/nothing").status_code == 404


def typed(desk: Any, table: str, **changed: str) -> dict[str, str]:  # noqa: F811
    """What the form of a table sends when nothing, or only this, was changed."""
    draft = publishing.draft_of("mall_shoes", desk.people["manager"].pk, clock.now())
    grid = copying.table_of(draft, table)
    sent = {"seen": copying.stamp(grid), "rows": str(len(grid.rows)), "do": "save"}
    for number, row in enumerate(grid.rows):
        sent[f"r{number}-of"] = str(row.of)
        sent |= {f"r{number}-{name}": row.cells.get(name, "") for name in grid.names}
    return {**sent, **{name.replace("__", "-"): value for name, value in changed.items()}}


TABLE = "/rule-books/mall_shoes/change/tables/repair"


def test_a_cell_is_changed_in_the_grid_and_the_rest_of_the_text_stays(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    text, _files = library.text_of(library.newest("mall_shoes"))
    page = manager.get(TABLE).content.decode()
    assert "开胶长度" in page and 'value="&lt;= 5"' in page and "可以 维修" in page
    assert manager.post(TABLE, typed(desk, "repair", r1__opening_cm="<= 7")).status_code == 302
    draft = publishing.draft_of("mall_shoes", 1, clock.now())
    before, after = text.splitlines(), draft.text.splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [(changed[0][0], changed[0][0].replace('"<= 5"', '"<= 7"'))] and "glue_small" in changed[0][0]
    overview = manager.get("/rule-books/mall_shoes/change").content.decode()
    assert "已改" in overview and "修理" in overview


@pytest.mark.parametrize(("typed_as", "stands"), [
    ("开胶", "glue"), ("掉跟、开胶", "heel_off, glue"), ("掉跟/开胶", "heel_off, glue"), ("不是开胶", "not glue"),
    ("掉跟，glue", "heel_off, glue"), ("开胶水", "开胶水"), ("-", ""),
])  # fmt: skip
def test_a_choice_is_taken_by_the_name_that_the_screen_shows(desk: Any, typed_as: str, stands: str) -> None:  # noqa: F811
    """In the grid and in an uploaded sheet alike; what is no name stays as typed and is found wrong."""
    manager = desk.client("manager")
    manager.post(TABLE, typed(desk, "repair", r1__defect=typed_as, r1__covered="是"))

    def row() -> Any:
        return copying.table_of(publishing.draft_of("mall_shoes", 1, clock.now()), "repair").rows[1].cells

    assert (row().get("defect", ""), row()["covered"]) == (stands, "yes")
    assert ("没有选项“开胶水”" in manager.get(TABLE).content.decode()) is (typed_as == "开胶水")
    lines = manager.get(f"{TABLE}.csv").content.decode("utf-8-sig").splitlines()
    given = ["掉跟、开胶" if cell in ("glue", '"heel_off, glue"') else cell for cell in lines[2].split(",")]
    if stands == "glue":
        sheet = "\n".join([*lines[:2], ",".join(given), *lines[3:]])
        manager.post(f"{TABLE}/upload", {"sheet": SimpleUploadedFile("t.csv", sheet.encode())})
        assert row()["defect"] == "heel_off, glue"


def test_a_row_that_can_never_hold_is_told_with_the_one_before_it_and_which_is_new(desk: Any) -> None:  # noqa: F811
    """An empty row is put above the last one, which holds for all the rest: that one is right, the new one is not."""
    manager, path = desk.client("manager"), "/rule-books/mall_shoes/change/tables/guarantee"
    manager.post(path, {**typed(desk, "guarantee"), "do": "add"})
    page = manager.get(path).content.decode()
    said = "第 3 行（new，新加的）没有条件，什么都归它，排在它后面的第 4 行（others）永远轮不到"
    top = page.partition("处要改，标在各行")[2].partition("<form")[0]
    assert said in top and 'href="#row-2"' in top, "above the table, with the way to the new row"
    new, last = (page.partition(f'id="row-{number}"')[2].partition("</tbody>")[0] for number in (2, 3))
    assert said in new and said in last
    assert "永远轮不到这一行" not in page and "删除它，或移到" not in page
    manager.post(path, {**typed(desk, "guarantee", r2__shoe_kind="leather"), "do": ""})
    page = manager.get(path).content.decode()
    assert "第 3 行（new，新加的）要的情况，排在前面的第 1 行（leather）都先接走了" in page


def test_what_is_wrong_in_a_cell_is_told_above_the_table(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    page = manager.post(TABLE, typed(desk, "repair", r1__opening_cm="five"), follow=True).content.decode()
    top = page.partition("处要改，标在各行")[2].partition("<form")[0]
    assert "第 2 行（glue_small） 开胶长度" in top and "“five”不是数字" in top and 'href="#row-1"' in top
    assert "已保存并检查" not in page


def test_rows_are_moved_copied_added_and_removed_by_plain_buttons(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")

    def ids(table: str) -> list[str]:
        draft = publishing.draft_of("mall_shoes", 1, clock.now())
        return [row.cells["id"] for row in copying.table_of(draft, table).rows]

    path = "/rule-books/mall_shoes/change/tables/guarantee"
    for do, after in (
        ("up-1", ["sports", "leather", "others"]), ("down-0", ["leather", "sports", "others"]),
        ("copy-1", ["leather", "sports", "sports_2", "others"]), ("drop-2", ["leather", "sports", "others"]),
        ("add", ["leather", "sports", "new", "others"]), ("up-0", ["leather", "sports", "new", "others"]),
        ("drop-99", ["leather", "sports", "new", "others"]),
    ):  # fmt: skip
        answer = manager.post(path, {**typed(desk, "guarantee"), "do": do})
        assert answer.status_code == 302 and ids("guarantee") == after, do
        assert manager.get(answer.headers["Location"]).status_code == 200


def test_a_row_in_which_nothing_stands_is_not_saved_and_is_named_by_its_number(desk: Any) -> None:  # noqa: F811
    """The last row of the guarantee's table deleted, one added, nothing written: cloth shoes would have none."""
    manager, path = desk.client("manager"), "/rule-books/mall_shoes/change/tables/guarantee"
    manager.post(path, {**typed(desk, "guarantee"), "do": "drop-2"})
    manager.post(path, {**typed(desk, "guarantee"), "do": "add"})
    before = publishing.draft_of("mall_shoes", 1, clock.now()).text
    answer = manager.post(path, typed(desk, "guarantee"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "第 3 行什么也没有写" in page and "没有保存" in page and 'value="new"' in page
    row = manager.post(f"{path}/rows/2", {"seen": typed(desk, "guarantee")["seen"], "id": "new", "do": "save"})
    assert row.status_code == 422 and "第 3 行什么也没有写" in row.content.decode()
    assert publishing.draft_of("mall_shoes", 1, clock.now()).text == before
    assert manager.post(path, typed(desk, "guarantee", r2__guarantee_months="1", r2__clause="M01")).status_code == 302


def test_findings_stand_beside_their_row_and_cell(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    manager.post(TABLE, typed(desk, "repair", r1__opening_cm="five", r0__clause="M99", r0__then="{right: fly}"))
    page = manager.get(TABLE).content.decode()
    assert "“five”不是数字" in page.partition('id="r1-opening_cm_error"')[2][:200]
    assert "没有条款 M99" in page and "没有处理方案“fly”" in page.partition('id="r0-then_error"')[2][:200]
    overview = manager.get("/rule-books/mall_shoes/change").content.decode()
    assert f"{TABLE}#row-1" in overview and "发布新版本" not in overview


def test_two_people_do_not_lose_each_others_rows(desk: Any) -> None:  # noqa: F811
    mine = typed(desk, "repair", r1__opening_cm="<= 7")
    assert desk.client("admin").post(TABLE, typed(desk, "repair", r1__opening_cm="<= 6")).status_code == 302
    answer = desk.client("manager").post(TABLE, mine)
    page = answer.content.decode()
    assert answer.status_code == 409 and "刚被别人改过" in page and 'value="&lt;= 7"' in page
    assert '"<= 6"' in publishing.draft_of("mall_shoes", 1, clock.now()).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert desk.client("manager").post(TABLE, {**mine, "seen": seen}).status_code == 302
    assert '"<= 7"' in publishing.draft_of("mall_shoes", 1, clock.now()).text


def test_a_table_goes_to_a_spreadsheet_and_back(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    answer = manager.get(f"{TABLE}.csv")
    sheet = answer.content
    assert sheet.startswith(b"\xef\xbb\xbf") and "开胶长度 opening_cm".encode() in sheet
    assert "repair.csv" in answer["Content-Disposition"]
    changed = sheet.decode("utf-8-sig").replace("<= 5", "<= 7").encode("gb18030")
    file = SimpleUploadedFile("t.csv", changed)
    assert manager.post(f"{TABLE}/upload", {"sheet": file}).status_code == 302
    assert 'opening_cm: "<= 7"' in publishing.draft_of("mall_shoes", 1, clock.now()).text


def test_a_spreadsheet_with_mistakes_is_refused_by_row_and_column(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    sheet = manager.get(f"{TABLE}.csv").content.decode("utf-8-sig")
    for old, new, said in (
        ("<= 5", "short", "第 3 行，“开胶长度 opening_cm”列：“short”不是数字"),
        ("opening_cm", "colour", "没有“开胶长度 colour”这一列"),
        (",M02", ",M77", "没有条款 M77"),
    ):
        answer = manager.post(
            f"{TABLE}/upload", {"sheet": SimpleUploadedFile("t.csv", sheet.replace(old, new).encode())}
        )
        assert answer.status_code == 422 and said in answer.content.decode(), said
    assert manager.post(f"{TABLE}/upload", {}).status_code == 422
    assert publishing.draft_of("mall_shoes", 1, clock.now()).text == library.text_of(library.newest("mall_shoes"))[0]


def test_a_clause_is_changed_in_a_form(desk: Any) -> None:  # noqa: F811
    manager = desk.client("manager")
    path = "/rule-books/mall_shoes/change/clauses/M08"
    page = manager.get(path).content.decode()
    assert "没有质量问题：协商解决" in page and "引用这一条的行" in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    given = {
        "zh": "没有质量问题：不退不换", "en": "No quality fault: nothing", "begins": "2026-01-01", "by": "sold_on",
        "provisional_zh": "待法务确认", "provisional_en": "", "seen": seen,
    }  # fmt: skip
    assert "中文和英文都要写" in manager.post(path, given).content.decode()
    given["provisional_en"] = "Counsel is asked"
    assert manager.post(path, given).status_code == 302
    assert (
        "  M08: {text: 没有质量问题：不退不换 / No quality fault: nothing, "
        not in publishing.draft_of("mall_shoes", 1, clock.now()).text
    )  # the colon asks for quotes
    proved = publishing.draft_of("mall_shoes", 1, clock.now()).text
    read = library.read_version("mall_shoes", proved, {}).pack
    assert read is not None and read.clauses["M08"].text.en == "No quality fault: nothing"
    assert read.clauses["M08"].in_force is not None and read.clauses["M08"].provisional.zh == "待法务确认"
    assert manager.post(path, given).status_code == 409
    new = "/rule-books/mall_shoes/change/clauses/"
    said = {"name": "M11", "zh": "新", "en": "New", "seen": copying.stamp(None), "article_zh": "消法第24条",
            "verify_number": "on"}  # fmt: skip
    assert "中文和英文都要写" in manager.post(new, said).content.decode()
    said["article_en"] = "Consumer Law 24"
    assert manager.get(new).status_code == 200 and manager.post(new, said).status_code == 302
    assert "没有任何行引用它" in manager.get(f"{new}M11").content.decode()
    clause = clause_editing.clauses(publishing.draft_of("mall_shoes", 1, clock.now()).text)["M11"]
    assert (clause.article_zh, clause.article_en, clause.verify_number) == ("消法第24条", "Consumer Law 24", True)
    assert "消法第24条：新" in manager.get("/rule-books/mall_shoes/change").content.decode()
    manager.post(f"{new}M11/drop", {"seen": copying.stamp(clause)})
    assert manager.get(f"{new}M11").status_code == 404


def test_what_is_stated_and_not_applied_is_shown_with_the_clause_above_it(desk: Any) -> None:  # noqa: F811
    """On the bench, on the book's screen, and in the form of the clause, which asks for a clause that is there."""
    said = bench(desk, SHOES)
    assert "商场三包：鞋 M04 写着“折旧费：" in said and "不适用，因为：[REG18] 实施条例第18条" in said
    assert "M04 写着" not in bench(desk, {**SHOES, "sold_on": "2024-06-20", "delivered_on": "2024-06-20"})
    manager = desk.client("manager")
    book = manager.get("/rule-books/mall_shoes").content.decode()
    assert "低于《消费者权益保护法律底线》REG18，只列明、不适用" in book
    path = "/rule-books/mall_shoes/change/clauses/M04"
    page = manager.get(path).content.decode()
    assert 'value="consumer_law.REG18"' in page and "return_in_full" in page
    given = {"zh": "折旧费", "en": "Fee", "overridden_by": "consumer_law.REG19, consumer_law.REG99"}
    given["seen"] = page.partition('name="seen" value="')[2].partition('"')[0]
    assert manager.post(path, given).status_code == 302
    assert "没有“consumer_law.REG99”" in manager.get(path).content.decode()


def test_a_whole_change_needs_no_yaml(desk: Any) -> None:  # noqa: F811
    """Five centimetres become seven: two tables, the examples that held to five expect that, two clauses say so."""
    manager = desk.client("manager")
    manager.post(TABLE, typed(desk, "repair", r1__opening_cm="<= 7"))
    manager.post(TABLE.replace("repair", "replace"), typed(desk, "replace", r3__opening_cm="> 7"))
    page = manager.get("/rule-books/mall_shoes/change").content.decode()
    many = len(library.newest("mall_shoes").examples)
    while "/change/example?" in page:
        where = html.unescape(page.partition('href="/rule-books/mall_shoes/change/example?')[2].partition('"')[0])
        shown = manager.get(f"/rule-books/mall_shoes/change/example?{where}").content.decode()
        seen, example = (html.unescape(shown.partition(f'name="{name}" value="')[2].partition('"')[0])
                         for name in ("seen", "example"))  # fmt: skip
        manager.post("/rule-books/mall_shoes/change/example", {"example": example, "seen": seen})
        page = manager.get("/rule-books/mall_shoes/change").content.decode()
    assert page.count("条款写着“五厘米”") == 2
    for name in ("M02", "M03"):
        known = clause_editing.clauses(publishing.draft_of("mall_shoes", 1, clock.now()).text)[name]
        sent = {one: getattr(known, one) for one in type(known).__slots__}
        sent["zh"] = known.zh.replace("五厘米", "七厘米")
        sent["en"] = known.en.replace("5 cm", "7 cm")
        path = f"/rule-books/mall_shoes/change/clauses/{name}"
        assert manager.post(path, {**sent, "seen": copying.stamp(known)}).status_code == 302
    given = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 302
    assert PublishedBook.objects.get().version == 2
    assert len(library.newest("mall_shoes").examples) == many, "nothing that held before is no longer watched"


@pytest.mark.parametrize("who", ["agent", "lead", "finance"])
def test_the_parts_of_a_copy_are_for_managers_alone(desk: Any, who: str) -> None:  # noqa: F811
    client = desk.client(who)
    for path in (TABLE, f"{TABLE}.csv", "/rule-books/mall_shoes/change/clauses/M08",
                 "/rule-books/mall_shoes/change/clauses/"):  # fmt: skip
        assert client.get(path).status_code == 403, path
    for path in (TABLE, f"{TABLE}/upload", "/rule-books/mall_shoes/change/clauses/M08/drop",
                 "/rule-books/mall_shoes/change/examples/drop"):  # fmt: skip
        assert client.post(path).status_code == 403, path
    assert desk.client("manager").get(TABLE.replace("repair", "nothing")).status_code == 404


def test_all_lines_and_pieces_of_a_case_count_where_a_book_changes(desk: Any) -> None:  # noqa: F811
    """One bench with 399 and twice 100 in a case, 599 altogether; an earlier ruling of 399 counts no more."""
    pack, text = changed_text()
    case = desk.accepted()
    kept(desk, case)
    for line, (paid, pieces) in enumerate((("399", 1), ("100", 2)), 1):
        ruling = ask({**SHOES, "paid": paid}, date(2026, 3, 2)).ruling
        assert ruling is not None
        keeping.keep(ruling, person_id=desk.people["agent"].pk, now=clock.now(), case_id=case.pk, session="s",
                     line=line, quantity=pieces)  # fmt: skip
    manager = desk.people["manager"].pk
    draft = publishing.save_draft(pack.name, text, library.text_of(pack)[1], person_id=manager, now=clock.now())
    found = effects.counts_of(effects.begin(draft, manager)).open
    assert (found.looked_at, found.cost_before) == (2, Decimal("599.00"))
    alone = desk.accepted()
    kept(desk, alone)
    kept(desk, alone, paid="100")
    found = effects.counts_of(effects.begin(draft, manager, again=True)).open
    assert (found.looked_at, found.cost_before) == (3, Decimal("699.00"))


def test_a_version_by_another_date_is_not_published(desk: Any) -> None:  # noqa: F811
    """Shoes sold in February and reported in March would be ruled by the mall's old book and by the new one."""
    _pack, text = changed_text()
    manager = desk.client("manager")
    other = text.replace("in_force: {by: sold_on}", "in_force: {by: reported_on}")
    page = manager.post("/rule-books/mall_shoes/change", {"text": other}).content.decode()
    assert "“reported_on”的日期，mall_shoes@1 按“sold_on”的日期：同一件事可能两版都适用" in page
    assert "发布新版本" not in page
    assert "按同一个日期" in page and "另立一本规则包" in page
    given = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "新办法"}
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 422
    assert not PublishedBook.objects.exists()
    manager.post("/rule-books/mall_shoes/change", {"text": text})
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 302
    dropped = text.replace("in_force: {by: sold_on}\n", "")
    proved = publishing.prove("mall_shoes", dropped, {})
    assert [one.where for one in proved.findings] == ["in_force"], "it would go by the day of asking"
    assert publishing.prove("mall_shoes", text, {}).good


def test_a_book_without_dates_takes_those_of_its_next_version(desk: Any) -> None:  # noqa: F811
    pack = library.newest("consumer_law")
    text, tables = library.text_of(pack)
    assert pack.in_force is None
    dated = text.replace("layer: law\n", "layer: law\nin_force: {by: reported_on}\n", 1)
    assert publishing.prove("consumer_law", dated, tables).good


def test_what_may_not_be_meant_is_answered_in_the_book_before_it_is_published(desk: Any) -> None:  # noqa: F811
    """Repair up to 5 cm, exchange above 4: loads, is shown, and is published only once somebody said why."""
    text = without_examples(library.text_of(library.newest("mall_shoes"))[0])
    manager = desk.client("manager")
    page = manager.post("/rule-books/mall_shoes/change", {"text": text.replace('"> 5"', '"> 4"')}).content.decode()
    assert "发布前请答复" in page and "开胶长度超过 4、到 5 厘米时两种都给" in page and "条款写着“五厘米”" in page
    given = {"begins": "2026-03-02", "confirmed_by": "法务部", "reason": "新办法"}
    refused = manager.post("/rule-books/mall_shoes/publish", given)
    assert refused.status_code == 422 and "还有提示没有答复" in refused.content.decode()
    assert not PublishedBook.objects.exists()

    draft = publishing.draft_of("mall_shoes", 1, clock.now())
    keys = [one.key for one in publishing.prove_copy(draft).doubts]
    assert len(keys) > 1
    manager.post("/rule-books/mall_shoes/change/meant", {"doubt": keys[0], "because": " "})
    assert len(publishing.prove_copy(publishing.draft_of("mall_shoes", 1, clock.now())).doubts) == len(keys)
    for key in keys:
        manager.post("/rule-books/mall_shoes/change/meant", {"doubt": key, "because": "由顾客选"})
    page = manager.get("/rule-books/mall_shoes/change").content.decode()
    assert "发布前请答复" not in page and "由顾客选" in page
    assert "由顾客选" in str([one.fields for one in SettingChange.objects.all()])
    assert desk.client("auditor").post("/rule-books/mall_shoes/change/meant", {"doubt": "x"}).status_code == 403
    assert manager.post("/rule-books/mall_shoes/publish", given).status_code == 302
    library.look_again()
    assert set(library.newest("mall_shoes").meant) == {*keys, "no examples"}
