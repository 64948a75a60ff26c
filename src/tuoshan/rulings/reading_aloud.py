"""The tables of a rule book in words: conditions by the labels of their facts, conclusions as sentences."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from tuoshan.core import yaml_strict
from tuoshan.core.conditions import Expression
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.tracing import RowTrace, TableTrace
from tuoshan.core.policy.pack import BEARERS, MOVING, REMEDIES, Amount, Finding, Pack, Row, Table, needs_of
from tuoshan.core.policy.reading.cells import Among, Cell
from tuoshan.core.policy.reading.finding_reading import read_findings
from tuoshan.core.policy.ruling import LAST_DAYS
from tuoshan.core.policy.words.costs_told import SUBJECTS
from tuoshan.core.policy.words.days_told import length_en, length_zh
from tuoshan.core.policy.words.remedies_told import needs_words, remedies_words
from tuoshan.core.reading.findings import Notes
from tuoshan.core.reading.values import Values
from tuoshan.core.yaml_strict import Mapping as MappingNode
from tuoshan.rulings.expressions_in_words import (
    called,
    colon,
    compared,
    condition_words,
    dates_words,
    formula_words,
    is_day,
    is_english,
    listed,
    titles_of,
    unit_of,
    with_unit,
    within_sentence,
    yes_no,
)

HITS = {
    "first": Wording("从上到下，取第一条符合的行。", "Read from the top: the first row that fits counts."),
    "unique": Wording("每种情况只会符合一行。", "Only one row ever fits."),
    "collect": Wording("符合的行都算。", "All rows that fit count."),
}
"""How many rows of a table count."""
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
_COMPARISON = re.compile(r"(<=|<|>=|>|=)\s*(\S+)")
_BETWEEN = re.compile(r"(\S+?)\s*\.\.\s*(\S+)")
_CHINESE = re.compile("[\u4e00-\u9fff]")
NAMES = ({"all": Wording("全部要求", "everything")}, PERIODS, REMEDIES, BEARERS, LEGS, SUBJECTS)
"""What a finding may be about."""
PERCENT, CLAUSE = "%", "clause "


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


@dataclass(frozen=True)
class ExampleToRead:
    name: str
    because: str


def boundaries_to_read(pack: Pack, language: str) -> list[ExampleToRead]:
    """The examples of a pack that say why they are so: what holds just at a boundary and just beyond it."""
    return [
        ExampleToRead(one.title.in_language(language), one.because.in_language(language))
        for one in pack.examples if one.because.zh
    ]  # fmt: skip


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
    outputs = [
        f"{called(pack, name, language)}{colon(language)}"
        f"{output_words(pack, value, language)}"
        for name, value in row.outputs.items()
    ]
    said = [_finding(pack, one, language) for one in row.findings]
    return RowToRead(
        row.name, conditions_of(pack, table, row, language), [*outputs, *said], row.clauses,
        row.because.in_language(language),
    )  # fmt: skip


def conclusion_words(pack: Pack, text: str, language: str) -> list[str]:
    """What stands under `then:` in words, one for each thing that it finds; nothing of what cannot be read."""
    root, troubles = yaml_strict.compose("{then: " + text + "}", "")
    if troubles or not isinstance(root, MappingNode):
        return []
    found = read_findings(root.get("then"), "then", Values(Notes()))
    return list(dict.fromkeys(_finding(pack, one, language) for one in found))


def conditions_of(pack: Pack, table: Table, row: Row, language: str) -> list[str]:
    """What a row asks for, cell by cell; last the dates between which its clauses are in force."""
    asked = [(column.name, cell) for column, cell in zip(table.columns, row.cells, strict=True) if cell is not None]
    told = [_condition(pack, name, cell, language) for name, cell in asked if not name.startswith(CLAUSE)]
    cited = [pack.clauses[name.removeprefix(CLAUSE)] for name, _cell in asked if name.startswith(CLAUSE)]
    return [*told, *dict.fromkeys(dates_words(pack, one.in_force, language) for one in cited)]


def _condition(pack: Pack, name: str, cell: Cell, language: str) -> str:
    label = called(pack, name, language)
    if not isinstance(cell, Among):
        return _bounded(pack, name, label, cell.text.strip(), language)
    if cell.values <= {True, False}:
        return f"{label}{colon(language)}{yes_no(True in cell.values, language)}"
    titles = titles_of(pack, name, language)
    negative = cell.text.startswith("not ")
    named = [part.strip() for part in cell.text.removeprefix("not ").split(",")]
    shown = listed([titles.get(part, part) for part in named], language)
    without = Wording("非", "not ").in_language(language) if negative else ""
    return f"{label}{colon(language)}{without}{shown}"


def _bounded(pack: Pack, name: str, label: str, text: str, language: str) -> str:
    """`<= 5`, `3..8` or `30` in words, with the unit of what is counted."""
    if (found := _COMPARISON.fullmatch(text)) is not None:
        return f"{label} {compared(pack, name, '==' if found[1] == '=' else found[1], found[2], language)}"
    if (found := _BETWEEN.fullmatch(text)) is not None:
        text = Wording(f"{found[1]} 至 {found[2]}", f"{found[1]} to {found[2]}").in_language(language)
    unit = "" if is_day(pack, name) else unit_of(pack, name, language)
    return f"{label}{colon(language)}{with_unit(text, unit, language)}"


def output_words(pack: Pack, value: object, language: str, *, days: bool = False) -> str:
    """What a row gives to the tables that read it; `days` where it is a day."""
    if isinstance(value, Amount):
        return amount_words(pack, value, language, BOUNDS_OF_DAYS if days else TERMS)
    if isinstance(value, bool):
        return yes_no(value, language)
    if isinstance(value, Decimal):
        return number_text(value)
    known = pack.labels.get(str(value))
    return known.in_language(language) if known else str(value)


def _finding(pack: Pack, finding: Finding, language: str) -> str:
    known = next((names[finding.what] for names in NAMES if finding.what in names), None)
    what = known.in_language(language) if known else finding.what
    parts = [VERBS[finding.kind].in_language(language), what]
    parts += [BEARERS[str(finding.words[name])].in_language(language) for name in ("by", "who")
              if str(finding.words.get(name, "")) in BEARERS]  # fmt: skip
    parts += [
        value.in_language(language) if isinstance(value, Wording) else _length(str(value), language)
        for name, value in finding.words.items() if name in ("text", "what", "within", "silent") and value
    ]  # fmt: skip
    unit = PERCENT if finding.kind == "limit" and finding.what == "discount" else None
    parts += [
        (TERMS[name].in_language(language) if name in TERMS else f"{name} ")
        + amount_words(pack, amount, language, BOUNDS_OF_DAYS if name in LAST_DAYS else TERMS, unit)
        for name, amount in finding.amounts.items()
    ]
    if finding.kind in MOVING and (remedies := finding.words.get("for")):
        named = remedies_words(cast(tuple[str, ...], remedies)).in_language(language)
        parts.append(Wording(f"（{named}）", f"({named})").in_language(language))
    if start := str(finding.words.get("from") or ""):
        day = within_sentence(called(pack, start, language), language)
        parts.append(Wording(f"（从{day}起算）", f"(counted from {day})").in_language(language))
    if names := needs_of(finding):
        parts.append(Wording("须：", "asks for ").in_language(language) + needs_words(names).in_language(language))
    if finding.condition is not None:
        when = condition_words(pack, finding.condition, language)
        parts.append(Wording(f"（限于：{when}）", f"(only where: {when})").in_language(language))
    return _sentence(parts, language)


def _sentence(parts: Iterable[str], language: str) -> str:
    """The parts side by side; Chinese sets no space beside its own signs."""
    text = " ".join(part for part in parts if part)
    return text if is_english(language) else text.replace("： ", "：").replace(" （", "（")


def amount_words(
    pack: Pack, amount: Amount, language: str, terms: Mapping[str, Wording] = TERMS, unit: str | None = None
) -> str:
    """A formula with its floor and its cap; a bare number with its unit, yuan where none is told."""
    told = [_formula(pack, amount.of, language, unit)]
    for name, bound in (("at_least", amount.at_least), ("at_most", amount.at_most)):
        if bound is not None:
            term, words = terms[name].in_language(language), _formula(pack, bound, language, unit)
            told.append((term.rstrip() if _CHINESE.match(words) else term) + words)
    return Wording("，", ", ").in_language(language).join(told)


def _formula(pack: Pack, expression: Expression, language: str, unit: str | None) -> str:
    words = formula_words(pack, expression, language)
    yuan = Wording("元", "yuan").in_language(language)
    return words if unit is None or not words.endswith(f" {yuan}") else with_unit(words.split(" ")[0], unit, language)


def _length(text: str, language: str) -> str:
    if not re.fullmatch(r"\d+ [a-z_]+", text):
        return text
    if text.startswith("0 "):
        return Wording("当日", "the same day").in_language(language)
    return Wording(f"{length_zh(text)}内", f"within {length_en(text)}").in_language(language)


def value_words(pack: Pack, name: str, value: str, language: str) -> str:
    """A value of a trace as people say it."""
    if value in ("yes", "no"):
        return yes_no(value == "yes", language)
    return titles_of(pack, name, language).get(value, value)


@dataclass(frozen=True)
class RowTold:
    """A row of a trace: what it asks for, what it says, why it is so, how it came out, and the first cell that did not
    hold, both sides of it. `excluded`: what is given is just what the row leaves out."""

    name: str
    conditions: str
    said: str
    because: str
    outcome: str
    clauses: tuple[str, ...]
    asked: str
    found: str
    excluded: bool = False


@dataclass(frozen=True)
class RowsTold:
    """The rows of one table: those that hit, those that did not and why, and those that are not of this matter."""

    hit: list[RowTold]
    missed: list[RowTold]
    outside: list[RowTold]
    answers: bool = False
    """Whether a row that hit says something of the answer itself; else it only leads to another table."""

    @property
    def leads(self) -> bool:
        """Whether a row that hit leads to the answer by what was given, and not as what is left over."""
        return not self.answers and any(one.conditions for one in self.hit)

    @property
    def left_over(self) -> bool:
        """Whether nothing but the row for all other cases hit."""
        return bool(self.hit) and not self.answers and not self.leads


def trace_told(trace: TableTrace, language: str, *, settled: bool) -> RowsTold:
    """The rows of a trace in words, those first on which the answer rests. `settled`: nothing is asked any more, so
    that what is not known can change nothing."""
    table = trace.pack.tables[trace.table]
    both = zip(trace.rows, table.rows, strict=True)
    answers = any(one.outcome == "hit" and row.findings for one, row in both)
    told = RowsTold([], [], [], answers)
    for traced, row in zip(trace.rows, table.rows, strict=True):
        one = _row_told(trace, table, traced, row, language)
        if traced.outcome == "open" and settled:
            one = replace(one, outcome="idle")
        if traced.outcome == "hit":
            told.hit.append(one)
        elif traced.outcome == "passed_over" or one.found or one.outcome == "open":
            told.missed.append(one)
        else:
            told.outside.append(one)
    told.hit[:] = _alike(told.hit, language)
    return told


def _alike(hit: Sequence[RowTold], language: str) -> list[RowTold]:
    """Rows that apply by the very same facts, clauses and reason as one that says all of it, each thing once."""
    found: dict[tuple[str, tuple[str, ...], str], list[RowTold]] = {}
    for one in hit:
        found.setdefault((one.conditions, one.clauses, one.because), []).append(one)
    semicolon = Wording("；", "; ").in_language(language)
    return [
        replace(some[0], name=", ".join(one.name for one in some),
                said=semicolon.join(dict.fromkeys(one.said for one in some if one.said)))
        for some in found.values()
    ]  # fmt: skip


def _row_told(trace: TableTrace, table: Table, traced: RowTrace, row: Row, language: str) -> RowTold:
    asked = found = ""
    excluded = False
    if (failed := traced.failed) is not None:
        at = next(number for number, column in enumerate(table.columns) if column.name == failed.column)
        cell = row.cells[at]
        if cell is not None and not failed.column.startswith(CLAUSE):
            asked, excluded = _condition(trace.pack, failed.column, cell, language), _leaves_out(cell)
        found = value_words(trace.pack, failed.column, failed.value, language)
    conditions, hit = conditions_of(trace.pack, table, row, language), traced.outcome == "hit"
    if hit:
        conditions = list(_met(trace, table, traced, row, language))
    semicolon = Wording("；", "; ").in_language(language)
    said = semicolon.join(_row(trace.pack, table, row, language).conclusions) if hit else ""
    return RowTold(
        traced.row, semicolon.join(conditions), said, traced.because.in_language(language), traced.outcome,
        traced.clauses,
        asked, found, excluded,
    )  # fmt: skip


def _leaves_out(cell: Cell) -> bool:
    return isinstance(cell, Among) and cell.text.startswith("not ")


def _met(trace: TableTrace, table: Table, traced: RowTrace, row: Row, language: str) -> Iterable[str]:
    """The conditions of a row that hit; where it leaves something out, what is given instead of all that it is not."""
    values = {cell.column: cell.value for cell in traced.cells}
    cells = {column.name: cell for column, cell in zip(table.columns, row.cells, strict=True)}
    for name, cell in cells.items():
        if cell is None or name.startswith(CLAUSE):
            continue
        if _leaves_out(cell) and values.get(name):
            value = value_words(trace.pack, name, values[name], language)
            yield f"{called(trace.pack, name, language)}{colon(language)}{value}"
        else:
            yield _condition(trace.pack, name, cell, language)
