"""Orders, as the shop's own system tells them: one or many, again and again."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from tuoshan.api.application import Id, Text, gives
from tuoshan.api.problems import invalid
from tuoshan.api.shapes import Moment
from tuoshan.catalog.models import OrderRef
from tuoshan.catalog.orders import LONGEST_NUMBER, LONGEST_SHOP, OrderTold, find_order, record_orders
from tuoshan.parties import customers
from tuoshan.parties.models import OrgUnit
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["orders"])
MOST_AT_ONCE = 500
MOST_LINES = 200
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Shop = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=LONGEST_SHOP)]
Number = Annotated[str, Field(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=LONGEST_NUMBER)]


class LineIn(Schema):
    """One line of an order: the product's code or name, how many, what one costs."""

    product: Text = ""
    name: Text = ""
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    price: Amount | None = None


class OrderIn(Schema):
    """What the shop tells of an order; what is left out stays as it is. `lines`, where given, are all of its lines.

    Of `phone` a keyed hash is kept, by which the caller's orders and the identity check find it; `paid` is the sum of
    the order; `unit_id` is whose order it is.
    """

    shop: Shop = ""
    phone: Text = ""
    unit_id: Id | None = None
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)] | None = None
    paid: Amount | None = None
    ordered_at: Moment | None = None
    signed_at: Moment | None = None


class NumberedOrderIn(OrderIn):
    """The same with its number."""

    order_no: Number


class OrdersIn(Schema):
    """Up to 500 orders."""

    orders: Annotated[list[NumberedOrderIn], Field(max_length=MOST_AT_ONCE)]


class OrderOut(Schema):
    """An order; amounts as text. Its lines as the shop gave them."""

    id: int
    order_no: str
    shop: str
    paid: str | None
    ordered_at: datetime | None
    signed_at: datetime | None
    lines: list[Any]


class OrderDoneOut(Schema):
    """What became of one of many: `made`, `renewed`, `same` (nothing new), or `refused` with what is wrong by field."""

    order_no: str
    shop: str
    became: str
    fields: dict[str, str]


def order_out(row: OrderRef) -> dict[str, Any]:
    """An order as programs read it."""
    return {
        "id": row.pk, "order_no": row.order_no, "shop": row.shop, "ordered_at": row.ordered_at,
        "paid": str(row.paid) if row.paid is not None else None, "signed_at": row.signed_at, "lines": row.lines,
    }  # fmt: skip


@router.get("/orders/{order_no}", response=gives(OrderOut), url_name="order_read", summary="One order")
@api_permitted("api.order_read")
def order_read(request: HttpRequest, order_no: str) -> dict[str, Any]:
    """The order of this number; the newest where two shops use the same one."""
    found = find_order(order_no.replace("\x00", ""))
    if found is None:
        raise Http404
    return order_out(found)


@router.put("/orders/{order_no}", response=gives(OrderOut), url_name="order_put", summary="Record an order")
@api_permitted("api.order_put")
def order_put(request: HttpRequest, order_no: Number, body: OrderIn) -> dict[str, Any]:
    """Record the order, or renew what is known of the one with this number in this shop. Again changes nothing."""
    wrong = _wrong(body, _units([body]))
    if wrong:
        raise invalid({name: [said] for name, said in wrong.items()})
    told = _told(order_no, body)
    record_orders([told])
    return order_out(OrderRef.objects.get(shop=told.key[0], order_no=told.key[1]))


@router.put("/orders", response=gives(list[OrderDoneOut]), url_name="order_batch", summary="Record many orders")
@api_permitted("api.order_batch")
def order_batch(request: HttpRequest, body: OrdersIn) -> list[dict[str, Any]]:
    """Many at once; one that is refused does not keep the others back."""
    units = _units(body.orders)
    wrong = [_wrong(one, units) for one in body.orders]
    became = iter(
        record_orders([_told(one.order_no, one) for one, bad in zip(body.orders, wrong, strict=True) if not bad])
    )
    return [
        {
            "order_no": one.order_no.strip(),
            "shop": one.shop,
            "became": "refused" if bad else next(became),
            "fields": bad,
        }
        for one, bad in zip(body.orders, wrong, strict=True)
    ]


def _units(orders: Sequence[OrderIn]) -> set[int]:
    named = {one.unit_id for one in orders if one.unit_id is not None}
    return set(OrgUnit.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def _wrong(order: OrderIn, units: set[int]) -> dict[str, str]:
    """What is wrong with an order, by field."""
    wrong: dict[str, str] = {}
    try:
        if order.phone.strip():
            customers.checked_phone(order.phone)
    except customers.PhoneRefused:
        wrong["phone"] = _("这不是可以拨打的电话号码，固定电话请带区号。")
    if order.unit_id is not None and order.unit_id not in units:
        wrong["unit_id"] = _("没有这个单位")
    if order.lines and not all(line.product.strip() or line.name.strip() for line in order.lines):
        wrong["lines"] = _("每一行都要写货号或名称。")
    return wrong


def _told(order_no: str, order: OrderIn) -> OrderTold:
    return OrderTold(
        order_no=order_no, shop=order.shop, phone=order.phone, unit_id=order.unit_id, paid=order.paid,
        lines=None if order.lines is None else [_line(line) for line in order.lines],
        ordered_at=order.ordered_at, signed_at=order.signed_at,
    )  # fmt: skip


def _line(line: LineIn) -> dict[str, Any]:
    told = {"product": line.product.strip(), "name": line.name.strip(), "quantity": line.quantity}
    return told | ({"price": f"{line.price:.2f}"} if line.price is not None else {})
