"""Telling staff: who, once an hour at most for the same thing in the same case, in the app and by mail as tuned."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from tuoshan import clock
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import around, prepared
from tuoshan.cases.models import Event, Watch
from tuoshan.cases.rows import Row
from tuoshan.core import line
from tuoshan.core.playbook import Playbook
from tuoshan.integrations import staff_mail
from tuoshan.integrations.models import Notification, OutgoingMessage
from tuoshan.parties.holding import persons_for
from tuoshan.parties.models import Person
from tuoshan.parties.reach import case_filter

COLLAPSES = timedelta(hours=1)
KEPT = timedelta(days=90)
UNDELIVERED = "undelivered"
_AT = re.compile(r"[@＠]")


def notify(
    *, persons: Iterable[Person], what: str, case_id: int | None, now: datetime, about: str = "",
    data: dict[str, Any] | None = None, except_for: int | None = None,
) -> list[Notification]:  # fmt: skip
    """Tell each person. The same thing in the same case within an hour adds to the count of the one that is there.

    `about` names the task or clock: hearing of the very same one again does not even count. Who wants neither the
    app nor mail for this kind is not told; `except_for` is whoever did it themselves.
    """
    made: list[Notification] = []
    with write_transaction():
        for person in {one.pk: one for one in persons if one.is_active and one.pk != except_for}.values():
            in_app, by_mail = person.wants(what, "app"), person.wants(what, "mail")
            if in_app or by_mail:
                made.append(_one(person, what, case_id, now, about, data or {}, in_app=in_app, by_mail=by_mail))
    return made


def _one(
    person: Person, what: str, case_id: int | None, now: datetime, about: str, data: dict[str, Any], *, in_app: bool,
    by_mail: bool,
) -> Notification:  # fmt: skip
    Person.objects.select_for_update().filter(pk=person.pk).values_list("pk").first()
    same = Notification.objects.filter(
        person_id=person.pk, case_id=case_id, what=what, first_at__gt=now - COLLAPSES
    ).order_by("-first_at")
    known = same.first() if case_id is not None else same.filter(about=about).first()
    if known is not None:
        if about and known.about == about:
            return known
        known.count += 1
        known.at, known.about, known.data, known.read_at = now, about, data, None
        known.save(update_fields=["count", "at", "about", "data", "read_at"])
        return known
    mail_at = staff_mail.when(person, what, now, case_id=case_id) if by_mail and person.email else None
    note = Notification.objects.create(
        person_id=person.pk, case_id=case_id, what=what, about=about[:160], data=data, first_at=now, at=now,
        in_app=in_app, mail_at=mail_at,
    )  # fmt: skip
    if mail_at is not None:
        staff_mail.arm(person.pk, mail_at)
    return note


# -- who -----------------------------------------------------------------------------------------------------------


def holders(case: Any, party: str, key: str = "", kept: frozenset[str] = frozenset()) -> list[Person]:
    """Who acts as the party, none of `kept`; for one of several departments (`key`: its code or its unit) only its own
    people.
    """
    found = persons_for(party, case, excluding=kept)
    if not key:
        return found
    own = [
        person for person in found if person.unit is not None and key in (person.unit.department, str(person.unit_id))
    ]
    own = own or [person for person in persons_for(key, case, excluding=kept) if not key.isdigit()]
    return own or found


def holders_or_superior(
    case: Any, playbook: Playbook, party: str, key: str = "", kept: frozenset[str] = frozenset()
) -> tuple[str, list[Person]]:
    """The party and its holders; where nobody holds it whom `not_by` lets act, up the line until somebody does."""
    for level in line.levels(playbook, (party,)):
        (party,) = level
        if found := holders(case, party, key, kept):
            return party, found
        key = ""
    last = party if kept else playbook.superior_of(party)
    return last, holders(case, last, kept=kept)


def watchers(case: Any) -> list[Person]:
    """Who follows the case and may still see it."""
    ids = Watch.objects.filter(case_id=case.pk).values_list("person_id", flat=True)
    return [person for person in Person.objects.filter(pk__in=list(ids), is_active=True) if may_see(person, case)]


def may_see(person: Person, case: Any) -> bool:
    """Whether the case lies within the person's reach."""
    model: Any = apps.get_model("cases", "Case")
    return bool(model._default_manager.filter(case_filter(person), id=case.pk).exists())


