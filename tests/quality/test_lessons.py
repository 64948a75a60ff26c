"""Lessons from tasks and by hand, their lists, reminders and effect; causes and liability."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest


def test_a_planned_improvement_becomes_a_lesson_once(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.cases import service
    from tuoshan.cases.models import Task
    from tuoshan.quality.models import Lesson, LessonCase

    case = house.complaint()
    propose_and_carry_out(house, case, work)
    task = Task.objects.get(case_id=case.id, name="lesson")
    outcome = service.complete_task(
        case_id=case.id, task_key=task.key, actor=service.ActingAs.by_person(house.lead), outcome="done",
        values={
            "lesson_needed": True, "measure_kind": "supplier", "lesson_reason": "包装太薄",
            "measure": "改用加厚纸箱", "measure_owner": str(house.agent.pk),
            "measure_due": date(2026, 4, 1),
        },
    )  # fmt: skip
    assert outcome.accepted, outcome.refusal
    work()
    (lesson,) = Lesson.objects.all()
    assert (lesson.what, lesson.reason, lesson.owner_id) == ("改用加厚纸箱", "包装太薄", house.agent.pk)
    assert lesson.due_on == date(2026, 4, 1) and lesson.kind == "supplier" and lesson.created_by_id == house.lead.pk
    assert list(LessonCase.objects.values_list("case_id", flat=True)) == [case.id]


def propose_and_carry_out(house: Any, case: Any, work: Any) -> None:
    from tests.care.test_survey import a_file

    from tuoshan.cases import service
    from tuoshan.cases.models import Case, Task
    from tuoshan.documents.models import Evidence
    from tuoshan.quality.models import Liability

    steps = (
        ("accept_simple", {
            "category": "1", "impact": "low", "urgency": "low", "next_step": "x", "handler": str(house.agent.pk)}),
        ("propose", {
            "cause": "transport", "liable": "carrier", "remedies": ["refund"], "remedy_steps": "退款",
            "amount": Decimal("60.00"), "refund_amount": Decimal("60.00"), "amount_paid": Decimal("60.00"),
            "carry_out_by": date(2026, 3, 20)}),
        ("agree_told", {"consent_by": "phone", "consent_words": "好的"}),
    )  # fmt: skip
    for action, values in steps:
        outcome = house.act(case, action, **values)
        assert outcome.accepted, (action, outcome.refusal)
    work()
    task = Task.objects.get(case_id=case.id, name="remedy")
    voucher = a_file(case, house)
    Evidence.objects.filter(id=voucher).update(kind="voucher")
    outcome = service.complete_task(
        case_id=case.id, task_key=task.key, actor=service.ActingAs.by_person(house.agent), outcome="settled",
        values={"how_done": "已原路退款"}, evidence=[voucher],
    )  # fmt: skip
    assert outcome.accepted, outcome.refusal
    work()
    (row,) = Liability.objects.filter(case_id=case.id)
    assert (row.party, row.amount, row.cause) == ("carrier", Decimal("60.00"), "transport")
    assert Case.objects.get(id=case.id).state == "answered"


def test_by_hand_from_several_cases_and_the_lists(house: Any, clock: Any) -> None:
    from tuoshan.quality import lessons

    one = lessons.make(what="培训", case_ids=[3, 1, 3], owner_id=house.agent.pk, due_on=date(2026, 3, 5), now=clock())
    two = lessons.make(what="换供应商", case_ids=[1], owner_id=house.lead.pk, now=clock())
    assert lessons.cases_of(one) == [1, 3]
    lessons.link(one, [3, 9])
    assert lessons.cases_of(one) == [1, 3, 9]
    assert [(row.what, row.cases) for row in lessons.listing()] == [("培训", 3), ("换供应商", 1)]
    assert list(lessons.listing(owner_id=house.lead.pk)) == [two] and list(lessons.listing(case_id=9)) == [one]
    assert list(lessons.listing(due_before=date(2026, 3, 6), status="unfinished")) == [one]
    with pytest.raises(lessons.LessonRefused):
        lessons.make(what="x", case_ids=[], now=clock())


def test_an_effect_is_judged_when_done_and_undone_takes_it_back(house: Any, clock: Any) -> None:
    from tuoshan.quality import lessons
    from tuoshan.quality.models import Lesson

    one = lessons.make(what="培训", case_ids=[1], now=clock())
    with pytest.raises(lessons.LessonRefused):
        lessons.check_effect(one, effect="helped", note="", person_id=1, now=clock())
    with pytest.raises(lessons.LessonRefused):
        lessons.progress(one, status="dropped", text=" ", now=clock())
    lessons.progress(one, status="done", text="完成", now=clock())
    assert list(lessons.listing(unchecked=True)) == [one]
    lessons.check_effect(one, effect="helped", note="投诉减半", person_id=house.lead.pk, now=clock())
    assert not lessons.listing(unchecked=True)
    lessons.progress(one, status="doing", text="返工", now=clock())
    assert (Lesson.objects.get().effect, Lesson.objects.get().done_at) == ("", None)


def test_reminders_three_days_before_on_the_day_and_weekly_once_each(house: Any, clock: Any) -> None:
    from tuoshan.integrations.models import Notification
    from tuoshan.quality import lessons

    lessons.make(what="培训", case_ids=[1], owner_id=house.agent.pk, due_on=date(2026, 3, 10), now=clock())
    reminded = []
    for day in range(1, 30):
        clock.move_to(datetime(2026, 3, 2, 1, 0, tzinfo=UTC) + timedelta(days=day))
        if lessons.remind(clock()):
            reminded.append(clock().day)
        assert lessons.remind(clock()) == 0
    assert reminded == [7, 10, 17, 24, 31]
    assert Notification.objects.filter(person_id=house.agent.pk, what="lesson").count() == 6
    assert "培训 2026-03-10" in Notification.objects.order_by("-at")[0].sentence()


def test_who_is_given_one_hears_that_it_is_theirs_and_is_led_to_it(house: Any, clock: Any) -> None:
    from tuoshan.integrations import notice_words
    from tuoshan.integrations.models import Notification
    from tuoshan.quality import lessons

    one = lessons.make(what="培训", case_ids=[1], owner_id=house.agent.pk, due_on=date(2026, 3, 20), now=clock())
    (given,) = Notification.objects.all()
    assert given.sentence() == "派给您一项整改：培训 2026-03-20" and notice_words.address(given) == f"/lessons/{one.pk}"
    clock.move_to(datetime(2026, 3, 17, 1, 0, tzinfo=UTC))
    assert lessons.remind(clock()) == 1
    due = Notification.objects.order_by("-at")[0]
    assert due.sentence() == "整改到期提醒：培训 2026-03-20" and notice_words.address(due) == f"/lessons/{one.pk}"
    lessons.make(what="换供应商", case_ids=[1], person_id=None, owner_id=None, now=clock())
    assert Notification.objects.count() == 2, "nobody owns it and nobody made it"


def test_the_daily_job_is_armed_once_and_runs_every_morning(house: Any, clock: Any, work: Any) -> None:
    from tuoshan.agenda.models import Item
    from tuoshan.agenda.worker import arm_jobs

    arm_jobs()
    arm_jobs()
    work()
    (item,) = Item.objects.filter(name="remind_lessons", done_at=None)
    assert item.due_at == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    assert not Item.objects.filter(kind="job", parked_at__isnull=False).exists()


@pytest.mark.django_db
def test_causes_stand_in_two_levels_in_both_languages() -> None:
    from django.core.exceptions import ValidationError
    from django.utils.translation import override

    from tuoshan.cases import lists
    from tuoshan.quality.models import Cause, LiableParty

    assert Cause.objects.filter(parent=None).count() == 10 and LiableParty.objects.count() == 8
    assert lists.title("causes", "transport-late") == "运输或仓储 / 送达延误"
    with override("en"):
        assert lists.title("causes", "none_found") == "Nothing found"
        assert lists.title("liable", "carrier") == "Carrier"
    lower = Cause.objects.get(code="transport-late")
    with pytest.raises(ValidationError):
        Cause(code="deep", name_zh="更深", parent=lower).full_clean()
