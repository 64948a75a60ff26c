"""What many cases allow at once."""

from collections.abc import Sequence

from tuoshan.cases.possible import Standing
from tuoshan.core.possible import Possible

MOST = 50
"""So many cases at once: each is asked what it allows, and each is a transaction of its own."""
MOST_WRITTEN = 20_000
LEFT_OUT = frozenset({"step_back", "correct"})
"""Steps that mean something else in every case."""
FIRST = ("claim", "transfer", "upgrade")


def shared(standings: Sequence[Standing]) -> dict[str, Possible]:
    """Steps that every case allows now, with the same form and no evidence; by name, in the first case's order."""
    common: dict[str, Possible] | None = None
    for standing in standings:
        mine = {
            item.name: item
            for item in standing.possible()
            if item.kind == "act" and item.blocked is None and not item.evidence and item.name not in LEFT_OUT
        }
        if common is None:
            common = mine
            continue
        common = {name: item for name, item in common.items() if name in mine and _alike(item, mine[name])}
    found = common or {}
    return {name: found[name] for name in sorted(found, key=lambda name: FIRST.index(name) if name in FIRST else 9)}


def _alike(one: Possible, other: Possible) -> bool:
    return [(field.name, field.kind) for field in one.form] == [(field.name, field.kind) for field in other.form]
