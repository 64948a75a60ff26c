"""Numbers with a unit in English words: `five centimetres`, `15 working days`, `the eighth day`, `0.5%`, `twice`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

_ONES: Final = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NTH: Final = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "twentieth": 20,
    "thirtieth": 30, "sixtieth": 60, "ninetieth": 90,
}  # fmt: skip
_WORDS: Final = {word: number for number, word in enumerate(_ONES, 1)} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_UNITS: Final = {
    "cm": "cm", "centimetre": "cm", "centimeter": "cm", "hour": "hours", "day": "days", "week": "weeks",
    "month": "months", "year": "years", "time": "times", "yuan": "yuan", "km": "km", "kilometre": "km",
    "kilometer": "km", "minute": "minutes", "%": "percent", "percent": "percent", "per cent": "percent",
}  # fmt: skip
_WORD = "|".join((*_TENS, *sorted(_ONES, key=len, reverse=True)))
_NUMBER = rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+(?:\.[0-9]+)?|(?:{_WORD})(?:-(?:{_WORD}))?(?:\s+(?:hundred|thousand))?"
_ORDINAL = rf"(?:(?:{'|'.join(_TENS)})-)?(?:{'|'.join(_NTH)}|(?:{_WORD})th)|[0-9]+(?:st|nd|rd|th)"
_SAID = re.compile(
    rf"\b(?P<nth>{_ORDINAL})\s+(?P<of>day)\b"
    rf"|\bdays?\s+(?P<day>[0-9]+)\b"
    rf"|\b(?P<number>{_NUMBER})[\s-]*(?:working[\s-]+|calendar[\s-]+)?"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?:s\b|\b|(?<=%))"
    r"|\b(?P<twice>twice)\b",
    re.IGNORECASE,
)
_NO_NUMBERS = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|\b(?:articles?|art\.|sections?|rules?|no\.)\s*[0-9]+(?:\s*(?:,|and|to|-)\s*[0-9]+)*"
    r"|\b[A-Z][A-Z/-]*\s?[0-9][0-9.-]*",
)
"""Dates, and the numbers of articles, clauses and standards."""


def english_numbers(text: str) -> Iterator[tuple[str, Decimal, str, bool]]:
    """What is written, the number, its unit, and whether it counts from one (`the eighth`)."""
    for found in _SAID.finditer(_NO_NUMBERS.sub(lambda one: " " * len(one[0]), text)):
        if found["twice"]:
            yield found[0], Decimal(2), "times", False
        elif found["nth"] or found["day"]:
            yield found[0], _ordinal(found["nth"]) if found["nth"] else Decimal(found["day"]), "days", True
        else:
            yield found[0], _value(found["number"].lower()), _UNITS[found["unit"].lower()], False


def _value(text: str) -> Decimal:
    """`30`, `60,000`, `twenty-four`, `five hundred`."""
    if text[0].isdigit():
        return Decimal(text.replace(",", ""))
    number, _space, large = text.partition(" ")
    total = sum(_WORDS[word] for word in number.split("-"))
    return Decimal(total * {"hundred": 100, "thousand": 1000}.get(large.strip(), 1))


def _ordinal(text: str) -> Decimal:
    """`8th`, `eighth`, `twenty-first`, `fifteenth`."""
    if text[0].isdigit():
        return Decimal(re.match(r"[0-9]+", text)[0])  # type: ignore[index]
    return Decimal(sum(
        _NTH.get(word) or _WORDS.get(word) or _WORDS[word.removesuffix("th")] for word in text.lower().split("-")
    ))  # fmt: skip
