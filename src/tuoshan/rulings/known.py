"""What a case knows already of a matter that a rule book would ask: taken over, never guessed."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from tuoshan.cases.models import Case
from tuoshan.catalog.models import OrderRef
from tuoshan.core.case import CaseState
from tuoshan.core.policy.pack import Fact

SAME = {"bought_on": "sold_on", "amount_paid": "paid"}
"""Facts of playbooks that mean what a fact of the rule books means; those of the same name besides."""

DATES = frozenset({"sold_on", "signed_on", "delivered_on", "reported_on", "received_back_on"})


def known_of(case: Case, state: CaseState, facts: Mapping[str, Fact]) -> dict[str, object]:
    """Fact of the rule books → value, as far as the case or its order says so."""
    found: dict[str, object] = {"reported_on": timezone.localdate(case.created_at)}
    for name, value in state.facts.items():
        wanted = SAME.get(name, name)
        if wanted in facts and _fits(facts[wanted], value):
            found[wanted] = _day(value) if wanted in DATES else value
    if "received_back_on" in found:
        found["goods_back"] = True
    order = _order(state)
    if order is not None:
        found = {**{name: value for name, value in _of_order(order).items() if value is not None}, **found}
    return {name: value for name, value in found.items() if name in facts}


def _order(state: CaseState) -> OrderRef | None:
    """The order that the case names, by its row or by its number where that is the only one."""
    given = str(state.facts.get("order_no") or "")
    if not given:
        return None
    found = OrderRef.objects.filter(pk=int(given)).first() if given.isdigit() and len(given) < 19 else None
    return found or OrderRef.objects.filter(order_no=given).order_by("-id").first()


def _of_order(order: OrderRef) -> dict[str, object]:
    """The days that the order knows."""
    return {
        "sold_on": timezone.localdate(order.ordered_at) if order.ordered_at else None,
        "signed_on": timezone.localdate(order.signed_at) if order.signed_at else None,
    }


def _fits(fact: Fact, value: object) -> bool:
    """Whether a value is one that the fact may be; a choice must be among its choices."""
    match fact.field.kind:
        case "choice":
            return value in {choice.value for choice in fact.field.choices}
        case "yes_no":
            return isinstance(value, bool)
        case "date":
            return isinstance(value, date)
    return not isinstance(value, bool | str)


def _day(value: object) -> object:
    return timezone.localdate(value) if isinstance(value, datetime) else value
