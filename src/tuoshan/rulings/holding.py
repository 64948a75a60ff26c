"""A proposal held against what was ruled in its case: giving less is deciding otherwise, and that needs an override.

Asked inside the write path, so that the desk, the API and whoever else proposes are held to the same.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from tuoshan.cases.orders import Order
from tuoshan.core import ceilings
from tuoshan.core.case import CaseState, Json, Refusal
from tuoshan.core.playbook import Playbook
from tuoshan.core.policy import costing
from tuoshan.punctuation import in_turn
from tuoshan.rulings import keeping, proposing
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.proposing import Proposal, names_of

ZERO = Decimal("0.00")
PROPOSING = ("act", "task", "correct")
"""The commands that may say what the customer gets."""


@dataclass(frozen=True, slots=True)
class Enough:
    """One thing that is enough for a line: how a proposal may call it (any of these), and the least amount."""

    names: tuple[str, ...]
    least: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """What is enough for a line, and all that may be given for it: each that a proposal names is given for one."""

    enough: tuple[Enough, ...]
    due: tuple[Enough, ...]


def less_than_ruled(case_id: int, order: Order, playbook: Playbook, after: CaseState) -> Refusal | None:
    """Why a command may not leave a case with this proposal: it is less than the rulings that count there give.

    What somebody decided instead of a ruling, with a reason and below the law as a supervisor, is enough as well.
    """
    fields = Proposal.of(playbook)
    if order.kind not in PROPOSING or not _proposes(order, fields):
        return None
    remedies, amount = after.facts.get(fields.remedies), after.facts.get(fields.amount)
    if not isinstance(remedies, list | tuple) or not isinstance(amount, Decimal):
        return None
    offered = {choice.value for choice in playbook.facts[fields.remedies].choices}
    rows = keeping.standing(case_id)
    least = _least([_enough(row, offered) for row in rows], set(remedies))
    if least is not None and amount + _given_back(playbook, fields, after) >= least:
        return None
    return _less(rows, _paid_otherwise(rows, playbook, fields, after))


def _given_back(playbook: Playbook, fields: Proposal, case: CaseState) -> Decimal:
    """Money back that the case has paid out already: it counts for what was ruled as it counts against the ceiling."""
    return ceilings.spent(playbook, case, fields.money_back) if fields.money_back in playbook.facts else ZERO


def _paid_otherwise(
    rows: Sequence[KeptRuling], playbook: Playbook, fields: Proposal, case: CaseState
) -> dict[str, Json]:
    """Both figures where less was paid by the case than the rulings rest on: then no sum can keep to both, and one of
    the two is to be put right first."""
    known = ceilings.bound(playbook, case, fields.money_back, leaving=fields.amount)
    ruled = proposing.of_all(rows, "paid")
    if known is None or ruled is None or Decimal(ruled) <= known:
        return {}
    return {"case_paid": f"{known:f}", "ruled_paid": ruled}


def _proposes(order: Order, fields: Proposal) -> bool:
    changes = order.values.get("changes")
    named: Collection[str] = changes if isinstance(changes, dict) else order.values
    return fields.remedies in named or fields.amount in named


def _least(lines: Sequence[Line], remedies: Set[str]) -> Decimal | None:
    """The least amount with which these remedies are enough for every line; None where for some they never are.

    For each line the cheapest remedy that is named counts; but each that is named is given for one line at least.
    """
    cheapest = []
    for line in lines:
        named = [one.least for one in line.enough if not one.names or not remedies.isdisjoint(one.names)]
        if not named:
            return None
        cheapest.append(min(named))
    dearer = [
        min(one.least - cheapest[place] for place, line in enumerate(lines) for one in line.due
            if one.names[:1] == (name,))
        for name in remedies if any(one.names[:1] == (name,) for line in lines for one in line.due)
    ]  # fmt: skip
    return sum(cheapest, ZERO) + max([ZERO, *dearer])


def _enough(row: KeptRuling, offered: set[str]) -> Line:
    """What is enough for one line: what is by the law, where it gives something, else any remedy that is due; and what
    was decided instead last."""
    extra = keeping.on_top_of(row)

    def called(remedy: str, amount: Decimal) -> Enough:
        return Enough(tuple(names_of(remedy, offered)), amount * row.quantity + extra)

    given = costing.due_in(keeping.result_of(row))
    rights = {one.remedy: one.amount + costing.with_it(one.remedy, given) for one in given}
    due = [called(remedy, amount) for remedy, amount in rights.items()]
    by_law = keeping.enough_by_law(row)
    ruled = [called(remedy, least) for remedy, least in by_law.items() if remedy in rights] if by_law else due
    as_good = [called(remedy, least) for remedy, least in by_law.items() if remedy not in rights]
    enough = [one for one in ruled if one.names] or ruled
    enough += [one for one in as_good if one.names]
    instead = row.overrides.order_by("-id").first()
    if instead is not None:
        decided = Enough(tuple(names_of(instead.remedy, offered)), instead.amount or ZERO)
        return Line((*enough, decided), (*due, decided))
    return Line(tuple(enough) or (Enough((), extra),), tuple(due))


def _less(rows: Sequence[KeptRuling], otherwise: Mapping[str, Json]) -> Refusal:
    said = in_turn(keeping.said(row) for row in rows)
    return Refusal("below_ruling", {"rulings": [str(row.pk) for row in rows], "said": said, **otherwise})
