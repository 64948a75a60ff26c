"""What the shape of a matter settles in a pack, once for all matters of that shape.

The shape: which answer each choice, each yes or no and each usual count has, which of the other facts are known, and
which clauses are in force. It tells which facts exist, what is missing, and most tables. A pack is read for it as for
any matter, at a desk at which whatever turns on a day, a number or the calendar is left open; what nevertheless comes
out holds for every such matter. That a side is silent turns on days, too (`proving`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import NoReturn, cast

from tuoshan.core.conditions import EvaluationError, Expression, MissingFact
from tuoshan.core.policy.engine.bounding import Bounding
from tuoshan.core.policy.engine.compiled import UNKNOWN, Begun, CompiledTable, Gap, Looked
from tuoshan.core.policy.engine.ready import USUAL, DoesNotExist, Focus, Ready, answer, in_shape
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.pack import SILENT, Amount, InForce, lengths
from tuoshan.core.worktime import WorkCalendar

MOST_SHAPES = 512
"""So many are kept for one pack."""


def desk_for(ready: Ready, given: Mapping[str, object], today: date, calendar: WorkCalendar) -> Desk:
    """A desk at which the pack is read for one matter."""
    return Desk(ready, focus_of(ready, given, today), given, today, calendar)


def desk_at_least(desk: Desk, names: Iterable[str], amount: Amount) -> Desk:
    """The desk on which these facts, which are missing at this one, have the least answer, with what an amount rests
    on worked out as far as it is known there."""
    bounding = Bounding(desk, {})
    least = {
        name: False if desk.facts[name].field.kind == "yes_no" else bounding.of(name).low
        for name in names if name in desk.facts
    }  # fmt: skip
    found = desk_for(desk.ready, {**desk.given, **least}, desk.today, desk.calendar)
    with suppress(MissingFact, DoesNotExist):
        found.amount(amount)
    return found


def focus_of(ready: Ready, given: Mapping[str, object], today: date) -> Focus:
    """The pack for the shape of this matter; worked out once for each."""
    dates = tuple([one.holds_for(given, today) for one in ready.dates])
    others = [None if given.get(name) is None else in_shape(given[name], count=name in ready.counts)
              for name in ready.others]  # fmt: skip
    key = (*map(given.get, ready.choices), *others, dates)
    found = ready.focuses.get(key)
    if found is None:
        if len(ready.focuses) >= MOST_SHAPES:
            ready.focuses.clear()
        found = ready.focuses[key] = _ShapeDesk(ready, given, dict(zip(ready.dates, dates, strict=True))).focused()
    return found


class _LeftOpen(Exception):
    """What is wanted turns on more than the shape."""


class _NoCalendar:
    """In the place of a calendar: no shape has one."""

    def __getattr__(self, name: str) -> NoReturn:
        raise _LeftOpen


_NOTHING = Focus({}, {}, (), {}, {}, (), {}, None, None)
_SOMETHING = Gap("SOMETHING")
"""Stands for an answer that every such matter has, each its own."""


class _ShapeDesk(Desk):
    """A desk at which only the shape of a matter is known."""

    __slots__ = ("_begun", "_dates", "_looking", "_open", "_others", "_told")

    def __init__(self, ready: Ready, given: Mapping[str, object], dates: Mapping[InForce, bool | None]) -> None:
        told = {name for name in (*ready.choices, *ready.others) if given.get(name) is not None}
        silent = {name for name, fact in ready.pack.facts.items() if fact.proof_of and given.get(name) == SILENT}
        choices = {name: given[name] for name in ready.choices if name in told - silent}
        choices |= {name: USUAL[given[name]] for name in ready.counts if given.get(name) in USUAL}
        super().__init__(ready, _NOTHING, choices, date.min, cast(WorkCalendar, _NoCalendar()))
        self.known = {**ready.settings}
        self._others, self._dates = told - choices.keys(), dates
        self._told: dict[str, None] = {}
        self._begun: dict[str, Begun] = {}
        self._looking: set[str] = set()
        self._open: set[str] = set()

    def focused(self) -> Focus:
        """All that is settled."""
        for clause in self.pack.clauses.values():
            if clause.in_force is not None:
                self.judge(clause)
        for name in (*self.facts, *self.pack.values):
            with suppress(_LeftOpen):
                self.value(name)
        for name in self.ready.tables:
            with suppress(_LeftOpen):
                self.look(name)
        for value in self.pack.values.values():
            for name in lengths(value):
                if self.known.get(name) is UNKNOWN:
                    with suppress(_LeftOpen):
                        Bounding(self, self._bounds).of(name)
        return Focus(
            self.known, self.missing, tuple(self._told), self.looked, self._begun,
            tuple(name for name in self.ready.tables if self._speaks(name)), self._bounds, self._applies(),
            self.in_force(self.pack.in_force),
        )  # fmt: skip

    def _applies(self) -> bool | tuple[str, ...] | None:
        condition = self.pack.applies
        if condition is None:
            return True
        try:
            return answer(lambda: bool(self.evaluate(condition)))
        except _LeftOpen:
            return None

    def _speaks(self, name: str) -> bool:
        settled, table = self.looked.get(name), self.ready.tables[name]
        left = self._begun[name].possible if settled is None else settled.possible if settled.unknown else settled.hits
        return any(row.findings for row in table.rows_of(left))

    def value(self, name: str) -> object:
        if name in self._open:
            raise _LeftOpen
        try:
            return super().value(name)
        except _LeftOpen:
            self._open.add(name)
            raise

    def in_force(self, dates: InForce | None) -> bool | None:
        try:
            return super().in_force(dates)
        except _LeftOpen:
            return self._dates[cast(InForce, dates)]

    def fact(self, name: str) -> object:
        """An expression may ask whether there is an answer; what it is, is open (`evaluate`)."""
        try:
            return super().fact(name)
        except _LeftOpen:
            if name in self._told:
                return _SOMETHING
            raise

    def evaluate(self, expression: Expression) -> object:
        try:
            return super().evaluate(expression)
        except MissingFact:
            raise
        except EvaluationError:
            raise _LeftOpen from None

    def _exists(self, name: str) -> bool | tuple[str, ...] | None:
        try:
            return super()._exists(name)
        except MissingFact:
            raise
        except EvaluationError:
            raise _LeftOpen from None

    def _find(self, name: str) -> object:
        if name in self.facts or name in self.pack.values or name in self.ready.outputs:
            return super()._find(name)
        raise _LeftOpen

    def _fact(self, name: str) -> object:
        if name in self._others and self._exists(name) is True:
            self._told[name] = None
            raise _LeftOpen
        return super()._fact(name)

    def look(self, name: str) -> Looked:
        found = self.looked.get(name)
        if found is not None:
            return found
        if name in self._begun or name in self._looking:
            raise _LeftOpen
        table = self.ready.tables[name]
        self._looking.add(name)
        for column in table.columns:
            with suppress(_LeftOpen):
                self.value(column.name)
        self._looking.remove(name)
        begun = table.begun(self.known)
        if begun.settled is not None:
            given = [self._gives(output, value, table, begun.settled) for output, value in begun.settled.given.items()]
            if all(given):
                self.looked[name] = begun.settled
                return begun.settled
        self._begun[name] = begun
        raise _LeftOpen

    def _gives(self, name: str, value: object, table: CompiledTable, looked: Looked) -> bool:
        """Whether an output is settled."""
        try:
            self._give(name, value, table, looked)
        except _LeftOpen:
            del self.known[name]
            return False
        return True
