"""What is enough by the law: the remedies of which each leaves the consumer with no less than the law gives.

Read from a frozen ruling and its facts. A remedy puts the matter right, or it comes beside one that does: a loan
during the repair, a sum for the loss, a discount, a service. What comes beside never stands in the other's place.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tuoshan.core.policy.engine.costing import beside, due_in
from tuoshan.core.policy.pack import PUTTING_RIGHT

ZERO = Decimal("0.00")
AS_GOOD: Mapping[str, tuple[str, ...]] = {
    "exchange": ("repair", "replace_part"),
    "replace_part": ("repair",),
}
"""What a remedy that costs nothing is at least as good as: a new one is as good as the old one repaired."""
BOUGHT_BACK: Mapping[str, tuple[str, ...]] = {
    "return": ("exchange", "repair", "replace_part"),
    "refund": ("exchange", "reissue", "repair", "replace_part"),
}
"""In the place of what the whole price paid back, of which nothing is kept for use, is at least as good; who still
misses something keeps the rest."""

Data = Mapping[str, Any]


def alternatives(result: Data, facts: Data) -> dict[str, Decimal]:
    """Remedy → the least that goes with it, for one piece, sums on top apart. Empty where the law gives nothing.

    Enough is what a layer of the law gives to choose from; what is at least as good; and what another layer gives
    beside it, where that is what the customer wants. With any of them comes what the law gives beside.
    """
    rights: Sequence[Data] = result["rights"]
    due = due_in(result)
    by_law = {one.remedy: one.amount for one in due if one.by_law}
    main = {remedy: amount for remedy, amount in by_law.items() if remedy in PUTTING_RIGHT}
    if not main:
        return by_law
    found = main | {
        remedy: least for remedy in PUTTING_RIGHT
        if remedy not in main and (least := _as_good(remedy, main, rights, facts)) is not None
    }  # fmt: skip
    more = beside(due)
    return {remedy: amount + more for remedy, amount in found.items()}


def _as_good(remedy: str, main: Mapping[str, Decimal], rights: Sequence[Data], facts: Data) -> Decimal | None:
    """The least with which a remedy that the law does not give is enough; None where it never is."""
    least = []
    given = next((right for right in rights if right["remedy"] == remedy), None)
    if given is not None and facts.get("wants") == remedy:
        least.append(_amount(given))
    if remedy == "refund" and "return" in main:
        least.append(main["return"])
    costs = given is not None and Decimal(given["fee"] or "0.00") > 0
    if not costs and not main.keys().isdisjoint(AS_GOOD.get(remedy, ())):
        least.append(ZERO)
    if not main.keys().isdisjoint(BOUGHT_BACK.get(remedy, ())):
        if "paid" in facts:
            least.append(Decimal(str(facts["paid"])))
        if given is not None and given["amount"] is not None and not costs:
            least.append(_amount(given))
    return min(least, default=None)


def _amount(right: Data) -> Decimal:
    return Decimal(right["amount"] or "0.00")
