"""Amounts of money that a text names, held against the sum that stands beside it."""

import re
from collections.abc import Iterable
from decimal import Decimal

_FIGURE = r"(\d[\d,]*(?:\.\d{1,2})?)"
_AMOUNT = re.compile(rf"[¥￥]\s*{_FIGURE}|{_FIGURE}\s*(?:元|块钱|(?:yuan|RMB|CNY)\b)", re.IGNORECASE)
MOST_JUDGED = 6
"""A text with more different amounts than these is left to its reader."""


def named(text: str) -> list[Decimal]:
    """The different amounts that a text names in yuan, in its order."""
    found = (one or other for one, other in _AMOUNT.findall(text))
    return list(dict.fromkeys(Decimal(figure.replace(",", "")) for figure in found))


def others(text: str, amount: Decimal, pieces: Iterable[int]) -> list[Decimal]:
    """The amounts of a text that have nothing to do with this sum; none where it is one of them, or made of them.

    `399.00 × 2`, `price 399 less 99`, `200 back and 50 on top` make 798, 300 and 250; so each amount may count not at
    all, once, as often as there are `pieces`, or be taken off.
    """
    known = named(text)
    if not known or len(known) > MOST_JUDGED:
        return []
    often = {-1, 0, 1, *pieces}
    sums = {Decimal(0)}
    for one in known:
        sums = {made + one * times for made in sums for times in often}
    return [] if amount in sums else known
