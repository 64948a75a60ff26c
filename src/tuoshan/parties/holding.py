"""Which parties of a playbook a person holds in a case, and who holds a given party.

The party map says what a party means in this company; both directions are decided by the same pure function,
``held_by``. Someone away whose delegate is on duty holds nothing but what follows from who they are (they
registered the case; they are staff): a power is held by the person or the delegate, never by both.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from tuoshan import clock
from tuoshan.core.case import CaseState
from tuoshan.parties.models import PartyMap, Person
from tuoshan.parties.standing import OF_PERSON, OF_ROLE, Profile, profiles, stand_ins, standing

FACTS = (
    "SELECT unit_id, person_id, '' FROM cases_task WHERE case_id = %s "
    "UNION ALL SELECT id, NULL, path FROM parties_orgunit WHERE id = %s"
)
EVERY_RULE = (
    "SELECT m.playbook, m.party, m.target, r.key, m.department, u.path, m.person_id, m.same_as "
    "FROM parties_partymap m LEFT JOIN parties_role r ON r.id = m.role_id "
    "LEFT JOIN parties_orgunit u ON u.id = m.unit_id"
)
RULES = EVERY_RULE + " WHERE m.playbook IN ('', %s) ORDER BY m.party, m.playbook, m.id"
"""Both are asked at every command of a person, so they are written by hand: building them took longer than running."""

PERSONAL = frozenset({PartyMap.Target.REGISTRANT, PartyMap.Target.STAFF})
"""Ways of being a party that stay with a person while away."""


class Rule(NamedTuple):
    """One row of the party map, without the database."""

    party: str
    target: str
    role: str = ""
    department: str = ""
    unit_path: str = ""
    person_id: int | None = None
    same_as: str = ""


Rules = Mapping[str, tuple[Rule, ...]]


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What holding depends on in a case. ``assigned`` is the person per party to whom the case gave it."""

    playbook: str
    unit_path: str = ""
    handler_id: int | None = None
    registrant_id: int | None = None
    assigned: Mapping[str, int] = field(default_factory=dict)
    task_units: frozenset[int] = frozenset()
    task_persons: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Holding:
    """``own`` parties, and those held for each absent person (by id)."""

    own: frozenset[str]
    for_absent: Mapping[int, frozenset[str]]

    @property
    def parties(self) -> frozenset[str]:
        return self.own.union(*self.for_absent.values())

    @property
    def stands_in(self) -> Mapping[str, frozenset[str]]:
        """Of each party held for absent persons alone: for whom, their ids as texts."""
        found: dict[str, frozenset[str]] = {}
        for pk, parties in self.for_absent.items():
            for party in parties - self.own:
                found[party] = found.get(party, frozenset()) | {str(pk)}
        return found

    def on_behalf_of(self, party: str) -> int | None:
        """Return the absent person for whom this party is held; None when it is the person's own."""
        if party in self.own:
            return None
        return next((pk for pk, parties in sorted(self.for_absent.items()) if party in parties), None)


def _reaches(profile: Profile, reach: str, facts: CaseFacts) -> bool:
    """Whether a role with this reach carries as far as the case."""
    if reach == "all" or profile.person_id in facts.task_persons or profile.person_id == facts.handler_id:
        return True
    branch = profile.service_path if reach == "service" else profile.unit_path
    if reach == "service" and branch.count("/") <= 1:
        return True
    if profile.unit_id is not None and profile.unit_id in facts.task_units:
        return True
    return reach != "involved" and bool(branch) and facts.unit_path.startswith(branch)


def _works_there(profile: Profile, rule: Rule, facts: CaseFacts) -> bool:
    works_for = profile.works_for_department
    if not works_for or rule.department not in ("", works_for):
        return False
    return works_for != "store" or _reaches(profile, "unit", facts)


_IS_TARGET: Mapping[str, Callable[[Profile, Rule, CaseFacts], bool]] = {
    PartyMap.Target.ROLE.value: lambda profile, rule, facts: any(
        key == rule.role and _reaches(profile, reach, facts) for key, reach in profile.roles
    ),
    PartyMap.Target.DEPARTMENT.value: _works_there,
    PartyMap.Target.UNIT.value: lambda profile, rule, facts: (
        bool(profile.roles) and profile.unit_path.startswith(rule.unit_path)
    ),
    PartyMap.Target.PERSON.value: lambda profile, rule, facts: profile.person_id == rule.person_id,
    PartyMap.Target.HANDLER.value: lambda profile, rule, facts: (
        profile.person_id in (facts.assigned.get(rule.party), facts.handler_id)
    ),
    PartyMap.Target.REGISTRANT.value: lambda profile, rule, facts: profile.person_id == facts.registrant_id,
    PartyMap.Target.STAFF.value: lambda profile, rule, facts: bool(profile.roles),
    PartyMap.Target.OUTSIDE.value: lambda profile, rule, facts: False,
}
"""Whether a person is whom a rule of the map means, by its target. Asked of every rule at every command."""

