"""What a ruling in a case begins with, where each value comes from, and what is left open rather than guessed."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.workbench.deskhouse import desk  # noqa: F401

from tuoshan import clock
from tuoshan.cases import service
from tuoshan.cases.models import Case
from tuoshan.cases.rows import Row
from tuoshan.catalog.models import Category, OrderRef, Product, ProductLine, Shop
from tuoshan.documents.models import Evidence
from tuoshan.rulings import from_cases, keeping, library
from tuoshan.rulings.known import Known, bought, known_of
from tuoshan.rulings.pieces import MoreThanBought, priced

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoes() -> Product:
    return Product.objects.create(code="SH-1", name="半月皮鞋", line="鞋")


def order(*lines: tuple[str, int, str], paid: str | None, shop: str = "天猫旗舰店") -> OrderRef:
    """Ordered on 1 February 2026, signed for on the 4th."""
    return OrderRef.objects.create(
        order_no="DD00000077", shop=shop, paid=None if paid is None else Decimal(paid),
        lines=[{"product": code, "name": "半月皮鞋", "quantity": many, "price": price} for code, many, price in lines],
        ordered_at="2026-02-01T10:00:00+08:00", signed_at="2026-02-04T10:00:00+08:00",
    )  # fmt: skip


def complaint(desk: Any, **values: Any) -> Case:  # noqa: F811
    """A complaint about the order, filed as poor workmanship and accepted."""
    category = str(Category.objects.get(code="quality-workmanship").pk)
    given = {"channel": "hotline", "what_happened": "开胶", "order_no": "DD00000077", "category": category, **values}
    done = service.register(
        playbook="complaint", actor=service.ActingAs.by_person(desk.people["agent"]), values=given, channel="hotline",
        customer_id=desk.house.customer.pk, unit_id=desk.house.unit.pk, title="开胶",
    )  # fmt: skip
    assert done.accepted, done.refusal
    return Case.objects.get(pk=done.case_id)


def known(desk: Any, case: Case) -> dict[str, Known]:  # noqa: F811
    return known_of(case, Row.of(case).state, library.facts(), desk.people["agent"])


def values(desk: Any, case: Case) -> dict[str, object]:  # noqa: F811
    return {name: one.value for name, one in known(desk, case).items()}


def test_everything_that_case_order_product_and_customer_say_is_there(desk: Any, shoes: Product) -> None:  # noqa: F811
    """Two pairs for 399 together: 199.50 each; signed for is delivered; the category names a fault."""
    order(("SH-1", 2, "210.00"), paid="399.00")
    desk.house.customer.grade = "VIP"
    desk.house.customer.save()
    case = complaint(desk, product=str(shoes.pk))
    assert values(desk, case) == {
        "problem": "quality", "goods": "shoes", "paid": Decimal("199.50"), "sold_on": date(2026, 2, 1),
        "signed_on": date(2026, 2, 4), "delivered_on": date(2026, 2, 4), "reported_on": date(2026, 3, 2),
        "platform": "taobao", "sale": "distance", "has_receipt": True, "vip": True,
    }  # fmt: skip
    assert known(desk, case)["paid"].source == "订单 DD00000077"


def test_what_the_case_itself_says_comes_before_its_order(desk: Any, shoes: Product) -> None:  # noqa: F811
    order(("SH-1", 1, "399.00"), paid="399.00")
    case = complaint(desk, product=str(shoes.pk), amount_paid=Decimal(350), bought_on=date(2026, 1, 31))
    found = known(desk, case)
    assert found["paid"] == Known(Decimal(350), "工单：实付金额")
    assert found["sold_on"].value == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("lines", "paid", "price"),
    [
        ([("SH-1", 1, "200.00"), ("BG-1", 1, "100.00")], "300.00", Decimal("200.00")),
        ([("SH-1", 1, "200.00"), ("BG-1", 1, "100.00")], "270.00", None),  # something was taken off the whole order
        ([("SH-1", 3, "100.00")], "200.00", None),  # 66.666… a pair
        ([("SH-1", 1, "200.00"), ("SH-1", 1, "100.00")], "300.00", None),  # which of the two
        ([("BG-1", 1, "100.00")], "100.00", None),
    ],
)
def test_a_price_that_the_order_does_not_tell_is_left_open(
    desk: Any,  # noqa: F811
    shoes: Product,
    lines: list[tuple[str, int, str]],
    paid: str,
    price: Decimal | None,
) -> None:
    order(*lines, paid=paid)
    assert values(desk, complaint(desk, product=str(shoes.pk))).get("paid") == price


@pytest.mark.parametrize(
    ("lines", "order_paid", "paid", "price", "pieces"),
    [
        ([("SH-1", 2, "399.00")], "798.00", "798.00", "399.00", 2),
        ([("SH-1", 2, "399.00")], None, "798.00", "399.00", 2),  # by the price of the line
        ([("SH-1", 2, "399.00")], "798.00", "399.00", "399.00", 1),  # two would be more than was paid by the case
        ([("SH-1", 2, "399.00")], "798.00", "350.00", None, 1),  # what was paid for one is not certain
        ([("SH-1", 1, "200.00"), ("BG-1", 1, "100.00")], "300.00", "300.00", "200.00", 1),  # not the bag's as well
        ([("SH-1", 2, "100.00"), ("BG-1", 1, "100.00")], "300.00", "300.00", "100.00", 2),
        ([("SH-1", 1, "200.00"), ("BG-1", 1, "100.00")], "270.00", "270.00", None, 1),  # something was taken off
        ([("BG-1", 1, "100.00")], "100.00", "100.00", None, None),  # another thing was ordered
    ],
)
def test_what_was_paid_for_the_whole_order_is_never_the_price_of_one_piece_of_several(
    desk: Any,  # noqa: F811
    shoes: Product,
    lines: list[tuple[str, int, str]],
    order_paid: str | None,
    paid: str,
    price: str | None,
    pieces: int | None,
) -> None:
    """And what is known, for all pieces together, is never more than the case says was paid."""
    order(*lines, paid=order_paid)
    case = complaint(desk, product=str(shoes.pk), amount_paid=Decimal(paid))
    found, line = known(desk, case).get("paid"), bought(case, Row.of(case).state)
    assert (found.value if found is not None else None) == (Decimal(price) if price is not None else None)
    assert (line.pieces if line is not None else None) == pieces
    assert found is None or found.source == "订单 DD00000077"


def test_without_an_order_what_was_paid_is_the_price(desk: Any) -> None:  # noqa: F811
    case = complaint(desk, order_no="", amount_paid=Decimal("399"))
    assert known(desk, case)["paid"] == Known(Decimal("399"), "工单：实付金额")


def test_a_request_on_a_marketplace_has_its_price_from_the_order_alone() -> None:
    """What was paid there is of the whole order as well: of how many pieces only the order tells."""
    for name in ("pinduoduo_refund", "pinduoduo_return"):
        told = from_cases.from_case(name)
        assert told.order == "order_no" and "paid" not in {one.fact for one in told.means if not one.of_order}


def test_the_time_that_the_platform_states_for_a_proof_is_taken_from_the_case() -> None:
    for name in ("pinduoduo_refund", "pinduoduo_return"):
        told = from_cases.from_case(name).means
        assert [one.field for one in told if one.fact == "seller_proof_until"] == ["platform_due"]


@pytest.mark.parametrize(
    ("paid", "pieces", "prices"),
    [
        ("100.00/3", 3, [("33.33", 2), ("33.34", 1)]),
        ("100.00/3", 2, [("33.33", 1), ("33.34", 1)]),  # 66.67
        ("100.00/3", 1, [("33.33", 1)]),
        ("200.00/3", 1, [("66.67", 1)]),
        ("200.00/3", 3, [("66.66", 1), ("66.67", 2)]),
        ("0.02/3", 3, [("0.00", 1), ("0.01", 2)]),
        ("¥1,000.00 / 7", 7, [("142.85", 2), ("142.86", 5)]),  # 285.70 and 714.30
        ("399.00", 2, [("399.00", 2)]),
        ("", 2, [("", 2)]),
        ("free/3", 3, [("free", 3)]),
    ],
)
def test_a_sum_for_several_pieces_is_divided_to_the_fen_without_a_rest(
    paid: str, pieces: int, prices: list[tuple[str, int]]
) -> None:
    assert priced(paid, pieces) == prices


def test_all_pieces_together_are_what_was_paid_whatever_the_sum() -> None:
    """And no piece of fewer costs more than a fen above its part."""
    for fen in (*range(1, 60), 9_999, 10_000, 10_001):
        whole = Decimal(fen) / 100
        for bought_for in range(1, 13):
            for many in range(1, bought_for + 1):
                prices = priced(f"{whole}/{bought_for}", many)
                together = sum(Decimal(price) * pieces for price, pieces in prices)
                assert sum(pieces for _price, pieces in prices) == many
                assert abs(together - whole * many / bought_for) <= Decimal("0.005")
                assert many < bought_for or together == whole


def test_more_pieces_than_were_paid_for_are_refused() -> None:
    with pytest.raises(MoreThanBought):
        priced("100.00/3", 4)


def test_a_price_that_leaves_a_rest_goes_to_the_bench_as_it_was_paid(desk: Any, shoes: Product) -> None:  # noqa: F811
    order(("SH-1", 3, "40.00"), paid="100.00")
    case = complaint(desk, product=str(shoes.pk), amount_paid=Decimal("100.00"))
    client = desk.client("agent")
    page = client.get(f"/case/{case.number}").content.decode()
    address = page.partition('id="rulings-h"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    given = parse_qs(urlsplit(address).query)
    assert given["f1-quantity"] == ["3"] and given["f1-paid"] == ["100.00/3"]
    bench = client.get(address).content.decode()
    assert re.search(r'type="text"[^>]*value="100.00/3"', bench), "a field for numbers would be emptied by the browser"
    assert "多于" not in bench
    assert "这笔钱只买了 3 件" in client.get(address.replace("f1-quantity=3", "f1-quantity=4")).content.decode()


def test_what_may_be_installed_later_is_not_taken_as_delivered_when_signed_for(desk: Any) -> None:  # noqa: F811
    stove = Product.objects.create(code="EA-1", name="抽油烟机", line="家电")
    order(("EA-1", 1, "999.00"), paid="999.00", shop="门店")
    found = values(desk, complaint(desk, product=str(stove.pk)))
    assert found["goods"] == "appliance" and "delivered_on" not in found and "platform" not in found


def test_what_a_company_says_of_its_lines_shops_and_categories_counts(desk: Any) -> None:  # noqa: F811
    """A line that nobody has told about is asked; told, it is known; and the same for shops and categories."""
    kettle = Product.objects.create(code="KP-9", name="保温杯", line="杯壶")
    order(("KP-9", 1, "59.00"), paid="59.00", shop="杯壶小店")
    case = complaint(desk, product=str(kettle.pk), category=str(Category.objects.get(code="delivery-wrong").pk))
    assert not {"goods", "platform", "problem", "delivered_on"} & values(desk, case).keys()
    ProductLine.objects.create(name="杯壶", goods="textiles")
    Shop.objects.create(name="杯壶小店", platform="none")
    Category.objects.filter(code="delivery-wrong").update(problem="wrong_item")
    found = values(desk, case)
    assert (found["goods"], found["platform"], found["problem"]) == ("textiles", "none", "wrong_item")
    assert found["delivered_on"] == date(2026, 2, 4)
    ProductLine.objects.filter(name="杯壶").update(is_installed=True)
    assert "delivered_on" not in values(desk, case)


def test_a_shop_whose_name_says_two_platforms_is_asked_until_its_whole_name_is_told(desk: Any) -> None:  # noqa: F811
    order(("SH-1", 1, "59.00"), paid="59.00", shop="天猫转微信店")
    case = complaint(desk)
    assert "platform" not in values(desk, case)
    Shop.objects.create(name="天猫转微信店", platform="wechat")
    assert values(desk, case)["platform"] == "wechat"


def test_a_new_line_of_a_product_is_listed_so_that_somebody_says_what_it_is(desk: Any) -> None:  # noqa: F811
    client = desk.client("manager")
    client.post("/settings/products/new", {"code": "KP-9", "name": "保温杯", "line": "杯壶", "is_active": "on"})
    line = ProductLine.objects.get(name="杯壶")
    page = client.get("/settings/product-lines/").content.decode()
    assert line.goods == "" and "没有说明，裁定时再问" in page
    place = f"/settings/product-lines/{line.pk}"
    assert client.post(place, {"goods": "杯子"}).status_code == 422, "no kind of goods of the books"
    assert client.post(place, {"goods": "textiles", "name": "别的"}).status_code == 302
    line.refresh_from_db()
    assert (line.name, line.goods) == ("杯壶", "textiles"), "products carry the name"
    assert "箱包、玩具" in client.get("/settings/product-lines/").content.decode()
    assert desk.client("agent").get("/settings/product-lines/").status_code == 403
    assert desk.client("agent").post(place, {"goods": "food"}).status_code == 403


def test_the_companys_own_file_says_what_a_process_means_and_a_wrong_one_changes_nothing(
    desk: Any, shoes: Product, settings: Any, tmp_path: Path  # noqa: F811
) -> None:
    order(("SH-1", 1, "399.00"), paid="399.00")
    case = complaint(desk, product=str(shoes.pk), amount_paid=Decimal(350), bought_on=date(2026, 1, 31))
    settings.DATA_DIR = tmp_path
    own = tmp_path / "playbooks" / "for_rulings"
    own.mkdir(parents=True)
    (own / "complaint.yaml").write_text("for: complaint\norder: order_no\nfacts: {bought_on: sold_on}\n", "utf-8")
    assert values(desk, case)["paid"] == Decimal("399.00"), "the amount of the form says nothing any more"
    (own / "complaint.yaml").write_text("for: complaint\nfacts: {bought_on: soldon}\n", "utf-8")
    assert values(desk, case)["paid"] == Decimal(350)


def test_a_facility_request_is_known_as_one_with_what_its_form_says() -> None:
    told = from_cases.from_case("facility_repair")
    answers = {one.field: one for one in told.means}
    assert told.holds == {"facility_request": True}
    assert answers["damage_by"].value("unknown") is None and answers["store_type"].value("standalone") is True
    assert answers["place"].value("window") == "window" and answers["place"].value("inside") is None


def carried_out(desk: Any, case: Case, remedy: str) -> None:  # noqa: F811
    """The case is accepted, the remedy agreed and done."""
    house = desk.house
    category = str(Category.objects.get(code="quality-workmanship").pk)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("accept_simple", {"category": category, "impact": "low", "urgency": "low", "next_step": "明天回电",
                           "handler": str(house.agent.pk)}),
        ("propose", {"cause": "material-faulty", "liable": "product", "remedies": [remedy], "remedy_steps": "按方案",
                     "amount": Decimal(0), "carry_out_by": date(2026, 3, 20)}),
        ("agree_told", {"consent_by": "phone", "consent_words": "同意"}),
    ]  # fmt: skip
    for name, given in steps:
        done = house.act(case, name, **given)
        assert done.accepted, (name, done.refusal)
    state = Row.of(Case.objects.get(pk=case.pk)).state
    [run] = [run for run in state.tasks.values() if run.name == "remedy"]
    proof = Evidence.objects.create(
        case_id=case.pk, kind="voucher", content_type="image/jpeg", stored_hash="0" * 64, original_hash="0" * 64,
        size=1, at=clock.now(), actor_kind="person", actor_id=desk.people["agent"].pk,
    )  # fmt: skip
    done = service.complete_task(
        case_id=case.pk, task_key=run.id, actor=service.ActingAs.by_person(desk.people["agent"]),
        values={"how_done": "已办"}, evidence=[proof.pk], outcome="settled",
    )  # fmt: skip
    assert done.accepted, done.refusal


def test_earlier_repairs_and_exchanges_of_the_same_order_are_counted(desk: Any, shoes: Product) -> None:  # noqa: F811
    order(("SH-1", 1, "399.00"), paid="399.00")
    first = complaint(desk, product=str(shoes.pk))
    carried_out(desk, first, "repair")
    assert "repairs_same_fault" not in known(desk, first)
    second = complaint(desk, product=str(shoes.pk))
    found = known(desk, second)
    assert found["repairs_same_fault"] == Known(Decimal(1), f"工单 {first.number}")
    assert found["repaired_on"].value == date(2026, 3, 2)
    carried_out(desk, second, "exchange")
    third = known(desk, complaint(desk, product=str(shoes.pk)))
    assert third["is_replacement"] == Known(True, f"工单 {second.number}")
    assert third["replaced_on"].value == date(2026, 3, 2)


def test_the_bench_says_where_each_value_comes_from_until_it_is_corrected(desk: Any, shoes: Product) -> None:  # noqa: F811
    order(("SH-1", 2, "199.50"), paid="399.00")
    case = complaint(desk, product=str(shoes.pk))
    page = desk.client("agent").get(f"/case/{case.number}").content.decode()
    address = page.partition('id="rulings-h"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    given = parse_qs(urlsplit(address).query)
    assert given["f1-quantity"] == ["2"] and given["f1-paid"] == ["199.50"] and "订单 DD00000077" in page
    client = desk.client("agent")
    assert client.get(address).content.decode().count("订单 DD00000077") >= 5
    corrected = client.get(address.replace("f1-paid=199.50", "f1-paid=180.00")).content.decode()
    assert 'value="180.00"' in corrected
    assert corrected.count("订单 DD00000077") == client.get(address).content.decode().count("订单 DD00000077") - 1
    assert desk.client("agent").get(address.replace(case.number, "TS2603-99999-1")).status_code == 404


def test_ruled_once_more_it_begins_with_what_was_answered(desk: Any, shoes: Product) -> None:  # noqa: F811
    order(("SH-1", 2, "199.50"), paid="399.00")
    case = complaint(desk, product=str(shoes.pk))
    client = desk.client("agent")
    query = f"case={case.number}&f1-goods=shoes&f1-house=mall&f1-defect=glue&f1-quantity=1&f2-goods=shoes&f2-house=mall"
    client.post("/rulings/keep", {"query": query})
    page = client.get(f"/case/{case.number}").content.decode()
    address = page.partition('id="rulings-h"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    given = parse_qs(urlsplit(address).query)
    assert given["f1-paid"] == ["199.50"], "by the order: nobody has answered otherwise"
    assert given["f1-defect"] == ["glue"] and given["f2-house"] == ["mall"] and given["f1-quantity"] == ["1"]
    assert "2026-03-02 的裁定" in client.get(address).content.decode()


def test_a_price_that_was_put_right_on_the_bench_stays_and_one_put_right_in_the_case_counts(
    desk: Any, shoes: Product  # noqa: F811
) -> None:
    """The order says 399; the bench was told 350; at last the case itself says 360."""
    order(("SH-1", 1, "399.00"), paid="399.00")
    case = complaint(desk, product=str(shoes.pk))
    desk.client("agent").post("/rulings/keep", {"query": f"case={case.number}&f1-goods=shoes&f1-paid=350"})
    [row] = keeping.standing(case.pk)

    def paid(**more: Any) -> object:
        state = Row.of(case).state
        state.facts.update(more)
        return known_of(case, state, library.facts(), desk.people["agent"], row)["paid"].value

    assert paid() == "350.00"
    assert paid(amount_paid=Decimal(360)) == Decimal(360)
