"""Which of several packs may speak in a matter, before any of them is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from tuoshan.core.policy.focusing import desk_for
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.rows import compiled
from tuoshan.core.worktime import standard_cn

MOST_CHOICES = 4096
"""For so many combinations of choices it is kept which packs may speak."""


class Chooser:
    """Which of several packs may speak: most are told by few choices, and found once for each combination of them."""

    __slots__ = ("_among", "_names", "_packs")

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self._packs = packs
        self._names = tuple(sorted({name for pack in packs for name in compiled(pack).ready.applies.reads}))
        self._among: dict[tuple[object, ...], tuple[Pack, ...]] = {}

    def among(self, facts: Mapping[str, object], on: date) -> Sequence[Pack]:
        """The packs of which these choices do not say that they are silent, in their order."""
        key = tuple(map(facts.get, self._names))
        found = self._among.get(key)
        if found is None:
            if len(self._among) >= MOST_CHOICES:
                self._among.clear()
            found = self._among[key] = tuple(pack for pack in self._packs if not self._silent(pack, facts, on))
        return found

    def _silent(self, pack: Pack, facts: Mapping[str, object], on: date) -> bool:
        ready, condition = compiled(pack).ready, pack.applies
        if condition is None:
            return False
        desk = desk_for(ready, facts, on, standard_cn())
        return ready.applies.by_choices(facts, lambda: bool(desk.evaluate(condition))) is False


@lru_cache(maxsize=64)
def chooser(packs: tuple[Pack, ...]) -> Chooser:
    """That of these packs; made once."""
    return Chooser(packs)
