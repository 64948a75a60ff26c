"""Open cases are brought over to another version by administrators: chosen, tried, started, and what stayed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from tests.api.callers import Caller
from tests.workbench.deskhouse import desk
from tests.workbench.test_migrated import inquiring, newer

from tuoshan.agenda import worker
from tuoshan.agenda.models import Item
from tuoshan.cases import library, migrating, migration_runs
from tuoshan.cases.models import Case, Event, MigrationRun, StayedCase
from tuoshan.cases.verifying import faults_of

__all__ = ["desk", "newer"]

TO_NEWER = {"state-investigating": "looking_into", "task-inquire": "ask_around"}
NAMES = {"states": {"investigating": "looking_into"}, "tasks": {"inquire": "ask_around"}}


@pytest.fixture
def changed(desk: Any, newer: Any) -> Iterator[Any]:
    """Two complaints on the shipped version, one of them in a state that is called otherwise in the one in use now."""
    desk.there, desk.other = inquiring(desk), desk.accepted()
    deliver()
    playbook, fragments = newer
    with library.using(playbook, fragments=fragments):
        desk.newer = playbook
        yield desk


def deliver() -> None:
    from tuoshan.clock import now

    Item.objects.filter(kind="effect", done_at=None).update(done_at=now())


def first_page(**query: str) -> str:
    return reverse("workbench:settings_migrations", args=["complaint"], query=query)


def tried(desk: Any, **chosen: str) -> MigrationRun:
    answer = desk.client("admin").post(reverse("workbench:settings_migration_try", args=["complaint"]), chosen)
    assert answer.status_code == 302
    worker.drain()
    return MigrationRun.objects.latest("id")


def page_of(run: MigrationRun) -> str:
    return reverse("workbench:settings_migration", args=[run.pk])


def start_of(run: MigrationRun) -> str:
    return reverse("workbench:settings_migration_start", args=[run.pk])


def test_what_is_gone_is_chosen_from_what_there_is_and_a_trial_writes_nothing(changed: Any) -> None:
    events = Event.objects.count()
    page = changed.client("admin").get(first_page()).content.decode()
    assert "调查中" in page and "部门调查" in page and 'value="looking_into" selected' in page
    assert 'value="unfounded_closed"' not in page, "an end is nowhere to go on"
    run = tried(changed, **TO_NEWER)
    assert (run.status, run.total, run.moved, run.stayed) == ("tried", 2, 2, 0)
    assert Event.objects.count() == events
    assert Case.objects.filter(playbook_hash=changed.newer.hash).count() == 0
    page = changed.client("admin").get(page_of(run)).content.decode()
    assert "会换过去" in page and "开始换版" in page


def test_what_has_no_place_is_named_before_and_after_and_started_twice_is_done_once(changed: Any) -> None:
    admin = changed.client("admin")
    run = tried(changed)
    page = admin.get(page_of(run)).content.decode()
    assert changed.there.number in page and "状态“调查中”" in page and "待办“部门调查”" in page
    assert changed.other.number not in page
    for _twice in range(2):
        assert admin.post(start_of(run)).status_code == 302
    assert "换版中" in admin.get(page_of(run)).content.decode()
    worker.drain()
    assert admin.post(start_of(run)).status_code == 302
    worker.drain()
    run.refresh_from_db()
    assert (run.status, run.moved, run.stayed) == ("done", 1, 1)
    assert Event.objects.filter(kind="migrate").count() == 1
    event = Event.objects.get(kind="migrate")
    assert (event.case_id, event.actor_id) == (changed.other.pk, changed.people["admin"].pk)
    page = admin.get(page_of(run)).content.decode()
    assert "留下的工单" in page and changed.there.number in page
    listed = admin.get(first_page()).content.decode()
    assert page_of(run) in listed
    assert "在办工单" in admin.get(reverse("workbench:settings_changes")).content.decode()
    run = tried(changed, **TO_NEWER)
    admin.post(start_of(run))
    worker.drain()
    assert Case.objects.filter(playbook_hash=changed.newer.hash).count() == 2
    assert faults_of([changed.there.pk, changed.other.pk]) == []


def test_of_one_playbook_one_run_goes_on_at_a_time(changed: Any) -> None:
    admin = changed.client("admin")
    address = reverse("workbench:settings_migration_try", args=["complaint"])
    first = admin.post(address, TO_NEWER)
    assert admin.post(address, TO_NEWER).url == first.url, "a double click tries once"
    assert admin.post(address, {}).url == first.url, "another choice waits until this one has ended"
    assert MigrationRun.objects.count() == 1
    run = MigrationRun.objects.get()
    assert admin.post(start_of(run)).status_code == 302
    run.refresh_from_db()
    assert run.status == "trying", "what was not tried to its end is not started"
    admin.post(reverse("workbench:settings_migration_stop", args=[run.pk]))
    worker.drain()
    run.refresh_from_db()
    assert (run.status, run.looked_at) == ("stopped", 0)
    admin.post(start_of(run))
    worker.drain()
    run.refresh_from_db()
    assert run.status == "stopped" and not Event.objects.filter(kind="migrate").exists()


def test_a_killed_run_goes_on_behind_the_last_case_and_a_stopped_one_too(
    changed: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    run = tried(changed, **TO_NEWER)
    changed.client("admin").post(start_of(run))
    whole = migrating.flush

    def dying(cursor: Any, changes: Any) -> None:
        whole(cursor, changes)
        if MigrationRun.objects.get(pk=run.pk).moved == 1:
            raise RuntimeError("the second case dies after its writing")

    monkeypatch.setattr(migrating, "flush", dying)
    worker.drain()
    run.refresh_from_db()
    assert (run.status, run.moved) == ("running", 1) and Event.objects.filter(kind="migrate").count() == 1
    monkeypatch.setattr(migrating, "flush", whole)
    migration_runs.stop(run)
    clock.advance(timedelta(minutes=5))
    worker.drain()
    assert Event.objects.filter(kind="migrate").count() == 1
    changed.client("admin").post(start_of(run))
    worker.drain()
    run.refresh_from_db()
    assert (run.status, run.moved, run.stayed) == ("done", 2, 0)
    assert Event.objects.filter(kind="migrate").count() == 2


def test_one_version_alone_is_brought_over_and_also_back(changed: Any, newer: Any) -> None:
    shipped = changed.there.playbook_hash
    client = changed.client("admin")
    assert client.get(first_page(**{"from": shipped})).status_code == 200
    assert client.get(first_page(**{"from": "0" * 64})).status_code == 404
    assert client.get(first_page(to="0" * 64)).status_code == 404
    run = tried(changed, **TO_NEWER, **{"from": shipped})
    client.post(start_of(run))
    worker.drain()
    assert Case.objects.filter(playbook_hash=shipped).count() == 0
    back = {"state-looking_into": "investigating", "task-ask_around": "inquire"}
    run = tried(changed, **back, **{"from": changed.newer.hash, "to": shipped})
    client.post(start_of(run))
    worker.drain()
    assert Case.objects.filter(playbook_hash=shipped, state="investigating").count() == 1
    assert Case.objects.filter(playbook_hash=shipped).count() == 2


def test_those_that_stay_are_paged_and_parted_by_reason(changed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoshan.workbench.configuring import migrating as screen

    monkeypatch.setattr(screen, "PAGE", 1)
    from tuoshan.cases import service

    service.act(case_id=changed.other.pk, action="note", actor=service.ActingAs.by_person(changed.people["agent"]))
    Item.objects.create(id=1, case_id=changed.other.pk, kind="effect", name="send", key="x", due_at=far(),
                        ready_at=far(), created_at=far())  # fmt: skip
    run = tried(changed)
    assert run.stayed == 2
    page = changed.client("admin").get(page_of(run)).content.decode()
    assert changed.there.number in page and changed.other.number not in page and 'rel="next"' in page
    page = changed.client("admin").get(page_of(run) + "?because=effects_pending").content.decode()
    assert changed.there.number not in page and changed.other.number in page and 'rel="next"' not in page
    assert StayedCase.objects.get(case_id=changed.other.pk).lost == {}
    assert changed.client("admin").get(page_of(run) + "?cursor=x").status_code == 404


def test_however_many_runs_there_were_they_are_listed_in_as_many_statements(changed: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements() -> int:
        client = changed.client("admin")
        client.get(first_page())
        with CaptureQueriesContext(connection) as seen:
            assert client.get(first_page()).status_code == 200
        return len(seen)

    tried(changed)
    before = statements()
    for _again in range(3):
        tried(changed)
    assert MigrationRun.objects.count() == 4
    assert statements() == before


def far() -> Any:
    from datetime import timedelta

    from tuoshan.clock import now

    return now() + timedelta(days=1)


def test_auditors_read_and_nobody_else_but_administrators_gets_near(changed: Any) -> None:
    run = tried(changed)
    auditor = changed.client("auditor")
    page = auditor.get(first_page()).content.decode()
    assert "调查中" in page and ">试算</button>" not in page
    page = auditor.get(page_of(run)).content.decode()
    assert changed.there.number in page and "开始换版" not in page
    assert first_page() in auditor.get(reverse("workbench:playbook_diagram", args=["complaint"])).content.decode()
    for who in ("auditor", "manager", "lead", "agent"):
        client = changed.client(who)
        assert client.post(start_of(run)).status_code == 403
        assert client.post(reverse("workbench:settings_migration_try", args=["complaint"])).status_code == 403
        if who != "auditor":
            assert client.get(page_of(run)).status_code == 403 and client.get(first_page()).status_code == 403


def test_a_program_does_the_same(changed: Any) -> None:
    admin = Caller(changed.people["admin"], "admin")
    ahead = admin.get("/settings/migrations/complaint")
    assert ahead["waiting"] == 2 and [one["name"] for one in ahead["lost_states"]] == ["investigating"]
    assert ahead["lost_states"][0] | {"title": ""} == {
        "name": "investigating", "title": "", "open": 1, "same_title": "looking_into"
    }  # fmt: skip
    wrong = admin.post("/settings/migrations/complaint", {"states": {"investigating": "nowhere"}}, expect=422)
    assert wrong["facts"]["fields"].keys() == {"state-investigating"}
    wrong = admin.post("/settings/migrations/complaint", {"states": {"new": "looking_into"}}, expect=422)
    assert wrong["facts"]["fields"].keys() == {"state-new"}
    run = admin.post("/settings/migrations/complaint", NAMES, "key-1", expect=201)
    assert run["status"] == "trying"
    assert admin.post("/settings/migrations/complaint", NAMES, "key-1", expect=201) == run
    assert admin.post("/settings/migrations/complaint", {}, "key-1", expect=409)["code"] == "key_used_otherwise"
    address = f"/settings/migrations/runs/{run['id']}"
    assert admin.post(f"{address}/start", key="key-2", expect=409)["code"] == "not_tried"
    other = admin.post("/settings/migrations/complaint", {}, expect=409)
    assert (other["code"], other["facts"]["id"]) == ("going_on", run["id"])
    worker.drain()
    assert admin.get(address)["moved"] == 2
    started = admin.post(f"{address}/start", key="key-2")
    assert started["status"] == "running"
    stopped = admin.post(f"{address}/stop", key="key-4")
    assert stopped["status"] == "stopped" and admin.post(f"{address}/stop", key="key-4") == stopped
    assert admin.post(f"{address}/start", key="key-2") == started
    assert admin.get(address)["status"] == "stopped", "the same start sent again is no new one"
    assert admin.post(f"{address}/start", key="key-3")["status"] == "running"
    worker.drain()
    done = admin.get(address)
    assert (done["status"], done["moved"], done["stayed"], done["reasons"]) == ("done", 2, 0, [])
    assert Event.objects.filter(kind="migrate").count() == 2


def test_a_program_reads_what_stays_and_an_auditors_only_reads(changed: Any) -> None:
    run = tried(changed)
    auditor = Caller(changed.people["auditor"], "read", "en")
    found = auditor.get(f"/settings/migrations/runs/{run.pk}")
    assert [(one["because"], one["number"]) for one in found["reasons"]] == [("unmapped", 1)]
    page = auditor.get(f"/settings/migrations/runs/{run.pk}/stayed?because=unmapped")
    assert [one["number"] for one in page["cases"]] == [changed.there.number] and page["next"] == ""
    assert "the state “Investigating”" in page["cases"][0]["why"]
    writer = Caller(changed.people["auditor"], "admin")
    assert writer.post(f"/settings/migrations/runs/{run.pk}/start", expect=403)["code"] == "not_permitted"
    narrow = Caller(changed.people["admin"], "write")
    assert narrow.post(f"/settings/migrations/runs/{run.pk}/start", expect=403)["code"] == "scope_missing"


def test_what_was_done_is_shown_when_its_version_is_gone(changed: Any) -> None:
    run = tried(changed, **TO_NEWER)
    MigrationRun.objects.filter(pk=run.pk).update(to_hash="0" * 64)
    page = changed.client("admin").get(page_of(run)).content.decode()
    assert "已经没有的版本" in page and "looking_into" in page and "客户投诉" in page
    assert changed.client("admin").post(start_of(run)).status_code == 404
    run.refresh_from_db()
    assert run.status == "tried"


def test_trials_of_long_ago_are_forgotten_and_what_was_done_is_kept(changed: Any, clock: Any) -> None:
    from datetime import timedelta

    done = tried(changed)
    changed.client("admin").post(start_of(done))
    worker.drain()
    only_tried = tried(changed)
    assert StayedCase.objects.filter(run_id=only_tried.pk).count() == 1
    migration_runs.forget_trials(clock() + timedelta(days=31))
    assert list(MigrationRun.objects.values_list("pk", flat=True)) == [done.pk]
    assert set(StayedCase.objects.values_list("run_id", flat=True)) == {done.pk}
