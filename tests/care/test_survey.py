"""The survey: by link, once, changeable for a week; what became of tampered and old links."""

from datetime import timedelta
from typing import Any

import pytest


def surveyed(house: Any, work: Any) -> tuple[Any, str]:
    """A complaint that was not upheld, so that its customer is asked; the token of the link they were sent."""
    from tuoshan.cases.models import Case, Task
    from tuoshan.integrations.models import OutgoingMessage
    from tuoshan.secrets import sign_link

    case = house.complaint()
    outcome = house.act(
        case, "accept_simple", category="1", impact="low", urgency="low", next_step="核查", handler=str(house.agent.pk)
    )
    assert outcome.accepted, outcome.refusal
    evidence = a_file(case, house)
    from tuoshan.cases import service

    outcome = service.act(
        case_id=case.id, action="not_upheld", actor=service.ActingAs.by_person(house.agent), values={"why": "不属实"},
        evidence=[evidence],
    )  # fmt: skip
    assert outcome.accepted, outcome.refusal
    work()
    task = Task.objects.get(case_id=case.id, name="survey")
    (sent,) = OutgoingMessage.objects.filter(case_id=case.id, message="survey")
    assert "/portal/survey/" in sent.body or "/survey/" in sent.body
    return Case.objects.get(id=case.id), sign_link("survey", {"case": case.id, "task": task.key}, 60)


def a_file(case: Any, house: Any) -> int:
    from django.core.files.base import ContentFile

    from tuoshan import clock
    from tuoshan.documents import evidence

    kept = evidence.accept(
        file=ContentFile("核查记录".encode(), name="核查.txt"), case_id=case.id, upload_token=None, actor_kind="person",
        actor_id=house.agent.pk, kind="report", now=clock.now(), visible_to_customer=True,
    )  # fmt: skip
    assert not isinstance(kept, evidence.Rejected), kept
    return int(kept.id)


def test_an_answer_completes_the_task_and_may_be_changed_for_a_week(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.care import survey
    from tuoshan.care.models import SurveyAnswer
    from tuoshan.cases.models import Case, Task

    case, token = surveyed(house, work)
    asked = survey.asked(token, clock())
    assert asked.is_open and asked.given is None
    survey.answer(asked, score=2, reasons=["speed", "nonsense", "speed"], words="太慢")
    assert Task.objects.get(case_id=case.id, name="survey").status == "done"
    work()
    (row,) = SurveyAnswer.objects.all()
    assert (row.score, row.reasons, row.words, row.handler_id) == (2, ["speed"], "太慢", house.agent.pk)
    clock.advance(timedelta(days=7))
    survey.answer(survey.asked(token, clock()), score=5)
    assert SurveyAnswer.objects.get().score == 5
    assert Case.objects.get(id=case.id).satisfaction == 5
    clock.advance(timedelta(seconds=1))
    late = survey.asked(token, clock())
    assert not late.is_open
    with pytest.raises(survey.SurveyClosed):
        survey.answer(late, score=1)
    assert SurveyAnswer.objects.get().score == 5


def test_tampered_foreign_and_expired_links(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.care import survey
    from tuoshan.knowledge.links import CASE
    from tuoshan.secrets import LinkBroken, LinkExpired, sign_link

    case, token = surveyed(house, work)
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "", "x" * 40, sign_link(CASE, {"case": case.id}, 1)):
        with pytest.raises(LinkBroken):
            survey.asked(wrong, clock())
    with pytest.raises(LinkBroken):
        survey.asked(sign_link("survey", {"case": 1, "task": ""}, 1), clock())
    clock.advance(timedelta(days=61))
    with pytest.raises(LinkExpired):
        survey.asked(token, clock())


def test_an_answer_after_the_task_has_lapsed_is_kept(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.care import survey
    from tuoshan.care.models import SurveyAnswer

    case, token = surveyed(house, work)
    clock.advance(timedelta(days=20))
    work()
    survey.answer(survey.asked(token, clock()), score=4, words="还行")
    assert SurveyAnswer.objects.get(case_id=case.id).score == 4
    with pytest.raises(ValueError):
        survey.answer(survey.asked(token, clock()), score=6)


def test_a_task_completed_elsewhere_is_an_answer_too(house: Any, work: Any) -> None:
    from decimal import Decimal

    from tuoshan.care.models import SurveyAnswer
    from tuoshan.cases import service
    from tuoshan.cases.models import Task

    case, _token = surveyed(house, work)
    task = Task.objects.get(case_id=case.id, name="survey")
    outcome = service.complete_task(
        case_id=case.id, task_key=task.key, actor=service.ActingAs.by_customer(house.customer.pk),
        values={"score": Decimal(3), "score_reasons": ["attitude"], "score_words": "可以更好"},
    )  # fmt: skip
    assert outcome.accepted, outcome.refusal
    work()
    row = SurveyAnswer.objects.get(case_id=case.id)
    assert (row.score, row.reasons, row.words, row.via) == (3, ["attitude"], "可以更好", "portal")


def test_the_form_offers_the_companys_reasons_and_what_was_given(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.care import survey
    from tuoshan.care.forms import SurveyForm
    from tuoshan.care.models import SurveyReason

    _case, token = surveyed(house, work)
    SurveyReason.objects.filter(key="effort").update(is_active=False)
    asked = survey.asked(token, clock())
    assert "是否省心" not in str(SurveyForm(asked=asked))
    form = SurveyForm({"score": "4", "reasons": ["clear"], "words": ""}, asked=asked)
    assert form.is_valid(), form.errors
    assert form.save().score == 4
    assert SurveyForm(asked=survey.asked(token, clock())).initial["score"] == 4
    assert not SurveyForm({"score": "9"}, asked=asked).is_valid() and not SurveyForm({}, asked=asked).is_valid()
