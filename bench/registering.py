"""Durable registrations through the write path, beside the raw database sending the same statements."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bench.company import Player
from bench.raw import Bare, record_writes
from django.conf import settings
from django.db import connection

from bench import places
from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import sql

ROUNDS = 5


def one_process(many: int) -> dict[str, Any]:
    """Rounds of raw and product in turn, so that noise falls on both; medians."""
    player = Player(clock.now())
    registration = _registration(player)
    for number in range(20):
        registration(number)
    bare = Bare()
    product, raw, statements, cpu = [], [], 0.0, []
    for _ in range(ROUNDS):
        recorded = record_writes(registration, many)
        statements = recorded.each
        raw.append(bare.write(bare.prepared(recorded.pieces)))
        before = time.process_time()
        product.append(_rate(registration, many))
        cpu.append((time.process_time() - before) / many * 1000)
    bare.close()
    ratios = [one / other for one, other in zip(product, raw, strict=True)]
    return {
        "per_second": statistics.median(product), "raw_per_second": statistics.median(raw),
        "ratio": statistics.median(ratios), "statements": statements, "cpu_ms": statistics.median(cpu),
        "registrations": many * ROUNDS,
    }  # fmt: skip


def _registration(player: Player) -> Callable[[int], object]:
    """As the API does it: with an idempotency key."""
    return lambda number: player.register(number, key=identifiers.token())


def _rate(work: Callable[[int], object], many: int) -> float:
    start = time.perf_counter()
    for number in range(many):
        work(number)
    return many / (time.perf_counter() - start)


def processes(count: int, many: int) -> dict[str, Any]:
    """`count` processes at once, each with its own connection. Children record one after the other."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.registrar", str(many)], cwd=places.ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(count)
    ]  # fmt: skip
    try:
        _tell(children, "ready")
        rates: dict[str, list[float]] = {"raw": [], "product": []}
        for _ in range(3):
            for child in children:
                _tell([child], "record")
            for what, found in rates.items():
                start = time.perf_counter()
                _tell(children, what)
                found.append(count * many / (time.perf_counter() - start))
    finally:
        for child in children:
            child.communicate("end\n", timeout=30)
    ratios = [one / other for one, other in zip(rates["product"], rates["raw"], strict=True)]
    return {
        "processes": count, "per_second": statistics.median(rates["product"]),
        "raw_per_second": statistics.median(rates["raw"]), "ratio": statistics.median(ratios),
    }  # fmt: skip


def _tell(children: Sequence["subprocess.Popen[str]"], word: str) -> None:
    for child in children:
        assert child.stdin is not None
        child.stdin.write(word + "\n")
        child.stdin.flush()
    for child in children:
        assert child.stdout is not None
        if child.stdout.readline().strip() != "done":
            raise RuntimeError(f"a registering process ended at {word}")


def serve(many: int) -> None:
    """A child's side: do what is said on standard input."""
    registration = _registration(Player(clock.now()))
    registration(0)
    bare = Bare()
    prepared: Any = []
    for line in sys.stdin:
        match line.strip():
            case "record":
                _step_aside(many)
                prepared = bare.prepared(record_writes(registration, many).pieces)
            case "raw":
                bare.write(prepared)
            case "product":
                _rate(registration, many)
            case "end":
                break
            case _:
                pass
        print("done", flush=True)
    bare.close()


def _step_aside(many: int) -> None:
    """Leave the numbers that the child before has recorded and will write later."""
    local = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    with write_transaction() as cursor:
        sql.next_serials(cursor, f"case:{local.year:04d}-{local.month:02d}", many)


def measure(many: int) -> dict[str, Any]:
    """One process on either database, four on PostgreSQL."""
    found = {"one": one_process(many)}
    if connection.vendor == "postgresql":
        found["four"] = processes(4, many)
    return found

