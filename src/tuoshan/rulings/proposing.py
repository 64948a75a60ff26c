"""From a kept ruling to a proposal: the first remedy that is due, its amount, and the words that say so."""

import json
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import get_language

from tuoshan.core.playbook import Field
from tuoshan.rulings.known import SAME
from tuoshan.rulings.models import KeptRuling

REMEDIES, AMOUNT, WORDS = "remedies", "amount", "remedy_steps"
"""The fields of a playbook's proposal that a ruling can fill in."""

AS_PROPOSED = {"return": ("return_refund", "refund"), "replace_part": ("repair",)}
"""Remedies that a playbook's list may call by another name; others go by their own."""


def initial(case_id: int, form: Sequence[Field]) -> dict[str, object]:
    """Values for a proposal's form from the newest ruling of the case that found something due; else nothing."""
    fields = {field.name: field for field in form}
    if REMEDIES not in fields or AMOUNT not in fields:
        return {}
    row = KeptRuling.objects.filter(case_id=case_id).order_by("-id").first()
    if row is None:
        return {}
    result = json.loads(row.result)
    if not result["rights"]:
        return {}
    first = result["rights"][0]
    offered = {choice.value for choice in fields[REMEDIES].choices}
    named = next((name for name in AS_PROPOSED.get(first["remedy"], (first["remedy"],)) if name in offered), None)
    extra = sum((Decimal(one["value"]) for one in result["extras"].values()), Decimal("0.00"))
    found: dict[str, object] = {AMOUNT: Decimal(first["amount"] or "0.00") + extra}
    if named:
        found[REMEDIES] = [named]
    if WORDS in fields:
        english = (get_language() or "").startswith("en")
        found[WORDS] = row.verdict_en if english else row.verdict_zh
    return found


def from_bench(session: str) -> dict[str, object]:
    """What a bench's first line knows that a registration asks."""
    row = KeptRuling.objects.filter(session=session).order_by("line").first()
    facts = json.loads(row.facts) if row is not None else {}
    return {field: facts[fact] for field, fact in SAME.items() if fact in facts}
