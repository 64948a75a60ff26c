"""Whatever is changed behind the write path's back is found."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.cases.process import CUSTOMER, DESK, HANDLER, LEAD, SHOP

from tuoshan.agenda import worker
from tuoshan.agenda.models import Item
from tuoshan.cases import service
from tuoshan.cases.chain import canonical, canonical_event, event_hash
from tuoshan.cases.models import Case, Deadline, Event, Task, Words
from tuoshan.cases.verifying import faults_of, verify
from tuoshan.cases.writing import event_row
from tuoshan.core.case import Event as CoreEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lived(begun: int, clock: Any) -> int:
    """A case that has had everything: alarms, a pause, tasks, notes, a hold."""
    clock.advance(timedelta(minutes=100))
    service.wake(case_id=begun)
    service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"})
    service.note(case_id=begun, actor=HANDLER, text="客户赶时间")
    service.act(case_id=begun, action="ask", actor=HANDLER, values={"question": "型号？"})
    clock.advance(timedelta(hours=5, microseconds=7))
    service.hold(case_id=begun, name="court", actor=LEAD)
    clock.advance(timedelta(hours=1))
    service.release(case_id=begun, actor=LEAD)
    service.complete_task(case_id=begun, task_key="check#1", actor=SHOP, values={"answer": "换阀门"})
    service.act(case_id=begun, action="reply", actor=CUSTOMER, values={"answer": "A3"})
    return begun


def test_a_lived_case_is_without_faults(lived: int) -> None:
    assert faults_of([lived]) == []
    assert list(verify()) == [] and list(verify(sample=5)) == []


def test_an_ended_case_is_without_faults(lived: int) -> None:
    assert service.act(case_id=lived, action="finish", actor=HANDLER).accepted
    assert faults_of([lived]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "refuse"},
        {"at": None},
        {"actor_id": 9},
        {"on_behalf_of_id": 9},
        {"kind": "record"},
        {"body": '{"changes":[],"input":{}}'},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_event_is_found(lived: int, change: dict[str, Any], clock: Any) -> None:
    if "at" in change:
        change = {"at": clock() - timedelta(days=1)}
    Event.objects.filter(case_id=lived, seq=3).update(**change)
    assert {fault.what for fault in faults_of([lived])} == {"chain"}


def test_a_missing_event_is_found(lived: int) -> None:
    Event.objects.filter(case_id=lived, seq=3).delete()
    assert [fault.what for fault in faults_of([lived])] == ["chain"]


def test_a_missing_last_event_is_found(lived: int) -> None:
    seq = Case.objects.get(id=lived).seq
    Event.objects.filter(case_id=lived, seq=seq).delete()
    assert "chain" in {fault.what for fault in faults_of([lived])}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "done"),
        ("handler_id", 99),
        ("overdue", True),
        ("due_at", None),
        ("waits_for", "x"),
        ("grade", "urgent"),
    ],
)
def test_a_changed_column_is_found(lived: int, column: str, value: Any) -> None:
    Case.objects.filter(id=lived).update(**{column: value})
    assert [(fault.what, fault.detail.split()[0]) for fault in faults_of([lived])] == [("column", column)]


def test_a_changed_snapshot_is_found(lived: int) -> None:
    case = Case.objects.get(id=lived)
    case.snapshot = case.snapshot.replace('"state":"working"', '"state":"done"')
    case.save(update_fields=["snapshot"])
    assert [(fault.what, "state" in fault.detail) for fault in faults_of([lived])] == [("snapshot", True)]


def test_changed_rows_beside_the_case_are_found(lived: int, clock: Any) -> None:
    Deadline.objects.filter(case_id=lived, name="solve").update(due_at=clock())
    Task.objects.filter(case_id=lived).update(status="open")
    Item.objects.filter(case_id=lived, kind="wake").update(due_at=clock() + timedelta(days=9))
    assert [fault.what for fault in faults_of([lived])] == ["deadline", "task", "wake"]


def test_missing_rows_are_found(lived: int) -> None:
    Deadline.objects.filter(case_id=lived).delete()
    Task.objects.filter(case_id=lived).delete()
    Item.objects.filter(case_id=lived, kind="wake").delete()
    assert {fault.what for fault in faults_of([lived])} == {"deadline", "task", "wake"}


def test_the_hash_is_that_of_the_plain_canonical_json(lived: int) -> None:
    previous = ""
    for stored in (
        Event.objects.filter(case_id=lived)
        .order_by("seq")
        .values_list(
            "case_id", "seq", "at", "kind", "name", "actor_kind", "actor_id", "on_behalf_of_id", "body", "hash"
        )
    ):
        row = event_row(stored)
        from tuoshan.cases.chain import event_of

        event: CoreEvent = event_of(row)
        assert canonical_event(row) == canonical({**event.to_json(), "case": lived})
        assert event_hash(previous, row) == stored[9]
        previous = stored[9]


def test_erasing_the_words_leaves_the_chain_whole(lived: int, clock: Any) -> None:
    Words.objects.filter(case_id=lived).update(text="", erased_at=clock())
    assert faults_of([lived]) == []


def test_words_that_are_not_those_that_were_written_are_found(lived: int) -> None:
    words = Words.objects.filter(case_id=lived)
    assert words.count() >= 3
    first, second, third = words.order_by("ref")[:3]
    words.filter(ref=first.ref).update(text="别的话")
    words.filter(ref=second.ref).delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_words SET text = substr(text, 1, 60) WHERE ref = %s", [third.ref])
    assert sorted(str(fault).partition("words: ")[2] for fault in faults_of([lived])) == sorted([
        f"{first.ref[:12]}… is not what was written", f"{second.ref[:12]}… is missing",
        f"{third.ref[:12]}… cannot be decrypted",
    ])  # fmt: skip


def test_a_history_without_its_case_is_found(lived: int) -> None:
    Case.objects.filter(id=lived).delete()
    assert [(fault.case_id, fault.what) for fault in verify()] == [(lived, "case")]


def test_the_worker_leaves_no_faults(lived: int, clock: Any) -> None:
    Item.objects.filter(kind="effect").delete()
    clock.advance(timedelta(days=30))
    worker.drain()
    assert faults_of([lived]) == []
