"""Rulings: looks at a table, one book, all books of a case, many over the API, a changed book against the past."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bench.web import Client, Running, running
from django.db import connection

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import writing
from tuoshan.cases.chain import canonical
from tuoshan.core.policy.as_data import plain
from tuoshan.core.policy.comparing import effect, replaced
from tuoshan.core.policy.engine.choosing import chooser
from tuoshan.core.policy.engine.compiled import ABSENT, UNKNOWN
from tuoshan.core.policy.engine.rows import compiled
from tuoshan.core.policy.engine.tracing import trace
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.reading.cells import Cell
from tuoshan.core.policy.ruling import read, rule, rule_all
from tuoshan.core.policy.statements import Ruling
from tuoshan.parties import tokens
from tuoshan.parties.models import Person
from tuoshan.rulings import files, library, past_cases
from tuoshan.rulings.models import KeptRuling

BOOK, TABLE = "mall_shoes", "replace"
AT_ONCE = 10_000
ROUNDS = 5
Case = tuple[Mapping[str, object], date]


def cases() -> list[Case]:
    """The examples of the house books: real matters, with all that decides them. Those of the book that is changed
    come first, so that few are enough to be concerned."""
    known = facts_of(files.packaged())
    found = []
    for pack in sorted(files.packaged(), key=lambda pack: pack.name != BOOK):
        for example in pack.examples if pack.layer == "house" else ():
            facts, problems = read_given(known, example.facts, example.on)
            if not problems:
                found.append((facts, example.on))
    return found


def in_memory(seconds: float) -> dict[str, Any]:
    """How many a second on one core, with what each still asks; each measured several times, the best counts: other
    work only ever slows it."""
    packs, asked = files.packaged(), cases()
    book = next(pack for pack in packs if pack.name == BOOK)
    of_book = [(facts, on) for facts, on in asked if read(book, facts, on).applies]
    return {
        "looks": _looks(book, of_book, seconds),
        "one_book": _rate(lambda one: rule(book, *one).questions, of_book, seconds),
        "one_book_traced": _rate(lambda one: trace(rule(book, *one)), of_book, seconds),
        "all_books": _rate(lambda one: rule_all(packs, *one).questions, asked, seconds),
        "all_books_new_shape": _rate(lambda one: _unprepared(packs, *one).questions, asked, seconds),
        "all_books_traced": _rate(lambda one: trace(rule_all(packs, *one)), asked, seconds),
        "books": len(packs), "cases": len(asked),
    }  # fmt: skip


def _unprepared(packs: Sequence[Pack], facts: Mapping[str, object], on: date) -> Ruling:
    """A ruling as for the first matter of its shape: nothing is kept of what its choices settle."""
    chooser.cache_clear()
    for pack in packs:
        compiled(pack).ready.focuses.clear()
    return rule_all(packs, facts, on)


def _looks(book: Pack, asked: Sequence[Case], seconds: float) -> dict[str, float]:
    """One table with everything known, beside its rows gone through one after the other."""
    ready = compiled(book).tables[TABLE]
    desks = [read(book, facts, on, choosing=False).desk for facts, on in asked]
    names = [column.name for column in ready.table.columns]
    known = [{name: desk.value(name) for name in names} for desk in desks if desk is not None]

    def row_by_row(values: Mapping[str, Any]) -> object:
        given = [values[name] for name in names]
        return next((row for row in ready.table.rows if all(map(_holds, row.cells, given))), None)

    looked = _rate(lambda values: ready.look(values, values.__getitem__), known, seconds)
    plainly = _rate(row_by_row, known, seconds)
    return {"per_second": looked, "row_by_row": plainly, "rows": len(ready.table.rows), "columns": len(names)}


def _holds(cell: Cell | None, value: Any) -> bool:
    return cell is None or (not (value is ABSENT or value is UNKNOWN) and cell.holds(value))


def _rate(work: Callable[[Any], object], given: Sequence[Any], seconds: float) -> float:
    """How many a second: the best time of each, so that what else runs on the machine counts little."""
    best = [float("inf")] * len(given)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for place, one in enumerate(given):
            start = time.perf_counter()
            work(one)
            best[place] = min(best[place], time.perf_counter() - start)
    return len(given) / sum(best)


def over_http(server: Running, many: int) -> dict[str, float]:
    """`POST /api/v1/rulings` one by one, and a batch of `many`."""
    person = Person.objects.get(username="desk000")
    with writing():
        _, secret = tokens.make(
            person=person, name="bench rulings", scopes=["read", "write"], expires_at=None, now=clock.now()
        )
    client = Client(server.port, {"Authorization": f"Bearer {secret}"})
    asked = [({name: plain(value) for name, value in facts.items()}, on) for facts, on in cases()]
    bodies = [{"facts": facts, "today": on.isoformat()} for facts, on in asked]
    client.send("/api/v1/rulings", bodies[0])
    single = [client.send("/api/v1/rulings", body)[0] for body in bodies * ROUNDS]
    items = {str(number): asked[number % len(asked)][0] for number in range(many)}
    before = server.cpu_seconds()
    took, content = client.send("/api/v1/rulings/batch", {"items": items, "today": "2026-06-30"})
    return {
        "one_per_second": len(single) / sum(single), "many": many, "seconds": took, "per_second": many / took,
        "cpu_ms": (server.cpu_seconds() - before) / many * 1000, "answer_mb": len(content) / 1e6,
    }  # fmt: skip


def over_the_past(many: int) -> dict[str, float]:
    """A changed house book held against so many kept rulings, read from the database."""
    _keep(many)
    before = library.packs()
    book = next(pack for pack in before if pack.name == BOOK)
    after = replaced(before, _changed(book))
    start = time.perf_counter()
    found = effect(past_cases.past_of("all", clock.now()), before, after)
    seconds = time.perf_counter() - start
    if found.looked_at < many or not found.concerned:
        raise RuntimeError(f"{many} rulings kept, {found.looked_at} looked at, {found.unreadable} unreadable")
    if not found.many:
        raise RuntimeError(f"the changed {BOOK} changes none of {found.concerned} rulings: it measures nothing")
    return {
        "many": many, "seconds": seconds, "per_second": many / seconds, "concerned": found.concerned,
        "changed": found.many,
    }  # fmt: skip


def _changed(book: Pack) -> Pack:
    """The same book with one bound moved: glue that opened up to seven centimetres, no longer five, is repaired."""
    text, tables = library.text_of(book)
    moved = text.replace('opening_cm: "<= 5"', 'opening_cm: "<= 7"').replace('opening_cm: "> 5"', 'opening_cm: "> 7"')
    pack = library.read_version(book.name, moved, tables).pack
    if pack is None or pack.hash == book.hash:
        raise RuntimeError(f"{book.name} has no such bound any more")
    return pack


def _keep(many: int) -> None:
    """Rulings as the product keeps them, each of a case of its own, without their results, which are not read."""
    texts = [(canonical({name: plain(value) for name, value in facts.items()}), on) for facts, on in cases()]
    with writing():
        for start in range(0, many, AT_ONCE):
            rows = []
            for number in range(start, min(start + AT_ONCE, many)):
                facts, on = texts[number % len(texts)]
                rows.append(KeptRuling(
                    id=identifiers.next_id(), case_id=identifiers.next_id(), facts=facts, packs="[]",
                    result=json.dumps({"today": on.isoformat()}), asked_on=on,
                    digest=hashlib.sha256(facts.encode()).hexdigest(), verdict_zh="", verdict_en="", kept_by_id=1,
                    kept_at=clock.now(),
                ))  # fmt: skip
            KeptRuling.objects.bulk_create(rows, batch_size=500)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE rulings_kept")


def measure(stored: int, batch: int, seconds: float) -> dict[str, Any]:
    """All of it."""
    found: dict[str, Any] = {"in_memory": in_memory(seconds)}
    with running() as server:
        found["http"] = over_http(server, batch)
    found["past"] = over_the_past(stored)
    return found
