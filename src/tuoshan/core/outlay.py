"""What a case costs the house: paid out, on its way to be paid, or offered and not yet answered."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from tuoshan.core.case import CaseState
from tuoshan.core.facts import as_number
from tuoshan.core.playbook import Playbook

NOTHING = Decimal(0)


def paid_out(playbook: Playbook, case: CaseState) -> Decimal:
    """What the case has paid out in all, and what it has given out to be paid; yuan."""
    costs = _costs(playbook)
    done = sum((Decimal(case.settled.get(fact, "0")) for fact in set(costs.values())), NOTHING)
    return done + sum((_worth(case, costs[run.name]) for run in case.open_tasks() if run.name in costs), NOTHING)


def offered(playbook: Playbook, case: CaseState) -> Decimal:
    """What would be given out as soon as the other side says yes, as it stands: an amount that the step's own form
    asks has not been offered yet. Yuan.
    """
    return sum((_worth(case, fact) for fact in set(_on_the_table(playbook, case.state))), NOTHING)


def _on_the_table(playbook: Playbook, state: str) -> Iterator[str]:
    for action in playbook.actions_from(state):
        if any(playbook.is_outside(party) for party in (*action.by, action.speaks_for)):
            asked = {item.name for item in action.form}
            yield from (verb.amounts[0] for verb in action.do if verb.amounts and verb.amounts[0] not in asked)


def _costs(playbook: Playbook) -> Mapping[str, str]:
    """The fact that says what a task costs which gives money out, by the task's name."""
    verbs = (verb for action in playbook.actions.values() for verb in action.do)
    return MappingProxyType({verb.target: verb.amounts[0] for verb in verbs if verb.amounts})


def _worth(case: CaseState, fact: str) -> Decimal:
    return as_number(case.facts.get(fact)) or NOTHING
