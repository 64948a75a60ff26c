"""What comes on top of a remedy, over all pieces and lines of one claim.

A minimum (Consumer Law 55: 500 yuan, Food Safety Law 148: 1,000) is of the claim and not of each piece: what is
reckoned on price or loss is added up over the pieces first, and the minimum is held against the sum, once. What is one
claim is said by `claim_of`; the reading stands in docs/decisions/0011.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tuoshan.core.money import round_to_fen
from tuoshan.core.policy.statements import ZERO, Chosen, Statement

OF_ONE_CLAIM = ("sold_on", "sale", "platform", "house", "goods", "problem")
"""Lines of one bench are one claim where all of these are the same, and the day of the sale is known."""


@dataclass(frozen=True, slots=True)
class OnTop:
    """One sum on top: what is reckoned for one piece, and the least for all pieces of the claim (0: none)."""

    each: Decimal
    at_least: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Claimed:
    """A line: how many pieces are alike, what comes on top of one by its kind, and of which claim the line is (None:
    of one of its own)."""

    pieces: int
    on_top: Mapping[str, OnTop]
    claim: Hashable = None


@dataclass(frozen=True, slots=True)
class Share:
    """What of a sum on top falls to a line: as reckoned for its pieces, and with its part of the minimum."""

    pieces: int
    reckoned: Decimal
    amount: Decimal
    at_least: Decimal
    """The minimum of the claim, where it counts; else 0."""


def on_top(extras: Mapping[str, Chosen]) -> dict[str, OnTop]:
    """The sums on top of a ruling, by their kind."""
    return {what: best for what, one in extras.items() if (best := best_of((one.by, *one.others))) is not None}


def best_of(said: Iterable[Statement]) -> OnTop | None:
    """The best of what several rows give: the highest sum for a piece, and the highest minimum. None: nothing."""
    found = list(_given(said))
    return OnTop(max(one.each for one in found), max(one.at_least for one in found)) if found else None


def _given(said: Iterable[Statement]) -> Iterator[OnTop]:
    for one in said:
        if "of" in one.amounts:
            yield OnTop(one.amounts.get("each", one.amounts["of"]), one.amounts.get("at_least", ZERO))


def claim_of(facts: Mapping[str, object], line: int) -> Hashable:
    """Of which claim a line of a bench is: of one with those of the same day, place, kind of goods and complaint. While
    the day of the sale is not known, of one of its own."""
    if facts.get("sold_on") is None:
        return line
    return tuple(str(facts.get(name, "")) for name in OF_ONE_CLAIM)


def shares(lines: Sequence[Claimed]) -> list[dict[str, Share]]:
    """For each line what falls to it, by kind. Where a minimum counts it is divided as what was reckoned, and all
    shares together are the minimum to the fen."""
    found: list[dict[str, Share]] = [{} for _line in lines]
    together: dict[tuple[Hashable, str], list[int]] = {}
    for place, line in enumerate(lines):
        claim = ("alone", place) if line.claim is None else ("with", line.claim)
        for what in line.on_top:
            together.setdefault((claim, what), []).append(place)
    for (_claim, what), places in together.items():
        of_each = [(lines[place].on_top[what], lines[place].pieces) for place in places]
        reckoned = [one.each * pieces for one, pieces in of_each]
        least = max(one.at_least for one, _pieces in of_each)
        counts = sum(reckoned, ZERO) < least
        amounts = divided(least, reckoned) if counts else reckoned
        for place, sum_of_line, amount in zip(places, reckoned, amounts, strict=True):
            found[place][what] = Share(lines[place].pieces, sum_of_line, amount, least if counts else ZERO)
    return found


def divided(whole: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """A sum in parts by weight, to the fen and without a rest; where nothing weighs, the first has it all."""
    if not sum(weights):
        weights = [Decimal(1), *([Decimal(0)] * (len(weights) - 1))]
    upto, before, parts = Decimal(0), ZERO, []
    for weight in weights:
        upto += weight
        reached = round_to_fen(whole * upto / sum(weights))
        parts.append(reached - before)
        before = reached
    return parts
