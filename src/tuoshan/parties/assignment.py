"""Who gets a case: skill, region, load and time since the last one, with the reason in both languages.

``rank`` is pure and holds the rule:

1. who is away, has left or takes no cases is out, and so is who has never signed in while somebody else can;
   who is full comes after everyone with room;
2. skill: the case's own category, else the category above it, else someone without a list of skills,
   else anyone (a case is never left lying because nobody is a specialist);
3. then region: whose region contains the case's unit (most exactly), else who has no region;
4. then share of capacity in use, in which a case given within the last eight hours counts as up to nine
   tenths of a case more, so that equals take turns;
5. the lower id, so that the same situation always gives the same answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Count, Max

from tuoshan import clock
from tuoshan.catalog.models import Category
from tuoshan.parties.holding import CaseFacts, facts_of, holders
from tuoshan.parties.models import OrgUnit, Person, Skill

RECENT = timedelta(hours=8)
RECENT_WEIGHT = Fraction(9, 10)
"""Less than one case: being idle decides between equals, it never outweighs a case of difference."""


DRAWN_FROM = {"handler": "service_desk"}
"""A party that nobody but the case itself names (its handler) is chosen among those who hold another one."""


class Assignment(NamedTuple):
    """The person chosen and why; ``reason`` has ``zh`` and ``en`` sentences and the facts behind them."""

    person_id: int
    reason: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who could take the case. ``regions`` are unit paths; ``skills`` category ids with levels."""

    person_id: int
    capacity: int = 20
    load: int = 0
    last_given_at: datetime | None = None
    skills: Mapping[int, int] = field(default_factory=dict)
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the case asks for: its category and the one above it, and where it belongs."""

    category_id: int | None = None
    parent_category_id: int | None = None
    unit_path: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with what decided: lower sorts first."""

    candidate: Candidate
    is_full: bool
    skill: int
    level: int
    region: int
    strain: Fraction


def _skill(candidate: Candidate, wanted: Wanted) -> tuple[int, int]:
    if wanted.category_id is None:
        return 0, 0
    if wanted.category_id in candidate.skills:
        return 0, candidate.skills[wanted.category_id]
    if wanted.parent_category_id is not None and wanted.parent_category_id in candidate.skills:
        return 1, candidate.skills[wanted.parent_category_id]
    return (2, 0) if not candidate.skills else (3, 0)


def _region(candidate: Candidate, wanted: Wanted) -> int:
    fitting = [path for path in candidate.regions if wanted.unit_path and wanted.unit_path.startswith(path)]
    if fitting:
        return -max(path.count("/") for path in fitting)
    return 0 if not candidate.regions else 1


