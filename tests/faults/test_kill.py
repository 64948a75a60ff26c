"""`kill -9` of web and worker at random moments under load: nothing acknowledged is lost, nothing fires twice.

10 kills on each database in `make test`, TUOSHAN_KILLS times in `make torture`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.faults.killing import Client, Process, environment, free_port, wait_until_healthy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.network]

KILLS = int(os.environ.get("TUOSHAN_KILLS", "10"))
CLIENTS = 4
CASES_EACH = 60 * KILLS
OLD_CASES = 40


@pytest.fixture
def token() -> Iterator[str]:
    """A company with one agent who may use the API, and complaints of three days ago whose alarms all wait."""
    from tuoshan import clock
    from tuoshan.cases import calendars, library, service
    from tuoshan.cases.acting import ActingAs
    from tuoshan.parties import seeds, tokens
    from tuoshan.parties.models import ApiToken, OrgUnit, Person

    library.forget()
    calendars.forget()
    seeds.plant()
    unit = OrgUnit.objects.create(code="hq", name_zh="云杉百货", kind="company")
    agent = Person.objects.create_user("agent", "x", roles=("agent",), unit=unit, display_name="陈晨")
    Person.objects.create_user("lead", "x", roles=("supervisor",), unit=unit, display_name="李理")
    with clock.use(datetime.now(UTC) - timedelta(days=3)):
        for number in range(OLD_CASES):
            service.register(
                playbook="complaint", actor=ActingAs.by_person(agent), values={"what_happened": f"旧案 {number}"},
                channel="web", customer_id=None, unit_id=unit.pk,
            )  # fmt: skip
    now = datetime.now(UTC)
    _, secret = tokens.make(person=agent, name="t", scopes=ApiToken.SCOPES, expires_at=None, now=now)
    yield secret
    library.forget()
    calendars.forget()


def test_killed_at_any_moment(token: str) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    port = free_port()
    web, worker = Process("serve", "--port", str(port)), Process("worker", "--batch", "7")
    stop = threading.Event()
    clients = [Client(f"c{n}", port, token, stop, CASES_EACH, seed + n) for n in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    killed: Counter[str] = Counter()
    try:
        web.start()
        worker.start()
        wait_until_healthy(port)
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.1, 1.5))
            chosen = chance.choice((web, web, worker, worker, None))
            for process in (web, worker):
                if chosen in (process, None):
                    process.kill()
                    killed[process.arguments[0]] += 1
                    process.start()
            wait_until_healthy(port)
        stop.set()
        for thread in threads:
            thread.join()
    finally:
        stop.set()
        web.kill()
        worker.kill()
    problems = [problem for client in clients for problem in client.problems]
    assert not problems, f"seed {seed}: {problems}"
    finish_what_is_due(clients)
    nothing_is_lost(clients, seed)
    deadlines_fired_once(clients, seed)
    effects_happened_once(seed)
    verified = subprocess.run([sys.executable, "-m", "tuoshan", "verify"], env=environment(), capture_output=True)
    assert verified.returncode == 0, f"seed {seed}: {verified.stdout.decode()}"
    tell(clients, killed, seed)


def finish_what_is_due(clients: list[Client]) -> None:
    """Wait for the last promise to pass, take a killed worker's lease minute off, and let one worker finish."""
    from tuoshan.agenda.models import Item

    last = max((at for client in clients for at in client.promised.values()), default=datetime.now(UTC))
    time.sleep(max(0.0, (last - datetime.now(UTC)).total_seconds() + 0.1))
    now = datetime.now(UTC) - timedelta(seconds=1)
    Item.objects.filter(done_at=None).exclude(lease_by="").update(ready_at=now)
    ended = subprocess.run([sys.executable, "-m", "tuoshan", "worker", "--until-idle"], env=environment(), timeout=300)
    assert ended.returncode == 0


def nothing_is_lost(clients: list[Client], seed: int) -> None:
    from tuoshan.cases.models import Case, Event

    acknowledged = [number for client in clients for number in client.numbers.values()]
    assert len(acknowledged) == len(set(acknowledged)), f"seed {seed}: two keys, one number"
    stored = set(Case.objects.values_list("number", flat=True))
    assert set(acknowledged) <= stored, f"seed {seed}: lost {set(acknowledged) - stored}"
    assert len(stored) == OLD_CASES + len(acknowledged), f"seed {seed}: cases that nobody asked for"
    for client in clients:
        for number, count in client.notes.items():
            found = Event.objects.filter(case_id=Case.objects.get(number=number).pk, name="note").count()
            assert found == count, f"seed {seed}: {number} has {found} notes, {count} were acknowledged"


def deadlines_fired_once(clients: list[Client], seed: int) -> None:
    from tuoshan import clock
    from tuoshan.agenda.models import Item
    from tuoshan.cases import library
    from tuoshan.cases.around import CaseAround
    from tuoshan.cases.models import Case, Event
    from tuoshan.core.case import CaseState, Command
    from tuoshan.core.decide import decide

    fired: dict[int, Counter[tuple[str, str]]] = {}
    for event in Event.objects.filter(kind="clock"):
        data = json.loads(event.body)["input"]
        fired.setdefault(event.case_id, Counter())[data["clock"], data["step"]] += 1
    twice = {case: steps for case, steps in fired.items() if max(steps.values()) > 1}
    assert not twice, f"seed {seed}: fired twice {twice}"
    ids = dict(Case.objects.values_list("number", "id"))
    for client in clients:
        for number in client.promised:
            assert fired[ids[number]]["deadline:promised#1", "late0"] == 1, f"seed {seed}: {number} was never told late"
    begun = clock.now() - timedelta(seconds=30)
    for case in Case.objects.filter(ended=False):
        playbook = library.pinned(case.playbook, case.playbook_hash)
        state: Any = CaseState.from_json(json.loads(case.snapshot))
        left = decide(playbook, state, Command("wake"), begun, CaseAround(playbook, case, begun)).events  # type: ignore[arg-type]
        assert not left, f"seed {seed}: {case.number} slept through {left[0]}"
    assert not Item.objects.filter(kind="wake", done_at=None, due_at__lt=begun).exists()


def effects_happened_once(seed: int) -> None:
    from django.db.models import Count

    from tuoshan.agenda.models import Item
    from tuoshan.integrations.models import OutgoingMessage

    effects = Item.objects.filter(kind="effect")
    left = list(effects.filter(done_at=None).values_list("name", "key", "last_error")[:5])
    assert not left, f"seed {seed}: never delivered {left}"
    again = list(effects.values("key").annotate(times=Count("id")).filter(times__gt=1))
    assert not again, f"seed {seed}: given out twice {again}"
    doubled = list(OutgoingMessage.objects.values("key").annotate(times=Count("id")).filter(times__gt=1))
    assert not doubled, f"seed {seed}: sent twice {doubled}"


def tell(clients: list[Client], killed: Counter[str], seed: int) -> None:
    """One line of figures for the report (docs/torture.md), seen with `-s` or in TUOSHAN_FIGURES."""
    from django.db import connection

    waits = sorted(wait for client in clients for wait in client.waits)
    figures = {
        "database": connection.vendor, "seed": seed, "kills": KILLS, "killed": dict(killed),
        "cases": sum(len(client.numbers) for client in clients), "commands": len(waits),
        "sent_again": sum(client.lost for client in clients), "longest_wait": round(waits[-1], 2) if waits else 0,
    }  # fmt: skip
    print("FIGURES", json.dumps(figures))
