"""`not_by` leaves nobody of the party: who is next up the line sees the button, may press it, and was told to."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from tests.workbench.deskhouse import desk, moment
from tests.workbench.test_barred_buttons import FIRST, button, page_of, reasons

from tuoshan.agenda.worker import drain
from tuoshan.cases import service
from tuoshan.cases.models import Event, Task
from tuoshan.cases.verifying import faults_of
from tuoshan.integrations.models import OutgoingMessage
from tuoshan.integrations.notifying import of_person
from tuoshan.office import came_up
from tuoshan.parties.models import Absence, PartyMap, Person

__all__ = ["desk"]

pytestmark = pytest.mark.django_db

INSTEAD = "请您处理，申诉复核人都已参与前面的步骤，须回避"


def act(desk: Any, who: str, case: Any, action: str, **values: Any) -> service.Outcome:
    """By this person with what the party map gives them, as in a new request."""
    acting = service.ActingAs.by_person(Person.objects.get(pk=desk.people[who].pk))
    return service.act(case_id=case.pk, action=action, actor=acting, values=values)


def do_task(desk: Any, who: str, case: Any, task: str, **values: Any) -> service.Outcome:
    acting = service.ActingAs.by_person(Person.objects.get(pk=desk.people[who].pk))
    return service.complete_task(case_id=case.pk, task_key=task, outcome="done", actor=acting, values=values)


def because(outcome: service.Outcome) -> tuple[str, list[str]]:
    """Why it was refused, and who may instead."""
    assert outcome.refusal is not None
    return outcome.refusal.because, outcome.refusal.data["needs"]


def told(desk: Any, who: str, case: Any) -> list[tuple[str, str]]:
    rows = of_person(desk.people[who].pk).filter(case_id=case.pk).order_by("id")
    return [(row.what, row.sentence().removesuffix(f"：{case.number} 杯子碎了")) for row in rows]


def recorded(case: Any, name: str) -> Any:
    event = Event.objects.get(case_id=case.pk, name=name)
    return json.loads(event.body)["input"].get("up_the_line"), event.actor_id, event.on_behalf_of_id


def person(desk: Any, name: str, role: str) -> Person:
    made = Person.objects.create_user(name, "x", roles=(role,), unit=desk.people["lead"].unit, display_name=name)
    desk.people[name] = made
    return made


def stands_in(desk: Any, delegate: str, absent: str) -> None:
    now = moment()
    Absence.objects.create(
        person=desk.people[absent], delegate=desk.people[delegate], starts_at=now, ends_at=now + timedelta(days=9)
    )


def proposed_by_the_lead(desk: Any) -> Any:
    """An amount that supervisors approve."""
    case = desk.accepted(handler=str(desk.people["lead"].pk))
    given = {
        "cause": "goods", "liable": "product", "remedies": ["refund"], "remedy_steps": "全额退款",
        "amount": Decimal(400), "refund_amount": Decimal(400), "amount_paid": Decimal(400),
        "carry_out_by": date(2026, 3, 20),
    }  # fmt: skip
    done = act(desk, "lead", case, "propose", **given)
    assert done.accepted, done.refusal
    return desk.read(case)


@pytest.fixture
def director(desk: Any) -> Person:
    """Somebody of their own above the manager; the managers hold both parties otherwise."""
    made = person(desk, "director", "manager")
    PartyMap.objects.filter(party="director").update(target=PartyMap.Target.PERSON, person=made, role=None)
    PartyMap.objects.filter(party="manager").update(
        target=PartyMap.Target.PERSON, person=desk.people["manager"], role=None
    )
    return made


@pytest.fixture
def turned_down(desk: Any) -> Any:
    """Not upheld by the only supervisor, at the desk."""
    from tests.portal.house import proof

    case, lead = desk.complaint(), desk.people["lead"]
    done = service.act(
        case_id=case.pk, action="unfounded", values={"category": "1", "why": "须手洗"},
        evidence=[proof(case, visible=True)],
        actor=service.ActingAs("person", lead.pk, lead, frozenset({"service_desk"})),
    )  # fmt: skip
    assert done.accepted, done.refusal
    return desk.read(case)


@pytest.fixture
def appealed(desk: Any, turned_down: Any) -> Any:
    done = service.act(
        case_id=turned_down.pk, action="appeal", actor=desk.customer(turned_down), values={"appeal_reason": "没写"}
    )
    assert done.accepted, done.refusal
    return desk.read(turned_down)


def test_the_manager_is_told_at_once_and_once_why_it_is_theirs(desk: Any, appealed: Any, director: Person) -> None:
    manager = desk.people["manager"]
    manager.notifications = {"escalated": {"app": True, "mail": True}}
    manager.save()
    drain()
    drain()
    assert told(desk, "manager", appealed) == [("escalated", INSTEAD)]
    assert not [one for one in told(desk, "lead", appealed) if "处理" in one[1]]
    assert told(desk, "director", appealed) == []
    (mail,) = [one for one in OutgoingMessage.objects.filter(case_id=None) if one.to == manager.email]
    assert INSTEAD in mail.subject
    with override("en"):
        english = of_person(manager.pk).get(case_id=appealed.pk).sentence()
    assert english.startswith("This is yours to decide, as everybody in the part “Appeal reviewer” took an earlier")


def test_the_warning_goes_to_who_has_to_act(desk: Any, appealed: Any, director: Person, clock: Any) -> None:
    clock.advance(timedelta(days=6, hours=1))
    drain()
    assert "due_soon" in {what for what, _said in told(desk, "manager", appealed)}
    assert "due_soon" not in {what for who in ("lead", "director") for what, _said in told(desk, who, appealed)}


def test_the_button_is_the_managers_and_nobody_elses(desk: Any, appealed: Any, director: Person) -> None:
    page = page_of(desk, "manager", appealed)
    assert button(page, "overturn") and " disabled" not in button(page, "overturn")
    page = page_of(desk, "lead", appealed)
    assert " disabled" in button(page, "overturn")
    assert reasons(page).strip() == f"维持原结论、改判：{FIRST}可以处理的是：经理。"
    assert not button(page_of(desk, "director", appealed), "overturn")
    assert because(act(desk, "lead", appealed, "overturn", review_why="再看")) == ("not_by_same_person", ["manager"])
    assert because(act(desk, "director", appealed, "overturn", review_why="再看")) == ("not_allowed", ["manager"])
    done = act(desk, "manager", appealed, "overturn", review_why="照片不足以证明")
    assert done.accepted, done.refusal
    manager = desk.people["manager"].pk
    assert recorded(appealed, "overturn") == ({"from": "reviewer", "to": "manager"}, manager, None)
    assert faults_of([appealed.pk]) == []


def test_past_a_manager_who_is_barred_too_it_is_the_directors(desk: Any, director: Person) -> None:
    """The supervisor proposed and turned down, the manager approved in the supervisors' stead."""
    from tests.portal.house import proof

    case = proposed_by_the_lead(desk)
    assert act(desk, "manager", case, "approve").accepted
    customer = desk.customer(case)
    assert service.act(case_id=case.pk, action="disagree", actor=customer, values={"wish": "全换"}).accepted
    lead = service.ActingAs.by_person(Person.objects.get(pk=desk.people["lead"].pk))
    done = service.act(
        case_id=case.pk, action="no_agreement", actor=lead, values={"why": "已用过"}, evidence=[proof(case)]
    )
    assert done.accepted, done.refusal
    done = service.act(case_id=case.pk, action="appeal", actor=customer, values={"appeal_reason": "没写"})
    assert done.accepted, done.refusal
    drain()
    assert ("escalated", INSTEAD) in told(desk, "director", case)
    assert ("escalated", INSTEAD) not in told(desk, "manager", case)
    refused = because(act(desk, "manager", case, "overturn", review_why="看"))
    assert refused == ("not_by_same_person", ["director"])
    assert act(desk, "director", case, "overturn", review_why="照片不足以证明").accepted
    assert recorded(case, "overturn")[0] == {"from": "reviewer", "to": "director"}


