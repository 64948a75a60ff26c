"""Figures worked out by hand on a small world with a moved clock; every number agrees with the cases behind it."""

import random
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.insight.house import House, acting

from tuoshan.cases import library, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Deadline
from tuoshan.insight import export, figures, indexing, measures, names, proving, search
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.models import CaseFigures
from tuoshan.insight.reports import pages
from tuoshan.insight.reports.counting import Counting, places, shares
from tuoshan.insight.reports.period import Period
from tuoshan.insight.reports.shapes import Report
from tuoshan.insight.reports.stretches import steps
from tuoshan.intake.texts import title_of

pytestmark = pytest.mark.django_db
MARCH = {"period": "custom", "since": "2026-03-02", "until": "2026-03-31"}
TRANSPORT, MATERIAL = "transport", "material"


@pytest.fixture
def world(complaints: Any, house: House, clock: Any) -> dict[str, Case]:
    """Six complaints from Monday 2 March 2026 09:00, Shanghai.

    a  store1 hotline  solved at once: contacted after 2 h, told on day 3, rated 5
    b  store1 web      contacted after 30 h (late), not upheld after 2 days, rated 2
    c  store2 web      contacted after 4 h, open
    d  store2 counter  withdrawn by the customer after 1 h: no first answer
    e  store1 web      registered on 12 March, never answered: its clock is running late at the end
    h  store1          of the past, came as history
    """
    made = {}
    for name, unit, channel in (
        ("a", "store1", "hotline"), ("b", "store1", "web"), ("c", "store2", "web"), ("d", "store2", "counter"),
    ):  # fmt: skip
        made[name] = house.lodge(f"{name} 漏水", title=name, unit=unit, channel=channel, name=f"客户{name}")
    chen = str(house.people["chen"].pk)
    clock.advance(timedelta(hours=1))
    service.act(
        case_id=made["d"].pk, action="withdraw", actor=ActingAs.by_customer(made["d"].customer_id),
        values={"reason": "不要了"},
    )  # fmt: skip
    clock.advance(timedelta(hours=1))
    simple = {"impact": "low", "urgency": "low", "next_step": "明天答复", "handler": chen}
    house.act(made["a"], "accept_simple", category="1", **simple)
    clock.advance(timedelta(hours=2))
    house.act(made["c"], "contact", said="已收到", next_step="等通知")
    clock.advance(timedelta(hours=26))
    house.act(made["b"], "accept_simple", category="2", **simple)
    clock.advance(timedelta(hours=18))
    for name, cause, liable in (("a", TRANSPORT, "carrier"), ("b", MATERIAL, "supplier")):
        house.act(
            made[name], "propose", cause=cause, root_cause="见报告", liable=liable, remedies=["apology"],
            remedy_steps="致歉", amount=Decimal(0), carry_out_by=date(2026, 3, 9),
        )  # fmt: skip
    unhappy = ActingAs.by_customer(made["b"].customer_id)
    service.act(case_id=made["b"].pk, action="disagree", actor=unhappy, values={"wish": "退款"})
    house.work()
    clock.advance(timedelta(days=8))
    made["e"] = house.lodge("e 漏水", title="e", unit="store1", channel="web")
    service.register(
        playbook="complaint", actor=acting(house.people["lin"]), channel="spreadsheet", customer_id=None,
        unit_id=house.units["store1"].pk, title="h", values={"channel": "spreadsheet", "what_happened": "旧案"},
        history="closed", received_at=clock() - timedelta(days=3),
    )  # fmt: skip
    clock.advance(timedelta(days=2))
    house.work()
    indexing.catch_up(clock())
    return made


def report(house: House, name: str, who: str = "lin", **more: Any) -> Report:
    given = {**MARCH, **more}
    return pages.make(name, Counting(house.fresh(who), Conditions.read(given), Period.read(given)))


def day_of(at: Any) -> str:
    return str(figures.local_day(at))


