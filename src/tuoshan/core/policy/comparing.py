"""Two rulings on the same facts beside each other: whether a changed rule book changes the answer, and its cost."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tuoshan.core.policy.engine import costing
from tuoshan.core.policy.engine.on_top import Claimed, Share, on_top, shares
from tuoshan.core.policy.engine.precedence import put_together
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.ruling import read
from tuoshan.core.policy.statements import Chosen, Ruling

ZERO = Decimal("0.00")
NOTHING: Mapping[str, Share] = {}


@dataclass(frozen=True, slots=True)
class Past:
    """Facts that were ruled on before: under which key they are known, and on which day they were asked."""

    key: str
    today: date
    facts: Mapping[str, object]
    """As they were kept: texts, yes and no."""
    pieces: int = 1
    """How many alike the line is about."""
    claim: Hashable = None
    """Lines of one claim have the same, and a minimum of it counts once for all; None: a claim of its own."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of a case that would be answered otherwise."""

    key: str
    before: Ruling
    after: Ruling
    cost_before: Decimal = ZERO
    cost_after: Decimal = ZERO
    """Of all its pieces."""

    @property
    def costs_more(self) -> Decimal:
        """How much more it would cost; negative where it costs less."""
        return self.cost_after - self.cost_before


@dataclass(slots=True)
class Effect:
    """What a changed rule book does to past lines of cases. Costs are of all pieces of which the book speaks."""

    looked_at: int = 0
    unreadable: int = 0
    """Facts that the books of today do not know any more."""
    concerned: int = 0
    """Lines of which the book speaks, before or after the change."""
    many: int = 0
    """Lines that would be answered otherwise."""
    cost_before: Decimal = ZERO
    cost_after: Decimal = ZERO
    changed: list[Changed] = field(default_factory=list)
    """The first of them."""

    @property
    def costs_more(self) -> Decimal:
        return self.cost_after - self.cost_before


def cost(ruling: Ruling, pieces: int = 1, share: Mapping[str, Share] | None = None) -> Decimal:
    """What following a ruling costs at most for so many pieces: the dearest remedy to choose from for each, with what
    the law gives beside it, and what comes on top, of which a minimum counts once. `share`: what of that falls to the
    line, where it is one of several of a claim."""
    rights = costing.due(ruling)
    chosen = costing.dearest(rights)
    if share is None:
        [share] = shares([Claimed(pieces, on_top(ruling.extras))])
    if chosen is None:
        return costing.cost(ZERO, ZERO, pieces, share)
    return costing.cost(chosen.amount * pieces, costing.with_it(chosen.remedy, rights), pieces, share)


def borne(chosen: Mapping[str, Chosen]) -> tuple[tuple[str, object], ...]:
    """Who bears what, or which sums: the values alone."""
    return tuple((what, chosen[what].value) for what in sorted(chosen))


def outcome(ruling: Ruling) -> tuple[object, ...]:
    """What counts of a ruling for those whom it concerns, whichever row or clause it came from."""
    return (
        tuple((
            one.remedy, one.amount, one.fee, one.until, one.needs, one.better_needs, borne(one.freight),
            borne(one.risk),
        ) for one in ruling.rights),
        tuple(sorted(one.remedy for one in ruling.refused)),
        *(borne(chosen) for chosen in (
            ruling.freight, ruling.risk, ruling.pays, ruling.extras, ruling.deductions, ruling.limits)),
        tuple(sorted((one.what, str(one.amounts.get("ends", one.words.get("within")))) for one in ruling.proofs)),
        tuple(sorted((one.what, str(one.amounts.get("ends", one.words.get("within")))) for one in ruling.deadlines)),
        tuple(sorted(str(one.amounts.get("ends")) for one in ruling.periods)),
        bool(ruling.questions),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """Facts by both sets of books; both rulings are there where a book that differs speaks, or may."""

    concerned: bool
    certain: bool = False
    """Whether one that differs speaks for certain."""
    before: Ruling | None = None
    after: Ruling | None = None


SILENT = Compared(False)


class Comparing:
    """Two sets of books. A book that is the same in both is read once, and only where one that differs speaks."""

    def __init__(self, before: Sequence[Pack], after: Sequence[Pack]) -> None:
        self.sets = (before, after)
        self.known = {**facts_of(before), **facts_of(after)}
        self.differing = [pack for pack in before if pack not in after] + [pack for pack in after if pack not in before]
        self.shared = [pack for pack in before if pack in after]

    def of(self, one: Past) -> Compared | None:
        """Both rulings on these facts; None where the books do not know them any more."""
        facts, problems = read_given(self.known, one.facts, one.today)
        if problems:
            return None
        reads = {pack: read(pack, facts, one.today) for pack in self.differing}
        if all(each.applies is False for each in reads.values()):
            return SILENT
        certain = any(each.applies is True for each in reads.values())
        reads |= {pack: read(pack, facts, one.today) for pack in self.shared}
        old, new = (
            put_together([reads[pack] for pack in packs if reads[pack].applies is not False], facts, one.today)
            for packs in self.sets
        )
        return Compared(True, certain, old, new)


def effect(past: Iterable[Past], before: Sequence[Pack], after: Sequence[Pack], *, most_changed: int = 200) -> Effect:
    """Rule on past facts by both sets of books; changed ones are kept up to a number, all count in cost."""
    found, comparing, waiting = Effect(), Comparing(before, after), list[_Waiting]()
    for one in past:
        both = comparing.of(one)
        if both is None:
            found.unreadable += 1
            continue
        found.looked_at += 1
        if both.before is None or both.after is None:
            continue
        found.concerned += 1
        alone = None if one.claim is None or not (both.before.extras or both.after.extras) else NOTHING
        costs = (cost(both.before, one.pieces, alone), cost(both.after, one.pieces, alone))
        found.cost_before += costs[0]
        found.cost_after += costs[1]
        place = None
        if outcome(both.before) != outcome(both.after):
            found.many += 1
            if len(found.changed) < most_changed:
                place = len(found.changed)
                found.changed.append(Changed(one.key, both.before, both.after, *costs))
        if alone is not None:
            old, new = (Claimed(one.pieces, on_top(each.extras), one.claim) for each in (both.before, both.after))
            waiting.append(_Waiting(old, new, place))
    _add_claims(found, waiting)
    return found


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A line of a claim: what comes on top of it is known once all lines of the claim are."""

    before: Claimed
    after: Claimed
    place: int | None
    """Among the changed ones that are kept."""


def _add_claims(found: Effect, waiting: Sequence[_Waiting]) -> None:
    """What comes on top of the lines of claims, of which a minimum counts once."""
    before, after = (
        [sum((one.amount for one in share.values()), ZERO) for share in shares(lines)]
        for lines in ([one.before for one in waiting], [one.after for one in waiting])
    )
    found.cost_before += sum(before, ZERO)
    found.cost_after += sum(after, ZERO)
    for one, earlier, later in zip(waiting, before, after, strict=True):
        if one.place is not None:
            line = found.changed[one.place]
            found.changed[one.place] = replace(
                line, cost_before=line.cost_before + earlier, cost_after=line.cost_after + later
            )


def replaced(packs: Sequence[Pack], new: Pack) -> tuple[Pack, ...]:
    """The books with all versions of one replaced by a single new one."""
    kept = [pack for pack in packs if pack.name != new.name]
    place = next((number for number, pack in enumerate(packs) if pack.name == new.name), len(kept))
    kept.insert(min(place, len(kept)), new)
    return tuple(kept)
