"""Chance for the demo, drawn from the one seeded source, so that a seed gives the same company again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from tuoshan import identifiers

T = TypeVar("T")


class Chance:
    """A stream of its own, begun by a seed that the source in force gives: tokens drawn elsewhere do not move it."""

    def __init__(self) -> None:
        source = identifiers.random_source()
        self._source = type(source)(source.getrandbits(64))

    def pick(self, options: Sequence[T]) -> T:
        """One of them, each as likely."""
        return options[self._source.randrange(len(options))]

    def weighted(self, options: Mapping[T, float]) -> T:
        """One of the keys by weight."""
        return self._source.choices(list(options), list(options.values()))[0]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """So many different ones."""
        return self._source.sample(list(options), min(count, len(options)))

    def happens(self, share: float) -> bool:
        """True in this share of draws."""
        return self._source.random() < share

    def whole(self, least: int, most: int) -> int:
        """A whole number, both bounds included."""
        return self._source.randint(least, most)

    def minutes(self, least: float, most: float) -> timedelta:
        """A span between two numbers of minutes, to the second."""
        return timedelta(seconds=int(60 * self._source.uniform(least, most)))

    def hours(self, least: float, most: float) -> timedelta:
        """A span between two numbers of hours, to the second."""
        return self.minutes(60 * least, 60 * most)

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All of them in another order."""
        return self._source.sample(list(options), len(options))
