"""What following a ruling costs: the remedy, what the law gives beside it, and what comes on top. Proposals, the bench,
and what a changed rule book would cost all ask here.

A remedy puts the matter right, or it comes beside one that does: a loan during the repair, a sum for the loss. What the
law gives beside, the loss in a case of unsafe food (Food Safety Law 148), is due with whichever remedy is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tuoshan.core.policy.engine.on_top import Share
from tuoshan.core.policy.pack import BY_LAW, PUTTING_RIGHT
from tuoshan.core.policy.statements import ZERO, Ruling


@dataclass(frozen=True, slots=True)
class Due:
    """A remedy that is due: what it comes to for one piece, and whether a layer of the law gives it."""

    remedy: str
    amount: Decimal
    by_law: bool


def due(ruling: Ruling) -> tuple[Due, ...]:
    """What is due by a ruling, in its order."""
    return tuple(
        Due(right.remedy, right.amount or ZERO, any(one.why.pack.layer in BY_LAW for one in right.given_by))
        for right in ruling.rights
    )


def due_in(result: Mapping[str, Any]) -> tuple[Due, ...]:
    """The same by a frozen ruling."""
    return tuple(
        Due(right["remedy"], Decimal(right["amount"] or ZERO), any(by["layer"] in BY_LAW for by in right["given_by"]))
        for right in result["rights"]
    )


def beside(rights: Iterable[Due]) -> Decimal:
    """The sums that the law gives for one piece beside what puts the matter right; nothing where nothing does."""
    by_law = [one for one in rights if one.by_law]
    if not any(one.remedy in PUTTING_RIGHT for one in by_law):
        return ZERO
    return sum((one.amount for one in by_law if one.remedy not in PUTTING_RIGHT), ZERO)


def with_it(remedy: str, rights: Iterable[Due]) -> Decimal:
    """What the law gives beside this remedy, for one piece."""
    return beside(rights) if remedy in PUTTING_RIGHT else ZERO


def dearest(rights: Sequence[Due]) -> Due | None:
    """The remedy that costs most with what comes beside it; of several the one that stands first."""
    return max(rights, key=lambda one: one.amount + with_it(one.remedy, rights), default=None)


def cost(given_back: Decimal, beside_it: Decimal, pieces: int, on_top: Mapping[str, Share]) -> Decimal:
    """What a line comes to: what its remedy gives for all its pieces, what comes beside it for each of them, and its
    share of what comes on top."""
    return given_back + beside_it * pieces + sum((one.amount for one in on_top.values()), ZERO)
