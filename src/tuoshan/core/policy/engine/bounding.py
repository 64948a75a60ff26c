"""What may be said of a value that is not known: within which bounds it lies, which bands are possible.

Days in repair are never fewer than none, a delivery is never before its sale: so a period that already contains the
day contains it whatever the answer is, and that answer need not be asked. Worked out only where something is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tuoshan.core.conditions.operations import ORDERING
from tuoshan.core.conditions.syntax import (
    Arithmetic,
    Both,
    Compare,
    Either,
    Given,
    ListOf,
    Literal,
    Negative,
    Node,
    Not,
    children,
)  # fmt: skip
from tuoshan.core.conditions.syntax import Fact as Named
from tuoshan.core.policy.engine.compiled import ABSENT, UNKNOWN
from tuoshan.core.policy.pack import Amount, Band, Bands, Column, Computed, DaysBetween, EndOf, Fact, Row, Value
from tuoshan.core.policy.reading.cells import Among, Between, Cell

if TYPE_CHECKING:
    from tuoshan.core.policy.engine.valuing import Desk

ZERO: Final = Decimal(0)


class Bounds(NamedTuple):
    """The least and the greatest that a number or a date may be; None: no such bound."""

    low: Any = None
    high: Any = None

    @property
    def known(self) -> bool:
        return self.low is not None and self.low == self.high


ANYTHING: Final = Bounds()


Found = dict[tuple[str, bool], tuple[Bounds, list[date]]]
"""Bounds by name, as far as they were worked out, with the last days on the way that rest on unpublished holidays."""


class Bounding:
    """Bounds at one desk."""

    __slots__ = ("_desk", "_found", "_lows", "guessed")

    def __init__(self, desk: Desk, found: Found, *, lows: bool = False) -> None:
        self._desk, self._found = desk, found
        self._lows = lows
        """Whether no upper bound of a last day is wanted."""
        self.guessed: list[date] = []
        """The last days found on the way that rest on holidays which are not published."""

    # -- what settles ----------------------------------------------------------------------------------------
    def settled(self, value: Value) -> object:
        """The value where every answer that is missing gives the same; None where it does not."""
        match value:
            case Computed(_, expression):
                return self._truth(expression.tree)
            case Bands():
                return self._band(value)
            case DaysBetween() | EndOf():
                if self.of(value.start).low is None:
                    return None
                found = self._of_value(value)
                return found.low if found.known else None

    def waits_for(self, node: Node) -> tuple[str, ...]:
        """What a condition misses first: of several parts the first that is open, for its answer may settle all."""
        match node:
            case Both(parts) | Either(parts):
                return next((self.waits_for(part) for part in parts if self._truth(part) is None), ())
            case Not(operand):
                return self.waits_for(operand)
            case Named(name):
                return (name,) if self._desk.value(name) is UNKNOWN else ()
        return tuple(dict.fromkeys(name for part in children(node) for name in self.waits_for(part)))

    def least(self, amount: Amount) -> date | None:
        """The earliest day that an amount may come to; None where it has no such bound."""
        low = self._of_amount(amount).low
        return low if isinstance(low, date) else None

    # -- bounds ----------------------------------------------------------------------------------------------
    def of(self, name: str) -> Bounds:
        """The bounds of a fact, value or output."""
        key = (name, self._lows)
        kept = self._found.get(key)
        if kept is None:
            before, self.guessed = self.guessed, []
            found = self._of(name)
            kept = self._found[key] = (found, self.guessed)
            self.guessed = before
        if kept[1]:
            self.guessed += kept[1]
        return kept[0]

    def _of(self, name: str) -> Bounds:
        desk = self._desk
        known = desk.value(name)
        if known is not UNKNOWN:
            return ANYTHING if known is ABSENT else Bounds(known, known)
        if name in desk.facts:
            return self._of_fact(desk.facts[name])
        value = desk.pack.values.get(name)
        return self._of_output(name) if value is None else self._of_value(value)

    def _of_value(self, value: Value) -> Bounds:
        match value:
            case Computed(_, expression):
                return self._of_tree(expression.tree)
            case DaysBetween(_, start, to, less):
                return _difference(_difference(self.of(to), self.of(start)), self._addition(less))
            case EndOf(_, start, plus, more):
                return self._end(self.of(start), plus, self._addition(more))
        return ANYTHING

    def _of_fact(self, fact: Fact) -> Bounds:
        field = fact.field
        if field.kind == "date":
            earliest = self.of(fact.not_before[0]).low if fact.not_before else None
            return Bounds(earliest, None if fact.ahead else self._desk.today)
        if field.kind in ("number", "money"):
            return Bounds(*(Decimal(one) if one else None for one in (field.minimum, field.maximum)))
        return ANYTHING

    def _addition(self, name: str) -> Bounds:
        """Days that lengthen or shorten: none where there are none to speak of."""
        if not name or self._desk.value(name) is ABSENT:
            return Bounds(ZERO, ZERO)
        found = self.of(name)
        return found if found.low is None or found.low <= 0 else Bounds(ZERO, found.high)

    def _end(self, start: Bounds, plus: Band, more: Bounds, *, high: bool = True) -> Bounds:
        """The last day of a period: the later it starts and the longer it is, the later it ends."""
        if start == ANYTHING:
            return ANYTHING
        high = high and not self._lows
        fixed = isinstance(plus.count, int)
        length = Bounds(Decimal(plus.count), Decimal(plus.count)) if fixed else self.of(str(plus.count))
        return Bounds(
            self._ends(start.low, length.low, plus, more.low),
            self._ends(start.high, length.high, plus, more.high) if high else None,
        )

    def _ends(self, start: Any, count: Any, plus: Band, longer: Any) -> date | None:
        if start is None or count is None or longer is None:
            return None
        end, guessed = self._desk.end_after(start, int(count), plus.unit, int(longer))
        if guessed:
            self.guessed.append(end)
        return end

    def _of_output(self, name: str) -> Bounds:
        """An output lies within what the rows that still may hit say."""
        found = [self._of_said(row, columns, name) for columns, row in self._desk.rows_for(name)]
        if not found:
            return ANYTHING
        lows, highs = [one.low for one in found], [one.high for one in found]
        return Bounds(None if None in lows else min(lows), None if None in highs else max(highs))

    def _of_said(self, row: Row, columns: Sequence[Column], name: str) -> Bounds:
        """What a row says; where it hits, what it says is no less than its own cells ask."""
        said = row.outputs.get(name)
        if not isinstance(said, Amount):
            return Bounds(said, said) if isinstance(said, Decimal | date) else ANYTHING
        found = self._of_amount(said)
        if not isinstance(said.of.tree, Named):
            return found
        asked = [self._asked(said.of.tree.name, column.name, cell)
                 for column, cell in zip(columns, row.cells, strict=True) if cell is not None]  # fmt: skip
        return Bounds(max((one for one in (found.low, *asked) if one is not None), default=None), found.high)

    def _asked(self, name: str, column: str, cell: Cell) -> Any:
        """How great a fact is at least where a row hits: `> 36`, or yes to `agreed_months > guarantee_months`."""
        if isinstance(cell, Between):
            return cell.low if column == name else None
        value = self._desk.pack.values.get(column)
        if isinstance(cell, Among) and cell.values == {True} and isinstance(value, Computed):
            match value.expression.tree:
                case Compare(">" | ">=", Named(greater), less) if greater == name:
                    return self._of_tree(less).low
        return None

    def _of_amount(self, amount: Amount) -> Bounds:
        found = self._of_tree(amount.of.tree)
        if amount.at_least is not None:
            least = self._of_tree(amount.at_least.tree)
            lows = [one for one in (found.low, least.low) if one is not None]
            high = None if None in (found.high, least.high) else max(found.high, least.high)
            found = Bounds(max(lows, default=None), high)
        if amount.at_most is not None:
            most = self._of_tree(amount.at_most.tree)
            highs = [one for one in (found.high, most.high) if one is not None]
            low = None if None in (found.low, most.low) else min(found.low, most.low)
            found = Bounds(low, min(highs, default=None))
        return found

    # -- bands -----------------------------------------------------------------------------------------------
    def _band(self, value: Bands) -> str | None:
        """The first band or none of them, where no answer leads into another: only these can be told so."""
        start, to = self.of(value.start), self.of(value.to)
        if to.low is None and to.high is None:
            return None
        less, first = self._addition(value.less), value.bands[0]
        if None not in (to.high, low := self._end(start, first, less, high=False).low) and to.high <= low:
            return first.name
        if to.low is None or start.high is None or to.low <= start.high or (low is not None and to.low <= low):
            return None
        highs = [self._end(start, band, less).high for band in value.bands]
        return None if None in highs or to.low <= max(highs) else value.otherwise

    def bands(self, value: Bands) -> frozenset[str]:
        """The bands into which a date may fall."""
        return frozenset(self._bands(value))

    def _bands(self, value: Bands) -> Iterator[str]:
        if ABSENT in (self._desk.value(value.start), self._desk.value(value.to)):
            return
        start, to = self.of(value.start), self.of(value.to)
        if (start.low is None and start.high is None) or (to.low is None and to.high is None):
            yield from (*(band.name for band in value.bands), value.otherwise)
            return
        less = self._addition(value.less)
        for band in value.bands:
            end = self._end(start, band, less)
            if to.low is None or end.high is None or to.low <= end.high:
                yield band.name
            if None not in (to.high, end.low) and to.high <= end.low:
                return
        yield value.otherwise

    # -- expressions -----------------------------------------------------------------------------------------
    def _of_tree(self, node: Node) -> Bounds:
        match node:
            case Literal(value) if isinstance(value, Decimal):
                return Bounds(value, value)
            case Named(name):
                return self.of(name)
            case Negative(operand):
                return _difference(Bounds(ZERO, ZERO), self._of_tree(operand))
            case Arithmetic("+", left, right):
                return _sum(self._of_tree(left), self._of_tree(right))
            case Arithmetic("-", left, right):
                return _difference(self._of_tree(left), self._of_tree(right))
        return ANYTHING

    def _truth(self, node: Node) -> bool | None:
        """Whether a condition holds whatever is answered; None where that decides."""
        match node:
            case Literal(value) if isinstance(value, bool):
                return value
            case Named(name):
                told = self._desk.value(name)
                return told if isinstance(told, bool) else None
            case Given(Named(name)):
                return self._desk.value(name) is not UNKNOWN and self._desk.value(name) is not ABSENT
            case Not(operand):
                found = self._truth(operand)
                return None if found is None else not found
            case Both(parts) | Either(parts):
                ends = isinstance(node, Either)
                truths = [self._truth(part) for part in parts]
                return ends if ends in truths else None if None in truths else not ends
            case Compare(operator, left, right):
                return self._compared(operator, left, right)
        return None

    def _compared(self, operator: str, left: Node, right: Node) -> bool | None:
        if operator in ("==", "!=", "in"):
            possible, wanted = self._possible(left), _constants(right)
            if possible is None or wanted is None:
                return None
            among = True if possible <= wanted else None if possible & wanted else False
            return among if among is None or operator != "!=" else not among
        holds = ORDERING.get(operator)
        one, other = self._of_tree(left), self._of_tree(right)
        if holds is None:
            return None
        best, worst = ((one.low, other.high), (one.high, other.low)) if "<" in operator else (
            (one.high, other.low), (one.low, other.high))  # fmt: skip
        if None not in worst and holds(*worst):
            return True
        return False if None not in best and not holds(*best) else None

    def _possible(self, node: Node) -> frozenset[object] | None:
        """The values that a choice may have; None where that is not known."""
        if not isinstance(node, Named):
            return None
        value = self._desk.value(node.name)
        if value is ABSENT:
            return None
        if value is not UNKNOWN:
            return frozenset({value})
        bands = self._desk.pack.values.get(node.name)
        return frozenset(self.bands(bands)) or None if isinstance(bands, Bands) else None


def _constants(node: Node) -> frozenset[object] | None:
    parts = node.items if isinstance(node, ListOf) else (node,)
    return frozenset(one.value for one in parts if isinstance(one, Literal)) if all(
        isinstance(one, Literal) for one in parts) else None  # fmt: skip


def _sum(one: Bounds, other: Bounds) -> Bounds:
    return Bounds(_added(one.low, other.low), _added(one.high, other.high))


def _difference(one: Bounds, other: Bounds) -> Bounds:
    return Bounds(_less(one.low, other.high), _less(one.high, other.low))


def _added(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one + other
    return None


def _less(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return None
    if isinstance(one, date) and isinstance(other, date):
        return Decimal((one - other).days)
    if isinstance(one, date) and isinstance(other, Decimal):
        return one - timedelta(days=int(other))
    return one - other if isinstance(one, Decimal) and isinstance(other, Decimal) else None
