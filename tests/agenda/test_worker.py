"""The durable table of what must happen when, and the workers that empty it."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tuoshan.agenda import claiming, worker
from tuoshan.agenda.handlers import HANDLERS, handler
from tuoshan.agenda.models import Item, Worker
from tuoshan.cases.models import Case, Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def handled() -> Iterator[list[str]]:
    """Two handlers for the test: `inside` writes here, `outside` reaches out; what they were given."""
    seen: list[str] = []
    before = dict(HANDLERS)

    @handler("effect", "inside")
    def inside(item: Item, now: datetime) -> None:
        seen.append(item.key)
        if item.data.get("fails"):
            raise RuntimeError("no")

    @handler("effect", "outside", outside=True)
    def outside(item: Item, now: datetime) -> None:
        seen.append(item.key)

    yield seen
    HANDLERS.clear()
    HANDLERS.update(before)


def put(key: str, due: datetime, name: str = "inside", **payload: Any) -> None:
    assert claiming.put(kind="effect", name=name, key=key, due_at=due, payload=payload, case_id=1)


def test_an_item_is_done_when_it_is_due_and_once(clock: Any, handled: list[str]) -> None:
    put("a", clock() + timedelta(minutes=5))
    assert worker.drain() == 0
    clock.advance(timedelta(minutes=5))
    assert worker.drain() == 1 and worker.drain() == 0
    assert handled == ["a"] and Item.objects.get().done_at == clock()


def test_a_key_that_is_open_is_not_put_twice(clock: Any, handled: list[str]) -> None:
    put("a", clock())
    assert not claiming.put(kind="effect", name="inside", key="a", due_at=clock())
    worker.drain()
    put("a", clock())
    assert Item.objects.count() == 2


def test_an_unknown_job_is_parked_at_once_and_does_not_stop_the_others(clock: Any, handled: list[str]) -> None:
    put("a", clock(), name="from_another_version")
    put("b", clock())
    worker.drain()
    parked = claiming.parked().get()
    assert (parked.key, parked.attempts) == ("a", 1) and "from_another_version" in parked.last_error
    assert handled == ["b"]


def test_failures_come_back_later_and_later_then_park(clock: Any, handled: list[str]) -> None:
    put("a", clock(), fails=True)
    waits = []
    for _ in range(claiming.ATTEMPTS):
        worker.drain()
        item = Item.objects.get()
        waits.append((item.ready_at - clock()).total_seconds())
        clock.move_to(max(clock(), item.ready_at))
    assert len(handled) == claiming.ATTEMPTS and item.parked_at is not None and "RuntimeError: no" in item.last_error
    assert all(later > earlier for earlier, later in zip(waits, waits[2:], strict=False))
    worker.drain()
    assert len(handled) == claiming.ATTEMPTS
    assert claiming.retry(item.id) and not claiming.retry(item.id)
    worker.drain()
    assert len(handled) == claiming.ATTEMPTS + 1 and not claiming.parked().exists()


def test_what_a_failing_handler_wrote_is_gone(clock: Any, handled: list[str]) -> None:
    @handler("effect", "writes")
    def writes(item: Item, now: datetime) -> None:
        Worker.objects.create(name="trace", started_at=now, seen_at=now)
        raise RuntimeError("after writing")

    put("a", clock(), name="writes")
    worker.drain()
    assert not Worker.objects.filter(name="trace").exists() and Item.objects.get().done_at is None


def test_a_dead_workers_item_is_taken_over_and_done_once_in_effect(clock: Any, handled: list[str]) -> None:
    put("a", clock())
    [held] = claiming.claim(worker="dead", kind="effect", now=clock(), limit=9)
    assert held.lease_until == clock() + claiming.LEASE
    assert worker.drain() == 0
    clock.advance(claiming.LEASE)
    assert worker.drain() == 1 and handled == ["a"]
    found = HANDLERS["effect", "inside"]
    with pytest.raises(claiming.LeaseLost):
        worker.do(found, held)
    assert handled == ["a"]


def test_a_renewed_lease_is_kept(clock: Any, handled: list[str]) -> None:
    put("a", clock())
    claiming.claim(worker="busy", kind="effect", now=clock(), limit=9)
    clock.advance(claiming.LEASE / 2)
    assert claiming.renew("busy", clock()) == 1
    clock.advance(claiming.LEASE / 2)
    assert worker.drain() == 0
    clock.advance(claiming.LEASE)
    assert claiming.renew("busy", clock()) == 0
    assert worker.drain() == 1


def test_an_outside_delivery_carries_its_key_and_is_done_after_it(clock: Any, handled: list[str]) -> None:
    put("1:2.0.tell", clock(), name="outside")
    worker.drain()
    assert handled == ["1:2.0.tell"] and Item.objects.get().done_at is not None


def test_a_job_that_returns_a_moment_runs_again_then(clock: Any, handled: list[str]) -> None:
    times: list[datetime] = []

    @handler("job", "hourly", every=timedelta(hours=1))
    def hourly(item: Item, now: datetime) -> datetime:
        times.append(now)
        return now + timedelta(hours=1)

    worker.arm_jobs()
    worker.arm_jobs()
    for _ in range(3):
        worker.drain()
        clock.advance(timedelta(hours=1))
    assert len(times) == 3 and Item.objects.filter(name="hourly").count() == 1


def test_two_workers_never_take_the_same_item(clock: Any, handled: list[str]) -> None:
    for number in range(40):
        put(str(number), clock())
    taken: list[str] = []
    errors: list[Exception] = []

    def take(name: str) -> None:
        from django.db import connections

        try:
            while items := claiming.claim(worker=name, kind="effect", now=clock(), limit=3):
                taken.extend(item.key for item in items)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and sorted(taken) == sorted(str(number) for number in range(40))


def test_one_failing_case_does_not_keep_the_others_of_its_batch_asleep(begun: int, clock: Any) -> None:
    from tests.cases.process import DESK

    from tuoshan.cases import service

    others = [
        service.register(
            playbook="repair",
            actor=DESK,
            values={"what_happened": str(n)},
            channel="web",
            customer_id=None,
            unit_id=None,
        ).case_id
        for n in range(3)
    ]
    Case.objects.filter(id=others[1]).update(snapshot="{")
    clock.advance(timedelta(hours=3))
    worker.drain()
    fired = set(Event.objects.filter(kind="clock").values_list("case_id", flat=True))
    assert fired == {begun, others[0], others[2]}
    broken = Item.objects.get(kind="wake", case_id=others[1])
    assert broken.last_error and broken.ready_at > clock()


def test_a_wake_of_a_case_that_is_gone_ends(begun: int, clock: Any) -> None:
    Case.objects.all().delete()
    clock.advance(timedelta(hours=3))
    worker.drain()
    assert not Item.objects.filter(kind="wake", done_at=None).exists()


def test_a_worker_reports_life_and_its_end(clock: Any, handled: list[str]) -> None:
    put("a", clock())
    counts = worker.run(name="w1", until_idle=True)
    row = Worker.objects.get(name="w1")
    assert counts["done"] >= 1 and row.stopped_at is not None and row.done == counts["done"]
    assert worker.living(clock()) == []


@pytest.mark.slow
def test_the_command_stops_on_sigterm(clock: Any) -> None:
    """A real process on this test's database."""
    from tests.agenda.test_kill import environment

    process = subprocess.Popen([sys.executable, "-m", "tuoshan", "worker", "--name", "p1"], env=environment())
    try:
        limit = time.monotonic() + 30
        while not Worker.objects.filter(name="p1").exists() and time.monotonic() < limit:
            time.sleep(0.1)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
    assert Worker.objects.get(name="p1").stopped_at is not None
