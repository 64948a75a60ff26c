"""Who takes a colleague's case over takes it themselves; to give it to a third person is to hand it over.

So whoever may hand the case over may name anybody when they take it, and where nobody has it yet anybody at the desk
may: that is how new cases are given out. Screens offer no other name, and the write path refuses it to everybody.
"""

from tuoshan.cases.models import Case
from tuoshan.cases.orders import Order
from tuoshan.cases.possible import Standing
from tuoshan.core.case import CaseState, Refusal
from tuoshan.core.playbook import Playbook

CLAIM = "claim"
"""The shared step by which somebody takes a case."""
HAND_OVER = "transfer"
"""The one by which a case is handed over."""
HANDLER = "handler"


def only_oneself(standing: Standing) -> bool:
    """Whether the actor can take this case over for nobody but themselves."""
    has_it = standing.row.handler_id
    if has_it is None or has_it == standing.acting.id or HAND_OVER not in standing.playbook.actions:
        return False
    step = standing.find("act", HAND_OVER)
    return step is None or step.blocked is not None


def is_third(case_id: int, order: Order, playbook: Playbook, after: CaseState) -> Refusal | None:
    """Why this step may not give the case to the person named in its form."""
    if order.kind != "act" or order.name != CLAIM or HANDLER not in order.values:
        return None
    if str(order.values[HANDLER]) == str(order.acting.id):
        return None
    if not only_oneself(Standing(Case.objects.get(pk=case_id), order.acting)):
        return None
    return Refusal("invalid_form", {"fields": {HANDLER: "not_oneself"}})
