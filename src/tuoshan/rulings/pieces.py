"""What was paid for several pieces, piece by piece: each to the fen, and all together neither more nor less.

`100.00/3` says that 100.00 yuan were paid for three pieces: two cost 33.33 and one 33.34. Where fewer are meant than
were bought, their part of the sum is taken to the fen.
"""

import re
from decimal import Decimal

from tuoshan.core.money import FEN, MoneyError, round_to_fen, yuan
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.given import FactProblem

_PAID_FOR = re.compile(r"(?P<sum>[^/]+)/\s*(?P<pieces>[1-9][0-9]{0,2})\s*")


class MoreThanBought(ValueError):
    """More pieces than the sum was paid for."""

    def __init__(self, pieces: int) -> None:
        super().__init__(pieces)
        self.pieces = pieces

    @property
    def problem(self) -> FactProblem:
        """The same, said beside the fact."""
        return FactProblem("paid", "more_than_bought", Wording(
            f"这笔钱只买了 {self.pieces} 件，件数不能更多", f"this was paid for {self.pieces} pieces, no more"
        ))  # fmt: skip


def paid_for(whole: Decimal, pieces: int) -> Decimal | str:
    """What was paid for one of so many pieces; what was paid for all of them, as a text, where it leaves a rest."""
    each = whole / pieces
    return each.quantize(FEN) if each == each.quantize(FEN) else f"{whole:f}/{pieces}"


def priced(paid: str, quantity: int) -> list[tuple[str, int]]:
    """The prices of so many pieces, each with how many have it; what is no sum for several pieces stays as it is.
    Raises MoreThanBought."""
    match = _PAID_FOR.fullmatch(paid)
    if match is None:
        return [(paid, quantity)]
    try:
        whole, bought = yuan(match["sum"]), int(match["pieces"])
    except MoneyError:
        return [(match["sum"], quantity)]
    if quantity > bought:
        raise MoreThanBought(bought)
    theirs = round_to_fen(whole * quantity / bought)
    fen = int(theirs / FEN)
    lower, dearer = fen // quantity, fen % quantity
    found = [(lower, quantity - dearer), (lower + 1, dearer)]
    return [(f"{price * FEN:f}", pieces) for price, pieces in found if pieces]
