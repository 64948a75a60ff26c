"""What was measured, as a table for the terminal and as the section of docs/benchmarks.md."""

import json
import os
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import places

DOCUMENT = places.ROOT / "docs" / "benchmarks.md"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WHO = {"lead": "sees everything", "agent": "service desk", "store": "one store"}
Line = tuple[str, str, str]
PAGE_AIM_MS, SEARCH_AIM_MS, MEMORY_AIM_MB, WRITE_AIM, FLAT_AIM = 50.0, 50.0, 300.0, 0.5, 1.5
REPORT_AIM_MS = 1000.0
LOOKS_AIM, RULINGS_AIM = 200_000, 5_000


def newest() -> Path:
    """The newest kept result, a full one before a usual one. Raises FileNotFoundError."""
    for name in ("full.json", "usual.json"):  # a tiny run says nothing
        if (places.OUT / name).exists():
            return places.OUT / name
    raise FileNotFoundError("nothing has been measured yet: python -m bench")


def machine() -> dict[str, Any]:
    """What it ran on, and how busy that was beside the measurement."""
    return {
        "system": f"{platform.system()} {platform.machine()}", "python": platform.python_version(),
        "processors": os.cpu_count(), "load": round(os.getloadavg()[0], 1),
        "yardstick_ms": yardstick() * 1000,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }  # fmt: skip


def lines(found: dict[str, Any]) -> Iterator[Line]:
    """(what, figure, beside what) for one database."""
    write = found["write_path"]
    yield from _write_lines(write)
    raw = write["one"]["raw_per_second"]
    for clients, http in found["http"].items():
        yield (
            f"Registrations over HTTP, {clients.partition('_')[2]} clients",
            f"{http['per_second']:,.0f}/s, p50 {http['p50_ms']:.0f} ms, p95 {http['p95_ms']:.0f} ms",
            f"{http['per_second'] / raw:.2f} of raw; CPU {http['cpu_ms']:.1f} ms each",
        )
    for size, at in found["sizes"].items():
        yield from _size_lines(f"{int(size):,}", at)
    if "firing_many" in found:
        yield _firing_line(found["firing_many"])
    for kind, one in found["import"].items():
        figure = f"{one['per_second']:,.0f} rows/s"
        beside = f"raw {one['raw_per_second']:,.0f}/s, {one['ratio']:.2f} of raw"
        yield f"Import of {one['rows']:,} rows, {kind}", figure, beside
    yield from _ruling_lines(found["rulings"])
    proof = found["verify"]
    yield (
        f"Proof of {proof['cases']:,} cases by chance", f"{proof['per_second']:,.0f} cases/s, {proof['faults']} faults",
        f"reading them raw {proof['raw_per_second']:,.0f}/s",
    )  # fmt: skip
    for when in ("idle", "loaded"):
        memory = found[f"memory_{when}"]
        figure = f"web {memory['web']:.0f} + worker {memory['worker']:.0f} = {memory['together']:.0f} MB resident"
        yield f"Memory, {when}", figure, f"{memory['shared_out']:.0f} MB with shared pages counted once"


def _write_lines(write: dict[str, Any]) -> Iterator[Line]:
    for name, one in write.items():
        processes = "one process" if name == "one" else f"{one['processes']} processes"
        figure = f"{one['per_second']:,.0f}/s"
        beside = f"raw {one['raw_per_second']:,.0f}/s, {one['ratio']:.2f} of raw"
        if "cpu_ms" in one:
            beside += f"; CPU {one['cpu_ms']:.2f} ms each, {one['statements']:.0f} statements"
        yield f"Durable registrations, {processes}", figure, beside


