"""Which cases this visitor has proved to be theirs. All that shows or changes a case asks here first."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from tuoshan import clock
from tuoshan.cases import library
from tuoshan.cases.models import Case
from tuoshan.documents.access import PORTAL_CASES, portal_cases
from tuoshan.parties.customers import link_mark
from tuoshan.parties.models import Customer, Person
from tuoshan.secrets import blind_index

OPEN_FOR = timedelta(hours=12)
MOST_CASES = 20


def open_case(request: HttpRequest, case: Case) -> None:
    """Bind a case to the session for twelve hours, or until the customer's phone or mail address is put right. The
    session gets a new key, so that a planted one gains nothing.
    """
    known = _known(request)
    known.pop(str(case.pk), None)
    until = int((clock.now() + OPEN_FOR).timestamp())
    known[str(case.pk)] = [until, *(link_mark(case.customer_id) or ())]
    request.session.cycle_key()
    request.session[PORTAL_CASES] = dict(list(known.items())[-MOST_CASES:])


def leave(request: HttpRequest) -> None:
    """Forget every case: somebody else may use the device next."""
    request.session.pop(PORTAL_CASES, None)


def _known(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(PORTAL_CASES, {})
    return {str(number): until for number, until in kept.items()} if isinstance(kept, dict) else {}


def case_of(request: HttpRequest, number: str) -> Case | None:
    """The case of this number if it is bound to the session; for all others None, whether they exist or not."""
    case = Case.objects.filter(number=number, id__in=portal_cases(request)).first()
    return case if case is not None and has_page(case) else None


def own_cases(request: HttpRequest) -> list[Case]:
    """The bound cases, newest first."""
    return [case for case in Case.objects.filter(id__in=portal_cases(request)).order_by("-id") if has_page(case)]


def has_page(case: Case) -> bool:
    """Whether the process of the case has a customer's side."""
    return bool(library.pinned(case.playbook, case.playbook_hash).portal)


def is_for_customer(case: Case) -> bool:
    """Whether the page of the case is for its customer, not for another party."""
    return library.pinned(case.playbook, case.playbook_hash).portal == "customer"


def find(number: str, phone: str) -> Case | None:
    """The case of this number whose customer has this phone; where the page is for a colleague (`portal: applicant`),
    whoever registered it has.

    Unknown number and wrong phone take the same statements, so that neither answer nor time tells them apart.
    """
    case = Case.objects.filter(number=number).first()
    customer = Customer.objects.filter(pk=(case.customer_id if case is not None else None) or 0, erased_at=None)
    person = Person.objects.filter(pk=(case.registrant_id if case is not None else None) or 0, is_active=True)
    customers, persons = (found.values_list("phone_index", flat=True).first() or "" for found in (customer, person))
    given = blind_index(phone, "phone")
    if case is None or not given or not has_page(case):
        return None
    index = customers if is_for_customer(case) else persons
    return case if constant_time_compare(index, given) else None
