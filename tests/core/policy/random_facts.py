"""Facts at random, whatever they mean together: for what must hold of any facts, rights or none."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tuoshan.core.policy.pack import Fact, Pack

BEGIN, TODAY = date(2024, 5, 1), date(2027, 12, 31)
DAYS = {"sold_on": 0, "delivered_on": 2, "signed_on": 3, "reported_on": 20, "received_back_on": 40}
TRIES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    match fact.field.kind:
        case "choice":
            return st.sampled_from([choice.value for choice in fact.field.choices])
        case "yes_no":
            return st.booleans()
        case "money":
            return st.sampled_from([Decimal(x) for x in ("0.00", "99.99", "166.67", "209.99", "210", "399", "3000")])
        case "date":
            later = DAYS.get(fact.name, 10)
            return st.integers(0, 60).map(lambda days: BEGIN + timedelta(days=later + days))
    far = (250_000,) if fact.name.endswith("_km") else ()
    return st.sampled_from([Decimal(x) for x in (0, 1, 2, 3, 5, 6, 31, 61, 91, 3001, 8000, *far)])


@st.composite
def facts_for(draw: Any, packs: list[Pack], missing: float = 0.1) -> dict[str, Any]:
    """Facts that books may be asked about, dates in order; some are left out."""
    known = {name: fact for pack in packs for name, fact in pack.facts.items()}
    facts = {name: draw(value_of(fact)) for name, fact in known.items() if draw(st.floats(0, 1)) >= missing}
    for name, fact in known.items():
        for earlier in fact.not_before:
            if name in facts and fact.field.kind == "date" and earlier in facts:
                facts[name] = max(facts[name], facts[earlier])
    return facts
