"""Over whom somebody may decide: absences of others, and what becomes of a leaver's cases."""

from typing import Any

from django.http import Http404

from tuoshan.parties import reach
from tuoshan.parties.models import Person
from tuoshan.parties.permissions import ADMIN, AUDITOR, FINANCE, MANAGER

ABOVE_SUPERVISORS = frozenset({MANAGER, ADMIN, FINANCE, AUDITOR})


def may_manage(viewer: Any, person: Person) -> bool:
    """Administrators decide over everyone, managers over all but administrators, supervisors over the people of the
    units that they see, as far as these are not above them.
    """
    if viewer.has_role(ADMIN):
        return True
    if person.has_role(ADMIN):
        return False
    if viewer.has_role(MANAGER):
        return True
    within = reach.reach(viewer).everything or person.unit_id in reach.units_within(viewer)
    return within and ABOVE_SUPERVISORS.isdisjoint(person.role_keys())


def managed(viewer: Any, pk: int) -> Person:
    """The person, if the viewer decides over them. Raises Http404 otherwise."""
    person = Person.objects.filter(pk=pk, is_active=True).first()
    if person is None or not may_manage(viewer, person):
        raise Http404
    return person


def looked_at(viewer: Any, pk: int) -> Person:
    """The person, if the viewer decides over them or looks over everything. Raises Http404 otherwise."""
    person = Person.objects.filter(pk=pk, is_active=True).first()
    if person is None or not (viewer.has_role(AUDITOR) or may_manage(viewer, person)):
        raise Http404
    return person


def able(excluding: int) -> Any:
    """Who can take work over: in service, and not only reading."""
    found = Person.objects.filter(is_active=True, roles__reads_only=False).exclude(pk=excluding)
    return found.select_related("unit").distinct().order_by("display_name", "pk")
