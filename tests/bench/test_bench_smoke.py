"""The measurements run from end to end on a few dozen cases; what they find is not judged here."""

import pytest

from bench import database, places, report


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
    assert len(list(report.judged(name, found))) == 7, "with one size nothing is said of growth"
