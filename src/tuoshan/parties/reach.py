"""Which cases a person may see: everything, their branch of the organisation, or what they had part in.

A role says how far it reaches (``Role.reach``); a person reaches the union over their roles, the cases that
they own or have a task in, those in which a party that the map gives to their department or unit had a clock, and,
while standing in for someone absent, that person's reach as well.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from tuoshan.parties.models import OrgUnit, PartyMap, Person
from tuoshan.parties.standing import Profile, standing


@dataclass(frozen=True, slots=True, order=True)
class OurPart:
    """A party that is one's department or unit: in one playbook alone, or in all but those that say otherwise."""

    party: str
    only: str = ""
    but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """``branches`` are path prefixes of units whose cases are seen; ``involved`` those of units whose part
    in a case (a task, now or once) shows it; ``departments`` are the kinds of department whose inquiries do;
    ``persons`` are self and the absent ones stood in for; ``ours`` the parties of the department and the unit.
    """

    everything: bool
    branches: frozenset[str]
    involved: frozenset[str]
    persons: frozenset[int]
    departments: frozenset[str] = frozenset()
    ours: tuple[OurPart, ...] = ()


def _is_whole(path: str) -> bool:
    """One deployment serves one company, so the root's branch is everything, cases without unit included."""
    return path.count("/") <= 1


def _of_profile(profile: Profile) -> tuple[bool, set[str], set[str]]:
    everything, branches, involved = False, set[str](), set[str]()
    for _, reach in (*profile.roles, *profile.reading):
        if reach == "all":
            everything = True
        elif reach == "service":
            everything = everything or _is_whole(profile.service_path)
            branches.add(profile.service_path)
        elif reach == "unit" and profile.unit_path:
            branches.add(profile.unit_path)
        elif reach == "involved" and profile.unit_path:
            involved.add(profile.unit_path)
    return everything, branches, involved | branches


def _department(profile: Profile) -> str:
    """The kind of department whose inquiries the person takes up. A store sees its own cases, not other stores'."""
    return "" if profile.works_for_department == "store" else profile.works_for_department


def _ours(profiles: Iterable[Profile]) -> tuple[OurPart, ...]:
    """The parties that the map gives to the department or the unit of those who see what they are involved in."""
    involved = [one for one in profiles if any(reach == "involved" for _, reach in one.roles)]
    if not involved:
        return ()
    rows = list(PartyMap.objects.order_by().values_list("party", "playbook", "target", "department", "unit__path"))
    specific: dict[str, set[str]] = {}
    for party, playbook, *_ in rows:
        if playbook:
            specific.setdefault(party, set()).add(playbook)
    found = {
        OurPart(party, playbook, () if playbook else tuple(sorted(specific.get(party, ()))))
        for party, playbook, target, department, path in rows
        if any(_is_ours(one, target, department, path or "") for one in involved)
    }  # fmt: skip
    return tuple(sorted(found))


def _is_ours(profile: Profile, target: str, department: str, path: str) -> bool:
    if target == PartyMap.Target.DEPARTMENT.value:  # where none is named, the tasks say which one is asked
        return bool(department) and department == _department(profile)
    return target == PartyMap.Target.UNIT.value and bool(path) and profile.unit_path.startswith(path)


def reach(person: Person) -> Reach:
    """Return the person's reach, worked out once per instance."""
    stands = standing(person)
    known: Reach | None = person.__dict__.get("_reach")
    if known is None:
        parts = [_of_profile(profile) for profile in (stands.own, *stands.absent)]
        known = Reach(
            everything=any(part[0] for part in parts),
            branches=frozenset[str]().union(*(part[1] for part in parts)),
            involved=frozenset[str]().union(*(part[2] for part in parts)),
            persons=stands.persons,
            departments=frozenset(filter(None, map(_department, (stands.own, *stands.absent)))),
            ours=_ours((stands.own, *stands.absent)),
        )
        person.__dict__["_reach"] = known
        person.__dict__.pop("_units", None)
    return known


