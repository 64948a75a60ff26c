"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles.storage import StaticFilesStorage

import tuoshan

_STATIC = Path(__file__).resolve().parent.parent / "static" / "tuoshan"


@cache
def version() -> str:
    """A short digest over the release and the built assets."""
    digest = hashlib.sha256(tuoshan.__version__.encode())
    for path in sorted(_STATIC.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(_STATIC)}:{path.stat().st_size}".encode())
            if path.name == ".stamp" or path.suffix in {".svg", ".js"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


class VersionedStorage(StaticFilesStorage):
    """Adds `?v=` with the version; no collect step, the files are served where they lie."""

    def url(self, name: str | None) -> str:
        """The address of a static file."""
        return f"{super().url(name)}?v={version()}"
