"""A demo small enough to be made in a test."""

from datetime import UTC, datetime
from typing import Any

END = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
SMALL = 0.05


def make(**values: Any) -> Any:
    """Make it; the same end every time."""
    from tuoshan.demo import making

    return making.make(**{"end": END, "scale": SMALL, **values})
