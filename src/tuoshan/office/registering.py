"""Registering a case: into which unit, and what opens of it afterwards."""

from datetime import datetime, timedelta
from typing import Any

from tuoshan import clock
from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.core.playbook import Playbook
from tuoshan.parties.models import OrgUnit
from tuoshan.parties.reach import units_within

AT_THE_COUNTER = timedelta(minutes=15)
"""For so long after registering the customer is taken to be there still, for the number to be told and the slip."""


def may_register_into(person: Any, playbook: Playbook, unit: OrgUnit) -> bool:
    """Whether the person may give a new case to this unit: their own, one whose cases they see, or a store where the
    process asks which store is concerned, as anybody may name one on the screen.
    """
    if unit.pk == person.unit_id or unit.pk in units_within(person):
        return True
    asks_store = any(item.kind == "org_unit" for item in playbook.register)
    return asks_store and unit.is_active and unit.kind == OrgUnit.Kind.STORE


def own_case(person: Any, number: str) -> Case | None:
    """A case within reach, or one beyond it that this person has just registered, the customer still before them."""
    case = queries.reachable(person).filter(number=number).first()
    since = clock.now() - AT_THE_COUNTER
    return case or Case.objects.filter(number=number, registrant_id=person.pk, created_at__gt=since).first()


def open_until(person: Any, case: Case) -> datetime | None:
    """Until when receipt and slip open for who registered the case; None where they see the case anyway."""
    return None if queries.can_reach(person, case) else case.created_at + AT_THE_COUNTER
