"""How a person stands: roles, unit, and whom they stand in for; read with one query, kept for a minute."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from tuoshan import clock
from tuoshan.parties.models import Absence, Person

KEPT = timedelta(minutes=1)
"""How long an instance of Person may answer from memory; a request has a fresh instance anyway."""

DEPARTMENT_ROLES = {"store": frozenset({"store_manager"}), "service": frozenset({"agent", "supervisor"})}
INVESTIGATORS = frozenset({"investigator"})


@dataclass(frozen=True, slots=True)
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

    @property
    def acting_roles(self) -> frozenset[str]:
        return frozenset(key for key, _ in self.roles)

    @property
    def service_path(self) -> str:
        """The branch that this person's service desk serves: everything below the unit it belongs to.

        Someone without a unit serves the whole company.
        """
        if self.department != "service":
            return self.unit_path
        return self.unit_path.rstrip("/").rpartition("/")[0] + "/" if "/" in self.unit_path.rstrip("/") else ""

    @property
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


def effective_absences(at: datetime) -> QuerySet[Absence]:
    """Absences that someone really stands in for: the delegate is in service and not away as well."""
    away_too = Absence.objects.filter(Absence.running(at), person=OuterRef("delegate"))
    return Absence.objects.filter(Absence.running(at), delegate__is_active=True).filter(~Exists(away_too))


def profiles(where: Q, at: datetime) -> list[Profile]:
    """Return the profiles of the active persons for whom the condition holds, by id, with one query."""
    away = effective_absences(at).filter(person=OuterRef("pk"))
    rows = (
        Person.objects.filter(pk__in=Person.objects.filter(where, is_active=True).values("pk"))
        .annotate(away=Exists(away))
        .order_by("pk", "roles__position", "roles__key")
        .values_list(
            "pk", "roles__key", "roles__reach", "roles__reads_only",
            "unit_id", "unit__path", "unit__department", "away",
        )
    )  # fmt: skip
    return _gathered(rows)


_Row = tuple[int, str | None, str | None, bool | None, int | None, str | None, str | None, bool]


def _gathered(rows: Iterable[_Row]) -> list[Profile]:
    roles: dict[int, list[tuple[str, str, bool]]] = {}
    rest: dict[int, tuple[int | None, str, str, bool]] = {}
    for pk, key, reach, reads_only, unit_id, path, department, away in rows:
        rest[pk] = (unit_id, path or "", department or "", away)
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
    stands_for = effective_absences(now).filter(delegate=person.pk).values("person_id")
    found = {p.person_id: p for p in profiles(Q(pk=person.pk) | Q(pk__in=stands_for), now)}
    own = found.pop(person.pk, Profile(person_id=0))
    absent = tuple(found.values()) if own.roles else ()
    person.__dict__["_standing"] = made = Standing(own=own, absent=absent, read_at=now)
    person.__dict__.pop("_reach", None)
    return made


def forget(person: Person) -> None:
    """Forget what this instance knows of its standing, after its roles, unit or absences were changed."""
    for name in ("_standing", "_reach", "_units", "_rules", "_role_keys"):
        person.__dict__.pop(name, None)
