"""Yuan to the fen, exactly.

An amount is a `Decimal` with two places. Floats are refused everywhere, and so is anything finer than a fen:
rounding happens only where a rule asks for it, through `round_to_fen`.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

FEN = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal("999999999999.99")
"""The largest amount that is accepted, in yuan, either sign."""

_TEXT = re.compile(r"(-?)[¥]?(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?(?:元|YUAN|CNY|RMB)?")

Reason = Literal["not_money", "finer_than_fen", "too_large"]
_REASONS: dict[Reason, tuple[str, str]] = {
    "not_money": ("不是金额，请写成 1234.50 这样的数字。", "is no amount; write it like 1234.50."),
    "finer_than_fen": ("最多两位小数（精确到分）。", "is finer than a fen (two decimals)."),
    "too_large": ("金额过大。", "is too large."),
}


class MoneyError(ValueError):
    """Something that is no exact amount of yuan; says so in both languages."""

    def __init__(self, given: object, code: Reason) -> None:
        self.code: Reason = code
        zh, en = _REASONS[code]
        self.reason_zh, self.reason_en = f"“{given}”{zh}", f"'{given}' {en}"
        super().__init__(self.reason_en)


def parse_money(text: str) -> Decimal:
    """Read an amount as people write it: `12`, `¥1,234.50`, `１２．５元`, `-3.20`.

    Commas must group by thousands. Raises MoneyError for anything else, also `1e3` and `12.345`.
    """
    normal = "".join(unicodedata.normalize("NFKC", text[:100]).split()).upper().replace("−", "-")
    match = _TEXT.fullmatch(normal)
    if match is None or (match[1] and match[2]):
        raise MoneyError(text, "not_money")
    if len(match[4] or "") > 2:
        raise MoneyError(text, "finer_than_fen")
    sign = match[1] or match[2]
    return yuan(Decimal(f"{sign}{match[3].replace(',', '')}.{match[4] or '0'}"))


def yuan(value: Decimal | int | str) -> Decimal:
    """The value as yuan with two places. Raises TypeError for floats, MoneyError for what is not exact."""
    if isinstance(value, str):
        return parse_money(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"Money is never a {type(value).__name__}: {value!r}.")
    amount = Decimal(value)
    if not amount.is_finite():
        raise MoneyError(value, "not_money")
    if abs(amount) > LARGEST:
        raise MoneyError(value, "too_large")
    exact = amount.quantize(FEN, rounding=ROUND_HALF_UP)
    if exact != amount:
        raise MoneyError(value, "finer_than_fen")
    return exact + ZERO  # a negative zero becomes zero


def to_fen(amount: Decimal | int | str) -> int:
    """Yuan as whole fen."""
    return int(yuan(amount) * 100)


def from_fen(fen: int) -> Decimal:
    """Whole fen as yuan. Raises TypeError for anything but an int."""
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise TypeError(f"Fen are whole numbers, not {fen!r}.")
    return yuan(Decimal(fen).scaleb(-2))


def round_to_fen(amount: Decimal | Fraction | int) -> Decimal:
    """The nearest fen, half a fen away from zero: for rates that yield more places."""
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal | Fraction):
        raise TypeError(f"Money is never a {type(amount).__name__}: {amount!r}.")
    if isinstance(amount, Decimal):
        if not amount.is_finite():
            raise MoneyError(amount, "not_money")
        if abs(amount) > LARGEST:
            raise MoneyError(amount, "too_large")
        return amount.quantize(FEN, rounding=ROUND_HALF_UP) + ZERO  # a negative zero becomes zero
    fen = Fraction(amount) * 100
    whole = (2 * abs(fen) + 1) // 2
    return from_fen(whole if fen >= 0 else -whole)


def format_money(amount: Decimal | int | str, *, symbol: bool = True) -> str:
    """`¥1,234.50`, `-¥3.20`; without the symbol `1,234.50`. The same in Chinese and English."""
    exact = yuan(amount)
    return f"{'-' if exact < 0 else ''}{'¥' if symbol else ''}{abs(exact):,.2f}"


def split(total: Decimal | int | str, weights: Sequence[Decimal | int | Fraction]) -> tuple[Decimal, ...]:
    """Share an amount in proportion to weights, adding up to the fen.

    Largest remainder: each share is cut to the fen, then the fen left over go to the largest remainders,
    earlier shares first when equal; no share is a fen or more away from its exact part. A negative total is
    split like its opposite. Raises ValueError for no weights, a negative one, or none above zero.
    """
    for weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, int | Decimal | Fraction):
            raise TypeError(f"A weight is never a {type(weight).__name__}: {weight!r}.")
        if (isinstance(weight, Decimal) and not weight.is_finite()) or weight < 0:
            raise ValueError(f"A weight of {weight} makes no sense.")
    fen = to_fen(total)
    sign, fen = (-1, -fen) if fen < 0 else (1, fen)
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact, Fraction(0))
    if not whole:
        raise ValueError("An amount can be split only over weights above zero.")
    parts = [fen * weight / whole for weight in exact]
    shares = [int(part) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda n: (shares[n] - parts[n], n))
    for n in by_remainder[: fen - sum(shares)]:
        shares[n] += 1
    return tuple(from_fen(sign * share) for share in shares)
