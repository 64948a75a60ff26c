"""What the figures that rows say must be: a sum is money, a last day is a day, nothing is negative, and nobody gets
back more than was paid.

Only what is certainly wrong is found: a figure whose kind or unit is not known (a setting, a word) passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tuoshan.core.conditions import MISSING, Expression, FactType, check
from tuoshan.core.conditions.errors import EvaluationError
from tuoshan.core.conditions.syntax import Arithmetic, Fact, Negative, Node
from tuoshan.core.conditions.syntax import Literal as Constant
from tuoshan.core.conditions.values import Kind
from tuoshan.core.number_text import number_text
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.questions import MONEY_BACK
from tuoshan.core.policy.engine.valuing import MOST_MONTHS
from tuoshan.core.policy.pack import Amount, Bands, Computed, DaysBetween, EndOf, Finding, OutputKind, Pack, Row
from tuoshan.core.policy.reading.measures import YUAN
from tuoshan.core.policy.reading.units import units_of

DAYS: Final = ("until", "starts", "ends", "after")
PRICE: Final = Decimal(100)
PERCENT: Final = ("discount",)
"""Limits in percent."""
_OF_OUTPUT: Final[Mapping[OutputKind, Kind]] = {
    "number": "number", "money": "number", "date": "date", "yes_no": "yes_no",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """A figure that cannot be meant: where, what is wrong, and the mend."""

    where: str
    line: int
    said: Wording
    mend: Wording


MONEY_MEND: Final = Wording(
    "写成金额的算式，如 paid 或 paid * 0.005 * age", "write a sum of money, as paid or paid * 0.005 * age"
)


def wrong_figures(pack: Pack, types: Mapping[str, FactType]) -> Iterator[Wrong]:
    """All of them."""
    money = _Money(pack)
    for table in pack.tables.values():
        kinds = {output.name: output.kind for output in table.outputs}
        for row in table.rows:
            where = f"tables.{table.name}.rows.{row.name}"
            for name, said in row.outputs.items():
                if isinstance(said, Amount):
                    yield from _of_kind(said, _OF_OUTPUT.get(kinds[name]), types, f"{where}.{name}", row.line)
                    if kinds[name] == "money":
                        yield from money.wrong(said, f"{where}.{name}", row.line)
                elif isinstance(said, Decimal) and said < 0:
                    yield _negative(said, f"{where}.{name}", row.line)
            for finding in row.findings:
                yield from _of_finding(pack, finding, types, money, where)
            yield from _both_ways(row, where)
    yield from _too_long(pack)


def _of_finding(
    pack: Pack, finding: Finding, types: Mapping[str, FactType], money: _Money, where: str
) -> Iterator[Wrong]:
    line = finding.line
    for name, amount in finding.amounts.items():
        yield from _of_kind(amount, "date" if name in DAYS else "number", types, f"{where}.{name}", line)
        if name in ("amount", "fee") or (name == "of" and finding.kind in ("extra", "deduct")):
            yield from money.wrong(amount, f"{where}.{name}", line)
        if (below := _below_zero(amount.of.tree)) is not None:
            yield _negative(below, f"{where}.{name}", line)
    if finding.what in MONEY_BACK and finding.kind in ("right", "floor") and "amount" in finding.amounts:
        back = _at_price(pack, finding.amounts["amount"])
        if back is not None and back > PRICE:
            yield Wrong(
                f"{where}.amount", line,
                Wording(f"付 {PRICE} 元的，退 {number_text(back)} 元：退款不会多于所付的价款",
                        f"gives back {number_text(back)} yuan of {PRICE} paid: a refund is never more than was paid"),
                Wording("加付的写成 extra", "say what comes on top as extra"),
            )  # fmt: skip
    limit = finding.amounts.get("of")
    if finding.kind == "limit" and finding.what in PERCENT and limit is not None:
        share = limit.of.tree.value if isinstance(limit.of.tree, Constant) else None
        if isinstance(share, Decimal) and share > 100:
            yield Wrong(f"{where}.limit", line, Wording(f"{share}% 多于百分之百", f"{share}% is more than the whole"),
                        Wording("写 0 到 100", "write 0 to 100"))  # fmt: skip


def _of_kind(
    amount: Amount, kind: Kind | None, types: Mapping[str, FactType], where: str, line: int
) -> Iterator[Wrong]:
    """Whether a figure gives what stands in such a place at all."""
    if kind is None:
        return
    called = {
        "date": Wording("日期", "a date"), "number": Wording("数或金额", "a number or a sum"),
        "yes_no": Wording("是或否", "yes or no"),
    }[kind]  # fmt: skip
    for expression in (amount.of, amount.at_least, amount.at_most):
        if expression is not None and len(check(expression, types, gives={kind})) > len(check(expression, types)):
            yield Wrong(
                where, line, Wording(f"“{expression}”不是{called.zh}", f"'{expression}' is not {called.en}"),
                Wording(f"这里写{called.zh}", f"{called.en} stands here"),
            )  # fmt: skip


def _below_zero(node: Node) -> Decimal | None:
    """A number written with a minus."""
    if isinstance(node, Negative) and isinstance(node.operand, Constant) and isinstance(node.operand.value, Decimal):
        return -node.operand.value
    return None


def _negative(value: Decimal, where: str, line: int) -> Wrong:
    return Wrong(where, line, Wording(f"{value} 小于零", f"{value} is below zero"),
                 Wording("写零或正数", "write zero or more"))  # fmt: skip


def _both_ways(row: Row, where: str) -> Iterator[Wrong]:
    """A row does not give what it refuses."""
    given = {one.what for one in row.findings if one.kind == "right"}
    for one in row.findings:
        if one.kind == "no_right" and (one.what in given or (one.what == "all" and given)):
            yield Wrong(
                where, one.line, Wording(f"同一行既给又不给“{one.what}”", f"one row gives and refuses '{one.what}'"),
                Wording("删去其中一个", "take one of them out"),
            )  # fmt: skip


def _too_long(pack: Pack) -> Iterator[Wrong]:
    """Lengths in months by name: what their rows say is no longer than is counted."""
    names = set()
    for value in pack.values.values():
        bands = value.bands if isinstance(value, Bands) else (value.plus,) if isinstance(value, EndOf) else ()
        for band in bands:
            if isinstance(band.count, str) and band.unit.endswith("months"):
                names.add(band.count)
            elif isinstance(band.count, int) and band.unit.endswith("months") and band.count > MOST_MONTHS:
                yield _too_many(Decimal(band.count), f"values.{value.name}", value.line)
    for table in pack.tables.values():
        for row in table.rows:
            for name, said in row.outputs.items():
                if name in names and isinstance(said, Decimal) and said > MOST_MONTHS:
                    yield _too_many(said, f"tables.{table.name}.rows.{row.name}.{name}", row.line)


def _too_many(months: Decimal, where: str, line: int) -> Wrong:
    return Wrong(
        where, line, Wording(f"{months} 个月太长", f"{months} months are too long"),
        Wording(f"最多 {MOST_MONTHS} 个月", f"{MOST_MONTHS} months at most"),
    )  # fmt: skip


class _Money:
    """How often money is in a figure: once in a sum of money, not at all in days, twice in money times money."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._units = units_of(pack)
        self._known: dict[str, int | None] = {}
        self._numbers = {output.name for table in pack.tables.values() for output in table.outputs
                         if output.kind == "number"}  # fmt: skip

    def wrong(self, amount: Amount, where: str, line: int) -> Iterator[Wrong]:
        for expression in (amount.of, amount.at_least, amount.at_most):
            times = self._times(expression.tree) if expression is not None and expression.reads else None
            if times not in (None, 1):
                said = (
                    Wording(f"“{expression}”不是金额", f"'{expression}' is no sum of money") if not times
                    else Wording(f"“{expression}”是金额乘金额", f"'{expression}' is money times money")
                )  # fmt: skip
                yield Wrong(where, line, said, MONEY_MEND)

    def _times(self, node: Node) -> int | None:
        match node:
            case Constant():
                return 0
            case Fact(name):
                return self._of_name(name)
            case Negative(operand):
                return self._times(operand)
            case Arithmetic(sign, left, right):
                one, other = self._times(left), self._times(right)
                if one is None or other is None:
                    return None
                if sign in ("*", "/"):
                    return one + other if sign == "*" else one - other
                return one if one == other else None
        return None

    def _of_name(self, name: str) -> int | None:
        if self._units.get(name) == YUAN:
            return 1
        fact, value = self._pack.facts.get(name), self._pack.values.get(name)
        if isinstance(value, Computed):
            if name not in self._known:
                self._known[name] = None  # a value that rests on itself ends here; `checking` names it
                self._known[name] = self._times(value.expression.tree)
            return self._known[name]
        plain = isinstance(value, DaysBetween) or name in self._numbers
        return 0 if plain or (fact is not None and fact.field.kind == "number") else None


class _AtPrice:
    """Everything paid is 100 yuan, nothing else is known."""

    def __init__(self, pack: Pack) -> None:
        self._settings = pack.settings

    def fact(self, name: str) -> object:
        if name == "paid":
            return PRICE
        setting = self._settings.get(name)
        return MISSING if setting is None else setting.value


def _at_price(pack: Pack, amount: Amount) -> Decimal | None:
    """What an amount comes to where 100 yuan were paid; None where it turns on more than that."""
    found = _value(pack, amount.of)
    if found is not None and amount.at_most is not None and (most := _value(pack, amount.at_most)) is not None:
        found = min(found, most)
    return found


def _value(pack: Pack, expression: Expression) -> Decimal | None:
    try:
        found = expression.evaluate(_AtPrice(pack))  # type: ignore[arg-type]
    except EvaluationError:
        return None
    return found if isinstance(found, Decimal) else None
