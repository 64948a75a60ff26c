"""A proposal held against what was ruled in its case: giving less is deciding otherwise, and that needs an override.
What its words say must be what its sum says.

Asked inside the write path, so that the desk, the API and whoever else proposes are held to the same.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tuoshan.cases.forms import words
from tuoshan.cases.models import Words as StoredWords
from tuoshan.cases.orders import Order
from tuoshan.core import ceilings
from tuoshan.core.case import CaseState, Json, Refusal
from tuoshan.core.facts import Words
from tuoshan.core.money import format_money
from tuoshan.core.playbook import Playbook
from tuoshan.core.policy import costing
from tuoshan.punctuation import in_brackets, in_turn, listed, titled
from tuoshan.rulings import amounts_in_words, keeping, proposing
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.proposing import Proposal, called, departed, names_of, pieces_of

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
    """Why a command may not leave a case with this proposal: it is less than the rulings that count there give, or its
    words name another sum than its amount.

    What somebody decided instead of a ruling, with a reason and below the law as a supervisor, is enough as well.
    """
    fields = Proposal.of(playbook)
    if order.kind not in PROPOSING or not _touches(order, fields.remedies, fields.amount, fields.words):
        return None
    remedies, amount = after.facts.get(fields.remedies), after.facts.get(fields.amount)
    if not isinstance(remedies, list | tuple) or not isinstance(amount, Decimal):
        return None
    rows = keeping.standing(case_id)
    if _touches(order, fields.remedies, fields.amount):
        titles = {choice.value: words(choice.title) for choice in playbook.facts[fields.remedies].choices}
        lines = [_enough(row, set(titles)) for row in rows]
        least = _least(lines, set(remedies))
        given = amount + _given_back(playbook, fields, after)
        if least is None or given < least:
            lacking = _lacking(rows, lines, set(remedies), titles) if least is None else _too_little(least, given)
            return _less(rows, lacking, _paid_otherwise(rows, playbook, fields, after))
    return _words_differ(rows, _words(case_id, order, fields, after), fields, amount)


def _words_differ(rows: Sequence[KeptRuling], said: str, fields: Proposal, amount: Decimal) -> Refusal | None:
    """The customer reads both; where the case has a ruling, its figures are what they are made of."""
    if not rows or not (others := amounts_in_words.others(said, amount, pieces_of(rows))):
        return None
    return Refusal("words_name_another_amount", {
        "words": fields.words, "fact": fields.amount, "amount": f"{amount:.2f}",
        "named": [f"{one:.2f}" for one in others],
    })  # fmt: skip


def _words(case_id: int, order: Order, fields: Proposal, case: CaseState) -> str:
    """The proposal in words: as the command says it, else as it stands in the case; empty where it was erased."""
    told = _named_in(order).get(fields.words)
    if isinstance(told, str):
        return told
    known = case.facts.get(fields.words)
    if not isinstance(known, Words):
        return ""
    row = StoredWords.objects.filter(case_id=case_id, ref=known.ref, erased_at__isnull=True).first()
    return row.text if row is not None else ""


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


def _named_in(order: Order) -> Mapping[str, Any]:
    """The fields that a command fills in."""
    changes = order.values.get("changes")
    return changes if isinstance(changes, dict) else order.values


def _touches(order: Order, *fields: str) -> bool:
    named = _named_in(order)
    return any(field in named for field in fields)


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
    instead = keeping.departure(row)
    if instead is not None:
        decided = Enough(tuple(names_of(instead.remedy, offered)), instead.amount or ZERO)
        return Line((*enough, decided), (*due, decided))
    return Line(tuple(enough) or (Enough((), extra),), tuple(due))


def _less(rows: Sequence[KeptRuling], lacking: str, otherwise: Mapping[str, Json]) -> Refusal:
    """`said`: line by line what counts, a departure where there is one; `lacking`: what is missing, as a sentence."""
    instead = [keeping.departure(row) for row in rows]
    told = [
        _("已决定改为%(remedy)s") % {"remedy": departed(row, one)} if one is not None else keeping.said(row)
        for row, one in zip(rows, instead, strict=True)
    ]  # fmt: skip
    several = len(rows) > 1 or any(row.quantity > 1 for row in rows)
    said = listed(in_brackets(called(row), one) for row, one in zip(rows, told, strict=True)) if several else told[0]
    return Refusal("below_ruling", {
        "rulings": [str(row.pk) for row in rows], "said": said, "lacking": lacking,
        "departed": any(one is not None for one in instead), **otherwise,
    })  # fmt: skip


def _lacking(rows: Sequence[KeptRuling], lines: Sequence[Line], remedies: Set[str], titles: Mapping[str, str]) -> str:
    """Of which lines no remedy is named that is enough, and which would be, with the least for all their pieces."""
    missing = []
    for row, line in zip(rows, lines, strict=True):
        if any(not one.names or not remedies.isdisjoint(one.names) for one in line.enough):
            continue
        choices = dict.fromkeys(
            f"{titles[one.names[0]]} {format_money(one.least)}" if one.least else titles[one.names[0]]
            for one in line.enough
        )
        missing.append(titled(called(row), _("要选%(choices)s") % {"choices": _("或").join(choices)}))
    return _("处理方式里还缺：%(missing)s。") % {"missing": in_turn(missing)}


def _too_little(least: Decimal, given: Decimal) -> str:
    return _("合计至少要 %(least)s，现在是 %(given)s，还差 %(short)s。") % {
        "least": format_money(least), "given": format_money(given), "short": format_money(least - given),
    }  # fmt: skip
