"""Who a message goes to, and by which way."""

from dataclasses import dataclass
from typing import Any

from tuoshan.cases.summary import is_outside
from tuoshan.core.playbook import Playbook
from tuoshan.integrations.models import ContactPreference
from tuoshan.knowledge.company import company
from tuoshan.parties.models import Customer

CUSTOMER = "customer"


@dataclass(frozen=True)
class Addressee:
    """One way to one recipient. `to` is a phone in E.164, a mail address, or for letters the postal address."""

    channel: str
    to: str
    name: str
    language: str


def language_of(customer: Customer | None) -> str:
    """The customer's language; Chinese until known."""
    return "en" if customer is not None and customer.language.startswith("en") else "zh-hans"


def of_case(case: Any) -> Customer | None:
    """The customer of the case, unless erased or unknown."""
    return Customer.objects.filter(pk=case.customer_id or 0, erased_at__isnull=True).first()


def addressees(customer: Customer, *, only: str = "") -> list[Addressee]:
    """The customer's ways, by their wish, else the company's default, else whatever there is.

    With one way missing the other serves. Somebody with neither phone nor mail gets a letter when their address is
    known. Who wants no messages gets none; they still find everything on their page.
    """
    way = _way(customer)
    if way == ContactPreference.Way.NONE:
        return []
    known = {
        name: Addressee(name, to, customer.name, language_of(customer))
        for name, to in (("sms", customer.phone), ("mail", customer.email), ("letter", customer.address)) if to
    }  # fmt: skip
    if only in known:
        return [known[only]]
    if only == "letter":
        return []
    if way == ContactPreference.Way.BOTH:
        both = [known[name] for name in ("sms", "mail") if name in known]
        if both:
            return both
    order = ("mail", "sms", "letter") if way == ContactPreference.Way.MAIL else ("sms", "mail", "letter")
    return next(([known[name]] for name in order if name in known), [])


def wants_none(customer: Customer) -> bool:
    """Whether the customer wishes no messages; they still find everything on their page."""
    return _way(customer) == ContactPreference.Way.NONE


def _way(customer: Customer) -> str:
    wish = ContactPreference.objects.filter(customer_id=customer.pk).first()
    return wish.way if wish else company().way


def outsider(playbook: Playbook, party: str, language: str) -> Addressee:
    """An authority, a platform, a supplier: a letter in the folder, to be sent by a person."""
    known = playbook.parties.get(party)
    title = known.title.in_language(language) if known and known.title.zh else party
    return Addressee("letter", title, title, language)


def is_customer(party: str) -> bool:
    """Whether the party is the customer of the case."""
    return party == CUSTOMER


def is_outsider(playbook: Playbook, party: str) -> bool:
    """Whether the party is someone outside who is not the customer."""
    return not is_customer(party) and is_outside(playbook, party)
