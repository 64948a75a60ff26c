"""Orders: kept as the shop tells them, found by number, and whose they are by phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.catalog.models import OrderRef
from tuoshan.parties.models import Customer
from tuoshan.secrets import blind_index

LONGEST_NUMBER, LONGEST_SHOP = 64, 60
WRITTEN = ("unit_id", "customer_id", "phone_index", "lines", "paid", "ordered_at", "signed_at")
"""What may change of an order that is known."""
Line = Mapping[str, Any]
Became = Literal["made", "renewed", "same"]


@dataclass(frozen=True, slots=True)
class OrderTold:
    """What the shop tells of an order. What is left open stays as it is; `lines` open is None.

    With `more_lines` the lines are added to those known, a product that is there already being renewed: tables tell
    an order line by line.
    """

    order_no: str
    shop: str = ""
    phone: str = ""
    unit_id: int | None = None
    lines: Sequence[Line] | None = None
    more_lines: bool = False
    paid: Decimal | None = None
    ordered_at: datetime | None = None
    signed_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By what the order is known again."""
        return self.shop.strip(), self.order_no.strip()


@dataclass(slots=True)
class _Plan:
    """Orders in memory as they are to be, and what became of each that was told."""

    rows: dict[tuple[str, str], OrderRef] = field(default_factory=dict)
    renewed: set[tuple[str, str]] = field(default_factory=set)
    became: list[Became] = field(default_factory=list)


def find_order(order_no: str) -> OrderRef | None:
    """The order with this number; the newest where two shops use the same one."""
    plain = order_no.strip()
    return OrderRef.objects.select_related("customer").filter(order_no=plain).order_by("-id").first() if plain else None


def orders_of(customer: Customer | None, phone: str = "") -> QuerySet[OrderRef]:
    """Orders of the customer, and those placed with the phone, newest first; none where neither is known."""
    theirs = Q(pk__in=())
    if customer is not None:
        theirs |= Q(customer=customer)
    index = (customer.phone_index if customer is not None else "") or blind_index(phone, "phone")
    if index:
        theirs |= Q(phone_index=index)
    return OrderRef.objects.filter(theirs).order_by("-ordered_at", "-id")


def record_orders(told: Sequence[OrderTold], *, write: bool = True) -> list[Became]:
    """Keep these orders, or renew what is known of them, by number and shop; what became of each.

    The customer whose phone is told has the order on their record; of a phone that nobody known has, the keyed hash
    alone is kept. Telling the same again changes nothing. Without `write` only says what would become of them.
    """
    try:
        return _record(told, write)
    except IntegrityError:  # another told the same new order in this moment: now it is known
        return _record(told, write)


def _record(told: Sequence[OrderTold], write: bool) -> list[Became]:
    if not write:
        return _planned(told).became
    with write_transaction():
        plan = _planned(told, lock=True)
        OrderRef.objects.bulk_create([row for row in plan.rows.values() if row.pk is None], batch_size=100)
        changed = [row for key, row in plan.rows.items() if key in plan.renewed]
        OrderRef.objects.bulk_update(changed, WRITTEN, batch_size=50)
    return plan.became


def _planned(told: Sequence[OrderTold], *, lock: bool = False) -> _Plan:
    plan = _Plan()
    numbers = sorted({one.key[1] for one in told})
    found = OrderRef.objects.select_related("customer").filter(order_no__in=numbers).order_by("id")
    known = {(row.shop, row.order_no): row for row in (found.select_for_update(of=("self",)) if lock else found)}
    owners = _owners(told)
    for one in told:
        row = plan.rows.get(one.key) or known.get(one.key)
        is_new = row is None
        row = row if row is not None else OrderRef(shop=one.key[0], order_no=one.key[1], lines=[])
        before = [getattr(row, name) for name in WRITTEN]
        _tell(row, one, owners)
        changed = before != [getattr(row, name) for name in WRITTEN]
        if changed and row.pk is not None:
            plan.renewed.add(one.key)
        plan.rows[one.key] = row
        plan.became.append("made" if is_new else "renewed" if changed else "same")
    return plan


def _owners(told: Sequence[OrderTold]) -> dict[str, Customer]:
    indexes = {blind_index(one.phone, "phone") for one in told if one.phone} - {""}
    return {row.phone_index or "": row for row in Customer.objects.filter(phone_index__in=indexes)}


def _tell(row: OrderRef, told: OrderTold, owners: Mapping[str, Customer]) -> None:
    if told.phone and not (row.customer is not None and row.customer.erased_at is not None):
        before = row.phone_index
        row.remember_phone(told.phone)
        if row.phone_index != before or row.customer is None:
            row.customer = owners.get(row.phone_index)
    for name in ("unit_id", "paid", "ordered_at", "signed_at"):
        value = getattr(told, name)
        if value is not None:
            setattr(row, name, value)
    if told.lines is not None:
        row.lines = _joined(row.lines, told.lines) if told.more_lines else [dict(line) for line in told.lines]


def _joined(known: Sequence[Line], told: Sequence[Line]) -> list[dict[str, Any]]:
    lines = {_product(line): dict(line) for line in known}
    for line in told:
        lines[_product(line)] = {**lines.get(_product(line), {}), **line}
    return list(lines.values())


def _product(line: Line) -> str:
    """What a line is of: its product's code, else its name."""
    return str(line.get("product") or line.get("name") or "")


def forget_phone(customer: Customer) -> None:
    """Orders placed with the phone of somebody who is being erased keep nothing of it, theirs by record or not."""
    if customer.phone_index:
        OrderRef.objects.filter(phone_index=customer.phone_index).update(phone_index="")
