"""Random walks through every shipped playbook, without a database: the ten invariants hold after each step.

10,000 walks in `make test` (on its first database: the kernel knows none), ten times that in `make torture`
through TUOSHAN_WALKS. A failure prints seed, playbook, people and the shortest list of steps; take it again
with `run(playbook, seed)`.
"""

from __future__ import annotations

import os

import pytest
from tests.simulation.company import shipped
from tests.simulation.replaying import run

TIMES = float(os.environ.get("TUOSHAN_WALKS", "1"))
FIRST_SEED = int(os.environ.get("TUOSHAN_FIRST_SEED", "0"))
WALKS = round(10_000 * TIMES)
CHUNK = 125
SHARES = {"complaint": 0.4, "facility_repair": 0.2, "pinduoduo_refund": 0.2, "pinduoduo_return": 0.2}


def chunks() -> list[tuple[str, int, int]]:
    """(playbook, first seed, how many), together WALKS; a playbook without a share of its own gets 0.1."""
    shares = {key: SHARES.get(key, 0.1) for key in shipped()}
    total = sum(shares.values())
    found = []
    for key, share in shares.items():
        walks = max(1, round(WALKS * share / total))
        found += [
            (key, FIRST_SEED + first, min(CHUNK, walks - first)) for first in range(0, walks, CHUNK)
        ]
    return found


@pytest.mark.skipif(os.environ.get("TUOSHAN_TEST_DB") == "postgres", reason="the kernel knows no database")
@pytest.mark.parametrize(("playbook", "first", "count"), chunks())
def test_walks(playbook: str, first: int, count: int) -> None:
    for seed in range(first, first + count):
        failure = run(playbook, seed)
        assert failure is None, str(failure)
