"""Whose case it is: its unit follows from the store named, else from the order, else from who registers it.

Where one of these facts is corrected, the unit is found anew and the case moves, in the same event. A unit that was
given by hand (over the API, or by a table that was brought in) stands.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tuoshan.cases.rows import Row
from tuoshan.catalog.orders import find_order
from tuoshan.core.case import Event, Json
from tuoshan.identifiers import is_id
from tuoshan.parties.models import OrgUnit, Person

BY_HAND = "unit_given"
"""In what comes with a registration: the unit was named, it does not follow from the facts."""
MOVED = "unit"
"""In what a correction keeps beside its values: the unit before and after, where the case moved."""
STORE, ORDER = "store", "order_no"


def named(facts: Mapping[str, Any]) -> int | None:
    """The store named, else the unit of the order; None where neither tells one."""
    store = str(facts.get(STORE) or "")
    if is_id(store) and OrgUnit.objects.filter(pk=int(store), kind=OrgUnit.Kind.STORE).exists():
        return int(store)
    order = find_order(str(facts.get(ORDER) or ""))
    return order.unit_id if order is not None else None


def after_correction(row: Row, changes: Mapping[str, Any], begun: Callable[[], Event]) -> int | None:
    """The unit of the case once these facts have these values; `begun` gives the event that began the case.

    With nothing left that names one, the case belongs to the unit of who registered it; where nobody of ours did, it
    stays.
    """
    if not {STORE, ORDER} & set(changes):
        return row.unit_id
    before, after = named(row.state.facts), named({**row.state.facts, **changes})
    if before == after or _given_by_hand(begun()):
        return row.unit_id
    if after is not None or before != row.unit_id:
        return after or row.unit_id
    registered = Person.objects.filter(pk=row.registrant_id or 0).values_list("unit_id", flat=True).first()
    return registered or row.unit_id


def _given_by_hand(begun: Event) -> bool:
    return bool(begun.input.get("extra", {}).get(BY_HAND))


def move_of(event: Event) -> Mapping[str, Json] | None:
    """`before` and `after` of an event by which the case moved to another unit; None for every other one."""
    moved = event.input.get("extra", {}).get(MOVED)
    return moved if event.kind == "correct" and isinstance(moved, Mapping) else None
