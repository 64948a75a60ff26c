"""Files by the hash of their content: written whole or not at all, once per content, found again by hash alone.

Layout below `DATA_DIR/evidence`: `ab/cd/HASH` for the content, `ab/cd/HASH.webp` for its thumbnail, `incoming/`
for what is being received. Nothing there is executable or named by its sender.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from tuoshan import identifiers
from tuoshan.clock import wall_clock
from tuoshan.documents.limits import evidence_root

_HASH = re.compile(r"[0-9a-f]{64}")
CHUNK = 1024 * 1024
GRACE = timedelta(hours=1)
"""Longer than any upload's transaction. Measured by the machine's clock, as file times are."""


class TooLarge(Exception):
    """More bytes came than are allowed."""


def path_of(stored_hash: str) -> Path:
    """Where the content with this SHA-256 (hex) lies. Raises ValueError for anything that is not such a hash."""
    if not _HASH.fullmatch(stored_hash):
        raise ValueError("not a SHA-256 in lower-case hex")
    return evidence_root() / stored_hash[:2] / stored_hash[2:4] / stored_hash


def thumbnail_path_of(stored_hash: str) -> Path:
    path = path_of(stored_hash)
    return path.with_name(path.name + ".webp")


def incoming_path() -> Path:
    """A fresh name for a file that is being received; its folder exists."""
    folder = evidence_root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / identifiers.token(16)


def receive(pieces: Iterable[bytes], at_most: int) -> tuple[Path, int, str]:
    """Writes the pieces to a new incoming file: its path, its size in bytes and its SHA-256.

    Raises TooLarge as soon as more than `at_most` bytes have come; nothing is left behind then.
    """
    path = incoming_path()
    digest, size = hashlib.sha256(), 0
    try:
        with _create(path) as descriptor:
            for piece in pieces:
                size += len(piece)
                if size > at_most:
                    raise TooLarge
                digest.update(piece)
                descriptor(piece)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, size, digest.hexdigest()


class _create:
    """A new private file, synced to disk when left without an error."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Callable[[bytes], int]:
        self.stream = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        return self.stream.write

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.stream.flush()
            os.fsync(self.stream.fileno())
        self.stream.close()


def hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def keep(incoming: Path, stored_hash: str) -> None:
    """Gives the received file its lasting place (a second link to it). Does nothing but mark it fresh when that
    content is already there. `incoming` stays and is the caller's to remove."""
    target = path_of(stored_hash)
    with suppress(FileNotFoundError):
        os.utime(target)
        return
    _make_folder(target.parent)
    with incoming.open("rb") as stream:
        os.fsync(stream.fileno())
    copy = incoming_path()
    os.link(incoming, copy)
    copy.replace(target)
    _sync_folder(target.parent)


def keep_thumbnail(stored_hash: str, content: bytes) -> None:
    target = thumbnail_path_of(stored_hash)
    if target.exists():
        return
    _make_folder(target.parent)
    path, _size, _digest = receive([content], len(content))
    path.replace(target)
    _sync_folder(target.parent)


def kept_thumbnail(stored_hash: str) -> bytes:
    """The thumbnail of a content that is kept already; empty where there is none."""
    with suppress(FileNotFoundError):
        return thumbnail_path_of(stored_hash).read_bytes()
    return b""


def discard(stored_hash: str, *, still_used: Callable[[], bool], grace: timedelta = GRACE) -> bool:
    """Removes a content and its thumbnail unless it is in use; True when removed.

    Someone may be handing in the same content at this moment, with a row that is not yet committed: `keep` marks
    the file fresh, so a file younger than `grace` is left alone, and the file is first moved aside, then its age
    and its use are looked at again, and it is put back if either changed.
    """
    target = path_of(stored_hash)
    aside = incoming_path()
    try:
        before = target.stat().st_mtime_ns
        if before / 1e9 > (wall_clock() - grace).timestamp() and grace:
            return False
        if still_used():
            return False
        target.rename(aside)
    except FileNotFoundError:
        return False
    if aside.stat().st_mtime_ns != before or still_used():
        aside.replace(target)
        return False
    aside.unlink()
    thumbnail_path_of(stored_hash).unlink(missing_ok=True)
    return True


def clear_incoming() -> int:
    """Removes what interrupted uploads left behind more than a day ago; how many files."""
    folder = evidence_root() / "incoming"
    before = (wall_clock() - timedelta(days=1)).timestamp()
    removed = 0
    if folder.is_dir():
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
    return removed


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync_folder(folder.parent)
        _sync_folder(folder.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