def tiles(made: Report) -> dict[str, Any]:
    return {tile.name: tile.cell.value for tile in made.tiles}


def agree(house: House, made: Report, who: str = "lin") -> int:
    """Every number of cases equals the length of the list that it leads to; how many were compared."""
    cells = [tile.cell for tile in made.tiles] + [cell for table in made.tables for row in table.rows for cell in row]
    compared = 0
    for cell in cells:
        if cell.behind is not None and cell.unit == "cases":
            again = Conditions.read(cell.behind.params())
            assert search.cases(house.fresh(who), again).count() == cell.value, (made.name, again)
            compared += 1
    return compared


def test_the_overview_by_hand(house: House, world: dict[str, Case]) -> None:
    found = tiles(report(house, "overview"))
    assert found["registered"] == 6 and found["closed"] == 2 and found["open"] == 4
    # a after 2 h, c after 4 h, b after 30 h; d was withdrawn, e was never answered, h is of the past
    assert found["response_seconds_50"] == 4 * 3600 and found["response_seconds_90"] == 30 * 3600
    # of the three answers two were in time; e was owed one and has none: two of four
    assert found["response_kept"] == 50.0
    assert found["late"] >= 1 and found["reopened"] == 0 and found["appealed"] == 0
    without = tiles(report(house, "overview", history="no"))
    assert without["registered"] == 5 and without["closed"] == 1


def test_the_period_before_stands_beside(house: House, world: dict[str, Case], clock: Any) -> None:
    made = report(house, "overview", since="2026-03-10", until="2026-03-17")
    registered = next(tile for tile in made.tiles if tile.name == "registered")
    assert (registered.cell.value, registered.before) == (1, 5)  # h lies three days before e: 9 March
    assert Period.read({"period": "custom", "since": "2026-03-10", "until": "2026-03-17"}).before() == Period(
        "custom", date(2026, 3, 2), date(2026, 3, 9)
    )


@pytest.mark.parametrize("who", ["lin", "ma", "wu"])
def test_every_number_leads_to_just_its_cases(house: House, world: dict[str, Case], who: str) -> None:
    for name in pages.PAGES:
        compared = agree(house, report(house, name, who), who)
        assert compared or name in ("lessons", "overrides"), name
        agree(house, report(house, name, who, category="1", playbook="complaint", history="no"), who)


def test_a_store_counts_its_own_alone(house: House, world: dict[str, Case]) -> None:
    assert tiles(report(house, "overview", "ma"))["registered"] == 4
    assert tiles(report(house, "overview", "wu"))["registered"] == 2
    assert tiles(report(house, "overview", unit=str(house.units["west"].pk)))["registered"] == 2
    assert tiles(report(house, "overview", "ma", unit=str(house.units["west"].pk)))["registered"] == 0
    clocks = {row[0].value: (row[1].value, row[2].value) for row in report(house, "clocks", "wu").tables[0].rows}
    assert clocks["首次答复"] == (1, 0)


def test_clocks_by_hand(house: House, world: dict[str, Case]) -> None:
    made = report(house, "clocks")
    rows = {row[0].value: (row[1].value, row[2].value, row[3].value) for row in made.tables[0].rows}
    assert rows["首次答复"] == (2, 2, 50.0)  # b's ended late, e's runs late
    running = next(tile for tile in made.tiles if tile.name == "running_late").cell.value
    assert running >= 1
    days = {row[0].value: row[1].value for row in made.tables[1].rows}
    assert days["03-03"] == 1 and days["03-02"] == 0 and len(days) == 30


