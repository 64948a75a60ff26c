"""How a person stands: roles, unit, and whom they stand in for; read with one query, kept for a minute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection

from tuoshan import clock
from tuoshan.agenda.sql import adapt
from tuoshan.parties.models import Person

KEPT = timedelta(minutes=1)
"""How long an instance of Person may answer from memory; a request has a fresh instance anyway."""

DEPARTMENT_ROLES = {"store": frozenset({"store_manager"}), "service": frozenset({"agent", "supervisor"})}
INVESTIGATORS = frozenset({"investigator"})


@dataclass(frozen=True)
class Profile:
    """What deciding about one person needs. ``roles`` are (key, reach) of the roles that may act;
    ``reading`` are those that only read. Paths are empty for someone without a unit.
    """

    person_id: int
    roles: tuple[tuple[str, str], ...] = ()
    reading: tuple[tuple[str, str], ...] = ()
    unit_id: int | None = None
    unit_path: str = ""
    department: str = ""
    is_away: bool = False

    @cached_property
    def acting_roles(self) -> frozenset[str]:
        return frozenset(key for key, _ in self.roles)

    @cached_property
    def service_path(self) -> str:
        """The branch that this person's service desk serves: everything below the unit it belongs to.

        Someone without a unit serves the whole company.
        """
        if self.department != "service":
            return self.unit_path
        return self.unit_path.rstrip("/").rpartition("/")[0] + "/" if "/" in self.unit_path.rstrip("/") else ""

    @cached_property
    def works_for_department(self) -> str:
        """The department whose work this person's role takes up; empty when it takes up none."""
        fitting = DEPARTMENT_ROLES.get(self.department, INVESTIGATORS)
        return self.department if self.department and not fitting.isdisjoint(self.acting_roles) else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's own profile, and those of the absent persons for whom they act."""

    own: Profile
    absent: tuple[Profile, ...]
    read_at: datetime

    @property
    def persons(self) -> frozenset[int]:
        return frozenset({self.own.person_id, *(profile.person_id for profile in self.absent)})


_STOOD_IN = (
    "SELECT {what} FROM parties_absence a JOIN parties_person d ON d.id = a.delegate_id AND d.is_active "
    "WHERE a.starts_at <= %s AND a.ends_at > %s AND NOT EXISTS (SELECT 1 FROM parties_absence o "
    "WHERE o.person_id = a.delegate_id AND o.starts_at <= %s AND o.ends_at > %s) AND {of}"
)
"""Absences that someone really stands in for: the delegate is in service and not away as well."""

_PROFILES = (
    "SELECT p.id, r.key, r.reach, r.reads_only, p.unit_id, u.path, u.department, EXISTS ({away}) "
    "FROM parties_person p LEFT JOIN parties_person_roles pr ON pr.person_id = p.id "
    "LEFT JOIN parties_role r ON r.id = pr.role_id LEFT JOIN parties_orgunit u ON u.id = p.unit_id "
    "WHERE p.is_active AND ({where}) ORDER BY p.id, r.position, r.key"
)
"""By hand, as it is asked for at every step of every case: building it anew took ten times as long as running it."""

_AWAY = _STOOD_IN.format(what="1", of="a.person_id = p.id")
OF_PERSON = "p.id = %s"
OF_ROLE = (
    "EXISTS (SELECT 1 FROM parties_person_roles hr JOIN parties_role h ON h.id = hr.role_id "
    "WHERE hr.person_id = p.id AND {})"
)
_OF_ABSENT = f"p.id IN ({_STOOD_IN.format(what='a.person_id', of='a.delegate_id = %s')})"


def stand_ins(person_ids: Sequence[int], at: datetime) -> list[int]:
    """Who stands in for these absent persons and may act, by id."""
    marks = ", ".join(["%s"] * len(person_ids))
    acts = OF_ROLE.format("NOT h.reads_only").replace("p.id", "a.delegate_id")
    of = f"a.person_id IN ({marks}) AND {acts}"
    with connection.cursor() as cursor:
        cursor.execute(_STOOD_IN.format(what="DISTINCT a.delegate_id", of=of), [adapt(at)] * 4 + list(person_ids))
        return [pk for (pk,) in cursor.fetchall()]


def profiles(where: str, values: Sequence[Any], at: datetime) -> list[Profile]:
    """Return the profiles of the active persons for whom the condition holds, by id, with one query.

    ``where`` is SQL over ``p`` (the person) and ``u`` (their unit); ``values`` stand for its marks.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PROFILES.format(away=_AWAY, where=where), [*[adapt(at)] * 4, *values])
        return _gathered(cursor.fetchall())


_Row = tuple[int, str | None, str | None, bool | None, int | None, str | None, str | None, bool]


def _gathered(rows: Iterable[_Row]) -> list[Profile]:
    roles: dict[int, list[tuple[str, str, bool]]] = {}
    rest: dict[int, tuple[int | None, str, str, bool]] = {}
    for pk, key, reach, reads_only, unit_id, path, department, away in rows:
        rest[pk] = (unit_id, path or "", department or "", bool(away))
        held = roles.setdefault(pk, [])
        if key is not None and reach is not None:
            held.append((key, reach, bool(reads_only)))
    return [
        Profile(
            person_id=pk,
            roles=tuple((key, reach) for key, reach, reads_only in roles[pk] if not reads_only),
            reading=tuple((key, reach) for key, reach, reads_only in roles[pk] if reads_only),
            unit_id=unit_id,
            unit_path=path,
            department=department,
            is_away=away,
        )
        for pk, (unit_id, path, department, away) in rest.items()
    ]


def standing(person: Person) -> Standing:
    """Return how the person stands now; someone who has left stands nowhere and is nobody (id 0)."""
    now = clock.now()
    known: Standing | None = person.__dict__.get("_standing")
    if known is not None and timedelta(0) <= now - known.read_at <= KEPT:
        return known
    values = [person.pk, *[adapt(now)] * 4, person.pk]
    found = {p.person_id: p for p in profiles(f"{OF_PERSON} OR {_OF_ABSENT}", values, now)}
    own = found.pop(person.pk, Profile(person_id=0))
    absent = tuple(found.values()) if own.roles else ()
    person.__dict__["_standing"] = made = Standing(own=own, absent=absent, read_at=now)
    person.__dict__.pop("_reach", None)
    return made


def forget(person: Person) -> None:
    """Forget what this instance knows of its standing, after its roles, unit or absences were changed."""
    for name in ("_standing", "_reach", "_units", "_rules", "_role_keys"):
        person.__dict__.pop(name, None)
