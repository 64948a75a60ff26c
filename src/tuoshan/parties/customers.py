"""Customers: found or made by phone, searched by name, corrected, joined, erased when they ask for it."""

from collections.abc import Callable, Mapping
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
Follower = Callable[[Customer, Mapping[str, str]], None]
Joiner = Callable[[Customer, Customer], None]
_cleaners: list[Cleaner] = []
_followers: list[Follower] = []
_joiners: list[Joiner] = []
CORRECTED = ("name", "phone", "email", "address", "language")
"""What may be corrected in a customer's record."""
CONTACT = ("email", "address")
"""Where messages and letters go besides the phone."""
LINKED = ("phone", "email")
"""Where links are sent to."""


def on_erase(cleaner: Cleaner) -> Cleaner:
    """Register what else must go when a customer is erased (the words of their cases, drafts …).

    Cleaners run inside the same transaction: either all of the person goes, or nothing does.
    """
    if cleaner not in _cleaners:
        _cleaners.append(cleaner)
    return cleaner


def on_correct(follower: Follower) -> Follower:
    """Register what follows when a record is corrected; it is given the customer and what stood there before.

    Followers run inside the same transaction.
    """
    if follower not in _followers:
        _followers.append(follower)
    return follower


def on_join(joiner: Joiner) -> Joiner:
    """Register what passes from one customer to the one that they turned out to be (`from`, `to`), inside the same
    transaction.
    """
    if joiner not in _joiners:
        _joiners.append(joiner)
    return joiner


def checked_phone(text: str) -> str:
    """Return the number as E.164. Mobiles, landlines with area code, 400 and 800 numbers and foreign numbers
    with their country code pass; raises PhoneRefused for anything else, an empty text included.
    """
    number = phone_e164(text)
    if not number or not phonenumbers.is_valid_number(phonenumbers.parse(number)):
        raise PhoneRefused(text)
    return number


def find_or_make(
    phone: str, name: str = "", *, email: str = "", address: str = "", language: str = "",
    made_by: int | None = None, may_fill: Callable[[Customer], bool] = lambda customer: True,
) -> Found:  # fmt: skip
    """Return the customer with this phone, made if there is none; without a phone, always a new one.

    What is missing on record is filled in, where messages go (`CONTACT`) only if `may_fill` says so of the customer;
    what differs is reported and left as it is, for a person to judge. Raises PhoneRefused for a phone that cannot be
    one. Two calls at once end with one customer.
    """
    given = {"name": name.strip(), "email": email.strip(), "address": address.strip(), "language": language}
    if not phone.strip():
        customer = Customer(made_by_id=made_by, **given)
        customer.save()
        return Found(customer, True, ())
    number = checked_phone(phone)
    found = _by_index(number)
    if found is None:
        try:
            with transaction.atomic():
                customer = Customer(phone=number, made_by_id=made_by, **given)
                customer.save()
            return Found(customer, True, ())
        except IntegrityError:
            found = _by_index(number)
            if found is None:
                raise
    return _completed(found, given, may_fill)


def _completed(customer: Customer, given: dict[str, str], may_fill: Callable[[Customer], bool]) -> Found:
    differs, fills = [], False
    missing = [field for field in CONTACT if given[field] and not getattr(customer, field)]
    withheld = missing if missing and not may_fill(customer) else []
    for field, value in given.items():
        known = getattr(customer, field)
        if field in withheld:
            differs.append(field)
        elif value and not known:
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


def living(pk: int) -> Customer | None:
    """The customer of this id, or the one that they were joined into; None for erased and unknown ones."""
    row = Customer.objects.filter(pk=pk).first()
    while row is not None and row.joined_into_id is not None:
        row = Customer.objects.filter(pk=row.joined_into_id).first()
    return row if row is not None and row.erased_at is None else None


def link_mark(customer_id: int | None) -> tuple[int, int] | None:
    """What a link to this customer carries, so that it stops opening when it was sent to somebody else."""
    version = Customer.objects.filter(pk=customer_id or 0).values_list("contact_version", flat=True).first()
    return None if customer_id is None or version is None else (customer_id, version)


def still_theirs(customer_id: int, version: int) -> bool:
    """Whether what carries this mark went to where the customer still is."""
    return Customer.objects.filter(pk=customer_id, contact_version=version).exists()


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
            _empty(locked)
            locked.contact_version += 1
            locked.save()
            locked.orders.update(phone_index="")
            locked.changes.update(content="")
    customer.refresh_from_db()


def _empty(customer: Customer) -> None:
    customer.name = customer.phone = customer.email = customer.address = ""
    customer.erased_at = clock.now()


def correct(customer: Customer, values: Mapping[str, str]) -> dict[str, str]:
    """Put right what is given of `CORRECTED`; what stood there before, of the fields that changed.

    Phones must have passed `checked_phone`. Indexes follow; links that were sent to a phone or address which is not
    theirs any more open nothing from now on. Call it inside a transaction. Raises IntegrityError for another's phone.
    """
    locked = Customer.objects.select_for_update().get(pk=customer.pk, erased_at=None)
    before = {name: getattr(locked, name) for name in CORRECTED if name in values}
    changed = {name: old for name, old in before.items() if old != values[name].strip()}
    if changed:
        for name in changed:
            setattr(locked, name, values[name].strip())
        if any(changed.get(name) for name in LINKED):
            locked.contact_version += 1
        locked.save()
        for follower in _followers:
            follower(locked, changed)
    customer.refresh_from_db()
    return changed


def join(customer: Customer, into: Customer) -> dict[str, str]:
    """The two are one: all that was the first one's passes to the second, and the row of the first is emptied.

    What the second lacks is taken from the first; where both say something, the second's stays. Gives what was taken
    over. Links sent to a phone or address that only the first one had open nothing from now on. Call it inside a
    transaction.
    """
    rows = {row.pk: row for row in Customer.objects.select_for_update().filter(pk__in=(customer.pk, into.pk))}
    old, kept = rows[customer.pk], rows[into.pk]
    if old.pk == kept.pk or old.erased_at is not None or kept.erased_at is not None:
        raise ValueError("two different customers are needed, neither of them erased")
    was = {name: getattr(old, name) for name in CORRECTED}
    taken = {name: value for name, value in was.items() if value and not getattr(kept, name)}
    lost = [name for name in LINKED if was[name] and name not in taken and was[name] != getattr(kept, name)]
    for joiner in _joiners:
        joiner(old, kept)
    old.orders.update(customer=kept)
    old.changes.update(customer=kept)
    _empty(old)
    old.joined_into = kept
    old.contact_version += 1 if lost else 0
    old.save()
    for name, value in taken.items():
        setattr(kept, name, value)
    kept.grade = kept.grade or old.grade
    kept.save()
    customer.refresh_from_db()
    into.refresh_from_db()
    return taken
