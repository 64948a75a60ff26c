"""Several lines of a bench beside each other: what is paid for each by the remedy chosen, and altogether, to the fen.

Each line is ruled by itself; a line of several pieces is ruled once and its remedy counted as often. The amount of a
remedy is already less what the books take off it. What the law gives beside a remedy is paid with it. What comes on top
is reckoned on all pieces, and a minimum of it counts once for each claim, however many pieces and lines it has.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.core.money import format_money
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine import costing
from tuoshan.core.policy.engine.on_top import Claimed, OnTop, Share, on_top, shares
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.costs_told import subject
from tuoshan.core.policy.words.sentences import small
from tuoshan.core.policy.words.sums_told import Pieces, chosen_from

ZERO = Decimal("0.00")
MOST_PIECES = 999


@dataclass(frozen=True, slots=True)
class LineSum:
    """What one line comes to. `chosen` is false where the dearest remedy stands in for a choice."""

    remedy: str
    chosen: bool
    quantity: int
    amounts: tuple[tuple[Decimal, int], ...]
    """Of the remedy, for one piece, less what is taken off, and for how many pieces; several where what was paid for
    all of them cannot be divided to the fen."""
    taken_off: Decimal
    fee: Decimal
    """What the customer pays for it; not set off against what is paid out."""
    open: bool
    waits: bool
    """Whether nothing can be said yet of what is due: its nought is no refusal, and a total is without it."""
    on_top: Mapping[str, OnTop]
    claim: Hashable = None
    """Lines of one claim have the same; None: a claim of its own."""
    beside: Decimal = ZERO
    """What the law gives beside the remedy, for one piece."""
    shares: Mapping[str, Share] = field(default_factory=dict)
    """What of the sums on top falls to this line, by kind."""
    parts: tuple[tuple[Ruling, int], ...] = ()
    """What was ruled on its pieces, and of how many."""

    @property
    def several(self) -> Pieces | None:
        """Its pieces, where it is told of more than one and all of them have the same remedies."""
        alike = {tuple(right.remedy for right in ruling.rights) for ruling, _pieces in self.parts}
        return Pieces(self.parts, self.shares) if self.quantity > 1 and len(alike) == 1 else None

    @property
    def back(self) -> Decimal:
        """What the remedy comes to for all pieces, without what comes beside it and on top."""
        return sum((amount * pieces for amount, pieces in self.amounts), ZERO)

    @property
    def extra(self) -> Decimal:
        """What comes on top for all pieces."""
        return sum((one.amount for one in self.shares.values()), ZERO)

    @property
    def all_beside(self) -> Decimal:
        """What the law gives beside the remedy for all pieces."""
        return self.beside * self.quantity

    @property
    def total(self) -> Decimal:
        return costing.cost(self.back, self.beside, self.quantity, self.shares)


def line_sum(ruling: Ruling, *, remedy: str = "", quantity: int = 1, claim: Hashable = None) -> LineSum:
    """A line by the remedy chosen; by the dearest where none is, or one that is not to be chosen. As if it were alone.
    """
    due = costing.due(ruling)
    dearest = costing.dearest(due)
    chosen = any(one.remedy == remedy for one in chosen_from(ruling)[0])
    named = remedy if chosen else dearest.remedy if dearest is not None else ""
    right = next((one for one in ruling.rights if one.remedy == named), None)
    off = sum((one.value for one in ruling.deductions.values() if isinstance(one.value, Decimal)), ZERO)
    amount = right.amount if right is not None and right.amount is not None else ZERO
    pieces = min(max(quantity, 1), MOST_PIECES)
    alone = LineSum(
        named, chosen, pieces, ((amount, pieces),), off if amount else ZERO,
        (right.fee if right else None) or ZERO, bool(ruling.questions),
        not ruling.rights and bool(ruling.proofs or ruling.questions), on_top(ruling.extras), claim,
        costing.with_it(named, due), parts=((ruling, pieces),),
    )  # fmt: skip
    return beside_each_other([alone])[0]


def beside_each_other(sums: Sequence[LineSum]) -> list[LineSum]:
    """The same lines with what falls to each of what comes on top, a minimum once for each claim."""
    found = shares([Claimed(one.quantity, one.on_top, one.claim) for one in sums])
    return [replace(one, shares=share) for one, share in zip(sums, found, strict=True)]


def as_one_line(parts: Sequence[LineSum]) -> LineSum:
    """Pieces that are alike but for a fen of their price, as one line."""
    first = parts[0]
    found: dict[str, Share] = {}
    for part in parts:
        for what, one in part.shares.items():
            before = found.get(what)
            found[what] = one if before is None else Share(
                before.pieces + one.pieces, before.reckoned + one.reckoned, before.amount + one.amount, one.at_least
            )  # fmt: skip
    return replace(
        first, quantity=sum(one.quantity for one in parts), amounts=tuple(a for one in parts for a in one.amounts),
        open=any(one.open for one in parts), shares=found, parts=tuple(found for one in parts for found in one.parts),
    )  # fmt: skip


def together(sums: Iterable[LineSum]) -> Decimal:
    """All lines together."""
    return sum((one.total for one in sums), ZERO)


def extras_told(sums: Sequence[LineSum]) -> list[tuple[str, Decimal]]:
    """What the law gives beside the remedies, then what comes on top, claim by claim: how it was reckoned, in the
    language in force, and what it comes to."""
    claims: dict[tuple[Hashable, str], list[Share]] = {}
    for place, one in enumerate(sums):
        for what, share in one.shares.items():
            claims.setdefault((("alone", place) if one.claim is None else ("with", one.claim), what), []).append(share)
    together_beside = sum((one.all_beside for one in sums), ZERO)
    return [
        *([(_("其中依法与方案一并给付的"), together_beside)] if together_beside else []),
        *((_reckoned(what, found), sum((one.amount for one in found), ZERO))
          for (_claim, what), found in claims.items()),
    ]  # fmt: skip


def _reckoned(what: str, found: Sequence[Share]) -> str:
    called = subject(what)
    told = {
        "what": words(Wording(called.zh, small(called.en))),
        "pieces": sum(one.pieces for one in found), "least": format_money(found[0].at_least),
        "reckoned": format_money(sum((one.reckoned for one in found), ZERO)),
    }  # fmt: skip
    if not found[0].at_least:
        return _("其中%(what)s（%(pieces)d 件一共算得 %(reckoned)s）") % told
    if sum((one.amount for one in found), ZERO) != found[0].at_least:
        return _("其中%(what)s（同一次购买的几件一共不足最低额，按 %(least)s，只算一次；这里是其中一份）") % told
    return _("其中%(what)s（%(pieces)d 件一共算得 %(reckoned)s，不足最低额，按 %(least)s，只算一次）") % told
