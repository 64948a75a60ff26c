"""All measurements on one database, in a process of its own: fill, measure, fill more, measure again."""

import gc
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

ESCALATED, ESCALATED_AMONG = 5_000, 100_000
"""How many deadlines fire, among how many open cases, beside the peer's escalation of as many tickets."""


@dataclass(frozen=True)
class Scale:
    """How large a run is. `sizes` are numbers of open cases; `due` how many deadlines fire at each size,
    `rulings` how many stored rulings a changed book is held against, `seconds` how long a rate in memory is taken."""

    sizes: tuple[int, ...]
    due: int
    due_at_last: int
    registrations: int
    requests: int
    turns: int
    rows: int
    verified: int
    rulings: int
    ruled_at_once: int
    seconds: float
    patterns: int = 80
    as_peer: tuple[int, int] = (0, 0)
    """At which of the sizes as many deadlines fire as the peer escalates, and how many."""

    def to_text(self) -> str:
        return json.dumps(asdict(self))


TINY = Scale((60,), 10, 10, 5, 8, 2, 20, 20, 40, 20, 0.05, 8, as_peer=(60, 10))
USUAL = Scale((10_000, 100_000), 1_000, 5_000, 100, 200, 10, 2_000, 1_000, 20_000, 10_000, 2.0)
FULL = Scale(
    (10_000, 100_000, 1_000_000), 1_000, 100_000, 300, 600, 20, 10_000, 5_000, 1_000_000, 10_000, 5.0,
    as_peer=(ESCALATED_AMONG, ESCALATED),
)  # fmt: skip


def say(text: str) -> None:
    """Progress, where a person sees it."""
    print(f"  {text}", file=sys.stderr, flush=True)


def measure(scale: Scale) -> dict[str, Any]:
    """Everything, in an order in which nothing disturbs what is measured after it."""
    from django.db import connections

    from bench import company, filling, firing, importing, pages, registering, ruling, web

    found: dict[str, Any] = {"sizes": {}}
    company.found()
    filler = filling.Filler(company.play(scale.patterns))
    for size in scale.sizes:
        at: dict[str, Any] = {}
        last = size == scale.sizes[-1]
        start = time.perf_counter()
        filled = filler.fill_to(size)
        at["filled_per_second"] = filled / (time.perf_counter() - start)
        say(f"{size:,} open cases, filled at {at['filled_per_second']:,.0f}/s")
        if size == scale.sizes[0]:
            found["write_path"] = registering.measure(scale.registrations)
            one = found["write_path"]["one"]
            say(f"write path {one['per_second']:,.0f}/s, {one['ratio']:.2f} of raw")
        at["queries"] = pages.query_time(scale.turns)
        connections.close_all()
        with web.running(worker=last) as server:
            if last:
                found["memory_idle"] = server.memory()
            at["pages"] = pages.whole(server, scale.turns)
            lead = at["pages"]["lead"]
            say(f"queue page p95 {lead['queue']['p95_ms']:.0f} ms, case page {lead['case']['p95_ms']:.0f} ms")
            if last:
                found["http"] = pages.registering(server, scale.requests)
                found["memory_loaded"] = server.memory()
        gc.collect()
        gc.freeze()  # what filling has left in this process is nothing that a web process would sweep through
        at["filters"] = pages.filtering(scale.turns)
        at["search"] = pages.searching(scale.turns * 3)
        say("search p95 " + ", ".join(f"{name} {one['p95_ms']:.1f}" for name, one in at["search"].items()) + " ms")
        at["reports"] = pages.reporting(max(scale.turns // 4, 1))
        say("month's overview " + ", ".join(f"{who} {one['p50_ms']:.0f}" for who, one in at["reports"].items()) + " ms")
        at["firing"] = firing.fire_in_turns(scale.due)
        say(f"firing {at['firing']['per_second']:,.0f}/s")
        if size == scale.as_peer[0]:
            at["firing_as_peer"] = firing.fire(scale.as_peer[1])
            say(f"firing as many as the peer escalates {at['firing_as_peer']['per_second']:,.0f}/s")
        found["sizes"][str(size)] = at
    if scale.due_at_last > scale.due:
        many = found["firing_many"] = firing.fire(scale.due_at_last)
        say(f"firing {many['due']:,} among {many['among']:,}: {many['per_second']:,.0f}/s")
    found["import"] = importing.measure(scale.rows)
    found["rulings"] = ruling.measure(scale.rulings, scale.ruled_at_once, scale.seconds)
    say(f"{found['rulings']['in_memory']['all_books']:,.0f} rulings/s by all books")
    found["verify"] = importing.verifying_cases(scale.verified)
    say(", ".join(f"import {kind} {one['per_second']:,.0f} rows/s" for kind, one in found["import"].items()))
    say(f"verify {found['verify']['per_second']:,.0f} cases/s")
    return found


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    given = json.loads(sys.argv[1])
    print(json.dumps(measure(Scale(**{**given, "sizes": tuple(given["sizes"])}))))