SAME_AS = PartyMap.Target.PARTY.value


def held_by(profile: Profile, party: str, rules: Rules, facts: CaseFacts) -> bool:
    """Whether the person holds the party in the case. Someone who only reads holds nothing."""
    if not profile.roles:
        return False
    names = [party]
    for name in names:
        if facts.assigned.get(name) == profile.person_id and not profile.is_away:
            return True
        for rule in rules.get(name, ()):
            if rule.target == SAME_AS:
                if rule.same_as not in names:
                    names.append(rule.same_as)
            elif (not profile.is_away or rule.target in PERSONAL) and _IS_TARGET[rule.target](profile, rule, facts):
                return True
    return False


def _held(profile: Profile, rules: Rules, facts: CaseFacts) -> frozenset[str]:
    names = {*rules, *facts.assigned}
    return frozenset(party for party in names if held_by(profile, party, rules, facts))


def _powers(profile: Profile, rules: Rules, facts: CaseFacts) -> frozenset[str]:
    """What a delegate takes over from the absent person: all that the person gave up by being away."""
    present = Profile(
        person_id=profile.person_id, roles=profile.roles, unit_id=profile.unit_id,
        unit_path=profile.unit_path, department=profile.department,
    )  # fmt: skip
    return _held(present, rules, facts) - _held(profile, rules, facts)


def _grouped(rows: Iterable[tuple[str, Rule]]) -> Rules:
    """Group by party; rows for the playbook replace the general ones of the same party."""
    special: dict[str, list[Rule]] = {}
    general: dict[str, list[Rule]] = {}
    for playbook, rule in rows:
        (special if playbook else general).setdefault(rule.party, []).append(rule)
    return {party: tuple(found) for party, found in {**general, **special}.items()}


def rules_for(playbook: str) -> Rules:
    """Return the party map in force for a playbook, with one query."""
    with connection.cursor() as cursor:
        cursor.execute(RULES, [playbook])
        return _grouped(map(_rule, cursor.fetchall()))


def _rule(row: tuple[Any, ...]) -> tuple[str, Rule]:
    return row[0], Rule(row[1], row[2], row[3] or "", row[4], row[5] or "", row[6], row[7])


def every_rule() -> list[tuple[str, Rule]]:
    """Return the whole party map, each row with the playbook that it is for (empty: all), with one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{EVERY_RULE} ORDER BY m.party, m.playbook, m.id")
        return list(map(_rule, cursor.fetchall()))


def rules_among(rows: Iterable[tuple[str, Rule]], playbook: str) -> Rules:
    """Return those of the whole map that are in force for a playbook."""
    return _grouped(row for row in rows if row[0] in ("", playbook))


def _from_state(case: Any) -> tuple[Iterable[Any], Mapping[str, Any]]:
    """Who started the case, and to whom it is assigned."""
    state = getattr(case, "state", None)
    if isinstance(state, CaseState):
        started = state.actions.get("start")
        return started.by if started else (), state.assigned
    stored: dict[str, Any] = json.loads(case.snapshot) if getattr(case, "snapshot", "") else {}
    traces: dict[str, Any] = stored.get("actions") or {}
    return traces.get("start", {}).get("by", ()), stored.get("assigned") or {}


def facts_of(case: Any) -> CaseFacts:
    """Read what holding needs of a case: its unit's path and its tasks in one query, the rest from the row itself
    (anything with ``pk, playbook, unit_id, handler_id`` and either the running state as ``state`` or, stored, a
    ``snapshot``).
    """
    starters, given = _from_state(case)
    by = next((int(pk) for pk in starters if str(pk).isdigit()), None)
    assigned = {party: int(pk) for party, pk in given.items() if str(pk).isdigit()}
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [case.pk, case.unit_id or 0])
        rows = cursor.fetchall()
    return CaseFacts(
        playbook=case.playbook,
        unit_path=next((path for _, _, path in rows if path), ""),
        handler_id=case.handler_id,
        registrant_id=getattr(case, "registrant_id", None) or by,
        assigned=assigned,
        task_units=frozenset(pk for pk, _, path in rows if pk and not path),
        task_persons=frozenset(pk for _, pk, path in rows if pk and not path),
    )


def holding(person: Person, case: Any, *, facts: CaseFacts | None = None) -> Holding:
    """Return what the person holds in the case, themselves and for the absent; three queries at most.

    ``facts`` spares one of them when the caller already has the case in its hands; how the person stands is
    kept with the instance, and so is the party map, so the next case costs one query.
    """
    stands = standing(person)
    facts = facts or facts_of(case)
    if not stands.own.roles:
        return Holding(frozenset(), {})
    kept: dict[str, Rules] = person.__dict__.setdefault("_rules", {})
    if facts.playbook not in kept:
        kept[facts.playbook] = rules_for(facts.playbook)
    rules = kept[facts.playbook]
    return Holding(
        own=_held(stands.own, rules, facts),
        for_absent={profile.person_id: _powers(profile, rules, facts) for profile in stands.absent},
    )


def holders(party: str, facts: CaseFacts, *, rules: Rules | None = None) -> list[Profile]:
    """Return the profiles of those who hold the party on their own account, by id. Two queries at most."""
    rules = rules_for(facts.playbook) if rules is None else rules
    return [
        profile
        for profile in profiles(*_candidates(party, rules, facts), clock.now())
        if held_by(profile, party, rules, facts)
    ]


def might_hold(profile: Profile, party: str, rules: Rules, playbook: str) -> bool:
    """Whether there can be a case in which the person holds the party, or gave it up by being away."""
    facts = CaseFacts(playbook, profile.unit_path, task_persons=frozenset({profile.person_id}))
    return held_by(replace(profile, is_away=False), party, rules, facts)


def everywhere(party: str, rules: Rules, playbook: str) -> list[Profile]:
    """Return the profiles of those who hold the party in whatever case. One query."""
    facts = CaseFacts(playbook)
    found = profiles(*_candidates(party, rules, facts), clock.now())
    return [profile for profile in found if held_by(profile, party, rules, facts)]


class Known:
    """What was read of people and of the party map, kept while many cases are gone through at one moment."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._rules: dict[str, Rules] = {}
        self._profiles: dict[tuple[object, ...], list[Profile]] = {}
        self._stand_ins: dict[tuple[int, ...], list[int]] = {}

    def rules(self, playbook: str) -> Rules:
        if playbook not in self._rules:
            self._rules[playbook] = rules_for(playbook)
        return self._rules[playbook]

    def profiles(self, where: str, values: list[Any]) -> list[Profile]:
        asked = (where, *values)
        if asked not in self._profiles:
            self._profiles[asked] = profiles(where, values, self.at)
        return self._profiles[asked]

    def stand_ins(self, absent: tuple[int, ...]) -> list[int]:
        if absent and absent not in self._stand_ins:
            self._stand_ins[absent] = stand_ins(absent, self.at)
        return self._stand_ins.get(absent, [])


