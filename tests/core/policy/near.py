"""Facts near the cases worked out by hand: a case of a book with one or two small changes, the same on every run.

Facts drawn at random nearly never give a right, and a property of rights says nothing of those. A change moves the day
of the report, or all days before it, around the last day of a period; leaves a fact out; answers one question
otherwise; takes another price or number, also next to a bound. What a desk would refuse is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

from tests.core.policy.worked import Case, cases_of, known

from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.given import read_given
from tuoshan.core.policy.pack import Bands, DaysBetween, EndOf, Pack
from tuoshan.core.policy.reading.cells import Between
from tuoshan.core.policy.ruling import read, rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import files

Facts = dict[str, Any]
PACKS = files.packaged()
LAW = [pack for pack in PACKS if pack.layer == "law"]
PRICES = [Decimal(x) for x in ("0.00", "9.90", "99.99", "166.67", "209.99", "210", "399", "3000", "150000")]
PLACES: Mapping[str, Facts] = {
    name: {"sale": "distance", "platform": platform, "house": "other", "facility_request": False}
    for name, platform in (("taobao_disputes", "taobao"), ("pinduoduo", "pinduoduo"))
}
"""Whose matter it is where the cases of a book do not tell it: they ask the book alone."""
AROUND = (-1, 0, 1, 2)
"""By how many days a last day is missed."""
SUPPOSED = ("house", "facility_request", "staged_claim")
"""Whose matter it is, and whether the claim is honest, which a ruling supposes: never left out."""


@dataclass(frozen=True)
class Drawn:
    """Facts near a case of a book; `name` says which and what was changed."""

    pack: Pack
    name: str
    facts: Facts
    today: date

    def alone(self, pack: Pack | None = None, **other: Any) -> Ruling:
        """By its book, or by a changed one, with other facts."""
        return rule(pack or self.pack, {**self.facts, **other}, self.today)

    def together(self, packs: Sequence[Pack] = PACKS, **other: Any) -> Ruling:
        return rule_all(packs, {**self.facts, **other}, self.today)


def remedies(ruling: Ruling) -> set[str]:
    return {right.remedy for right in ruling.rights}


def typed(facts: Facts, today: date) -> bool:
    """Whether a desk takes them."""
    return not read_given(known(), facts, today)[1]


def day_of(facts: Mapping[str, Any], today: date) -> date:
    """The day of asking, which no date lies after that cannot lie ahead."""
    days = [day for name, day in facts.items() if isinstance(day, date) and not known()[name].ahead]
    return max([today, *days])


# -- changes --------------------------------------------------------------------------------------------------


def _desk(pack: Pack, facts: Facts, today: date) -> Desk:
    desk = read(pack, facts, today, choosing=False).desk
    assert desk is not None
    return desk


def _last_days(pack: Pack, facts: Facts, today: date) -> Iterator[tuple[str, date, str]]:
    """The date fact that is judged, the last day against which it stands, and how that is called."""
    desk = _desk(pack, facts, today)
    for value in pack.values.values():
        start = desk.value(value.start) if not hasattr(value, "expression") else None
        if not isinstance(start, date):
            continue
        if isinstance(value, Bands):
            off = desk.value(value.less) if value.less else Decimal(0)
            for band in value.bands:
                count = desk.value(band.count) if isinstance(band.count, str) else band.count
                if isinstance(count, int | Decimal) and value.to in facts:
                    off = off if isinstance(off, Decimal) else Decimal(0)
                    yield value.to, desk.end(start, band, off)[0], f"{value.name} {band.name}"
        elif isinstance(value, EndOf):
            end = desk.value(value.name)
            if isinstance(end, date) and "reported_on" in facts:
                yield "reported_on", end, value.name
        elif isinstance(value, DaysBetween) and value.to in facts:
            for bound in _bounds(pack, value.name):
                yield value.to, start + timedelta(days=int(bound)), f"{value.name} {bound}"


@cache
def _bounds(pack: Pack, name: str) -> tuple[Decimal, ...]:
    """The numbers of the cells of a column."""
    found = {
        bound
        for table in pack.tables.values() for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column.name == name and isinstance(cell, Between)
        for bound in (cell.low, cell.high) if isinstance(bound, Decimal)
    }  # fmt: skip
    return tuple(sorted(found))


def _days(facts: Facts, but: str) -> list[str]:
    return [name for name, day in facts.items() if isinstance(day, date) and name != but and not known()[name].ahead]


def _move_report(rng: Random, pack: Pack, facts: Facts, today: date) -> str:
    judged, end, called = rng.choice(list(_last_days(pack, facts, today)))
    off = rng.choice(AROUND)
    facts[judged] = end + timedelta(days=off)
    return f"{judged} {off:+} days from {called}"


def _move_sale(rng: Random, pack: Pack, facts: Facts, today: date) -> str:
    """All days before the judged one, so that it stands beside the last day."""
    judged, end, called = rng.choice(list(_last_days(pack, facts, today)))
    off = rng.choice(AROUND)
    by = facts[judged] - end - timedelta(days=off)
    for name in _days(facts, judged):
        facts[name] += by
    return f"sold {by.days:+} days, {judged} {off:+} from {called}"


def _leave_out(rng: Random, pack: Pack, facts: Facts, today: date) -> str:
    name = rng.choice([name for name in facts if name not in SUPPOSED])
    del facts[name]
    return f"without {name}"


def _answer(rng: Random, pack: Pack, facts: Facts, today: date) -> str:
    asked = [name for name in pack.facts if known()[name].field.kind in ("choice", "yes_no") and name in facts]
    name = rng.choice(asked)
    field = known()[name].field
    others = [one.value for one in field.choices] if field.kind == "choice" else [True, False]
    facts[name] = rng.choice([one for one in others if one != facts[name]])
    return f"{name} = {facts[name]}"


def _figure(rng: Random, pack: Pack, facts: Facts, today: date) -> str:
    name = rng.choice([name for name, value in facts.items() if isinstance(value, Decimal) and name in pack.facts])
    fact, step = known()[name], Decimal("0.01") if known()[name].field.kind == "money" else Decimal(1)
    near = [bound + side for bound in _bounds(pack, name) for side in (-step, Decimal(0), step)]
    near += PRICES if fact.field.kind == "money" else [Decimal(0), Decimal(1), facts[name] + 1]
    facts[name] = max(Decimal(0), rng.choice(near))
    return f"{name} = {facts[name]}"


CHANGES: tuple[Callable[[Random, Pack, Facts, date], str], ...] = (
    _move_report, _move_report, _move_sale, _move_sale, _figure, _answer, _leave_out,
)  # fmt: skip


def _near(rng: Random, pack: Pack, case: Case, changes: Sequence[Any]) -> Drawn | None:
    """None where a change has nothing to change, or a desk would refuse what came of it."""
    facts, what = {**PLACES.get(pack.name, {}), **case.facts}, []
    for change in changes:
        try:
            what.append(change(rng, pack, facts, case.today))
        except (IndexError, OverflowError):  # nothing to choose from; a day that the calendar does not have
            return None
    today = day_of(facts, case.today)
    if not typed(facts, today):
        return None
    return Drawn(pack, "; ".join([case.name, *what]), facts, today)


def _order(*words: object) -> int:
    """A place that hangs on the words alone, so that a case more or less moves no other draw."""
    return crc32(" ".join(str(word) for word in words).encode())


@cache
def drawn(pack: Pack, many: int, *, seed: int = 1, whole: bool = False) -> tuple[Drawn, ...]:
    """So many draws near the cases of a book, nine of ten near those that give a right. `whole`: none leaves a fact
    out. Of one seed always the same."""
    kinds = [change for change in CHANGES if not (whole and change is _leave_out)]
    sorted_ = sorted(cases_of(pack), key=lambda case: _order(seed, case.name))
    giving = [case for case in sorted_ if rule(pack, case.facts, case.today).rights]
    others = [case for case in sorted_ if case not in giving]
    found: dict[tuple[str, int], Drawn] = {}
    for again in range(20):
        for place, case in enumerate(giving):
            ninth = others and place % 9 == 0
            other = others[(again * len(giving) + place) // 9 % len(others)] if ninth else case
            for one in dict.fromkeys((case, other)):
                rng = Random(_order(seed, pack.name, one.name, again))
                changes = [rng.choice(kinds) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
                draw = _near(rng, pack, one, changes)
                if draw is not None:
                    found[one.name, again] = draw
            if len(found) >= many:
                return tuple(found.values())[:many]
    return tuple(found.values())


@cache
def beside_the_law(pack: Pack, many: int, *, seed: int = 1) -> tuple[Drawn, ...]:
    """Draws near the cases of a book in which the law gives something as well: what the book's case does not tell is
    told as a case of the law tells it."""
    of_law = [case for law in LAW for case in cases_of(law) if rule_all(LAW, case.facts, case.today).rights]
    found: list[Drawn] = []
    for one in drawn(pack, 3 * many, seed=seed + 1, whole=True):
        for other in sorted(of_law, key=lambda case: _order(one.name, case.name))[:30]:
            facts = {**other.facts, **one.facts}
            today = day_of(facts, max(one.today, other.today))
            if typed(facts, today) and rule_all(LAW, facts, today).rights:
                found.append(Drawn(pack, f"{one.name}; else as {other.name}", facts, today))
                break
        if len(found) == many:
            break
    return tuple(found)
