"""Merging with undo, batches, history, stepping back, the library, company tables."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.process import DESK, HANDLER, LEAD, REPAIR, SHOP, compiled

from tuoshan.agenda import worker
from tuoshan.agenda.models import Item
from tuoshan.cases import batches, calendars, library, registering, service
from tuoshan.cases.models import Case, Deadline, Event, Message, StoredPlaybook, Task
from tuoshan.cases.verifying import faults_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_bookkeeping(repair: Any) -> None:
    """Effects for which this test has no handler are none of its business."""


def another(**more: Any) -> int:
    given: dict[str, Any] = {
        "playbook": "repair", "actor": DESK, "values": {"what_happened": "又漏水"}, "channel": "web", "customer_id": 77,
        "unit_id": 5,
    }  # fmt: skip
    return service.register(**{**given, **more}).case_id


def test_a_merged_case_is_held_and_its_promise_runs_on_in_the_main_one(begun: int, clock: Any) -> None:
    clock.advance(timedelta(hours=1))
    main = another()
    assert service.merge(case_id=begun, into_id=main, actor=LEAD, reason="同一件事").accepted
    assert not Deadline.objects.filter(case_id=main, key__contains="@").exists()
    worker.drain()
    merged = Case.objects.get(id=begun)
    assert (merged.held, merged.merged_into_id, merged.due_at) == ("merged", main, None)
    adopted = Deadline.objects.get(case_id=main, key__contains="@")
    assert adopted.name == "solve" and adopted.due_at == clock() - timedelta(hours=1) + timedelta(days=5)
    assert Message.objects.get(case_id=begun).text == "同一件事"
    refused = service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"})
    assert refused.refusal is not None and refused.refusal.because == "on_hold"
    assert faults_of([begun, main]) == []


def test_a_merge_into_another_case_is_another_command(begun: int) -> None:
    main, other = another(), another()
    given: dict[str, Any] = {"case_id": begun, "actor": LEAD, "reason": "同一件事", "idempotency_key": "m"}
    first = service.merge(into_id=main, **given)
    assert first.accepted and service.merge(into_id=main, **given).replayed
    refused = service.merge(into_id=other, **given).refusal
    assert refused is not None and refused.because == "key_used_otherwise"
    assert Case.objects.get(id=begun).merged_into_id == main


def test_undoing_a_merge_gives_the_promise_back(begun: int, clock: Any) -> None:
    main = another()
    service.merge(case_id=begun, into_id=main, actor=LEAD)
    worker.drain()
    clock.advance(timedelta(hours=1))
    assert service.unmerge(case_id=begun, actor=LEAD).accepted
    worker.drain()
    case = Case.objects.get(id=begun)
    assert (case.held, case.merged_into_id, case.due_at) == ("", None, clock() + timedelta(hours=1))
    assert Deadline.objects.get(case_id=main, key__contains="@").outcome == "stopped"
    assert faults_of([begun, main]) == []


def test_an_undone_merge_waits_for_the_merge_to_arrive(begun: int, clock: Any) -> None:
    main = another()
    service.merge(case_id=begun, into_id=main, actor=LEAD)
    adopt = Item.objects.get(name="adopt")
    Item.objects.filter(id=adopt.id).update(ready_at=clock() + timedelta(seconds=1))
    service.unmerge(case_id=begun, actor=LEAD)
    worker.drain()
    assert Event.objects.filter(case_id=main).count() == 1
    clock.advance(timedelta(minutes=2))
    worker.drain()
    assert list(Event.objects.filter(case_id=main, kind__in=("adopt", "disown")).values_list("kind", flat=True)) == [
        "adopt",
        "disown",
    ]


def test_merges_that_make_no_sense_are_refused(begun: int) -> None:
    main, third = another(), another()

    def because(**given: Any) -> str:
        outcome = service.merge(actor=LEAD, **given)
        return outcome.refusal.because if outcome.refusal else ""

    assert because(case_id=begun, into_id=begun) == "same_case"
    assert because(case_id=begun, into_id=main) == ""
    assert because(case_id=begun, into_id=third) == "on_hold"
    assert because(case_id=third, into_id=begun) == "main_case_merged"
    assert because(case_id=main, into_id=third) == "has_merged_cases"
    service.act(case_id=third, action="withdraw", actor=DESK)
    assert because(case_id=main, into_id=third) == "main_case_ended"


def test_a_batch_has_an_outcome_for_every_member_and_may_be_sent_again(begun: int) -> None:
    ended = another()
    service.act(case_id=ended, action="withdraw", actor=DESK)
    ids = [begun, ended, another(), 999]
    given: dict[str, Any] = {"case_ids": ids, "action": "accept", "actor": DESK, "values": {"handler": "2"}}
    first = batches.act_many(**given)
    assert first.done == 2 and {n: r.because for n, r in first.refused.items()} == {ended: "ended", 999: "unknown_case"}
    again = batches.act_many(**given, batch_id=first.batch_id)
    assert again.done == 2 and all(again.outcomes[n].replayed for n in (begun, ids[2]))
    assert Event.objects.filter(name="accept").count() == 2


def test_history_rests_without_clocks_tasks_or_messages(repair: Any, clock: Any) -> None:
    rows = [
        registering.NewCase(
            "repair", DESK, {"what_happened": f"旧单 {n}", "category": 3}, "spreadsheet", None, 5, f"旧单 {n}",
            idempotency_key=f"file:{n}", received_at=clock() - timedelta(days=400 - n), history="done",
        )
        for n in range(250)
    ]  # fmt: skip
    outcomes = registering.register_many(rows)
    assert all(outcome.accepted for outcome in outcomes) and len({o.number for o in outcomes}) == 250
    assert not Item.objects.exists() and not Deadline.objects.exists() and not Task.objects.exists()
    case = Case.objects.get(id=outcomes[0].case_id)
    assert (case.is_history, case.ended, case.category_id) == (True, True, 3)
    assert case.created_at == case.closed_at == clock() - timedelta(days=400)
    assert case.number.startswith("TS2501-")
    assert faults_of([outcome.case_id for outcome in outcomes]) == []
    again = registering.register_many(rows)
    assert all(outcome.replayed for outcome in again) and Case.objects.count() == 250


def test_refused_rows_of_an_import_do_not_keep_the_others_back(repair: Any) -> None:
    good = registering.NewCase("repair", DESK, {"what_happened": "x"}, idempotency_key="1")
    bad = registering.NewCase("repair", DESK, {"what_happened": "x", "grade": "?"}, idempotency_key="2")
    outcomes = registering.register_many([good, bad, good])
    assert [outcome.accepted for outcome in outcomes] == [True, False, False]
    assert Case.objects.count() == 1


def test_the_last_transition_is_taken_back_while_nothing_is_delivered(begun: int, clock: Any) -> None:
    service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"})
    clock.advance(timedelta(minutes=10))
    outcome = service.step_back(case_id=begun, actor=LEAD, reason="点错了")
    assert outcome.accepted, outcome.refusal
    case = Case.objects.get(id=begun)
    assert (case.state, Task.objects.get(case_id=begun).status) == ("received", "lapsed")
    assert not Item.objects.filter(name="tell", done_at=None).exists()
    assert faults_of([begun]) == []


def test_a_transition_whose_message_was_delivered_is_not_taken_back(begun: int, clock: Any) -> None:
    service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"})
    Item.objects.filter(name="tell").update(done_at=clock())
    outcome = service.step_back(case_id=begun, actor=LEAD)
    assert outcome.refusal is not None and outcome.refusal.because == "effects_pending"


def test_withdrawal_takes_undelivered_effects_back(begun: int) -> None:
    service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"})
    service.act(case_id=begun, action="withdraw", actor=DESK)
    assert not Item.objects.filter(kind="effect", name="tell", done_at=None).exists()
    assert Item.objects.get(name="tell").last_error == "cancelled"


def test_what_was_due_while_nobody_looked_is_late_by_name(begun: int, clock: Any) -> None:
    service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"})
    clock.advance(timedelta(days=6))
    service.complete_task(case_id=begun, task_key="check#1", actor=SHOP, values={"answer": "好"})
    assert service.act(case_id=begun, action="finish", actor=HANDLER).accepted
    assert Deadline.objects.get(case_id=begun, name="solve").outcome == "late"
    assert faults_of([begun]) == []


# -- what stands around -----------------------------------------------------------------------------------------


def test_a_broken_file_never_replaces_a_working_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "check", lambda playbook, known: ())  # this small process has no walks
    library.forget()
    file = tmp_path / "repair.yaml"
    file.write_text(REPAIR)
    assert not any(one.severity == "error" for found in library.load_all([tmp_path]).values() for one in found)
    working = library.current("repair")
    file.write_text(REPAIR.replace("for: desk", "for: nobody_at_all: x"))
    library.load_all([tmp_path])
    assert library.current("repair") is working
    assert any(one.severity == "error" for one in library.findings()["repair.yaml"])


def test_after_a_start_a_refused_file_leaves_the_stored_version_in_use(
    begun: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "PACKAGED", tmp_path)
    (tmp_path / "repair.yaml").write_text(REPAIR.replace("title: 报修 / Repair", "title 报修"))
    library.forget()
    assert library.current("repair").hash == Case.objects.get(id=begun).playbook_hash


def test_a_case_goes_on_by_the_version_it_began_with(begun: int, clock: Any) -> None:
    newer = compiled(REPAIR.replace("within: 2 hours", "within: 9 hours").replace("version: 1", "version: 2"))
    pinned = Case.objects.get(id=begun).playbook_hash
    with library.using(newer):
        assert library.pinned("repair", pinned).version == 1
        assert service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"}).accepted
        second = Case.objects.get(id=another())
    assert second.playbook_hash == newer.hash != pinned
    assert second.due_at == clock() + timedelta(hours=9)
    assert StoredPlaybook.objects.count() == 2


def test_company_tables_and_calendars_are_versions_with_a_beginning(repair: Any, clock: Any) -> None:
    calendars.set_table(playbook="repair", name="times", value={"a": "2 hours"}, valid_from=clock())
    calendars.set_table(playbook="", name="times", value={"a": "9 hours"}, valid_from=clock())
    calendars.set_table(playbook="repair", name="times", value={"a": "1 hour"}, valid_from=clock() + timedelta(days=1))
    assert calendars.table("repair", "times") == {"a": "2 hours"}
    assert calendars.table("other", "times") == {"a": "9 hours"} and calendars.table("other", "none") is None
    clock.advance(timedelta(days=1))
    assert calendars.table("repair", "times") == {"a": "1 hour"}
    week = ["09:00-12:00, 13:00-17:00"] * 5 + ["", ""]
    row = calendars.set_calendar(name="standard", content={"weekly": week}, valid_from=clock())
    assert calendars.calendar("standard").version.startswith(f"standard/{row.version}")
    assert json.loads(row.content) == {"weekly": week}
