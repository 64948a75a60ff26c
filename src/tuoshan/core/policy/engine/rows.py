"""What the rows of a pack say, made ready once: what each reads, and its statements as far as no fact changes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from tuoshan.core.conditions.syntax import Literal
from tuoshan.core.money import round_to_fen
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.engine.compiled import CompiledTable
from tuoshan.core.policy.engine.ready import Ready, make_ready
from tuoshan.core.policy.pack import MOVING, Amount, Finding, Pack, Row, Table
from tuoshan.core.policy.statements import Statement, Why


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """What a row says, as far as it is the same for all facts: what it reads, and statements without figures."""

    columns: tuple[str, ...]
    """The columns on which it has a cell."""
    why: Why
    provisional: tuple[Wording, ...]
    findings: tuple[tuple[Finding, Statement | None], ...]

    @property
    def governs(self) -> frozenset[str]:
        """The remedies for which it stands in the place of what is given where no rule is."""
        return frozenset(finding.what for finding, _ in self.findings if finding.kind == "governs")

    @property
    def bars(self) -> bool:
        """Whether nothing that its layer and lower ones give stands beside it."""
        return any(finding.kind == "bars" for finding, _ in self.findings)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pack made ready, and what its rows say."""

    ready: Ready
    rows: Mapping[str, tuple[ReadyRow, ...]]
    governing: frozenset[str]
    """The remedies that any of its rows governs."""
    bars: bool
    """Whether any of its rows bars what lower layers give."""
    weighty: Mapping[str, int]
    """The rows of a table that govern or bar something."""
    left: dict[tuple[str, int], tuple[tuple[int, ReadyRow], ...]] = field(default_factory=dict, compare=False)
    """By a table and a mask of its rows these rows by their place, as far as they were wanted; none where none of them
    says anything."""

    @property
    def tables(self) -> Mapping[str, CompiledTable]:
        return self.ready.tables

    def rows_of(self, table: str, mask: int) -> Iterator[ReadyRow]:
        """The rows of a mask."""
        return (row for place, row in enumerate(self.rows[table]) if mask >> place & 1)

    def speaking(self, table: str, mask: int) -> tuple[tuple[int, ReadyRow], ...]:
        """The rows of a mask by their place; none where none of them says anything."""
        key = (table, mask)
        found = self.left.get(key)
        if found is None:
            rows = tuple((place, row) for place, row in enumerate(self.rows[table]) if mask >> place & 1)
            found = self.left[key] = rows if any(row.findings for _place, row in rows) else ()
        return found


@lru_cache(maxsize=256)
def compiled(pack: Pack) -> Compiled:
    """The pack made ready; the same pack once."""
    rows = {name: tuple(_ready(pack, table, row) for row in table.rows) for name, table in pack.tables.items()}
    governing = frozenset(what for listed in rows.values() for row in listed for what in row.governs)
    bars = any(row.bars for listed in rows.values() for row in listed)
    weighty = {
        name: sum(1 << place for place, row in enumerate(listed) if row.governs or row.bars)
        for name, listed in rows.items()
    }
    return Compiled(make_ready(pack), rows, governing, bars, weighty)


def _ready(pack: Pack, table: Table, row: Row) -> ReadyRow:
    columns = tuple(column.name for column, cell in zip(table.columns, row.cells, strict=True) if cell is not None)
    unsure = [pack.clauses[name].provisional for name in row.clauses]
    used = (pack.settings[name] for name in columns if name in pack.settings)
    unsure += [setting.provisional for setting in used if setting.value is not False]
    provisional = tuple(one for one in dict.fromkeys(unsure) if one.zh)
    why = Why(pack, table.name, row.name, row.clauses, row.because, row.findings)
    findings = [(one, _fixed(one, why, provisional)) for one in _of_remedies(row)]
    return ReadyRow(columns, why, provisional, tuple(findings))


def _of_remedies(row: Row) -> Iterator[Finding]:
    """What the row finds; who bears a leg beside a remedy that the row gives bears it for that remedy, and who bears it
    beside a refusal does so because nothing is due."""
    given = tuple(one.what for one in row.findings if one.kind == "right")
    refuses = not given and any(one.kind in ("no_right", "bars") for one in row.findings)
    for one in row.findings:
        if one.kind in MOVING and given and "for" not in one.words:
            yield replace(one, words={**one.words, "for": given})
        elif one.kind == "freight" and refuses:
            yield replace(one, words={**one.words, "refused": True})
        else:
            yield one


def _fixed(finding: Finding, why: Why, provisional: tuple[Wording, ...]) -> Statement | None:
    """The statement of a finding on which no fact has any influence."""
    if finding.condition is not None or finding.words.get("from") or finding.kind == "proof":
        return None
    amounts = {name: _constant(amount) for name, amount in finding.amounts.items()}
    if None in amounts.values():
        return None
    return Statement(finding.kind, finding.what, why, amounts, finding.words, provisional)


def _constant(amount: Amount) -> Decimal | None:
    """An amount that is but a number."""
    tree = amount.of.tree
    if amount.at_least is not None or amount.at_most is not None or not isinstance(tree, Literal):
        return None
    return round_to_fen(tree.value) if isinstance(tree.value, Decimal) else None
