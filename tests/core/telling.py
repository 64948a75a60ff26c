"""Who tells a hand-worked history: the company around it, the case as it becomes, values as the kernel takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tuoshan.core.case import Assignment, CaseState, Command, Decision, Event
from tuoshan.core.decide import decide
from tuoshan.core.evolve import replay
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.worktime import DayOverride, WorkCalendar, standard_cn

ZONE = ZoneInfo("Asia/Shanghai")


def local(text: object) -> datetime:
    at = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
    return at.replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class Company:
    """Who is who and which tables hold, as the history tells."""

    tables: dict[str, object] = field(default_factory=dict)
    people: Mapping[str, list[str]] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    calendars: dict[str, WorkCalendar] = field(default_factory=dict)
    others: Mapping[str, object] = field(default_factory=dict)

    def calendar(self, name: str) -> WorkCalendar:
        return self.calendars.get(name) or standard_cn()

    def set_calendars(self, given: Mapping[str, Any]) -> None:
        for name, told in given.items():
            base = self.calendars.get(name) or replace(standard_cn(), name=name, version="1")
            self.calendars[name] = calendar_of(base, told)

    def table(self, name: str) -> object:
        return self.tables.get(name)

    def choose(self, party: str, case: CaseState) -> Assignment | None:
        person = self.choices.get(party)
        return Assignment(person) if person else None

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        return self.people is None or bool(set(self.people.get(party, ())) - excluding)

    def about(self, query: str, case: CaseState) -> Decimal:
        return Decimal(str(self.others.get(query, 0)))


def calendar_of(base: WorkCalendar, told: Mapping[str, Any]) -> WorkCalendar:
    """The version that follows `base`: its hours, and single days off or worked, as the history tells."""
    week, days = base.weekly, dict(base.overrides)
    if "hours" in told:
        hours = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in told["hours"])
        week = tuple(hours if shifts else () for shifts in week)
        days = {day: replace(one, shifts=hours if one.shifts else ()) for day, one in days.items()}
    else:
        hours = week[0]
    days |= {date.fromisoformat(day): DayOverride((), "") for day in told.get("closed", ())}
    days |= {date.fromisoformat(day): DayOverride(hours, "") for day in told.get("work", ())}
    official = (base.official_years or frozenset()) | frozenset(told.get("official", ()))
    return WorkCalendar(
        base.name, told.get("version", base.version), week, base.timezone, days, official, base.guessed_holidays
    )


@dataclass
class Teller:
    playbook: Playbook
    company: Company
    case: CaseState
    events: list[Event] = field(default_factory=list)
    keys: dict[str, Decision] = field(default_factory=dict)

    def send(self, command: Command, at: datetime) -> Decision:
        before = self.case
        decision = decide(self.playbook, self.case, command, at, self.company)
        self.case = decision.case
        self.events += decision.events
        assert replay(self.playbook.key, self.events) == self.case, "replaying the events gives the stored state"
        assert CaseState.from_json(self.case.to_json()) == self.case
        assert before.seq + len(decision.events) == self.case.seq
        return decision

    def typed(self, fields: Mapping[str, Field], values: Mapping[str, object]) -> dict[str, object]:
        return {name: typed(fields.get(name), value) for name, value in values.items()}


def typed(item: Field | None, value: object) -> object:
    if item is None or value is None:
        return value
    if item.kind in ("money", "number") and not isinstance(value, bool):
        try:
            return Decimal(str(value))
        except ArithmeticError:
            return value
    if item.kind == "datetime":
        return local(value)
    if item.kind == "date" and isinstance(value, str):
        return datetime.fromisoformat(value).date()
    return value
