"""What staff are told, how it collapses, and when it is mailed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.integrations.house import fresh


def notes(person: Any) -> list[Any]:
    from tuoshan.integrations.notifying import of_person

    return list(of_person(person.pk))


def accept(house: Any, case: Any, **values: Any) -> None:
    from tuoshan.catalog.models import Category

    category = Category.objects.filter(parent__isnull=False).first() or Category.objects.create(code="x", name_zh="x")
    given = {"category": str(category.pk), "impact": "low", "urgency": "low", "next_step": "三天内答复"}
    outcome = house.act(case, "accept_simple", house.colleague, **given, **values)
    assert outcome.accepted, outcome.refusal


def test_the_handler_hears_of_the_case_given_to_them_and_not_of_what_they_do_themselves(house: Any, work: Any) -> None:
    case = house.complaint()
    accept(house, case, handler=str(house.agent.pk))
    work()
    (note,) = [note for note in notes(house.agent) if note.what == "assigned"]
    assert note.sentence() == f"派给您：{case.number} 杯子碎了" and note.count == 1
    other = house.complaint()
    assert house.act(other, "claim", handler=str(house.agent.pk)).accepted
    work()
    assert not [note for note in notes(house.agent) if note.case_id == other.id and note.what == "assigned"]


def test_the_same_within_an_hour_is_one_with_a_count(house: Any, clock: Any) -> None:
    from tuoshan.integrations import notifying

    for number in range(5):
        notifying.notify(
            persons=[house.agent], what="customer_replied", case_id=7, now=clock(), about=f"event:{number}"
        )
        clock.advance(timedelta(minutes=10))
    (note,) = notes(house.agent)
    assert note.count == 5 and "共 5 次" in note.sentence()
    notifying.notify(persons=[house.agent], what="customer_replied", case_id=7, now=clock(), about="event:4")
    assert notes(house.agent)[0].count == 5  # the very same thing does not count again
    notifying.notify(persons=[house.agent], what="customer_replied", case_id=8, now=clock(), about="event:9")
    clock.advance(timedelta(hours=1))
    notifying.notify(persons=[house.agent], what="customer_replied", case_id=7, now=clock(), about="event:10")
    assert len(notes(house.agent)) == 3


def test_reading_and_counting(house: Any, clock: Any) -> None:
    from tuoshan.integrations import notifying

    for number in range(3):
        notifying.notify(persons=[house.agent, house.lead], what="watched", case_id=number, now=clock(), about="a")
    assert notifying.unread_count(house.agent.pk) == 3 and notifying.unread_count(house.agent.pk, most=1) == 2
    assert notifying.mark_read(house.agent.pk, [notes(house.agent)[0].id], now=clock()) == 1
    assert notifying.mark_read(house.lead.pk, [note.id for note in notes(house.agent)], now=clock()) == 0
    assert notifying.mark_read(house.agent.pk, now=clock()) == 2
    assert notifying.unread_count(house.agent.pk) == 0 and notifying.unread_count(house.lead.pk) == 3
    notifying.notify(persons=[house.agent], what="watched", case_id=1, now=clock(), about="b")
    assert notifying.unread_count(house.agent.pk) == 1  # something new in it makes it unread again


def test_lateness_goes_to_the_lead_as_an_escalation(house: Any, work: Any, clock: Any) -> None:
    case = house.complaint()
    clock.advance(timedelta(hours=24, minutes=1))
    work()
    told = [note for note in notes(house.lead) if note.case_id == case.id]
    assert {note.what for note in told} == {"escalated"}
    assert any("首次答复" in note.sentence() for note in told)


def test_a_warning_names_the_limit_and_its_moment(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.integrations.models import Notification

    house.complaint()
    clock.advance(timedelta(hours=20, minutes=1))
    work()
    said = {note.sentence() for note in Notification.objects.filter(what="due_soon")}
    assert [one for one in said if one.startswith("“首次答复”将在 3月3日 09:00 到期：")]


def test_mentions(house: Any, work: Any) -> None:
    from tuoshan.cases import service

    case = house.complaint()
    actor = service.ActingAs.by_person(house.agent)
    service.note(case_id=case.id, actor=actor, text="请＠周明 看一下；抄送 @hegang，不是 @zhoumingx，也不是我 @林悦")
    work()
    assert [note.what for note in notes(house.lead)] == ["mentioned"]
    assert [note.what for note in notes(house.manager)] == ["mentioned"]
    assert "mentioned" not in {note.what for note in notes(house.agent)}


def test_the_approver_of_the_amount_is_asked(house: Any, work: Any) -> None:
    case = house.complaint()
    accept(house, case, handler=str(house.agent.pk))
    outcome = house.act(
        case, "propose", cause="transport", liable="carrier", remedies=["refund"], remedy_steps="退款",
        amount=Decimal("3000.00"), refund_amount=Decimal("3000.00"), amount_paid=Decimal("3000.00"),
        carry_out_by=date(2026, 3, 20),
    )  # fmt: skip
    assert outcome.accepted, outcome.refusal
    work()
    assert "approval" in {note.what for note in notes(house.manager)}
    assert "approval" not in {note.what for note in notes(house.lead)}


def test_the_customers_answer_reaches_handler_and_watchers(house: Any, work: Any) -> None:
    from tuoshan import clock as product_clock
    from tuoshan.cases import service
    from tuoshan.cases.models import Watch

    case = house.complaint()
    assert house.act(case, "claim", handler=str(house.agent.pk)).accepted
    Watch.objects.create(case_id=case.id, person_id=house.manager.pk, since=product_clock.now())
    service.message(
        case_id=case.id, actor=service.ActingAs.by_customer(house.customer.pk), text="还没收到", channel="portal",
        direction="in",
    )  # fmt: skip
    work()
    assert "customer_replied" in {note.what for note in notes(house.agent)}
    assert "watched" in {note.what for note in notes(house.manager)}


def test_who_wants_neither_is_not_told_and_mail_goes_when_wanted(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.integrations import notifying
    from tuoshan.integrations.models import OutgoingMessage

    house.agent.notifications = {"watched": {"app": False, "mail": False}, "mentioned": {"app": False, "mail": True}}
    house.agent.save()
    notifying.notify(persons=[house.agent], what="watched", case_id=1, now=clock(), about="a")
    notifying.notify(persons=[house.agent], what="mentioned", case_id=house.complaint().id, now=clock(), about="b")
    assert notes(house.agent) == []
    work()
    (mail,) = OutgoingMessage.objects.filter(to_name__isnull=False, case_id=None)
    assert mail.to == "linyue@example.cn" and "备注里提到了您" in mail.subject
    assert "https://service.example.cn" in mail.body


def test_mail_waits_for_working_time_and_comes_as_one(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.integrations import notifying
    from tuoshan.integrations.models import OutgoingMessage

    house.agent.notifications = {"watched": {"app": True, "mail": True}, "escalated": {"app": True, "mail": True}}
    house.agent.save()
    clock.move_to(datetime(2026, 3, 6, 14, 0, tzinfo=UTC))  # Friday, 22:00 in Shanghai
    for number in range(3):
        notifying.notify(persons=[house.agent], what="watched", case_id=number, now=clock(), about="a")
    work()
    assert not OutgoingMessage.objects.filter(case_id=None).exists()
    notifying.notify(persons=[house.agent], what="escalated", case_id=5, now=clock(), about="a")
    work()
    assert OutgoingMessage.objects.filter(case_id=None).count() == 1
    clock.move_to(datetime(2026, 3, 9, 0, 59, tzinfo=UTC))
    work()
    assert OutgoingMessage.objects.filter(case_id=None).count() == 1
    clock.move_to(datetime(2026, 3, 9, 1, 1, tzinfo=UTC))  # Monday 09:01
    work()
    assert OutgoingMessage.objects.filter(case_id=None).count() == 2
    assert "3 条通知" in OutgoingMessage.objects.filter(case_id=None).order_by("-id")[0].subject


def test_a_digest_comes_the_next_working_morning(house: Any, clock: Any) -> None:
    from tuoshan.integrations import staff_mail
    from tuoshan.integrations.models import NotificationPreference

    NotificationPreference.objects.create(person_id=house.agent.pk, pace="daily")
    friday = datetime(2026, 3, 6, 3, 0, tzinfo=UTC)
    assert staff_mail.when(house.agent, "watched", friday) == datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    early = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)  # Friday 04:00
    assert staff_mail.when(house.agent, "watched", early) == datetime(2026, 3, 6, 1, 0, tzinfo=UTC)


def _mails(house: Any) -> list[str]:
    from tuoshan.integrations.models import OutgoingMessage

    return [row.subject for row in OutgoingMessage.objects.order_by("id") if row.to == house.agent.email]


def _tell(house: Any, clock: Any, what: str, about: str, case_id: int | None = None) -> None:
    from tuoshan.integrations import notifying

    notifying.notify(persons=[fresh(house.agent)], what=what, case_id=case_id, now=clock(), about=about)


def _wants_mail(house: Any, pace: str, *, quiet: bool) -> None:
    from tuoshan.integrations.models import NotificationPreference

    house.agent.notifications = {name: {"app": True, "mail": True} for name in ("watched", "escalated", "overdue")}
    house.agent.save()
    NotificationPreference.objects.create(person_id=house.agent.pk, pace=pace, quiet=quiet)


def test_a_digest_gathers_the_day_and_what_is_urgent_does_not_wait_for_it(house: Any, work: Any, clock: Any) -> None:
    from tuoshan.cases.models import Case

    _wants_mail(house, "daily", quiet=True)
    plain, urgent = house.complaint(), house.complaint()
    Case.objects.filter(pk=urgent.pk).update(grade="urgent")
    _tell(house, clock, "watched", "a", plain.pk)
    _tell(house, clock, "overdue", "b", plain.pk)
    work()
    assert _mails(house) == [], "it is Monday, the digest comes on Tuesday"
    _tell(house, clock, "escalated", "c", plain.pk)
    _tell(house, clock, "watched", "d", urgent.pk)
    work()
    assert len(_mails(house)) == 1 and "2" in _mails(house)[0]
    clock.advance(timedelta(hours=23, minutes=59))
    work()
    assert len(_mails(house)) == 1
    clock.advance(timedelta(minutes=1))  # Tuesday 09:00
    work()
    assert len(_mails(house)) == 2 and "2" in _mails(house)[1]


def test_quiet_hours_hold_back_what_is_not_urgent(house: Any, work: Any, clock: Any) -> None:
    case = house.complaint()
    _wants_mail(house, "instant", quiet=True)
    clock.advance(timedelta(hours=14))  # 23:00
    _tell(house, clock, "watched", "a", case.pk)
    work()
    assert _mails(house) == []
    _tell(house, clock, "escalated", "b", case.pk)
    work()
    assert len(_mails(house)) == 1
    clock.advance(timedelta(hours=10))  # 09:00
    work()
    assert len(_mails(house)) == 2


def test_whoever_wants_mail_by_night_gets_it_and_a_new_choice_frees_what_waits(
    house: Any, work: Any, clock: Any
) -> None:
    from tuoshan.integrations.forms import NotificationPaceForm

    case = house.complaint()
    _wants_mail(house, "daily", quiet=True)
    clock.advance(timedelta(hours=14))
    _tell(house, clock, "watched", "a", case.pk)
    work()
    assert _mails(house) == []
    form = NotificationPaceForm.of(house.agent, {"pace": "instant"})  # an unticked box: mail by night as well
    assert form.is_valid()
    form.save()
    work()
    assert len(_mails(house)) == 1
    clock.advance(timedelta(days=1))
    work()
    assert len(_mails(house)) == 1, "what is out goes out once"


def test_english_readers_read_english(house: Any, work: Any) -> None:
    from django.utils.translation import override

    case = house.complaint()
    accept(house, case, handler=str(house.agent.pk))
    work()
    with override("en"):
        assert notes(house.agent)[0].sentence() == f"Given to you: {case.number} 杯子碎了"


def test_old_ones_are_forgotten(house: Any, clock: Any) -> None:
    from tuoshan.integrations import notifying

    notifying.notify(persons=[house.agent], what="watched", case_id=1, now=clock(), about="a")
    assert notifying.forget_old(clock.advance(timedelta(days=89))) == 0
    assert notifying.forget_old(clock.advance(timedelta(days=2))) == 1
