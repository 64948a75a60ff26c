"""How much of a customer's record somebody may read and put right, by the cases in their reach.

Who registers a case under a phone that is there already brings a customer within their reach by their own doing. That
case alone shows the name and no contact data, and nothing of the record is theirs to change: whoever could change the
phone would hold all the customer's cases by it, those of other stores among them.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.parties.models import Customer
from tuoshan.parties.reach import reach


def known(person: Any, customers: Collection[int]) -> set[int]:
    """Of these customers those whom the person may call: of whom they see a case that somebody else registered, or
    whose record they made themselves.
    """
    if reach(person).everything:
        return set(customers)
    theirs = queries.reachable(person).filter(customer_id__in=customers).order_by()
    others = theirs.filter(Q(registrant_id=None) | ~Q(registrant_id=person.pk))
    made = Customer.objects.filter(pk__in=customers, made_by_id=person.pk).order_by()
    seen = {number for number in others.values_list("customer_id", flat=True).distinct() if number is not None}
    return seen | set(made.values_list("pk", flat=True))


def entire(person: Any, customers: Collection[int]) -> set[int]:
    """Of these customers those all of whose cases lie within the person's reach; nobody's reach holds no case."""
    if person is not None and reach(person).everything:
        return set(customers)
    beyond = Case.objects.filter(customer_id__in=customers).order_by()
    if person is not None:
        mine = queries.reachable(person).filter(customer_id__in=customers).order_by()
        beyond = beyond.exclude(pk__in=mine.values("pk"))
    return set(customers) - set(beyond.values_list("customer_id", flat=True).distinct())


def in_charge(person: Any, customers: Collection[int]) -> set[int]:
    """Of these customers those whose record the person sees whole and may put right."""
    return known(person, customers) & entire(person, customers)
