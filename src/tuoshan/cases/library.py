"""The playbooks in use: loaded from files, checked, kept by hash for the cases that are pinned to them.

A file that is wrong never replaces a working version: the version before stays current (in this process, or
the newest that was ever stored), and the findings are kept for the screen and `tuoshan playbook check`.
"""

import json
import re
import threading
import time as machine_time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import structlog
from django.conf import settings

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import StoredPlaybook
from tuoshan.core.checker import check
from tuoshan.core.playbook import Playbook
from tuoshan.core.reading import Finding, read_playbook

log = structlog.get_logger(__name__)

PACKAGED = Path(__file__).resolve().parent.parent / "playbooks"
FRAGMENTS = "fragments"
LOOKS_EVERY_SECONDS = 15.0
"""So often each process looks whether the company's own files changed."""

_FRAGMENT = re.compile(r"^fragment:[ ]*([a-z][a-z0-9_]*)", re.MULTILINE)


class PlaybookUnknown(LookupError):
    """No playbook of this key (or of this key and hash) is known."""


@dataclass
class _Library:
    current: dict[str, Playbook] = field(default_factory=dict)
    versions: dict[tuple[str, str], Playbook] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    stored: set[tuple[str, str]] = field(default_factory=set)
    kept_read: bool = False
    fragments: dict[str, str] = field(default_factory=dict)
    loaded: bool = False
    stamp: tuple[int, ...] | None = None
    looked_at: float = 0.0


_library = _Library()
_lock = threading.RLock()


def current(key: str) -> Playbook:
    """The version that new cases begin with. Raises PlaybookUnknown."""
    _load_once()
    try:
        return _library.current[key]
    except KeyError:
        raise PlaybookUnknown(key) from None


def keys() -> list[str]:
    """The playbooks that new cases may begin with."""
    _load_once()
    return sorted(_library.current)


def everything() -> dict[str, Playbook]:
    """Key → current version."""
    _load_once()
    return dict(_library.current)


def pinned(key: str, hash_: str) -> Playbook:
    """The very version that a case began with. Raises PlaybookUnknown."""
    found = _library.versions.get((key, hash_))
    if found is None:
        _load_once()
        found = _library.versions.get((key, hash_)) or _from_store(key, hash_)
    return found


def versions() -> list[Playbook]:
    """Every version that a case may be pinned to: those in use, and those that were ever kept."""
    _load_once()
    if not _library.kept_read:
        for key, hash_ in StoredPlaybook.objects.values_list("key", "hash"):
            with suppress(PlaybookUnknown):  # its text cannot be read any more
                pinned(key, hash_)
        _library.kept_read = True
    return list(_library.versions.values())


def findings() -> dict[str, tuple[Finding, ...]]:
    """File → what was found in it at the last load; errors mean that the version before stayed in use."""
    _load_once()
    return dict(_library.findings)


def load_all(folders: Sequence[Path] | None = None) -> dict[str, tuple[Finding, ...]]:
    """Read every file anew: the packaged ones, then those of DATA_DIR/playbooks, which replace them by name."""
    with _lock:
        stamp = own_stamp() if folders is None else None
        files, fragments = _gather(folders)
        _library.fragments = fragments
        _library.findings = {}
        for name, (playbook, found) in _read_checked(files, fragments).items():
            _library.findings[name] = found
            wrong = [one.in_language("en") for one in found if one.severity == "error"]
            if wrong or playbook is None:
                log.error("playbook_refused", file=name, errors=wrong[:20])
            else:
                _install(playbook)
        _library.loaded = True
        _library.stamp, _library.looked_at = stamp, machine_time.monotonic()
        return dict(_library.findings)


def read_files(folders: Sequence[Path] | None = None) -> dict[str, Playbook]:
    """Key → playbook of these folders (of the packaged and the own one), as far as each can be read; unchecked."""
    files, fragments = _gather(folders)
    known: dict[str, Playbook] = {}
    for name, text in files.items():
        playbook, _found = read_playbook(text, name, dict(fragments), known)
        if playbook is not None:
            known[playbook.key] = playbook
    return known


def trial(name: str, text: str) -> tuple[Playbook | None, dict[str, tuple[Finding, ...]]]:
    """Read and check everything as if this file stood in DATA_DIR/playbooks; nothing is installed or written.

    Gives the playbook (None for a fragment, or when it cannot be read) and file → findings of every file.
    """
    files, fragments = _gather()
    fragment = _FRAGMENT.search(text)
    if fragment:
        fragments[fragment[1]] = text
    else:
        files[name] = text
    read = _read_checked(files, fragments)
    return (None if fragment else read[name][0]), {file: found for file, (_playbook, found) in read.items()}


def own_folder() -> Path:
    """Where the company's own playbooks lie; fragments in a folder of that name below."""
    return Path(settings.DATA_DIR) / "playbooks"


