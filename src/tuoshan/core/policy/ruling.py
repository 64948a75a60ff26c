"""Ruling: what a pack, or all packs that apply, say about given facts on a given day. Pure.

    rule(pack, facts, on) -> Ruling
    rule_all(packs, facts, on) -> Ruling

The same facts give the same ruling on any machine: nothing but the packs, the facts, the day and the published
holidays is read. Facts must have passed `facts.read_facts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache, partial

from tuoshan.core.conditions import MissingFact
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.choosing import chooser
from tuoshan.core.policy.engine.compiled import ABSENT, UNKNOWN, Looked
from tuoshan.core.policy.engine.expiring import REFUSING, expired, furthest
from tuoshan.core.policy.engine.focusing import desk_at_least, focus_of
from tuoshan.core.policy.engine.precedence import put_together
from tuoshan.core.policy.engine.proving import judge_silence, proof_time
from tuoshan.core.policy.engine.questions import WHOLE, Opened
from tuoshan.core.policy.engine.ready import DoesNotExist, Focus, Ready, answer
from tuoshan.core.policy.engine.reckoning import Reckoning, reckoned
from tuoshan.core.policy.engine.rows import Compiled, ReadyRow, compiled
from tuoshan.core.policy.engine.valuing import Desk, unpublished
from tuoshan.core.policy.pack import (
    REMEDIES,
    SILENT,
    TODAY,
    Amount,
    Finding,
    Pack,
)
from tuoshan.core.policy.statements import Lengthening, Ruling, Statement, Why
from tuoshan.core.worktime import WorkCalendar, standard_cn

DATE_OF_VERSION = 100
"""How much the date weighs that decides whether a pack speaks at all: more than any row."""
LAST_DAYS = ("until", "ends", "after")
"""The figures that may be the end of a period."""
COVERED = frozenset((*REMEDIES, "guarantee"))
"""Of these the last day need not be certain for who asked in time: nobody is asked for the sake of it alone."""
ONLY_AN_AMOUNT = 0
"""What a fact weighs on which nothing turns but a figure."""


@dataclass(slots=True)
class Read:
    """One pack read against facts: its statements, its open questions, and the desk for whoever asks why."""

    pack: Pack
    statements: list[Statement] = field(default_factory=list)
    questions: dict[str, int] = field(default_factory=dict)
    """What decides whether it speaks, or whether a row that hit says a thing: asked in any case."""
    optional: set[str] = field(default_factory=set)
    """Facts that decide nothing and that somebody may know."""
    opened: list[Opened] = field(default_factory=list)
    """Tables that are not decided."""
    desk: Desk | None = None
    applies: bool | None = True
    """None: not known yet."""
    may_govern: set[str] = field(default_factory=set)
    """Remedies that rows still open might govern."""
    may_bar: bool = False
    """Whether a row still open might bar what this layer and lower ones give."""

    def given(self) -> Iterator[tuple[str, bool]]:
        """The facts given that this book knows, in its order, and whether each exists in this matter; one that may yet
        does."""
        if self.desk is not None and self.applies is True:
            for name in self.pack.facts:
                if self.desk.given.get(name) is not None:
                    yield name, self.desk.value(name) is not ABSENT

    def ask(self, names: Iterable[str], weight: int) -> None:
        for name in names:
            self.questions[name] = self.questions.get(name, 0) + weight


def rule(pack: Pack, facts: Mapping[str, object], on: date, calendar: WorkCalendar | None = None) -> Ruling:
    """What one pack says, whether or not it would be chosen for these facts."""
    return put_together([read(pack, facts, on, calendar, choosing=False)], facts, on)


def rule_by_book(versions: Sequence[Pack], facts: Mapping[str, object], on: date) -> Ruling:
    """What one book says, whether or not it would be chosen: its newest version whose dates hold, else its oldest."""
    for pack in reversed(versions):
        dates = pack.in_force
        day = on if dates is None or dates.by == TODAY else facts.get(dates.by)
        if dates is None or not isinstance(day, date) or dates.holds(day):
            return rule(pack, facts, on)
    return rule(versions[0], facts, on)


def rule_all(
    packs: Sequence[Pack], facts: Mapping[str, object], on: date, calendar: WorkCalendar | None = None
) -> Ruling:
    """What all packs that apply say, put together by precedence."""
    reads = [
        _read(_begun(ready, focus, facts, on, calendar, choosing=True))
        for ready, focus in chooser(tuple(packs)).among(facts, on)
    ]
    return put_together([one for one in reads if one.applies is not False], facts, on)


def concerned(packs: Sequence[Pack], facts: Mapping[str, object], on: date) -> dict[str, bool | None]:
    """By name of the book, whether one of its versions speaks in this matter; None: not known yet."""
    found: dict[str, bool | None] = {pack.name: False for pack in packs}
    for ready, focus in chooser(tuple(packs)).among(facts, on):
        speaks = _begun(ready, focus, facts, on, None, choosing=True).applies
        if speaks is not False and found[ready.pack.name] is not True:
            found[ready.pack.name] = speaks
    return found


def read(
    pack: Pack, facts: Mapping[str, object], on: date, calendar: WorkCalendar | None = None, *, choosing: bool = True
) -> Read:
    """Read one pack. With `choosing` its `applies` and its version's dates are judged first."""
    ready = compiled(pack).ready
    return _read(_begun(ready, focus_of(ready, facts, on), facts, on, calendar, choosing=choosing))


