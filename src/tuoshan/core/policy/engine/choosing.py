"""Which of several packs may speak in a matter, and how each is read for it, before any of them is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from tuoshan.core.policy.engine.focusing import focus_of
from tuoshan.core.policy.engine.ready import Focus, Ready, in_shape
from tuoshan.core.policy.engine.rows import compiled
from tuoshan.core.policy.pack import Pack

MOST_SHAPES = 4096
"""For so many shapes of matters it is kept which packs may speak."""


class Chooser:
    """Which of several packs may speak: told by the shape of a matter, and found once for each shape."""

    __slots__ = ("_among", "_choices", "_counts", "_dates", "_made")

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self._made = tuple(compiled(pack).ready for pack in packs)
        self._choices = frozenset(name for ready in self._made for name in ready.choices)
        self._counts = frozenset(name for ready in self._made for name in ready.counts)
        self._dates = tuple(dict.fromkeys(dates for ready in self._made for dates in ready.dates))
        self._among: dict[tuple[object, ...], Sequence[tuple[Ready, Focus]]] = {}

    def among(self, facts: Mapping[str, object], on: date) -> Sequence[tuple[Ready, Focus]]:
        """The packs of which the shape does not say that they are silent, in their order, each for this shape."""
        choices, counts = self._choices, self._counts
        key = (
            *[(name, value if name in choices else in_shape(value, count=name in counts))
              for name, value in facts.items() if value is not None],
            *[dates.holds_for(facts, on) for dates in self._dates],
        )
        found = self._among.get(key)
        if found is None:
            if len(self._among) >= MOST_SHAPES:
                self._among.clear()
            found = self._among[key] = self._speaking(facts, on)
        return found

    def _speaking(self, facts: Mapping[str, object], on: date) -> list[tuple[Ready, Focus]]:
        may = [(ready, focus_of(ready, facts, on)) for ready in self._made if not ready.applies.silent(facts)]
        return [(ready, focus) for ready, focus in may if focus.applies is not False and focus.in_force is not False]


@lru_cache(maxsize=64)
def chooser(packs: tuple[Pack, ...]) -> Chooser:
    """That of these packs; made once."""
    return Chooser(packs)
