"""The only place that reads the wall clock; the demo, tests and simulation put another clock in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


class MovedClock:
    """A clock that stands still until it is moved; never goes back.

    Raises ValueError when the start is naive or when a move would go back in time.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs a time with its zone")
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move on by `step` and return the new time."""
        return self.move_to(self._now + step)

    def move_to(self, moment: datetime) -> datetime:
        """Move on to `moment` and return it."""
        moment = moment.astimezone(UTC)
        if moment < self._now:
            raise ValueError(f"a clock does not go back: {moment} < {self._now}")
        self._now = moment
        return moment


_process_clock: Clock = wall_clock
_context_clock: ContextVar[Clock | None] = ContextVar("tuoshan_clock", default=None)


def now() -> datetime:
    """Now, in UTC, by the clock in force: the context's, else the process's, else the wall clock."""
    return (_context_clock.get() or _process_clock)()


def set_clock(clock: Clock | None) -> None:
    """Set the clock of the whole process, all threads included; None puts the wall clock back."""
    global _process_clock
    _process_clock = clock or wall_clock


@contextmanager
def use(clock: Clock | datetime) -> Iterator[Clock]:
    """Use a clock (or a moment at which time stands still) inside the `with` block, in this context only."""
    chosen: Clock = MovedClock(clock) if isinstance(clock, datetime) else clock
    token = _context_clock.set(chosen)
    try:
        yield chosen
    finally:
        _context_clock.reset(token)
