"""From kept rulings to a proposal: the remedy chosen, or the first that is due, its amount, the words that say so.

What was ruled together on one bench is proposed together: amounts are added, remedies and words put side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tuoshan.cases import meanings
from tuoshan.core import ceilings
from tuoshan.core.case import CaseState
from tuoshan.core.forms import called_up_by
from tuoshan.core.money import format_money
from tuoshan.core.playbook import Field, Playbook
from tuoshan.core.policy import costing
from tuoshan.punctuation import in_turn, titled
from tuoshan.rulings import keeping, library
from tuoshan.rulings.from_cases import from_case
from tuoshan.rulings.models import KeptRuling

ZERO = Decimal("0.00")
AS_PROPOSED = {"return": ("return_refund", "refund"), "replace_part": ("repair",)}
"""Remedies that a playbook's list may call by another name; others go by their own."""
COMPENSATION = "compensation"
"""How a list of remedies calls a sum that is given beside another remedy."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The fields of a process's proposal that a ruling can fill in; empty where there is none."""

    remedies: str
    amount: str
    money_back: str
    words: str

    @classmethod
    def of(cls, playbook: Playbook) -> "Proposal":
        """As the process says."""
        words = ("remedies", "remedy_amount", "money_back", "remedy_words")
        return cls(*(meanings.one_meant(playbook, word) for word in words))


def initial(case_id: int, playbook: Playbook, form: Sequence[Field], state: CaseState) -> dict[str, object]:
    """Values for a proposal's form from what was ruled last in the case, if something is due; else nothing. Money back
    is no more than its ceiling leaves."""
    fields, named_as = {field.name: field for field in form}, Proposal.of(playbook)
    if named_as.remedies not in fields or named_as.amount not in fields:
        return {}
    rows = keeping.standing(case_id)
    rights = [(row, right) for row in rows if (right := right_of(row)) is not None]
    if not rights:
        return {}
    amount = sum((amount_of(row, right) for row, right in rights), ZERO)
    amount += sum((keeping.on_top_of(row) for row in rows if right_of(row) is None), ZERO)
    found: dict[str, object] = {}
    offered = {choice.value for choice in fields[named_as.remedies].choices}
    named = [_named(right["remedy"], offered) for _row, right in rights]
    named += [_named(COMPENSATION, offered) for row, _right in rights if costing.beside(_due(row))]
    if chosen := list(dict.fromkeys(name for name in named if name)):
        found[named_as.remedies] = chosen
    giving_back = gives_money_back(fields.get(named_as.money_back), named_as.remedies)
    if back := [money_back(row, right) for row, right in rights if _named(right["remedy"], offered) in giving_back]:
        ruled = sum(back, ZERO)
        room = ceilings.room(playbook, state, named_as.money_back, leaving=named_as.amount)
        given = ruled if room is None else min(ruled, room)
        found[named_as.money_back] = given
        amount -= ruled - given
    found[named_as.amount] = amount
    if named_as.words in fields:
        found[named_as.words] = "\n".join(_said(row, len(rows)) for row in rows)
    return found


def gives_money_back(field: Field | None, remedies: str) -> frozenset[str]:
    """The remedies for which the process asks how much of the sum is money back; `remedies` is the field of them."""
    return frozenset(remedy for name, remedy in called_up_by(field) if name == remedies) if field else frozenset()


def right_of(row: KeptRuling) -> dict[str, Any] | None:
    """The remedy of a kept ruling that was chosen, else the first that is due; none where nothing is. Where the law
    gives something, only what is enough by the law."""
    rights: list[dict[str, Any]] = keeping.result_of(row)["rights"]
    if by_law := keeping.enough_by_law(row):
        rights = [one for one in rights if one["remedy"] in by_law]
    return next((one for one in rights if one["remedy"] == row.chosen), rights[0] if rights else None)


def money_back(row: KeptRuling, right: dict[str, Any]) -> Decimal:
    """What of that gives back the price, without the sums on top."""
    return Decimal(right["amount"] or "0.00") * row.quantity


def amount_of(row: KeptRuling, right: dict[str, Any]) -> Decimal:
    """What it comes to for all its pieces, with what the law gives beside it and the sums on top."""
    more = costing.with_it(right["remedy"], _due(row))
    return costing.cost(money_back(row, right), more, row.quantity, keeping.shares_of(row))


def _due(row: KeptRuling) -> tuple[costing.Due, ...]:
    return costing.due_in(keeping.result_of(row))


def names_of(remedy: str, offered: set[str]) -> list[str]:
    """What a playbook's list calls a remedy; nothing where it does not offer it."""
    return [name for name in AS_PROPOSED.get(remedy, (remedy,)) if name in offered]


def _named(remedy: str, offered: set[str]) -> str:
    return next(iter(names_of(remedy, offered)), "")


def _said(row: KeptRuling, lines: int) -> str:
    """What a ruling says, with what it is about where there are several."""
    pieces = f" × {row.quantity}" if row.quantity > 1 else ""
    said, right = keeping.said(row), right_of(row)
    if right is not None and (row.quantity > 1 or keeping.result_of(row)["extras"]) and (pieces or lines > 1):
        said = in_turn([said, _("%(pieces)d 件合计 %(sum)s") % {
            "pieces": row.quantity, "sum": format_money(amount_of(row, right))
        }])  # fmt: skip
    return titled(f"{row.label or row.line}{pieces}", said) if lines > 1 or pieces else said


def from_bench(session: str, playbook: Playbook) -> dict[str, object]:
    """What a bench's first line knows that a registration of the process asks; of what is of the whole order, what all
    lines together are."""
    rows = list(KeptRuling.objects.filter(session=session).order_by("line", "id"))
    facts = keeping.facts_of(rows[0]) if rows else {}
    asked, known = {field.name: field for field in playbook.register}, library.facts()
    means = [
        one for one in from_case(playbook.key).means
        if one.fact in facts and one.answers is None and one.field in asked
        and asked[one.field].kind == known[one.fact].field.kind
    ]  # fmt: skip
    found = {one.field: of_all(rows, one.fact) if one.of_order else facts[one.fact] for one in means}
    return {name: value for name, value in found.items() if value is not None}


def of_all(rows: Sequence[KeptRuling], fact: str) -> str | None:
    """An amount of all pieces of all lines; None where that of one is not known."""
    told = [keeping.facts_of(row) for row in rows]
    if any(fact not in facts for facts in told):
        return None
    return f"{sum((Decimal(facts[fact]) * row.quantity for facts, row in zip(told, rows, strict=True)), ZERO):.2f}"
