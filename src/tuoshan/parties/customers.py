"""Customers: found or made by phone, searched by name, erased when they ask for it."""

from collections.abc import Callable
from typing import NamedTuple

import phonenumbers
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, QuerySet

from tuoshan import clock
from tuoshan.instances import Columns
from tuoshan.parties.models import Customer, CustomerNameGram
from tuoshan.parties.models.customer import PHONE_TAIL_DIGITS, gram_index
from tuoshan.secrets import blind_index, normalised, phone_e164

_CUSTOMER = Columns(Customer, "c")
_BY_PHONE = f"SELECT {_CUSTOMER.text} FROM parties_customer c WHERE c.phone_index = %s"  # noqa: S608


class PhoneRefused(ValueError):
    """What was given is no telephone number that can be called."""


class Found(NamedTuple):
    """The customer; whether it was made now; which particulars given differ from those on record."""

    customer: Customer
    made: bool
    differs: tuple[str, ...]


Cleaner = Callable[[Customer], None]
_cleaners: list[Cleaner] = []


def on_erase(cleaner: Cleaner) -> Cleaner:
    """Register what else must go when a customer is erased (the words of their cases, drafts …).

    Cleaners run inside the same transaction: either all of the person goes, or nothing does.
    """
    if cleaner not in _cleaners:
        _cleaners.append(cleaner)
    return cleaner


def checked_phone(text: str) -> str:
    """Return the number as E.164. Mobiles, landlines with area code, 400 and 800 numbers and foreign numbers
    with their country code pass; raises PhoneRefused for anything else, an empty text included.
    """
    number = phone_e164(text)
    if not number or not phonenumbers.is_valid_number(phonenumbers.parse(number)):
        raise PhoneRefused(text)
    return number


def find_or_make(
    phone: str, name: str = "", *, email: str = "", address: str = "", language: str = ""
) -> Found:
    """Return the customer with this phone, made if there is none; without a phone, always a new one.

    What is missing on record is filled in; what differs is reported and left as it is, for a person to judge.
    Raises PhoneRefused for a phone that cannot be one. Two calls at once end with one customer.
    """
    given = {"name": name.strip(), "email": email.strip(), "address": address.strip(), "language": language}
    if not phone.strip():
        customer = Customer(**given)
        customer.save()
        return Found(customer, True, ())
    number = checked_phone(phone)
    found = _by_index(number)
    if found is None:
        try:
            with transaction.atomic():
                customer = Customer(phone=number, **given)
                customer.save()
            return Found(customer, True, ())
        except IntegrityError:
            found = _by_index(number)
            if found is None:
                raise
    return _completed(found, given)


def _completed(customer: Customer, given: dict[str, str]) -> Found:
    differs, fills = [], False
    for field, value in given.items():
        known = getattr(customer, field)
        if value and not known:
            setattr(customer, field, value)
            fills = True
        elif value and normalised(value, field) != normalised(known, field):
            differs.append(field)
    if fills:
        customer.save()
    return Found(customer, False, tuple(differs))


def _by_index(phone: str) -> Customer | None:
    """By hand, as every registration asks for it."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_PHONE, [blind_index(phone, "phone")])
        row = cursor.fetchone()
    return _CUSTOMER.instance(row) if row else None


def by_phone(phone: str) -> Customer | None:
    """Return the customer with this phone, however it is written."""
    return _by_index(phone) if phone.strip() else None


def by_phone_tail(tail: str) -> QuerySet[Customer]:
    """Return customers whose phone ends with these four digits."""
    if len(tail) != PHONE_TAIL_DIGITS or not tail.isdigit():
        return Customer.objects.none()
    return Customer.objects.filter(phone_tail_index=blind_index(tail, "tail"))


def by_name(text: str) -> QuerySet[Customer]:
    """Return customers whose name contains every pair of neighbouring letters of the text.

    One letter finds names that begin with it (a surname). The hashes of pairs are compared, so no name is
    read; a name may match whose pairs stand in another order, which for names is rare and harmless.
    """
    plain = normalised(text, "name").replace(" ", "")
    if not plain:
        return Customer.objects.none()
    grams = {plain[i : i + 2] for i in range(len(plain) - 1)} or {f"^{plain[0]}"}
    matching = (
        CustomerNameGram.objects.filter(gram__in=[gram_index(gram) for gram in grams])
        .values("customer_id")
        .annotate(hits=Count("id"))
        .filter(hits=len(grams))
        .values("customer_id")
    )
    return Customer.objects.filter(pk__in=matching)


def search(text: str) -> QuerySet[Customer]:
    """Return customers by phone, its last four digits, mail address or part of the name, newest first."""
    plain = text.strip()
    condition = Q(pk__in=by_name(plain).values("pk"))
    if "@" in plain:
        condition |= Q(email_index=blind_index(plain, "email"))
    if phone_e164(plain):
        condition |= Q(phone_index=blind_index(plain, "phone"))
    if len(plain) == PHONE_TAIL_DIGITS and plain.isdigit():
        condition |= Q(phone_tail_index=blind_index(plain, "tail"))
    return Customer.objects.filter(condition).order_by("-id")


def erase(customer: Customer) -> None:
    """Anonymise: the case stays, the person goes. Erasing again changes nothing.

    Name, phone, mail and address are emptied with every index by which they could be found; cleaners that
    other modules registered remove what they keep in words.
    """
    with transaction.atomic():
        locked = Customer.objects.select_for_update().get(pk=customer.pk)
        if locked.erased_at is None:
            for cleaner in _cleaners:
                cleaner(locked)
            locked.name = locked.phone = locked.email = locked.address = ""
            locked.erased_at = clock.now()
            locked.save()
            locked.orders.update(phone_index="")
    customer.refresh_from_db()
