"""Workers killed with -9 at any moment: every alarm goes off once in effect, and nothing is left half done."""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.cases.process import DESK

from tuoshan import clock as product_clock
from tuoshan.agenda.models import Item
from tuoshan.cases import service
from tuoshan.cases.models import Case, Event
from tuoshan.cases.verifying import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CASES = 120
KILLS = 3


def environment() -> dict[str, str]:
    """This test's own database for a child process."""
    name, settings = str(connection.settings_dict["NAME"]), connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = f"postgresql://{settings['USER']}@/{name}?host={settings['HOST']}"
    return {**os.environ, "TUOSHAN_DATABASE_URL": url}


def worker(name: str) -> "subprocess.Popen[bytes]":
    arguments = [sys.executable, "-m", "tuoshan", "worker", "--until-idle", "--batch", "7", "--name", name]
    return subprocess.Popen(arguments, env=environment(), stdout=subprocess.DEVNULL)


def fired() -> int:
    return Event.objects.filter(kind="clock").count()


def test_killed_workers_lose_nothing_and_repeat_nothing(repair: Any) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    with product_clock.use(datetime.now(UTC) - timedelta(hours=3)):
        for number in range(CASES):
            service.register(
                playbook="repair", actor=DESK, values={"what_happened": str(number)}, channel="web", customer_id=None,
                unit_id=None,
            )  # fmt: skip
    for kill in range(KILLS):
        process = worker(f"killed{kill}")
        before, limit = fired(), time.monotonic() + 30
        while fired() == before and process.poll() is None and time.monotonic() < limit:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.05)
        process.kill()
        process.wait()
    # A killed worker's leases run out after a minute; here the minute is taken off them.
    Item.objects.filter(done_at=None).exclude(lease_by="").update(ready_at=datetime.now(UTC) - timedelta(seconds=1))
    assert worker("last").wait(timeout=60) == 0
    assert Event.objects.filter(kind="clock").count() == 2 * CASES, f"seed {seed}"
    assert Case.objects.filter(overdue=True).count() == CASES
    assert list(verify()) == [], f"seed {seed}"
