"""What waits for a decision, and which of it the reader may decide: asked of the kernel, for many cases at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from tuoshan.cases import library
from tuoshan.cases.around import CaseAround
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case, Task
from tuoshan.cases.possible import row_of
from tuoshan.core import possible as kernel
from tuoshan.core.case import Actor
from tuoshan.integrations.following import approver
from tuoshan.office.boardlists import SELECTIONS
from tuoshan.parties.holding import CaseFacts, holding
from tuoshan.parties.models import OrgUnit
from tuoshan.workbench.cards import Card, cards

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Decision:
    """One button: its form opens in place."""

    id: str
    title: str
    src: str
    first: bool


@dataclass(frozen=True, slots=True)
class Approval:
    """One case that waits for a decision: since when, about how much, and whose it is."""

    card: Card
    amount: Decimal | None
    since: datetime | None
    decides: str
    buttons: tuple[Decision, ...]


def waiting(viewer: Any, now: datetime) -> tuple[list[Approval], list[Approval]]:
    """Those that the viewer may decide, and those that others decide; the most pressing first."""
    cases = list(SELECTIONS["approvals"].cases(viewer, now, None).defer(None)[:SHOWN])
    facts = _facts(cases)
    shown = {card.case.pk: card for card in cards(cases, viewer)}
    found = [_approval(case, shown[case.pk], facts[case.pk], viewer, now) for case in cases]
    return [one for one in found if one.buttons], [one for one in found if not one.buttons]


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


def _approval(case: Case, card: Card, facts: CaseFacts, viewer: Any, now: datetime) -> Approval:
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
    mine = [item for item in items if item.kind == "act" and item.main and item.blocked is None]
    deciding = any(_decides(playbook, item.name) for item in mine)
    made = tuple(
        Decision(
            f"ap-{case.pk}-{item.name}",
            words(item.title),
            f"{reverse('workbench:act', args=[case.number, 'act', item.name])}?from=board",
            number == 0,
        )
        for number, item in enumerate(mine if deciding else ())
    )
    entered = state.entered.get(state.state)
    title = words(playbook.parties[party].title) if party in playbook.parties else ""
    return Approval(card, case.amount, entered.last if entered else None, title, made)


def _decides(playbook: Any, name: str) -> bool:
    action = playbook.actions.get(name)
    return action is not None and (action.by_tier is not None or name == "approve")
