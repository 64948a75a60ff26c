"""Open cases brought over to another version of their playbook: clocks keep their start, names follow a map."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from tests.cases.process import CUSTOMER, DESK, HANDLER, REPAIR, SHOP

from tuoshan.agenda.models import Item
from tuoshan.cases import library, migrating, service, writing
from tuoshan.cases.models import Case, Deadline, Event, Task
from tuoshan.cases.verifying import faults_of
from tuoshan.clock import now as clock_now
from tuoshan.core.migrating import Names
from tuoshan.core.reading import read_playbook

pytestmark = pytest.mark.django_db(transaction=True)
Text = Callable[[str], str]
RENAMED = Names({"working": "repairing"}, {"check": "inspect"})


@contextmanager
def in_use(change: Text) -> Iterator[Any]:
    """The process with something changed, as the company's new version."""
    playbook, findings = read_playbook(change(REPAIR).replace("version: 1", "version: 2"), "repair.yaml", {})
    assert playbook is not None, findings
    with library.using(playbook):
        yield playbook


def renamed(text: str) -> str:
    return text.replace("working", "repairing").replace("  check:", "  inspect:")


def bring(names: Names = RENAMED, **more: Any) -> migrating.Brought:
    return ([migrating.Brought(), *migrating.run(migrating.Way(library.current("repair"), names), None, **more)])[-1]


def in_work(case_id: int) -> Case:
    """Accepted, its message delivered."""
    done = service.act(case_id=case_id, action="accept", actor=DESK, values={"handler": "2"})
    assert done.accepted, done.refusal
    deliver()
    return Case.objects.get(pk=case_id)


def deliver() -> None:
    """Whatever was to leave the house has left it."""
    Item.objects.filter(kind="effect", done_at=None).update(done_at=clock_now())


def due(case: Case, name: str) -> Any:
    return Deadline.objects.get(case_id=case.pk, name=name, ended_at=None).due_at


def test_a_clock_keeps_its_start_and_its_pauses_under_the_new_limit(begun: int, clock: Any) -> None:
    """Three of five days are used, one more was the customer's; the new version says four: one is left."""
    start = clock()
    case = in_work(begun)
    clock.advance(timedelta(days=1))
    assert service.act(case_id=begun, action="ask", actor=HANDLER, values={"question": "哪里漏"}).accepted
    clock.advance(timedelta(days=1))
    assert service.act(case_id=begun, action="reply", actor=CUSTOMER, values={"answer": "厨房"}).accepted
    clock.advance(timedelta(days=2))
    deliver()
    assert due(case, "solve") == start + timedelta(days=6)
    with in_use(lambda text: text.replace("within: 5 days", "within: 4 days")) as newer:
        assert bring(Names()).moved == 1
        case.refresh_from_db()
        assert case.playbook_hash == newer.hash
        assert due(case, "solve") == start + timedelta(days=5) == clock() + timedelta(days=1)
        assert faults_of([case.pk]) == []


def test_names_follow_the_map_and_what_they_gate_still_gates(begun: int) -> None:
    case = in_work(begun)
    with in_use(renamed):
        assert bring().stayed == {}
        case.refresh_from_db()
        assert case.state == "repairing"
        run = Task.objects.get(case_id=begun, status="open")
        assert run.name == "inspect"
        refused = service.act(case_id=begun, action="finish", actor=HANDLER).refusal
        assert refused is not None and refused.because == "blocked_by_task"
        done = service.complete_task(case_id=begun, task_key=run.key, actor=SHOP, values={"answer": "好了"})
        assert done.accepted, done.refusal
        assert service.act(case_id=begun, action="finish", actor=HANDLER).accepted
        assert faults_of([begun]) == []


def test_what_has_no_place_stays_and_is_named_and_the_others_go(begun: int, repair: Any) -> None:
    in_work(begun)
    other = service.register(
        playbook="repair", actor=DESK, values={"what_happened": "门坏"}, channel="counter", customer_id=77, unit_id=5
    ).case_id
    deliver()
    number = Case.objects.get(pk=begun).number
    with in_use(renamed) as newer:
        seen = migrating.waiting(migrating.Way(library.current("repair")))
        assert seen.many == 2 and seen.states == {"received": 1, "working": 1} and seen.tasks == {"check": 1}
        assert seen.unmapped(Names()) == ["working", "check"] and seen.unmapped(RENAMED) == []
        assert bring(Names()).stayed == {number: "unmapped: working, check"}
        assert Case.objects.get(pk=other).playbook_hash == newer.hash
        assert Case.objects.get(pk=begun).playbook_hash == repair.hash
        assert bring().moved == 1 and bring().moved == 0


def test_a_limit_that_would_be_over_is_due_now_and_not_in_the_past(begun: int, clock: Any) -> None:
    case = in_work(begun)
    clock.advance(timedelta(hours=20))
    with in_use(lambda text: text.replace("within: 5 days", "within: 1 hour")):
        assert bring(Names()).clocks == 1
        assert due(case, "solve") == clock()
        clock.advance(timedelta(minutes=1))
        writing.wake(begun)
        late = Event.objects.filter(case_id=begun, kind="clock", name="solve")
        assert late.count() == 1
        assert faults_of([begun]) == []


def test_a_limit_that_is_gone_ends(begun: int) -> None:
    case = in_work(begun)

    def without(text: str) -> str:
        before, _, rest = text.replace(", promise: solve", ", no_promise: 内部处理 / Inside").partition("deadlines:\n")
        return f"{before}holds:\n" + rest.partition("holds:\n")[2].replace("stops: [solve]", "stops: all")

    with in_use(without):
        assert bring(Names()).moved == 1
        ended = Deadline.objects.get(case_id=case.pk, name="solve")
        assert ended.ended_at is not None and ended.outcome == "stopped"
        assert faults_of([begun]) == []


def test_a_state_without_a_limit_gets_one_from_now_on(begun: int, clock: Any) -> None:
    case = in_work(begun)
    clock.advance(timedelta(hours=3))
    change = "waits: {for: handler, within: 2 days, late: [lead]}"
    with in_use(lambda text: text.replace("waits: {for: handler, promise: solve}", change)):
        assert bring(Names()).moved == 1
        assert due(case, "working") == clock() + timedelta(days=2)
        assert faults_of([begun]) == []


def test_what_is_on_its_way_or_due_or_ended_is_left(begun: int, clock: Any, repair: Any) -> None:
    number = Case.objects.get(pk=begun).number
    assert service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"}).accepted
    with in_use(renamed):
        assert bring().stayed == {number: migrating.EFFECTS}
        deliver()
        clock.advance(timedelta(days=9))
        assert bring().stayed == {number: "due_now"}
    with library.using(repair):
        service.act(case_id=begun, action="withdraw", actor=DESK)
    with in_use(renamed):
        assert migrating.waiting(migrating.Way(library.current("repair"))).many == 0 and bring().moved == 0


def test_a_trial_writes_nothing(begun: int, repair: Any) -> None:
    in_work(begun)
    events = Event.objects.count()
    with in_use(renamed):
        assert bring(dry=True).moved == 1
        assert Event.objects.count() == events and Case.objects.get(pk=begun).playbook_hash == repair.hash