def _read(found: Read) -> Read:
    made, desk = compiled(found.pack), found.desk
    if desk is None or found.applies is not True:
        return _open(found, made)
    if SILENT in desk.given.values():
        found.optional |= judge_silence(desk)
    for name in desk.focus.speaking:
        looked = desk.look(name)
        if looked.unknown:
            _open_table(found, desk, made, name, looked)
            if still_open := looked.possible & ~looked.hits & made.weighty[name]:
                for row in made.rows_of(name, still_open):
                    found.may_govern |= row.governs
                    found.may_bar = found.may_bar or row.bars
        rows, hits = made.rows[name], looked.hits
        while hits:
            lowest = hits & -hits
            _state(found, desk, rows[lowest.bit_length() - 1])
            hits ^= lowest
    return found


def _begun(
    ready: Ready, focus: Focus, facts: Mapping[str, object], on: date, calendar: WorkCalendar | None, *, choosing: bool
) -> Read:
    """A pack before any of its tables is looked at: whether it speaks, and the desk to read it at where it may."""
    found = Read(ready.pack)
    condition, applies = ready.pack.applies, focus.applies if choosing else True
    if applies is None or applies is True:
        found.desk = desk = Desk(ready, focus, facts, on, calendar or standard_cn())
        if applies is None and condition is not None:
            applies = answer(lambda: bool(desk.evaluate(condition)))
    if isinstance(applies, tuple):
        found.applies = None
        found.ask(applies, DATE_OF_VERSION if ready.applies.whole else 1)
    elif not applies or not choosing:
        found.applies = applies
    else:
        found.applies, dates = focus.in_force, ready.pack.in_force
        if found.applies is None and dates is not None:
            found.ask(focus.missing[dates.by], DATE_OF_VERSION)
    return found


def _open(found: Read, made: Compiled) -> Read:
    """A book that does not speak, or of which that is not known yet: then it might govern and bar what its rows can."""
    if found.applies is None:
        found.may_govern |= made.governing
        found.may_bar = made.bars
    return found


