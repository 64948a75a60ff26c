"""Which questions are open: what could still change the answer, the most deciding first.

A table that is not decided asks for what its rows turn on, but only for rows that would say something which does not
stand already: a further ground for what is due, or a further refusal of what another layer gives, is asked of nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tuoshan.core.policy.pack import BEARERS, PUTTING_RIGHT, Amount, Finding, Pack
from tuoshan.core.policy.statements import Chosen, Question, Right, Statement

if TYPE_CHECKING:
    from tuoshan.core.policy.engine.rows import ReadyRow
    from tuoshan.core.policy.ruling import Read

COST: Mapping[str, int] = {name: place for place, name in enumerate(BEARERS)}
"""How much it costs the consumer that somebody bears something: the more, the higher."""
WHOLE = 60
"""The weight of one row, so that several facts may share it without fractions."""
SEEN = 2 * WHOLE
"""By how much what is seen on the thing itself goes before what else is asked: by two rows."""
LENGTHENS = -WHOLE
"""By how much what only lengthens a period comes after what else is asked: by one row."""
WORDS_ALONE = ("note", "outside", "stated")
"""What adds nothing to an answer that there is."""
IDLE_WHERE_BARRED = ("right", "floor", "no_right", "governs", "governs_after", "period", "extra", "deduct", "freight")
"""What changes nothing where the law's own book bars whatever is given: a claim in bad faith has nothing."""
MONEY_BACK = ("refund", "return")
"""Remedies whose amount is the price, or part of it, from which a gift's value may be taken."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A table that is not decided: what it would ask, and the rows that may still hit."""

    asks: Sequence[tuple[tuple[str, ...], int, int]]
    """For a column that is not known: the facts to ask for, its weight, and the rows that have a cell in it."""
    rows: Sequence[tuple[int, ReadyRow]]
    """By their place."""
    in_order: bool
    """Whether a row hits only where those above it do not."""


@dataclass(frozen=True, slots=True)
class SoFar:
    """The answer as it stands, against which open rows are held."""

    rights: Mapping[str, Right]
    refused: frozenset[str]
    borne: Mapping[str, Mapping[str, Chosen]]
    """By kind: freight, risk, pays."""
    governed: frozenset[str]
    upheld: frozenset[str]
    """Remedies of the law that no shorter agreement ends, for a book's own guarantee runs."""
    barred_from: int
    """The rank from which on nothing is given."""
    takes_off: bool
    """Whether something is taken off an amount."""
    periods: frozenset[str]
    in_full: frozenset[str]
    """Remedies of which the law says that the whole price is paid back wherever they are due."""

    def adds(self, finding: Finding, rank: int) -> bool:
        """Whether a finding of a row that is still open would change the answer."""
        what = finding.what
        if not self.barred_from and finding.kind in IDLE_WHERE_BARRED:
            return False
        match finding.kind:
            case "right":
                if finding.words.get("where_none_governs") and what in self.governed:
                    return False
                if finding.words.get("where_upheld") and what not in self.upheld:
                    return False
                return rank < self.barred_from and not self._as_good(what, finding)
            case "floor":
                return what in self.rights and not self._as_good(what, finding)
            case "no_right":
                return not (what in self.rights or what in self.refused or (what == "all" and self.rights))
            case "governs":
                return what not in self.governed and what not in self.rights
            case "governs_after":
                return not (what in self.upheld or what in self.governed or what in self.rights)
            case "freight" | "risk" if self.rights:
                return self._cheaper(finding)
            case "freight" | "risk" | "pays":
                chosen = self.borne[finding.kind].get(what)
                return chosen is None or COST[str(chosen.value)] > COST[str(finding.words["by"])]
            case "period":
                return not self.rights and what not in self.periods
            case "for":
                return False
        return finding.kind not in WORDS_ALONE or not (self.rights or self.refused)

    def _cheaper(self, finding: Finding) -> bool:
        """Whether some remedy that is due, of those it concerns, would cost the consumer less on the way, or says
        nothing of that leg yet."""
        if "refused" in finding.words and any(one in self.rights for one in PUTTING_RIGHT):
            return False
        named = finding.words.get("for", tuple(self.rights))
        legs = [right.freight if finding.kind == "freight" else right.risk for remedy, right in self.rights.items()
                if remedy in named]  # type: ignore[operator]  # fmt: skip
        return any(
            finding.what not in one or COST[str(one[finding.what].value)] > COST[str(finding.words["by"])]
            for one in legs
        )

    def _as_good(self, remedy: str, finding: Finding) -> bool:
        """Whether the remedy is due already, in full and free, or on the same terms."""
        right = self.rights.get(remedy)
        if right is None:
            return False
        amount, fee = finding.amounts.get("amount"), finding.amounts.get("fee")
        if right.fee and not (isinstance(fee, Amount) and fee.of.text == "fee"):
            return False
        if amount is None:
            return True
        if remedy in MONEY_BACK and self.takes_off:
            return False
        return remedy in self.in_full or any(as_much(one, amount) for one in right.given_by)


