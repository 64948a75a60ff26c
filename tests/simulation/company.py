"""A company made up by chance: who holds which party, which tables it has changed. Same seed, same company."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from tuoshan.core.case import Actor, Assignment, CaseState
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import read_playbook
from tuoshan.core.worktime import WorkCalendar, round_the_clock, standard_cn

SHIPPED = Path(__file__).resolve().parents[2] / "src" / "tuoshan" / "playbooks"
LISTS = {
    "departments": ("qa", "logistics", "technical"),
    "categories": ("quality", "delivery", "service"),
    "causes": ("material", "packing", "training"),
}
"""What the company's own lists hold, for fields whose choices are not written in the playbook."""

OTHER_VALUES: dict[str, tuple[object, ...]] = {
    "free_limit": (0, 50, 1000),
    "solve_time": (
        {"normal": "3 working_days", "important": "2 working_days", "urgent": "4 working_hours"},
        {"normal": "20 days", "important": "10 days", "urgent": "24 hours"},
    ),
    "inquiry_time": ({"normal": "24 hours", "important": "8 working_hours", "urgent": "2 hours"},),
    "test_time": ("2 working_days", "40 days"),
    "appeal_days": (1, 90),
    "reopen_days": (2, 60),
    "approver": ({"tiers": [[100, "lead"], [200, "manager"], ["more", "director"]]},),
    "settlement_approver": ({"tiers": [["more", "director"]]},),
    "facility_days": ({"simple": 1, "complex": 15},),
    "facility_days_again": ({"simple": "1 working_day", "complex": "2 working_days"},),
    "inspection_missed": ("refund", "platform"),
}
"""Values that a company may give a table while cases run."""


@cache
def shipped() -> dict[str, Playbook]:
    """Every playbook that the product brings, by key."""
    fragments = {path.stem: path.read_text(encoding="utf-8") for path in (SHIPPED / "fragments").glob("*.yaml")}
    found = {}
    for path in sorted(SHIPPED.glob("*.yaml")):
        playbook, findings = read_playbook(path.read_text(encoding="utf-8"), path.name, fragments)
        assert playbook is not None, [str(finding) for finding in findings]
        found[playbook.key] = playbook
    return found


@cache
def _standard() -> WorkCalendar:
    return standard_cn()


@cache
def _always() -> WorkCalendar:
    return round_the_clock()


@dataclass
class Company:
    """Implements the kernel's `Around`; `persons` maps a person to the parties held."""

    persons: Mapping[str, frozenset[str]]
    outside: frozenset[str]
    tables: dict[str, object] = field(default_factory=dict)

    def calendar(self, name: str) -> WorkCalendar:
        return _always() if name == "round_the_clock" else _standard()

    def table(self, name: str) -> object:
        return self.tables.get(name)

    def choose(self, party: str, case: CaseState) -> Assignment | None:
        holders = sorted(name for name, parties in self.persons.items() if party in parties)
        return Assignment(holders[case.seq % len(holders)], {"turn": case.seq}) if holders else None

    def anyone(self, party: str, excluding: frozenset[str], case: CaseState) -> bool:
        return any(party in parties and name not in excluding for name, parties in self.persons.items())

    def about(self, query: str, case: CaseState) -> Decimal:
        return Decimal(case.seq % 3 * 100)

    def actors(self) -> list[Actor]:
        """Everybody who might come along, the sides outside the house included."""
        inside = [Actor("person", name, parties) for name, parties in self.persons.items()]
        sides = [
            Actor("customer", "c1", frozenset({"customer"})) if party == "customer"
            else Actor("authority", party, frozenset({party}))
            for party in sorted(self.outside)
        ]  # fmt: skip
        return inside + sides


def company_of(playbook: Playbook, chance: random.Random) -> Company:
    """Seven people among whom the parties are dealt out; a party may be held by nobody, a person may hold many."""
    inside = sorted(name for name, party in playbook.parties.items() if not party.outside and name != "staff")
    dealt: dict[str, set[str]] = {f"p{number}": {"staff"} for number in range(1, 8)}
    names = list(dealt)
    for party in inside:
        for name in chance.sample(names, chance.choice((1, 1, 2, 2, 3))):
            dealt[name].add(party)
    for department in LISTS["departments"]:
        dealt[chance.choice(names)] |= {f"department:{department}"}
    outside = frozenset(name for name, party in playbook.parties.items() if party.outside) | {"customer"}
    company = Company({name: frozenset(parties) for name, parties in dealt.items()}, outside)
    for name in playbook.tables:
        if name in OTHER_VALUES and chance.random() < 0.15:
            company.tables[name] = chance.choice(OTHER_VALUES[name])
    return company
