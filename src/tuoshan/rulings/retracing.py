"""How a kept ruling came about: worked out again from its frozen facts by the very versions that ruled.

Nothing of a trace is stored. What is worked out counts only where it gives the frozen ruling again, to the letter; a
trace of anything else would explain another ruling.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.narrowing import narrowed
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.precedence import put_together
from tuoshan.core.policy.ruling import read
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import keeping, library
from tuoshan.rulings.models import KeptRuling

RuleOn = Callable[[Mapping[str, object]], Ruling]


def worked_out_again(row: KeptRuling) -> Ruling | None:
    """The ruling with its trace; None where the books of that day are not here any more, or the same facts give
    something else by now (holidays may have been published since)."""
    frozen = keeping.result_of(row)
    books = _books(json.loads(row.packs))
    if books is None:
        return None
    today = date.fromisoformat(frozen["today"])
    others = [pack for pack in library.packs() if pack.name not in {book.name for book in books}]
    facts, problems = read_given({**library.facts(), **facts_of(books)}, keeping.facts_of(row), today)
    if problems:
        return None
    for beside in (others, []):  # by all that apply, or by one book alone: its ruling does not say which
        found = _ruled(books, beside, facts, today)
        if _same(frozen, as_data(found)):
            return found
    return None


def _books(named: Sequence[Sequence[Any]]) -> list[Pack] | None:
    """The versions that ruled, each known by its hash; None where one is missing."""
    known = {(pack.name, pack.version, pack.hash): pack for pack in library.packs()}
    found = [known.get((name, version, digest)) for name, version, digest in named]
    books = [pack for pack in found if pack is not None]
    return books if len(books) == len(found) else None


def _ruled(books: Sequence[Pack], others: Sequence[Pack], facts: Mapping[str, object], today: date) -> Ruling:
    """By the books that ruled, whatever dates they have by now, with those beside them of which it was not known."""

    def rule_on(given: Mapping[str, object]) -> Ruling:
        reads = [read(pack, given, today, choosing=False) for pack in books]
        beside = [read(pack, given, today) for pack in others]
        return put_together([*reads, *(one for one in beside if one.applies is None)], given, today)

    return narrowed(rule_on(facts), rule_on)


def _same(frozen: object, now: object) -> bool:
    """Whether everything that was frozen is the same; what a later form of the data adds is none of it."""
    match frozen, now:
        case dict(), dict():
            return all(name in now and _same(value, now[name]) for name, value in frozen.items())
        case list(), list():
            return len(frozen) == len(now) and all(map(_same, frozen, now))
    return frozen == now
