"""Asking for a ruling: facts as somebody types them, through the books in force, on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tuoshan.core.policy.engine.narrowing import narrowed
from tuoshan.core.policy.given import FactProblem, facts_of, read_given
from tuoshan.core.policy.pack import Fact, Pack
from tuoshan.core.policy.ruling import concerned, rule_all, rule_by_book
from tuoshan.core.policy.statements import Ruling
from tuoshan.rulings import library


@dataclass(frozen=True)
class Asked:
    """What came of it: the ruling, or the facts that could not be taken (then there is none)."""

    given: Mapping[str, object]
    problems: tuple[FactProblem, ...]
    ruling: Ruling | None


def ask(facts: Mapping[str, object], today: date, *, book: str = "", packs: Sequence[Pack] | None = None) -> Asked:
    """Rule by one named book alone, or by all that apply. Raises library.BookUnknown."""
    chosen = packs if packs is not None else library.versions(book) if book else library.packs()
    given, problems = read_given(_askable(tuple(chosen)), facts, today)
    if problems:
        return Asked(given, problems, None)

    def rule_on(facts: Mapping[str, object]) -> Ruling:
        return rule_by_book(chosen, facts, today) if book else rule_all(chosen, facts, today)

    return Asked(given, (), narrowed(rule_on(given), rule_on))


@dataclass(frozen=True)
class Beside:
    """Of a ruling by one book alone: whether that book speaks in this matter (None: not known yet), and which others
    do. What they say may count before it."""

    applies: bool | None
    also: tuple[Pack, ...]


def beside(asked: Asked, today: date, book: str) -> Beside:
    """What a ruling by `book` alone leaves out; asked of all books in force."""
    found = concerned(library.packs(), asked.given, today)
    also = tuple(pack for pack in library.newest_of_each() if pack.name != book and found.get(pack.name))
    return Beside(found.get(book), also)


@lru_cache(maxsize=64)
def _askable(packs: tuple[Pack, ...]) -> Mapping[str, Fact]:
    """Whatever some book knows may be said to any of them; the meaning that these books give it counts."""
    return {**library.facts(), **facts_of(packs)}
