"""Where a Chromium is, for the browser journeys; `python -m tests.chromium` prints it, or ends with 1."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def path() -> str | None:
    """`TUOSHAN_CHROMIUM`, else one in PATH, else one among the applications of macOS."""
    if named := os.environ.get("TUOSHAN_CHROMIUM"):
        return named
    found = next((place for name in NAMES if (place := shutil.which(name))), None)
    return found or next((place for place in APPLICATIONS if Path(place).exists()), None)


if __name__ == "__main__":
    place = path()
    print(place or "no Chromium found")
    sys.exit(place is None)