def test_the_state_that_a_withdrawal_broke_off_was_neither_kept_nor_missed_before_its_moment(
    house: House, world: dict[str, Case], clock: Any
) -> None:
    state = Deadline.objects.get(case_id=world["d"].pk, kind="state")
    assert state.outcome == "stopped" and state.ended_at == world["d"].created_at + timedelta(hours=1)

    def counts() -> tuple[int, int]:
        made = report(house, "clocks", until="2026-04-30")
        assert agree(house, made) > 0
        rows = {row[0].value: (row[1].value, row[2].value) for row in made.tables[0].rows}
        return rows[names.clock(state.name)]

    kept, late = counts()
    others = {one.case_id for one in Deadline.objects.filter(name=state.name, outcome="kept")}
    assert kept == len(others)
    gone = ActingAs.by_customer(world["e"].customer_id)
    clock.advance(timedelta(days=20))
    assert service.act(case_id=world["e"].pk, action="withdraw", actor=gone, values={"reason": "等太久"}).accepted
    house.work()
    assert counts() == (kept, late + 1), "a moment that had passed was missed, whatever ended the wait"


def test_a_clock_that_runs_late_counts_on_its_day_until_it_ends_then_on_that_of_its_end(
    house: House, world: dict[str, Case], clock: Any
) -> None:
    case = world["e"]
    running = Deadline.objects.get(case_id=case.pk, name="respond")
    assert running.ended_at is None and running.due_at is not None and running.due_at < clock()
    due, today = day_of(running.due_at), day_of(clock())
    assert due < today

    def missed(day: str) -> tuple[int, int, int]:
        """On one day: e's store in the report, first answers in the list of clocks, promises that ran out."""
        only = {"since": day, "until": day}
        people, clocks = report(house, "people", **only), report(house, "clocks", **only)
        assert agree(house, people) and agree(house, clocks)
        store = {row[0].value: row[4].value for row in people.tables[1].rows}.get("单位store1", 0)
        named = {row[0].value: row[2].value for row in clocks.tables[0].rows}
        return store, named.get("首次答复", 0), tiles(clocks)["unanswered"]

    assert missed(due) == (1, 1, 1) and missed(today)[1:] == (0, 0)
    house.act(case, "contact", said="抱歉久等", next_step="明天答复")
    house.work()
    assert missed(due)[1:] == (0, 0) and missed(today) == (1, 1, 0)


