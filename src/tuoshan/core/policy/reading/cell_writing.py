"""What people write into a cell of numbers or days, as the grammar has it: 「6厘米以内」 is `<= 6`.

以上, 以下, 以内 and 起 include their number, 超过, 不满 and 不足 do not (Civil Code 1259). What may be meant in two
ways, such as 2024-07-01以前, is refused with both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.reading.measures import MOST_DIGITS, NUMBER, UNIT, day_of, is_unit, number_of, plain

_BEFORE: Final = {
    "<=": "<=|≤|≦|=<|不超过|不大于|不多于|不高于|不晚于|不迟于|至多|最多|最晚|at most|up to|no more than",
    ">=": ">=|≥|≧|=>|不少于|不小于|不低于|不早于|至少|最少|从|自|at least|no less than|from",
    "<": "<|小于|少于|低于|不满|不足|不到|未满|早于|less than|below|under",
    ">": ">|超过|大于|多于|高于|晚于|more than|above|over",
    "=": "=|等于|正好",
}
_BEHIND: Final = {"<=": "以内|之内|以下|及以下|内|or less", ">=": "以上|及以上|起|or more", ">": "以外"}
_UNCLEAR: Final = re.compile(r"(?P<until>以前|之前|前)\Z|(?:以后|之后|后)\Z")
_RANGE: Final = re.compile(r"\.\.|…|~|-|–|—|至|到|\bto\b")
_SIGNS_BEFORE = [(sign, re.compile(rf"(?:{words})\s*", re.IGNORECASE)) for sign, words in _BEFORE.items()]
_SIGNS_BEHIND = [(sign, re.compile(rf"\s*(?:{words})\Z", re.IGNORECASE)) for sign, words in _BEHIND.items()]
_FROM: Final = re.compile(r"从|自|from\b", re.IGNORECASE)
_MEASURE: Final = re.compile(rf"(?P<sign>[¥]?)\s*(?P<number>{NUMBER})\s*(?P<unit>.*)", re.DOTALL)


class NotWritten(ValueError):
    """What cannot be taken: why, and what to write."""

    def __init__(self, said: Wording, mend: Wording) -> None:
        super().__init__(said.en)
        self.said, self.mend = said, mend


def as_written(text: str, *, days: bool, unit: Wording | None) -> tuple[str, tuple[Decimal | date, ...]]:
    """The sign (`<=`, `..`, `=` …) and the bound, or both of a range. Without a `unit` any word may stand for one.

    Raises NotWritten.
    """
    said = plain(text)
    sign, rest = _sign(said)
    if not days and day_of(rest) is not None:
        raise NotWritten(
            Wording(f"“{text}”是日期，这一列要填数字", f"'{text}' is a date, and this column holds numbers"), _how(unit)
        )
    if sign == "=" or _FROM.match(said):
        both = list(_both(rest, days=days))
        if both:
            return "..", tuple(_bound(one, days=days, unit=unit, whole=text) for one in both)
    if days and (found := _UNCLEAR.search(rest)) and (day := day_of(rest[:found.start()].strip())):
        side = "<" if found["until"] else ">"
        raise NotWritten(
            Wording(f"“{text}”不清楚包不包括当天", f"'{text}' does not say whether that day counts"),
            Wording(f"不包括的写 {side} {day}，包括的写 {side}= {day}",
                    f"write {side} {day} without that day, {side}= {day} with it"),
        )  # fmt: skip
    return sign, (_bound(rest, days=days, unit=unit, whole=text),)


def _sign(text: str) -> tuple[str, str]:
    """The sign that stands before or behind, in signs or words, and the rest."""
    for sign, words in _SIGNS_BEFORE:
        if found := words.match(text):
            rest = text[found.end():].strip()
            if sign == ">=" and (ending := re.search(r"\s*(?:起|开始)\Z", rest)):
                rest = rest[:ending.start()]
            return sign, rest
    for sign, words in _SIGNS_BEHIND:
        if found := words.search(text):
            return sign, text[:found.start()].strip()
    return "=", text


def _both(text: str, *, days: bool) -> Iterator[str]:
    """The two ends of a range; nothing where it is none."""
    if days and day_of(text) is not None:
        return
    for found in _RANGE.finditer(text, 1):
        low, high = text[:found.start()].strip(), text[found.end():].strip()
        if days and (day_of(low) is None or day_of(high) is None):
            continue
        if low and high and (days or (low[-1:] != "-" and re.match(NUMBER, low) and re.match(NUMBER, high))):
            yield from (low, high)
            return


def figure(bound: Decimal | date) -> str:
    """A bound as the grammar writes it."""
    return f"{bound:f}" if isinstance(bound, Decimal) else bound.isoformat()


def _bound(text: str, *, days: bool, unit: Wording | None, whole: str) -> Decimal | date:
    return _day(text, whole) if days else _number(text, unit, whole)


def _day(text: str, whole: str) -> date:
    found = day_of(text)
    if found is None:
        raise NotWritten(
            Wording(f"“{whole}”不是日期", f"'{whole}' is no date"),
            Wording("写成 >= 2024-07-01 或 < 2024-07-01 这样", "write it like >= 2024-07-01 or < 2024-07-01"),
        )
    return found


def _number(text: str, unit: Wording | None, whole: str) -> Decimal:
    found = _MEASURE.fullmatch(text)
    if found is None:
        raise NotWritten(Wording(f"“{whole}”不是数字", f"'{whole}' is no number"), _how(unit))
    other = found["unit"].strip()
    if unit is None:
        unit = Wording(other, other) if UNIT.fullmatch(other) else Wording("", "")
    if (other and not is_unit(other, unit)) or (found["sign"] and not is_unit("¥", unit)):
        raise _other_unit(found["number"], other or found["sign"], unit, whole)
    number = number_of(found["number"])
    if number.adjusted() >= MOST_DIGITS:
        raise NotWritten(
            Wording(f"“{whole}”太大：整数部分最多 {MOST_DIGITS} 位",
                    f"'{whole}' is too large: at most {MOST_DIGITS} digits before the point"),
            Wording("改正数字", "mend the number"),
        )  # fmt: skip
    return number


def _other_unit(number: str, other: str, unit: Wording, whole: str) -> NotWritten:
    """A unit that is not this column's, or something behind the number that is none."""
    if not UNIT.fullmatch(other):
        return NotWritten(Wording(f"“{whole}”不是数字", f"'{whole}' is no number"), _how(unit))
    if not unit.en:
        return NotWritten(
            Wording(f"“{whole}”带了单位“{other}”，这一列只填数字", f"'{whole}' has the unit '{other}'; this column"
                    " holds plain numbers"), _how(unit))  # fmt: skip
    return NotWritten(
        Wording(f"“{whole}”的单位是“{other}”，这一列按{unit.zh}计",
                f"'{whole}' is in '{other}', and this column counts in {unit.en}"),
        Wording(f"换算成{unit.zh}再写，只写数字也可以", f"turn it into {unit.en}; the number alone will do"),
    )  # fmt: skip


def _how(unit: Wording | None) -> Wording:
    zh, en = (f"，单位是{unit.zh}", f", in {unit.en}") if unit is not None and unit.en else ("", "")
    return Wording(f"写成 5、<= 5、> 5 或 3..8（两头都包括）{zh}", f"write 5, <= 5, > 5 or 3..8 (both included){en}")
