"""A number as text."""

from decimal import Decimal


def number_text(number: Decimal) -> str:
    """Without an exponent and without noughts that say nothing: `0.50` as 0.5, `1E+3` as 1000."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
