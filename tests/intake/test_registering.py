"""The one way in: customer, case, arrival and identity check come together or not at all."""

from datetime import timedelta
from typing import Any

import pytest


def register(shop: Any, **given: Any) -> Any:
    from tuoshan.intake.arrivals import Came
    from tuoshan.intake.registering import Contact, register_complaint

    values = {"what_happened": "破壁机用了三天就冒烟，有焦糊味，家里有孩子很害怕", **given.pop("values", {})}
    contact = given.pop("contact", Contact(phone="138 0013 8000", name="王芳"))
    return register_complaint(
        values=values, contact=contact, came=given.pop("came", Came("hotline")), actor=given.pop("actor", shop.actor()),
        **given,
    )  # fmt: skip


def test_the_customer_is_found_and_the_case_belongs_to_the_unit_of_the_order(shop: Any, clock: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.intake.models import Arrival

    done = register(shop, values={"order_no": "DD20261101001"})
    case = Case.objects.get(pk=done.outcome.case_id)
    assert done.outcome.accepted and not done.customer_made and done.customer.pk == shop.customer.pk
    assert case.unit_id == shop.units["east"].pk and case.channel == "hotline"
    assert case.title == "破壁机用了三天就冒烟，有焦糊味，家里有孩子很害怕"
    assert done.promise.due == case.created_at + timedelta(hours=24)
    assert Arrival.objects.get(pk=case.pk).order_no == "DD20261101001"


def test_a_case_that_nothing_gives_a_unit_is_that_of_the_default_else_of_the_root(shop: Any, clock: Any) -> None:
    from tuoshan.cases import calendars, library
    from tuoshan.cases.models import Case
    from tuoshan.intake.imports.records import Maker, forget
    from tuoshan.intake.imports.tables import Row
    from tuoshan.knowledge.company import Company, set_company
    from tuoshan.parties.models import OrgUnit

    def unit(**given: Any) -> int | None:
        outcome = register(shop, actor=None, **given).outcome
        return Case.objects.get(pk=outcome.case_id).unit_id

    assert unit() == shop.units["hq"].pk
    set_company(Company(unit="west"), valid_from=clock())
    calendars.forget()
    assert unit() == shop.units["west"].pk
    assert unit(values={"order_no": shop.order.order_no}) == shop.units["east"].pk
    assert unit(values={"store": str(shop.units["east"].pk)}) == shop.units["east"].pk

    def of_a_row(default_unit: int | None = None, **cells: str) -> int | None:
        mapping = {name: name for name in ("text", "order_no", "unit")}
        maker = Maker(library.current("complaint"), shop.actor(), mapping, "rows", True, default_unit)
        return maker.make(Row(2, {"text": "漏水", **cells})).unit_id

    forget()
    assert of_a_row() == shop.units["west"].pk
    assert of_a_row(order_no=shop.order.order_no) == shop.units["east"].pk
    assert of_a_row(7, order_no=shop.order.order_no) == 7, "a unit that was said for the table goes before the order's"
    assert of_a_row(7, unit="east") == shop.units["east"].pk
    OrgUnit.objects.filter(code="west").update(is_active=False)
    assert unit() == shop.units["hq"].pk, "a unit that is no more is nobody's"


def test_an_unknown_phone_makes_a_customer_and_the_same_key_makes_nothing_twice(shop: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.intake.registering import Contact
    from tuoshan.parties.models import Customer

    contact = Contact(phone="13900139000", name="李雷")
    first = register(shop, contact=contact, idempotency_key="k1")
    again = register(shop, contact=contact, idempotency_key="k1")
    assert first.customer_made and again.outcome.replayed and not again.customer_made
    assert again.outcome.number == first.outcome.number and Case.objects.count() == 1
    nobody = Contact(name="不留电话")
    register(shop, contact=nobody, idempotency_key="k2")
    register(shop, contact=nobody, idempotency_key="k2")
    assert Customer.objects.count() == 3


def test_a_refusal_leaves_nothing_behind_not_even_the_customer(shop: Any) -> None:
    from tuoshan.cases.models import Case
    from tuoshan.intake.registering import Contact
    from tuoshan.parties.models import Customer

    before = Customer.objects.count()
    done = register(shop, contact=Contact(phone="13900139000"), values={"what_happened": ""})
    assert done.outcome.refusal.because == "invalid_form" and done.outcome.refusal.data["fields"]
    assert (Case.objects.count(), Customer.objects.count()) == (0, before)


def test_a_phone_that_is_none_is_said_so(shop: Any) -> None:
    from tuoshan.intake.registering import Contact
    from tuoshan.parties.customers import PhoneRefused

    with pytest.raises(PhoneRefused):
        register(shop, contact=Contact(phone="12345"))


def test_a_name_that_differs_is_reported_and_the_record_stays(shop: Any) -> None:
    from tuoshan.intake.registering import Contact

    done = register(shop, contact=Contact(phone="13800138000", name="王方"))
    shop.customer.refresh_from_db()
    assert done.differs == ("name",) and shop.customer.name == "王芳"


def test_the_identity_check_is_a_fact_of_the_case(shop: Any) -> None:
    from tuoshan.cases.models import Case, Event, Words
    from tuoshan.cases.possible import row_of
    from tuoshan.cases.verifying import faults_of
    from tuoshan.intake.registering import IdentityCheck

    done = register(shop, identity=IdentityCheck("matched", "电话与订单一致"), actor=shop.actor("clerk"))
    case = Case.objects.get(pk=done.outcome.case_id)
    assert row_of(case).state.facts["identity"] == "matched"
    assert Event.objects.get(case_id=case.pk, name="identity_check").kind == "record"
    assert "电话与订单一致" in [row.text for row in Words.objects.filter(case_id=case.pk)]
    assert faults_of([case.pk]) == []


def test_an_email_of_last_night_keeps_its_arrival_and_the_clock_keeps_server_time(shop: Any, clock: Any) -> None:
    from tuoshan import clock as time
    from tuoshan.cases import library
    from tuoshan.cases.models import Event
    from tuoshan.intake.arrivals import Came, of_case, particulars
    from tuoshan.intake.promise import promise

    arrived = time.now() - timedelta(hours=14)
    asked = promise(library.current("complaint"), {}, actor=shop.actor(), received_at=arrived)
    came = Came("email", arrived, particulars={"sender": "wang@example.cn", "subject": "投诉"})
    done = register(shop, came=came)
    kept = of_case(done.outcome.case_id)
    assert kept is not None and kept.received_at == arrived and particulars(kept)["sender"] == "wang@example.cn"
    assert asked.due == done.promise.due == time.now() + timedelta(hours=24)
    assert asked.from_arrival == arrived + timedelta(hours=24)
    event = Event.objects.get(case_id=done.outcome.case_id, seq=1)
    assert arrived.isoformat() in event.body and "wang@example.cn" not in event.body


def test_erasing_the_customer_empties_the_particulars(shop: Any) -> None:
    from tuoshan.intake.arrivals import Came, of_case
    from tuoshan.parties import customers

    done = register(shop, came=Came("hotline", particulars={"caller_number": "13800138000"}))
    customers.erase(shop.customer)
    kept = of_case(done.outcome.case_id)
    assert kept is not None and (kept.particulars, kept.text_key, kept.channel) == ("", "", "hotline")


def test_customers_register_for_themselves(shop: Any) -> None:
    from tuoshan.cases.models import Event
    from tuoshan.intake.arrivals import Came
    from tuoshan.intake.registering import Contact

    done = register(shop, actor=None, came=Came("web"), contact=Contact(phone="13700137000", name="赵云"))
    event = Event.objects.get(case_id=done.outcome.case_id, seq=1)
    assert (event.actor_kind, event.actor_id) == ("customer", done.customer.pk)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("你好，我买的鞋子开胶了。要求退货", "我买的鞋子开胶了"),
        ("您好！", "您好"),
        (
            "快递员把包裹直接扔在楼道里，打电话也不接，后来发现里面的玻璃杯全部碎了，客服又说让我自己去找快递公司处理",
            "快递员把包裹直接扔在楼道里，打电话也不接，后来发现里面的玻璃杯全部碎了…",
        ),
        ("The blender started to smoke after three days and nobody answers", "The blender started to smoke after…"),
        ("没有标点的一大段话" * 10, ("没有标点的一大段话" * 10)[:39] + "…"),
        ("3.5 mm 接口坏了", "3.5 mm 接口坏了"),
    ],
)  # fmt: skip
def test_titles_are_cut_where_a_reader_would_pause(text: str, title: str) -> None:
    from tuoshan.intake.texts import title_of

    assert title_of(text) == title and len(title_of(text)) <= 40


@pytest.mark.parametrize(
    ("phone", "name", "known", "with_order", "result"),
    [
        ("13800138000", "王芳", True, True, "matched"),
        ("13800138000", "李四", True, True, "partly"),
        ("13900139000", "", False, True, "not_matched"),
        ("13800138000", "王芳", True, False, "partly"),
        ("13900139000", "某人", False, False, "not_possible"),
        ("", "", False, True, "partly"),
    ],
)
def test_identity_is_compared_with_order_and_record(
    shop: Any, phone: str, name: str, known: bool, with_order: bool, result: str
) -> None:
    from tuoshan.intake.identity import compare

    order, customer = shop.order if with_order else None, shop.customer if known else None
    assert compare(phone=phone, name=name, order=order, customer=customer).result == result
