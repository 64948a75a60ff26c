"""The survey: by a signed link or on the customer's page; one answer, which may be changed for seven days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.care.models import SurveyAnswer, SurveyReason
from tuoshan.cases import library, meanings, service
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.models import Case, Task
from tuoshan.knowledge.links import SURVEY, is_theirs, survey_link
from tuoshan.secrets import read_link

CHANGEABLE = timedelta(days=7)
MOST_WORDS = 2000

__all__ = ["Asked", "SurveyClosed", "answer", "asked", "asked_of_case", "survey_link"]


class SurveyClosed(Exception):
    """The answer was given more than seven days ago and stands."""


@dataclass(frozen=True)
class Asked:
    """A survey that somebody may answer: the case, the task run that asks, what was answered so far."""

    case: Any
    task: str
    given: SurveyAnswer | None
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether an answer is taken: none is there yet, or it may still be changed."""
        return self.given is None or self.now <= self.given.at + CHANGEABLE


def asked(token: str, now: datetime) -> Asked:
    """What a link asks for. Raises LinkExpired or LinkBroken, the latter also when the case is gone."""
    from tuoshan.secrets import LinkBroken

    payload = read_link(SURVEY, token)
    case = Case.objects.filter(id=int(payload.get("case", 0))).first()
    if case is None or not is_theirs(case, payload):
        raise LinkBroken(SURVEY)
    return _asked(case, str(payload.get("task", "")), now)


def asked_of_case(case: Any, now: datetime) -> Asked | None:
    """The newest survey of a case, for its customer's page; None when none was ever asked."""
    task = _newest_task(case)
    return _asked(case, task, now) if task else None


def _newest_task(case: Any) -> str | None:
    found = Task.objects.filter(case_id=case.pk, name__in=meanings.every("survey")).order_by("-opened_at")
    return found.values_list("key", flat=True).first()


def _asked(case: Any, task: str, now: datetime) -> Asked:
    return Asked(case, task, SurveyAnswer.objects.filter(case_id=case.pk, task=task).first(), now)


def reasons() -> list[SurveyReason]:
    """What may be ticked now."""
    return list(SurveyReason.objects.filter(is_active=True))


def answer(
    asked: Asked, *, score: int, reasons: Sequence[str] = (), words: str = "", via: str = "link"
) -> SurveyAnswer:
    """Store the answer and complete the kernel's task where it is still open.

    Raises SurveyClosed after seven days and ValueError for a score outside 1 to 5. Sending the same form twice
    changes nothing; a task that has lapsed or a case that has ended still keeps what the customer says.
    """
    if not 1 <= score <= 5:
        raise ValueError(f"a score lies between 1 and 5: {score}")
    known = set(SurveyReason.objects.values_list("key", flat=True))
    kept = [key for key in dict.fromkeys(reasons) if key in known]
    row, was = _store(asked, score, kept, words.strip()[:MOST_WORDS], via)
    if _task_is_open(asked):
        service.complete_task(
            case_id=asked.case.pk,
            task_key=asked.task,
            actor=ActingAs.by_customer(asked.case.customer_id),
            values=_values(asked.case, score, kept, row.words),
            idempotency_key=f"survey:{asked.case.pk}:{asked.task}",
        )
    elif was is not None and was != score:
        service.record(
            case_id=asked.case.pk,
            name="survey_changed",
            actor=ActingAs.by_customer(asked.case.customer_id),
            values=_values(asked.case, score, kept, row.words),
        )
    return row


def _store(asked: Asked, score: int, kept: list[str], words: str, via: str) -> tuple[SurveyAnswer, int | None]:
    """The row, and the score that it had before."""
    case = asked.case
    values = {"score": score, "reasons": kept, "words": words, "changed_at": asked.now}
    with write_transaction():
        row = SurveyAnswer.objects.select_for_update().filter(case_id=case.pk, task=asked.task).first()
        if row is None:
            try:
                with transaction.atomic():
                    return SurveyAnswer.objects.create(**_new(case, asked.task, asked.now, via), **values), None
            except IntegrityError:  # at the same moment from another device
                row = SurveyAnswer.objects.select_for_update().get(case_id=case.pk, task=asked.task)
        if asked.now > row.at + CHANGEABLE:
            raise SurveyClosed
        was = row.score
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        return row, was


def _new(case: Any, task: str, at: datetime, via: str) -> dict[str, Any]:
    return {
        "case_id": case.pk, "task": task, "at": at, "via": via, "playbook": case.playbook,
        "handler_id": case.handler_id, "unit_id": case.unit_id, "category_id": case.category_id,
    }  # fmt: skip


def _task_is_open(asked: Asked) -> bool:
    return bool(asked.task) and Task.objects.filter(case_id=asked.case.pk, key=asked.task, status="open").exists()


def _values(case: Any, score: int, kept: list[str], words: str) -> dict[str, Any]:
    """What the playbook's own form knows of the answer; reasons of the company's own stay in the answer alone."""
    facts = library.pinned(case.playbook, case.playbook_hash).facts
    values: dict[str, Any] = {}
    if "score" in facts:
        values["score"] = Decimal(score)
    if "score_reasons" in facts:
        choices = {choice.value for choice in facts["score_reasons"].choices}
        values["score_reasons"] = [key for key in kept if key in choices]
    if "score_words" in facts:
        values["score_words"] = words
    return {name: value for name, value in values.items() if value not in ("", [])}


def keep_completed(case: Any, task: str, facts: dict[str, Any], now: datetime, via: str) -> SurveyAnswer | None:
    """The answer of a task that was completed elsewhere (on the customer's page, by staff); an answer stays."""
    score = facts.get("score")
    if not isinstance(score, int | Decimal) or not 1 <= int(score) <= 5:
        return None
    row, _made = SurveyAnswer.objects.get_or_create(
        case_id=case.pk,
        task=task,
        defaults={
            **_new(case, task, now, via),
            "score": int(score),
            "reasons": [str(key) for key in facts.get("score_reasons") or ()],
            "words": str(facts.get("score_words") or ""),
            "changed_at": now,
        },
    )
    return row
