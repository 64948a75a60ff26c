"""Days and lengths of time in words."""

from __future__ import annotations

from datetime import date

_UNITS_ZH = {
    "minutes": "分钟", "hours": "小时", "days": "天", "law_days": "天", "working_days": "个工作日", "months": "个月",
    "law_months": "个月",
}  # fmt: skip


def length_zh(text: str) -> str:
    """A length of time such as `7 days` in Chinese."""
    count, _, unit = text.partition(" ")
    return f"{count} {_UNITS_ZH.get(unit if unit.endswith('s') else unit + 's', unit)}"


def length_en(text: str) -> str:
    """The same in English: how the law counts its days is the rule's matter, not the reader's."""
    return text.replace("law_", "").replace("_", " ")


def day_zh(day: date) -> str:
    """`2026 年 5 月 21 日`."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def day_en(day: date) -> str:
    """`21 May 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
