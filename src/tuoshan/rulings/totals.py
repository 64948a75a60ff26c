"""Several lines of a bench beside each other: what is paid for each by the remedy chosen, and altogether, to the fen.

Each line is ruled by itself; a line of several pieces is ruled once and counted as often. The amount of a remedy is
already less what the books take off it; what comes on top stands by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tuoshan.core.policy.statements import Right, Ruling

ZERO = Decimal("0.00")
MOST_PIECES = 999


@dataclass(frozen=True, slots=True)
class LineSum:
    """What one line comes to. `chosen` is false where the dearest remedy stands in for a choice."""

    remedy: str
    chosen: bool
    quantity: int
    amount: Decimal
    """Of the remedy, for one piece, less what is taken off."""
    taken_off: Decimal
    extra: Decimal
    fee: Decimal
    """What the customer pays for it; not set off against what is paid out."""
    open: bool

    @property
    def total(self) -> Decimal:
        return (self.amount + self.extra) * self.quantity


def line_sum(ruling: Ruling, *, remedy: str = "", quantity: int = 1) -> LineSum:
    """A line by the remedy chosen; by the dearest where none is, or one that is not due."""
    right = next((one for one in ruling.rights if one.remedy == remedy), None)
    chosen = right is not None
    right = right or dearest(ruling.rights)
    off = sum((one.value for one in ruling.deductions.values() if isinstance(one.value, Decimal)), ZERO)
    amount = right.amount if right is not None and right.amount is not None else ZERO
    return LineSum(
        right.remedy if right else "", chosen, min(max(quantity, 1), MOST_PIECES), amount,
        off if amount else ZERO, ruling.extra or ZERO, (right.fee if right else None) or ZERO, bool(ruling.questions),
    )  # fmt: skip


def dearest(rights: Sequence[Right]) -> Right | None:
    """The remedy that costs most; of several the one that stands first."""
    return max(rights, key=lambda right: right.amount or ZERO, default=None)


def together(sums: Iterable[LineSum]) -> Decimal:
    """All lines together."""
    return sum((one.total for one in sums), ZERO)