def test_a_promise_that_is_something_else_in_another_process_counts_where_it_is_one(
    house: House, world: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    books = dict(library.everything())
    complaint, repair = books["complaint"], books["facility_repair"]
    both = replace(repair, deadlines={**repair.deadlines, "respond": complaint.deadlines["respond"]})
    monkeypatch.setattr(library, "everything", lambda: books | {"facility_repair": both})
    assert tiles(report(house, "clocks"))["unanswered"] == 1
    silent, promises = replace(complaint, first_answer=()), replace(both, first_answer=("respond",))
    turned = books | {"complaint": silent, "facility_repair": promises}
    monkeypatch.setattr(library, "everything", lambda: turned)
    assert tiles(report(house, "clocks"))["unanswered"] == 0, "where it promises, no such case is late"


def test_a_paused_clock_is_not_past(house: House, world: dict[str, Case], clock: Any) -> None:
    late = tiles(report(house, "clocks"))["late"]
    Deadline.objects.filter(case_id=world["e"].pk, ended_at=None).update(due_at=None)  # as a pause writes it
    assert tiles(report(house, "clocks"))["late"] == late - 1
    assert tiles(report(house, "clocks"))["unanswered"] == 0


def test_causes_stand_in_order_with_their_running_share(house: House, world: dict[str, Case]) -> None:
    cause, liable = report(house, "causes", history="no").tables
    assert [(row[0].value, row[1].value, row[3].value) for row in cause.rows] == [
        (cause.rows[0][0].value, 1, 50.0), (cause.rows[1][0].value, 1, 100.0), ("未填", 3, None),
    ]  # fmt: skip
    assert sum(row[1].value for row in liable.rows) == 5
    web = report(house, "channels", history="no").tables[0].rows[0]
    assert web[1].value == 3 and web[2].value == 60.0


def test_products_lines_and_their_faults_by_hand(house: House, complaints: Any, clock: Any) -> None:
    from tuoshan.catalog.models import Product

    kettle = Product.objects.create(code="K-1", name="水壶", line="小家电")
    pan = Product.objects.create(code="P-1", name="炒锅", line="锅具")
    toaster = Product.objects.create(code="T-1", name="面包机", line="小家电")
    for one in (kettle, kettle, toaster, pan):
        house.lodge(f"{one.name}坏了", product=str(one.pk))
    house.lodge("不知道是什么")
    house.work()
    first = CaseFigures.objects.filter(product_id=kettle.pk).order_by("id").first()
    assert first is not None and not list(proving.differences())
    CaseFigures.objects.filter(pk=first.pk).update(cause=TRANSPORT)

    made = report(house, "products")
    lines, products, course, faults = made.tables
    assert [(row[0].value, row[1].value, row[3].value) for row in lines.rows] == [
        ("小家电", 3, 75.0), ("锅具", 1, 100.0), ("没有填商品", 1, None),
    ]  # fmt: skip
    assert [(row[0].value, row[1].value) for row in products.rows] == [
        ("K-1 水壶", 2), ("P-1 炒锅", 1), ("T-1 面包机", 1), ("没有填商品", 1),
    ]  # fmt: skip
    assert [row[1].value for row in course.rows if row[1].value] == [2]
    assert [tuple(cell.value for cell in row)[2:] for row in faults.rows] == [(1, 50.0, 0)]
    assert agree(house, made) > 40
    assert agree(house, report(house, "products", line="小家电"))
    assert agree(house, report(house, "products", "ma"), "ma")

    def found(**given: str) -> int:
        return search.cases(house.fresh("lin"), Conditions.read(given)).count()

    assert found(product=f"={kettle.pk}") == found(product="K-1") == found(product="K-1 水壶") == 2
    assert found(product="none") == 1 and found(line="小家电") == 3 and found(line="none") == 0
    assert Conditions.read({"product": "K-1"}).params() == {"product": f"={kettle.pk}"}
    assert tiles(report(house, "overview", product="P-1"))["registered"] == 1
    (sheet,) = read_sheet(export.cases_file(search.cases(house.fresh("lin"), Conditions()).order_by("id"), phones=set))
    assert [row[sheet[0].index("商品")] for row in sheet[1:]] == [
        "K-1 水壶", "K-1 水壶", "T-1 面包机", "P-1 炒锅", "",
    ]  # fmt: skip


def test_the_other_trades_are_counted_by_what_they_ask(house: House, complaints: Any, clock: Any) -> None:
    """A refund has the order's product and its own reasons as causes, and no category; a repair has no product."""
    from tuoshan.catalog.models import OrderRef, Product
    from tuoshan.intake.arrivals import Came
    from tuoshan.intake.registering import Contact, register_complaint

    kettle = Product.objects.create(code="K-1", name="水壶", line="小家电")
    Product.objects.create(code="P-1", name="炒锅", line="锅具")
    OrderRef.objects.create(order_no="P-1001", lines=[{"product": "K-1", "name": "水壶"}])
    OrderRef.objects.create(order_no="P-1002", lines=[{"product": "K-1"}, {"product": "P-1"}])

    def refund(order_no: str, came: Came, **more: Any) -> Case:
        values = {
            "order_no": order_no, "platform_no": "PDD-7", "refund_reason": "quality", "amount_paid": Decimal(59),
            "amount": Decimal(59), "shipped": True, "ship_by": clock(), "window_end": clock() + timedelta(days=9),
        }  # fmt: skip
        done = register_complaint(
            values={**values, **more}, contact=Contact(), came=came, actor=acting(house.people["lin"]),
            playbook="pinduoduo_refund",
        ).outcome  # fmt: skip
        assert done.accepted, done.refusal
        return Case.objects.get(pk=done.case_id)

    assert refund("P-1001", Came()).product_id == kettle.pk
    assert refund("P-1002", Came()).product_id is None  # which of the two is not ours to say
    assert refund("P-1001", Came().with_product("一只杯子")).product_id is None  # the customer said another thing
    assert refund("unknown", Came()).product_id is None
    house.lodge("不知道是什么")
    repair = service.register(
        playbook="facility_repair", actor=acting(house.people["lin"]), channel="counter", customer_id=None,
        unit_id=house.units["store1"].pk, title="灯", values={
            "category": "1", "what_broken": "射灯不亮", "place": "inside", "store_type": "mall", "out_of_town": False,
        },
    )  # fmt: skip
    assert repair.accepted, repair.refusal
    approved = service.act(
        case_id=repair.case_id, action="approve",
        actor=ActingAs("person", house.people["ma"].pk, house.people["ma"], frozenset({"staff", "store_head"})),
        values={"scope": "换灯", "kind": "simple", "damage_by": "wear"},
    )  # fmt: skip
    assert approved.accepted, approved.refusal
    house.work()
    assert not list(proving.differences())

    made = {name: report(house, name) for name in ("categories", "causes", "products")}
    (categories,) = made["categories"].tables
    assert [row[1].value for row in categories.rows] == [1, 1] and categories.rows[-1][0].value == "未分类"
    cause, liable = made["causes"].tables
    assert [(row[0].value, row[1].value) for row in cause.rows] == [("质量问题", 4), ("自然损耗", 1), ("未填", 1)]
    assert [(row[0].value, row[1].value) for row in liable.rows] == [("未填", 1)]
    products = made["products"].tables[1]
    assert [(row[0].value, row[1].value) for row in products.rows] == [("K-1 水壶", 1), ("没有填商品", 4)]
    faults = made["products"].tables[3]
    assert [[cell.value for cell in row][:3] for row in faults.rows] == [["K-1 水壶", "质量问题", 1]]
    for one in made.values():
        assert agree(house, one)
    only = report(house, "categories", playbook="pinduoduo_refund").tables[0]
    assert not only.rows and str(only.empty) == "这个期间还没有数据。"


def test_nobody_has_rated_yet(house: House, complaints: Any) -> None:
    house.lodge("漏水")
    house.work()
    scores, course, *_more = report(house, "satisfaction").tables
    assert not scores.rows and not course.rows
    assert str(scores.empty) == str(course.empty) == "期间还没有客户评价。"
    _about, first, *_more = read_sheet(export.report_file(report(house, "satisfaction"), []))
    assert first[1][0] == "期间还没有客户评价。"


def test_stored_figures_are_what_the_cases_say(house: House, world: dict[str, Case]) -> None:
    assert not list(proving.differences())
    CaseFigures.objects.filter(pk=world["a"].pk).update(cause="elsewhere", response_seconds=5)
    assert {column for one in proving.differences() for column in one.columns} == {"cause", "response_seconds"}
    search.reindex()
    assert not list(proving.differences())


def test_scores_count_where_they_were_given(house: House, world: dict[str, Case], clock: Any) -> None:
    from tuoshan.care.models import SurveyAnswer

    said = {"a": (5, ["fast"], ""), "b": (2, ["rude", "fast"], "电话里不耐烦")}
    for name, (score, reasons, words) in said.items():
        more = {"at": clock(), "changed_at": clock(), "reasons": reasons, "words": words}
        SurveyAnswer.objects.create(case_id=world[name].pk, task="survey#1", score=score, **more)
    indexing.index_cases([world["a"].pk, world["b"].pk], anew=True)
    made = report(house, "satisfaction")
    assert tiles(made)["score"] == 3.5 and tiles(made)["scored"] == 2
    scores, course, reasons, words = made.tables
    assert [row[1].value for row in scores.rows] == [1, 0, 0, 1, 0]
    assert [(row[1].value, row[2].value) for row in course.rows if row[1].value] == [(2, 3.5)]
    assert [tuple(cell.value for cell in row[1:]) for row in reasons.rows] == [(2, 1, 1), (1, 0, 1)]
    assert [(row[0].case, row[2].value, row[4].value) for row in words.rows] == [
        (world["b"].number, "2 分", "电话里不耐烦"),
    ]  # fmt: skip
    assert agree(house, made) >= 6
    elsewhere = report(house, "satisfaction", "wu" if world["b"].unit_id != house.units["west"].pk else "ma")
    assert not elsewhere.tables[3].rows, "nobody reads words of a case beyond their reach"


def test_pace_by_day_and_per_handler_by_hand(house: House, world: dict[str, Case]) -> None:
    pace = report(house, "clocks", history="no").tables[2]
    assert {row[0].value: row[1].value for row in pace.rows if row[1].value} == {"03-02": 3 * 3600, "03-03": 30 * 3600}
    handlers = report(house, "people", history="no").tables[0]
    assert handlers.columns[5].title == "首次答复用时，中位数"
    # one handles a and b, nobody c
    assert sorted(row[5].value for row in handlers.rows if row[5].value) == [4 * 3600, 16 * 3600]


def test_how_many_statements_a_report_takes_does_not_depend_on_the_cases(house: House, world: dict[str, Case]) -> None:
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            report(house, "overview")
        counts.append(len(captured))
        for number in range(5):
            house.lodge(f"又一件 {number}")
        house.work()
    assert counts[0] == counts[1] < 60


def test_quantiles_and_shares() -> None:
    assert [places(n, 0.5) for n in (1, 2, 3, 4)] == [(0, 0), (0, 1), (1, 1), (1, 2)]
    assert [places(n, 0.9)[0] for n in (1, 2, 9, 10, 11, 20)] == [0, 1, 8, 8, 9, 17]
    assert shares([6, 3, 1]) == [60.0, 90.0, 100.0] and shares([]) == []


@pytest.mark.parametrize(
    ("since", "until", "labels"),
    [
        ("2026-03-01", "2026-03-03", ["03-01", "03-02", "03-03"]),
        ("2026-03-04", "2026-04-20", ["03-04", "03-09", "03-16", "03-23", "03-30", "04-06", "04-13", "04-20"]),
        ("2025-11-15", "2026-06-20", ["2025-11", "2025-12", *(f"2026-0{month}" for month in range(1, 7))]),
    ],
)  # fmt: skip
def test_days_weeks_and_months_cover_the_period(since: str, until: str, labels: list[str]) -> None:
    cut = pages.steps(date.fromisoformat(since), date.fromisoformat(until))
    assert [label for _first, _last, label in cut] == labels
    assert cut[0][0].isoformat() == since and cut[-1][1].isoformat() == until
    assert all(after[0] == before[1] + timedelta(days=1) for before, after in zip(cut, cut[1:], strict=False))


def read_sheet(place: Any) -> list[list[list[Any]]]:
    import python_calamine

    try:
        with zipfile.ZipFile(place) as parts:
            assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "sheet" in name)
        book = python_calamine.CalamineWorkbook.from_path(str(place))
        return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    finally:
        place.unlink()


