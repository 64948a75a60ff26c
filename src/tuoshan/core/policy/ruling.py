"""Ruling: what a pack, or all packs that apply, say about given facts on a given day. Pure.

    rule(pack, facts, on) -> Ruling
    rule_all(packs, facts, on) -> Ruling

The same facts give the same ruling on any machine: nothing but the packs, the facts, the day and the published
holidays is read. Facts must have passed `facts.read_facts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from tuoshan.core.conditions import MissingFact
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.compiled import ABSENT, UNKNOWN, CompiledTable, Looked
from tuoshan.core.policy.pack import Clause, Finding, InForce, Pack, Row
from tuoshan.core.policy.statements import Ruling, Statement, Why, put_together
from tuoshan.core.policy.table_reading import clause_column
from tuoshan.core.policy.valuing import UNPUBLISHED, Desk, DoesNotExist
from tuoshan.core.worktime import WorkCalendar, standard_cn

DATE_OF_VERSION = 100
"""How much the date weighs that decides whether a pack speaks at all: more than any row."""
ONLY_AN_AMOUNT = 0
"""What a fact weighs on which nothing turns but a figure."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pack with its tables made ready, and which table gives which output."""

    pack: Pack
    tables: Mapping[str, CompiledTable]
    outputs: Mapping[str, str]


@lru_cache(maxsize=256)
def compiled(pack: Pack) -> Compiled:
    """The pack made ready; the same pack once."""
    tables = {name: CompiledTable(table) for name, table in pack.tables.items()}
    outputs = {output.name: name for name, table in pack.tables.items() for output in table.outputs}
    return Compiled(pack, tables, outputs)


@dataclass(slots=True)
class Read:
    """One pack read against facts: its statements, its open questions, and the desk for whoever asks why."""

    pack: Pack
    statements: list[Statement] = field(default_factory=list)
    questions: dict[str, int] = field(default_factory=dict)
    desk: Desk | None = None
    applies: bool | None = True
    """None: not known yet."""

    def ask(self, names: Iterable[str], weight: int) -> None:
        for name in names:
            self.questions[name] = self.questions.get(name, 0) + weight


def rule(pack: Pack, facts: Mapping[str, object], on: date, calendar: WorkCalendar | None = None) -> Ruling:
    """What one pack says, whether or not it would be chosen for these facts."""
    return put_together([read(pack, facts, on, calendar, choosing=False)], facts, on)


def rule_all(
    packs: Sequence[Pack], facts: Mapping[str, object], on: date, calendar: WorkCalendar | None = None
) -> Ruling:
    """What all packs that apply say, put together by precedence."""
    reads = [read(pack, facts, on, calendar) for pack in packs]
    return put_together([one for one in reads if one.applies is not False], facts, on)


def read(
    pack: Pack, facts: Mapping[str, object], on: date, calendar: WorkCalendar | None = None, *, choosing: bool = True
) -> Read:
    """Read one pack. With `choosing` its `applies` and its version's dates are judged first."""
    ready = compiled(pack)
    desk = Desk(pack, ready.tables, ready.outputs, facts, on, calendar or standard_cn())
    found = Read(pack, desk=desk)
    if choosing and not _chosen(found, desk):
        return found
    for clause in _dated(pack):
        _judge_clause(desk, clause)
    for name, table in ready.tables.items():
        looked = desk.look(name)
        if looked.unknown:
            _ask(found, desk, table, looked)
        for row in table.rows_of(looked.hits):
            _state(found, desk, table, row)
    return found


def _chosen(found: Read, desk: Desk) -> bool:
    """Whether the pack speaks in this matter and this version is in force; what is not known yet is asked."""
    pack = found.pack
    try:
        if pack.applies is not None and not desk.evaluate(pack.applies):
            found.applies = False
            return False
    except DoesNotExist:
        found.applies = False
        return False
    except MissingFact as missing:
        found.applies = None
        found.ask(missing.names, DATE_OF_VERSION)
        return False
    holds = in_force(desk, pack.in_force)
    if holds is not True:
        found.applies = holds
        if holds is None and pack.in_force is not None:
            found.ask(desk.missing[pack.in_force.by], DATE_OF_VERSION)
        return False
    return True


def in_force(desk: Desk, dates: InForce | None) -> bool | None:
    """Whether something holds on its own date; None while that date is not known."""
    if dates is None:
        return True
    day = desk.value(dates.by)
    if day is UNKNOWN:
        return None
    return isinstance(day, date) and dates.holds(day)


@lru_cache(maxsize=256)
def _dated(pack: Pack) -> tuple[Clause, ...]:
    return tuple(clause for clause in pack.clauses.values() if clause.in_force is not None)


def _judge_clause(desk: Desk, clause: Clause) -> None:
    holds, column = in_force(desk, clause.in_force), clause_column(clause.name)
    desk.known[column] = UNKNOWN if holds is None else holds
    if holds is None and clause.in_force is not None:
        desk.missing[column] = desk.missing[clause.in_force.by]


def _ask(found: Read, desk: Desk, table: CompiledTable, looked: Looked) -> None:
    """Ask what an undecided table turns on; how many rows an answer rules out at least is its weight."""
    for place in looked.unknown:
        name = table.columns[place][0]
        weight = 1 + table.least_ruled_out(looked, place)
        found.ask(desk.missing[name], weight)


def _state(found: Read, desk: Desk, table: CompiledTable, row: Row) -> None:
    """What the row that hit says."""
    pack, clauses = found.pack, tuple(desk.pack.clauses[name] for name in row.clauses)
    columns = [column for column, *_ in table.columns]
    read = [column for column, cell in zip(columns, row.cells, strict=True) if cell is not None]
    unsure = [clause.provisional for clause in clauses if clause.provisional.zh]
    unsure += [why for column in read for why in desk.unsure.get(column, ())]
    unsure += [pack.settings[name].provisional for name in read if name in pack.settings]
    why = Why(pack, table.table.name, row.name, tuple(clause.name for clause in clauses), row.because)
    for finding in row.findings:
        try:
            if finding.condition is not None and not desk.evaluate(finding.condition):
                continue
        except MissingFact as missing:
            found.ask(missing.names, 1)
            continue
        except DoesNotExist:
            continue
        found.statements.append(_statement(found, desk, finding, why, tuple(unsure)))
    if not row.findings and row.clauses and not row.outputs:
        found.statements.append(Statement("note", "", why, {}, {}, tuple(unsure)))


def _statement(found: Read, desk: Desk, finding: Finding, why: Why, unsure: tuple[Wording, ...]) -> Statement:
    amounts: dict[str, object] = {}
    for name, amount in finding.amounts.items():
        try:
            amounts[name], more = desk.amount(amount)
            unsure += more
        except MissingFact as missing:
            found.ask(missing.names, ONLY_AN_AMOUNT)
        except DoesNotExist:
            continue
    if (start := finding.words.get("from")) is not None:
        ends, more = _deadline_ends(found, desk, str(start), finding)
        amounts |= ends
        unsure += more
    kept = tuple(one for one in dict.fromkeys(unsure) if one.zh)
    return Statement(finding.kind, finding.what, why, amounts, finding.words, kept)



def _deadline_ends(found: Read, desk: Desk, start: str, finding: Finding) -> tuple[dict[str, object], tuple[Wording, ...]]:
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
    return {"ends": end}, (UNPUBLISHED,) if guessed else ()
