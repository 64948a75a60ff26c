"""The tables of a rule book in words: conditions by the labels of their facts, conclusions as sentences."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.cells import Among, Cell
from tuoshan.core.policy.pack import BEARERS, REMEDIES, Amount, Finding, Pack, Row, Table, needs_of
from tuoshan.core.policy.ruling import LAST_DAYS
from tuoshan.core.policy.tracing import TableTrace, label_of
from tuoshan.core.policy.wording import SUBJECTS, length_en, length_zh, needs_words

VERBS = {
    "stated": Wording("列明而不适用", "stated, not applied:"),
    "right": Wording("可以", "due:"), "floor": Wording("至少", "at least:"), "no_right": Wording("不支持", "not due:"),
    "outside": Wording("不涉及", "outside of this book:"),
    "governs": Wording("由本规定决定，不另依消法第24条：", "decided by this book, not by article 24 of the law:"),
    "governs_after": Wording("不另依消法第24条：", "no more by article 24 of the law:"),
    "bars": Wording("不支持，其他规定也不支持", "not due, by no other book either:"),
    "extra": Wording("另付", "on top:"),
    "deduct": Wording("扣减", "taken off:"), "freight": Wording("运费", "freight:"), "risk": Wording("风险", "risk:"),
    "proof": Wording("举证", "proof:"), "period": Wording("", ""),
    "deadline": Wording("时限", "time limit:"),
    "limit": Wording("上限", "limit:"), "pays": Wording("费用", "cost:"), "duty": Wording("须告知", "duty:"),
    "note": Wording("说明", "note:"), "for": Wording("", ""),
}  # fmt: skip
PERIODS = {
    "guarantee": Wording("保修期", "guarantee:"), "inquiry": Wording("调查期间", "inquiry:"),
    "application": Wording("可以申请", "may be applied for:"),
}  # fmt: skip
LEGS = {"out": Wording("发出", "out"), "back": Wording("退回", "back")}
TERMS = {
    "amount": Wording("金额：", "amount: "), "fee": Wording("费用：", "fee: "), "until": Wording("期限至 ", "until "),
    "after": Wording("过了 ", "after "),
    "starts": Wording("自 ", "from "), "ends": Wording("至 ", "to "), "at_most": Wording("不超过 ", "at most "),
    "at_least": Wording("不少于 ", "at least "), "of": Wording("按 ", "of "),
}  # fmt: skip
BOUNDS_OF_DAYS = {"at_least": Wording("不早于 ", "not before "), "at_most": Wording("不晚于 ", "not after ")}
COMPARED = {
    "<=": ("不超过 {}", "at most {}"), "<": ("少于 {}", "less than {}"),
    ">=": ("至少 {}", "at least {}"), ">": ("超过 {}", "more than {}"),
}  # fmt: skip
DATED = {
    "<=": ("不晚于 {}", "not after {}"), "<": ("早于 {}", "before {}"),
    ">=": ("自 {} 起", "from {} on"), ">": ("晚于 {}", "after {}"),
}  # fmt: skip
_COMPARISON = re.compile(r"(<=|<|>=|>)\s*(\S+)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAME = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*(?![\w(])")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
NAMES = ({"all": Wording("全部要求", "everything")}, PERIODS, REMEDIES, BEARERS, LEGS, SUBJECTS)
"""What a finding may be about."""


@dataclass(frozen=True)
class RowToRead:
    name: str
    conditions: list[str]
    conclusions: list[str]
    clauses: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class TableToRead:
    name: str
    title: str
    hit: str
    rows: list[RowToRead]


def tables_to_read(pack: Pack, language: str) -> list[TableToRead]:
    """All tables of a pack, in order."""
    return [
        TableToRead(
            table.name, table.title.in_language(language), table.hit,
            [_row(pack, table, row, language) for row in table.rows],
        )
        for table in pack.tables.values()
    ]  # fmt: skip


def _row(pack: Pack, table: Table, row: Row, language: str) -> RowToRead:
    conditions = [
        _condition(pack, column.name, cell, language)
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell is not None and not column.name.startswith("clause ")
    ]
    outputs = [
        f"{pack.labels[name].in_language(language) if name in pack.labels else name}{_colon(language)}"
        f"{_output(pack, value, language)}"
        for name, value in row.outputs.items()
    ]
    said = [_finding(pack, one, language) for one in row.findings]
    return RowToRead(row.name, conditions, [*outputs, *said], row.clauses, row.because.in_language(language))


def _condition(pack: Pack, name: str, cell: Cell, language: str) -> str:
    label = label_of(pack, name).in_language(language) or name
    if not isinstance(cell, Among):
        return f"{label} {_compared(cell.text, language)}"
    if cell.values <= {True, False}:
        yes = True in cell.values
        answer = Wording("是" if yes else "否", "yes" if yes else "no").in_language(language)
        return f"{label}{_colon(language)}{answer}"
    titles = _titles(pack, name, language)
    negative = cell.text.startswith("not ")
    named = [part.strip() for part in cell.text.removeprefix("not ").split(",")]
    shown = Wording("、", ", ").in_language(language).join(titles.get(part, part) for part in named)
    without = Wording("非", "not ").in_language(language) if negative else ""
    return f"{label}{_colon(language)}{without}{shown}"


def _compared(text: str, language: str) -> str:
    """`<= 5` in words; a comparison of another form as it stands."""
    found = _COMPARISON.fullmatch(text.strip())
    if found is None:
        return text
    zh, en = (DATED if _DATE.fullmatch(found[2]) else COMPARED)[found[1]]
    return Wording(zh, en).in_language(language).format(found[2])


def _colon(language: str) -> str:
    return ": " if language.startswith("en") else "："


def _output(pack: Pack, value: object, language: str) -> str:
    if isinstance(value, Amount):
        return _expression(pack, str(value.of), language)
    if isinstance(value, bool):
        return Wording("是" if value else "否", "yes" if value else "no").in_language(language)
    known = pack.labels.get(str(value))
    return known.in_language(language) if known else str(value)


def _finding(pack: Pack, finding: Finding, language: str) -> str:
    known = next((names[finding.what] for names in NAMES if finding.what in names), None)
    what = known.in_language(language) if known else finding.what
    bearer = BEARERS.get(str(finding.words.get("by", "")))
    parts = [VERBS[finding.kind].in_language(language), what, bearer.in_language(language) if bearer else ""]
    parts += [
        value.in_language(language) if isinstance(value, Wording) else _length(str(value), language)
        for name, value in finding.words.items() if name in ("text", "what", "within", "silent") and value
    ]  # fmt: skip
    parts += [
        (TERMS[name].in_language(language) if name in TERMS else f"{name} ")
        + _amount(pack, amount, BOUNDS_OF_DAYS if name in LAST_DAYS else TERMS, language)
        for name, amount in finding.amounts.items()
    ]
    if names := needs_of(finding):
        parts.append(Wording("须：", "asks for ").in_language(language) + needs_words(names).in_language(language))
    return " ".join(part for part in parts if part)


def _amount(pack: Pack, amount: Amount, terms: Mapping[str, Wording], language: str) -> str:
    """A formula with its floor and its cap."""
    told = [_expression(pack, str(amount.of), language)]
    for name, bound in (("at_least", amount.at_least), ("at_most", amount.at_most)):
        if bound is not None:
            term, words = terms[name].in_language(language), _expression(pack, str(bound), language)
            told.append((term.rstrip() if _CHINESE.match(words) else term) + words)
    return Wording("，", ", ").in_language(language).join(told)


def _length(text: str, language: str) -> str:
    if not re.fullmatch(r"\d+ [a-z_]+", text):
        return text
    return Wording(f"{length_zh(text)}内", f"within {length_en(text)}").in_language(language)


def _expression(pack: Pack, text: str, language: str) -> str:
    """A formula with the names in it as people call them; one without any name as it stands."""
    def called(found: re.Match[str]) -> str:
        label = label_of(pack, found[0]).in_language(language)
        return label or found[0]

    plain = _NAME.sub(called, text)
    return f"{plain} " + Wording("元", "yuan").in_language(language) if _AMOUNT.fullmatch(plain) else plain


def value_words(pack: Pack, name: str, value: str, language: str) -> str:
    """A value of a trace as people say it."""
    if value in ("yes", "no"):
        return Wording("是" if value == "yes" else "否", value).in_language(language)
    return _titles(pack, name, language).get(value, value)


def _titles(pack: Pack, name: str, language: str) -> dict[str, str]:
    """What the values of a fact are called; those of anything else go by the pack's labels."""
    fact = pack.facts.get(name)
    named = {one.value: one.title for one in fact.field.choices} if fact else pack.labels
    return {value: title.in_language(language) for value, title in named.items()}


@dataclass(frozen=True)
class RowTold:
    """A row of a trace: what it asks for, how it came out, and the first cell that did not hold, both sides of it."""

    name: str
    conditions: str
    outcome: str
    clauses: tuple[str, ...]
    asked: str
    found: str


def trace_told(trace: TableTrace, language: str) -> list[RowTold]:
    """The rows of a trace in words."""
    table = trace.pack.tables[trace.table]
    semicolon = Wording("；", "; ").in_language(language)
    told = []
    for traced, row in zip(trace.rows, table.rows, strict=True):
        asked = found = ""
        if (failed := traced.failed) is not None:
            at = next(number for number, column in enumerate(table.columns) if column.name == failed.column)
            cell = row.cells[at]
            if cell is not None and not failed.column.startswith("clause "):
                asked = _condition(trace.pack, failed.column, cell, language)
            found = value_words(trace.pack, failed.column, failed.value, language)
        conditions = semicolon.join(_row(trace.pack, table, row, language).conditions)
        told.append(RowTold(traced.row, conditions, traced.outcome, traced.clauses, asked, found))
    return told
