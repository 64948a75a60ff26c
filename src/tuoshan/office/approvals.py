"""What waits for a decision, and which of it the reader may decide: asked of the kernel, for many cases at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tuoshan import punctuation
from tuoshan.cases import paging
from tuoshan.cases.acting import person_actor
from tuoshan.cases.forms import words
from tuoshan.cases.models import Case
from tuoshan.core import possible as kernel
from tuoshan.core.playbook import Playbook
from tuoshan.core.possible import Possible
from tuoshan.insight import reviewed
from tuoshan.integrations.following import approver
from tuoshan.office.boardlists import SELECTIONS
from tuoshan.office.left import Many
from tuoshan.parties.holding import holding

SHOWN = 40
MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case that waits for a decision: since when, whose it is, and the steps that the reader may take."""

    case: Case
    playbook: Playbook
    since: datetime | None
    decides: str
    steps: tuple[Possible, ...]


def listing(viewer: Any, now: datetime) -> "QuerySet[Case]":
    """The cases that wait for a decision, the most pressing first, with all that deciding needs."""
    return SELECTIONS["approvals"].cases(viewer, now, None).defer(None)


def waiting(viewer: Any, now: datetime) -> tuple[list[Waiting], int, bool]:
    """What the viewer may decide, the most pressing first, at most forty; how many of those looked at others decide;
    and whether more wait than were looked at.
    """
    mine: list[Waiting] = []
    others, cursor = 0, ""
    for _turn in range(MOST_LOOKED_AT // SHOWN):
        page = paging.page(listing(viewer, now), cursor, SHOWN)
        found = decisions(page.rows, viewer, now)
        own = [one for one in found if one.steps]
        mine += own
        others += len(found) - len(own)
        cursor = page.next
        if not cursor or len(mine) >= SHOWN:
            break
    return mine[:SHOWN], others, bool(cursor) or len(mine) > SHOWN


def decisions(cases: list[Case], viewer: Any, now: datetime) -> list[Waiting]:
    """What is to be decided in these cases, and by whom; those without steps are decided by others."""
    many = Many(cases, now)
    return [_one(case, many, viewer) for case in cases]


def _one(case: Case, many: Many, viewer: Any) -> Waiting:
    row, playbook = many.rows[case.pk], many.playbook(case.pk)
    state = row.state
    held = holding(viewer, row, facts=many.facts[case.pk])
    decides = approver(case, playbook, state, many.now)
    waits = playbook.states[state.state].waits
    party = decides or (waits.parties[0] if waits else "")
    actor = person_actor(str(viewer.pk), held, (party,))
    items = kernel.possible(playbook, state, actor, many.now, many.around(case.pk))
    mine = tuple(item for item in items if item.kind == "act" and item.main and item.blocked is None)
    deciding = any(reviewed.decides(playbook, playbook.actions.get(item.name)) for item in mine)
    entered = state.entered.get(state.state)
    deciders = sorted(many.answering(case.pk, party))
    title = punctuation.listed(words(playbook.parties[one].title) for one in deciders if one in playbook.parties)
    return Waiting(case, playbook, entered.last if entered else None, title, mine if deciding else ())

