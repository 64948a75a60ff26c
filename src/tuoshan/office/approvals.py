"""What waits for a decision, and which of it the reader may decide: asked of the kernel, for many cases at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tuoshan.cases import library
from tuoshan.cases.around import CaseAround
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Task
from tuoshan.cases.possible import row_of
from tuoshan.core import possible as kernel
from tuoshan.core.case import Actor
from tuoshan.core.playbook import Playbook
from tuoshan.core.possible import Possible
from tuoshan.insight import reviewed
from tuoshan.integrations.following import approver
from tuoshan.office.boardlists import SELECTIONS
from tuoshan.parties.holding import CaseFacts, holding
from tuoshan.parties.models import OrgUnit

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case that waits for a decision: since when, whose it is, and the steps that the reader may take."""

    case: Case
    playbook: Playbook
    since: datetime | None
    decides: str
    steps: tuple[Possible, ...]


def waiting(viewer: Any, now: datetime) -> list[Waiting]:
    """The most pressing first, at most forty; those without steps are decided by others."""
    cases = list(SELECTIONS["approvals"].cases(viewer, now, None).defer(None)[:SHOWN])
    facts = _facts(cases)
    return [_one(case, facts[case.pk], viewer, now) for case in cases]


def _facts(cases: Sequence[Case]) -> dict[int, CaseFacts]:
    """What holding depends on, for all of them with two queries."""
    paths = dict(OrgUnit.objects.filter(pk__in={case.unit_id for case in cases}).values_list("pk", "path"))
    tasks: dict[int, list[tuple[int | None, int | None]]] = {}
    rows = Task.objects.filter(case_id__in=[case.pk for case in cases])
    for case_id, unit_id, person_id in rows.values_list("case_id", "unit_id", "person_id"):
        tasks.setdefault(case_id, []).append((unit_id, person_id))
    made = {}
    for case in cases:
        state = row_of(case).state
        mine = tasks.get(case.pk, [])
        made[case.pk] = CaseFacts(
            playbook=case.playbook,
            unit_path=paths.get(case.unit_id or 0, ""),
            handler_id=case.handler_id,
            registrant_id=case.registrant_id,
            assigned={party: int(pk) for party, pk in state.assigned.items() if pk.isdigit()},
            task_units=frozenset(unit for unit, _ in mine if unit),
            task_persons=frozenset(person for _, person in mine if person),
        )
    return made


def _one(case: Case, facts: CaseFacts, viewer: Any, now: datetime) -> Waiting:
    row = row_of(case)
    playbook = library.pinned(case.playbook, case.playbook_hash)
    state = row.state
    held = holding(viewer, row, facts=facts)
    decides = approver(case, playbook, state, now)
    waits = playbook.states[state.state].waits
    party = decides or (waits.parties[0] if waits else "")
    behalf = held.on_behalf_of(party) if party in held.parties else None
    actor = Actor("person", str(viewer.pk), held.parties, str(behalf) if behalf else "")
    items = kernel.possible(playbook, state, actor, now, CaseAround(playbook, row, now))
    mine = tuple(item for item in items if item.kind == "act" and item.main and item.blocked is None)
    deciding = any(reviewed.decides(playbook.actions.get(item.name)) for item in mine)
    entered = state.entered.get(state.state)
    title = words(playbook.parties[party].title) if party in playbook.parties else ""
    return Waiting(case, playbook, entered.last if entered else None, title, mine if deciding else ())

