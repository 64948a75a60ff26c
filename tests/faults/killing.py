"""Real processes of ours to be killed, and clients that do not give up until each command is acknowledged."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

HEALTHY_WITHIN = 60.0
ACKNOWLEDGED_WITHIN = 180.0


def environment() -> dict[str, str]:
    """This test's own database, as a child process takes it."""
    from django.db import connection

    settings = connection.settings_dict
    name = str(settings["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = f"postgresql://{settings['USER']}@/{name}?host={settings['HOST']}"
    return {**os.environ, "TUOSHAN_DATABASE_URL": url, "TUOSHAN_WEB_PROCESSES": "1", "TUOSHAN_WEB_THREADS": "4"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One command of ours in a process group of its own, which `kill` ends at once with all its children."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.running = subprocess.Popen(
            [sys.executable, "-m", "tuoshan", *self.arguments], env=environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            self.running = None


def wait_until_healthy(port: int) -> None:
    """Ask the health address until it answers. Raises TimeoutError."""
    limit = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < limit:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise TimeoutError("the web process does not come up")


@dataclass
class Client:
    """Registers, promises and notes through the API; sends each command with its key until it is acknowledged."""

    name: str
    port: int
    token: str
    stop: threading.Event
    most: int
    seed: int
    numbers: dict[str, str] = field(default_factory=dict)
    """Idempotency key of a registration → the number that was acknowledged."""
    notes: dict[str, int] = field(default_factory=dict)
    promised: dict[str, datetime] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lost: int = 0
    """Commands whose first answer was lost."""
    waits: list[float] = field(default_factory=list)
    last: str = ""

    def run(self) -> None:
        chance = random.Random(self.seed)
        try:
            for count in range(self.most):
                if self.stop.is_set():
                    return
                self.one_case(count, chance)
        except Exception as error:
            self.problems.append(f"{self.name}: {error!r}")

    def one_case(self, count: int, chance: random.Random) -> None:
        key = f"{self.name}-{count}"
        what = {"what_happened": f"杯子漏水 {key}", "channel": "web"}
        body = {"playbook": "complaint", "values": what, "customer_phone": f"138{self.seed % 100:02d}{count:06d}"}
        number = self.acknowledged("/api/v1/cases", key, body)
        self.numbers[key] = number
        if chance.random() < 0.3 and self.acknowledged("/api/v1/cases", key, body) != number:
            self.problems.append(f"{key}: sent again, another number")
        if chance.random() < 0.5:
            at = datetime.now(UTC) + timedelta(seconds=chance.uniform(0.5, 3))
            values = {"promised_at": at.isoformat(), "promised_what": "回电"}
            self.acknowledged(f"/api/v1/cases/{number}/actions/promise", f"{key}-p", {"values": values})
            self.promised[number] = at
        for note in range(chance.randrange(3)):
            self.acknowledged(f"/api/v1/cases/{number}/notes", f"{key}-n{note}", {"text": "已去电"})
            self.notes[number] = self.notes.get(number, 0) + 1

    def acknowledged(self, path: str, key: str, body: Mapping[str, Any]) -> str:
        """Send until it is taken; the number in the answer. A refusal is a problem: nothing here may be refused."""
        limit = time.monotonic() + ACKNOWLEDGED_WITHIN
        first, began = True, time.monotonic()
        while time.monotonic() < limit:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                headers = {
                    "Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json",
                }  # fmt: skip
                connection.request("POST", path, json.dumps(body), headers)
                answer = connection.getresponse()
                text = answer.read()
                connection.close()
                if answer.status in (200, 201):
                    self.waits.append(time.monotonic() - began)
                    return str(json.loads(text)["number"])
                if answer.status < 500:
                    raise RuntimeError(f"{path} {key}: {answer.status} {text[:300]!r}")
                self.last = f"{answer.status} {text[:300]!r}"
            except (OSError, http.client.HTTPException) as error:
                self.last = repr(error)
            self.lost += first
            first = False
            time.sleep(0.05)
        raise TimeoutError(f"{path} {key} was never acknowledged: {self.last}")
