"""By when the customer will hear, asked of the playbook before anything is saved.

The kernel decides on the registration without storing it, so what is told on the telephone is what the clock
will say afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tuoshan import clock, identifiers
from tuoshan.cases.acting import ActingAs, actor_in
from tuoshan.cases.around import CaseAround
from tuoshan.cases.forms import words
from tuoshan.cases.personal import form_fields, without_words
from tuoshan.cases.rows import Row
from tuoshan.core.case import CaseState, Command
from tuoshan.core.decide import decide
from tuoshan.core.playbook import Field, Playbook
from tuoshan.knowledge.case_values import due_for_customer


@dataclass(frozen=True, slots=True)
class Promise:
    """`due`: the clock's moment when registered now. `from_arrival`: what it were, had it been registered on arrival,
    earlier than `due`; it is what the customer's patience counts by. None where the playbook promises nothing:
    `unpromised` says why, once that is certain; before, it is empty.
    """

    due: datetime | None
    from_arrival: datetime | None = None
    unpromised: str = ""


def promise(
    playbook: Playbook, values: Mapping[str, Any], *, actor: ActingAs, unit_id: int | None = None,
    customer_id: int | None = None, received_at: datetime | None = None,
) -> Promise:  # fmt: skip
    """What would be promised. Fields not filled in yet are guessed, as few clocks depend on them; where the way that
    the case takes by itself depends on one of them, nothing is said before it is filled in.
    """
    now = clock.now()
    asking = _Asking(playbook, actor, unit_id, customer_id)
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    missing = [item for item in playbook.register if item.required and item.name not in given]
    guessed = {item.name: _guessed(item, now) for item in missing} | given
    state = asking.state(guessed, now)
    if state is None:
        return Promise(None)
    due = due_for_customer(playbook, state)
    for item in missing:
        if item.name in _turning(playbook) and any(
            asking.due(guessed | {item.name: other}, now) != due for other in _others(item, now)
        ):
            return Promise(None)
    if due is None:
        return Promise(None, unpromised="" if missing else unpromised(playbook, state))
    if received_at is None or received_at >= now:
        return Promise(due)
    earlier = asking.due(guessed, received_at)
    return Promise(due, earlier if earlier is not None and earlier < due else None)


def unpromised(playbook: Playbook, state: CaseState) -> str:
    """Why the customer of a case is promised no moment, in the process's own words where it has some."""
    known = playbook.states.get(state.state)
    if known is not None and known.waits is not None and known.waits.no_promise is not None:
        return words(known.waits.no_promise)
    if known is not None and known.end:
        return _("登记后即为“%(state)s”") % {"state": words(known.title)}
    return ""


@dataclass(frozen=True, slots=True)
class _Asking:
    """One registration that is tried without being stored."""

    playbook: Playbook
    actor: ActingAs
    unit_id: int | None
    customer_id: int | None

    def state(self, given: Mapping[str, Any], now: datetime) -> CaseState | None:
        """The case as it would stand; None where it would be refused."""
        book, state = self.playbook, CaseState(playbook=self.playbook.key)
        row = Row(
            id=identifiers.next_id(), number="", playbook=book.key, playbook_hash=book.hash, title="", channel="",
            customer_id=self.customer_id, unit_id=self.unit_id,
            registrant_id=self.actor.id if self.actor.kind == "person" else None,
            is_history=False, created_at=now, head_hash="", snapshot="", seq=0, state=state,
        )  # fmt: skip
        plain = without_words(form_fields(book, "start", "start"), dict(given), {})
        command = Command("start", "start", actor_in(self.actor, row, book, state, ()), plain)
        decision = decide(book, state, command, now, CaseAround(book, row, now))
        return None if decision.refusal is not None else decision.case

    def due(self, given: Mapping[str, Any], now: datetime) -> datetime | None:
        state = self.state(given, now)
        return None if state is None else due_for_customer(self.playbook, state)


def _turning(playbook: Playbook) -> frozenset[str]:
    """The fields on which it depends where a new case goes by itself."""
    steps = playbook.actions_from(playbook.start)
    return frozenset().union(*(step.as_soon_as.reads for step in steps if step.as_soon_as is not None))


def _others(item: Field, now: datetime) -> list[Any]:
    """What else could be filled in, as far as the way of a case may depend on it."""
    if item.kind == "choice":
        return [choice.value for choice in item.choices[1:]]
    if item.kind == "yes_no":
        return [False]
    days = (now - timedelta(days=1), now + timedelta(days=1))
    if item.kind == "date":
        return [day.date() for day in days]
    return list(days) if item.kind == "datetime" else []


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
