"""What programs look up: playbooks, lists, customers, people."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from tuoshan.api.application import PROBLEMS
from tuoshan.api.problems import Problem
from tuoshan.api.reading import field_out
from tuoshan.api.shapes import CustomerOut, ListEntry, PersonOut, PlaybookOut
from tuoshan.cases import library, lists, queries
from tuoshan.cases.forms import words
from tuoshan.core.playbook import Playbook
from tuoshan.parties import customers
from tuoshan.parties.models import Customer, Person
from tuoshan.parties.permissions import WRITERS, api_permitted
from tuoshan.secrets import mask_email, mask_phone

router = Router(tags=["directory"])


@router.get("/playbooks", response={200: list[PlaybookOut], **PROBLEMS}, url_name="playbook_list", summary="Playbooks")
@api_permitted("api.playbook_list")
def playbook_list(request: HttpRequest) -> list[dict[str, Any]]:
    """The playbooks that new cases may begin with."""
    return [_playbook(book) for book in library.everything().values()]


def _playbook(book: Playbook) -> dict[str, Any]:
    return {
        "key": book.key, "version": book.version, "hash": book.hash, "title": words(book.title), "source": book.source,
        "register_fields": [field_out(item) for item in book.register],
        "states": {name: words(state.title) for name, state in book.states.items()},
        "actions": {name: words(action.title) for name, action in book.actions.items()},
    }  # fmt: skip


@router.get(
    "/lists/{name}", response={200: list[ListEntry], **PROBLEMS}, url_name="category_list", summary="A company list"
)
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


@router.get(
    "/customers", response={200: list[CustomerOut], **PROBLEMS}, url_name="customer_find", summary="Find customers"
)
@api_permitted("api.customer_find")
def customer_find(request: HttpRequest, q: str) -> list[dict[str, Any]]:
    """By phone (whole, or the last four digits) or by name; at most 20."""
    if len(q.strip()) < 2:
        raise Problem(422, "too_short", "q")
    return [_customer(request, row) for row in customers.search(q)[:20]]


@router.get(
    "/customers/{number}", response={200: CustomerOut, **PROBLEMS}, url_name="customer_read", summary="One customer"
)
@api_permitted("api.customer_read")
def customer_read(request: HttpRequest, number: int) -> dict[str, Any]:
    """A customer by id."""
    found = Customer.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return _customer(request, found)


@router.delete(
    "/customers/{number}", response={204: None, **PROBLEMS}, url_name="customer_erase", summary="Erase a customer"
)
@api_permitted("api.customer_erase")
def customer_erase(request: HttpRequest, number: int) -> tuple[int, None]:
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


@router.get("/people", response={200: list[PersonOut], **PROBLEMS}, url_name="people_list", summary="People")
@api_permitted("api.people_list")
def people_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Everybody who works here."""
    rows = Person.objects.prefetch_related("roles").order_by("pk")
    return [_person(row) for row in rows]


@router.get("/me", response={200: PersonOut, **PROBLEMS}, url_name="me", summary="Who calls")
@api_permitted("api.me")
def me(request: HttpRequest) -> dict[str, Any]:
    """The person whose token or session this is."""
    user: Any = request.user
    return _person(user)


def _person(row: Person) -> dict[str, Any]:
    return {
        "id": row.pk, "username": row.username, "name": str(row), "roles": sorted(row.role_keys()),
        "unit_id": row.unit_id, "is_active": row.is_active,
    }  # fmt: skip
