"""What an expression can see of a case: its facts, its history, the company's tables and calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from tuoshan.core.case import Around, CaseState
from tuoshan.core.conditions import MISSING, Missing, MissingFact, TableError, Value
from tuoshan.core.playbook import Playbook
from tuoshan.core.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class CaseScope:
    """Implements `conditions.Scope` over a case; `overlay` holds form values not yet taken in."""

    playbook: Playbook
    case: CaseState
    moment: datetime
    around: Around
    overlay: Mapping[str, object] = field(default_factory=dict)
    looked_up: dict[str, Value] = field(default_factory=dict)
    """Answers about other cases, asked once for one decision."""
    asked: set[str] = field(default_factory=set)
    """The queries whose answers have been read since whoever gave this set last emptied it."""

    @property
    def calendar(self) -> WorkCalendar:
        return self.around.calendar(self.playbook.calendar)

    @property
    def now(self) -> datetime:
        return self._local(self.moment)

    def _local(self, at: datetime) -> datetime:
        """Moments are seen in the calendar's zone, so that a date beside one means that zone's day. The first and last
        hours that can be written have no such form and stay as they are.
        """
        try:
            return at.astimezone(ZoneInfo(self.calendar.timezone))
        except (OverflowError, ValueError):
            return at

    def _moment(self, at: datetime | None) -> Value | Missing:
        return MISSING if at is None else self._local(at)

    def fact(self, name: str) -> Value | Missing:
        value = self.overlay.get(name, self.case.facts.get(name))
        if isinstance(value, datetime):
            return self._local(value)
        return MISSING if value is None else cast(Value, value)

    def needed(self, name: str) -> Value:
        value = self.fact(name)
        if isinstance(value, Missing):
            raise MissingFact(name)
        return value

    def history(self, namespace: str, name: str) -> Value | Missing:
        match namespace:
            case "times":
                trace = self.case.actions.get(name)
                return trace.times if trace else 0
            case "on":
                trace = self.case.actions.get(name)
                return self._moment(trace.last if trace else None)
            case "entered":
                trace = self.case.entered.get(name)
                return self._moment(trace.last if trace else None)
            case "first":
                trace = self.case.actions.get(name) or self.case.entered.get(name)
                return self._moment(trace.first if trace else None)
            case "late":
                return self._late(name)
            case "task":
                return self._task(name)
            case "effect":
                return self._answered(name)
            case "about":
                return self._about(name)
            case "assigned":
                return self.case.assigned.get(name) or MISSING
            case "ruling":
                ruling = self.case.facts.get("ruling")
                value = ruling.get(name) if isinstance(ruling, Mapping) else None
                return MISSING if value is None else cast(Value, value)
        return MISSING

    def _about(self, query: str) -> Value:
        """What the other cases come to; nothing while it is not given what this one is about."""
        subject = self.fact(self.playbook.about)
        if isinstance(subject, Missing):
            return Decimal(0)
        self.asked.add(query)
        if query not in self.looked_up:
            case = replace(self.case, facts={**self.case.facts, self.playbook.about: subject})
            self.looked_up[query] = self.around.about(query, case)
        return self.looked_up[query]

    def _late(self, name: str) -> bool:
        runs = [clock for clock in self.case.clocks.values() if clock.name == name]
        if not runs:
            return False
        last = max(runs, key=lambda clock: clock.run)
        if last.ended:
            return last.outcome == "late"
        told = any(step.startswith(("late", "else")) for step in last.fired)
        return told or (last.due is not None and last.due < self.moment)

    def _task(self, name: str) -> Value | Missing:
        task, _, wanted = name.rpartition(".")
        runs = [run for run in self.case.tasks.values() if run.name == task]
        if wanted == "open":
            return sum(run.status == "open" for run in runs)
        if wanted == "opened":
            return len(runs)
        return sum(run.status == "done" and run.outcome == wanted for run in runs)

    def _answered(self, name: str) -> bool:
        task, _, wanted = name.rpartition(".")
        runs = [run for run in self.case.tasks.values() if run.name == task]
        return bool(runs) and max(runs, key=lambda run: run.run).outcome == wanted

    def table(self, name: str, keys: tuple[Value, ...]) -> Value:
        """The company's value, else the playbook's own. `tiers` tables are searched by amount."""
        value = self.around.table(name)
        if value is None:
            value = self.playbook.tables.get(name)
        if value is None:
            raise TableError(name)
        for key in keys:
            if isinstance(value, Mapping) and "tiers" in value:
                return tier_of(value, Decimal(str(key)))
            if not isinstance(value, Mapping) or table_key(key) not in value:
                raise TableError(f"{name}[{key}]")
            value = value[table_key(key)]
        return cast(Value, value)

    def total(self, name: str) -> Decimal:
        """Amounts carried out so far in this case plus the current one; splitting an amount evades nothing."""
        current = self.needed(name)
        return Decimal(str(current)) + Decimal(self.case.settled.get(name, "0"))

    def is_holiday(self, day: date) -> bool:
        return self.calendar.is_holiday(day)

    def add_working_days(self, at: datetime, n: int) -> datetime:
        """Close of business of the n-th working day, as the limit `n working_days` ends."""
        calendar = self.calendar
        reached = calendar.nth_working_day(calendar.local_day(at), n)
        return self._local(calendar.close_of_business(reached.day))

    def end_of_day(self, day: date) -> datetime:
        return self.calendar.end_of_day(day)


def table_key(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def tier_of(table: Mapping[str, object], amount: Decimal) -> str:
    """The party of the first tier whose limit covers the amount; a limit of `more` covers everything."""
    for limit, party in cast(list[tuple[object, str]], table["tiers"]):
        if limit in ("more", "none", None) or amount <= Decimal(str(limit)):
            return party
    raise TableError("tiers")
