"""From kept rulings to a proposal: what was decided instead, else the remedy chosen, or the first that is due; its
amount, and the words that say so.

What was ruled together on one bench is proposed together: amounts are added, remedies and words put side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tuoshan.cases import meanings
from tuoshan.cases.forms import words
from tuoshan.core import ceilings
from tuoshan.core.case import CaseState
from tuoshan.core.forms import called_up_by
from tuoshan.core.money import format_money
from tuoshan.core.playbook import Field, Playbook, Wording
from tuoshan.core.policy.engine import costing
from tuoshan.core.policy.from_data import from_data
from tuoshan.core.policy.pack import PUTTING_RIGHT, REMEDIES
from tuoshan.core.policy.words.costs_told import subject
from tuoshan.core.policy.words.remedies_told import right_words
from tuoshan.core.policy.words.sentences import capital, small
from tuoshan.core.policy.words.sums_told import all_pieces, on_top_for_all
from tuoshan.punctuation import in_brackets, in_turn, titled
from tuoshan.rulings import amounts_in_words, keeping, library, printing
from tuoshan.rulings.from_cases import from_case
from tuoshan.rulings.models import KeptRuling, Override
from tuoshan.rulings.totals import LineSum, together

ZERO = Decimal("0.00")
NOTHING = "none"
"""The remedy of who decides that nothing is given."""
AS_PROPOSED = {"return": ("return_refund", "refund"), "replace_part": ("repair",)}
"""Remedies that a playbook's list may call by another name; others go by their own."""
COMPENSATION = "compensation"
"""How a list of remedies calls a sum that is given beside another remedy."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is proposed for one line: its remedy (`none`: nothing), for all its pieces the sum and what of it gives the
    price back, whether a sum comes beside the remedy or on top, and the words."""

    remedy: str
    amount: Decimal
    back: Decimal
    beside: bool
    words: str


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
        meant = ("remedies", "remedy_amount", "money_back", "remedy_words")
        return cls(*(meanings.one_meant(playbook, word) for word in meant))


def initial(case_id: int, playbook: Playbook, form: Sequence[Field], state: CaseState) -> dict[str, object]:
    """Values for a proposal's form from what was ruled last in the case, or decided instead, if something is due; else
    nothing. Money back is no more than its ceiling leaves."""
    fields, named_as = {field.name: field for field in form}, Proposal.of(playbook)
    if named_as.remedies not in fields or named_as.amount not in fields:
        return {}
    lines = [(row, part_of(row)) for row in keeping.standing(case_id)]
    parts = [part for _row, part in lines if part is not None]
    if all(part.remedy == NOTHING for part in parts):
        return {}
    amount = sum((part.amount for part in parts), ZERO)
    amount += sum((keeping.on_top_of(row) for row, part in lines if part is None), ZERO)
    found: dict[str, object] = {}
    offered = {choice.value for choice in fields[named_as.remedies].choices}
    named = [_named(part.remedy, offered) for part in parts]
    named += [_named(COMPENSATION, offered) for part in parts if part.beside]
    if chosen := list(dict.fromkeys(name for name in named if name)):
        found[named_as.remedies] = chosen
    cut = ZERO
    giving_back = gives_money_back(fields.get(named_as.money_back), named_as.remedies)
    if back := [part.back for part in parts if _named(part.remedy, offered) in giving_back]:
        ruled = sum(back, ZERO)
        room = ceilings.room(playbook, state, named_as.money_back, leaving=named_as.amount)
        given = ruled if room is None else min(ruled, room)
        found[named_as.money_back] = given
        cut = ruled - given
    found[named_as.amount] = amount - cut
    if named_as.words in fields:
        found[named_as.words] = _in_words(lines, amount - cut, figures=not cut)
    return found


def part_of(row: KeptRuling) -> Part | None:
    """What a line proposes: what was decided instead of its ruling, else its remedy; none where nothing is due."""
    instead, right = keeping.departure(row), right_of(row)
    if instead is not None:
        amount = instead.amount or ZERO
        return Part(instead.remedy, amount, price_in(row, amount), False, departed(row, instead))
    if right is None:
        return None
    beside = bool(costing.beside(_due(row)) or keeping.on_top_of(row))
    return Part(right["remedy"], amount_of(row, right), money_back(row, right), beside, _ruled(row, right))


def price_in(row: KeptRuling, amount: Decimal) -> Decimal:
    """What of a sum decided instead can give back the price: no more than was paid for the pieces."""
    paid = keeping.facts_of(row).get("paid")
    return amount if paid is None else min(amount, Decimal(str(paid)) * row.quantity)


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


