"""What a web process answers with: the application, and an end as soon as nothing is under way.

Asked to stop, granian waits until every connection has been closed by its browser, and a browser keeps several open
that ask for nothing: the end came by force after ten seconds each time. So each process counts the requests it is
answering and leaves when there have been none for a moment; `WAITS_AT_MOST` is the end by force.
"""

import logging
import os
import signal
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

QUIET_SECONDS = 0.5
"""For so long nothing may be under way: what has just been answered is on its way, and what waited has begun."""
WAITS_AT_MOST = 10
_LOOK_SECONDS = 0.05
_ASKS_TO_STOP = frozenset({signal.SIGINT, signal.SIGTERM})

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class UnderWay:
    """The application with a count of the requests that it is answering: begun, and their answer not yet read out."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._count = 0
        self._changed = time.monotonic()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._add(1)
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._add(-1)
            raise
        return _Answer(answer, lambda: self._add(-1))

    def _add(self, number: int) -> None:
        with self._lock:
            self._count += number
            self._changed = time.monotonic()

    def quiet_for(self) -> float:
        """Seconds since the last answer was read out; 0 while there is one to give."""
        with self._lock:
            return 0.0 if self._count else time.monotonic() - self._changed


class _Answer:
    """An answer that says once when it has been read out, or was let go because its reader has left."""

    def __init__(self, answer: Iterable[bytes], done: Callable[[], None]) -> None:
        self._answer = answer
        self._done = weakref.finalize(self, done)
        self._done.atexit = False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        """Called by the server in the end."""
        try:
            close = getattr(self._answer, "close", None)
            if close is not None:
                close()
        finally:
            self._done()


def leave_when_quiet(under_way: UnderWay, leave: Callable[[], None]) -> None:
    """From the first SIGINT or SIGTERM on, leave as soon as nothing is under way. Beside the server's own handlers:
    Python writes the number of every signal into the socket given here.
    """
    told, tells = socket.socketpair()
    tells.setblocking(False)
    signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)

    def wait() -> None:
        with told, tells:
            while not _ASKS_TO_STOP.intersection(told.recv(64)):
                pass
            begun = time.monotonic()
            while under_way.quiet_for() < QUIET_SECONDS or time.monotonic() - begun < QUIET_SECONDS:
                time.sleep(_LOOK_SECONDS)
            leave()

    threading.Thread(target=wait, name="leave when quiet", daemon=True).start()


def _leave() -> None:
    logging.shutdown()
    os._exit(0)


def load() -> Application:
    """The application of a web process, which leaves by itself. Called in its main thread."""
    from tuoshan.wsgi import application

    under_way = UnderWay(application)
    leave_when_quiet(under_way, _leave)
    return under_way
