"""Cases out of tables: whatever program wrote them, however often they are brought, and what becomes of bad rows."""

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEADINGS = ("编号", "投诉内容", "类别", "电话", "姓名", "日期", "门店")
GOOD = (
    ("A-1", "洗衣机脱水时漏水，地板泡坏了", "破损", "13800138000", "王芳", "2026-02-03 14:30", "east"),
    ("A-2", "收到的破壁机不转，要求退货", "", "13900139000", "李雷", "2026年2月5日", "西门店"),
    ("A-3", "客服一直没有回电话", "", "", "", "", ""),
)
BAD = (
    ("B-1", "", "", "", "", "", ""),
    ("B-2", "字" * 20_001, "", "", "", "", ""),
    ("B-3", "鞋底开胶", "没有的类别", "", "", "", ""),
    ("B-4", "鞋底开胶", "", "12345", "", "", ""),
    ("B-5", "鞋底开胶", "", "", "", "前天下午", ""),
    ("B-6", "鞋底开胶", "", "", "", "2027-01-01", ""),
    ("B-7", "鞋底开胶", "", "", "", "0001-01-01", ""),
    ("B-8", "鞋底开胶", "", "", "", "", "月球店"),
)
REASONS = {
    "zh-hans": ("没有投诉内容", "20000 字", "没有的类别", "12345", "前天下午", "在将来", "0001-01-01", "月球店"),
    "en": ("has no text", "longer than 20000", "no category", "no valid phone number", "cannot be read",
           "in the future", "cannot be read", "No store or department"),
}  # fmt: skip


def text_of(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue()


def written(folder: Path, *rows: tuple[str, ...], name: str = "voices.csv") -> Path:
    path = folder / name
    path.write_text(text_of(*rows), encoding="utf-8")
    return path


def as_excel(path: Path, *rows: tuple[Any, ...], first_row: int = 0) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows, first_row):
            sheet.write_row(number, 0, row)
    return path


def excel_rows(path: Path) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


@pytest.fixture
def house(shop: Any) -> "House":
    return House(shop)


