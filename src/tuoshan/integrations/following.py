"""From what happened in a case to who is told of it."""

import json
from datetime import datetime
from typing import Any

from tuoshan.agenda.models import Item
from tuoshan.cases import around, library
from tuoshan.cases.models import Case, Event, Message
from tuoshan.cases.rows import Row
from tuoshan.cases.summary import is_outside
from tuoshan.core import timing
from tuoshan.core.case import CaseState, TaskRun
from tuoshan.core.conditions import MissingFact, TableError
from tuoshan.core.moving import PASSED_ON
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
    """`what`: task, assigned, passed_on (to who had the case until then), up_the_line (all who could be assigned are
    barred), warning or late; a playbook's own `notify: party` has none and counts as escalated. Whom `not_by` keeps
    from acting is not told to; where nobody of the party is left, whoever is next up the line is.

    Parties outside are not staff: customers hear by messages. A task that is done or a clock that has ended
    meanwhile is not worth telling any more.
    """
    found = _case(item)
    if found is None:
        return
    case, playbook, state = found
    data = item.data
    party = str(data.get("party") or data.get("target") or "")
    if not party or is_outside(playbook, party) or _is_over(playbook, state, data):
        return
    if data.get("what") == PASSED_ON:
        _passed_on(case, state, data, now)
        return
    what = str(data.get("what", ""))
    actor = notifying.actor_of(case.pk, int(data["seq"]))
    run = _run(state, data)
    acts = not _oversees(state, data, party)
    kept = around.kept_out(playbook, Row.of(case), party, now, run) if acts else frozenset[str]()
    asked, persons = notifying.holders_or_superior(case, playbook, party, str(data.get("key", "")), kept)
    if what == "assigned":
        assigned = state.assigned.get(party, "")
        persons = list(Person.objects.filter(pk=int(assigned))) if assigned.isdigit() else persons
    notice = _notice(what, asked, party, state, data)
    given = what in ("assigned", "up_the_line")
    about = str(data.get("task") or data.get("clock") or (f"assigned:{party}" if given else ""))
    if notice in ("overdue", "escalated", "due_soon"):
        about = f"{about} {what} {data['seq']}"
    notifying.notify(
        persons=persons, what=notice, case_id=case.pk, now=now, about=about,
        data=_noted(data) | _instead(party, asked, kept), except_for=actor if what in ("assigned", "task") else None,
    )  # fmt: skip
    if what == "late":
        notifying.notify(
            persons=notifying.watchers(case), what="watched", case_id=case.pk, now=now, about=about, data=_noted(data)
        )


def _passed_on(case: Case, state: CaseState, data: dict[str, Any], now: datetime) -> None:
    """Who had the case hears that somebody else has it, unless they gave it away themselves or have it again."""
    before = str(data["person"])
    if not before.isdigit() or state.assigned.get(str(data["party"])) == before:
        return
    seq = int(data["seq"])
    notifying.notify(
        persons=Person.objects.filter(pk=int(before)), what=PASSED_ON, case_id=case.pk, now=now, about=f"event:{seq}",
        data={"to": data["to"]}, except_for=notifying.actor_of(case.pk, seq),
    )  # fmt: skip


def _noted(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("party", "task", "clock", "due", "key") if data.get(name)}


def _instead(party: str, asked: str, kept: frozenset[str]) -> dict[str, str]:
    """In whose stead they are asked, where that is because `not_by` leaves nobody of the party."""
    return {"instead_of": party} if kept and asked != party else {}


def _run(state: CaseState, data: dict[str, Any]) -> TaskRun | None:
    """The task that a notice is about, or whose limit it is."""
    return state.tasks.get(str(data.get("task") or str(data.get("clock", "")).removeprefix("task:")))


def _oversees(state: CaseState, data: dict[str, Any], party: str) -> bool:
    """Whether the party hears of a limit that others are late with: then it is not about acting."""
    limit = state.clocks.get(str(data.get("clock", "")))
    return data.get("what") == "late" and (limit is None or party not in limit.parties)


def _is_over(playbook: Playbook, state: CaseState, data: dict[str, Any]) -> bool:
    if data.get("what") == "up_the_line":
        return data["party"] not in timing.awaited(playbook, state)
    task, limit = state.tasks.get(str(data.get("task", ""))), state.clocks.get(str(data.get("clock", "")))
    if task is not None:
        return task.status != "open"
    return limit is not None and limit.ended is not None and data.get("what") == "warning"


def _notice(what: str, asked: str, party: str, state: CaseState, data: dict[str, Any]) -> str:
    """The kind by which people tune what they hear; lateness of others' work is an escalation."""
    if what == "warning":
        return "due_soon"
    if what in ("task", "assigned", "up_the_line"):
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
    kept = around.kept_out(playbook, Row.of(case), run.party, now, run)
    asked, persons = notifying.holders_or_superior(case, playbook, run.party, run.key, kept)
    actor = notifying.actor_of(case.pk, int(item.data["seq"]))
    notifying.notify(
        persons=persons, what="assigned", case_id=case.pk, now=now, about=run.id,
        data={"task": run.id, "party": run.party} | _instead(run.party, asked, kept), except_for=actor,
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
    kept = around.kept_out(playbook, Row.of(case), party, now)
    asked, persons = notifying.holders_or_superior(case, playbook, party, kept=kept)
    notifying.notify(
        persons=persons, what=APPROVAL, case_id=case.pk, now=now, about=f"event:{item.data['seq']}",
        data={"party": asked} | _instead(party, asked, kept),
        except_for=notifying.actor_of(case.pk, int(item.data["seq"])),
    )  # fmt: skip


def approver(case: Any, playbook: Playbook, state: CaseState, now: datetime) -> str:
    """The party that must approve where the case stands; empty where nothing is to be approved."""
    waits = playbook.states[state.state].waits
    for action in playbook.actions_from(state.state):
        if action.by_tier is None or waits is None:
            continue
        scope = CaseScope(playbook, state, now, around.CaseAround(playbook, Row.of(case), now), {})
        try:
            party = str(scope.table(action.by_tier.table, (scope.total(action.by_tier.of),)))
        except (MissingFact, TableError):
            continue
        if party in waits.parties:
            return party
    return ""
