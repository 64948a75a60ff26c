"""Someone leaves: what they have is handed on, and nothing opens to them any more."""

from datetime import datetime
from typing import NamedTuple

from django.apps import apps
from django.db import transaction

from tuoshan.parties.models import Absence, ApiToken, PartyMap, Person


class HandOver(NamedTuple):
    """What the caller passes on through the cases' own service: ids of open cases, keys of open tasks."""

    case_ids: list[int]
    tasks: list[tuple[int, str]]


class CannotHandOn(ValueError):
    """The cases cannot go to this person; the text says why."""


def belongings(person: Person) -> HandOver:
    """Return the open cases that the person owns and the open tasks given to them elsewhere, oldest first."""
    case = apps.get_model("cases", "Case")
    task = apps.get_model("cases", "Task")
    case_ids = list(
        case._default_manager.filter(handler_id=person.pk, ended=False).order_by("pk").values_list("pk", flat=True)
    )
    tasks = list(
        task._default_manager.filter(person_id=person.pk, status="open")
        .order_by("case_id", "key")
        .values_list("case_id", "key")
    )
    return HandOver(case_ids, tasks)


def hand_on(person: Person, to: Person) -> HandOver:
    """Return what has to go from one person to the other; writes nothing.

    Raises CannotHandOn when the other has left, is the same person, or may only read.
    """
    if person.pk == to.pk:
        raise CannotHandOn("the same person")
    if not to.is_active:
        raise CannotHandOn("has left")
    if not to.roles.filter(reads_only=False).exists():
        raise CannotHandOn("may only read")
    return belongings(person)


def leave(person: Person, *, to: Person, now: datetime) -> HandOver:
    """End the person's access at once and return what has to be handed on.

    Sessions end (the account is no longer active), tokens are revoked, absences that they stand in for and
    party mappings that name them pass to the other person. Raises CannotHandOn as ``hand_on`` does.
    """
    with transaction.atomic():
        over = hand_on(person, to)
        ApiToken.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now)
        Absence.objects.filter(delegate=person, ends_at__gt=now).exclude(person=to).update(delegate=to)
        Absence.objects.filter(delegate=person, ends_at__gt=now).update(delegate=None)
        PartyMap.objects.filter(person=person).update(person=to)
        person.is_active = False
        person.left_at = now
        person.set_unusable_password()
        person.save(update_fields=["is_active", "left_at", "password"])
    return over