def test_sheets_stand_as_the_page_reads_and_the_file_opens_on_the_first_table(house: House, world: Any) -> None:
    import python_calamine

    made = report(house, "causes")
    titles = [str(table.title) for table in made.tables]
    assert len(titles) == 2
    place = export.report_file(made, [])
    try:
        assert python_calamine.CalamineWorkbook.from_path(str(place)).sheet_names == ["概况", *titles]
        with zipfile.ZipFile(place) as parts:
            assert b'activeTab="1"' in parts.read("xl/workbook.xml")
            assert b'0.0%' in parts.read("xl/styles.xml")
            listed = parts.read("xl/worksheets/sheet2.xml")
            assert b'state="frozen"' in listed and b"<autoFilter " in listed
            assert b"<autoFilter " not in parts.read("xl/worksheets/sheet1.xml")
    finally:
        place.unlink()


def test_files_hold_the_same_numbers_and_no_formulas(house: House, world: dict[str, Case]) -> None:
    made = report(house, "overview")
    about, flow = read_sheet(export.report_file(made, ["单位：全部"]))
    rows = {row[0]: row[1] for row in about}
    assert rows["登记"] == 6 and rows["首次答复，中位数（小时）"] == 4 and rows["首次答复及时率"] == 0.5
    assert sum(row[1] for row in flow[1:]) == 6
    house.lodge("公式", title='=HYPERLINK("http://example.test","点我")', name="+李", phone="13800138000")
    found = search.cases(house.fresh("lin"), Conditions()).order_by("-created_at", "-id")
    for phones, shown in ((True, "+8613800138000"), (False, "138")):
        (sheet,) = read_sheet(export.cases_file(found, phones=set if phones else lambda of: set()))
        assert len(sheet) == 8 and sheet[1][1].startswith("=HYPERLINK") and sheet[1][11] == "+李"
        assert sheet[1][12].replace(" ", "").startswith(shown if phones else "") and ("8000" in sheet[1][12])
        assert phones or "13800138000" not in sheet[1][12]


