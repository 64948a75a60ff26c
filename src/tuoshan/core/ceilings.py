"""Ceilings: what an amount may not exceed, because its field's `max` names another fact, such as what was paid.

What this case has paid out of the amount already counts in, as it does for tiers. Two amounts that the same `carry_out`
gives out bound one another as they stand. See docs/playbooks.md, "Ceilings".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tuoshan.core.case import CaseState
from tuoshan.core.facts import as_number
from tuoshan.core.playbook import Playbook, Verb

Code = Literal["over_ceiling", "ceiling_unknown", "below_amount"]

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Excess:
    """Why an amount or a ceiling cannot stand: the other fact of the two, and the bound where one can be named."""

    code: Code
    other: str
    bound: Decimal | None = None

    def to_json(self) -> dict[str, str]:
        return {"other": self.other} | ({} if self.bound is None else {"bound": format(self.bound, "f")})


def broken(playbook: Playbook, case: CaseState, given: Mapping[str, object]) -> dict[str, Excess]:
    """What these values would break, by the name of the value at fault. None among them empties its fact."""
    found: dict[str, Excess] = {}
    for field in playbook.facts.values():
        for ceiling in field.ceilings:
            if given.keys().isdisjoint((field.name, ceiling)):
                continue
            amount = _value(case, given, field.name) or NOTHING
            bound = _value(case, given, ceiling)
            spent = _spent(playbook, case, field.name, ceiling)
            if field.name in given and amount > 0:
                excess = _above(amount, spent, ceiling, bound)
                if excess is not None:
                    found[field.name] = excess
            elif ceiling in given:
                least = spent + (NOTHING if _is_paid(playbook, case, field.name) else amount)
                if least > (NOTHING if bound is None else bound):
                    found[ceiling] = Excess("below_amount", field.name, least)
    return found


def exceeded(playbook: Playbook, case: CaseState, verbs: Iterable[Verb]) -> tuple[str, Excess] | None:
    """The first amount that these verbs would give out above its ceiling, or without knowing it."""
    for name in (name for verb in verbs for name in verb.amounts if name in playbook.facts):
        amount = _value(case, {}, name) or NOTHING
        for ceiling in playbook.facts[name].ceilings:
            bound, spent = _value(case, {}, ceiling), _spent(playbook, case, name, ceiling)
            if amount > 0 and (excess := _above(amount, spent, ceiling, bound)) is not None:
                return name, excess
    return None


def room(playbook: Playbook, case: CaseState, name: str, *, leaving: str) -> Decimal | None:
    """How high an amount may still be by its known ceilings but one that is given with it; None: none is known."""
    known = bound(playbook, case, name, leaving=leaving)
    return None if known is None else max(known - spent(playbook, case, name), NOTHING)


def bound(playbook: Playbook, case: CaseState, name: str, *, leaving: str) -> Decimal | None:
    """The lowest known ceiling of an amount but one that is given with it; None: none is known."""
    field = playbook.facts.get(name)
    known = (_value(case, {}, one) for one in field.ceilings if one != leaving) if field is not None else ()
    return min((one for one in known if one is not None), default=None)


def spent(playbook: Playbook, case: CaseState, name: str) -> Decimal:
    """What the case has paid out of an amount already, so far as that counts against a ceiling of it."""
    return max((_spent(playbook, case, name, ceiling) for ceiling in playbook.facts[name].ceilings), default=NOTHING)


def _above(amount: Decimal, spent: Decimal, ceiling: str, bound: Decimal | None) -> Excess | None:
    if bound is None:
        return Excess("ceiling_unknown", ceiling)
    return Excess("over_ceiling", ceiling, max(bound - spent, NOTHING)) if amount + spent > bound else None


def _spent(playbook: Playbook, case: CaseState, name: str, ceiling: str) -> Decimal:
    together = any(
        {name, ceiling} <= set(verb.amounts) for action in playbook.actions.values() for verb in action.do
    )  # fmt: skip
    return NOTHING if together else Decimal(case.settled.get(name, "0"))


def _is_paid(playbook: Playbook, case: CaseState, name: str) -> bool:
    """Whether the amount that stands is the one paid last: no step that gives it has been taken since."""
    carrying = {v.target for action in playbook.actions.values() for v in action.do if name in v.amounts}
    runs = [run for run in case.tasks.values() if run.name in carrying and run.outcome == "settled" and run.closed]
    paid = max((run.closed for run in runs if run.closed), default=None)
    return paid is not None and not any(
        trace.last is not None and trace.last >= paid
        for step in _giving(playbook, name) if (trace := case.actions.get(step)) is not None
    )  # fmt: skip


def _giving(playbook: Playbook, name: str) -> Iterator[str]:
    for action in playbook.actions.values():
        if any(item.name == name for item in action.form) or any(name in verb.arguments for verb in action.do):
            yield action.name
    for task in playbook.tasks.values():
        if any(item.name == name for item in task.form):
            yield f"task.{task.name}"


def _value(case: CaseState, given: Mapping[str, object], name: str) -> Decimal | None:
    return as_number(given[name] if name in given else case.facts.get(name))
