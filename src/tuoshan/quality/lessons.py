"""Lessons: made from a case's task or by hand from several, done by someone until a day, checked for their effect."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, QuerySet

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.identifiers import is_id
from tuoshan.integrations.notifying import notify
from tuoshan.parties.models import Person
from tuoshan.quality.models import Lesson, LessonCase

OPEN = (Lesson.Status.OPEN, Lesson.Status.DOING)
REMINDED_BEFORE = timedelta(days=3)
REMINDED_AGAIN = timedelta(days=7)


class LessonRefused(ValueError):
    """The change makes no sense; `because` is not_done, no_reason or no_cases."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


def record(
    *, case_id: int, values: Mapping[str, Any], person_id: int | None, now: datetime, key: str | None = None
) -> Lesson | None:
    """Keep the improvement that a case's task planned; None when it names no measure. The same key gives the same.

    `values`: lesson_reason, measure, measure_owner (person's id), measure_due (date), measure_kind.
    """
    what = str(values.get("measure") or "").strip()
    if not what:
        return None
    known = Lesson.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    return make(
        what=what,
        case_ids=[case_id],
        reason=str(values.get("lesson_reason") or ""),
        kind=str(values.get("measure_kind") or Lesson.Kind.PROCESS),
        owner_id=_number(values.get("measure_owner")),
        due_on=values["measure_due"] if isinstance(values.get("measure_due"), date) else None,
        person_id=person_id,
        now=now,
        key=key,
    )


def make(
    *, what: str, case_ids: Iterable[int], now: datetime, reason: str = "", kind: str = Lesson.Kind.PROCESS,
    owner_id: int | None = None, due_on: date | None = None, person_id: int | None = None, key: str | None = None,
) -> Lesson:  # fmt: skip
    """Make a lesson from one case or several; its owner is told. Raises LessonRefused without any case."""
    cases = sorted(set(case_ids))
    if not cases:
        raise LessonRefused("no_cases")
    with write_transaction():
        lesson = Lesson.objects.create(
            key=key, what=what, reason=reason, kind=kind, owner_id=owner_id, due_on=due_on, created_by_id=person_id,
            created_at=now,
        )  # fmt: skip
        LessonCase.objects.bulk_create(LessonCase(lesson=lesson, case_id=case_id) for case_id in cases)
        _tell(lesson, now, except_for=person_id)
    return lesson


def link(lesson: Lesson, case_ids: Iterable[int]) -> None:
    """Add cases that show the same; those there already stay."""
    rows = [LessonCase(lesson=lesson, case_id=case_id) for case_id in sorted(set(case_ids))]
    with write_transaction():
        LessonCase.objects.bulk_create(rows, ignore_conflicts=True)


def progress(lesson: Lesson, *, status: str, text: str, now: datetime) -> None:
    """Move a lesson on. Raises LessonRefused when it is dropped without a reason."""
    if status == Lesson.Status.DROPPED and not text.strip():
        raise LessonRefused("no_reason")
    lesson.status, lesson.progress = Lesson.Status(status), text.strip()
    lesson.done_at = (lesson.done_at or now) if status == Lesson.Status.DONE else None
    if status != Lesson.Status.DONE:
        lesson.effect, lesson.checked_at, lesson.checked_by_id = Lesson.Effect.UNKNOWN, None, None
    with write_transaction():
        lesson.save(update_fields=["status", "progress", "done_at", "effect", "checked_at", "checked_by_id"])


def check_effect(lesson: Lesson, *, effect: str, note: str, person_id: int, now: datetime) -> None:
    """Say whether it helped. Raises LessonRefused before it is done."""
    if lesson.status != Lesson.Status.DONE:
        raise LessonRefused("not_done")
    lesson.effect, lesson.effect_note = Lesson.Effect(effect), note.strip()
    lesson.checked_by_id, lesson.checked_at = person_id, now
    with write_transaction():
        lesson.save(update_fields=["effect", "effect_note", "checked_by_id", "checked_at"])


# -- lists -----------------------------------------------------------------------------------------------------------


def listing(
    *, owner_id: int | None = None, status: str = "", due_before: date | None = None, case_id: int | None = None,
    unchecked: bool = False,
) -> "QuerySet[Lesson]":  # fmt: skip
    """By due day, those without one last; `cases` counts what each was learned from.

    `status` is one of Lesson.Status or `unfinished`; `unchecked` gives done ones whose effect nobody has judged.
    """
    found = Lesson.objects.annotate(cases=Count("links", distinct=True))
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    if status == "unfinished":
        found = found.filter(status__in=OPEN)
    elif status:
        found = found.filter(status=status)
    if due_before is not None:
        found = found.filter(due_on__lt=due_before)
    if case_id is not None:
        found = found.filter(pk__in=LessonCase.objects.filter(case_id=case_id).values("lesson_id"))
    if unchecked:
        found = found.filter(status=Lesson.Status.DONE, effect=Lesson.Effect.UNKNOWN)
    return found.order_by(F("due_on").asc(nulls_last=True), "id")


def cases_of(lesson: Lesson) -> list[int]:
    """The cases it was learned from."""
    return list(lesson.links.order_by("case_id").values_list("case_id", flat=True))


# -- reminding -------------------------------------------------------------------------------------------------------


def remind(now: datetime) -> int:
    """Tell owners three days before, on the day, and every week after it; how many lessons. Safe to run again.

    What nobody owns, or somebody who has left, goes to whoever made it.
    """
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    count = 0
    for lesson in Lesson.objects.filter(status__in=OPEN, due_on__lte=today + REMINDED_BEFORE).order_by("due_on", "id"):
        if not _is_time(lesson, today):
            continue
        with write_transaction():
            taken = Lesson.objects.filter(pk=lesson.pk, reminded_on=lesson.reminded_on).update(reminded_on=today)
            if taken:
                _tell(lesson, now, day=today)
                count += 1
    return count


def _is_time(lesson: Lesson, today: date) -> bool:
    assert lesson.due_on is not None
    last = lesson.reminded_on
    if last is None or last < lesson.due_on - REMINDED_BEFORE:
        return True
    if last < lesson.due_on <= today:
        return True
    return last >= lesson.due_on and today - last >= REMINDED_AGAIN


def _tell(lesson: Lesson, now: datetime, *, day: date | None = None, except_for: int | None = None) -> None:
    wanted = [pk for pk in (lesson.owner_id, lesson.created_by_id) if pk is not None]
    found = {person.pk: person for person in Person.objects.filter(pk__in=wanted, is_active=True)}
    person = next((found[pk] for pk in wanted if pk in found), None)
    if person is None:
        return
    subject = " ".join(lesson.what.split())[:80]
    due = lesson.due_on.isoformat() if lesson.due_on else ""
    data = {"subject": f"{subject} {due}".strip(), "lesson": lesson.pk, "address": f"/lessons/{lesson.pk}"}
    if day is None:
        data["given"] = "owner" if person.pk == lesson.owner_id else "maker"
    notify(
        persons=[person], what="lesson", case_id=None, now=now, about=f"lesson:{lesson.pk}:{day or 'new'}",
        data=data, except_for=except_for,
    )  # fmt: skip


def _number(value: Any) -> int | None:
    return int(value) if is_id(str(value or "")) else None
