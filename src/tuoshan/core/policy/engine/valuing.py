"""The desk on which one pack is read against facts: what is known, what follows, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from tuoshan.core.conditions import MISSING, Expression, MissingFact
from tuoshan.core.conditions.syntax import Both, Either
from tuoshan.core.conditions.syntax import Fact as Named
from tuoshan.core.money import round_to_fen
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.bounding import ANYTHING, ZERO, Bounding, Bounds, Found
from tuoshan.core.policy.engine.compiled import ABSENT, UNKNOWN, Begun, CompiledTable, Looked
from tuoshan.core.policy.engine.ready import DoesNotExist, Focus, Ready, reads_of, reckoned_with
from tuoshan.core.policy.pack import (
    LAWFUL,
    MONTHS,
    TODAY,
    Amount,
    Band,
    Bands,
    BandUnit,
    Clause,
    Column,
    Computed,
    DaysBetween,
    EndOf,
    InForce,
    Row,
    Value,
    clause_column,
)  # fmt: skip
from tuoshan.core.policy.words.days_told import day_en, day_zh
from tuoshan.core.worktime import WorkCalendar

_FURTHEST, MOST_MONTHS = 4000, 1200
"""No period is counted further, whatever a book says: so many days, so many months."""
NEAR = 15
"""So many days from the end of a period whose holidays are guessed an answer that turns on it is provisional."""


class Desk:
    """One pack, some facts, one day. Values and tables are worked out when they are first asked for.

    `known` holds what is settled (also UNKNOWN and ABSENT), `missing` why a name is unknown: the facts to ask for.
    `unsure` says for a value why it is provisional.
    """

    __slots__ = (
        "_bounds", "calendar", "facts", "focus", "given", "known", "looked", "missing", "pack", "ready", "unsure",
    )  # fmt: skip

    def __init__(
        self, ready: Ready, focus: Focus, given: Mapping[str, object], today: date, calendar: WorkCalendar
    ) -> None:
        self.ready, self.pack, self.facts = ready, ready.pack, ready.pack.facts
        self.given, self.calendar = given, calendar
        self._bounds: Found = {**focus.bounds}
        self.focus = focus
        self.known: dict[str, object] = {**focus.known, TODAY: today}
        for name in focus.told:
            self.known[name] = given[name]
        self.missing: dict[str, tuple[str, ...]] = dict(focus.missing)
        self.unsure: dict[str, tuple[Wording, ...]] = {}
        self.looked: dict[str, Looked] = dict(focus.looked)

    @property
    def today(self) -> date:
        """The day of asking."""
        return cast(date, self.value(TODAY))

    # -- the scope of expressions --------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)

    def fact(self, name: str) -> object:
        """A value for an expression; MISSING where it is not known or does not exist."""
        value = self.value(name)
        return MISSING if value is UNKNOWN or value is ABSENT else value

    def history(self, namespace: str, name: str) -> object:
        raise LookupError(f"{namespace}.{name}")

    def table(self, name: str, keys: tuple[object, ...]) -> object:
        raise LookupError(name)

    def total(self, name: str) -> Decimal:
        raise LookupError(name)

    def is_holiday(self, day: date) -> bool:
        return self.calendar.is_holiday(day)

    def add_working_days(self, at: datetime, n: int) -> datetime:
        return self.calendar.close_of_business(self.calendar.nth_working_day(at.date(), n).day)

    # -- values --------------------------------------------------------------------------------------------
    def value(self, name: str) -> object:
        """What a fact, setting, value or output is; UNKNOWN or ABSENT where it is not."""
        known = self.known.get(name, self)
        if known is not self:
            return known
        found = self._find(name)
        self.known[name] = found
        return found

    def _find(self, name: str) -> object:
        if name in self.facts:
            return self._fact(name)
        value = self.pack.values.get(name)
        if value is None:
            self.look(self.ready.outputs[name])
            return self.known[name]
        try:
            return self._computed(value) if isinstance(value, Computed) else self._period(value)
        except DoesNotExist:
            return ABSENT

    def _fact(self, name: str) -> object:
        state = self._exists(name)
        if state is None or state is False:
            return ABSENT
        if state is not True:
            self.missing[name] = self._asked_for(state)
            return UNKNOWN
        value = self.given.get(name)
        if value is None:
            self.missing[name] = (name,)
            return UNKNOWN
        return value

    def _exists(self, name: str) -> bool | tuple[str, ...] | None:
        """Whether a fact exists in this matter, or what that waits for; None where it can never be known."""
        condition = self.ready.exists.get(name)
        return True if condition is None else condition.state(self)

    def _settled(self, value: Value) -> object:
        """What a value is whatever the facts that are missing are; None where they decide it."""
        bounding = Bounding(self, self._bounds)
        found = bounding.settled(value)
        if found is not None and bounding.guessed:
            asked = bounding.of(value.to) if isinstance(value, Bands) else ANYTHING
            near = [end for end in bounding.guessed if _near(end, asked)]
            if near:
                self.unsure[value.name] = tuple(dict.fromkeys(unpublished(end) for end in near))
        return found

    def _computed(self, value: Computed) -> object:
        try:
            found = self.evaluate(value.expression)
        except MissingFact as missing:
            return self._unless_settled(value, missing.names)
        self._pass_on(value.name, value.expression.reads)
        return ABSENT if found is None else found

    def _unless_settled(self, value: Value, missing: Sequence[str]) -> object:
        settled = self._settled(value)
        if settled is not None:
            return settled
        self.missing[value.name] = tuple(missing)
        return UNKNOWN

    def _period(self, value: DaysBetween | Bands | EndOf) -> object:
        unknown = [name for name in self.ready.inputs[value.name] if self.value(name) is UNKNOWN]
        if unknown:
            return self._unless_settled(value, self._asked_for(unknown))
        start: Any = self.value(value.start)
        if isinstance(value, EndOf):
            if start is ABSENT:
                return ABSENT
            end, guessed = self.end(start, value.plus, self._addition(value.more))
            if guessed:
                self.unsure[value.name] = (unpublished(end),)
            return end
        to: Any = self.value(value.to)
        if start is ABSENT or to is ABSENT:
            return ABSENT
        less = self._addition(value.less)
        if isinstance(value, DaysBetween):
            return Decimal((to - start).days) - less
        return self._band(value, start, to, less)

    def _band(self, value: Bands, start: date, to: date, less: Decimal) -> str:
        for band in value.bands:
            end, guessed = self.end(start, band, less)
            if guessed and abs((to - end).days) <= NEAR:
                self.unsure[value.name] = (*self.unsure.get(value.name, ()), unpublished(end))
            if to <= end:
                return band.name
        return value.otherwise

    def _addition(self, name: str) -> Decimal:
        """Days that lengthen or shorten; none where there are none to speak of."""
        found: Any = self.value(name) if name else ABSENT
        return ZERO if found is ABSENT else found

    def end(self, start: date, band: Band, longer: Decimal) -> tuple[date, bool]:
        """The last day of a length from `start`, `longer` by whole days; and whether its holidays are guessed.

        Raises DoesNotExist where the length does not.
        """
        length = band.count if isinstance(band.count, int) else self.value(band.count)
        if length is ABSENT:
            raise DoesNotExist(band.count)
        return self.end_after(start, int(length), band.unit, int(longer))  # type: ignore[call-overload]

    def end_after(self, start: date, count: int, unit: BandUnit, longer: int) -> tuple[date, bool]:
        """The same for a length that is known."""
        moves = unit in LAWFUL and count + longer >= 1
        if unit in MONTHS:
            start, count = months_after(start, min(count, MOST_MONTHS)), 0
        days = min(count + longer, _FURTHEST)
        if not moves:
            return start + timedelta(days=days), False
        reached = self.calendar.next_working_day(start + timedelta(days=days))
        return reached.day, reached.provisional

    def evaluate(self, expression: Expression) -> object:
        """Raises MissingFact with the facts that somebody can answer, or DoesNotExist where none can."""
        if isinstance(expression.tree, Named):
            return self._named(expression.tree.name)
        try:
            return expression.evaluate(self)  # type: ignore[arg-type]
        except MissingFact as missing:
            askable = self.askable(missing)
            if not askable:
                raise DoesNotExist(*missing.names) from None
            if len(askable) > 1 and isinstance(expression.tree, Both | Either):
                first = Bounding(self, self._bounds).waits_for(expression.tree)
                askable = tuple(name for name in first if name in askable) or askable
            raise MissingFact(*self._asked_for(askable)) from None

    def _named(self, name: str) -> object:
        """What an expression is that is but a name."""
        value = self.value(name)
        if value is UNKNOWN:
            raise MissingFact(*self.missing[name])
        if value is ABSENT:
            raise DoesNotExist(name)
        return value

    def askable(self, missing: MissingFact) -> tuple[str, ...]:
        """What an expression misses that exists in this matter."""
        return tuple(name for name in missing.names if self.known.get(name) is not ABSENT)

    def _asked_for(self, names: Sequence[str]) -> tuple[str, ...]:
        """The facts to ask for so that these names become known."""
        if len(names) == 1:
            return self.missing[names[0]]
        return tuple(dict.fromkeys(fact for name in names for fact in self.missing[name]))

    def amount(self, amount: Amount) -> tuple[object, tuple[Wording, ...]]:
        """An amount within its bounds; money to the fen, dates and texts as they are; and why it is provisional."""
        exact, unsure = self._amount(amount)
        return exact, (*unsure, *self._assumed(amount)) if self.ready.resting else unsure

    def _amount(self, amount: Amount) -> tuple[object, tuple[Wording, ...]]:
        """The same, of which settings that are provisional make nothing provisional."""
        value: Any = self.evaluate(amount.of)
        if amount.at_least is not None:
            value = max(value, self.evaluate(amount.at_least))
        if amount.at_most is not None:
            value = min(value, self.evaluate(amount.at_most))
        exact = round_to_fen(value) if isinstance(value, Decimal) else value
        if not self.unsure:
            return exact, ()
        return exact, tuple(dict.fromkeys(why for name in reads_of(amount) for why in self.unsure.get(name, ())))

    def _assumed(self, amount: Amount) -> tuple[Wording, ...]:
        """Why an amount is provisional that rests on settings which are."""
        return tuple(dict.fromkeys(self._assumptions(reads_of(amount))))

    def _assumptions(self, names: Iterable[str]) -> Iterator[Wording]:
        for name in sorted(self.ready.resting.intersection(names)):
            if name in self.ready.assumed:
                yield self.ready.assumed[name]
            elif name not in self.pack.values:
                given = (row.outputs.get(name) for _columns, row in self.rows_for(name))
                yield from self._assumptions(read for one in given if isinstance(one, Amount) for read in reads_of(one))
            elif not isinstance(self.value(name), bool):
                yield from self._assumptions(reckoned_with(self.pack.values[name]))

    def least(self, amount: Amount) -> tuple[date | None, tuple[Wording, ...]]:
        """The earliest day that an amount may come to where facts are missing, and why that very day is provisional;
        None where nothing is known of it, or that day is over."""
        bounding = Bounding(self, self._bounds, lows=True)
        day = bounding.least(amount)
        if day is None or day < self.today:
            return None, ()
        unsure = dict.fromkeys(unpublished(end) for end in bounding.guessed if end == day)
        return day, (*unsure, *self._assumed(amount)) if self.ready.resting else tuple(unsure)

    def in_force(self, dates: InForce | None) -> bool | None:
        """Whether something holds on its own date; None while that date is not known."""
        if dates is None or (dates.begins is None and dates.until is None):
            return True
        day = self.value(dates.by)
        if day is UNKNOWN:
            return None
        return isinstance(day, date) and dates.holds(day)

    def judge(self, clause: Clause) -> None:
        """Whether a clause is in force becomes known, as far as its date is."""
        holds, column = self.in_force(clause.in_force), clause_column(clause.name)
        self.known[column] = UNKNOWN if holds is None else holds
        if holds is None and clause.in_force is not None:
            self.missing[column] = self.missing[clause.in_force.by]

    # -- tables --------------------------------------------------------------------------------------------
    def look(self, name: str) -> Looked:
        """Read a table once; its outputs become known."""
        found = self.looked.get(name)
        if found is not None:
            return found
        begun, table = self.focus.begun[name], self.ready.tables[name]
        found = self.looked[name] = table.finish(begun, self.known, self.value)
        if found.given:
            self._give_all(table, begun, found)
        return found

    def _give_all(self, table: CompiledTable, begun: Begun, looked: Looked) -> None:
        if looked.fixed:
            self.known.update(looked.given)
        else:
            for name, value in looked.given.items():
                self._give(name, value, table, looked)
        if self.unsure:
            for name in looked.given:
                self._pass_on(name, begun.reads)

    def _give(self, name: str, value: object, table: CompiledTable, looked: Looked) -> None:
        self.known[name] = value
        if value is UNKNOWN:
            self.missing[name] = self.asked_by(table, looked)
        elif isinstance(value, Amount):
            try:
                self.known[name], unsure = self._amount(value)
                if unsure:
                    self.unsure[name] = unsure
            except MissingFact as missing:
                self.known[name], self.missing[name] = UNKNOWN, missing.names
            except DoesNotExist:
                self.known[name] = ABSENT

    def rows_for(self, name: str) -> list[tuple[Sequence[Column], Row]]:
        """The rows that may still give an output that is not known, with the columns of their table."""
        table = self.ready.outputs.get(name)
        if table is None:
            return []
        looked, made = self.look(table), self.ready.tables[table]
        return [(made.table.columns, row) for row in made.rows_of(looked.hits if looked.decided else looked.possible)]

    def row_giving(self, name: str) -> Row | None:
        """The row that gave an output; None where none did, or where it is not known yet which does."""
        table = self.ready.outputs.get(name)
        looked = self.looked.get(table) if table is not None else None
        if table is None or looked is None or not looked.decided or not looked.hits:
            return None
        return self.ready.tables[table].table.rows[looked.hits.bit_length() - 1]

    def asked_by(self, table: CompiledTable, looked: Looked) -> tuple[str, ...]:
        """The facts that an undecided table waits for."""
        return self._asked_for([table.columns[place].name for place in looked.unknown])

    def _pass_on(self, name: str, reads: Iterable[str]) -> None:
        """What rests on something provisional is provisional."""
        if self.unsure:
            whys = dict.fromkeys(why for read in reads for why in self.unsure.get(read, ()))
            if whys:
                self.unsure[name] = tuple(whys)


def _near(end: date, asked: Bounds) -> bool:
    """Whether a day within these bounds may lie near the end of a period."""
    return (asked.low is None or (asked.low - end).days <= NEAR) and (
        asked.high is None or (end - asked.high).days <= NEAR
    )


def unpublished(day: date) -> Wording:
    """Which last day is not certain, and why: its year's holidays are not known."""
    return Wording(
        f"{day_zh(day)}这个最后一天可能变动：{day.year} 年的放假安排尚未公布",
        f"{day_en(day)} may move as a last day: the holidays of {day.year} are not published yet",
    )


def months_after(start: date, months: int) -> date:
    """The same day so many months later; the last day of the month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(start.day, 28))
