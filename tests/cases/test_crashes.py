"""A crash between any two statements leaves nothing half done; threads on one case take turns."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from tests.cases.process import CUSTOMER, DESK, HANDLER, LEAD, SHOP

from tuoshan.agenda.models import Item
from tuoshan.cases import service
from tuoshan.cases.models import Case, Command, Counter, Deadline, Event, Message, Task, Words
from tuoshan.cases.verifying import faults_of

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (Case, Event, Deadline, Task, Message, Words, Command, Counter, Item)
WRITES = ("INSERT", "UPDATE", "DELETE")


class Crash(Exception):
    """The process dies here."""


def everything() -> list[list[dict[str, Any]]]:
    return [sorted(table._default_manager.values(), key=repr) for table in TABLES]


class CrashAt:
    """Dies before the statement of this number; counts statements."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.statements: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if len(self.statements) == self.number:
            raise Crash
        self.statements.append(sql)
        return execute(sql, parameters, many, context)


def prepare(case_id: int) -> None:
    service.act(case_id=case_id, action="accept", actor=DESK, values={"handler": "2"})


STORIES: dict[str, tuple[Callable[[int], None], Callable[[int], service.Outcome]]] = {
    "register": (
        lambda case_id: None,
        lambda case_id: service.register(
            playbook="repair", actor=DESK, values={"what_happened": "坏了", "phone": "13800138000"}, channel="web",
            customer_id=8, unit_id=1, idempotency_key="r",
        ),
    ),
    "act": (
        lambda case_id: None,
        lambda case_id: service.act(
            case_id=case_id, action="accept", actor=DESK, values={"handler": "2"}, idempotency_key="a"
        ),
    ),
    "task": (
        prepare,
        lambda case_id: service.complete_task(
            case_id=case_id, task_key="check#1", actor=SHOP, values={"answer": "好"}, idempotency_key="t"
        ),
    ),
    "message": (
        prepare,
        lambda case_id: service.message(
            case_id=case_id, actor=HANDLER, text="您好", channel="sms", idempotency_key="m"
        ),
    ),
    "withdraw": (
        prepare,
        lambda case_id: service.act(case_id=case_id, action="withdraw", actor=CUSTOMER, idempotency_key="w"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_a_crash_between_any_two_statements_leaves_nothing_half_done(story: str, begun: int) -> None:
    before_it, do = STORIES[story]
    before_it(begun)
    before = everything()
    number = 0
    while True:
        wrapper = CrashAt(number)
        try:
            with connection.execute_wrapper(wrapper):
                outcome = do(begun)
        except Crash:
            assert everything() == before, f"statement {number}: {wrapper.statements[-1:]}"
            number += 1
            continue
        break
    assert outcome.accepted and number >= 6
    assert faults_of([begun, outcome.case_id]) == []


def test_a_crash_while_waking_many_fires_nothing_twice(begun: int, clock: Any) -> None:
    other = service.register(
        playbook="repair", actor=DESK, values={"what_happened": "b"}, channel="web", customer_id=None, unit_id=None
    ).case_id
    clock.advance(timedelta(hours=3))
    before = everything()
    number = 0
    while True:
        try:
            with connection.execute_wrapper(CrashAt(number)):
                service.wake_many([other, begun])
        except Crash:
            assert everything() == before
            number += 1
            continue
        break
    assert Event.objects.filter(kind="clock").count() == 4
    assert faults_of([begun, other]) == []


def statements_of(do: Callable[[], service.Outcome]) -> list[str]:
    counter = CrashAt(-1)
    with connection.execute_wrapper(counter):
        assert do().accepted
    return [sql for sql in counter.statements if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]


def test_an_act_takes_at_most_nine_statements(begun: int) -> None:
    accept = statements_of(
        lambda: service.act(case_id=begun, action="accept", actor=DESK, values={"handler": "2"}, idempotency_key="k")
    )
    assert len(accept) <= 9, accept
    answer = statements_of(
        lambda: service.complete_task(
            case_id=begun, task_key="check#1", actor=SHOP, values={"answer": "好"}, idempotency_key="l"
        )
    )
    assert len(answer) <= 9, answer
    plain = statements_of(lambda: service.act(case_id=begun, action="finish", actor=HANDLER))
    assert len(plain) <= 7, plain


def test_registering_takes_at_most_nine_statements(begun: int) -> None:
    given = statements_of(
        lambda: service.register(
            playbook="repair", actor=DESK, values={"what_happened": "坏了"}, channel="web", customer_id=8, unit_id=1,
            idempotency_key="n",
        )
    )  # fmt: skip
    assert len(given) <= 9, given


def in_threads(*work: Callable[[], Any]) -> list[Any]:
    """Run all at once; results in order. Raises what any of them raised."""
    results: list[Any] = [None] * len(work)
    errors: list[BaseException] = []
    gate = threading.Barrier(len(work))

    def run(number: int) -> None:
        try:
            gate.wait()
            results[number] = work[number]()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def test_concurrent_acts_on_one_case_take_turns(begun: int) -> None:
    outcomes = in_threads(
        *(
            lambda n=n: service.act(case_id=begun, action="accept", actor=DESK, values={"handler": str(n)})
            for n in range(6)
        )
    )
    assert sum(outcome.accepted for outcome in outcomes) == 1
    assert {outcome.refusal.because for outcome in outcomes if outcome.refusal} == {"not_from_here"}
    assert faults_of([begun]) == []


def test_concurrent_notes_all_stand_in_one_chain(begun: int) -> None:
    in_threads(
        *(lambda n=n: [service.note(case_id=begun, actor=HANDLER, text=f"{n}.{i}") for i in range(5)] for n in range(5))
    )
    assert Event.objects.filter(case_id=begun).count() == 26 and Message.objects.count() == 25
    assert faults_of([begun]) == []


def test_the_same_key_at_the_same_moment_acts_once(begun: int) -> None:
    outcomes = in_threads(
        *(
            lambda: service.act(
                case_id=begun, action="accept", actor=DESK, values={"handler": "2"}, idempotency_key="k"
            )
            for _ in range(6)
        )
    )
    assert all(outcome.accepted for outcome in outcomes) and sum(not outcome.replayed for outcome in outcomes) == 1
    assert Event.objects.filter(case_id=begun).count() == 2


def test_registering_with_the_same_key_at_the_same_moment_makes_one_case(begun: int) -> None:
    outcomes = in_threads(
        *(
            lambda: service.register(
                playbook="repair", actor=DESK, values={"what_happened": "坏了"}, channel="web", customer_id=8,
                unit_id=1, idempotency_key="k",
            )
            for _ in range(6)
        )
    )  # fmt: skip
    assert len({outcome.case_id for outcome in outcomes}) == 1 and Case.objects.count() == 2


def test_numbers_are_unique_under_load(begun: int) -> None:
    in_threads(
        *(
            lambda: [
                service.register(
                    playbook="repair", actor=LEAD, values={"what_happened": "x"}, channel="web", customer_id=None,
                    unit_id=None,
                )
                for _ in range(8)
            ]
            for _ in range(4)
        )
    )  # fmt: skip
    assert len(set(Case.objects.values_list("number", flat=True))) == 33