def _size_lines(size: str, at: dict[str, Any]) -> Iterator[Line]:
    for who, page in at["pages"].items():
        asked = at["queries"][who]
        yield (
            f"Queue page, {size} open, {WHO[who]}",
            f"p50 {page['queue']['p50_ms']:.0f} ms, p95 {page['queue']['p95_ms']:.0f} ms",
            f"CPU {page['queue']['cpu_ms']:.0f} ms; rows {asked['page']['p50_ms']:.1f} ms "
            f"(raw {asked['page_raw']['p50_ms']:.2f}), "
            f"all counts {asked['counts']['p50_ms']:.1f} ms{_raw(asked['counts'])}",
        )
        yield (
            f"Case page, {size} open, {WHO[who]}",
            f"p50 {page['case']['p50_ms']:.0f} ms, p95 {page['case']['p95_ms']:.0f} ms",
            f"CPU {page['case']['cpu_ms']:.0f} ms{_in_process(asked)}",
        )
        if "search" in page:
            yield (
                f"Search page, common word, {size} open, {WHO[who]}",
                f"p50 {page['search']['p50_ms']:.0f} ms, p95 {page['search']['p95_ms']:.0f} ms",
                "over HTTP, whole page",
            )
    for name, one in at.get("filters", {}).items():
        who, kind = name.split("_")
        yield (
            f"Own filter by {kind}, {size} open, {WHO[who]}",
            f"p50 {one['p50_ms']:.1f} ms, p95 {one['p95_ms']:.1f} ms, counted {one['counted']}",
            f"raw p95 {one['raw_p95_ms']:.2f} ms",
        )
    for name, one in at["search"].items():
        who, _, word = name.partition("_")
        yield (
            f"Search, {word} word, {size} open, {WHO[who]}",
            f"p50 {one['p50_ms']:.1f} ms, p95 {one['p95_ms']:.1f} ms, {one['hits']} shown",
            f"raw p95 {one['raw_p95_ms']:.2f} ms",
        )
    for who, one in at.get("reports", {}).items():
        yield (
            f"Month's overview, {size} open, {WHO[who]}",
            f"p50 {one['p50_ms']:.0f} ms, p95 {one['p95_ms']:.0f} ms",
            f"CPU {one['cpu_ms']:.0f} ms{_raw(one)}",
        )
    yield _firing_line(at["firing"])


def _raw(one: dict[str, Any]) -> str:
    """The same statements by the bare driver, and the speed as a part of theirs; nothing in older results."""
    return f" (raw {one['raw_p50_ms']:.2f} ms, {one['ratio']:.2f} of raw)" if "raw_p50_ms" in one else ""


def _in_process(asked: dict[str, Any]) -> str:
    one = asked.get("case")
    return f"; without HTTP {one['p50_ms']:.1f} ms{_raw(one)}" if one else ""


def _ruling_lines(found: dict[str, Any]) -> Iterator[Line]:
    fast, http, past = found["in_memory"], found["http"], found["past"]
    looks = fast["looks"]
    yield (
        f"Looks at one table of {looks['rows']} rows, {looks['columns']} columns", f"{looks['per_second']:,.0f}/s",
        f"row by row {looks['row_by_row']:,.0f}/s, {looks['per_second'] / looks['row_by_row']:.1f} times",
    )  # fmt: skip
    yield "Rulings by one book", f"{fast['one_book']:,.0f}/s", f"with trace {fast['one_book_traced']:,.0f}/s"
    yield (
        f"Rulings by all {fast['books']} books, {fast['cases']} matters", f"{fast['all_books']:,.0f}/s",
        f"with trace {fast['all_books_traced']:,.0f}/s"
        + (f"; the first of its shape {fast['all_books_new_shape']:,.0f}/s" if "all_books_new_shape" in fast else ""),
    )  # fmt: skip
    yield (
        f"Rulings over HTTP, {http['many']:,} at once", f"{http['per_second']:,.0f}/s, {http['seconds']:.1f} s",
        f"CPU {http['cpu_ms']:.2f} ms each, answer {http['answer_mb']:.0f} MB; "
        f"one by one {http['one_per_second']:,.0f}/s",
    )  # fmt: skip
    yield (
        f"A changed book against {past['many']:,} stored rulings",
        f"{past['per_second']:,.0f}/s, {past['seconds']:.1f} s",
        f"{past['concerned']:,} concerned, {past['changed']:,} changed",
    )  # fmt: skip


def _firing_line(one: dict[str, Any]) -> Line:
    return (
        f"Firing {one['due']:,} due among {one['among']:,} open",
        f"{one['per_second']:,.0f}/s (claims {one['claims_share']:.0%})",
        f"raw {one['raw_per_second']:,.0f}/s, {one['ratio']:.2f} of raw; CPU {one['cpu_ms']:.2f} ms a case",
    )


