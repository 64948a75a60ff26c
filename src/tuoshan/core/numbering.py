"""Case numbers that survive the telephone.

A number is `TS`, year and month, a running number of at least five digits, and one check digit, grouped for
reading: `TS2611-00042-7`. The check digit is Damm's over all digits before it (a quasigroup of order ten, so
every single wrong digit and every swap of two neighbours is caught; a mod-10 sum cannot do both). A running
number above 99,999 simply grows and never begins with zero, so that an extra or missing digit is caught too.
Source of the algorithm: H. Michael Damm, 2004, as in python-stdnum.
"""

import re
import unicodedata
from typing import Literal, NamedTuple

from stdnum import damm

PREFIX = "TS"
_SHORTEST = 5
_SPOKEN = str.maketrans("零〇一二三四五六七八九幺么两洞拐勾", "0012345678911" + "2079")
_SILENT = re.compile(r"[\s\-‐‑‒–—―−·•._/,，、。:：#杠]+")

_UNCHECKED = re.compile(r"([0-9]{2})([0-9]{2})(?:-?([0-9]{5})|-([1-9][0-9]{5,11}))")

Reason = Literal["empty", "letters", "too_short", "too_long", "month", "running_number", "check_digit"]
_REASONS: dict[Reason, tuple[str, str]] = {
    "empty": ("请输入编号。", "Please give the number."),
    "letters": (
        "编号除开头的 TS 外只有数字，请逐位念出。",
        "After TS a number has digits only; please say them one by one.",
    ),
    "too_short": ("编号少了数字，请再核对一遍。", "The number is missing digits; please check it again."),
    "too_long": ("编号多了数字，请再核对一遍。", "The number has too many digits; please check it again."),
    "month": (
        "编号里的年月不对（第三、四位应为 01 至 12），请再核对一遍。",
        "The month in the number (third and fourth digit) must be 01 to 12; please check it again.",
    ),
    "running_number": (
        "编号的流水号不对，可能多了或少了一位，请再核对一遍。",
        "The running number is not right, a digit may be too many or missing; please check it again.",
    ),
    "check_digit": (
        "编号有一位不对，或相邻两位颠倒了，请再核对一遍。",
        "A digit is wrong or two neighbours are swapped; please check the number again.",
    ),
}


class MisheardNumber(ValueError):
    """A text that is no case number; says in both languages what to look at. The check digit is not told."""

    def __init__(self, text: str, code: Reason) -> None:
        self.text = text
        self.code: Reason = code
        self.reason_zh, self.reason_en = _REASONS[code]
        super().__init__(f"'{text}': {self.reason_en}")

    def reason(self, language: Literal["zh", "en"]) -> str:
        """The sentence to show."""
        return self.reason_zh if language == "zh" else self.reason_en


class NumberParts(NamedTuple):
    """What a number says: the month it was given in, and its place in that month."""

    year: int
    month: int
    sequence: int


def format_number(year: int, month: int, sequence: int) -> str:
    """The canonical number of the sequence-th case of a month, as `TS2611-00042-7`.

    Raises ValueError for a year outside 2000-2099, a month outside 1-12, or a sequence below 1.
    """
    if not 2000 <= year <= 2099:
        raise ValueError(f"Case numbers hold the years 2000 to 2099, not {year}.")
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is no month.")
    if not 1 <= sequence < 10**12:
        raise ValueError(f"{sequence} is no running number.")
    months, running = f"{year % 100:02d}{month:02d}", f"{sequence:0{_SHORTEST}d}"
    return f"{PREFIX}{months}-{running}-{damm.calc_check_digit(months + running)}"


def read_number(text: str) -> NumberParts:
    """The parts of a number as a person writes or says it.

    Full-width characters, lower case, missing prefix, missing or other separators, and Chinese numerals
    said digit by digit (零 to 九, 幺, 两, and the radio words 洞 拐 勾) are understood. Raises
    MisheardNumber with what is wrong.
    """
    digits = _SILENT.sub("", unicodedata.normalize("NFKC", text[:200])).upper()
    digits = digits.removeprefix(PREFIX).translate(_SPOKEN)
    if not digits:
        raise MisheardNumber(text, "empty")
    if not re.fullmatch("[0-9]+", digits):
        raise MisheardNumber(text, "letters")
    if len(digits) < 4 + _SHORTEST + 1:
        raise MisheardNumber(text, "too_short")
    if len(digits) > 4 + 12 + 1:
        raise MisheardNumber(text, "too_long")
    year, month, running = 2000 + int(digits[:2]), int(digits[2:4]), digits[4:-1]
    if not damm.is_valid(digits):
        raise MisheardNumber(text, "check_digit")
    if not 1 <= month <= 12:
        raise MisheardNumber(text, "month")
    if int(running) == 0 or (len(running) > _SHORTEST and running[0] == "0"):
        raise MisheardNumber(text, "running_number")
    return NumberParts(year, month, int(running))


def parse_number(text: str) -> str:
    """The canonical form of a number as a person writes or says it; see `read_number`."""
    return format_number(*read_number(text))


def completed_number(text: str) -> str:
    """The number of a text that lacks only its check digit (`TS2611-00042`); empty for any other text.

    For looking up alone: without the check digit nothing guards against a wrong one.
    """
    plain = _SILENT.sub("-", unicodedata.normalize("NFKC", text[:200]).strip()).upper().removeprefix(PREFIX)
    found = _UNCHECKED.fullmatch(plain.removeprefix("-"))
    if found is None:
        return ""
    year, month, sequence = 2000 + int(found[1]), int(found[2]), int(found[3] or found[4])
    if not 1 <= month <= 12 or sequence < 1:
        return ""
    return format_number(year, month, sequence)
