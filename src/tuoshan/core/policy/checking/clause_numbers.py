"""The numbers that a clause names in its words, in both languages, and those on which the rows of its book turn.

五厘米 in the words beside 4 in the table is a slip of the one or of the other. Only what a reader would hold against
each other is compared: a number with its unit, `第八日` also with the end of the seven days before it, months with
years and days with weeks. What is stated and not applied turns on nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tuoshan.core.conditions import Expression
from tuoshan.core.conditions.syntax import Compare, Fact, Literal, walk
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.english_numbers import english_numbers
from tuoshan.core.policy.pack import Amount, Band, Bands, Clause, Computed, DaysBetween, EndOf, Pack, Row, Table
from tuoshan.core.policy.reading.cells import Between
from tuoshan.core.policy.reading.measures import number_of

ANY: Final = ""
"""The unit of a number that may be of any."""
_UNITS: Final = {
    "厘米": "cm", "个工作日": "days", "工作日": "days", "小时": "hours", "天": "days", "日": "days", "周": "weeks",
    "个月": "months", "月": "months", "年": "years", "次": "times", "元": "yuan", "公里": "km", "倍": "fold",
    "分钟": "minutes", "%": "percent",
}  # fmt: skip
_IN_TEXT: Final = {
    "days": "days", "law_days": "days", "working_days": "days", "months": "months", "law_months": "months",
    "hours": "hours", "minutes": "minutes",
}  # fmt: skip
_NUMBER = r"[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万]+(?:点[零〇一二三四五六七八九]+)?"
_SAID = re.compile(
    rf"(?P<nth>第?)(?P<number>{_NUMBER})\s*(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
    rf"|(?P<of>百分之|千分之)(?P<share>{_NUMBER})"
)
_NO_NUMBERS = re.compile(
    r"[0-9]{4}\s*[-年]\s*[0-9]{1,2}\s*[-月]\s*[0-9]{1,2}\s*日?|第[^条，；。]{1,8}条|[A-Z][A-Z0-9.-]*[0-9]+"
)
"""Dates, and the numbers of articles and clauses."""


@dataclass(frozen=True, slots=True)
class Said:
    """A number in a clause: as it is written, its unit, all that would be the same in a table, and whether it is the
    English words that say it."""

    text: str
    unit: str
    forms: frozenset[tuple[Decimal, str]]
    english: bool = False


@dataclass(slots=True)
class Used:
    """The numbers on which rows turn, by their unit."""

    numbers: set[tuple[Decimal, str]] = field(default_factory=set)

    def has(self, said: Said) -> bool:
        return any(one in self.numbers or (one[0], ANY) in self.numbers for one in said.forms)

    def of_unit(self, unit: str) -> bool:
        return any(one == unit for _number, one in self.numbers)


def unused(pack: Pack) -> Iterator[tuple[Clause, Said]]:
    """The numbers in the words of clauses on which no row turns, though rows turn on others of that unit."""
    reading = _Reading(pack)
    rows = [(table, row) for table in pack.tables.values() for row in table.rows]
    everywhere = Used()
    for table, row in rows:
        reading.row(table, row, everywhere, set())
    for clause in pack.clauses.values():
        if clause.overridden_by:
            continue
        own, cells = Used(), Used()
        for table, row in rows:
            if clause.name in row.clauses:
                reading.row(table, row, own, set())
                reading.cells(table, row, cells)
        told: set[tuple[Decimal, str]] = set()
        for said in (*numbers_in(clause.text.zh), *numbers_in_english(clause.text.en)):
            if own.has(said) or said.forms & told:
                continue
            units = {unit for _number, unit in said.forms}
            if any(cells.of_unit(unit) for unit in units) or (
                any(everywhere.of_unit(unit) for unit in units) and not everywhere.has(said)
            ):
                told |= said.forms
                yield clause, said


def numbers_in(text: str) -> Iterator[Said]:
    """The numbers with a unit in Chinese words. A single day or time is no number that anything turns on."""
    for found in _SAID.finditer(_NO_NUMBERS.sub(" ", text)):
        if found["of"]:
            share = number_of(found["share"]) / (1 if found["of"] == "百分之" else 10)
            yield Said(found[0], "percent", frozenset({(share, "percent"), (share / 100, ANY), (share, ANY)}))
            continue
        number, unit = number_of(found["number"]), _UNITS[found["unit"]]
        if number <= 1 and unit in ("days", "times", "yuan", "fold"):
            continue
        yield Said(found[0], unit, _forms(number, unit, nth=bool(found["nth"])))


def numbers_in_english(text: str) -> Iterator[Said]:
    """Likewise in English words: `five centimetres`, `15 days`, `the eighth day`, `0.5%`, `twice`."""
    for told, number, unit, nth in english_numbers(text):
        if unit == "percent":
            yield Said(told, unit, frozenset({(number, unit), (number / 100, ANY), (number, ANY)}), english=True)
        elif number > 1 or unit not in ("days", "times", "yuan", "fold"):
            forms = _forms(number, unit, nth=nth)
            yield Said(told, unit, forms | {(number, "fold")} if unit == "times" else forms, english=True)


def _forms(number: Decimal, unit: str, *, nth: bool) -> frozenset[tuple[Decimal, str]]:
    """All that would be the same in a table."""
    forms = {(number, unit)}
    if unit == "years":
        forms |= {(number * 12, "months")}
    elif unit == "weeks":
        forms |= {(number * 7, "days")}
    elif unit == "months":
        forms |= {(number / 12, "years")}
    if nth:
        forms.add((number - 1, unit))
    return frozenset(forms)


class _Reading:
    """Which numbers a row turns on: its own, and those of all that it rests on."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.given_by = {output.name: table for table in pack.tables.values() for output in table.outputs}

    def unit(self, name: str) -> str:
        fact, setting = self.pack.facts.get(name), self.pack.settings.get(name)
        if isinstance(self.pack.values.get(name), DaysBetween):
            return "days"
        told = fact.field.unit.zh if fact is not None else setting.unit.zh if setting is not None else ""
        return _UNITS.get(told, ANY)

    def cells(self, table: Table, row: Row, used: Used) -> None:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if isinstance(cell, Between):
                self._add(used, (cell.low, cell.high), self.unit(column.name))

    def row(self, table: Table, row: Row, used: Used, seen: set[str]) -> None:
        self.cells(table, row, used)
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell is not None:
                self._name(column.name, used, seen)
        for name, output in row.outputs.items():
            if isinstance(output, Amount):
                self._amount(output, used, seen)
            elif isinstance(output, Decimal):
                self._add(used, (output,), self.unit(name))
        for finding in row.findings:
            for amount in finding.amounts.values():
                self._amount(amount, used, seen)
            if finding.condition is not None:
                self._expression(finding.condition, used, seen)
            for word in finding.words.values():
                self._word(word, used)

    def _word(self, word: object, used: Used) -> None:
        if isinstance(word, Wording):
            said = (*numbers_in(word.zh), *numbers_in_english(word.en))
            used.numbers |= {form for one in said for form in one.forms}
        elif isinstance(word, str) and word[:1].isdigit() and " " in word:
            count, _space, unit = word.partition(" ")
            self._add(used, (Decimal(count),), _IN_TEXT.get(unit if unit.endswith("s") else f"{unit}s", ANY))

    def _amount(self, amount: Amount, used: Used, seen: set[str]) -> None:
        for expression in (amount.of, amount.at_least, amount.at_most):
            if expression is not None:
                self._expression(expression, used, seen)

    def _expression(self, expression: Expression, used: Used, seen: set[str]) -> None:
        typed: set[int] = set()
        for node, _depth in walk(expression.tree):
            match node:
                case Compare(_, Fact(name), Literal(Decimal() as value) as literal):
                    self._add(used, (value,), self.unit(name))
                    typed.add(id(literal))
                case Literal(Decimal() as value) if id(node) not in typed:
                    self._add(used, (value,), ANY)
        for name in expression.reads:
            self._name(name, used, seen)

    def _name(self, name: str, used: Used, seen: set[str]) -> None:
        if name in seen:
            return
        seen.add(name)
        match self.pack.values.get(name):
            case Computed(_, expression):
                self._expression(expression, used, seen)
            case Bands(bands=bands, less=less):
                self._lengths(bands, used, seen)
                self._name(less, used, seen)
            case EndOf(start=start, plus=plus):
                self._lengths((plus,), used, seen)
                self._name(start, used, seen)
        setting = self.pack.settings.get(name)
        if setting is not None and isinstance(setting.value, Decimal):
            self._add(used, (setting.value, setting.in_examples), self.unit(name))
        table = self.given_by.get(name)
        if table is not None:
            for row in table.rows:
                self.row(table, row, used, seen)

    def _lengths(self, bands: Iterable[Band], used: Used, seen: set[str]) -> None:
        for band in bands:
            if isinstance(band.count, int):
                self._add(used, (Decimal(band.count),), _IN_TEXT[band.unit])
            else:
                self._name(band.count, used, seen)

    @staticmethod
    def _add(used: Used, numbers: Iterable[object], unit: str) -> None:
        used.numbers |= {(number, unit) for number in numbers if isinstance(number, Decimal)}
