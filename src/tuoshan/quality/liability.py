"""`book`: who is responsible for what a case cost. A record for reports; no money moves by it."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from tuoshan.agenda.models import Item
from tuoshan.cases.models import Case
from tuoshan.core.case import CaseState
from tuoshan.identifiers import is_id
from tuoshan.quality.models import Liability

NOBODY = "none"


def book(item: Item, now: datetime) -> Liability | None:
    """Keep one row per effect: the party that the named fact gives, the amount carried out by then."""
    case: Any = Case.objects.filter(id=item.case_id or 0).first()
    if case is None:
        return None
    state = CaseState.from_json(json.loads(case.snapshot))
    target = str(item.data.get("target") or "liable")
    named = state.facts.get(target)
    party = str(named) if isinstance(named, str) and named else NOBODY if target in state.facts else target
    unit = state.facts.get("store") if party == "store" else None
    row, _made = Liability.objects.get_or_create(
        key=item.key,
        defaults={
            "case_id": case.pk,
            "party": party[:60],
            "unit_id": int(str(unit)) if is_id(str(unit or "")) else None,
            "cause": str(state.facts.get("cause") or "")[:60],
            "amount": amount_of(state),
            "at": now,
        },
    )
    return row


def amount_of(state: CaseState) -> Decimal:
    """The amount agreed last, which is what was carried out; zero where there is none."""
    value = state.facts.get("amount")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return Decimal("0.00")
    return Decimal(value).quantize(Decimal("0.01"))