def test_who_only_stands_in_for_the_barred_one_is_nobody_who_is_left(
    desk: Any, appealed: Any, director: Person, clock: Any
) -> None:
    stands_in(desk, "colleague", "lead")
    clock.advance(timedelta(minutes=2))
    page = page_of(desk, "colleague", appealed)
    assert " disabled" in button(page, "overturn") and FIRST in reasons(page)
    refused = act(desk, "colleague", appealed, "overturn", review_why="代看")
    assert because(refused) == ("not_by_same_person", ["manager"])
    drain()
    assert not [one for one in told(desk, "colleague", appealed) if "请您处理" in one[1]]
    assert act(desk, "manager", appealed, "overturn", review_why="照片不足以证明").accepted


def test_a_stand_in_who_is_a_supervisor_is_somebody_left(
    desk: Any, appealed: Any, director: Person, clock: Any
) -> None:
    second = person(desk, "second", "supervisor")
    stands_in(desk, "second", "lead")
    clock.advance(timedelta(minutes=2))
    assert because(act(desk, "manager", appealed, "overturn", review_why="看")) == ("not_allowed", ["reviewer"])
    assert act(desk, "second", appealed, "overturn", review_why="照片不足以证明").accepted
    assert recorded(appealed, "overturn") == (None, second.pk, None)


