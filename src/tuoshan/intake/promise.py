"""By when the customer will hear, asked of the playbook before anything is saved.

The kernel decides on the registration without storing it, so what is told on the telephone is what the clock
will say afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tuoshan import clock, identifiers
from tuoshan.cases.acting import ActingAs, actor_in
from tuoshan.cases.around import CaseAround
from tuoshan.cases.personal import form_fields, without_words
from tuoshan.cases.rows import Row
from tuoshan.core.case import CaseState, Command
from tuoshan.core.decide import decide
from tuoshan.core.playbook import Field, Playbook
from tuoshan.knowledge.case_values import due_for_customer


@dataclass(frozen=True, slots=True)
class Promise:
    """`due`: the clock's moment when registered now. `from_arrival`: what it were, had it been registered on arrival,
    earlier than `due`; it is what the customer's patience counts by. None where the playbook promises nothing.
    """

    due: datetime | None
    from_arrival: datetime | None = None


def promise(
    playbook: Playbook, values: Mapping[str, Any], *, actor: ActingAs, unit_id: int | None = None,
    customer_id: int | None = None, received_at: datetime | None = None,
) -> Promise:  # fmt: skip
    """What would be promised. Fields not filled in yet are guessed, as few clocks depend on them."""
    now = clock.now()
    due = _due(playbook, values, actor, unit_id, customer_id, now)
    if due is None or received_at is None or received_at >= now:
        return Promise(due)
    earlier = _due(playbook, values, actor, unit_id, customer_id, received_at)
    return Promise(due, earlier if earlier is not None and earlier < due else None)


def _due(
    playbook: Playbook, values: Mapping[str, Any], actor: ActingAs, unit_id: int | None, customer_id: int | None,
    now: datetime,
) -> datetime | None:  # fmt: skip
    state = CaseState(playbook=playbook.key)
    row = Row(
        id=identifiers.next_id(), number="", playbook=playbook.key, playbook_hash=playbook.hash, title="", channel="",
        customer_id=customer_id, unit_id=unit_id, registrant_id=actor.id if actor.kind == "person" else None,
        is_history=False, created_at=now, head_hash="", snapshot="", seq=0, state=state,
    )  # fmt: skip
    given = {item.name: _guessed(item, now) for item in playbook.register if item.required}
    given |= {name: value for name, value in values.items() if value not in (None, "", [])}
    plain = without_words(form_fields(playbook, "start", "start"), given, {})
    around = CaseAround(playbook, row, now)
    command = Command("start", "start", actor_in(actor, row, playbook, state, ()), plain)
    decision = decide(playbook, state, command, now, around)
    return None if decision.refusal is not None else due_for_customer(playbook, decision.case)


def _guessed(item: Field, now: datetime) -> Any:
    match item.kind:
        case "choice" | "choices":
            first = item.choices[0].value if item.choices else "0"
            return [first] if item.kind == "choices" else first
        case "money" | "number":
            return Decimal(item.minimum or "1")
        case "yes_no":
            return True
        case "date":
            return now.date()
        case "datetime":
            return now
    return "-"
