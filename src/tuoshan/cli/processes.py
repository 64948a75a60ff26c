"""Several commands of ours as one process group: they start together and end together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

GRACE_SECONDS = 15.0
_LOOK_SECONDS = 0.2


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
