"""Cases that are likely about the same thing. They are shown, they never stand in the way."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from tuoshan import clock
from tuoshan.cases import library, queries
from tuoshan.cases.models import Case, Words
from tuoshan.core.case import CaseState
from tuoshan.core.facts import Words as WordsRef
from tuoshan.intake.models import Arrival
from tuoshan.intake.texts import plain_text, said_field, text_key

MOST_SHOWN = 6
MOST_TEXTS = 200
"""Texts compared: the newest open cases within reach."""

COMPARED_FOR = timedelta(days=60)
SHORTEST = 8
"""Letters below which two texts are alike by chance."""

ALIKE = 82.0
"""Per cent of letters in common order; measured on the wording of complaints, see the tests."""

CONTAINED = 92.0
"""The same where one text stands within the other, which must be half as long at least."""

Reason = Literal["order", "same_text", "customer", "like_text"]
_WEIGHT: dict[str, int] = {"order": 3, "same_text": 3, "customer": 2, "like_text": 1}


@dataclass(slots=True)
class Likely:
    """A case with why it is likely the same; `score` is the likeness of the texts in per cent, 0 when not compared."""

    case: Case
    reasons: list[Reason] = field(default_factory=list)
    score: int = 0

    @property
    def weight(self) -> tuple[int, int, int]:
        return sum(_WEIGHT[reason] for reason in self.reasons), self.score, self.case.pk


def likely(
    *, customer_id: int | None, order_no: str, text: str, person: Any, playbook: str = "", without: Iterable[int] = ()
) -> list[Likely]:
    """Open cases within the person's reach: of the same customer, about the same order, in nearly the same words.

    The best first. Candidates come from indexes; at most 200 texts are read and compared.
    """
    reach = queries.reachable(person).filter(ended=False)
    if playbook:
        reach = reach.filter(playbook=playbook)
    found: dict[int, Likely] = {}

    def add(cases: Iterable[Case], reason: Reason) -> None:
        for case in cases:
            found.setdefault(case.pk, Likely(case)).reasons.append(reason)

    if customer_id:
        add(reach.filter(customer_id=customer_id).order_by("-id")[:MOST_SHOWN], "customer")
    if order_no.strip():
        same = Arrival.objects.filter(order_no=order_no.strip()).order_by("-case_id")
        add(reach.filter(id__in=list(same.values_list("case_id", flat=True)[:50])), "order")
    key = text_key(text)
    if key:
        same = Arrival.objects.filter(text_key=key).order_by("-case_id")
        add(reach.filter(id__in=list(same.values_list("case_id", flat=True)[:50])), "same_text")
        _add_alike(found, reach, text)
    for case_id in without:
        found.pop(case_id, None)
    return sorted(found.values(), key=lambda one: one.weight, reverse=True)[:MOST_SHOWN]


def likely_of(case: Case, person: Any) -> list[Likely]:
    """Open cases of the same process that may be the same matter as this one, whoever its customer is, the best first:
    those into which it could be merged. One that is itself merged takes no other.
    """
    came = Arrival.objects.filter(case_id=case.pk).first()
    found = likely(
        customer_id=case.customer_id, order_no=came.order_no if came is not None else "",
        text=_texts([case]).get(case.pk) or case.title, person=person, playbook=case.playbook, without=[case.pk],
    )  # fmt: skip
    return [one for one in found if one.case.merged_into_id is None]


def _add_alike(found: dict[int, Likely], reach: Any, text: str) -> None:
    plain = plain_text(text)
    if len(plain) < SHORTEST:
        return
    since = clock.now() - COMPARED_FOR
    recent = reach.filter(created_at__gte=since).order_by("-id").defer(None)[:MOST_TEXTS]
    cases = {case.pk: case for case in recent}
    for case_id, other in _texts(cases.values()).items():
        score = likeness(plain, plain_text(other))
        if score:
            one = found.setdefault(case_id, Likely(cases[case_id]))
            one.score = score
            if "same_text" not in one.reasons:
                one.reasons.append("like_text")


def likeness(plain: str, other: str) -> int:
    """How alike two texts are in per cent, 0 below the threshold; both as `plain_text` gives them."""
    from rapidfuzz import fuzz

    shorter, longer = sorted((len(plain), len(other)))
    if shorter < SHORTEST:
        return 0
    score = fuzz.ratio(plain, other, score_cutoff=ALIKE)
    if not score and shorter >= 2 * SHORTEST and shorter * 2 >= longer:
        score = fuzz.partial_ratio(plain, other, score_cutoff=CONTAINED)
    return int(score)


def _texts(cases: Iterable[Case]) -> dict[int, str]:
    """What was said in these cases, by id, with one query."""
    wanted: dict[int, str] = {}
    for case in cases:
        name = said_field(library.pinned(case.playbook, case.playbook_hash))
        said = CaseState.from_json(json.loads(case.snapshot)).facts.get(name)
        if isinstance(said, WordsRef):
            wanted[case.pk] = said.ref
    rows = Words.objects.filter(case_id__in=list(wanted), ref__in=list(wanted.values()))
    return {row.case_id: row.text for row in rows if wanted.get(row.case_id) == row.ref and row.text}