def _below(paths: frozenset[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition


def _units(person: Person) -> tuple[frozenset[int], frozenset[int]]:
    """Return the ids of the units whose cases are seen, and of those whose part in a case shows it."""
    mine = reach(person)
    known: tuple[frozenset[int], frozenset[int]] | None = person.__dict__.get("_units")
    if known is None:
        if mine.everything:
            every = frozenset(OrgUnit.objects.values_list("pk", flat=True))
            known = (every, every)
        elif not mine.involved:
            known = (frozenset(), frozenset())
        else:
            rows = list(OrgUnit.objects.filter(_below(mine.involved)).values_list("pk", "path"))
            seen = frozenset(pk for pk, path in rows if path.startswith(tuple(mine.branches)))
            known = (seen, frozenset(pk for pk, _ in rows))
        person.__dict__["_units"] = known
    return known


def units_within(person: Person) -> frozenset[int]:
    """Return the ids of the org units all of whose cases the person sees. One query per instance."""
    return _units(person)[0]


def units_involved(person: Person) -> frozenset[int]:
    """Return the ids of the org units whose part in a case, by a task, shows the case to the person."""
    return _units(person)[1]


def case_filter(person: Person) -> Q:
    """Return the condition on ``cases.Case`` for what the person may see.

    Someone who sees everything gets an empty condition, so that every index of the table stays usable; the
    others get columns that are indexed (unit, owner) and look-ups in the tasks, each by an index of theirs.
    """
    found = Q()
    for way in ways(person).values():
        found |= way
    return found


def ways(person: Person) -> dict[str, Q]:
    """Return the same cut into its ways, of which any one is enough; none for someone who sees everything.

    ``units`` are the cases of units, ``departments`` those that a kind of department was asked about.
    """
    mine = reach(person)
    if mine.everything:
        return {}
    seen, involved = _units(person)
    found = {"owned": Q(handler_id__in=mine.persons)}
    for name, part in _parts(involved, mine.departments, mine.persons).items():
        found[name] = Q(id__in=_tasks().filter(part).values("case_id"))
    if mine.ours:
        found["ours"] = _of_ours(mine.ours, lambda parties: Q(id__in=_clocks().filter(parties).values("case_id")))
    return {**found, "units": Q(unit_id__in=seen)} if seen else found


def identity(person: Person) -> Hashable:
    """Return all that the person's reach, and what is theirs by person and unit, follows from."""
    mine, own = reach(person), standing(person).own
    units = () if mine.everything else _units(person)
    return person.pk, person.unit_id, own.department, mine, units


def nearby(person: Person) -> Q:
    """Return the same condition, asked of a case at hand instead of looking up all that fulfil it.

    For going through cases in an order until enough are found.
    """
    mine = reach(person)
    if mine.everything:
        return Q()
    seen, involved = _units(person)
    found = Q(unit_id__in=seen) if seen else Q()
    found |= Q(handler_id__in=mine.persons)
    for part in _parts(involved, mine.departments, mine.persons).values():
        found |= Q(Exists(_tasks().filter(part, case_id=OuterRef("pk"))))
    return found | _of_ours(mine.ours, lambda parties: Q(Exists(_clocks().filter(parties, case_id=OuterRef("pk")))))


def _of_ours(ours: Iterable[OurPart], cases_of: Callable[[Q], Q]) -> Q:
    """The condition on cases in which one of these parties has, or had, a clock."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in ours:
        alike.setdefault((one.only, one.but), []).append(one.party)
    found = Q()
    for (only, but), parties in alike.items():
        condition = cases_of(Q(party__in=parties))
        condition &= Q(playbook=only) if only else Q()
        found |= condition & ~Q(playbook__in=but) if but else condition
    return found


def _is_open() -> Any:
    return import_module("tuoshan.cases.models").IS_OPEN


def _clocks() -> Any:
    return apps.get_model("cases", "Deadline")._default_manager.order_by()


def _tasks() -> Any:
    return apps.get_model("cases", "Task")._default_manager.order_by()


def _parts(units: frozenset[int], departments: frozenset[str], persons: frozenset[int]) -> dict[str, Q]:
    """The ways of having part in a case through a task: one's unit or one's kind of department had it, it is given
    to one, or one did it.
    """
    found = {"involved": Q(unit_id__in=units)} if units else {}
    if departments:
        found["departments"] = Q(department__in=departments)
    return {**found, "given": _is_open() & Q(person_id__in=persons), "done": Q(completed_by_id__in=persons)}


def reaches(person: Person, case: Any) -> bool:
    """Whether the person may see this one case (anything with ``pk``, ``playbook``, ``unit_id`` and ``handler_id``)."""
    mine = reach(person)
    if mine.everything or case.handler_id in mine.persons:
        return True
    if case.unit_id is not None and case.unit_id in units_within(person):
        return True
    _, involved = _units(person)
    mine_in_tasks = Q()
    for part in _parts(involved, mine.departments, mine.persons).values():
        mine_in_tasks |= part
    if _tasks().filter(mine_in_tasks, case_id=case.pk).exists():
        return True
    shown = [one.party for one in mine.ours if one.only in ("", case.playbook) and case.playbook not in one.but]
    return bool(shown) and bool(_clocks().filter(party__in=shown, case_id=case.pk).exists())
