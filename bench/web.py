"""The real server on loopback, its clients, and what it takes of memory."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import psutil

from bench import places

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Running:
    """A started server; `worker` as well where it was asked for."""

    def __init__(self, port: int, children: dict[str, "subprocess.Popen[bytes]"]) -> None:
        self.port = port
        self.children = children

    def cpu_seconds(self) -> float:
        """Processor time that the web server has used so far, its children included."""
        parent = psutil.Process(self.children["web"].pid)
        return sum(one.cpu_times().user + one.cpu_times().system for one in [parent, *parent.children(recursive=True)])

    def memory(self) -> dict[str, float]:
        """Megabytes by part, children included: resident, and `shared_out` with shared pages divided (PSS)."""
        found = {}
        whole = 0.0
        for name, child in self.children.items():
            members = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
            found[name] = sum(one.memory_info().rss for one in members) / 1e6
            whole += sum(one.memory_full_info().pss for one in members) / 1e6
        return {**found, "together": sum(found.values()), "shared_out": whole}

    def stop(self) -> None:
        """End the parts that this object was given, and no others."""
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()


@contextmanager
def running(*, worker: bool = False, processes: int = 1, threads: int = 2) -> Iterator[Running]:
    """`tuoshan serve` (and `tuoshan worker`) in the environment of this process, ended afterwards."""
    port = free_port()
    commands = {"web": ["serve", "--port", str(port), "--processes", str(processes), "--threads", str(threads)]}
    if worker:
        commands["worker"] = ["worker"]
    children = {
        name: subprocess.Popen([sys.executable, "-m", "tuoshan", *command], cwd=places.ROOT, env=os.environ)
        for name, command in commands.items()
    }
    server = Running(port, children)
    try:
        wait_for(port, "/portal/")
        yield server
    finally:
        server.stop()


def wait_for(port: int, path: str) -> None:
    """Until the server answers, warm. Raises OSError after a minute without."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            break
        time.sleep(0.1)
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request("GET", path)
    connection.getresponse().read()
    connection.close()


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self.headers = headers

    def get(self, path: str) -> tuple[float, bytes]:
        """Seconds and content. Raises RuntimeError for anything but 200."""
        start = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return time.perf_counter() - start, content

    def post(self, path: str, body: Any, **headers: str) -> float:
        """Seconds. Raises RuntimeError for anything but 201."""
        return self.send(path, body, 201, **headers)[0]

    def send(self, path: str, body: Any, status: int = 200, **headers: str) -> tuple[float, bytes]:
        """Seconds and content. Raises RuntimeError for any other status."""
        start = time.perf_counter()
        sent = {**self.headers, "Content-Type": "application/json", **headers}
        self.connection.request("POST", path, json.dumps(body), sent)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != status:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return time.perf_counter() - start, content


def at_once(clients: Sequence[Client], many: int, ask: Callable[[Client, int], float]) -> dict[str, float]:
    """`many` requests shared out over the clients: how many a second, and how long one took."""

    def work(place: int) -> list[float]:
        return [ask(clients[place], number) for number in range(place, many, len(clients))]

    start = time.perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        times = [one for found in pool.map(work, range(len(clients))) for one in found]
    return {"per_second": many / (time.perf_counter() - start), **percentiles(times)}


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th of a hundred, in milliseconds."""
    ordered = sorted(seconds)
    return {
        "p50_ms": statistics.median(ordered) * 1000,
        "p95_ms": ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)] * 1000,
    }