def able(party: str, facts: CaseFacts, known: Known, excluding: Collection[str] = ()) -> set[int]:
    """Return the ids of those who can act as the party now: its holders, and the delegates of those who are away.

    None of ``excluding`` (ids as texts), nor whoever could only by standing in for one of them.
    """
    rules = known.rules(facts.playbook)
    found: set[int] = set()
    away: list[int] = []
    for profile in known.profiles(*_candidates(party, rules, facts)):
        if str(profile.person_id) in excluding:
            continue
        if held_by(profile, party, rules, facts):
            found.add(profile.person_id)
        elif profile.is_away and party in _powers(profile, rules, facts):
            away.append(profile.person_id)
    return found.union(pk for pk in known.stand_ins(tuple(away)) if str(pk) not in excluding)


def persons_for(
    party: str, case: Any, *, facts: CaseFacts | None = None, excluding: Collection[str] = ()
) -> list[Person]:
    """Return who can act as the party now (see ``able``)."""
    found = able(party, facts or facts_of(case), Known(clock.now()), excluding)
    return list(Person.objects.filter(pk__in=found, is_active=True).order_by("pk"))


def _candidates(party: str, rules: Rules, facts: CaseFacts) -> tuple[str, list[Any]]:
    """Narrow down in the database who might hold the party (see ``profiles``); ``held_by`` then decides."""
    where: list[str] = []
    values: list[Any] = []
    seen: set[str] = set()
    waiting = [party]

    def add(condition: str, *given: Any) -> None:
        where.append(condition)
        values.extend(given)

    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        add(OF_PERSON, facts.assigned.get(name) or 0)
        for rule in rules.get(name, ()):
            match rule.target:
                case PartyMap.Target.ROLE:
                    add(OF_ROLE.format("h.key = %s"), rule.role)
                case PartyMap.Target.DEPARTMENT:
                    add("u.department = %s", rule.department) if rule.department else add("u.department <> ''")
                case PartyMap.Target.UNIT:
                    add("substr(u.path, 1, %s) = %s", len(rule.unit_path), rule.unit_path)
                case PartyMap.Target.PERSON:
                    add(OF_PERSON, rule.person_id)
                case PartyMap.Target.HANDLER:
                    add(OF_PERSON, facts.handler_id or 0)
                case PartyMap.Target.REGISTRANT:
                    add(OF_PERSON, facts.registrant_id or 0)
                case PartyMap.Target.PARTY:
                    waiting.append(rule.same_as)
                case PartyMap.Target.STAFF:
                    add(OF_ROLE.format("NOT h.reads_only"))
    return " OR ".join(where), values
