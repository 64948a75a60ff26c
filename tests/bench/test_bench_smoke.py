"""The measurements run from end to end on a few dozen cases; what they find is not judged here."""

import pytest

from bench import database, peer, places, report

_WAIT = {"p50_ms": 1.0, "p95_ms": 2.0}
PEER = {
    "create": {"per_second": 1.0}, "list": _WAIT, "search": _WAIT, "detail": _WAIT,
    "escalation": {"escalated": 10, "seconds": 1.0},
}  # fmt: skip
"""What the peer would have found."""


@pytest.mark.slow
@pytest.mark.network
def test_everything_is_measured_at_a_tiny_scale(on_postgres: bool) -> None:
    name = "postgresql" if on_postgres else "sqlite"
    with places.place(name) as at:
        found = places.run_child(at, "database", database.TINY.to_text())
    assert found["verify"]["faults"] == 0
    result = {"scale": "tiny", "machine": report.machine(), "databases": {name: found}}
    text = report.document(result)
    assert report.NAMES[name] in text and "Firing" in text and "Rulings by all" in text
    table = {line[0]: line[2] for line in report.lines(found)}
    for beside in ("Queue page", "Case page", "Month's overview"):
        told = [said for what, said in table.items() if what.startswith(beside)]
        assert told and all("of raw" in said for said in told), beside
    compared = {what: ours for what, _theirs, ours in peer.lines_of(PEER, {"sqlite": found})}
    assert "whole page" in compared["search 退货, over HTTP"]
    assert "due among" in compared["escalation of 10 that are due"]
    as_peer = database.FULL.as_peer
    assert as_peer == (100_000, database.ESCALATED) and as_peer[0] in database.FULL.sizes, "as many as the peer"
    assert len(list(report.judged(name, found))) == 7, "with one size nothing is said of growth"
