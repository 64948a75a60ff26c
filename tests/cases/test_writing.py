"""The write path on a real database."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.process import CUSTOMER, DESK, HANDLER, SHOP

from tuoshan.agenda import worker
from tuoshan.agenda.models import Item
from tuoshan.cases import service
from tuoshan.cases.models import Case, Deadline, Event, Message, Task, Words
from tuoshan.cases.rows import Row

pytestmark = pytest.mark.django_db(transaction=True)


def accepted(case_id: int, **more: Any) -> service.Outcome:
    return service.act(case_id=case_id, action="accept", actor=DESK, values={"handler": "2"}, **more)


def test_registering_writes_case_event_clocks_and_wake(begun: int, clock: Any) -> None:
    case = Case.objects.get(id=begun)
    assert (case.state, case.phase, case.seq, case.waits_for, case.grade) == (
        "received",
        "receive",
        1,
        "desk",
        "normal",
    )
    assert case.number.startswith("TS2603-00001-")
    assert case.due_at == clock() + timedelta(hours=2) == case.queue_at
    assert case.due_name == "received"
    assert (case.customer_id, case.unit_id, case.registrant_id, case.title) == (77, 5, 1, "水管")
    assert set(Deadline.objects.filter(case_id=begun).values_list("name", flat=True)) == {"received", "solve"}
    wake = Item.objects.get(kind="wake")
    assert wake.case_id == begun and wake.due_at == clock() + timedelta(minutes=90)


def test_the_number_is_taken_when_all_but_the_case_and_its_reply_is_written(repair: Any) -> None:
    """Its row is held until the commit, and whoever registers at the same time waits for it."""
    with CaptureQueriesContext(connection) as sent:
        service.register(
            playbook="repair", actor=DESK, values={"what_happened": "水管漏水", "grade": "normal"}, channel="counter",
            customer_id=77, unit_id=5, idempotency_key="one",
        )  # fmt: skip
    into = [found[1] for one in sent if (found := re.match(r"INSERT INTO (\w+)", one["sql"]))]
    after = into[into.index("cases_counter") + 1 :]
    assert after == ["cases_case", "cases_command"] and {"cases_event", "cases_deadline", "agenda_item"} < set(into)


def test_an_outcome_knows_the_state_that_was_stored(begun: int) -> None:
    outcome = accepted(begun, idempotency_key="one")
    assert outcome.state == Row.of(Case.objects.get(id=begun)).state
    assert accepted(begun, idempotency_key="one").state is None


def test_personal_words_stay_out_of_the_chain(begun: int) -> None:
    assert "漏水" not in Event.objects.get(case_id=begun).body
    assert "漏水" not in Case.objects.get(id=begun).snapshot
    assert [row.text for row in Words.objects.filter(case_id=begun)] == ["水管漏水"]


def test_acting_moves_the_case_opens_the_task_and_tells_after_commit(begun: int) -> None:
    outcome = accepted(begun)
    assert outcome.accepted and [event.name for event in outcome.events] == ["accept"]
    case = Case.objects.get(id=begun)
    assert (case.state, case.handler_id, case.waits_for) == ("working", 2, "shop")
    task = Task.objects.get(case_id=begun)
    assert (task.name, task.party, task.status) == ("check", "shop", "open")
    effects = Item.objects.filter(kind="effect").exclude(key__contains=".follow.")
    assert sorted(effects.values_list("name", flat=True)) == ["notify", "notify", "tell"]


def test_a_refusal_changes_nothing(begun: int) -> None:
    before = Case.objects.values().get(id=begun)
    outcome = service.act(case_id=begun, action="finish", actor=HANDLER)
    assert outcome.refusal is not None and outcome.refusal.because == "not_from_here"
    assert Case.objects.values().get(id=begun) == before


def test_what_was_due_goes_off_before_the_action_and_stays_when_it_is_refused(begun: int, clock: Any) -> None:
    clock.advance(timedelta(hours=3))
    outcome = service.act(case_id=begun, action="accept", actor=HANDLER, values={"handler": "2"})
    assert outcome.refusal is not None and outcome.refusal.because == "not_allowed"
    assert [event.kind for event in outcome.events] == ["clock", "clock"]
    assert Case.objects.get(id=begun).overdue
    assert Event.objects.filter(case_id=begun).count() == 3


def test_the_worker_fires_alarms_and_the_else(begun: int, clock: Any) -> None:
    accepted(begun)
    service.complete_task(case_id=begun, task_key="check#1", actor=SHOP, values={"answer": "好的"})
    service.act(case_id=begun, action="ask", actor=HANDLER, values={"question": "何时有人在家？"})
    case = Case.objects.get(id=begun)
    assert case.paused and case.due_at is None and case.waits_for == "customer"
    clock.advance(timedelta(days=3, seconds=1))
    Item.objects.filter(kind="effect").delete()
    worker.drain()
    case = Case.objects.get(id=begun)
    assert (case.state, case.ended, case.end_kind, case.closed_at) == ("done", True, "ordinary", clock())
    assert not Item.objects.filter(kind="wake", done_at=None).exists()


def test_the_same_key_gives_the_same_reply_and_changes_nothing(begun: int) -> None:
    first = accepted(begun, idempotency_key="k1")
    again = accepted(begun, idempotency_key="k1")
    assert again.replayed and (again.seq, again.number) == (first.seq, first.number)
    assert [event.to_json() for event in again.events] == [event.to_json() for event in first.events]
    assert Event.objects.filter(case_id=begun).count() == 2
    other = service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "9"}, idempotency_key="k1")
    assert other.refusal is not None and other.refusal.because == "key_used_otherwise"


def test_words_belong_to_what_a_key_stands_for(begun: int) -> None:
    """The same again is the same; another text, another way, another reason under the key is refused, not lost."""
    said: dict[str, Any] = {"case_id": begun, "actor": HANDLER, "text": "客户来电"}
    sent: dict[str, Any] = {**said, "channel": "sms", "subject": "回复"}
    values = {"what_happened": "门坏了"}
    fixed: dict[str, Any] = {"case_id": begun, "actor": HANDLER, "values": values, "reason": "来电"}
    noted: dict[str, Any] = {**said, "extra": {"seconds": 40}}
    commands: list[tuple[str, Any, dict[str, Any], list[dict[str, Any]]]] = [
        ("n", service.note, said, [{"text": "客户又来电"}]),
        ("c", service.call, noted, [{"text": "无人接听"}, {"extra": {"seconds": 41}}]),
        ("m", service.message, sent, [{"text": "明天上门"}, {"channel": "mail"}, {"subject": ""}, {"direction": "in"}]),
        ("f", service.correct, fixed, [{"reason": "写错了"}, {"values": {"what_happened": "窗坏了"}}]),
    ]
    for key, give, given, others in commands:
        first = give(**given, idempotency_key=key)
        assert first.accepted and not first.replayed
        again = give(**given, idempotency_key=key)
        assert again.accepted and again.replayed and again.seq == first.seq
        for other in others:
            outcome = give(**{**given, **other}, idempotency_key=key)
            assert outcome.refusal is not None and outcome.refusal.because == "key_used_otherwise", other
    assert Event.objects.filter(case_id=begun).count() == 1 + 4


def test_another_page_or_draft_makes_no_other_command(begun: int) -> None:
    """A form sent again from a page read anew, its files already taken, is the same."""
    given: dict[str, Any] = {"action": "accept", "actor": DESK, "values": {"handler": "2"}, "idempotency_key": "k"}
    first = service.act(case_id=begun, expected_seq=1, upload_token="a", **given)
    again = service.act(case_id=begun, expected_seq=2, upload_token="b", **given)
    assert first.accepted and again.replayed


def test_a_refused_command_may_be_sent_again_with_its_key(begun: int) -> None:
    wrong = service.act(case_id=begun, action="accept", actor=DESK, values={}, idempotency_key="k2")
    assert wrong.refusal is not None and wrong.refusal.because == "invalid_form"
    assert accepted(begun, idempotency_key="k2").accepted


def test_registering_twice_with_one_key_gives_one_case(repair: Any, clock: Any) -> None:
    given: dict[str, Any] = {
        "playbook": "repair", "actor": DESK, "values": {"what_happened": "坏了"}, "channel": "web", "customer_id": 1,
        "unit_id": None, "idempotency_key": "once",
    }  # fmt: skip
    first, again = service.register(**given), service.register(**given)
    assert again.replayed and first.case_id == again.case_id and Case.objects.count() == 1


def test_a_stale_page_is_refused_with_what_changed(begun: int) -> None:
    seen = Case.objects.get(id=begun).seq
    changed = service.correct(case_id=begun, actor=HANDLER, values={"what_happened": "门也关不上"}, reason="客户又来电")
    assert changed.accepted, changed.refusal
    outcome = accepted(begun, expected_seq=seen)
    assert outcome.refusal is not None and outcome.refusal.because == "stale"
    assert [event["name"] for event in outcome.refusal.data["changes"]] == ["correct"]
    assert accepted(begun, expected_seq=seen + 1).accepted


def test_what_is_written_beside_the_main_line_does_not_make_a_page_stale(begun: int) -> None:
    seen = Case.objects.get(id=begun).seq
    service.note(case_id=begun, actor=HANDLER, text="客户又来电")
    assert accepted(begun, expected_seq=seen).accepted


def test_a_notice_of_a_clock_does_not_make_a_page_stale(begun: int, clock: Any) -> None:
    clock.advance(timedelta(minutes=100))
    service.wake(case_id=begun)
    assert accepted(begun, expected_seq=1).accepted


def test_notes_and_messages_stand_beside_the_chain(begun: int) -> None:
    service.note(case_id=begun, actor=DESK, text="有点急")
    service.message(case_id=begun, actor=DESK, text="您好，已受理", channel="sms")
    note, message = Message.objects.filter(case_id=begun).order_by("id")
    assert (note.direction, note.text, note.visible_to_customer, note.event_seq) == ("note", "有点急", False, 2)
    assert (message.delivery, message.visible_to_customer, message.event_seq) == ("pending", True, 3)
    assert Item.objects.get(name="send").data == {"message": message.id}


def test_a_strange_customer_may_do_nothing(begun: int) -> None:
    outcome = service.act(case_id=begun, action="withdraw", actor=service.ActingAs.by_customer(78))
    assert outcome.refusal is not None and outcome.refusal.because == "not_allowed"
    assert service.act(case_id=begun, action="withdraw", actor=CUSTOMER).accepted


def test_unknown_cases_are_told_so(repair: Any) -> None:
    with pytest.raises(service.CaseUnknown):
        service.act(case_id=1, action="accept", actor=DESK)
