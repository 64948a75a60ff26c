"""What programs look up: lists, customers, people."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tuoshan.api.application import Id, gives, me
from tuoshan.api.formwork import as_stored, judged, posted
from tuoshan.api.pages import page_of
from tuoshan.api.problems import Problem
from tuoshan.api.repeating import repeatable
from tuoshan.api.shapes import CustomerChangeOut, CustomerIn, CustomerOut, JoinIn, Limit, ListEntry, PersonOut
from tuoshan.cases import library, lists
from tuoshan.office import customers
from tuoshan.office.customers import CustomerForm, PhoneTaken
from tuoshan.parties.models import Customer, Person
from tuoshan.parties.permissions import api_permitted

router = Router(tags=["directory"])


@router.get("/lists/{name}", response=gives(list[ListEntry]), url_name="category_list", summary="A company list")
@api_permitted("api.category_list")
def list_entries(request: HttpRequest, name: str, playbook: str = "") -> list[dict[str, str]]:
    """The entries of a list that form fields draw from (`categories`, `departments`, `product` …). With `playbook`
    those alone that its forms offer; 404 for one that new cases cannot begin with.
    """
    if playbook and playbook not in library.everything():
        raise Http404
    found: list[dict[str, str]] = []
    with lists.about(playbook):
        entries = lists.entries(name)
    for value, title in entries:
        if isinstance(title, Sequence) and not isinstance(title, str):
            found += [{"value": str(key), "title": str(shown), "group": str(value)} for key, shown in title]
        else:
            found.append({"value": str(value), "title": str(title), "group": ""})
    if not found:
        raise Http404
    return found


class CustomerPage(Schema):
    """One page of customers, newest first; hand `next` back as `cursor`."""

    customers: list[CustomerOut]
    next: str


class CustomerChangePage(Schema):
    """One page of what was put right, newest first; hand `next` back as `cursor`."""

    changes: list[CustomerChangeOut]
    next: str


@router.get("/customers", response=gives(CustomerPage), url_name="customer_find", summary="Find customers")
@api_permitted("api.customer_find")
def customer_find(request: HttpRequest, q: str, cursor: str = "", limit: Limit = 20) -> dict[str, Any]:
    """By phone (whole, or the last four digits), mail address or name, among customers of whom the caller sees a
    case.
    """
    if len(q.strip()) < 2:
        raise Problem(422, "too_short", _("请至少输入两个字"), facts={"parameter": "q"})
    page = page_of(customers.searched(me(request), q), cursor, limit)
    return {"customers": _customers(request, page.rows), "next": page.next}


@router.get("/customers/{number}", response=gives(CustomerOut), url_name="customer_read", summary="One customer")
@api_permitted("api.customer_read")
def customer_read(request: HttpRequest, number: Id) -> dict[str, Any]:
    """A customer by id; whom they were joined into, where they turned out to be another. An erased one is there for who
    may read the record of changes alone: empty, with `erased_at`; by whom, `customer_changes` tells.
    """
    gone = customers.erased(me(request), number)
    if gone is not None:
        nothing = dict.fromkeys(("name", "phone", "email", "address", "language", "way"), "")
        count = customers.cases_of(me(request), gone.number).order_by().count()
        return nothing | {"id": gone.number, "cases": count, "erased_at": gone.at}
    return _customer(request, _found(request, number))


@router.patch("/customers/{number}", response=gives(CustomerOut), url_name="customer_change", summary="Put right")
@api_permitted("api.customer_change")
def customer_change(request: HttpRequest, number: Id, body: CustomerIn) -> dict[str, Any]:
    """Correct what is on record: for who sees all cases of the customer, else 403 `cases_elsewhere`. 409 `phone_taken`
    when the phone is another customer's; `customer_id` is theirs, if the caller may see them. Links sent to a phone or
    address that is theirs no longer open nothing from then on.
    """
    found = _found(request, number)
    customers.must_be_in_charge(me(request), found)
    shown = as_stored(CustomerForm(customer=found))
    form = judged(CustomerForm(posted(shown | body.dict(exclude_unset=True)), customer=found))
    try:
        customers.correct(me(request), found, form.cleaned_data)
    except PhoneTaken as taken:
        known = customers.seen(me(request), taken.other.pk)
        raise Problem(
            409, "phone_taken", str(taken), facts={"customer_id": known.pk if known is not None else None}
        ) from taken
    return _customer(request, found)


@router.get(
    "/customers/{number}/changes", response=gives(CustomerChangePage), url_name="customer_changes",
    summary="What was put right",
)  # fmt: skip
@api_permitted("api.customer_changes")
def customer_changes(request: HttpRequest, number: Id, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """Newest first, values masked. 403 `cases_elsewhere` for who does not see all cases of the customer. Of an erased
    one, for who may read the record of changes, by whom and when alone.
    """
    if customers.erased(me(request), number) is not None:
        found = Customer.objects.get(pk=number)
    else:
        found = _found(request, number)
        customers.must_be_in_charge(me(request), found)
    page = page_of(customers.changes_of(found), cursor, limit)
    return {"changes": customers.told(page.rows), "next": page.next}


@router.post("/customers/{number}/join", response=gives(CustomerOut), url_name="customer_join", summary="Join two")
@api_permitted("api.customer_join")
@repeatable
def customer_join(request: HttpRequest, number: Id, body: JoinIn) -> dict[str, Any]:
    """The two are one person: cases pass to `into`, and what it lacks. Joining again changes nothing. For who sees all
    cases of both, else 403 `cases_elsewhere`.
    """
    one, other = _found(request, number), _found(request, body.into)
    return _customer(request, customers.join(me(request), one, other) if one.pk != other.pk else other)


def _found(request: HttpRequest, number: int) -> Customer:
    found = customers.seen(me(request), number)
    if found is None:
        raise Http404
    return found


@router.delete("/customers/{number}", response=gives(None, 204), url_name="customer_erase", summary="Erase a customer")
@api_permitted("api.customer_erase")
def customer_erase(request: HttpRequest, number: Id) -> tuple[int, None]:
    """The person goes, with all that was written and the files of their cases; the cases stay."""
    found = Customer.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    customers.erase(me(request), found)
    return 204, None


def _customer(request: HttpRequest, row: Customer) -> dict[str, Any]:
    return _customers(request, [row])[0]


def _customers(request: HttpRequest, rows: Sequence[Customer]) -> list[dict[str, Any]]:
    shown, counts = customers.particulars_of(me(request), rows), customers.case_counts(me(request), rows)
    return [shown[row.pk] | {"id": row.pk, "cases": counts.get(row.pk, 0)} for row in rows]


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
