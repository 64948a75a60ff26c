"""What programs look up: lists, customers, people."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from tuoshan.api.application import Id, gives
from tuoshan.api.problems import Problem
from tuoshan.api.shapes import CustomerOut, ListEntry, PersonOut
from tuoshan.cases import lists, queries
from tuoshan.parties import customers
from tuoshan.parties.models import Customer, Person
from tuoshan.parties.permissions import WRITERS, api_permitted
from tuoshan.secrets import mask_email, mask_phone

router = Router(tags=["directory"])


@router.get("/lists/{name}", response=gives(list[ListEntry]), url_name="category_list", summary="A company list")
@api_permitted("api.category_list")
def list_entries(request: HttpRequest, name: str) -> list[dict[str, str]]:
    """The entries of a list that form fields draw from (`categories`, `departments`, `product` …)."""
    found: list[dict[str, str]] = []
    for value, title in lists.entries(name):
        if isinstance(title, Sequence) and not isinstance(title, str):
            found += [{"value": str(key), "title": str(shown), "group": str(value)} for key, shown in title]
        else:
            found.append({"value": str(value), "title": str(title), "group": ""})
    if not found:
        raise Http404
    return found


@router.get("/customers", response=gives(list[CustomerOut]), url_name="customer_find", summary="Find customers")
@api_permitted("api.customer_find")
def customer_find(request: HttpRequest, q: str) -> list[dict[str, Any]]:
    """By phone (whole, or the last four digits) or by name; at most 20."""
    if len(q.strip()) < 2:
        raise Problem(422, "too_short", "q")
    return [_customer(request, row) for row in customers.search(q)[:20]]


@router.get("/customers/{number}", response=gives(CustomerOut), url_name="customer_read", summary="One customer")
@api_permitted("api.customer_read")
def customer_read(request: HttpRequest, number: Id) -> dict[str, Any]:
    """A customer by id."""
    found = Customer.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return _customer(request, found)


@router.delete("/customers/{number}", response=gives(None, 204), url_name="customer_erase", summary="Erase a customer")
@api_permitted("api.customer_erase")
def customer_erase(request: HttpRequest, number: Id) -> tuple[int, None]:
    """The person goes, the cases stay."""
    found = Customer.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    customers.erase(found)
    return 204, None


def _customer(request: HttpRequest, row: Customer) -> dict[str, Any]:
    user: Any = request.user
    plain = not WRITERS.isdisjoint(user.role_keys())
    return {
        "id": row.pk, "name": row.name, "phone": row.phone if plain else mask_phone(row.phone),
        "email": row.email if plain else mask_email(row.email),
        "cases": queries.reachable(user).filter(customer_id=row.pk).count(),
    }  # fmt: skip


@router.get("/people", response=gives(list[PersonOut]), url_name="people_list", summary="People")
@api_permitted("api.people_list")
def people_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Everybody who works here."""
    rows = Person.objects.prefetch_related("roles").order_by("pk")
    return [person_out(row) for row in rows]


def person_out(row: Person) -> dict[str, Any]:
    """Somebody on the wire."""
    return {
        "id": row.pk, "username": row.username, "name": str(row), "roles": sorted(role.key for role in row.roles.all()),
        "unit_id": row.unit_id, "is_active": row.is_active,
    }  # fmt: skip
