"""Several commands of ours as one process group: they start together and end together.

`python -m tuoshan.cli.processes` is what `tuoshan run` turns into once all is prepared: it loads nothing but the
standard library, so that watching over the others costs a few megabytes.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import NoReturn

GRACE_SECONDS = 15.0
_LOOK_SECONDS = 0.2
_ANSWER_SECONDS = 20.0
_ARENAS = "MALLOC_ARENA_MAX"
"""glibc gives every thread a heap of its own and fills them all; two are plenty for two threads of Python."""


def turn_into(module: str, *arguments: str) -> NoReturn:
    """Go on as `python -m MODULE`, in this very process, and leave behind all that was loaded to get here."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.environ.setdefault(_ARENAS, "2")
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606


class Together:
    """Runs `tuoshan COMMAND…` children until one ends or a signal comes, then ends them all."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        self.commands = commands
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._asked_to_stop = False

    def start(self) -> None:
        """Start every child with this interpreter."""
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_number, self._stop_asked)
        for name, arguments in self.commands.items():
            self.children[name] = subprocess.Popen([sys.executable, "-m", "tuoshan", *arguments], env=os.environ)

    @property
    def ending(self) -> bool:
        """Whether it was asked to stop, or has to, as a child has ended."""
        return self._asked_to_stop or any(child.poll() is not None for child in self.children.values())

    def _stop_asked(self, _signal_number: int, _frame: object) -> None:
        self._asked_to_stop = True

    def wait(self) -> int:
        """Wait until asked to stop (0) or until a child ends by itself (its code, at least 1)."""
        while not self._asked_to_stop:
            for name, child in self.children.items():
                code = child.poll()
                if code is not None:
                    print(f"tuoshan: {name} ended with {code}; stopping the rest", file=sys.stderr)
                    self.stop()
                    return max(code, 1)
            time.sleep(_LOOK_SECONDS)
        self.stop()
        return 0

    def stop(self) -> None:
        """Ask all to end, and end those by force that have not after the time of grace."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        limit = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            try:
                child.wait(timeout=max(limit - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def answers(address: str, port: int) -> bool:
    """Whether the web server takes connections within twenty seconds."""
    limit = time.monotonic() + _ANSWER_SECONDS
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104
    while time.monotonic() < limit:
        try:
            with socket.create_connection((here, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def main(plan: str) -> int:
    """Run what the plan names, say where the web server answers, and end all together; the exit code."""
    known = json.loads(plan)
    together = Together(known["commands"])
    together.start()
    if answers(known["address"], known["port"]) and not together.ending:
        print(f"\n  Tuoshan: {known['url']}\n", flush=True)
    return together.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
