"""A case as a row of a list: what somebody needs to choose the next one, read for many cases at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tuoshan.cases import library, prepared
from tuoshan.cases.forms import words
from tuoshan.cases.listed_clocks import NONE, ListedClock, listed_clocks
from tuoshan.cases.models import Case
from tuoshan.catalog.models import Category, Product
from tuoshan.integrations import replied
from tuoshan.parties.models import Customer, Person
from tuoshan.parties.naming import in_language


@dataclass(frozen=True, slots=True)
class Card:
    """One row. `paused` says for whom the case waits where its clock is paused or somebody outside has the word;
    `unread` that the customer has answered and the handler has not seen it; `warn_at` when `due` turns amber."""

    case: Case
    state: str
    customer: str
    product: str
    category: str
    handler: str
    due: datetime | None
    paused: str
    unread: bool = False
    warn_at: datetime | None = None


def graded(case: Case) -> bool:
    """Whether the case has a grade to show; some processes give none."""
    known = library.everything().get(case.playbook)
    return bool(case.grade) or known is None or "grade" in known.facts


def cards(cases: Iterable[Case], person: Any) -> list[Card]:
    """Cards for a page of cases, in a fixed number of queries."""
    rows: Sequence[Case] = list(cases)
    customers = dict(_of(Customer, (c.customer_id for c in rows), "name"))
    products = dict(_of(Product, (c.product_id for c in rows), "name"))
    categories = {
        key: in_language(zh, en) for key, zh, en in _of(Category, (c.category_id for c in rows), "name_zh", "name_en")
    }
    handlers = {
        key: name or username
        for key, name, username in _of(Person, (c.handler_id for c in rows), "display_name", "username")
    }
    answered = replied.among(case.pk for case in rows)
    clocks = listed_clocks(rows)
    return [
        Card(
            case=case,
            state=state_title(case),
            customer=customers.get(case.customer_id or 0, ""),
            product=products.get(case.product_id or 0, ""),
            category=categories.get(case.category_id or 0, ""),
            handler=handlers.get(case.handler_id or 0, ""),
            due=case.due_at,
            paused=_standing_still(case, clocks.get(case.pk, NONE)),
            unread=case.pk in answered,
            warn_at=clocks.get(case.pk, NONE).warn_at,
        )
        for case in rows
    ]


def _of(model: type[Model], ids: Iterable[int | None], *columns: str) -> list[tuple[Any, ...]]:
    """Of these rows, their id and what makes up their names."""
    return prepared.among(
        (model, columns), (known for known in ids if known),
        lambda places: model._default_manager.order_by().filter(pk__in=places).values_list("pk", *columns),
    )  # fmt: skip


def state_title(case: Case) -> str:
    """The title of the state in the playbook that the case is pinned to."""
    state = library.pinned(case.playbook, case.playbook_hash).states.get(case.state)
    return words(state.title) if state else case.state


def _standing_still(case: Case, clock: ListedClock) -> str:
    """For whom the case waits while no clock of ours runs, with the day of theirs; empty where nobody is waited for."""
    if case.ended or case.due_at is not None:
        return ""
    if clock.until is not None:
        party = library.pinned(case.playbook, case.playbook_hash).parties.get(clock.party)
        day = date_format(timezone.localtime(clock.until), "m-d H:i")
        return _("等%(party)s，%(day)s 为止") % {"party": words(party.title) if party else _("客户"), "day": day}
    return waiting_for(case) if case.paused else ""


def waiting_for(case: Case) -> str:
    """`等客户` and the like."""
    party = library.pinned(case.playbook, case.playbook_hash).parties.get(case.waits_for)
    return _("等%(party)s") % {"party": words(party.title)} if party else ""
