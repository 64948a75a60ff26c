"""The file that a backup is: a compressed tar with a manifest at its end that says what must be in it."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

MANIFEST = "manifest.json"
FORMAT = 1
PLACES = ("database", "evidence", "playbooks", "keys")
"""The only folders that there may be inside."""


class ArchiveBroken(RuntimeError):
    """The file is no backup of ours, is cut off, or does not hold what its manifest says."""


class _Hashing:
    """Reads a file and remembers the hash of what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


class Writer:
    """Puts files into the archive one after the other."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, list[Any]] = {}

    def add(self, path: Path, name: str) -> bool:
        """Put one file in; False when it went away meanwhile."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            head = tarfile.TarInfo(name)
            head.size, head.mtime, head.mode = os.fstat(file.fileno()).st_size, int(path.stat().st_mtime), 0o600
            reading = _Hashing(file)
            self.tar.addfile(head, reading)
        self.files[name] = [head.size, reading.digest.hexdigest()]
        return True

    def close(self, manifest: dict[str, Any]) -> None:
        """Write the manifest."""
        text = json.dumps({"format": FORMAT, **manifest, "files": self.files}, ensure_ascii=False, indent=1).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mode = len(text), 0o600
        self.tar.addfile(head, io.BytesIO(text))


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """An archive that appears under its name only when it is whole, readable by its owner alone."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack into an empty folder and prove every file against the manifest, which is returned.

    Raises ArchiveBroken; what was unpacked until then is the caller's to remove.
    """
    seen: dict[str, list[Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not member.isreg():
                    raise ArchiveBroken(f"{member.name} is not an ordinary file")
                if member.name == MANIFEST:
                    manifest = json.loads(content.read())
                    continue
                seen[member.name] = _unpack_one(content, folder / _safe(member.name))
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise ArchiveBroken(f"{source.name} cannot be read as a backup: {error}") from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise ArchiveBroken(f"{source.name} has no manifest that this version understands")
    for name, expected in manifest["files"].items():
        if seen.get(name) != expected:
            raise ArchiveBroken(f"{name} is missing or not what was saved")
    strange = seen.keys() - manifest["files"].keys()
    if strange:
        raise ArchiveBroken(f"{min(strange)} does not stand in the manifest")
    return manifest


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[0] not in PLACES:
        raise ArchiveBroken(f"{name} does not belong into a backup")
    return path


def _unpack_one(content: Any, target: Path) -> list[Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := content.read(1 << 20):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return [size, digest.hexdigest()]


def below(folder: Path, *, skip: Iterable[str] = ()) -> Iterator[Path]:
    """Every file below a folder in a fixed order; hidden ones and the folders named are left out."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in skip:
            continue
        if path.is_dir():
            yield from below(path)
        elif path.is_file():
            yield path