def as_much(one: Statement, amount: Amount | None = None) -> bool:
    """Whether a statement gives the whole price, of which none gives more, or says this very amount."""
    given = next(
        (found.amounts["amount"] for found in one.why.findings
         if found.kind == one.kind and found.what == one.what and "amount" in found.amounts), None,
    )  # fmt: skip
    if given is None:
        return False
    return given == amount or (given == Amount(given.of) and given.of.text == "paid")


def questions(reads: Sequence[Read], statements: Iterable[Statement], so_far: SoFar) -> tuple[Question, ...]:
    """The facts to ask for, the one that decides most first; facts of equal weight as the packs list them. What
    is seen on the thing itself decides which remedy it is, and comes before an exclusion of somewhat more weight, which
    is seldom so; what only lengthens a period comes after what is as weighty."""
    waiting: dict[str, list[str]] = {}
    for one in statements:
        if one.waits:
            waiting.setdefault(one.why.pack.key, []).extend(one.waits)
    weights: dict[str, int] = {}
    packs: dict[str, list[str]] = {}
    for read in reads:
        asked = {name: weight * WHOLE for name, weight in read.questions.items()}
        for opened in read.opened:
            _ask(opened, read.pack.rank, so_far, asked)
        for name in waiting.get(read.pack.key, ()):
            asked.setdefault(name, 0)
        for name, weight in asked.items():
            weights[name] = weights.get(name, 0) + weight
            packs.setdefault(name, []).append(read.pack.key)
    if not weights:
        return ()
    places, leads = _order(tuple([read.pack for read in reads]))
    names = sorted(weights, key=lambda name: (-weights[name] - leads.get(name, 0), places.get(name, 0), name))
    return tuple([Question(name, -(-weights[name] // WHOLE), tuple(packs[name])) for name in names])


def _ask(opened: Opened, rank: int, so_far: SoFar, asked: dict[str, int]) -> None:
    """Add what an open table asks for, for the sake of the rows that would add something."""
    rows = last = 0
    for place, row in opened.rows:
        for one, _fixed in row.findings:
            if so_far.adds(one, rank) or (one.kind == "period" and row.provisional):
                rows |= 1 << place
                last = place
                break
    if not rows:
        return
    if opened.in_order:
        rows = sum(1 << place for place, _row in opened.rows if place <= last)
    for names, weight, turning in opened.asks:
        if turning & rows:
            for name in names:
                asked[name] = asked.get(name, 0) + weight


@lru_cache(maxsize=256)
def _order(packs: tuple[Pack, ...]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Where these packs, the highest first, list their facts: of several the highest that knows a fact counts; and by
    how much facts are asked before or after their weight."""
    places: dict[str, int] = {}
    leads: dict[str, int] = {}
    for pack in reversed(packs):
        places |= {name: place for place, name in enumerate(pack.facts)}
    for pack in packs:
        leads |= {
            name: SEEN if fact.seen else LENGTHENS for name, fact in pack.facts.items() if fact.seen or fact.lengthens
        }
    return places, leads
