"""`python -m bench torture`: the long walks and kills, ten and twenty times what `make test` runs.

--walks N   walks as a multiple of those in `make test` (default 10: 100,000 in memory, 2,000 per database)
--kills N   kills per database (default 200)
--only X    simulation, database or kills; may be given more than once
--seed N    first seed of the walks in memory, to walk where nobody has walked yet
--report    write docs/torture.md: of each part the newest run of the largest scale

Each part is kept in var/bench/torture.json as it ends, so that the long parts can be run on different days.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "torture.md"
KEPT = ROOT / "var" / "bench" / "torture.json"
DATABASES = ("sqlite", "postgres")
PARTS = {
    "simulation": ("tests/simulation/test_walks.py", ("sqlite",)),
    "database": ("tests/simulation/test_database_walks.py", DATABASES),
    "kills": ("tests/faults", DATABASES),
}
TITLES = {
    "simulation": "Walks in memory, ten invariants after each step",
    "database": "Walks through the write path, crashes between statements",
    "kills": "`kill -9` of web and worker under load; clocks that jump",
}
HEAD = """# Torture: long walks and kills

Written by `python -m bench torture --report`; `make torture` runs the full length.

"""
MEANING = """
## What is proved
- **Walks in memory.** Each walk is a made-up company, one or two cases of a shipped playbook, and some sixteen
  steps with a moved clock: right and wrong people, right and wrong forms, steps on the very limit, jumps of the
  clock forward and back, a prompt, a slow or an absent worker, effects late or sent twice, crashes before the
  commit, corrections, steps taken back, holds, merges undone, tables changed. The invariants of docs/playbooks.md
  are judged after each decision against a second book kept outside of the kernel; number 10 (gates, pushes,
  duties) waits for groups. Of number 7 the tiers, the sums and that nothing is settled which was not given out are
  judged, and that no case gives out or has paid back more money than was paid, whatever is corrected, proposed again
  or decided by silence (a complaint's compensation, which may lawfully exceed the price, apart).
- **The same history whatever the worker does** (invariant 5): where no limit acted by itself, the same steps give
  the same history with no worker at all and with a prompt one, the moments of notices apart; and each limit that
  acts does the same a microsecond after its moment as long after it, never shortening the next state's time.
- **Walks through the write path.** The same walks on each database: every command is sent again with its key, some
  by two senders at once, some on a stale page; commands and workers die before a random statement. In the end
  `verify` finds nothing, every effect is done, no alarm is left, no event lies before the one before it: the
  invariants on clocks and effects (4, 6, of 5 the order). The others are judged in memory alone; it is the same kernel.
- **Kills.** Web and worker as real processes, four clients over HTTP; the process groups die by `kill -9` at random
  moments. Each acknowledged case is there once, each note once, each promise was told late once, no effect and no
  message twice, and `tuoshan verify` ends with 0.
"""


@dataclass
class Run:
    """One part on one database."""

    part: str
    database: str
    scale: int
    """How many walks or kills."""
    first_seed: int = 0
    day: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d}")
    seconds: float = 0.0
    code: int = 0
    summary: str = ""
    figures: list[dict[str, object]] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Run the parts, write the report when asked; 0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m bench torture", description=__doc__)
    parser.add_argument("--walks", type=float, default=10)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--only", action="append", choices=sorted(PARTS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args(arguments)
    runs = []
    for part in options.only or PARTS:
        for database in PARTS[part][1]:
            runs.append(run(part, database, options))
            keep(runs[-1])
    if options.report:
        REPORT.write_text(report(kept()), encoding="utf-8")
        print(f"written: {REPORT.relative_to(ROOT)}")
    return max(run.code for run in runs)


def kept() -> list[Run]:
    """All runs that were kept, the oldest first."""
    return [Run(**one) for one in json.loads(KEPT.read_text(encoding="utf-8"))] if KEPT.exists() else []


def keep(one: Run) -> None:
    """Put a run beside those before it."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps([asdict(run) for run in [*kept(), one]], indent=1), encoding="utf-8")


def run(part: str, database: str, options: argparse.Namespace) -> Run:
    """One pytest run; its output goes through, its figures are kept."""
    environment = {
        **os.environ, "TUOSHAN_TEST_DB": database, "TUOSHAN_WALKS": str(options.walks),
        "TUOSHAN_KILLS": str(options.kills), "TUOSHAN_FIRST_SEED": str(options.seed), "PYTHONUTF8": "1",
    }  # fmt: skip
    workers = [] if part == "kills" else ["-n", str(os.cpu_count() or 2)]
    command = [sys.executable, "-m", "pytest", "-q", "-s", *workers, PARTS[part][0]]
    print(f"\n== {TITLES[part]} ({database})", flush=True)
    scale = {"simulation": 10_000 * options.walks, "database": 200 * options.walks, "kills": options.kills}[part]
    one, began = Run(part, database, round(scale), options.seed), time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if found := re.search(r"FIGURES (\{.*\})", line):
                one.figures.append(json.loads(found[1]))
            if re.search(r"\d+ (passed|failed|error)", line):
                one.summary = line.strip("= \n")
    one.code, one.seconds = process.returncode, time.monotonic() - began
    return one


def report(runs: list[Run]) -> str:
    """The report as Markdown: of each part the newest run of the largest scale."""
    best: dict[tuple[str, str], Run] = {}
    for one in runs:
        before = best.get((one.part, one.database))
        if before is None or one.scale >= before.scale:
            best[one.part, one.database] = one
    shown = [best[part, database] for part in PARTS for database in PARTS[part][1] if (part, database) in best]
    lines = [
        HEAD + f"Python {platform.python_version()}, {os.cpu_count()} cores. `make test` takes a tenth of the walks "
        "and ten kills per database.",
        "", "| what | database | scale | day | seconds | result |", "| --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for one in shown:
        database = "none" if one.part == "simulation" else one.database
        result = one.summary if not one.code else f"**FAILED** {one.summary}"
        scale = f"{one.scale:,} {'kills' if one.part == 'kills' else 'walks'}"
        scale += f" from seed {one.first_seed:,}" if one.first_seed and one.part != "kills" else ""
        lines.append(f"| {TITLES[one.part]} | {database} | {scale} | {one.day} | {one.seconds:.0f} | {result} |")
    figures = [figure for one in shown for figure in one.figures]
    if figures:
        names = list(figures[0])
        lines += ["", "## Kills", "", f"| {' | '.join(names)} |", "|" + " --- |" * len(names)]
        lines += [f"| {' | '.join(str(figure.get(name, '')) for name in names)} |" for figure in figures]
    return "\n".join(lines) + "\n" + MEANING


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
