"""After a registration: the case that somebody has just registered, even where it lies beyond their reach."""

from typing import Any

from tuoshan.cases import queries
from tuoshan.cases.models import Case


def own_case(person: Any, number: str) -> Case | None:
    """A case within reach, or one that this person registered."""
    case = queries.reachable(person).filter(number=number).first()
    return case or Case.objects.filter(number=number, registrant_id=person.pk).first()
