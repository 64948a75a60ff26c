"""Finding cases by what was said, by whom, or by number: newest first, within a person's reach.

    found = search.find(person, conditions, cursor)
    search.reindex(progress)

Words are looked up in the index, which also knows units, handlers, tasks and the like: so reach and conditions
narrow there, where it is cheap, and are then asked of the case itself in the same statement, where they are
exact. A page takes at most three statements: number, index, cases; on PostgreSQL a fourth asks how common the words
are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from tuoshan.cases import queries
from tuoshan.cases.models import Case
from tuoshan.identifiers import is_id
from tuoshan.insight import index, tokens, wording
from tuoshan.insight.conditions import Conditions
from tuoshan.insight.content import Content
from tuoshan.insight.indexing import reindex
from tuoshan.insight.measures import narrowed
from tuoshan.insight.models import Entry
from tuoshan.insight.snippets import Piece, snippet
from tuoshan.insight.told_to_staff import without_links
from tuoshan.parties import reach as reaching

__all__ = ["CursorBroken", "Found", "Hit", "find", "matching", "not_indexed_yet", "reindex"]

PAGE = 50
FEW = 10_000
"""Entries that are found by the words and sorted sooner than fifty of them are met on the way back from the newest."""
BY_CREATION = ("-created_at", "-id")
CursorBroken = queries.CursorBroken


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found, and the place where."""

    case: Case
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One page; `next` is empty where nothing follows."""

    hits: tuple[Hit, ...] = ()
    next: str = ""
    wanted: wording.Wanted = wording.Wanted()  # noqa: RUF009  (frozen)


def find(person: Any, conditions: Conditions, cursor: str = "", size: int = PAGE) -> Found:
    """A page of the cases that fulfil the conditions. Raises CursorBroken."""
    wanted = wording.read(conditions.q)
    if not wanted:
        if conditions.q:
            return Found(wanted=wanted)
        narrow = narrowed(Case.objects.defer("snapshot").filter(conditions.on_cases()), conditions)
        page = queries.page(queries.within_reach(person, narrow.order_by(*BY_CREATION)), cursor, size)
        return Found(tuple(Hit(case) for case in page.rows), page.next, wanted)
    first = _by_number(person, conditions, wanted, cursor)
    entries = matching(person, conditions, wanted)
    if cursor:
        entries = _after(entries, cursor)
    rows = list(entries[: size + 1])
    more = len(rows) > size
    rows = [row for row in rows[:size] if not first or row.case_id != first[0].pk]
    found = Case.objects.defer("snapshot").in_bulk([row.case_id for row in rows])
    hits = [Hit(case) for case in first]
    for row in rows:
        content = Content.from_text(row.content)
        if row.case_id in found and _holds(content, wanted):
            hits.append(Hit(found[row.case_id], snippet([without_links(text) for text in content.fields], wanted)))
    return Found(tuple(hits), f"e{rows[-1].pk}" if more else "", wanted)


def cases(person: Any, conditions: Conditions) -> "QuerySet[Case]":
    """The cases that fulfil the conditions, words apart, within reach."""
    return narrowed(queries.reachable(person).filter(conditions.on_cases()), conditions)


def matching(person: Any, conditions: Conditions, wanted: wording.Wanted) -> "QuerySet[Entry]":
    """The entries that the words are in, newest first, within reach and conditions."""
    wide = reaching.reach(person).everything
    narrowing = conditions.keys()
    if not wide:
        narrowing.append(reach_keys(person))
    entries = _in_index(wanted.terms, narrowing)
    if not wide or conditions.narrows:
        near = Case.objects.filter(conditions.on_cases() & reaching.nearby(person), pk=OuterRef("case_id"))
        entries = entries.filter(Exists(narrowed(near, conditions)))
    return entries


def reach_keys(person: Any) -> list[str]:
    """The keys of which a case within the person's reach has one."""
    found = [tokens.key("u", number) for number in sorted(reaching.units_within(person))]
    found += [tokens.key("i", number) for number in sorted(reaching.units_involved(person))]
    mine = reaching.reach(person)
    found += [tokens.key("d", name) for name in sorted(mine.departments)]
    return found + [tokens.key("p", number) for number in sorted(mine.persons)]


def _by_number(person: Any, conditions: Conditions, wanted: wording.Wanted, cursor: str) -> list[Case]:
    """The case of this very number, looked up where it stands as soon as it is registered."""
    if not wanted.number or cursor:
        return []
    return list(cases(person, conditions).filter(number=wanted.number)[:1])


def not_indexed_yet(person: Any, conditions: Conditions, wanted: wording.Wanted, entries: "QuerySet[Entry]") -> int:
    """How many of the cases that `find` gives are not among the entries: the one looked up by its number, at most."""
    found = _by_number(person, conditions, wanted, "")
    return int(bool(found) and not entries.filter(case_id=found[0].pk).exists())


def _after(entries: "QuerySet[Entry]", cursor: str) -> "QuerySet[Entry]":
    if not cursor.startswith("e") or not is_id(cursor[1:]):
        raise CursorBroken(cursor)
    if index.on_postgresql():
        return entries.filter(id__lt=int(cursor[1:]))
    return entries.extra(where=[f"{index.WORDS}.rowid < %s"], params=[int(cursor[1:])])  # noqa: S610


def _in_index(terms: Sequence[wording.Term], narrowing: Sequence[Sequence[str]]) -> "QuerySet[Entry]":
    if index.on_postgresql():
        asked = _tsquery(terms, narrowing)
        found = Entry.objects.extra(where=["insight_entry.words @@ %s::tsquery"], params=[asked])
        # By a sum PostgreSQL sorts what it finds by the words; left to itself it looks back from the newest for longer
        # than it thinks, since it takes rare words for less rare than they are.
        return found.order_by((F("id") + 0).desc() if index.expected(asked) < FEW else "-id")
    return Entry.objects.extra(  # noqa: S610
        tables=[index.WORDS],
        where=[f"{index.WORDS} MATCH %s", f"insight_entry.id = {index.WORDS}.rowid"],
        params=[_match(terms, narrowing)],
        order_by=[f"-{index.WORDS}.rowid"],
    )


def _match(terms: Sequence[wording.Term], narrowing: Sequence[Sequence[str]]) -> str:
    """The question in the words of FTS5."""
    parts = []
    for term in terms:
        found, begins = term.phrase
        phrase = " + ".join(f'"{token}"' for token in found) + (" *" if begins else "")
        parts.append("(" + " OR ".join([*([phrase] if found else ()), *(f'"{key}"' for key in term.keys)]) + ")")
    parts += ["(" + " OR ".join(f'"{key}"' for key in keys) + ")" for keys in narrowing]
    return " AND ".join(parts)


def _tsquery(terms: Sequence[wording.Term], narrowing: Sequence[Sequence[str]]) -> str:
    """The question in the words of PostgreSQL."""
    parts = []
    for term in terms:
        found, begins = term.phrase
        phrase = "(" + " <-> ".join(found) + (":*" if begins else "") + ")"
        parts.append("(" + " | ".join([*([phrase] if found else ()), *term.keys]) + ")")
    parts += ["(" + " | ".join(keys) + ")" for keys in narrowing]
    return " & ".join(parts)


def _holds(content: Content, wanted: wording.Wanted) -> bool:
    """Whether the letters are really there: a first letter's short hash may be that of another, though seldom."""
    if not any(term.phrase[1] for term in wanted.terms):
        return True
    texts = [tokens.normal(text) for text in (*content.fields, content.unshown)]
    return all(term.keys or any(term.stands_in(text) for text in texts) for term in wanted.terms)
