"""Cells of a rule book's tables in words, as they were typed: read without a table that can be compiled."""

import re

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.pack import Pack
from tuoshan.rulings.expressions_in_words import (
    called,
    compared,
    is_day,
    listed,
    titles_of,
    unit_of,
    with_unit,
    yes_no,
)

ANY = Wording("不限", "any")
NOT = Wording("不是 ", "not ")
_COMPARISON = re.compile(r"(<=|<|>=|>|=)\s*([\d.-]+)")
_BETWEEN = re.compile(r"([\d.-]+?)\s*\.\.\s*([\d.-]+)")
_NUMBER = re.compile(r"[\d.]+")


def cell_words(pack: Pack, name: str, text: str, language: str) -> str:
    """`not leather` or `<= 5` as people say it: 不是 皮鞋, 不超过 5 厘米; what is no such cell, as it stands."""
    text = text.strip()
    if text in ("", "-"):
        return ANY.in_language(language)
    if text in ("yes", "no"):
        return yes_no(text == "yes", language)
    if (found := _COMPARISON.fullmatch(text)) is not None:
        return compared(pack, name, "==" if found[1] == "=" else found[1], found[2], language)
    unit = "" if is_day(pack, name) else unit_of(pack, name, language)
    if (found := _BETWEEN.fullmatch(text)) is not None:
        both = Wording(f"{found[1]} 至 {found[2]}", f"{found[1]} to {found[2]}").in_language(language)
        return with_unit(both, unit, language)
    if _NUMBER.fullmatch(text):
        return with_unit(text, unit, language)
    titles = titles_of(pack, name, language)
    parts = [part.strip() for part in text.removeprefix("not ").split(",")]
    if not all(titles.get(part) for part in parts):
        return text
    return (NOT.in_language(language) if text.startswith("not ") else "") + listed(
        (titles[part] for part in parts), language
    )


def heading_words(pack: Pack, name: str, language: str) -> str:
    """What a column is called."""
    known = COLUMNS.get(name)
    return known.in_language(language) if known is not None else called(pack, name, language)


COLUMNS = {
    "id": Wording("行名", "name of the row"), "then": Wording("结论", "conclusion"),
    "clause": Wording("条款", "clause"), "because_zh": Wording("理由（中文）", "reason (Chinese)"),
    "because_en": Wording("理由（英文）", "reason (English)"),
}  # fmt: skip
