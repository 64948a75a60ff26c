"""The terms in which an example speaks of a remedy, a period, a proof or a time limit: what each is called, how it is
written, and where in a ruling it stands. Whoever judges, compares or tells an expectation reads them here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Generic, TypeVar

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking import example_shapes
from tuoshan.core.policy.checking.example_shapes import Shape, anything
from tuoshan.core.policy.engine.reckoning import Reckoning
from tuoshan.core.policy.pack import LEGS
from tuoshan.core.policy.statements import Chosen, Right, Statement

Of = TypeVar("Of", contravariant=True)


@dataclass(frozen=True, slots=True)
class Term(Generic[Of]):
    """One term. `read`: what of the ruling stands for it; a set is compared whole."""

    called: Wording
    read: Callable[[Of], object]
    shape: Shape = anything


moving: Final = example_shapes.mapping("back: %s", dict.fromkeys(LEGS, anything))
"""Something of each leg: who bears its freight, whose risk it is."""


def _legs(chosen: Mapping[str, Chosen]) -> Mapping[str, object]:
    return {leg: one.value for leg, one in chosen.items()}


def _counted(read: Callable[[Reckoning], object]) -> Callable[[Right | Statement], object]:
    def of(told: Right | Statement) -> object:
        counted = told.counted
        return None if counted is None else read(counted)

    return of


def _said(name: str) -> Callable[[Statement], object]:
    return lambda statement: statement.amounts.get(name, statement.words.get(name))


_COUNTING: Final[Mapping[str, Term[Right | Statement]]] = {
    "from": Term(Wording("起算于", "counted from"), _counted(lambda one: one.counted_from)),
    "begins": Term(Wording("从", "begins"), _counted(lambda one: one.starts)),
    "left_out": Term(Wording("扣除天数", "days left out"), _counted(lambda one: Decimal(one.days_left_out))),
    "anew": Term(Wording("重新起算", "anew"), _counted(lambda one: one.anew)),
}
"""How a period was counted: the fact of its first day, that day, the days left out, whether it began anew."""
_STARTS, _ENDS = Wording("从", "begins"), Wording("到", "ends")
_WITHIN, _WHAT = Wording("期限", "within"), Wording("内容", "what")

RIGHT: Final[Mapping[str, Term[Right]]] = {
    "amount": Term(Wording("金额", "amount"), lambda right: right.amount),
    "fee": Term(Wording("收费", "fee"), lambda right: right.fee if right.fee is not None else Decimal(0)),
    "until": Term(Wording("最晚", "until"), lambda right: right.until),
    "needs": Term(Wording("须满足", "asks for"), lambda right: set(right.needs), example_shapes.names),
    "better_needs": Term(
        Wording("更好的条件另须", "its better terms ask for"), lambda right: set(right.better_needs),
        example_shapes.names,
    ),
    "later": Term(
        Wording("可能更晚，看", "later by"), lambda right: {one.fact for one in right.later}, example_shapes.names
    ),
    "freight": Term(Wording("运费", "freight"), lambda right: _legs(right.freight), moving),
    "risk": Term(Wording("风险", "risk"), lambda right: _legs(right.risk), moving),
    **_COUNTING,
    "rank": Term(Wording("先后", "order of choice"), lambda right: right.rank),
}  # fmt: skip
PERIOD: Final[Mapping[str, Term[Statement]]] = {
    "starts": Term(_STARTS, _said("starts")),
    "ends": Term(_ENDS, _said("ends")),
    "restarts": Term(Wording("换货后重新起算", "begins anew"), _said("restarts")),
    "what": Term(_WHAT, _said("what")),
    **_COUNTING,
}
PROOF: Final[Mapping[str, Term[Statement]]] = {
    "from": Term(Wording("由谁", "from whom"), lambda statement: statement.what),
    "what": Term(_WHAT, _said("what")),
    "starts": Term(_STARTS, _said("starts")),
    "ends": Term(_ENDS, _said("ends")),
    "time": Term(Wording("期限由来", "whose time"), _said("time")),
    "hours": Term(Wording("小时", "hours"), _said("hours")),
    "within": Term(_WITHIN, _said("within")),
    "silent": Term(Wording("不举证的后果", "where nothing is shown"), _said("silent")),
}
DEADLINE: Final[Mapping[str, Term[Statement]]] = {
    "who": Term(Wording("由谁", "whose"), lambda statement: statement.what),
    "what": Term(_WHAT, _said("what")),
    "within": Term(_WITHIN, _said("within")),
    "starts": Term(_STARTS, _said("starts")),
    "from": Term(Wording("起算于", "counted from"), _said("from")),
    "ends": Term(_ENDS, _said("ends")),
}


def shapes(terms: Mapping[str, Term[Of]]) -> Mapping[str, Shape]:
    return {name: term.shape for name, term in terms.items()}