class House:
    """The shop with its imports from the desk, worked off as a worker does."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop

    def taken_in(self, path: Path, who: str = "lead") -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        from tuoshan.intake.imports import desk

        return desk.take_in(SimpleUploadedFile(path.name, path.read_bytes()), self.shop.people[who])

    def checked(self, path: Path, *, live: bool = False, who: str = "lead", **more: Any) -> Any:
        from tuoshan.intake.imports import desk

        run = self.taken_in(path, who)
        problems = desk.confirm(run, run.mapping, "complaint", live=live, **more)
        assert problems == []
        return run

    def imported(self, path: Path, *, live: bool = False, who: str = "lead", **more: Any) -> Any:
        from tuoshan.intake.imports import desk

        run = self.checked(path, live=live, who=who, **more)
        desk.start(run)
        while self.piece():
            pass
        run.refresh_from_db()
        assert run.status == "done"
        return run

    def piece(self) -> bool:
        """One piece; whether there is more to do."""
        from tuoshan import clock
        from tuoshan.agenda.models import Item
        from tuoshan.intake.imports import desk

        item = Item.objects.filter(kind="job", name="import", done_at=None).latest("id")
        more = desk.work_off(item, clock.now()) is not None
        if not more:
            Item.objects.filter(pk=item.pk).update(done_at=clock.now())
        return more


def cases() -> list[Any]:
    from tuoshan.cases.models import Case

    return list(Case.objects.order_by("id"))


def said(case: Any) -> str:
    """What the customer said, as the case page shows it."""
    from tuoshan.cases.models import Case

    return str(Case.objects.get(pk=case.pk).title)


# -- history and live ----------------------------------------------------------------------------------------------


def test_history_comes_in_closed_without_clocks_or_messages(house: House, tmp_path: Path) -> None:
    from tuoshan.agenda.models import Item
    from tuoshan.cases.models import Deadline, Event, Message, Task

    run = house.imported(written(tmp_path, *GOOD))
    assert (run.taken, run.known, run.refused) == (3, 0, [])
    assert {case.state for case in cases()} == {"closed"} and all(case.is_history for case in cases())
    assert not Deadline.objects.exists() and not Message.objects.exists() and not Task.objects.exists()
    assert not Item.objects.filter(case_id__isnull=False).exists(), "nothing is due and nothing is to be sent"
    first = cases()[0]
    assert first.created_at.isoformat() == "2026-02-03T06:30:00+00:00" and "2602" in first.number
    assert first.customer_id == house.shop.customer.pk and first.unit_id == house.shop.units["east"].pk
    assert Event.objects.filter(case_id=first.pk).count() == 1


def test_live_begins_the_process_with_its_clocks(house: House, tmp_path: Path) -> None:
    from tuoshan.cases.models import Deadline

    run = house.imported(written(tmp_path, *GOOD), live=True)
    assert run.taken == 3
    assert {case.state for case in cases()} == {"received"} and not any(case.is_history for case in cases())
    assert set(Deadline.objects.values_list("case_id", flat=True)) == {case.pk for case in cases()}


def test_an_unknown_customer_is_made_a_known_one_found_and_a_name_alone_is_kept(house: House, tmp_path: Path) -> None:
    from tuoshan.parties.models import Customer

    rows = (*GOOD, ("A-4", "只留了姓名", "", "", "韩梅梅", "", ""))
    house.imported(written(tmp_path, *rows))
    owners = [Customer.objects.filter(pk=case.customer_id).first() for case in cases()]
    assert [owner and owner.name for owner in owners] == ["王芳", "李雷", None, "韩梅梅"]
    assert Customer.objects.count() == 3
    house.imported(written(tmp_path, *rows, name="again.csv"))
    assert Customer.objects.count() == 3


def test_a_process_whose_form_no_table_can_fill_takes_history_alone(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk

    run = house.taken_in(written(tmp_path, *GOOD))
    problems = desk.confirm(run, run.mapping, "facility_repair", live=True)
    assert len(problems) == 1 and "只能作为历史导入" in problems[0]
    assert desk.confirm(run, run.mapping, "facility_repair", live=False) == []
    assert run.taken == 3


# -- twice -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own_numbers", [True, False])
@pytest.mark.parametrize("second_live", [True, False])
def test_the_same_table_twice_doubles_nothing(
    house: House, tmp_path: Path, own_numbers: bool, second_live: bool
) -> None:
    start = 0 if own_numbers else 1
    rows = [row[start:] for row in GOOD]
    path = tmp_path / "voices.csv"
    path.write_text(text_of(*rows, headings=HEADINGS[start:]), encoding="utf-8")
    assert house.imported(path).taken == 3
    before = [(case.pk, case.state, case.head_hash) for case in cases()]
    second = house.imported(path, live=second_live, who="agent")
    assert (second.taken, second.known, second.refused) == (0, 3, []), "also by somebody else, live after history"
    assert [(case.pk, case.state, case.head_hash) for case in cases()] == before


def test_grades_of_history_do_not_make_the_same_row_another_one(house: House, tmp_path: Path) -> None:
    path = tmp_path / "voices.csv"
    path.write_text("编号,内容,等级\n1,漏水,紧急\n2,没电,随便\n", encoding="utf-8")
    first = house.imported(path)
    assert (first.taken, len(first.refused)) == (1, 1)
    assert house.imported(path, live=True).known == 1


def test_broken_off_in_the_middle_it_goes_on_without_doubling(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.intake.imports import desk, running

    monkeypatch.setattr(desk, "PIECE", 10)
    monkeypatch.setattr(running, "TOGETHER", 4)
    path = written(tmp_path, *((f"N-{number}", f"第 {number} 件漏水", "", "", "", "", "") for number in range(25)))
    run = house.checked(path)
    desk.start(run)
    assert house.piece()
    register, calls = running._register, []

    def dies(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        register(*given)

    monkeypatch.setattr(running, "_register", dies)
    with pytest.raises(KeyboardInterrupt):
        house.piece()
    run.refresh_from_db()
    assert (run.position, len(cases()), run.status) == (10, 14, "running")
    while house.piece():
        pass
    run.refresh_from_db()
    assert (len(cases()), run.position, run.taken + run.known, run.percent) == (25, 25, 25, 100)
    assert house.imported(path, live=True).known == 25


def test_stopped_it_goes_on_from_there(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.intake.imports import desk

    monkeypatch.setattr(desk, "PIECE", 2)
    path = written(tmp_path, *((f"N-{number}", f"第 {number} 件漏水", "", "", "", "", "") for number in range(5)))
    run = house.checked(path)
    desk.start(run)
    house.piece()
    desk.stop(run)
    assert not house.piece()
    run.refresh_from_db()
    assert (run.status, run.position, run.percent, len(cases())) == ("stopped", 2, 40, 2)
    desk.start(run)
    while house.piece():
        pass
    run.refresh_from_db()
    assert (run.status, run.taken, run.known, len(cases())) == ("done", 5, 0, 5)


def test_a_stop_while_a_piece_is_being_written_is_not_lost(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.intake.imports import desk, running

    monkeypatch.setattr(desk, "PIECE", 2)
    run = house.checked(written(tmp_path, *GOOD))
    desk.start(run)
    register = running._register

    def stopped_meanwhile(*given: Any) -> None:
        register(*given)
        desk.stop(run)

    monkeypatch.setattr(running, "_register", stopped_meanwhile)
    house.piece()
    assert not house.piece()
    run.refresh_from_db()
    assert (run.status, run.taken, len(cases())) == ("stopped", 2, 2)


def test_a_number_that_says_something_else_now_is_for_a_person_to_judge(house: House, tmp_path: Path) -> None:
    house.imported(written(tmp_path, *GOOD))
    changed = (GOOD[0][0], "其实是不通电", *GOOD[0][2:])
    run = house.imported(written(tmp_path, changed, *GOOD[1:], name="changed.csv"))
    (why,) = run.refused
    assert (run.known, why["number"]) == (2, 2)
    from tuoshan.intake.imports import desk

    assert cases()[0].number in desk.bad_rows(run, 5)[0][1]


def test_one_number_for_two_complaints_loses_neither(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk

    run = house.imported(written(tmp_path, GOOD[0], GOOD[0], ("A-1", "另一件事", "", "", "", "", "")))
    assert (run.taken, run.known) == (1, 1)
    assert desk.bad_rows(run, 5) == [(4, "编号“A-1”在第 2 行已经有了，内容却不同；请改正编号。")]


def test_a_column_that_is_not_imported_may_change(house: House, tmp_path: Path) -> None:
    for status in ("处理中", "已关闭"):
        path = tmp_path / "voices.csv"
        path.write_text(f"工单号,内容,进展\n7,漏水,{status}\n", encoding="utf-8")
        run = house.imported(path)
    assert (run.known, run.refused, len(cases())) == (1, [], 1)


# -- files -------------------------------------------------------------------------------------------------------------

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
    "gb18030": lambda text: text.encode("gb18030"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 without mark": lambda text: text.encode("utf-16-le"),
    "tabs": lambda text: text.replace(",", "\t").encode("utf-16"),
    "semicolons": lambda text: text.replace(",", ";").encode("gb18030"),
    "gb18030 late": lambda text: text.replace("A-1", "A" * 70_000 + "-1").encode("gb18030"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("zipped", [False, True])
def test_what_spreadsheet_programs_save_is_read(tmp_path: Path, encoding: str, zipped: bool) -> None:
    from tuoshan.intake.imports import tables

    content = ENCODINGS[encoding](text_of(*GOOD))
    path = tmp_path / ("voices.csv.gz" if zipped else "voices.csv")
    path.write_bytes(gzip.compress(content) if zipped else content)
    assert tables.headings(path) == list(HEADINGS)
    rows = list(tables.rows(path))
    assert [tuple(row.cells.values())[1:] for row in rows] == [row[1:] for row in GOOD]
    assert [row.number for row in rows] == [2, 3, 4] and tables.count(path) == 3


def test_a_table_in_plain_letters_may_turn_chinese_late(tmp_path: Path) -> None:
    from tuoshan.intake.imports import tables

    path = tmp_path / "voices.csv"
    path.write_bytes("\n".join(["id,text", *(["1,leaks again and again"] * 9000), "2,地板漏水"]).encode("gb18030"))
    assert list(tables.rows(path))[-1].cells == {"id": "2", "text": "地板漏水"}


def test_excel_gives_numbers_days_and_moments_as_they_are_shown(house: House, tmp_path: Path) -> None:
    from datetime import datetime

    path = as_excel(
        tmp_path / "voices.xlsx", ("编号", "内容", "电话", "日期", ""),
        (7, "漏水", 13800138000, datetime(2026, 2, 3, 14, 30), ""), ("", "", "", "", ""), (8, "没电", "", "", ""),
        first_row=2,
    )  # fmt: skip
    run = house.imported(path)
    assert (run.rows, run.taken) == (2, 2)
    first = cases()[0]
    assert first.customer_id == house.shop.customer.pk
    assert first.created_at.isoformat() == "2026-02-03T06:30:00+00:00"
    from tuoshan.intake.imports import tables

    assert [row.number for row in tables.rows(path)] == [4, 6], "as the spreadsheet counts"


def test_what_is_no_table_is_refused_in_words(tmp_path: Path) -> None:
    from django.utils import translation

    from tuoshan.intake.imports import tables

    broken = {
        "empty.csv": b"", "blank.csv": b",,\n\n,,\n", "twice.csv": "内容,内容\n1,2\n".encode(),
        "cut.csv.gz": gzip.compress("内容\n漏水\n".encode() * 999)[:60], "other.csv.gz": b"no gzip at all",
        "other.xlsx": b"no Excel at all", "mixed.csv": "内容\n漏水\n".encode() + b"\x81\xff\xff\n",
    }  # fmt: skip
    for name, content in broken.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(tables.TableRefused) as refused:
            list(tables.rows(path))
        assert str(refused.value)
        with translation.override("en"):
            assert str(refused.value).replace("内容", "").isascii() or "“" in str(refused.value), refused.value


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        (("工单号", "问题描述", "商品名称", "投诉类别", "联系电话", "客户姓名", "登记时间", "所属门店", "备注"),
         ("key", "text", "product", "category", "phone", "name", "received_at", "unit", "")),
        (("Ticket no", "Description", "Product", "Category", "Mobile phone", "Customer name", "Created", "Store", "x"),
         ("key", "text", "product", "category", "phone", "name", "received_at", "unit", "")),
        (("id", "product_category", "sentiment", "text"), ("key", "tag", "", "text")),
        (("评价内容", "品类", "订单号", "紧急程度", "标题"), ("text", "tag", "order_no", "grade", "title")),
        (("订单编号", "客户电话", "投诉时间", "投诉内容"), ("order_no", "phone", "received_at", "text")),
        (("Order number", "Customer phone", "Complaint text"), ("order_no", "phone", "text")),
    ],
)  # fmt: skip
def test_headings_are_guessed(headings: tuple[str, ...], targets: tuple[str, ...]) -> None:
    from tuoshan.intake.imports import mapping

    assert mapping.guess(headings) == dict(zip(headings, targets, strict=True))


# -- bad rows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_bad_rows_alone_are_reported_in_the_readers_language_and_can_be_mended(
    house: House, tmp_path: Path, language: str
) -> None:
    from django.utils import translation

    from tuoshan.intake.imports import desk

    run = house.imported(written(tmp_path, GOOD[0], *BAD, *GOOD[1:]))
    assert (run.taken, len(run.refused)) == (3, len(BAD))
    with translation.override(language):
        table = excel_rows(desk.report(run))
    assert table[0][2:] == list(HEADINGS) and len(table) == 1 + len(BAD)
    for row, given, why, number in zip(table[1:], BAD, REASONS[language], range(3, 99), strict=False):
        assert row[0] in (str(number), f"{number}.0") and why in row[1]
        assert tuple(row[2:]) == given
    mended = [table[0], *([*row[:3], "改好了", "", "", "", "", ""] for row in table[1:-1]), table[-1]]
    second = house.imported(as_excel(tmp_path / "mended.xlsx", *mended))
    assert (second.taken, len(second.refused)) == (len(BAD) - 1, 1), "what is still bad is reported again"
    assert excel_rows(desk.report(second))[0][2:] == list(HEADINGS), "our own remarks are no columns of the table"
    assert house.imported(as_excel(tmp_path / "mended.xlsx", *mended)).known == len(BAD) - 1


def test_a_row_with_several_faults_names_them_all_masked_for_who_only_reads(house: House, tmp_path: Path) -> None:
    from django.utils import translation

    from tuoshan.intake.imports import desk

    run = house.imported(written(tmp_path, ("B-9", "", "没有的类别", "1234567", "", "前天下午", "月球店"), GOOD[0]))
    assert (run.taken, len(run.refused)) == (1, 1)
    wanted = {
        "zh-hans": ("没有投诉内容", "没有的类别", "前天下午", "月球店", "不是有效的电话号码"),
        "en": ("has no text", "no category", "cannot be read", "No store or department", "no valid phone number"),
    }  # fmt: skip
    for language, parts in wanted.items():
        with translation.override(language):
            ((number, why),) = desk.bad_rows(run, 5)
            ((_number, masked),) = desk.bad_rows(run, 5, masked=True)
        assert number == 2 and all(part in why for part in parts), why
        assert "1234567" in why and "1234567" not in masked and all(part in masked for part in parts)


def test_a_mended_row_without_a_number_is_known_again_in_the_mended_table(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk

    path = tmp_path / "voices.csv"
    path.write_text("内容,日期\n漏水,昨天\n", encoding="utf-8")
    table = excel_rows(desk.report(house.imported(path)))
    table[1][3] = "2026-02-03"
    assert house.imported(as_excel(tmp_path / "mended.xlsx", *table)).taken == 1
    path.write_text("内容,日期\n漏水,2026-02-03\n", encoding="utf-8")
    assert house.imported(path).known == 1, "mended in the first table as well"


def test_a_text_longer_than_a_cell_can_be_is_a_bad_row_and_no_bad_table(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk

    run = house.imported(written(tmp_path, ("X", "很" * 200_000, "", "", "", "", ""), *GOOD))
    assert (run.taken, len(run.refused)) == (3, 1)
    assert len(excel_rows(desk.report(run))[1][3]) == 32_767


def test_a_table_that_itself_has_a_column_of_problems_is_reported(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk

    path = tmp_path / "voices.csv"
    path.write_text("原行号,问题,内容\n1,x,\n", encoding="utf-8")
    run = house.imported(path)
    assert house.taken_in(desk.report(run)).columns == ["原行号", "问题", "内容"]


def test_categories_are_known_by_code_and_by_their_names(house: House) -> None:
    from tuoshan.catalog.models import Category
    from tuoshan.intake.imports import records
    from tuoshan.intake.imports.cells import RowRefused

    records.forget()
    lower = Category.objects.exclude(parent=None).exclude(name_en="").first()
    assert lower is not None and lower.parent is not None
    for name in (lower.code, f"{lower.parent.name_zh}/{lower.name_zh}", f"{lower.parent.name_en} / {lower.name_en}"):
        assert records.category_id(name) == str(lower.pk)
    with pytest.raises(RowRefused):
        records.category_id(f"别的/{lower.name_zh}")


# -- dry run, mapping, rows chosen -----------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_and_foretells_the_run(house: House, tmp_path: Path) -> None:
    from tuoshan.agenda.models import Item
    from tuoshan.cases.models import Case, Command
    from tuoshan.parties.models import Customer

    house.imported(written(tmp_path, GOOD[0]))
    before = [model.objects.count() for model in (Case, Command, Customer, Item)]
    run = house.checked(written(tmp_path, *GOOD, *BAD, name="all.csv"), live=True)
    assert [model.objects.count() for model in (Case, Command, Customer, Item)] == before
    told = run.taken, run.known, len(run.refused)
    assert told == (2, 1, len(BAD))
    from tuoshan.intake.imports import desk

    desk.start(run)
    house.piece()
    run.refresh_from_db()
    assert (run.taken, run.known, len(run.refused)) == told


def test_the_mapping_is_as_it_was_confirmed(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk

    path = tmp_path / "voices.csv"
    path.write_text("甲,乙\n漏水,别的\n", encoding="utf-8")
    run = house.taken_in(path)
    assert run.mapping == {"甲": "", "乙": ""}
    for wrong, why in (
        ({"乙": "title"}, "投诉内容"), ({"甲": "text", "乙": "text"}, "两列"), ({"甲": "text", "乙": "what"}, "what"),
        ({"甲": "text", "丙": "title"}, "丙"),
    ):  # fmt: skip
        problems = desk.confirm(run, wrong, "complaint", live=False)
        assert problems and why in " ".join(problems)
    assert desk.confirm(run, {"甲": "text"}, "no_such_process", live=False)
    run.refresh_from_db()
    assert run.status == "mapping" and not cases()
    assert desk.confirm(run, {"甲": "text", "乙": "title"}, "complaint", live=False) == []
    desk.start(run)
    house.piece()
    assert said(cases()[0]) == "别的"


def test_only_rows_that_say_so_are_taken(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk

    path = tmp_path / "voices.csv"
    path.write_text("id,sentiment,text\n1,negative,漏水\n2,positive,很好\n3,negative,\n", encoding="utf-8")
    run = house.taken_in(path)
    assert desk.confirm(run, run.mapping, "complaint", live=False, only={"mood": "negative"}) == [
        "表格里没有“mood”这一列。"
    ]
    run = house.imported(path, only={"sentiment": " negative "})
    assert (run.taken, len(run.refused), run.passed_over) == (1, 1, 1)
    assert said(cases()[0]) == "漏水"


# -- many rows -------------------------------------------------------------------------------------------------------


def test_each_row_is_read_once_however_many_pieces_there_are(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuoshan.intake.imports import desk, shelf, tables

    monkeypatch.setattr(desk, "PIECE", 7)
    read = {"table": 0, "shelf": 0}
    rows, shelved = tables.rows, shelf.from_place

    def counted(path: Path) -> Any:
        for row in rows(path):
            read["table"] += 1
            yield row

    def counted_shelf(path: Path, place: int = 0) -> Any:
        for row in shelved(path, place):
            read["shelf"] += 1
            yield row

    monkeypatch.setattr(shelf, "rows", counted)
    monkeypatch.setattr(shelf, "from_place", counted_shelf)
    many = 70
    path = written(tmp_path, *((f"N-{number}", f"漏水 {number}", "", "", "", "", "") for number in range(many)))
    run = house.imported(path)
    assert run.taken == many
    assert read["table"] == many, "the table itself once, when it is taken in"
    assert read["shelf"] == 2 * many, "what was kept of it once for the dry run and once for the run"


def test_progress_is_told_while_it_goes_on(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.intake.imports import desk, running, tables

    monkeypatch.setattr(running, "TOGETHER", 2)
    path = written(tmp_path, *GOOD, BAD[0])
    run = house.checked(path)
    seen: list[tuple[int, int, int]] = []

    def note(tally: Any) -> None:
        seen.append((tally.read, tally.taken, len(tally.bad)))

    running.dry_run(tables.rows(path), desk.maker_of(run), note)
    running.run(tables.rows(path), desk.maker_of(run), progress=note)
    assert seen == [(2, 2, 0), (4, 3, 1)] * 2


def test_a_file_that_is_gone_ends_the_import_and_says_so(house: House, tmp_path: Path) -> None:
    from django.utils import translation

    from tuoshan.intake.imports import desk, shelf

    run = house.checked(written(tmp_path, *GOOD))
    shelf.forget(desk.path_of(run))
    desk.start(run)
    assert not house.piece()
    run.refresh_from_db()
    assert run.status == "failed" and "已经不在" in run.problem_said
    with translation.override("en"):
        assert "is gone" in run.problem_said


def test_old_files_are_swept(house: House, tmp_path: Path, clock: Any) -> None:
    from datetime import timedelta

    from tuoshan import clock as time
    from tuoshan.intake.imports import desk

    house.imported(written(tmp_path, *GOOD, BAD[0]))
    assert len(list(desk.folder().iterdir())) == 2
    clock.advance(timedelta(days=31))
    assert desk.sweep(time.now()) == 1
    assert list(desk.folder().iterdir()) == []


def test_a_customer_who_is_erased_leaves_no_table_and_no_bad_row(house: House, tmp_path: Path) -> None:
    from tuoshan.intake.imports import desk
    from tuoshan.parties import customers

    theirs = ("B-9", "", "", "138 0013 8000", "王芳", "", "")
    run = house.imported(written(tmp_path, *GOOD, theirs, BAD[0]))
    assert len(run.refused) == 2
    desk.report(run)
    waiting = house.checked(written(tmp_path, GOOD[0], name="later.csv"))
    customer = house.shop.customer
    customer.phone = "+8613800138000"
    customer.save()
    customers.erase(customer)
    assert {path.name for path in desk.folder().iterdir()} == {
        waiting.stored_name, f"{waiting.stored_name}.rows"
    }, "what is still to be imported stays"  # fmt: skip
    run.refresh_from_db()
    assert (run.stored_name, run.sample, run.taken) == ("", [], 3)
    assert [row[2] for row in excel_rows(desk.report(run))[1:]] == ["B-1"], "the bad row of somebody else stays"
