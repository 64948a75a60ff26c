"""Keeping index and figures with the cases: by their events, by a sweep for what came without any, or all anew."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases.models import Case
from tuoshan.insight import figures, index
from tuoshan.insight.content import Content, contents
from tuoshan.insight.models import CaseFigures, Entry, Progress
from tuoshan.secrets import Unreadable

AT_ONCE = 100
SWEEP = "cases"
AGAIN = "again"
"""While a row of this name stands, what was indexed before is brought to what is indexed now, a part at a time."""
EFFECT = "insight"
"""The effect by which a case's events are followed."""
ANSWERS = "answers"
"""Of the sweep for survey answers that came after their task had lapsed."""
ANSWERS_FIRST = timedelta(days=1)
"""So far back the first such sweep begins."""
LATE_COMMITS = timedelta(minutes=10)
"""A case's id is older than its commit by less than this."""


def index_cases(ids: Iterable[int], *, without_customer: int | None = None, anew: bool = False) -> int:
    """Bring index and figures of these cases up to date, in one transaction; how many were behind."""
    wanted = sorted(set(ids))
    with write_transaction() as cursor:
        entries = {entry.case_id: entry for entry in Entry.objects.filter(case_id__in=wanted)}
        cases = [
            case
            for case in Case.objects.filter(id__in=wanted).order_by("id")
            if anew or case.pk not in entries or entries[case.pk].seq != case.seq
        ]
        if not cases:
            return 0
        found = contents(cases, without_customer=without_customer)
        made = Entry.objects.bulk_create(
            [Entry(case_id=case.pk, seq=0, content="") for case in cases if case.pk not in entries]
        )
        fresh = {entry.case_id for entry in made}
        entries |= {entry.case_id: entry for entry in Entry.objects.filter(case_id__in=fresh)}
        _write(cursor, cases, entries, found, fresh)
        figures.store(cases)
    return len(cases)


def _write(
    cursor: Any, cases: Sequence[Case], entries: dict[int, Entry], found: dict[int, Content], fresh: set[int]
) -> None:
    rows, changed = [], []
    for case in cases:
        entry, new = entries[case.pk], found[case.pk]
        if isinstance(entry.content, Unreadable):  # what it has in the index is not known: only all anew mends it
            continue
        old = None if case.pk in fresh else Content.from_text(entry.content)
        text = new.to_text()
        if old is None or entry.content != text:
            rows.append((entry.pk, old.tokens() if old is not None else None, new.tokens()))
        entry.content, entry.seq = text, case.seq
        changed.append(entry)
    Entry.objects.bulk_update(changed, ["content", "seq"], batch_size=AT_ONCE)
    index.write(cursor, rows)


def reindex(progress: Callable[[int, int], None] | None = None) -> int:
    """Make index and figures anew from the cases; how many there were. `progress(done, all)` is told on the way.

    Cases that change meanwhile are brought up to date by their events as always.
    """
    total = Case.objects.count()
    with write_transaction() as cursor:
        index.clear(cursor)
        CaseFigures.objects.all().delete()
        Progress.objects.filter(name__in=(SWEEP, AGAIN)).delete()
    done = last = 0
    while True:
        ids = list(Case.objects.filter(id__gt=last).order_by("id").values_list("id", flat=True)[:AT_ONCE])
        if not ids:
            break
        index_cases(ids, anew=True)
        last, done = ids[-1], done + len(ids)
        if progress is not None:
            progress(done, max(total, done))
    with write_transaction() as cursor:
        index.settle(cursor)
        _remember(SWEEP, last)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE insight_entry, insight_figures")
    return done


def catch_up(now: datetime, *, most: int = AT_ONCE) -> bool:
    """Take in cases that came without an event of the agenda (imported history), and those that were taken in when less
    was indexed; True while there are more.
    """
    swept = dict(Progress.objects.filter(name__in=(SWEEP, AGAIN)).values_list("name", "case_id"))
    again = AGAIN in swept and _again(swept[AGAIN], most)
    after = swept.get(SWEEP, 0)
    taken_in = Entry.objects.filter(case_id=OuterRef("pk"))
    unknown = Case.objects.filter(~Exists(taken_in), id__gt=after).order_by("id")
    ids = list(unknown.values_list("id", flat=True)[:most])
    if ids:
        index_cases(ids)
    more = len(ids) == most
    _remember(SWEEP, max(after, min(ids[-1], _first_id(now)) if more else _first_id(now)))
    return more or again


def _again(after: int, most: int) -> bool:
    ids = list(Case.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:most])
    index_cases(ids, anew=True)
    if len(ids) == most:
        _remember(AGAIN, ids[-1])
        return True
    Progress.objects.filter(name=AGAIN).delete()
    return False


def _first_id(now: datetime) -> int:
    """No case with a lower id than this is still on its way into the database."""
    tick = (now - LATE_COMMITS - identifiers.moment_of(0)) // timedelta(microseconds=1)
    return max(tick << 13, 0)


def _remember(name: str, case_id: int) -> None:
    Progress.objects.update_or_create(name=name, defaults={"case_id": case_id, "at": clock.now()})
