"""Nobody gives a case to somebody who is away: the desk greys them, and the write path refuses them to everybody.

Who is away may still take a case themselves, and the company's own assignment passes those away over.
"""

from tuoshan import clock
from tuoshan.cases.orders import Order
from tuoshan.core.case import CaseState, Refusal
from tuoshan.core.playbook import Playbook
from tuoshan.identifiers import is_id
from tuoshan.parties.models import Absence


def is_away(case_id: int, order: Order, playbook: Playbook, after: CaseState) -> Refusal | None:
    """Why this step may not give the case to the person named in its form."""
    action = playbook.actions.get(order.name) if order.kind == "act" else None
    verbs = [verb for verb in action.do if verb.name == "assign"] if action is not None else []
    for verb in verbs:
        for source in (dict(verb.arguments) or {verb.target: verb.target}).values():
            named = str(order.values.get(str(source), ""))
            if is_id(named) and int(named) != order.acting.id and _away(int(named)):
                return Refusal("invalid_form", {"fields": {str(source): "away"}})
    return None


def _away(person_id: int) -> bool:
    return Absence.objects.filter(Absence.running(clock.now()), person_id=person_id).exists()
