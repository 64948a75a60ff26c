"""What `tuoshan serve` turns into: granian's own process, which loads no more than granian.

It starts the web processes, which load the application, and starts a new one in the place of one that has died.
"""

import json
import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tuoshan.cli.answering import WAITS_AT_MOST


def main(plan: str) -> None:
    """Listen until SIGINT or SIGTERM; `plan` are address, port, workers and threads as JSON."""
    Granian(
        "tuoshan.cli.answering:load",
        factory=True,
        interface=Interfaces.WSGI,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=WAITS_AT_MOST,
        log_level=LogLevels.warning,
        log_access=False,
        **json.loads(plan),
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1])
