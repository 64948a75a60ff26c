"""Orders out of tables: guessed, tried, taken once, renewed, with their lines and bad rows; no case is made."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.intake.test_imports import House, excel_rows, house

__all__ = ["house"]
HEADINGS = (
    "订单编号", "店铺", "收件人电话", "实付金额", "货号", "商品名称", "数量", "单价", "下单时间", "签收时间", "门店",
)  # fmt: skip
ROWS = (
    ("DD9", "官方商城", "13900139000", "¥458.00", "K-01", "静音破壁机", "1", "399", "2026-02-01", "2026-02-04", "east"),
    ("DD9", "官方商城", "13900139000", "458", "C-9", "玻璃杯", "2", "29.50", "2026-02-01", "2026-02-04", "east"),
    ("DD8", "", "", "", "", "静音破壁机", "", "", "", "", ""),
)  # fmt: skip
BAD = (
    ("", "", "", "", "", "", "", "", "", "", ""), ("DD7", "", "1234", "", "", "", "", "", "", "", ""),
    ("DD6", "", "", "免费", "", "", "两件", "", "昨天", "", "月球店"),
    ("D" * 65, "", "", "", "", "", "", "", "", "", ""),
)  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    def written(*rows: tuple[str, ...], name: str = "orders.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([HEADINGS, *rows])
        return path

    return written


def imported(house: House, path: Path) -> Any:
    from tuoshan.intake.imports import desk, mapping

    run = house.taken_in(path)
    assert desk.confirm(run, run.mapping, mapping.ORDERS, live=False) == []
    desk.start(run)
    while house.piece():
        pass
    run.refresh_from_db()
    assert run.status == "done"
    return run


def test_a_table_of_orders_is_known_by_its_headings_and_one_of_complaints_is_not(
    house: House, table: Callable[..., Path]
) -> None:
    from tuoshan.intake.imports import mapping

    run = house.taken_in(table(*ROWS))
    assert run.of_orders and list(run.mapping.values()) == [
        "order_no", "shop", "phone", "paid", "product", "name", "quantity", "price", "ordered_at", "signed_at", "unit"
    ]  # fmt: skip
    english = ("Order number", "Shop", "Phone", "Amount paid", "SKU", "Product name", "Qty", "Unit price", "Order date")
    assert mapping.tells_orders(english) and "" not in mapping.guess(english, mapping.ORDER_TARGETS).values()
    for complaints in (("订单编号", "投诉内容"), ("id", "product_category", "sentiment", "text"), ("甲", "乙")):
        assert not mapping.tells_orders(complaints)


def test_orders_come_in_with_their_lines_are_renewed_and_never_doubled(
    house: House, table: Callable[..., Path]
) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.catalog.models import OrderRef
    from tuoshan.parties.models import Customer

    people = Customer.objects.count()
    run = imported(house, table(*ROWS))
    assert (run.taken, run.known, run.refused, run.live) == (3, 0, [], False)
    order = OrderRef.objects.get(order_no="DD9")
    assert (order.paid, order.shop, order.unit_id) == (Decimal(458), "官方商城", house.shop.units["east"].pk)
    assert order.lines == [
        {"product": "K-01", "name": "静音破壁机", "quantity": 1, "price": "399.00"},
        {"product": "C-9", "name": "玻璃杯", "quantity": 2, "price": "29.50"},
    ]
    assert order.belongs_to_phone("139 0013 9000") and order.ordered_at and order.signed_at
    assert OrderRef.objects.get(order_no="DD8").lines == [{"product": "K-01", "name": "静音破壁机"}]
    again = imported(house, table(*ROWS, name="again.csv"))
    assert (again.taken, again.known) == (0, 3) and OrderRef.objects.filter(order_no__in=("DD8", "DD9")).count() == 2
    changed = imported(house, table((*ROWS[1][:6], "3", *ROWS[1][7:]), name="changed.csv"))
    order.refresh_from_db()
    assert (changed.taken, [line["quantity"] for line in order.lines]) == (1, [1, 3])
    assert not Case.objects.exists() and Customer.objects.count() == people, "buyers are no customers of ours yet"


def test_a_dry_run_writes_nothing_and_bad_rows_can_be_mended(house: House, table: Callable[..., Path]) -> None:
    from django.utils import translation

    from tuoshan.catalog.models import OrderRef
    from tuoshan.intake.imports import desk, mapping

    before = OrderRef.objects.count()
    run = house.taken_in(table(ROWS[0], *BAD[1:]))
    assert desk.confirm(run, run.mapping, mapping.ORDERS, live=True) == []
    assert (run.taken, len(run.bad), OrderRef.objects.count()) == (1, 3, before)
    why = [said for _number, said in desk.bad_rows(run, 9)]
    assert "1234" in why[0] and "64" in why[2]
    assert all(part in why[1] for part in ("免费", "两件", "昨天", "月球店")), "all that is wrong at once"
    with translation.override("en"):
        assert "cannot be read" in desk.bad_rows(run, 9)[1][1]
    sheet = excel_rows(desk.report(run))
    assert sheet[0][2:] == list(HEADINGS) and len(sheet) == 4
    assert desk.confirm(run, run.mapping | {"订单编号": ""}, mapping.ORDERS, live=False) == [
        "还没有指定“订单号”对应哪一列。"
    ]


def test_an_imported_order_answers_the_identity_check_at_the_desk(
    house: House, table: Callable[..., Path], client: Any
) -> None:
    imported(house, table(*ROWS))
    client.force_login(house.shop.people["agent"])
    typed = {"customer-phone": "13900139000", "channel": "hotline", "order_no": "DD9", "what_happened": "破壁机不转"}
    page = client.post("/register/complaint/beside", typed).content.decode()
    assert "已找到" in page and "c-ok" in page and 'value="458.00"' in page
    caller = client.post("/register/complaint/beside", {"customer-phone": "13900139000"}).content.decode()
    assert "DD9" in caller and "玻璃杯" in caller