def own_stamp() -> tuple[int, ...]:
    """Changes whenever a file is put into or taken out of the company's own folder."""
    places = (own_folder(), own_folder() / FRAGMENTS)
    return tuple(place.stat().st_mtime_ns if place.is_dir() else 0 for place in places)


def _gather(folders: Sequence[Path] | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """File name → text of the playbooks, and name → text of the fragments."""
    files: dict[str, str] = {}
    fragments: dict[str, str] = {}
    for place in folders if folders is not None else (PACKAGED, own_folder()):
        for path in sorted((*place.glob("*.yaml"), *(place / FRAGMENTS).glob("*.yaml"))):
            text = _text(path)
            fragment = _FRAGMENT.search(text)
            if fragment:
                fragments[fragment[1]] = text
            else:
                files[path.name] = text
    return files, fragments


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _load_once() -> None:
    if not _library.loaded:
        with _lock:
            if not _library.loaded:
                load_all()
                _keep_what_worked()
    elif _library.stamp is not None and machine_time.monotonic() - _library.looked_at > LOOKS_EVERY_SECONDS:
        _library.looked_at = machine_time.monotonic()
        if own_stamp() != _library.stamp:
            load_all()


def _keep_what_worked() -> None:
    """After a start: a key whose file is refused goes on by the newest version that was ever stored."""
    refused = {name for name, found in _library.findings.items() if any(one.severity == "error" for one in found)}
    if not refused:
        return
    seen: set[str] = set()
    for row in StoredPlaybook.objects.filter(file__in=refused).order_by("-stored_at"):
        if row.key not in seen and row.key not in _library.current:
            _install(_from_store(row.key, row.hash))
        seen.add(row.key)


def _read_checked(
    files: Mapping[str, str], fragments: Mapping[str, str]
) -> dict[str, tuple[Playbook | None, tuple[Finding, ...]]]:
    """Every file read, then checked with the others in sight, as playbooks may name each other."""
    return dict(_read_checked_once(tuple(files.items()), tuple(sorted(fragments.items()))))


@lru_cache(maxsize=2)  # the files in use, and those of the last trial: the same texts read the same
def _read_checked_once(
    files: tuple[tuple[str, str], ...], fragments: tuple[tuple[str, str], ...]
) -> dict[str, tuple[Playbook | None, tuple[Finding, ...]]]:
    known: dict[str, Playbook] = {}
    read: dict[str, tuple[Playbook | None, tuple[Finding, ...]]] = {}
    for name, text in files:
        playbook, found = read_playbook(text, name, dict(fragments), known)
        read[name] = (playbook, found)
        if playbook is not None:
            known.setdefault(playbook.key, playbook)
    for name, (playbook, found) in read.items():
        if playbook is not None and not any(one.severity == "error" for one in found):
            others = {key: other for key, other in known.items() if key != playbook.key}
            read[name] = (playbook, (*found, *check(playbook, others)))
    return read


def _install(playbook: Playbook) -> None:
    _library.current[playbook.key] = playbook
    _library.versions[playbook.key, playbook.hash] = playbook


def _from_store(key: str, hash_: str) -> Playbook:
    row = StoredPlaybook.objects.filter(key=key, hash=hash_).first()
    if row is None:
        raise PlaybookUnknown(f"{key} {hash_}")
    playbook, _ = read_playbook(row.text, row.file, json.loads(row.fragments))
    if playbook is None:
        raise PlaybookUnknown(f"{key} {hash_}: its stored text cannot be read any more")
    with _lock:
        _library.versions[key, hash_] = playbook
        _library.stored.add((key, hash_))
    return playbook


def ensure_stored(playbook: Playbook) -> None:
    """Keep the version in the table before a case begins with it; outside of the case's transaction."""
    if (playbook.key, playbook.hash) in _library.stored:
        return
    if not StoredPlaybook.objects.filter(key=playbook.key, hash=playbook.hash).exists():
        fragments = {name: _library.fragments.get(name, "") for name in playbook.takes}
        row = StoredPlaybook(
            id=identifiers.next_id(), key=playbook.key, hash=playbook.hash, version=playbook.version,
            file=playbook.file, text=playbook.text, stored_at=clock.now(),
            fragments=json.dumps(fragments, ensure_ascii=False),
        )  # fmt: skip
        with write_transaction():
            StoredPlaybook.objects.bulk_create([row], ignore_conflicts=True)
    _library.stored.add((playbook.key, playbook.hash))


def forget() -> None:
    """Forget everything of this process, so that the next question reads files and table again."""
    global _library
    with _lock:
        _library = _Library()


@contextmanager
def using(*playbooks: Playbook, fragments: Mapping[str, str] | None = None) -> Iterator[None]:
    """Inside the block these playbooks, and no others, are in use: for tests and the simulation."""
    global _library
    before = _library
    with _lock:
        _library = _Library(loaded=True, fragments=dict(fragments or {}))
        for playbook in playbooks:
            _install(playbook)
    try:
        yield
    finally:
        with _lock:
            _library = before
