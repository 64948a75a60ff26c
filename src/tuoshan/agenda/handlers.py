"""Who does what an item asks for. Apps register in their module `agenda_handlers`.

A handler gets `(item, now)`. By default it runs in one transaction with the mark that the item is done, so
what it writes here happens exactly once. A handler that reaches outside (`outside=True`: mail, webhooks)
runs before its mark, hence at least once: it passes `item.key` on as idempotency key. A handler that
returns a moment is run again then; `every` arms a job when the worker starts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuoshan.agenda.models import Item

Run = Callable[[Item, datetime], datetime | None]
RunGroup = Callable[[Sequence[Item], datetime], None]


@dataclass(frozen=True)
class Handler:
    """One registered handler. `group` handles many items in one transaction and completes them itself."""

    kind: str
    name: str
    run: Run
    outside: bool = False
    every: timedelta | None = None
    group: RunGroup | None = None


HANDLERS: dict[tuple[str, str], Handler] = {}


def handler(
    kind: str, name: str, *, outside: bool = False, every: timedelta | None = None, group: RunGroup | None = None
) -> Callable[[Run], Run]:
    """Register the decorated function. Raises ValueError when the name is taken by another function."""

    def register(run: Run) -> Run:
        known = HANDLERS.get((kind, name))
        if known is not None and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"{kind} {name} already has a handler: {known.run.__qualname__}")
        HANDLERS[kind, name] = Handler(kind, name, run, outside, every, group)
        return run

    return register


def find(kind: str, name: str) -> Handler | None:
    """The handler of an item, or None when this version knows none."""
    return HANDLERS.get((kind, name))
