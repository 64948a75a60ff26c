"""What a table tells of new cases is kept as the desk would keep it, and what is not is said."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.intake.conftest import Shop
from tests.intake.test_imports import House, cases, house

__all__ = ["house"]
HEADINGS = (
    "编号", "投诉内容", "商品", "商品品类", "等级", "来源", "客户诉求", "实付金额", "发生日期", "购买日期", "涉及门店",
    "机关名称", "文号", "答复时限",
)  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    def written(*rows: dict[str, str], name: str = "new.csv", headings: tuple[str, ...] = HEADINGS) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as out:
            sheet = csv.DictWriter(out, headings)
            sheet.writeheader()
            sheet.writerows({"编号": str(number), **row} for number, row in enumerate(rows, 1))
        return path

    return written


def facts(case: Any) -> dict[str, Any]:
    from tuoshan.cases.possible import row_of

    return dict(row_of(case).state.facts)


def reasons(run: Any) -> str:
    from tuoshan.intake.imports import desk

    return " ".join(why for _number, why in desk.bad_rows(run, 50))


def test_every_column_of_the_registration_is_kept(house: House, table: Callable[..., Path]) -> None:
    from tuoshan.intake.imports import mapping

    assert "" not in mapping.guess(HEADINGS).values()
    east = house.shop.units["east"]
    run = house.imported(
        table({
            "投诉内容": "收银时重复扣款", "来源": "客服热线", "客户诉求": "退回多扣的钱", "实付金额": "¥1,399.00",
            "发生日期": "2026/02/20", "购买日期": "2026年2月18日", "涉及门店": "东门店", "商品": "K-01",
        }),
        live=True,
    )  # fmt: skip
    assert (run.taken, run.refused) == (1, [])
    (case,) = cases()
    kept = facts(case)
    assert case.channel == "hotline" and case.unit_id == east.pk, "the store named, before the importing person's unit"
    assert (str(kept["amount_paid"]), str(kept["happened_on"]), str(kept["bought_on"])) == (
        "1399.00", "2026-02-20", "2026-02-18"
    )  # fmt: skip
    assert kept["store"] == str(east.pk) and kept["channel"] == "hotline" and kept["wish"]
    assert case.product_id == house.shop.product.pk


def test_urgent_is_urgent_at_once_and_another_grade_is_said_to_be_left_to_the_process(
    house: House, table: Callable[..., Path]
) -> None:
    from tuoshan.cases.models import Deadline
    from tuoshan.intake.imports import desk

    path = table(
        {"投诉内容": "锅底裂开烫伤了手", "等级": "紧急"}, {"投诉内容": "锅盖松动", "等级": "重要"},
        {"投诉内容": "锅柄有划痕", "等级": "一般"}, {"投诉内容": "锅底发黑", "等级": "天大"},
    )  # fmt: skip
    tried = house.checked(path, live=True)
    assert [number for number, _why in desk.remarks(tried, 9)] == [3] and not cases(), "the dry run foretells it"
    run = house.imported(path, live=True)
    assert (run.taken, len(run.bad)) == (3, 1) and "天大" in reasons(run)
    assert [case.grade for case in cases()] == ["urgent", "", ""]
    clocks = {row.case_id for row in Deadline.objects.filter(name="urgent_intake")}
    assert clocks == {cases()[0].pk}, "its own hour runs for the urgent one alone"
    ((number, why),) = desk.remarks(run, 9)
    assert number == 3 and "重要" in why
    assert house.imported(path, live=True).remarks == [], "what was known before needs no remark"


def test_a_product_that_the_catalogue_does_not_know_is_kept_in_the_rows_words(
    house: House, table: Callable[..., Path]
) -> None:
    from django.utils import translation

    from tuoshan.intake import arrivals
    from tuoshan.intake.imports import desk

    path = table({"投诉内容": "锅底裂开", "商品": "不存在的珐琅锅X9"}, {"投诉内容": "按键失灵", "商品": "静音破壁机"})
    for live, name in ((True, "live.csv"), (False, "history.csv")):
        rows = ({"投诉内容": f"锅底裂开 {name}", "商品": "不存在的珐琅锅X9", "编号": name},)
        run = house.imported(table(*rows, name=name), live=live)
        kept = arrivals.of_case(cases()[-1].pk)
        assert kept is not None and arrivals.particulars(kept)["product_said"] == "不存在的珐琅锅X9"
        assert cases()[-1].product_id is None
        ((number, why),) = desk.remarks(run, 9)
        assert number == 2 and "不存在的珐琅锅X9" in why and run.bad == []
        with translation.override("en"):
            assert "catalogue has no product" in desk.remarks(run, 9)[0][1]
    run = house.imported(path, live=True)
    assert (run.taken, len(run.remarks)) == (2, 1) and cases()[-1].product_id == house.shop.product.pk


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"来源": "飞鸽传书"}, "飞鸽传书"), ({"实付金额": "约三百"}, "约三百"), ({"实付金额": "-5"}, "-5"),
        ({"实付金额": "1.999"}, "1.999"), ({"发生日期": "上周"}, "上周"), ({"发生日期": "2027-01-01"}, "在将来"),
        ({"涉及门店": "月球店"}, "月球店"), ({"涉及门店": "质检部"}, "不是门店"), ({"商品品类": "长" * 61}, "60 字"),
        ({"来源": "12315"}, "机关名称"), ({"答复时限": "2026-12-20"}, "答复时限"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_bad_row(
    house: House, table: Callable[..., Path], cells: dict[str, str], why: str
) -> None:
    run = house.checked(table({"投诉内容": "锅底裂开", **cells}), live=True)
    assert (run.taken, len(run.bad)) == (0, 1) and why in reasons(run)


def test_a_complaint_passed_on_by_an_authority_keeps_what_it_must_tell(
    house: House, table: Callable[..., Path]
) -> None:
    from tuoshan.intake import arrivals

    told = {"来源": "12315", "机关名称": "云杉区市场监管局", "文号": "云市监〔2026〕7号", "答复时限": "2026-12-20"}
    house.imported(table({"投诉内容": "标价与实收不符", **told}), live=True)
    (case,) = cases()
    kept = arrivals.of_case(case.pk)
    assert kept is not None and arrivals.particulars(kept) == {
        "authority_name": "云杉区市场监管局", "document_no": "云市监〔2026〕7号"
    }  # fmt: skip
    assert facts(case)["reply_due"] and case.channel == "authority" and case.grade == "urgent"


def test_the_same_words_brought_in_before_are_found_beside_the_form(house: House, table: Callable[..., Path]) -> None:
    from tuoshan.intake import duplicates
    from tuoshan.parties.models import Person

    house.imported(table({"投诉内容": "锅底裂开，烫伤了手，要求赔偿"}), live=True)
    found = duplicates.likely(
        customer_id=None, order_no="", text="锅底裂开烫伤了手要求赔偿",
        person=Person.objects.get(pk=house.shop.people["agent"].pk), playbook="complaint",
    )  # fmt: skip
    assert [(one.case.pk, "same_text" in one.reasons) for one in found] == [(cases()[0].pk, True)]


def test_columns_that_the_process_has_no_place_for_are_named(house: House, table: Callable[..., Path]) -> None:
    from tuoshan.intake.imports import desk

    run = house.taken_in(table({"投诉内容": "灯坏了", "商品": "K-01"}, headings=("编号", "投诉内容", "商品")))
    assert desk.confirm(run, run.mapping, "complaint", live=False) == [] and desk.notes(run) == []
    assert desk.confirm(run, run.mapping, "facility_repair", live=False) == []
    (note,) = desk.notes(run)
    assert "“商品”" in note and "门店设施" in note


# -- lines of products -----------------------------------------------------------------------------------------------


VOICES = {"洗发水": 120, "书籍": 80, "酒店": 60, "": 40}
LINE_HEADINGS = ("编号", "投诉内容", "商品品类", "商品")


def voices() -> list[dict[str, str]]:
    """Three hundred voices, most of which tell the line of products and none a product."""
    return [
        {"编号": f"{line}-{number}", "投诉内容": f"第 {number} 位客户说不满意", "商品品类": line}
        for line, many in VOICES.items() for number in range(many)
    ]  # fmt: skip


def report_of(shop: Shop, **given: str) -> Any:
    """The report on products, as somebody who leads reads it, once everything is counted."""
    from tuoshan import clock as time
    from tuoshan.insight import indexing
    from tuoshan.insight.conditions import Conditions
    from tuoshan.insight.reports import pages
    from tuoshan.insight.reports.counting import Counting
    from tuoshan.insight.reports.period import Period
    from tuoshan.parties.models import Person

    while indexing.catch_up(time.now()):
        pass
    lead = Person.objects.get(pk=shop.people["lead"].pk)
    return pages.make("products", Counting(lead, Conditions.read(given), Period.read(given)))


def by_line(report: Any) -> dict[str, int]:
    return {row[0].value: row[1].value for row in report.tables[0].rows}


@pytest.mark.parametrize("live", [False, True])
def test_the_report_by_line_of_products_counts_what_a_table_tells_of_the_line_alone(
    house: House, table: Callable[..., Path], live: bool
) -> None:
    from tuoshan.catalog.models import Product, ProductLine
    from tuoshan.insight import search
    from tuoshan.insight.conditions import Conditions
    from tuoshan.office import catalogue
    from tuoshan.parties.models import Person

    path = table(*voices(), headings=LINE_HEADINGS)
    house.checked(path, live=live)
    assert not Product.objects.filter(line="洗发水").exists(), "a dry run writes nothing"
    assert house.imported(path, live=live).taken == 300
    told = by_line(report_of(house.shop))
    assert told == {"洗发水": 120, "书籍": 80, "酒店": 60, "没有填商品": 40}
    lead = Person.objects.get(pk=house.shop.people["lead"].pk)
    assert search.cases(lead, Conditions.read({"line": "洗发水"})).count() == 120, "and leads to those very cases"
    assert set(ProductLine.objects.values_list("name", flat=True)) >= {"洗发水", "书籍", "酒店"}
    assert not catalogue.products("洗发水").exists(), "nobody is offered a line as a product"
    assert house.imported(path, live=live).known == 300 and by_line(report_of(house.shop)) == told


def test_a_product_of_the_catalogue_counts_with_its_own_line(house: House, table: Callable[..., Path]) -> None:
    from tuoshan.catalog.models import Product

    Product.objects.filter(code="K-01").update(line="小家电")
    rows = (
        {"编号": "1", "投诉内容": "不转", "商品品类": "厨房", "商品": "K-01"},
        {"编号": "2", "投诉内容": "锅底裂开", "商品品类": "小家电", "商品": "没有的锅"},
        {"编号": "3", "投诉内容": "按键失灵", "商品品类": "小家电"},
    )
    house.imported(table(*rows, headings=LINE_HEADINGS))
    report = report_of(house.shop)
    assert by_line(report) == {"小家电": 3}
    assert {row[0].value: row[1].value for row in report.tables[1].rows} == {
        "小家电（未写具体商品）": 2, "K-01 静音破壁机": 1
    }  # fmt: skip
    said = [str(facts(case)["what_happened"]) for case in cases()]
    assert len(set(said)) == 3 and {case.title for case in cases()} == {"不转", "锅底裂开", "按键失灵"}
