"""What stands beside the registration while it is being filled in: who calls, what they have with us already,
what looks like the same matter, and what we are about to promise."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tuoshan import clock
from tuoshan.cases import queries
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.catalog.models import OrderRef
from tuoshan.catalog.orders import find_order, orders_of
from tuoshan.intake import acquainted, duplicates, promise, registering
from tuoshan.intake.duplicates import Likely
from tuoshan.intake.forms import Registration, readable
from tuoshan.intake.identity import Comparison, compare
from tuoshan.intake.promise import Promise
from tuoshan.intake.texts import said_field
from tuoshan.parties import customers
from tuoshan.parties.models import Customer
from tuoshan.parties.reach import reach, units_within
from tuoshan.secrets import mask_phone, phone_e164

MOST_EARLIER = 6
MOST_ORDERS = 4
REASONS = {
    "order": _("同一订单"), "same_text": _("内容相同"), "customer": _("同一客户"), "like_text": _("内容相近"),
}  # fmt: skip
_REGION = re.compile(r"^\s*(.{2,9}?(?:省|自治区|特别行政区|市))(.{1,8}?(?:市|州|地区|区|县))?")


@dataclass(slots=True)
class Beside:
    """All of it, for one moment of typing. `phone` is nothing, typing, unclear, known or new.

    `full_name` is empty for whom the reader has no case of: they see the masked one, and nothing is filled in. The
    region and the orders of other units are shown to those alone who see all of the customer's cases.
    """

    phone: str = ""
    masked: str = ""
    customer: Customer | None = None
    name: str = ""
    full_name: str = ""
    region: str = ""
    earlier: list[Case] = field(default_factory=list)
    orders: list[OrderRef] = field(default_factory=list)
    order: OrderRef | None = None
    order_missing: bool = False
    comparison: Comparison | None = None
    likely: list[Likely] = field(default_factory=list)
    promise: Promise = field(default_factory=lambda: Promise(None))
    arrived: datetime | None = None
    waited: float = 0.0


def look(registration: Registration, actor: ActingAs) -> Beside:
    """Look everything up for what has been typed so far."""
    values = readable(registration)
    found = Beside()
    person = actor.person
    if registration.has_customer:
        _who(found, registration, person)
    _order(found, registration, str(values.get("order_no", "")))
    if registration.has_identity and (found.customer or found.order):
        name = str(registration.contact["name"].value() or "")
        phone = phone_e164(str(registration.contact["phone"].value() or ""))
        found.comparison = compare(phone=phone, name=name, order=found.order, customer=found.customer)
    text = str(values.get(said_field(registration.playbook), ""))
    found.likely = duplicates.likely(
        customer_id=found.customer.pk if found.customer else None, order_no=str(values.get("order_no", "")), text=text,
        person=person, playbook=registration.playbook.key,
    )  # fmt: skip
    _promise(found, registration, values, actor)
    return found


def _who(found: Beside, registration: Registration, person: Any) -> None:
    typed = str(registration.contact["phone"].value() or "").strip()
    mail = str(registration.contact["email"].value() or "").strip()
    if typed:
        try:
            number = customers.checked_phone(typed)
        except customers.PhoneRefused:
            digits = sum(sign.isdigit() for sign in typed)
            found.phone = "unclear" if digits >= 11 else "typing"
            return
        found.masked = mask_phone(number)
        found.customer = customers.by_phone(number)
    elif "@" in mail:
        found.customer = registering.by_mail(mail)
    if found.customer is None:
        found.phone = "new" if found.masked else ""
        found.orders = list(_offered(None, typed, person)[:MOST_ORDERS])
        return
    found.phone = "known"
    found.masked = found.masked or found.customer.masked_email
    reach = queries.reachable(person).filter(customer_id=found.customer.pk)
    found.earlier = list(reach.order_by("ended", "-id")[:MOST_EARLIER])
    found.full_name = found.customer.name if found.earlier else ""
    found.name = found.full_name or found.customer.masked_name
    if acquainted.in_charge(person, [found.customer.pk]):
        found.region = region_of(found.customer.address)
    found.orders = list(_offered(found.customer, typed, person)[:MOST_ORDERS])


def _offered(customer: Customer | None, phone: str, person: Any) -> QuerySet[OrderRef]:
    """The orders of who calls, in any unit to who sees everything, else those of one's own units; those on the record
    of a customer all of whose cases one sees as well.
    """
    orders = orders_of(customer, phone)
    if reach(person).everything:
        return orders
    shown = Q(unit_id__in=units_within(person))
    if customer is not None and acquainted.in_charge(person, [customer.pk]):
        shown |= Q(customer=customer)
    return orders.filter(shown)


def order_for(registration: Registration, person: Any, order_id: int) -> OrderRef | None:
    """The order of this id if it was offered beside what has been typed (the caller's, or the number that they told),
    or lies within one's reach; None for every other one.
    """
    found = Beside()
    if registration.has_customer:
        _who(found, registration, person)
    _order(found, registration, str(readable(registration).get("order_no", "")))
    if found.order is not None and found.order.pk == order_id:
        return found.order
    orders = OrderRef.objects.filter(pk=order_id)
    within = orders if reach(person).everything else orders.filter(unit_id__in=units_within(person))
    theirs = _offered(found.customer, str(registration.contact["phone"].value() or "").strip(), person)
    return within.first() or theirs.filter(pk=order_id).first()


def region_of(address: str) -> str:
    """Province and city of an address, which tells roughly where somebody lives and no more."""
    match = _REGION.match(address)
    return "".join(part or "" for part in match.groups()) if match else ""


def _order(found: Beside, registration: Registration, number: str) -> None:
    if "order_no" not in registration.form.fields or not number.strip():
        return
    found.order = find_order(number)
    found.order_missing = found.order is None and len(number.strip()) >= 6
    if found.order is not None:
        found.orders = [one for one in found.orders if one.pk != found.order.pk]


def _promise(found: Beside, registration: Registration, values: dict[str, Any], actor: ActingAs) -> None:
    received = getattr(registration.came, "cleaned_data", {}).get("received_at")
    now = clock.now()
    if received is not None and received < now:
        found.arrived, found.waited = received, (now - received).total_seconds()
    unit = registering.unit_for(values, actor)
    found.promise = promise.promise(
        registration.playbook, values, actor=actor, unit_id=unit, received_at=received,
        customer_id=found.customer.pk if found.customer else None,
    )  # fmt: skip
