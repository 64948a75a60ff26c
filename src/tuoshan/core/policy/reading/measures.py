"""Numbers, units and days as people write them, read exactly; nothing is converted."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

from tuoshan.core.playbook import Wording

_ALSO_CALLED: Final = {
    "percent": ("%",), "cm": ("公分",), "km": ("千米",), "months": ("月", "month"), "days": ("日", "day"),
    "hours": ("个小时", "hour"), "times": ("回",), "yuan": ("块", "圆", "¥", "RMB", "CNY"),
}  # fmt: skip
"""How people also write a unit, by its English name; the very same unit each."""
YUAN, DAYS, MONTHS = Wording("元", "yuan"), Wording("天", "days"), Wording("个月", "months")
MOST_DIGITS: Final = 12
"""No number of a book or a matter has more before its point."""
NUMBER: Final = (
    r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
    r"|(?:[一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九][百千万]?)(?:点[零〇一二三四五六七八九]+)?"
)
"""A number in digits, or in Chinese where it can be read in one way alone (一百五 may be 105 or 150)."""
_DIGITS, _TENS = "零一二三四五六七八九", {"十": 10, "百": 100, "千": 1000}
_DAY = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)")


def plain(text: str) -> str:
    """Full-width signs as those of a keyboard, without spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


UNIT: Final = re.compile(r"(?![零〇一二两三四五六七八九十百千万点])[^\W\d_]{1,12}|%|¥")
"""What may be a unit, known or not."""


def number_of(text: str) -> Decimal:
    """`1,234.5`, 十五 or 二点五; the text is one of `NUMBER`."""
    if text[0].isascii():
        return Decimal(text.replace(",", ""))
    whole, _point, parts = text.replace("两", "二").replace("〇", "零").partition("点")
    total = part = 0
    for sign in whole:
        if sign in _DIGITS:
            part = _DIGITS.index(sign)
        elif sign == "万":
            total, part = (total + part) * 10_000, 0
        else:
            total, part = total + (part or 1) * _TENS[sign], 0
    behind = "".join(str(_DIGITS.index(sign)) for sign in parts)
    return Decimal(f"{total + part}.{behind}" if behind else total + part)


def is_unit(text: str, unit: Wording) -> bool:
    """Whether a text is this unit, in either language or as people also call it."""
    return bool(text) and text.lower() in (
        one.lower() for one in (unit.zh, unit.en, *_ALSO_CALLED.get(unit.en, ())) if one
    )


def day_of(text: str) -> date | None:
    """`2024-07-01`, `2024/7/1`, `2024.7.1` or 2024年7月1日; None where it is none of these, or no day."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
    except ValueError:
        return None