def test_the_list_of_cases_tells_the_whole_sentence_the_order_and_what_was_paid(house: House, complaints: Any) -> None:
    said = "在你们店里买的电水壶用了不到两个星期就从壶底漏水，漏到插座上跳了闸，家里的冰箱也跟着断了电，要求退货并赔偿"
    house.lodge(said, title=title_of(said), order_no="TB-1", amount_paid=Decimal("219.5"))
    house.lodge("什么也没说", title="什么也没说")
    house.work()
    assert Case.objects.order_by("id")[0].title.endswith("…")
    (sheet,) = read_sheet(export.cases_file(search.cases(house.fresh("lin"), Conditions()).order_by("id"), phones=set))
    head = sheet[0]
    told = [[row[head.index(name)] for name in ("标题", "订单号", "实付金额（元）")] for row in sheet[1:]]
    assert told == [[said, "TB-1", 219.5], ["什么也没说", "", ""]]


@pytest.mark.parametrize(("who", "until"), [("lin", "2026-03-31"), ("ma", "2026-03-31"), ("lin", "2026-08-31")])
def test_missed_clocks_counted_in_the_database_are_those_read_row_by_row(
    house: House, world: dict[str, Case], clock: Any, who: str, until: str
) -> None:
    chance, begin = random.Random(2026), clock() - timedelta(days=20)
    for number in range(400):
        case, due = chance.choice(list(world.values())), begin + timedelta(hours=chance.uniform(-100, 900))
        ended = chance.choice([None, due + timedelta(hours=chance.uniform(-30, 90))])
        outcome = "" if ended is None else chance.choice(["kept", "late", "late", "stopped"])
        Deadline.objects.create(
            case_id=case.pk, key=f"state:made#{number}", name=chance.choice(["respond", "solve", "follow_up"]),
            kind=chance.choice(["state", "deadline", "task", "hold"]), outcome=outcome, started_at=begin,
            party=chance.choice(["handler", "lead", "customer", ""]), ended_at=ended,
            due_at=None if ended is None and chance.random() < 0.2 else due,
        )  # fmt: skip
    given = MARCH | {"until": until}
    counting = Counting(house.fresh(who), Conditions.read(given), Period.read(given))
    named, dated = set[tuple[str, int]](), set[tuple[date, int]]()
    for found, moment in zip(measures.late_clocks(counting.period.span), ("ended_at", "due_at"), strict=True):
        for name, case_id, at in counting.clocks(found).values_list("name", "case_id", moment):
            named.add((name, case_id))
            dated.add((figures.local_day(at), case_id))
    assert counting.missed_by_name() == Counter(name for name, _case in named)
    stretches = [(first, last) for first, last, _label in steps(counting.period.since, counting.period.until)]
    read = [len({case for day, case in dated if first <= day <= last}) for first, last in stretches]
    assert counting.missed_between(stretches) == read
    assert sum(read) > len(world) and agree(house, report(house, "clocks", who, until=until), who)
