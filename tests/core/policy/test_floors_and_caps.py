"""Each floor and each cap of an amount has a case in which it counts and one in which it just does not.

`at_least` and `at_most` of a formula: the minimum of 500 yuan, the highest fee of a car, the last day that a longer
promise moves. Both cases lie beside the bound: one fen, day, month or piece more or less of a single fact brings the
formula onto it or across. Each names the figure in what it expects, so that another bound would be noticed. They stand
in the book itself, where its checks run them, or beside the tests; where a row waits for a setting that the shipped
book has switched off, beside the tests with that setting (`settings:`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.core.policy.worked import Case, cases_of, switched

from tuoshan.core.conditions import Expression, MissingFact
from tuoshan.core.policy.engine.ready import DoesNotExist
from tuoshan.core.policy.engine.valuing import Desk
from tuoshan.core.policy.pack import Finding, Pack, Row, Table
from tuoshan.core.policy.ruling import read
from tuoshan.rulings import files

FEN = Decimal("0.01")
COUNTS, JUST_NOT = "the bound counts", "the bound just does not count"


@dataclass(frozen=True)
class Figure:
    """One thing that a row says with a figure, in the book under whose settings the row can hit."""

    pack: Pack
    table: Table
    row: Row
    finding: Finding

    def __str__(self) -> str:
        return f"{self.pack.name}: {self.table.name}.{self.row.name} {self.finding.kind} {self.finding.what}".rstrip()

    def said(self, desk: Desk) -> bool:
        """Whether the row hits and says it."""
        if not desk.look(self.table.name).hits >> self.table.rows.index(self.row) & 1:
            return False
        return self.finding.condition is None or worked_out(desk, self.finding.condition) is True

    def told(self, case: Case, term: str) -> bool:
        """Whether the case expects a figure for it."""
        expect = case.expect
        match self.finding.kind:
            case "right":
                rights = expect.get("rights", {})
                return isinstance(rights, dict) and term in (rights.get(self.finding.what) or {})
            case "limit":
                return self.finding.what in expect.get("limit", {})
            case "period":
                return term in expect.get("period", {})
            case "governs_after":  # it shows in the law's rights alone; the book itself tells it as its period
                return "ends" in expect.get("period", {})
        return self.finding.kind in expect


@dataclass(frozen=True)
class Bound:
    """A floor or a cap of one figure."""

    figure: Figure
    term: str
    formula: Expression
    bound: Expression
    floor: bool

    def __str__(self) -> str:
        return f"{self.figure} {self.term} {'at least' if self.floor else 'at most'} {self.bound}"

    def missing(self) -> list[str]:
        """The sides on which no case stands."""
        found = {self._side(case) for case in cases_of(self.figure.pack) if case.alone}
        return [side for side in (COUNTS, JUST_NOT) if side not in found]

    def _side(self, case: Case) -> str | None:
        desk = desk_of(self.figure.pack, case)
        if not self.figure.said(desk) or not self.figure.told(case, self.term):
            return None
        much = self._beyond(desk)
        if not much:
            return None
        neighbours = [self._beyond(one) for one in neighbouring(self.figure.pack, case)]
        if much > 0:
            return COUNTS if any(one is not None and one <= 0 for one in neighbours) else None
        return JUST_NOT if any(one is not None and one >= 0 for one in neighbours) else None

    def _beyond(self, desk: Desk) -> Decimal | None:
        """By how much the formula passes the bound: yuan, or days."""
        match worked_out(desk, self.formula), worked_out(desk, self.bound):
            case date() as day, date() as bound:
                above = Decimal((day - bound).days)
            case Decimal() as number, Decimal() as bound:
                above = number - bound
            case _:
                return None
        return -above if self.floor else above


def worked_out(desk: Desk, expression: Expression) -> object:
    try:
        return desk.evaluate(expression)
    except (MissingFact, DoesNotExist):
        return None


def desk_of(pack: Pack, case: Case, **others: object) -> Desk:
    desk = read(pack, {**case.facts, **others}, case.today, choosing=False).desk
    assert desk is not None
    return desk


def neighbouring(pack: Pack, case: Case) -> Iterator[Desk]:
    """The same case with one number or day a smallest step away."""
    for name, value in case.facts.items():
        fact = pack.facts.get(name)
        if fact is None:
            continue
        if isinstance(value, date):
            sides: list[object] = [value + timedelta(days=1), value - timedelta(days=1)]
        elif isinstance(value, Decimal):
            step = Decimal(1) if fact.whole or name.endswith("_km") else FEN
            sides = [value + step, value - step]
        else:
            continue
        for side in sides:
            yield desk_of(pack, case, **{name: side})


def figures() -> Iterator[Figure]:
    for pack in files.packaged():
        for table in pack.tables.values():
            for row in table.rows:
                for finding in row.findings:
                    if finding.amounts:
                        yield Figure(switched(pack, asked_for(pack, table, row)), table, row, finding)


def asked_for(pack: Pack, table: Table, row: Row) -> dict[str, object]:
    """The settings, other than the shipped ones, without which a row cannot hit."""
    cells = zip(table.columns, row.cells, strict=True)
    named = ((pack.settings[column.name], cell) for column, cell in cells if column.name in pack.settings)
    return {one.name: not one.value for one, cell in named if cell is not None and not cell.holds(one.value)}


def bounds() -> Iterator[Bound]:
    for figure in figures():
        for term, amount in figure.finding.amounts.items():
            if amount.at_least is not None:
                yield Bound(figure, term, amount.of, amount.at_least, floor=True)
            if amount.at_most is not None:
                yield Bound(figure, term, amount.of, amount.at_most, floor=False)


@pytest.mark.parametrize("bound", list(bounds()), ids=str)
def test_a_case_stands_on_each_side_of_a_floor_and_of_a_cap(bound: Bound) -> None:
    assert not bound.missing()


@pytest.mark.parametrize("figure", [one for one in figures() if one.finding.kind == "limit"], ids=str)
def test_a_case_names_what_staff_may_go_to(figure: Figure) -> None:
    """Nothing in a ruling is held against such a limit, so it has no sides; what it is must be told."""
    pack = figure.pack
    assert any(figure.told(case, "of") and figure.said(desk_of(pack, case)) for case in cases_of(pack) if case.alone)
