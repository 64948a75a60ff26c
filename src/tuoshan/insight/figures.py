"""A case's figures, worked out from its state alone, so that they can be made anew and compared at any time."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from tuoshan.care.models import SurveyAnswer
from tuoshan.cases import library, meanings
from tuoshan.cases.models import Case
from tuoshan.cases.summary import number_fact, text_fact
from tuoshan.core.case import CaseState, Clock
from tuoshan.insight.models import CaseFigures

COUNTED = ("solved", "reopening", "appeal", "cause", "survey")
"""What a process says of itself that is counted; where it names no solving clock, it is solved when it is closed."""
MET = ("kept", "late")
FIELDS = tuple(field.name for field in CaseFigures._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class Response:
    """The first answer: when, after how many seconds of running clock, and whether in time."""

    at: datetime
    seconds: int
    kept: bool


def local_day(at: datetime | None) -> date | None:
    """The day in the house's zone."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date() if at is not None else None


def _stood_still(clock: Clock) -> timedelta:
    return sum(((end - start) for start, end in (*clock.paused, *clock.held) if end is not None), timedelta())


def first_response(state: CaseState, names: Collection[str]) -> Response | None:
    """From the first run of the answering clocks; None while it runs and where it was stopped unmet.

    A state's clock that another one of them replaced in the same moment (a platform's own time was recorded) has
    answered nobody: the time runs on.
    """
    runs = sorted((c for c in state.clocks.values() if c.name in names), key=lambda c: (c.started, c.run))
    counted = runs[:1]
    for run in runs[1:]:
        if run.kind == "state" and run.started == counted[-1].ended:
            counted.append(run)
    if not counted or counted[-1].ended is None or counted[-1].outcome not in MET:
        return None
    last = counted[-1]
    assert last.ended is not None
    passed = last.ended - counted[0].started - sum((_stood_still(run) for run in counted), timedelta())
    return Response(last.ended, int(passed.total_seconds()), last.outcome == "kept")


def _first_answer(case: Case, state: CaseState, names: Collection[str]) -> Response | None:
    """The first answer of a case; its early end, a withdrawal, answers nobody though it ends the clock."""
    found = None if case.is_history else first_response(state, names)
    return None if found is not None and case.end_kind == "early" and found.at == case.closed_at else found


def resolved_at(case: Case, state: CaseState, names: Collection[str]) -> datetime | None:
    """When the matter was solved: the last of the solving clocks met, none running; without any of them the closing,
    unless it ended early."""
    runs = [c for c in state.clocks.values() if c.name in names]
    if any(run.running for run in runs):
        return None
    met = [run.ended for run in runs if run.ended is not None and run.outcome in MET]
    if met:
        return max(met)
    return case.closed_at if case.ended and case.end_kind != "early" and not runs else None


def figures_of(case: Case, answer: tuple[int, datetime] | None) -> CaseFigures:
    """The figures of a case; `answer` is the newest survey's score and moment, when one is kept."""
    state = CaseState.from_json(json.loads(case.snapshot))
    answering, meant = _told(case)
    response = _first_answer(case, state, answering)
    solved = None if case.is_history else resolved_at(case, state, meant["solved"])
    score, scored_at = answer or _score_in(state, meant["survey"])
    created = local_day(case.created_at)
    assert created is not None
    return CaseFigures(
        id=case.pk, seq=case.seq, playbook=case.playbook, channel=case.channel, grade=case.grade,
        unit_id=case.unit_id, handler_id=case.handler_id, category_id=case.category_id,
        product_id=case.product_id,
        is_history=case.is_history, ended=case.ended, end_kind=case.end_kind, created_at=case.created_at,
        created_on=created, closed_at=case.closed_at, closed_on=local_day(case.closed_at),
        responded_at=response.at if response else None, response_seconds=response.seconds if response else None,
        response_kept=response.kept if response else None, resolved_at=solved,
        resolution_seconds=int((solved - case.created_at).total_seconds()) if solved else None,
        cause=next((text_fact(state, name)[:60] for name in meant["cause"]), ""),
        liable=text_fact(state, "liable")[:60], score=score, scored_at=scored_at,
        reopened_at=_last(state, meant["reopening"]), appealed_at=_last(state, meant["appeal"]),
    )  # fmt: skip


def _told(case: Case) -> tuple[Collection[str], dict[str, tuple[str, ...]]]:
    """The clocks of the first answer, and what else the case's process says of what is counted."""
    try:
        playbook = library.pinned(case.playbook, case.playbook_hash)
    except library.PlaybookUnknown:
        return (), dict.fromkeys(COUNTED, ())
    return playbook.first_answer, {word: meanings.meant(playbook, word) for word in COUNTED}


def _last(state: CaseState, actions: Collection[str]) -> datetime | None:
    """When one of these was last done."""
    done = [state.actions[name].last for name in actions if name in state.actions]
    return max((moment for moment in done if moment is not None), default=None)


def _score_in(state: CaseState, surveys: Collection[str]) -> tuple[int | None, datetime | None]:
    score = number_fact(state, "score")
    done = [run.closed for run in state.tasks.values() if run.name in surveys and run.closed is not None]
    return (score, max(done, default=state.last_at)) if score is not None else (None, None)


def answers(ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """The newest survey answer of each case."""
    rows = SurveyAnswer.objects.filter(case_id__in=ids).order_by("at", "id").values_list("case_id", "score", "at")
    return {case_id: (score, at) for case_id, score, at in rows}


def store(cases: Sequence[Case]) -> None:
    """Write the figures of these cases over whatever stood there."""
    given = answers([case.pk for case in cases])
    CaseFigures.objects.bulk_create(
        [figures_of(case, given.get(case.pk)) for case in cases],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[name for name in FIELDS if name != "id"],
        batch_size=30,
    )


def different(kept: CaseFigures | None, right: CaseFigures) -> dict[str, tuple[Any, Any]]:
    """By column, what is stored and what it must be, where they are not the same."""
    pairs = {name: (getattr(kept, name, None), getattr(right, name)) for name in FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