def actor_of(case_id: int, seq: int) -> int | None:
    """The person of ours who made the event; None for customers and the system."""
    row = Event.objects.filter(case_id=case_id, seq=seq).first()
    return row.actor_id if row is not None and row.actor_kind == "person" else None


# -- what ----------------------------------------------------------------------------------------------------------


def tell_staff(case: Any, playbook: Playbook, party: str, *, message: str, key: str, now: datetime) -> None:
    """A playbook's message to a party of ours: they are told in the app where a letter would be odd."""
    kept = around.kept_out(playbook, Row.of(case), party, now)
    _party, persons = holders_or_superior(case, playbook, party, kept=kept)
    notify(persons=persons, what="assigned", case_id=case.pk, now=now, about=key, data={"message": message})


def delivery_failed(row: OutgoingMessage) -> None:
    """Whoever handles the case hears that the customer did not."""
    model: Any = apps.get_model("cases", "Case")
    case = model._default_manager.filter(id=row.case_id or 0).first()
    if case is None:
        return
    persons = list(Person.objects.filter(pk=case.handler_id or 0)) or persons_for("lead", case)
    notify(persons=persons, what=UNDELIVERED, case_id=case.pk, now=clock.now(), about=row.key)


def mentioned(text: str) -> list[Person]:
    """The persons whose user name or display name stands right behind an `@`; the longest name that fits counts."""
    parts = [part for part in _AT.split(text)[1:] if part.strip()]
    if not parts:
        return []
    people = sorted(
        Person.objects.filter(is_active=True), key=lambda one: -max(len(one.display_name), len(one.username))
    )
    found: dict[int, Person] = {}
    for part in parts:
        said = part.casefold()
        for person in people:
            if any(_begins(said, name.casefold()) for name in (person.display_name, person.username) if name):
                found[person.pk] = person
                break
    return list(found.values())


def _begins(said: str, name: str) -> bool:
    """Whether the name stands there whole: a Latin name must not go on (`@li` is not in `@lily`)."""
    if not said.startswith(name):
        return False
    following = said[len(name) : len(name) + 1]
    return not (name[-1].isascii() and following.isascii() and (following.isalnum() or following in {"_", "."}))


# -- reading ---------------------------------------------------------------------------------------------------------


def of_person(person_id: int, *, unread: bool = False) -> QuerySet[Notification]:
    """What the person is shown in the app, newest first."""
    found = Notification.objects.filter(person_id=person_id, in_app=True)
    return found.filter(read_at__isnull=True) if unread else found


def unread_count(person_id: int, most: int = 99) -> int:
    """How many are unread; counting stops one above `most`."""
    person: Any = prepared.Hole("person", Notification._meta.get_field("person_id"))
    statement = prepared.kept(
        ("unread", most), lambda: of_person(person, unread=True).order_by().values("id")[: most + 1]
    )
    return len(statement.rows({"person": person_id}))


def mark_read(person_id: int, ids: Sequence[int] | None = None, *, case_id: int | None = None, now: datetime) -> int:
    """Mark these, those of a case, or all as read; how many were not."""
    found = of_person(person_id, unread=True)
    if ids is not None:
        found = found.filter(id__in=ids)
    if case_id is not None:
        found = found.filter(case_id=case_id)
    with write_transaction():
        return found.order_by().update(read_at=now)


def forget_old(now: datetime, most: int = 5000) -> int:
    """Delete notifications older than 90 days, a bounded number at a time; how many."""
    old = list(Notification.objects.filter(at__lt=now - KEPT).order_by("at").values_list("id", flat=True)[:most])
    with write_transaction():
        Notification.objects.filter(id__in=old).delete()
    return len(old)
