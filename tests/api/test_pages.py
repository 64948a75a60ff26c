"""Lists that grow are read page by page: every row once, in the order of the whole, whatever comes in meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.api.callers import Caller, caller
from tests.workbench.deskhouse import desk

from tuoshan import clock, identifiers
from tuoshan.agenda.models import Item
from tuoshan.cases.models import Case, Task
from tuoshan.intake.models import ImportRun
from tuoshan.quality import lessons
from tuoshan.quality.models import Lesson

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


def walk(program: Caller, path: str, name: str, limit: int = 3, between: Callable[[], object] = lambda: None) -> Any:
    """Every row, page by page."""
    rows: list[Any] = []
    cursor, mark = "", "&" if "?" in path else "?"
    for _turn in range(50):
        page = program.get(f"{path}{mark}limit={limit}&cursor={cursor}")
        assert len(page[name]) == limit or not page["next"]
        rows += page[name]
        cursor = page["next"]
        if not cursor:
            return rows
        between()
    raise AssertionError("the pages have no end")


def refused(program: Caller, path: str, cursor: str) -> str:
    mark = "&" if "?" in path else "?"
    return str(program.get(f"{path}{mark}cursor={cursor}", expect=400)["code"])


@pytest.fixture
def tasks(db: None) -> Caller:
    """A caller with eleven open tasks, some due at one moment, some without a limit, and as many done."""
    agent = caller("agent")
    case = Case.objects.get(number=agent.registered())
    now = clock.now()
    for number in range(11):
        due = now + timedelta(hours=number // 3) if number < 7 else None
        given = {"case_id": case.pk, "name": "site_visit", "party": "handler", "person_id": agent.person.pk}
        Task.objects.create(key=f"site_visit#{number}", status="open", opened_at=now, due_at=due, **given)
        done = now - timedelta(hours=number // 4)
        Task.objects.create(
            key=f"inquire#{number}", status="done", opened_at=now, completed_at=done,
            completed_by_id=agent.person.pk, **given,
        )  # fmt: skip
    return agent


def test_tasks_follow_one_another_without_gap_or_repeat(tasks: Caller) -> None:
    whole = tasks.get("/tasks")
    assert whole["count"] == 11 and whole["next"] == ""
    assert [one["due_at"] is None for one in whole["tasks"]] == [False] * 7 + [True] * 4
    assert walk(tasks, "/tasks", "tasks") == whole["tasks"]
    done = tasks.get("/tasks?done=true")["tasks"]
    assert len(done) == 11 and walk(tasks, "/tasks?done=true", "tasks") == done


def test_a_task_done_meanwhile_makes_no_gap(tasks: Caller) -> None:
    whole = [one["key"] for one in tasks.get("/tasks")["tasks"]]
    first = tasks.get("/tasks?limit=4")
    Task.objects.filter(key=whole[0]).update(status="done")
    rest = tasks.get(f"/tasks?cursor={first['next']}")["tasks"]
    assert [one["key"] for one in first["tasks"] + rest] == whole


def test_lessons_follow_one_another_those_without_a_day_last(db: None) -> None:
    lead = caller("supervisor")
    case = Case.objects.get(number=lead.registered())
    for number in range(10):
        due = date(2026, 12, 1 + number // 3) if number < 6 else None
        lessons.make(what=f"改进 {number}", case_ids=[case.pk], now=clock.now(), due_on=due)
    whole = lead.get("/lessons")
    assert len(whole["lessons"]) == Lesson.objects.count() == 10 and whole["next"] == ""
    assert [one["due_on"] is None for one in whole["lessons"]] == [False] * 6 + [True] * 4
    assert walk(lead, "/lessons", "lessons") == whole["lessons"]


def test_a_timeline_is_read_to_its_end_while_people_write(desk: Any) -> None:
    case, agent = desk.proposed(amount="300"), Caller(desk.people["agent"], "write")
    path = f"/cases/{case.number}/timeline"
    for number in range(4):
        agent.post(f"/cases/{case.number}/notes", {"text": f"备注 {number}"})
    whole = agent.get(path)
    assert whole["next"] == "" and len(whole["entries"]) >= 8
    for limit in (1, 2, 3):
        assert walk(agent, path, "entries", limit) == whole["entries"]

    written = iter(range(100, 102))

    def write() -> None:
        if (number := next(written, None)) is not None:
            agent.post(f"/cases/{case.number}/notes", {"text": f"备注 {number}"})

    read = walk(agent, path, "entries", 3, write)
    assert read == agent.get(path)["entries"] and read[-1]["text"] == "备注 101"


def test_a_cursor_of_another_list_is_refused(tasks: Caller) -> None:
    number = Case.objects.values_list("number", flat=True)[0]
    paths = ("/tasks", "/tasks?done=true", "/lessons", f"/cases/{number}/timeline", "/cases?queue=open")
    mine = tasks.get("/tasks?limit=1")["next"]
    for path in paths:
        assert refused(tasks, path, "nonsense") == refused(tasks, path, "W10") == "broken_cursor"
        if path != "/tasks":
            assert refused(tasks, path, mine) == "broken_cursor", path


def test_decisions_parked_jobs_imports_accounts_and_customers_are_read_to_their_end(desk: Any) -> None:
    for number in range(5):
        desk.proposed(amount=str(300 + number))
        Item.objects.create(
            id=identifiers.next_id(), kind="job", name="probe", key=f"probe:{number}", due_at=clock.now(),
            ready_at=clock.now(), created_at=clock.now(), parked_at=clock.now() - timedelta(minutes=number // 2),
        )  # fmt: skip
        ImportRun.objects.create(file_name=f"{number}.csv", person_id=desk.people["lead"].pk, created_at=clock.now())
    lead, admin = Caller(desk.people["lead"], "read"), Caller(desk.people["admin"], "read")
    for program, path, name, key in (
        (lead, "/board/approvals", "cases", "number"), (lead, "/parked", "jobs", "id"),
        (lead, "/imports", "imports", "id"), (admin, "/settings/accounts", "accounts", "id"),
    ):  # fmt: skip
        whole = program.get(path)
        assert len(whole[name]) >= 5 and whole["next"] == "", path
        assert [one[key] for one in walk(program, path, name, 2)] == [one[key] for one in whole[name]], path
        assert refused(program, path, "nonsense") == "broken_cursor"


def test_customers_of_one_name_and_what_was_put_right_of_one_are_read_to_their_end(db: None) -> None:
    agent = caller("agent")
    for number in range(5):
        agent.registered(customer_phone=f"1380013800{number}", customer_name="林若溪")
    path = "/customers?q=林若溪"
    whole = agent.get(path)["customers"]
    assert len(whole) == 5 and walk(agent, path, "customers", 2) == whole
    address = f"/customers/{whole[0]['id']}"
    for number in range(5):
        agent.send("PATCH", address, {"name": f"林若溪{number}"})
    changes = agent.get(f"{address}/changes")["changes"]
    assert len(changes) == 5 and walk(agent, f"{address}/changes", "changes", 2) == changes
    assert refused(agent, path, "nonsense") == refused(agent, f"{address}/changes", "nonsense") == "broken_cursor"
