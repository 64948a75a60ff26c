"""How a period was counted: from which day and why, which days were left out, whether it began anew, its last day.

Worked out at the desk on which the pack was read, for the last days that statements name and for the bands that the
rows of a table ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.compiled import UNKNOWN
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.pack import Amount, Band, Bands, BandUnit, Computed, EndOf, Table

PLAIN: Mapping[BandUnit, BandUnit] = {"days": "days", "law_days": "days", "months": "months", "law_months": "months"}
"""The unit without the law's moving of a last day."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Days that do not count: the fact that says how many, and what they were."""

    fact: str
    called: Wording
    days: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """One period as it was counted."""

    counted_from: str
    """The fact whose day it counts from."""
    event: Wording
    """What happened on that day."""
    starts: date
    count: int
    unit: str
    left_out: tuple[LeftOut, ...]
    ends: date
    anew: bool
    """Whether it began again on that day, as after a replacement."""
    moved: bool
    """Whether its last day was a day off and moved to the next working day."""

    @property
    def days_left_out(self) -> int:
        return sum(one.days for one in self.left_out)


@dataclass(frozen=True, slots=True)
class PeriodRead:
    """A period that a table turned on: what it is called in the pack, and how it was counted."""

    name: str
    called: Wording
    counted: Reckoning


def reckoned(desk: Desk, amount: Amount, day: object) -> Reckoning | None:
    """How the last day that an amount came to was counted; None where it is no end of a period."""
    for part in (amount.of, amount.at_least, amount.at_most):
        if part is not None and (value := _end_behind(desk, part.text.strip())) is not None:
            found = period(desk, value.start, value.plus, value.more)
            if found is not None and found.ends == day:
                return found
    return None


def periods_read(desk: Desk, table: Table) -> Iterator[PeriodRead]:
    """The bands and ends of periods that the columns of a table rest on, each once, as far as they are known."""
    seen: set[str] = set()
    waiting = [column.name for column in table.columns]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        match desk.pack.values.get(name):
            case Bands(_, start, _, bands, _, less):
                for band in bands:
                    if (found := period(desk, start, band, less)) is not None:
                        yield PeriodRead(name, desk.pack.labels.get(band.name, Wording(band.name, band.name)), found)
            case EndOf(_, start, plus, more):
                if (found := period(desk, start, plus, more)) is not None:
                    yield PeriodRead(name, desk.pack.labels.get(name, Wording(name, name)), found)
            case Computed(_, expression):
                waiting += sorted(expression.reads)


def period(desk: Desk, start: str, length: Band, more: str) -> Reckoning | None:
    """A period from the day of a fact or value, as it is counted at a desk; None while its parts are not known."""
    begins, count = desk.value(start), desk.value(length.count) if isinstance(length.count, str) else length.count
    longer = desk.value(more) if more else Decimal(0)
    if not isinstance(begins, date) or not isinstance(count, int | Decimal) or longer is UNKNOWN:
        return None
    extra = longer if isinstance(longer, Decimal) else Decimal(0)
    ends, _guessed = desk.end(begins, length, extra)
    plain, _guessed = desk.end(begins, Band(length.name, length.count, PLAIN[length.unit]), extra)
    source = _fact_behind(desk, start)
    fact = desk.facts.get(source)
    event = desk.pack.labels.get(source, Wording(source, source)) if fact is None else fact.called or fact.field.label
    return Reckoning(
        source, event, begins, int(count), length.unit, _left_out(desk, more) if extra else (), ends,
        fact is not None and fact.anew, ends != plain,
    )  # fmt: skip


def _left_out(desk: Desk, name: str) -> tuple[LeftOut, ...]:
    """The days that do not count, fact by fact; those of a sum of facts are its parts, those that a row gives are what
    it names."""
    while name not in desk.facts and name not in desk.pack.values and (further := _behind(desk, name)) != name:
        name = further
    value = desk.pack.values.get(name)
    names = sorted(value.expression.reads) if isinstance(value, Computed) else [name]
    known = [(one, desk.facts[one], desk.value(one)) for one in names if one in desk.facts]
    return tuple(
        LeftOut(one, fact.called or fact.field.label, int(days))
        for one, fact, days in known if isinstance(days, Decimal) and days
    )  # fmt: skip


def _behind(desk: Desk, name: str) -> str:
    """What a name stands for where it is but another name: a value of it alone, or the output of the row that hit."""
    value = desk.pack.values.get(name)
    if isinstance(value, Computed):
        return value.expression.text.strip()
    row = desk.row_giving(name)
    output = row.outputs.get(name) if row is not None else None
    return output.of.text.strip() if isinstance(output, Amount) else name


def _end_behind(desk: Desk, name: str) -> EndOf | None:
    while not isinstance(value := desk.pack.values.get(name), EndOf):
        if (further := _behind(desk, name)) == name:
            return None
        name = further
    return value


def _fact_behind(desk: Desk, name: str) -> str:
    while name not in desk.facts and (further := _behind(desk, name)) != name:
        name = further
    return name


