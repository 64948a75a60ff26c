"""How a kept ruling came about: worked out again from its frozen facts by the very versions that ruled.

Nothing of a trace is stored; the texts of the books are, so that an upgrade of the product that changes a book's file
leaves what it said before (`texts`). What is worked out counts only where it gives the frozen ruling again, to the
letter; a trace of anything else would explain another ruling.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.engine.narrowing import narrowed
from tuoshan.core.policy.engine.precedence import put_together
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.pack import InForce, Pack
from tuoshan.core.policy.ruling import read
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import keeping, library, texts
from tuoshan.rulings.models import KeptRuling


def worked_out_again(row: KeptRuling) -> Ruling | None:
    """The ruling with its trace; None where the texts of that day were not kept, or the same facts give something else
    by now (holidays may have been published since)."""
    frozen = keeping.result_of(row)
    for library_then in _libraries(row):
        books = _chosen(library_then, json.loads(row.packs))
        if books is None:
            continue
        for others in _beside(row, library_then, books):
            found = _worked_out(row, frozen, books, others)
            if found is not None:
                return found
    return None


def _libraries(row: KeptRuling) -> Iterator[Mapping[str, Pack]]:
    """Where the books may be found by their hash: as they are now, those that were withdrawn since included, then as
    they were when they ruled."""
    yield {pack.hash: pack for pack in (*library.withdrawn(), *library.packs())}
    yield from texts.books_of([named[2] for named in (*json.loads(row.packs), *json.loads(row.beside or "[]"))])


def _chosen(known: Mapping[str, Pack], named: Sequence[Sequence[Any]]) -> list[Pack] | None:
    """The versions that are named, each known by its hash; None where one is missing."""
    found = []
    for name, version, digest, *dates in named:
        pack = known.get(digest)
        if pack is None or pack.name != name:
            return None
        if dates:
            pack = replace(pack, in_force=_dates(dates[0]))
        found.append(pack if pack.version == version else replace(pack, version=version))
    return found


def _dates(days: Sequence[str]) -> InForce | None:
    if not days:
        return None
    by, begins, until = days
    return InForce(by, date.fromisoformat(begins) if begins else None, date.fromisoformat(until) if until else None)


def _beside(row: KeptRuling, known: Mapping[str, Pack], books: Sequence[Pack]) -> Iterator[list[Pack]]:
    """The books of which it was not known whether they speak; a ruling kept before this was written down does not say,
    nor whether it was by all that apply or by one book alone."""
    if row.beside:
        found = _chosen(known, json.loads(row.beside))
        if found is not None:
            yield found
        return
    yield [pack for pack in library.packs() if pack.name not in {book.name for book in books}]
    yield []


def _worked_out(
    row: KeptRuling, frozen: Mapping[str, Any], books: Sequence[Pack], others: Sequence[Pack]
) -> Ruling | None:
    """The ruling by these books, where it is the frozen one."""
    today, given = date.fromisoformat(frozen["today"]), keeping.facts_of(row)
    facts, problems = read_given({**library.facts(), **facts_of((*books, *others))}, given, today)
    gone = {one.fact for one in problems if one.code == "unknown_fact"}  # no book that ruled knew them
    if len(gone) < len(problems):
        return None
    found = _ruled(books, others, {**facts, **{name: given[name] for name in gone}}, today)
    return found if _same(frozen, as_data(found)) else None


def _ruled(books: Sequence[Pack], others: Sequence[Pack], facts: Mapping[str, object], today: date) -> Ruling:
    """By the books that ruled, whatever dates they have by now, with those beside them of which it was not known."""
    unsure = [pack for pack in others if read(pack, facts, today).applies is None]
    ruled = {pack.key for pack in books}
    packs = sorted([*books, *unsure], key=lambda pack: (pack.rank, pack.name, pack.version))

    def rule_on(given: Mapping[str, object]) -> Ruling:
        reads = [read(pack, given, today, choosing=pack.key not in ruled) for pack in packs]
        return put_together([one for one in reads if one.applies is not False], given, today)

    return narrowed(rule_on(facts), rule_on)


def _same(frozen: object, now: object) -> bool:
    """Whether everything that was frozen is the same; what a later form of the data adds is none of it, nor how the
    counting of a period, or why something is not certain, is put into words."""
    match frozen, now:
        case dict(), dict():
            return all(
                name in ("words", "provisional") or (name in now and _same(value, now[name]))
                for name, value in frozen.items()
            )
        case list(), list():
            return len(frozen) == len(now) and all(map(_same, frozen, now))
    return frozen == now
