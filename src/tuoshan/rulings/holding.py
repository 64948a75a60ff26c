"""A proposal held against what was ruled in its case: giving less is deciding otherwise, and that needs an override.
What its words say must be what its sum says.

Asked inside the write path, so that the desk, the API and whoever else proposes are held to the same.
"""

from collections.abc import Callable, Mapping, Sequence, Set
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
from tuoshan.core.policy.engine import costing
from tuoshan.punctuation import in_brackets, in_turn, listed, sentences, titled
from tuoshan.rulings import amounts_in_words, keeping, proposing
from tuoshan.rulings.models import KeptRuling
from tuoshan.rulings.proposing import Proposal, called, departed, names_of, pieces_of

ZERO = Decimal("0.00")
PROPOSING = ("act", "task", "correct")
"""The commands that may say what the customer gets."""


@dataclass(frozen=True, slots=True)
class Enough:
    """One thing that is enough for a line: how a proposal may call it (any of these), the least amount, and what of
    that gives back the price."""

    names: tuple[str, ...]
    least: Decimal
    back: Decimal = ZERO
    chosen: bool = False
    """Whether it is what the customer chose on the bench, or what was decided instead."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is enough for a line, and all that may be given for it: each that a proposal names is given for one."""

    enough: tuple[Enough, ...]
    due: tuple[Enough, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """The least that a proposal comes to, and for which remedy of each line."""

    least: Decimal = ZERO
    lines: tuple[Enough, ...] = ()

    def more(self, amount: Decimal, one: Enough) -> "Owed":
        """With one more line."""
        return Owed(self.least + amount, (*self.lines, one))


def less_than_ruled(case_id: int, order: Order, playbook: Playbook, after: CaseState) -> Refusal | None:
    """Why a command may not leave a case with this proposal: it is less than the rulings that count there give, or its
    words name another sum than its amount.

    What somebody decided instead of a ruling, with a reason and below the law as a supervisor, is enough as well.
    """
    fields = Proposal.of(playbook)
    if order.kind not in PROPOSING or not _touches(
        order, fields.remedies, fields.amount, fields.money_back, fields.words
    ):
        return None
    remedies, amount = after.facts.get(fields.remedies), after.facts.get(fields.amount)
    if not isinstance(remedies, list | tuple) or not isinstance(amount, Decimal):
        return None
    rows = keeping.standing(case_id)
    if _touches(order, fields.remedies, fields.amount, fields.money_back):
        titles = {choice.value: words(choice.title) for choice in playbook.facts[fields.remedies].choices}
        giving_back = proposing.gives_money_back(playbook.facts.get(fields.money_back), fields.remedies)
        lines = [enough_for(row, set(titles), giving_back) for row in rows]
        lacking = _lacking(rows, lines, set(remedies), titles)
        if not lacking and rows:
            before = _given_back(playbook, fields, after)
            lacking = _too_little(rows, least_of(lines, set(remedies)), amount + before, titles)
            back = after.facts.get(fields.money_back)
            if not lacking and isinstance(back, Decimal):
                lacking = _too_little_back(back_of(lines, set(remedies)), back + before)
        if lacking:
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


def least_of(lines: Sequence[Line], remedies: Set[str]) -> Owed:
    """The least amount with which these remedies are enough for every line: what the customer chose for it, or what was
    decided instead, where that is named; else the cheapest that is. Each that is named is given for one line at least.
    """
    return _cheapest(lines, remedies, lambda one: one.least)


def back_of(lines: Sequence[Line], remedies: Set[str]) -> Decimal:
    """The least of that which gives back the price."""
    return _cheapest(lines, remedies, lambda one: one.back).least


def _cheapest(lines: Sequence[Line], remedies: Set[str], price: Callable[[Enough], Decimal]) -> Owed:
    """By which of them are covered by the lines so far: a line for which so much is given may have any that costs no
    more, so that the ways for a line are the prices of what is due there."""
    named = [name for name in sorted(remedies) if any(_is_called(one, name) for line in lines for one in line.due)]
    found = {frozenset[str](): Owed()}
    for line in lines:
        base = min(_given(line, remedies), key=price)
        dearer = [one for one in line.due if price(one) > price(base) and any(_is_called(one, name) for name in named)]
        ways = {one: _covered(line, named, price, price(one)) for one in (base, *dearer)}
        further: dict[frozenset[str], Owed] = {}
        for covered, owed in found.items():
            for one, more in ways.items():
                either, sum_of_both = covered | more, owed.more(price(one), one)
                if either not in further or sum_of_both.least < further[either].least:
                    further[either] = sum_of_both
        found = further
    return found[frozenset(named)]


def _given(line: Line, remedies: Set[str]) -> list[Enough]:
    """What of the remedies named is enough for the line; that which was chosen alone, where it is among them."""
    enough = [one for one in line.enough if not one.names or not remedies.isdisjoint(one.names)]
    return [one for one in enough if one.chosen] or enough


def _covered(
    line: Line, named: Sequence[str], price: Callable[[Enough], Decimal], most: Decimal
) -> frozenset[str]:
    return frozenset(
        name for name in named if any(_is_called(one, name) and price(one) <= most for one in line.due)
    )


def _is_called(one: Enough, name: str) -> bool:
    """Whether this is how a proposal calls it first."""
    return one.names[:1] == (name,)


def enough_for(row: KeptRuling, offered: set[str], giving_back: Set[str]) -> Line:
    """What is enough for one line: what is by the law, where it gives something, else any remedy that is due; and what
    was decided instead last."""
    extra = keeping.on_top_of(row)
    given = costing.due_in(keeping.result_of(row))
    by_law, of_law = keeping.enough_by_law(row), costing.beside(given)
    instead = keeping.departure(row)

    def called(remedy: str, amount: Decimal, beside: Decimal) -> Enough:
        names = tuple(names_of(remedy, offered))
        back = (amount - beside) * row.quantity if not giving_back.isdisjoint(names[:1]) else ZERO
        return Enough(names, amount * row.quantity + extra, back, instead is None and remedy == row.chosen)

    rights = {one.remedy: (one.amount, costing.with_it(one.remedy, given)) for one in given}
    due = [called(remedy, amount + beside, beside) for remedy, (amount, beside) in rights.items()]
    ruled = [called(remedy, least, of_law) for remedy, least in by_law.items() if remedy in rights] if by_law else due
    as_good = [called(remedy, least, of_law) for remedy, least in by_law.items() if remedy not in rights]
    enough = [one for one in ruled if one.names] or ruled
    enough += [one for one in as_good if one.names]
    if instead is not None:
        names, amount = tuple(names_of(instead.remedy, offered)), instead.amount or ZERO
        back = proposing.price_in(row, amount) if not giving_back.isdisjoint(names[:1]) else ZERO
        decided = Enough(names, amount, back, chosen=True)
        return Line((*enough, decided), (*due, decided))
    return Line(tuple(enough) or (Enough((), extra),), tuple(due))


def _less(rows: Sequence[KeptRuling], lacking: str, otherwise: Mapping[str, Json]) -> Refusal:
    """`said`: line by line what counts, a departure where there is one; `lacking`: what is missing, as a sentence."""
    instead = [keeping.departure(row) for row in rows]
    told = [
        _("已决定改为%(remedy)s") % {"remedy": departed(row, one)} if one is not None else proposing.said_of_all(row)
        for row, one in zip(rows, instead, strict=True)
    ]  # fmt: skip
    several = len(rows) > 1 or any(row.quantity > 1 for row in rows)
    said = listed(in_brackets(called(row), one) for row, one in zip(rows, told, strict=True)) if several else told[0]
    return Refusal("below_ruling", {
        "rulings": [str(row.pk) for row in rows], "said": said, "lacking": lacking,
        "departed": any(one is not None for one in instead), **otherwise,
    })  # fmt: skip


def _lacking(rows: Sequence[KeptRuling], lines: Sequence[Line], remedies: Set[str], titles: Mapping[str, str]) -> str:
    """Of which lines no remedy is named that is enough, and which would be, with the least for all their pieces; empty
    where there is one for each."""
    missing = []
    for row, line in zip(rows, lines, strict=True):
        if not _given(line, remedies):
            choices = dict.fromkeys(_titled(one, titles) for one in line.enough)
            missing.append(titled(called(row), _("要选%(choices)s") % {"choices": _("或").join(choices)}))
    return _("处理方式里还缺：%(missing)s。") % {"missing": in_turn(missing)} if missing else ""


def _titled(one: Enough, titles: Mapping[str, str]) -> str:
    """A remedy as the process calls it, with what it comes to."""
    if not one.names:
        return _("另付 %(amount)s") % {"amount": format_money(one.least)}
    return f"{titles[one.names[0]]} {format_money(one.least)}" if one.least else titles[one.names[0]]


def _too_little(rows: Sequence[KeptRuling], owed: Owed, given: Decimal, titles: Mapping[str, str]) -> str:
    """How much is missing, and of several lines what belongs to each; empty where nothing is."""
    if given >= owed.least:
        return ""
    told = _("合计至少要 %(least)s，现在是 %(given)s，还差 %(short)s。") % {
        "least": format_money(owed.least), "given": format_money(given), "short": format_money(owed.least - given),
    }  # fmt: skip
    if len(rows) < 2:
        return told
    of_each = [titled(called(row), _titled(one, titles)) for row, one in zip(rows, owed.lines, strict=True)
               if one.names or one.least]  # fmt: skip
    return sentences([told, _("其中：%(lines)s。") % {"lines": in_turn(of_each)}])


def _too_little_back(least: Decimal, given: Decimal) -> str:
    if given >= least:
        return ""
    return _("其中退还货款至少要 %(least)s，现在是 %(given)s，还差 %(short)s。") % {
        "least": format_money(least), "given": format_money(given), "short": format_money(least - given),
    }  # fmt: skip
