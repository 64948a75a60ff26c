"""What the numbers of a rule book measure: yuan are neither added to days nor compared with them.

A number whose unit is not known (a plain number, a product, a setting) goes with anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tuoshan.core.conditions import Expression
from tuoshan.core.conditions.syntax import Arithmetic, Compare, Fact, Negative, Node, children
from tuoshan.core.conditions.syntax import Literal as Constant
from tuoshan.core.playbook import NO_WORDING, Wording
from tuoshan.core.policy.pack import Amount, Band, Bands, Computed, DaysBetween, EndOf, Finding, Pack, Value
from tuoshan.core.policy.reading.measures import DAYS, MONTHS, YUAN
from tuoshan.core.policy.reading.packs import row_expressions

ANY = NO_WORDING
"""No unit, or none that is known."""
MONEY_TERMS = ("amount", "fee", "of")
"""What a finding says in money: an amount, a fee, a sum on top or off."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two units that do not go together: where, in which line, in what words."""

    where: str
    line: int
    text: str
    one: Wording
    other: Wording


def clashes(pack: Pack) -> Iterator[Clash]:
    """Two units in one sum or comparison, a sum of money that is none, a length in a wrong unit."""
    units = units_of(pack)
    for value in pack.values.values():
        where = f"values.{value.name}"
        if isinstance(value, Computed):
            yield from _in_expression(value.expression, units, where, value.line)
        else:
            yield from _in_lengths(value, units, where)
    if pack.applies is not None:
        yield from _in_expression(pack.applies, units, "applies", 1)
    for table in pack.tables.values():
        for row in table.rows:
            where = f"tables.{table.name}.rows.{row.name}"
            for expression in row_expressions(row):
                yield from _in_expression(expression, units, where, row.line)
            for finding in row.findings:
                yield from _in_money(finding, units, where)


def units_of(pack: Pack) -> Mapping[str, Wording]:
    """By name the unit of every fact and value that has one."""
    found: dict[str, Wording] = {}
    for name, fact in pack.facts.items():
        if fact.field.kind in ("number", "money"):
            found[name] = YUAN if fact.field.kind == "money" else fact.field.unit
    for table in pack.tables.values():
        found |= {output.name: YUAN for output in table.outputs if output.kind == "money"}
    found |= {name: DAYS for name, value in pack.values.items() if isinstance(value, DaysBetween)}
    for _time in pack.values:  # a value may rest on one that stands below it
        for name, value in pack.values.items():
            if isinstance(value, Computed):
                found[name] = unit_of(value.expression.tree, found)
    return found


def unit_of(node: Node, units: Mapping[str, Wording]) -> Wording:
    """What a number measures: a unit times a plain number keeps it, any other product has none that is known."""
    match node:
        case Fact(name):
            return units.get(name, ANY)
        case Negative(operand):
            return unit_of(operand, units)
        case Arithmetic(sign, left, right):
            one, other = unit_of(left, units), unit_of(right, units)
            if sign in ("+", "-"):
                return one if one.en else other
            if isinstance(right, Constant):
                return one
            return other if sign == "*" and isinstance(left, Constant) else ANY
    return ANY


def _in_expression(expression: Expression, units: Mapping[str, Wording], where: str, line: int) -> Iterator[Clash]:
    waiting = [expression.tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        if isinstance(node, Arithmetic | Compare) and node.operator not in ("*", "/", "in"):
            one, other = unit_of(node.left, units), unit_of(node.right, units)
            if _differ(one, other):
                yield Clash(where, line, expression.text, one, other)


def _in_lengths(value: Value, units: Mapping[str, Wording], where: str) -> Iterator[Clash]:
    """A length by name is in its own unit, and what lengthens or shortens a period is in days."""
    bands: tuple[Band, ...] = ()
    more = ""
    match value:
        case DaysBetween():
            more = value.less
        case Bands():
            bands, more = value.bands, value.less
        case EndOf():
            bands, more = (value.plus,), value.more
    for band in bands:
        wanted = MONTHS if band.unit.endswith("months") else DAYS
        if isinstance(band.count, str) and _differ(wanted, units.get(band.count, ANY)):
            yield Clash(where, value.line, f"{band.count} {band.unit}", units[band.count], wanted)
    if more and _differ(DAYS, units.get(more, ANY)):
        yield Clash(where, value.line, more, units[more], DAYS)


def _in_money(finding: Finding, units: Mapping[str, Wording], where: str) -> Iterator[Clash]:
    for name in MONEY_TERMS:
        amount = finding.amounts.get(name)
        for expression in _parts(amount):
            unit = unit_of(expression.tree, units)
            if _differ(YUAN, unit):
                yield Clash(where, finding.line, expression.text, unit, YUAN)


def _parts(amount: Amount | None) -> tuple[Expression, ...]:
    parts = () if amount is None else (amount.of, amount.at_least, amount.at_most)
    return tuple(part for part in parts if part is not None)


def _differ(one: Wording, other: Wording) -> bool:
    return bool(one.en and other.en and one.en != other.en)
