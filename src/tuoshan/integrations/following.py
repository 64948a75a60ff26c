"""From what happened in a case to who is told of it."""

import json
from datetime import datetime
from typing import Any

from tuoshan.agenda.models import Item
from tuoshan.cases import around, library
from tuoshan.cases.models import Case, Event, Message
from tuoshan.cases.rows import Row
from tuoshan.cases.summary import is_outside
from tuoshan.core.case import CaseState
from tuoshan.core.conditions import MissingFact, TableError
from tuoshan.core.playbook import Playbook
from tuoshan.core.scope import CaseScope
from tuoshan.integrations import notifying, replied
from tuoshan.parties.holding import persons_for
from tuoshan.parties.models import Person

APPROVAL = "approval"


def _case(item: Item) -> tuple[Any, Playbook, CaseState] | None:
    case = Case.objects.filter(id=item.case_id or 0).first()
    if case is None:
        return None
    playbook = library.pinned(case.playbook, case.playbook_hash)
    return case, playbook, CaseState.from_json(json.loads(case.snapshot))


def notify_effect(item: Item, now: datetime) -> None:
    """`what`: task, assigned, warning or late; a playbook's own `notify: party` has none and counts as escalated.

    Parties outside are not staff: customers hear by messages. A task that is done or a clock that has ended
    meanwhile is not worth telling any more.
    """
    found = _case(item)
    if found is None:
        return
    case, playbook, state = found
    data = item.data
    party = str(data.get("party") or data.get("target") or "")
    if not party or is_outside(playbook, party) or _is_over(state, data):
        return
    what = str(data.get("what", ""))
    actor = notifying.actor_of(case.pk, int(data["seq"]))
    asked, persons = notifying.holders_or_superior(case, playbook, party, str(data.get("key", "")))
    if what == "assigned":
        assigned = state.assigned.get(party, "")
        persons = list(Person.objects.filter(pk=int(assigned))) if assigned.isdigit() else persons
    notice = _notice(what, asked, party, state, data)
    about = str(data.get("task") or data.get("clock") or (f"assigned:{party}" if what == "assigned" else ""))
    if notice in ("overdue", "escalated", "due_soon"):
        about = f"{about} {what} {data['seq']}"
    notifying.notify(
        persons=persons, what=notice, case_id=case.pk, now=now, about=about, data=_kept(data),
        except_for=actor if what in ("assigned", "task") else None,
    )  # fmt: skip
    if what == "late":
        notifying.notify(
            persons=notifying.watchers(case), what="watched", case_id=case.pk, now=now, about=about, data=_kept(data)
        )


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("party", "task", "clock", "due", "key") if data.get(name)}


def _is_over(state: CaseState, data: dict[str, Any]) -> bool:
    task, limit = state.tasks.get(str(data.get("task", ""))), state.clocks.get(str(data.get("clock", "")))
    if task is not None:
        return task.status != "open"
    return limit is not None and limit.ended is not None and data.get("what") == "warning"


def _notice(what: str, asked: str, party: str, state: CaseState, data: dict[str, Any]) -> str:
    """The kind by which people tune what they hear; lateness of others' work is an escalation."""
    if what == "warning":
        return "due_soon"
    if what in ("task", "assigned"):
        return "assigned" if asked == party else "escalated"
    if what == "late":
        known = state.clocks.get(str(data.get("clock", "")))
        owners = known.parties if known is not None and known.parties else ("handler",)
        return "overdue" if party in owners else "escalated"
    return "escalated"


def carry_out(item: Item, now: datetime) -> None:
    """The holder of the remedy's task is told; the task's own notice, which says the same, is not doubled."""
    found = _case(item)
    if found is None:
        return
    case, playbook, state = found
    run = state.tasks.get(str(item.data.get("task", "")))
    if run is None or run.status != "open" or is_outside(playbook, run.party):
        return
    _party, persons = notifying.holders_or_superior(case, playbook, run.party, run.key)
    actor = notifying.actor_of(case.pk, int(item.data["seq"]))
    notifying.notify(
        persons=persons, what="assigned", case_id=case.pk, now=now, about=run.id,
        data={"task": run.id, "party": run.party}, except_for=actor,
    )  # fmt: skip


def mention(item: Item, now: datetime) -> None:
    """Those named who may see the case; naming somebody shows them nothing that they could not see."""
    found = _case(item)
    if found is None:
        return
    case = found[0]
    seq = int(item.data["seq"])
    for row in Message.objects.filter(case_id=case.pk, event_seq=seq):
        persons = [person for person in notifying.mentioned(row.text) if notifying.may_see(person, case)]
        notifying.notify(
            persons=persons, what="mentioned", case_id=case.pk, now=now, about=f"message:{row.id}",
            data={"message": row.id}, except_for=row.author_id,
        )  # fmt: skip


def customer_replied(item: Item, now: datetime) -> None:
    """The handler, else the service desk; and everybody who watches."""
    found = _case(item)
    if found is None or found[0].seq < int(item.data["seq"]):
        return
    case = found[0]
    about = f"event:{item.data['seq']}"
    actor = notifying.actor_of(case.pk, int(item.data["seq"]))
    if actor is None or actor != case.handler_id:
        event = Event.objects.filter(case_id=case.pk, seq=int(item.data["seq"])).first()
        replied.arrived(case.pk, int(item.data["seq"]), event.at if event else now)
    persons = list(Person.objects.filter(pk=case.handler_id or 0)) or persons_for("service_desk", case)
    told = notifying.notify(
        persons=persons, what="customer_replied", case_id=case.pk, now=now, about=about, except_for=actor
    )
    known = {note.person_id for note in told}
    others = [person for person in notifying.watchers(case) if person.pk not in known]
    notifying.notify(persons=others, what="watched", case_id=case.pk, now=now, about=about, except_for=actor)


def approval(item: Item, now: datetime) -> None:
    """The one accountable approver, by the cumulative amount; nobody when the case has moved on meanwhile."""
    found = _case(item)
    if found is None:
        return
    case, playbook, state = found
    party = approver(case, playbook, state, now)
    if not party:
        return
    asked, persons = notifying.holders_or_superior(case, playbook, party)
    notifying.notify(
        persons=persons, what=APPROVAL, case_id=case.pk, now=now, about=f"event:{item.data['seq']}",
        data={"party": asked}, except_for=notifying.actor_of(case.pk, int(item.data["seq"])),
    )  # fmt: skip


def approver(case: Any, playbook: Playbook, state: CaseState, now: datetime) -> str:
    """The party that must approve where the case stands; empty where nothing is to be approved."""
    waits = playbook.states[state.state].waits
    for action in playbook.actions_from(state.state):
        if action.by_tier is None or waits is None:
            continue
        row = _row(case, state)
        scope = CaseScope(playbook, state, now, around.CaseAround(playbook, row, now), {})
        try:
            party = str(scope.table(action.by_tier.table, (scope.total(action.by_tier.of),)))
        except (MissingFact, TableError):
            continue
        if party in waits.parties:
            return party
    return ""


def _row(case: Any, state: CaseState) -> Row:
    return Row(
        id=case.pk, number=case.number, playbook=case.playbook, playbook_hash=case.playbook_hash, title=case.title,
        channel=case.channel, customer_id=case.customer_id, unit_id=case.unit_id, registrant_id=case.registrant_id,
        is_history=case.is_history, created_at=case.created_at, head_hash=case.head_hash, snapshot=case.snapshot,
        seq=case.seq, state=state,
    )  # fmt: skip