def test_a_stand_in_for_one_barred_and_one_not_acts_for_the_other(
    desk: Any, appealed: Any, director: Person, clock: Any
) -> None:
    second = person(desk, "second", "supervisor")
    stands_in(desk, "colleague", "lead")
    stands_in(desk, "colleague", "second")
    clock.advance(timedelta(minutes=2))
    assert because(act(desk, "manager", appealed, "overturn", review_why="看")) == ("not_allowed", ["reviewer"])
    assert " disabled" not in button(page_of(desk, "colleague", appealed), "overturn")
    assert act(desk, "colleague", appealed, "overturn", review_why="照片不足以证明").accepted
    assert recorded(appealed, "overturn") == (None, desk.people["colleague"].pk, second.pk)
    assert faults_of([appealed.pk]) == []


def test_a_stand_in_for_the_manager_acts_up_the_line_for_them(
    desk: Any, appealed: Any, director: Person, clock: Any
) -> None:
    stands_in(desk, "colleague", "manager")
    clock.advance(timedelta(minutes=2))
    assert act(desk, "colleague", appealed, "overturn", review_why="照片不足以证明").accepted
    line, actor, absent = recorded(appealed, "overturn")
    assert line == {"from": "reviewer", "to": "manager"}
    assert (actor, absent) == (desk.people["colleague"].pk, desk.people["manager"].pk)


@pytest.fixture
def reported(desk: Any, turned_down: Any, director: Person) -> Any:
    """The only supervisor wrote the case's report; a supervisor has to review it."""
    done = service.act(case_id=turned_down.pk, action="satisfied", actor=desk.customer(turned_down))
    assert done.accepted, done.refusal
    drain()
    lead = desk.people["lead"]
    done = service.complete_task(
        case_id=turned_down.pk, task_key="report#1", values={"summary": "已说明洗涤方法"},
        actor=service.ActingAs("person", lead.pk, lead, frozenset({"handler"})),
    )  # fmt: skip
    assert done.accepted, done.refusal
    return desk.read(turned_down)


def test_a_task_goes_up_the_line_and_the_case_can_close(desk: Any, reported: Any) -> None:
    drain()
    assert told(desk, "manager", reported)[-1] == (
        "escalated", "待办“主管审阅”请您完成，客服主管都已参与前面的步骤，须回避"
    )  # fmt: skip
    assert not [one for one in told(desk, "lead", reported) if "主管审阅" in one[1]]
    assert "do-task-review" in page_of(desk, "manager", reported)
    assert "do-task-review" not in page_of(desk, "director", reported)
    assert because(do_task(desk, "lead", reported, "review#1", assessment="好")) == ("not_by_same_person", ["manager"])
    assert because(do_task(desk, "director", reported, "review#1", assessment="好")) == ("not_allowed", ["manager"])
    done = do_task(desk, "manager", reported, "review#1", assessment="处理得当")
    assert done.accepted, done.refusal
    assert recorded(reported, "review")[0] == {"from": "lead", "to": "manager"}
    desk.people["handler"] = Person.objects.get(pk=reported.handler_id)
    done = act(desk, "handler", reported, "close", call_result="satisfied", customer_words="好的")
    assert done.accepted, done.refusal
    assert desk.read(reported).state == "closed" and faults_of([reported.pk]) == []


