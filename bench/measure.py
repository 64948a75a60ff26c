"""`python -m bench [--full] [--report]`: measure on both databases, keep the result, show it."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from bench import database, places, report


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 0 when it ran, whatever the figures are: they are for reading, not for passing."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million open cases, and the peer")
    parser.add_argument("--tiny", action="store_true", help="a few dozen cases: whether everything runs")
    parser.add_argument("--database", choices=places.DATABASES, action="append", help="only this one")
    parser.add_argument("--sizes", help="numbers of open cases, such as 2000,10000, instead of the usual ones")
    parser.add_argument("--no-peer", action="store_true", help="leave the peer out of a full run")
    parser.add_argument("--report", action="store_true", help="write docs/benchmarks.md from what was measured last")
    given = parser.parse_args(arguments)
    if given.report:
        print(report.write().relative_to(places.ROOT))
        return 0
    name = "full" if given.full else "tiny" if given.tiny else "usual"
    scale = {"full": database.FULL, "tiny": database.TINY, "usual": database.USUAL}[name]
    if given.sizes:
        scale = replace(scale, sizes=tuple(int(size) for size in given.sizes.split(",")))
    result = {"scale": name, "machine": report.machine(), "databases": {}}
    start = time.monotonic()
    for one in given.database or places.DATABASES:
        print(f"{report.NAMES[one]}:", file=sys.stderr, flush=True)
        with places.place(one) as at:
            result["databases"][one] = places.run_child(at, "database", scale.to_text())
        _keep(name, result)
    if given.full and not given.no_peer:
        from bench import peer

        result["peer"] = peer.measure(result["databases"])
        _keep(name, result)
    result["seconds"] = round(time.monotonic() - start)
    path = _keep(name, result)
    report.show(result)
    print(f"{result['seconds']} s; kept in {path}")
    return 0


def _keep(name: str, result: dict[str, object]) -> str:
    places.OUT.mkdir(parents=True, exist_ok=True)
    path = places.OUT / f"{name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return str(path.relative_to(places.ROOT))