def _open_table(found: Read, desk: Desk, made: Compiled, name: str, looked: Looked) -> None:
    """Keep what an undecided table turns on; how many rows an answer rules out at least is its weight, shared by the
    facts that are all needed to tell it."""
    table = made.tables[name]
    in_order = table.table.hit != "collect"
    left = looked.possible if in_order else looked.possible & ~looked.hits
    if not (rows := made.speaking(name, left)):
        return
    asks = []
    for place, ruled_out in zip(looked.unknown, looked.weights, strict=True):
        names = desk.missing[table.columns[place].name]
        asks.append((names, WHOLE * (1 + ruled_out) // len(names), ~table.any_masks[place]))
    found.opened.append(Opened(asks, rows, in_order))


def _state(found: Read, desk: Desk, row: ReadyRow) -> None:
    """What the row that hit says."""
    unsure = row.provisional
    if desk.unsure:
        unsure += tuple(why for column in row.columns for why in desk.unsure.get(column, ()))
    for finding, fixed in row.findings:
        if fixed is not None and unsure is row.provisional:
            found.statements.append(_refusing(fixed, desk))
            continue
        try:
            if finding.condition is not None and not desk.evaluate(finding.condition):
                continue
        except MissingFact as missing:
            found.ask(missing.names, 1)
            continue
        except DoesNotExist:
            continue
        found.statements.append(_statement(found, desk, finding, row.why, unsure))


def _refusing(one: Statement, desk: Desk) -> Statement:
    """A refusal with the way to find out which period that is over it rests on; anything else as it is."""
    if one.kind not in REFUSING:
        return one
    return replace(one, ending=cache(partial(expired, desk, one.why.table, one.why.row)))


def _statement(found: Read, desk: Desk, finding: Finding, why: Why, unsure: tuple[Wording, ...]) -> Statement:
    amounts: dict[str, object] = {}
    missing: dict[str, tuple[str, ...]] = {}
    later: tuple[str, ...] = ()
    none: set[str] = set()
    for name, amount in finding.amounts.items():
        try:
            amounts[name], more = desk.amount(amount)
            unsure += more
        except MissingFact as error:
            if name not in LAST_DAYS or finding.what not in COVERED:
                missing[name] = error.names
                continue
            later, (day, more) = error.names, desk.least(amount)
            unsure += more
            if day is not None:
                amounts[name] = day
        except DoesNotExist:
            none.add(name)
    open_yet: tuple[str, ...] = ()
    if missing or later:
        open_yet = tuple(name for name in finding.amounts if name not in amounts and name not in none)
        if later:
            missing.pop("starts", None)
    waits = tuple(dict.fromkeys(name for names in missing.values() for name in names)) if missing else ()
    if finding.kind == "extra" and "of" in amounts:
        amounts |= _of_the_claim(desk, finding.amounts["of"])
    words = finding.words
    if finding.kind == "proof" and not words["within"]:
        time, words = proof_time(desk, finding, found.optional)
        amounts |= time
    if (start := words.get("from")) is not None:
        ends, more = _deadline_ends(found, desk, str(start), finding)
        amounts |= ends
        unsure += more
    kept = tuple(one for one in dict.fromkeys(unsure) if one.zh) if unsure else ()
    counting = None
    if last := next((name for name in LAST_DAYS if name in amounts and name in finding.amounts), ""):
        counting = partial(_reckoned, desk, finding.amounts[last], amounts[last], later)
    lengthening = tuple(Lengthening(name, desk.facts[name].field.label) for name in later if name in desk.facts)
    reaching = partial(furthest, desk, why.table, why.row) if counting is not None else None
    made = Statement(
        finding.kind, finding.what, why, amounts, words, kept, counting, lengthening, waits, open_yet, reaching=reaching
    )  # fmt: skip
    return _refusing(made, desk)


def _of_the_claim(desk: Desk, amount: Amount) -> dict[str, object]:
    """Of a sum on top with a minimum: what is reckoned for one piece, and the minimum, which is of the whole claim."""
    if amount.at_least is None:
        return {}
    each, _unsure = desk.amount(replace(amount, at_least=None))
    least, _unsure = desk.amount(Amount(amount.at_least))
    return {"each": each, "at_least": least}


def _reckoned(desk: Desk, amount: Amount, day: object, later: tuple[str, ...]) -> Reckoning | None:
    return reckoned(desk_at_least(desk, later, amount) if later else desk, amount, day)


def _deadline_ends(
    found: Read, desk: Desk, start: str, finding: Finding
) -> tuple[dict[str, object], tuple[Wording, ...]]:
    """The last day of a duty that is counted in days from a date; nothing while that date is not known."""
    day = desk.value(start)
    if day is UNKNOWN:
        found.ask(desk.missing[start], ONLY_AN_AMOUNT)
    if not isinstance(day, date):
        return {}, ()
    if (length := finding.words.get("length")) is not None:
        end, guessed = desk.end(day, length, Decimal(0))  # type: ignore[arg-type]
    else:
        reached = desk.calendar.nth_working_day(day, int(finding.words["working_days"]))  # type: ignore[call-overload]
        end, guessed = reached.day, reached.provisional
    return {"ends": end}, (unpublished(end),) if guessed else ()
