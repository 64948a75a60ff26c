"""The texts of the rule books that ruled, kept with the first ruling that each gave.

A book of the product keeps its version while its file may change with an upgrade; a kept ruling names its books by
their hash, and here stands what they said.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from tuoshan.core.policy.pack import Pack
from tuoshan.rulings import files
from tuoshan.rulings.models import BookText, PublishedBook


def keep(packs: Iterable[Pack], now: datetime) -> None:
    """Keep what these books say, as far as that is not kept yet; within a transaction."""
    wanted = {pack.hash: pack for pack in packs}
    shared = _digest(files.shared_text())
    there = set(
        BookText.objects.filter(hash__in=[*wanted, shared], shared__in=["", shared]).values_list("hash", flat=True)
    )
    rows = [
        BookText(
            hash=pack.hash, shared=shared, name=pack.name, text=found.text, kept_at=now,
            tables=json.dumps(dict(found.tables), ensure_ascii=False),
        )
        for pack in wanted.values() if pack.hash not in there and (found := _text_of(pack)) is not None
    ]  # fmt: skip
    if rows and shared not in there:
        rows.append(BookText(hash=shared, name=files.FACTS, text=files.shared_text(), kept_at=now))
    BookText.objects.bulk_create(rows, ignore_conflicts=True)


def _text_of(pack: Pack) -> files.Text | None:
    shipped = files.packaged_texts().get(pack.hash)
    if shipped is not None:
        return shipped
    row = PublishedBook.objects.filter(name=pack.name, version=pack.version).first()
    return files.Text(row.text, json.loads(row.tables)) if row is not None else None


def books_of(hashes: Sequence[str]) -> Iterator[dict[str, Pack]]:
    """By hash, the books as they were read when something was ruled by them; once for each file of what they shared of
    which all of them are here, the newest first."""
    found: dict[str, dict[str, BookText]] = {}
    for row in BookText.objects.filter(hash__in=hashes).exclude(shared="").order_by("-id"):
        found.setdefault(row.shared, {})[row.hash] = row
    texts = dict(BookText.objects.filter(hash__in=found, shared="").values_list("hash", "text"))
    for shared, rows in found.items():
        if shared in texts and set(hashes) <= rows.keys():
            read = {row.hash: _read(row.name, row.text, row.tables, texts[shared]) for row in rows.values()}
            yield {digest: pack for digest, pack in read.items() if pack is not None}


@lru_cache(maxsize=32)
def _read(name: str, text: str, tables: str, shared: str) -> Pack | None:
    return files.read_text(text, f"{name}.yaml", json.loads(tables).get, shared).pack


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
