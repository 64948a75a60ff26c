"""Cells as people fill them in on a screen or in a spreadsheet, as the grammar has them: a choice by its name, 是, 否.

What is none of these stays as it was typed; the check says what is wrong with it.
"""

import re
from collections.abc import Mapping, Sequence

from tuoshan.core.policy.engine.tracing import label_of
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.reading.cells import Domain
from tuoshan.core.policy.reading.grids import Grid, GridRow
from tuoshan.rulings.expressions_in_words import titles_of

_NOT = re.compile(r"(?:not\s+|不是\s*|非\s*)(?=\S)", re.IGNORECASE)
_BETWEEN = (re.compile(r"\s*[,，;；]\s*"), re.compile(r"\s*[,，;；、/]\s*"))
"""The second only where the first leaves something unknown: a name may hold one of its signs."""
YES_OR_NO = {"是": "yes", "否": "no", "有": "yes", "没有": "no", "无": "no"}


def as_the_grammar_has_it(pack: Pack, grid: Grid, rows: Sequence[GridRow]) -> list[GridRow]:
    """The rows with every choice by its code."""
    table = pack.tables.get(grid.table)
    if table is None:
        return list(rows)
    codes = {column.name: _codes(pack, column.name, column.domain) for column in table.columns}
    return [
        GridRow({name: _coded(text, codes.get(name)) for name, text in row.cells.items()}, row.of, row.written)
        for row in rows
    ]


def _codes(pack: Pack, name: str, domain: Domain) -> Mapping[str, str]:
    """What may be written → its code; a name of two choices is none of them."""
    if domain.kind == "yes_no":
        return {**YES_OR_NO, "yes": "yes", "no": "no"}
    if domain.kind != "choice":
        return {}
    found: dict[str, str] = {}
    twice = set()
    for language in ("zh-hans", "en"):
        titles = titles_of(pack, name, language)
        for code in domain.choices:
            label = titles.get(code) or (label_of(pack, code).in_language(language) if code in pack.labels else "")
            if label and found.setdefault(label.lower(), code) != code:
                twice.add(label.lower())
    named = {label: code for label, code in found.items() if label not in twice}
    return {**named, **{one: one for one in domain.choices}}


def _coded(text: str, codes: Mapping[str, str] | None) -> str:
    if not codes or text.strip() in ("", "-"):
        return text
    negative = _NOT.match(text.strip())
    told = text.strip()[negative.end() :] if negative else text.strip()
    for parts in ([told], *(sign.split(told) for sign in _BETWEEN)):
        found = [codes.get(part.strip().lower()) or codes.get(part.strip()) for part in parts]
        if all(found):
            return ("not " if negative else "") + ", ".join(str(one) for one in found)
    return text
