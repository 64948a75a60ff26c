"""The rule books in force: those that come with the product, then the versions that the company published.

A version counts from its date on; the one before it ends there. Every process looks now and then whether something
was published or withdrawn; a published text was checked before it was stored, so that a book that is wrong never
replaces one that works. A version that was withdrawn before it began never counts; it can still be read.
"""

import json
import threading
import time as machine_time
from dataclasses import dataclass, replace

import structlog
from django.db.models import Count, Max

from tuoshan.core.policy.given import facts_of
from tuoshan.core.policy.pack import TODAY, Fact, InForce, Pack
from tuoshan.core.policy.reading.packs import ReadPack
from tuoshan.rulings import files
from tuoshan.rulings.models import PublishedBook

log = structlog.get_logger(__name__)

LOOKS_EVERY_SECONDS = 15.0


class BookUnknown(LookupError):
    """No rule book of this name."""


@dataclass
class _Library:
    packs: tuple[Pack, ...] = ()
    withdrawn: tuple[Pack, ...] = ()
    seen: tuple[int, int] | None = None
    """The last row that was published, and how many were withdrawn."""
    looked_at: float = 0.0


_library = _Library()
_lock = threading.RLock()


def packs() -> tuple[Pack, ...]:
    """Every version of every book, highest layer first."""
    with _lock:
        _look()
        return _library.packs


def withdrawn() -> tuple[Pack, ...]:
    """The versions that were withdrawn before they began, as they were published."""
    with _lock:
        _look()
        return _library.withdrawn


def _look() -> None:
    now = machine_time.monotonic()
    if _library.packs and now - _library.looked_at <= LOOKS_EVERY_SECONDS:
        return
    found = PublishedBook.objects.aggregate(newest=Max("id"), withdrawn=Count("withdrawn_at"))
    seen = (found["newest"] or 0, found["withdrawn"])
    if seen != _library.seen:
        (_library.packs, _library.withdrawn), _library.seen = _load(), seen
    _library.looked_at = now


def look_again() -> None:
    """Forget what is loaded: something was published or withdrawn in this process."""
    with _lock:
        _library.packs, _library.withdrawn, _library.seen = (), (), None


def versions(name: str) -> tuple[Pack, ...]:
    """The versions of one book, oldest first. Raises BookUnknown."""
    found = tuple(pack for pack in packs() if pack.name == name)
    if not found:
        raise BookUnknown(name)
    return found


def newest(name: str) -> Pack:
    """The newest version of a book. Raises BookUnknown."""
    return versions(name)[-1]


def newest_of_each() -> tuple[Pack, ...]:
    """The newest version of every book, highest layer first."""
    return tuple({pack.name: pack for pack in packs()}.values())


def facts() -> dict[str, Fact]:
    """Every fact that may be given: those that books share, whether or not one asks for them now, then the rest."""
    return {**files.shared_facts(), **facts_of(packs())}


def text_of(pack: Pack) -> tuple[str, dict[str, str]]:
    """The text of a version and its CSV files."""
    row = PublishedBook.objects.filter(name=pack.name, version=pack.version).first()
    if row is not None:
        return row.text, json.loads(row.tables)
    path = files.PACKAGED / pack.file
    found = {
        file.name: file.read_text(encoding="utf-8-sig") for file in sorted(files.PACKAGED.glob(f"{pack.name}.*.csv"))
    }
    return path.read_text(encoding="utf-8"), found


def read_version(name: str, text: str, tables: dict[str, str]) -> ReadPack:
    """A book from its text and its CSV files."""
    return files.read_text(text, f"{name}.yaml", tables.get)


def _load() -> tuple[tuple[Pack, ...], tuple[Pack, ...]]:
    """The versions that count or will, and those that were withdrawn."""
    found, gone = list(files.packaged()), list[Pack]()
    for row in PublishedBook.objects.order_by("name", "version"):
        read = read_version(row.name, row.text, json.loads(row.tables))
        if read.pack is None or not read.good:
            log.error("book_unreadable", book=str(row), findings=[one.in_language("en") for one in read.findings[:5]])
            continue
        (found if row.withdrawn_at is None else gone).append(published(read.pack, row))
    return files.in_order(found), tuple(gone)


def published(pack: Pack, row: PublishedBook) -> Pack:
    """A pack with the version and the first day that its row gives it."""
    by = pack.in_force.by if pack.in_force else TODAY
    until = pack.in_force.until if pack.in_force else None
    return replace(pack, version=row.version, in_force=InForce(by, row.begins, until))