def said_of_all(row: KeptRuling) -> str:
    """What a kept ruling says in one sentence, of several pieces for all of them."""
    if row.quantity > 1:
        told = all_pieces([(from_data(keeping.result_of(row)), row.quantity)], keeping.on_top_of(row))
        return words(told) if told is not None else keeping.said(row)
    return keeping.said(row)


def called(row: KeptRuling) -> str:
    """What a line is about, and how many pieces there are."""
    pieces = f" × {row.quantity}" if row.quantity > 1 else ""
    return f"{row.label or _('第 %(line)d 项') % {'line': row.line}}{pieces}"


def _in_words(lines: Sequence[tuple[KeptRuling, Part | None]], amount: Decimal, *, figures: bool) -> str:
    """What is proposed line by line; without figures where these do not make the sum, as where the case has paid a part
    or may not pay all."""
    said = "\n".join(_said(*line, len(lines)) for line in lines)
    if not figures or amounts_in_words.others(said, amount, pieces_of([row for row, _part in lines])):
        return "\n".join(_said(*line, len(lines), figures=False) for line in lines)
    return said


def pieces_of(rows: Sequence[KeptRuling]) -> frozenset[int]:
    """How often an amount for one piece may count: for a line's pieces, or for all."""
    return frozenset({*(row.quantity for row in rows), sum(row.quantity for row in rows)})


def _said(row: KeptRuling, part: Part | None, lines: int, *, figures: bool = True) -> str:
    """What is proposed for a line, with what it is about where there are several."""
    if part is None:
        said = said_of_all(row)
    else:
        said = part.words if figures else str(words(REMEDIES[part.remedy]) if part.remedy in REMEDIES else part.words)
    return titled(called(row), said) if lines > 1 or row.quantity > 1 else said


def departed(row: KeptRuling, instead: Override) -> str:
    """What is done instead of a ruling; of several pieces, that the sum is for all."""
    if row.quantity > 1 and instead.amount:
        return in_turn([instead.title, _altogether(row, instead.amount)])
    return str(instead) if instead.amount else instead.title


def _ruled(row: KeptRuling, right: dict[str, Any]) -> str:
    """The remedy that the proposal names, it alone, for all its pieces; what comes beside it and on top, and the sum.
    """
    ruling, total = printing.ruled(row)
    pieces, by_name = total.several, {one.remedy: one for one in ruling.rights}
    said = [capital(words(right_words(by_name[right["remedy"]], pieces)))]
    if costing.with_it(right["remedy"], _due(row)):
        said += [
            _("另外%(given)s") % {"given": words(right_words(by_name[one.remedy], pieces))}
            for one in _due(row) if one.by_law and one.amount and one.remedy not in PUTTING_RIGHT
        ]  # fmt: skip
    said += [_("另付%(what)s") % {"what": _on_top(what, total)} for what in total.shares]
    amount = amount_of(row, right)
    if len(said) > 1 and amount:
        said.append(_altogether(row, amount))
    return in_turn(said)


def _on_top(what: str, total: LineSum) -> str:
    """A sum on top, of several pieces with how it came about."""
    called = subject(what)
    name = words(Wording(called.zh, small(called.en)))
    if total.several is None:
        return f"{name} {format_money(total.shares[what].amount)}"
    return f"{name} {words(on_top_for_all(what, total.several))}"


def _altogether(row: KeptRuling, amount: Decimal) -> str:
    if row.quantity == 1:
        return _("合计 %(sum)s") % {"sum": format_money(amount)}
    return _("%(pieces)d 件合计 %(sum)s") % {"pieces": row.quantity, "sum": format_money(amount)}


def sums_told(rows: Sequence[KeptRuling]) -> list[str]:
    """What the rulings that count come to together, and what does where something else was decided; nothing of a
    single piece."""
    if len(rows) < 2 and all(row.quantity == 1 for row in rows):
        return []
    ruled = [printing.ruled(row)[1] for row in rows]
    told = [_("按裁定合计最多付出 %(total)s") % {"total": format_money(together(ruled))}]
    if any(one.waits for one in ruled):
        told = [in_brackets(told[0], _("不含还不能判定的"))]
    elif any(one.open for one in ruled):
        told = [in_brackets(told[0], _("还有问题未答，可能更多"))]
    if any(keeping.departure(row) is not None for row in rows):
        parts = [(row, part_of(row)) for row in rows]
        decided = sum((part.amount if part else keeping.on_top_of(row) for row, part in parts), ZERO)
        told.append(_("按后来的决定合计 %(total)s") % {"total": format_money(decided)})
    return told


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