def strain(candidate: Candidate, now: datetime) -> Fraction:
    """Return the share of capacity in use, a case just given counting for almost one more."""
    recent = Fraction(0)
    if candidate.last_given_at is not None:
        idle = min(max(now - candidate.last_given_at, timedelta(0)), RECENT)
        recent = RECENT_WEIGHT * (1 - Fraction(idle // timedelta(seconds=1), RECENT // timedelta(seconds=1)))
    return (candidate.load + recent) / max(candidate.capacity, 1)


def rank(candidates: Collection[Candidate], wanted: Wanted, now: datetime) -> list[Ranked]:
    """Return the candidates, best first. Pure: the same input gives the same order."""
    ranked = []
    for candidate in candidates:
        skill, level = _skill(candidate, wanted)
        full = candidate.load >= candidate.capacity
        ranked.append(Ranked(candidate, full, skill, level, _region(candidate, wanted), strain(candidate, now)))
    return sorted(
        ranked,
        key=lambda item: (
            item.is_full, item.skill, -item.level, item.region, item.strain, item.candidate.person_id,
        ),
    )  # fmt: skip


def _loads(person_ids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
    """Return per person the open cases in hand, and when the newest of them came."""
    case = apps.get_model("cases", "Case")
    rows = (
        case._default_manager.filter(handler_id__in=person_ids, ended=False, is_history=False)
        .order_by()
        .values_list("handler_id")
        .annotate(Count("id"), Max("created_at"))
    )
    return {handler_id: (count, newest) for handler_id, count, newest in rows}


def _candidates(person_ids: Sequence[int]) -> list[Candidate]:
    loads = _loads(person_ids)
    skills: dict[int, dict[int, int]] = {}
    for person_id, category_id, level in Skill.objects.filter(person__in=person_ids, is_active=True).values_list(
        "person_id", "category_id", "level"
    ):
        skills.setdefault(person_id, {})[category_id] = level
    rows = Person.objects.filter(pk__in=person_ids, takes_cases=True).order_by("pk")
    regions: dict[int, list[str]] = {}
    capacities: dict[int, int] = {}
    for pk, capacity, path in rows.values_list("pk", "capacity", "regions__path"):
        capacities[pk] = capacity
        regions.setdefault(pk, []).extend([path] if path else [])
    return [
        Candidate(
            person_id=pk,
            capacity=capacity,
            load=loads.get(pk, (0, None))[0],
            last_given_at=loads.get(pk, (0, None))[1],
            skills=skills.get(pk, {}),
            regions=tuple(regions[pk]),
        )
        for pk, capacity in capacities.items()
    ]


def _known_here(candidates: list[Candidate]) -> list[Candidate]:
    """Those who have signed in at least once; all of them where nobody has, as a case is not left lying."""
    ids = [one.person_id for one in candidates]
    signed_in = set(Person.objects.filter(pk__in=ids, last_login__isnull=False).values_list("pk", flat=True))
    return [one for one in candidates if one.person_id in signed_in] or candidates


def _reason(
    best: Ranked, wanted: Wanted, category: Category | None, among: int, *, left_out: int = 0, decided: bool = False
) -> dict[str, Any]:
    """Put into words what decided, in both languages, beside the bare facts."""
    person = best.candidate
    region = next(
        (path for path in sorted(person.regions, key=len, reverse=True) if wanted.unit_path.startswith(path)), ""
    ) if wanted.unit_path else ""  # fmt: skip
    unit = OrgUnit.objects.filter(path=region).first() if region else None
    zh, en = [], []
    if decided:
        zh.append("由其办理这一步")
        en.append("took this step")
    skilled = category is not None and best.skill in (0, 1) and person.skills
    if skilled and category is not None:
        named = category if best.skill == 0 else category.parent or category
        zh.append(f"擅长{named.name_zh}")
        en.append(f"skilled in {named.name_en or named.name_zh}")
    if unit is not None:
        zh.append(f"负责{unit.name_zh}")
        en.append(f"covers {unit.name_en or unit.name_zh}")
    zh.append(f"在办 {person.load} 件，上限 {person.capacity} 件")
    en.append(f"{person.load} open of {person.capacity}")
    if person.load >= person.capacity:
        zh.append("人人都满了，此人最合适")
        en.append("everyone is full, this one fits best")
    if among == 1:
        zh.append("唯一人选")
        en.append("the only one who can")
    if left_out:
        zh.append(f"{left_out} 人从未登录，不参与分派")
        en.append(f"{left_out} who never signed in left out")
    return {
        "zh": "，".join(zh),
        "en": "; ".join(en),
        "skill": category.code if skilled and category is not None else "",
        "load": person.load,
        "capacity": person.capacity,
        "region": unit.code if unit is not None else "",
        "candidates": among,
    }


def _present(party: str, facts: CaseFacts, excluding: Collection[int]) -> list[int]:
    return [p.person_id for p in holders(party, facts) if not p.is_away and p.person_id not in excluding]


def choose(
    party: str,
    case: Any,
    *,
    facts: CaseFacts | None = None,
    category_id: int | None = None,
    excluding: Collection[int] = (),
    now: datetime | None = None,
    deciding: int | None = None,
) -> Assignment | None:
    """Return who should get the case as this party, and why; None when nobody holds it.

    ``excluding`` names persons who may not (a reviewer must be another person). ``deciding`` is who takes the
    step by which the case gets its handler: it is theirs if they take cases, also where they work at no service desk.
    Those away are left out: who stands in for a colleague answers for what the colleague has, but is not given new
    work for it.
    """
    facts = facts or facts_of(case)
    ids = _present(party, facts, excluding) or _present(DRAWN_FROM.get(party, party), facts, excluding)
    candidates = _candidates(ids if deciding is None or deciding in excluding else [*ids, deciding])
    if not candidates:
        return None
    wanted_id = category_id if category_id is not None else getattr(case, "category_id", None)
    category = Category.objects.select_related("parent").filter(pk=wanted_id).first() if wanted_id else None
    wanted = Wanted(
        category_id=category.pk if category else None,
        parent_category_id=category.parent_id if category else None,
        unit_path=facts.unit_path,
    )
    eligible = [one for one in candidates if one.person_id == deciding] or _known_here(candidates)
    best = rank(eligible, wanted, now or clock.now())[0]
    if best.candidate.person_id == deciding:
        return Assignment(best.candidate.person_id, _reason(best, wanted, category, len(candidates), decided=True))
    left_out = len(candidates) - len(eligible)
    return Assignment(best.candidate.person_id, _reason(best, wanted, category, len(eligible), left_out=left_out))