def judged(database: str, found: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """Each aim: its words, whether it was met, and the figure."""
    one = found["write_path"]["one"]["ratio"]
    yield "write path at least half the raw rate", one >= WRITE_AIM, f"{one:.2f}"
    sizes = list(found["sizes"].values())
    worst = max(page["queue"]["p95_ms"] for at in sizes for page in at["pages"].values())
    yield "queue page under 50 ms p95", worst < PAGE_AIM_MS, f"{worst:.0f} ms at worst"
    flat, high = (
        max(sizes[-1]["pages"][who]["queue"][what] / sizes[0]["pages"][who]["queue"][what] for who in WHO)
        for what in ("p50_ms", "p95_ms")
    )
    if len(sizes) > 1:
        said = f"{flat:.2f} times the median, {high:.2f} times the p95"
        yield "queue page flat from the smallest to the largest size, by the median", flat <= FLAT_AIM, said
    slowest = max(one["p95_ms"] for at in sizes for one in at["search"].values())
    yield "search under 50 ms p95", slowest < SEARCH_AIM_MS, f"{slowest:.1f} ms at worst"
    reports = [one["p95_ms"] for at in sizes for one in at.get("reports", {}).values()]
    if reports:
        yield "month's overview under one second p95", max(reports) < REPORT_AIM_MS, f"{max(reports):.0f} ms at worst"
    firing = sizes[0]["firing"]["per_second"] / sizes[-1]["firing"]["per_second"]
    if len(sizes) > 1:
        yield "firing independent of the number of open cases", firing <= FLAT_AIM, f"{firing:.2f} times the cost"
    fast = found["rulings"]["in_memory"]
    looks, rulings = fast["looks"]["per_second"], fast["all_books"]
    yield "200,000 looks at a table a second", looks >= LOOKS_AIM, f"{looks:,.0f}/s"
    yield "5,000 rulings by all books a second", rulings >= RULINGS_AIM, f"{rulings:,.0f}/s"
    memory = found["memory_loaded"]["shared_out"]
    yield "web and worker under 300 MB", memory < MEMORY_AIM_MB, f"{memory:.0f} MB, shared pages counted once"


def show(result: dict[str, Any]) -> None:
    """The table on the terminal."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if os.isatty(1) else 160)
    for database, found in result["databases"].items():
        table = Table("what", "figure", "beside", title=NAMES[database])
        for line in lines(found):
            table.add_row(*line)
        console.print(table)
        for aim, met, figure in judged(database, found):
            console.print(f"  {'met   ' if met else 'MISSED'} {aim}: {figure}")


def yardstick() -> float:
    """Seconds that a million additions take here in plain Python, at best: by it figures of two machines, or of two
    days on one whose processor is shared, can be compared."""
    best = float("inf")
    for _ in range(7):
        start, total = time.perf_counter(), 0
        for number in range(1_000_000):
            total += number
        best = min(best, time.perf_counter() - start)
    return best


def _yardstick_told(at: dict[str, Any]) -> str:
    took = at.get("yardstick_ms")
    return f"A million additions in plain Python take {took:.0f} ms here. " if took else ""


def document(result: dict[str, Any]) -> str:
    """The whole of docs/benchmarks.md."""
    at = result["machine"]
    out = [
        "# Benchmarks", "",
        "Made by `python -m bench --report`; do not edit. How it is measured: [bench](../bench/README.md).", "",
        f"{at['date']}, {result['scale']} run: {at['processors']} processors, {at['memory_gb']} GB, {at['system']}, "
        f"Python {at['python']}. {_yardstick_told(at)}Load average at the start {at['load']}"
        + (
            ": other work was going on, so read the ratios, not the absolute figures."
            if at["load"] > at["processors"] / 2
            else "."
        ),
    ]  # fmt: skip
    for database, found in result["databases"].items():
        out += ["", f"## {NAMES[database]}", "", "| aim | | figure |", "| --- | --- | --- |"]
        for aim, met, figure in judged(database, found):
            out.append(f"| {aim} | {'met' if met else '**missed**'} | {figure} |")
        out += ["", "| what | figure | beside |", "| --- | --- | --- |"]
        out += [f"| {' | '.join(line)} |" for line in lines(found)]
    out += _peer(result.get("peer"))
    notes = places.ROOT / "bench" / "notes.md"
    if notes.exists():
        out += ["", notes.read_text(encoding="utf-8").strip()]
    return "\n".join(out) + "\n"


def _peer(peer: dict[str, Any] | None) -> list[str]:
    if not peer:
        return []
    out = ["", f"## Beside {peer['name']} {peer['version']}", ""]
    out += [f"| {peer['tickets']:,} tickets | {peer['name']} | Tuoshan |", "| --- | --- | --- |"]
    return out + [f"| {what} | {theirs} | {ours} |" for what, theirs, ours in peer["lines"]]


def write() -> Path:
    """Write the document from the newest result; its path."""
    DOCUMENT.write_text(document(json.loads(newest().read_text(encoding="utf-8"))), encoding="utf-8")
    return DOCUMENT