def row_of(desk: Any, who: str) -> str:
    """The row of the review on this person's page of tasks; empty where there is none."""
    page = desk.client(who).get("/tasks").content.decode()
    found = re.search(r"<li><a class=\"row\"[^>]*do=task-review.*?</li>", page, re.S)
    return found[0] if found else ""


def listed(desk: Any, who: str, number: str) -> list[str]:
    """What a program of theirs is told to be their tasks in a case."""
    found = desk.client(who).get("/api/v1/tasks")
    assert found.status_code == 200, found.content
    return [one["name"] for one in found.json()["tasks"] if one["number"] == number]


def test_a_task_from_below_has_its_row_among_ones_tasks(desk: Any, reported: Any) -> None:
    assert "由上级代办" in row_of(desk, "manager") and "客服主管" in row_of(desk, "manager")
    assert reported.number in row_of(desk, "manager")
    assert not row_of(desk, "director") and not row_of(desk, "agent")
    address = re.search(r'href="([^"]+)"', row_of(desk, "manager"))
    assert address and "do-task-review" in desk.client("manager").get(address[1].replace("&amp;", "&")).content.decode()
    stands_in(desk, "colleague", "manager")
    assert row_of(desk, "colleague"), "who stands in for the manager has the button too"
    assert do_task(desk, "colleague", reported, "review#1", assessment="处理得当").accepted
    assert not row_of(desk, "colleague") and not row_of(desk, "manager")


@pytest.mark.parametrize("few", [0, 20], ids=["narrowed", "as they are"])
def test_it_is_theirs_for_as_long_as_nobody_of_the_party_is_left(
    desk: Any, reported: Any, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(came_up, "FEW", few)
    assert row_of(desk, "manager")
    second = person(desk, "second", "supervisor")
    assert not row_of(desk, "manager")
    assert "由上级代办" not in row_of(desk, "second") and row_of(desk, "second")
    Person.objects.filter(pk=second.pk).update(is_active=False)
    assert row_of(desk, "manager")


def test_many_rows_from_below_ask_no_more_than_one(
    desk: Any, reported: Any, django_assert_max_num_queries: Any
) -> None:
    def asked() -> int:
        client = desk.client("manager")
        client.get("/tasks")
        with django_assert_max_num_queries(200) as queries:
            page = client.get("/tasks").content.decode()
        counts.append(page.count("由上级代办"))
        return len(queries)

    counts: list[int] = []
    one = asked()
    for number in range(3):
        copied(reported, number)
    assert (asked(), counts) == (one, [1, 4])


def copied(case: Any, number: int) -> None:
    """Another case that stands exactly as this one does."""
    rows = [*Task.objects.filter(case_id=case.pk), *Event.objects.filter(case_id=case.pk)]
    pk = case.pk + 1000 + number
    for row in rows:
        row.pk, row._state.adding = (pk, *row.pk[1:]), True
        row.save(force_insert=True)
    same = type(case).objects.get(pk=case.pk)
    same.pk, same.number, same._state.adding = pk, f"copy-{number}", True
    same.save(force_insert=True)


def test_a_program_is_told_the_same(desk: Any, reported: Any) -> None:
    assert listed(desk, "manager", reported.number) == ["review"]
    assert listed(desk, "director", reported.number) == []


def test_tomorrows_clock_names_who_acts(desk: Any, reported: Any, clock: Any) -> None:
    clock.advance(timedelta(days=1))
    client = desk.client("manager")
    page = client.get("/board/tomorrow").content.decode()
    row = page[page.index("主管审阅") :][:900]
    assert "经理" in row and "客服主管" not in row


def test_the_bench_of_approvals_puts_it_before_the_manager(desk: Any, director: Person) -> None:
    case = proposed_by_the_lead(desk)
    drain()
    assert told(desk, "manager", case)[-1] == ("approval", "等您审批，客服主管都已参与前面的步骤，须回避")
    assert "approval" not in {what for who in ("lead", "director") for what, _said in told(desk, who, case)}
    assert f"ap-{case.pk}-approve" in desk.client("manager").get("/board").content.decode()
    for who in ("lead", "director"):
        assert f"ap-{case.pk}-approve" not in desk.client(who).get("/board").content.decode()
    assert act(desk, "manager", case, "approve").accepted
    assert recorded(case, "approve")[0] == {"from": "lead", "to": "manager"}
