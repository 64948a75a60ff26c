"""The one way in for a new case: screens, the portal and the API all call `register_complaint`.

Everything happens in one transaction: the customer is found or made, the case begins, uploads are bound, how it
arrived and the identity check are kept. A refusal leaves nothing behind, not even the customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library, service, units
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case
from tuoshan.cases.orders import Outcome
from tuoshan.cases.possible import row_of
from tuoshan.cases.writing import repeated
from tuoshan.catalog.models import Product
from tuoshan.catalog.orders import find_order
from tuoshan.core.playbook import Playbook
from tuoshan.intake import acquainted, arrivals
from tuoshan.intake.arrivals import Came
from tuoshan.intake.channels import PRODUCT_SAID
from tuoshan.intake.promise import Promise, unpromised
from tuoshan.intake.texts import said_field, title_of
from tuoshan.knowledge.case_values import due_for_customer
from tuoshan.knowledge.company import default_unit
from tuoshan.parties import customers
from tuoshan.parties.models import Customer
from tuoshan.secrets import blind_index

CHECKED = "identity_check"
PRODUCT = "product"


@dataclass(frozen=True)
class Contact:
    """Who complains. With `customer_id` the rest is not looked at; all empty: nobody known."""

    phone: str = ""
    name: str = ""
    email: str = ""
    address: str = ""
    language: str = ""
    customer_id: int | None = None

    @property
    def is_known(self) -> bool:
        told = (self.phone, self.name, self.email, self.address)
        return self.customer_id is not None or any(text.strip() for text in told)


@dataclass(frozen=True)
class IdentityCheck:
    """The result (a value of the playbook's field `identity`) and what was compared."""

    result: str
    note: str = ""


@dataclass(frozen=True)
class Registered:
    """What came of it. `differs`: particulars given that differ from the customer's record, which stays as it is."""

    outcome: Outcome
    customer: Customer | None = None
    customer_made: bool = False
    differs: tuple[str, ...] = ()
    promise: Promise = field(default_factory=lambda: Promise(None))


def register_complaint(
    *, values: Mapping[str, Any], contact: Contact, came: Came, actor: ActingAs | None = None,
    playbook: str = "complaint", title: str = "", unit_id: int | None = None, upload_token: str = "",
    identity: IdentityCheck | None = None, idempotency_key: str | None = None,
) -> Registered:  # fmt: skip
    """Register one case. `values` are the playbook's registration fields (a valid form's `values()`).

    Without an actor the customer registers it. The title is made of what was said; the unit is the store named,
    else the order's, else the registering person's, else the default. Sending the same key again gives the first
    outcome, with `replayed`, and changes nothing. Raises parties.customers.PhoneRefused for no possible phone,
    Customer.DoesNotExist for an unknown customer and library.PlaybookUnknown; what the playbook refuses is in
    `outcome.refusal`.
    """
    given = _Given(
        dict(values), contact, came, actor, playbook, title, unit_id, upload_token, identity, idempotency_key
    )
    return repeated(lambda: _register(given))


@dataclass(frozen=True, slots=True)
class _Given:
    values: dict[str, Any]
    contact: Contact
    came: Came
    actor: ActingAs | None
    playbook: str
    title: str
    unit_id: int | None
    upload_token: str
    identity: IdentityCheck | None
    key: str | None


def _register(given: _Given) -> Registered:
    playbook = library.current(given.playbook)
    library.ensure_stored(playbook)
    with write_transaction() as cursor:
        found = _customer(given.contact, given.actor)
        customer = found.customer if found else None
        actor = given.actor or ActingAs.by_customer(customer.pk if customer and given.contact.phone else None)
        values = dict(given.values)
        if given.came.channel and _asks(playbook, "channel"):
            values.setdefault("channel", given.came.channel)
        came = given.came
        if came.reply_due is not None and _asks(playbook, "reply_due"):
            values.setdefault("reply_due", came.reply_due)
            came = replace(came, reply_due=None)  # a fact of the case, which a correction changes
        said = str(values.get(said_field(playbook), ""))
        order_no = str(values.get("order_no", ""))
        if PRODUCT not in values and PRODUCT_SAID not in came.particulars and _asks(playbook, PRODUCT):
            values |= _product_of(order_no)
        received = given.came.received_at
        outcome = service.register(
            playbook=given.playbook, actor=actor, values=values, channel=given.came.channel,
            customer_id=customer.pk if customer else None,
            unit_id=given.unit_id or unit_for(values, actor),
            title=given.title or title_of(said), idempotency_key=given.key, upload_token=given.upload_token,
            extra={
                **({"received_at": received.isoformat()} if received else {}),
                **({units.BY_HAND: True} if given.unit_id else {}),
            },
        )  # fmt: skip
        if outcome.refusal is not None or outcome.replayed:
            transaction.set_rollback(True)
        else:
            at = outcome.events[0].at
            arrivals.keep(
                cursor, case_id=outcome.case_id, came=came, registered_at=at, order_no=order_no, text=said
            )
            if given.identity is not None:
                checked = record_identity(case_id=outcome.case_id, actor=actor, check=given.identity)
                outcome = replace(outcome, state=checked.state)
    if outcome.refusal is not None:
        return Registered(outcome, found.customer if found and not found.made else None)
    differs = found.differs if found else ()
    if outcome.state is None:
        case = Case.objects.get(pk=outcome.case_id)
        kept = Customer.objects.filter(pk=case.customer_id or 0).first()
        return Registered(outcome, kept, False, differs, promise_of(case))
    promise = Promise(due_for_customer(playbook, outcome.state))
    return Registered(outcome, customer, bool(found and found.made), differs, promise)


def _asks(playbook: Playbook, name: str) -> bool:
    return any(item.name == name for item in playbook.register)


def _product_of(order_no: str) -> dict[str, Any]:
    """The product of the order, where it is about one alone and the catalogue knows it."""
    order = find_order(order_no)
    codes = {str(line.get("product", "")) for line in order.lines if isinstance(line, dict)} if order else set()
    found = Product.objects.filter(code__in=codes).values_list("pk", flat=True).first() if len(codes) == 1 else None
    return {PRODUCT: str(found)} if found is not None else {}


def promise_of(case: Case) -> Promise:
    """What the customer of a registered case has been promised."""
    book, state = library.pinned(case.playbook, case.playbook_hash), row_of(case).state
    due = due_for_customer(book, state)
    return Promise(due, unpromised="" if due is not None else unpromised(book, state))


def record_identity(*, case_id: int, actor: ActingAs, check: IdentityCheck) -> Outcome:
    """Keep the result of an identity check as a fact of the case, with what was compared."""
    values = {"identity": check.result, **({"identity_note": check.note[:500]} if check.note else {})}
    return service.record(case_id=case_id, name=CHECKED, actor=actor, values=values)


def _customer(contact: Contact, actor: ActingAs | None) -> customers.Found | None:
    """A mail address alone names a known customer only when staff say so: anybody can write one into a web form. Nor
    does one who does not see all cases of a known customer add a mail or postal address to which messages would go.
    """
    by_staff = actor is not None and actor.kind != "customer"
    person = actor.person if actor is not None else None
    if contact.customer_id is not None:
        known = customers.living(contact.customer_id)
        if known is None:
            raise Customer.DoesNotExist
        return customers.Found(known, False, ())
    if not contact.is_known:
        return None
    if by_staff and not contact.phone.strip() and contact.email.strip():
        known = by_mail(contact.email)
        if known is not None:
            return customers.Found(known, False, ())
    return customers.find_or_make(
        contact.phone, contact.name, email=contact.email, address=contact.address, language=contact.language,
        made_by=person.pk if person is not None else None,
        may_fill=lambda customer: bool(acquainted.entire(person, [customer.pk])),
    )  # fmt: skip


def by_mail(address: str) -> Customer | None:
    """The one customer with this mail address; None when there is none or more than one."""
    index = blind_index(address, "email")
    found = list(Customer.objects.filter(email_index=index, erased_at__isnull=True)[:2]) if index else []
    return found[0] if len(found) == 1 else None


def unit_for(values: Mapping[str, Any], actor: ActingAs) -> int | None:
    """Whose case it is: the store named, else the order's unit, else that of the person who registers it, else the
    company's default."""
    return units.named(values) or getattr(actor.person, "unit_id", None) or default_unit()
