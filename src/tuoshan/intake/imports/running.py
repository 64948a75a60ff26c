"""Dry run and run: hundreds of rows to a transaction, bad rows kept for the report, known rows not doubled."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext_noop as _

from tuoshan.cases import service
from tuoshan.cases.orders import NewCase
from tuoshan.intake.imports import records
from tuoshan.intake.imports.reasons import Reason
from tuoshan.intake.imports.records import Maker, RowRefused
from tuoshan.intake.imports.tables import Row

TOGETHER = 200
Progress = Callable[["Tally"], None]


@dataclass(slots=True)
class Bad:
    """A row that was not taken: where it stands, what it holds, what is wrong."""

    row: Row
    why: Reason


@dataclass(slots=True)
class Tally:
    """How far an import has come."""

    read: int = 0
    taken: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)


def dry_run(rows: Iterable[Row], maker: Maker, progress: Progress | None = None) -> Tally:
    """Judge every row and write nothing. Rows that are in already, or the same as one above, count as known."""
    records.forget()
    tally, seen = Tally(), dict[str, tuple[str, int]]()
    for batch in _batches(rows):
        ready = _ready(batch, maker, tally, seen)
        known = service.same_as_known([new for _row, new in ready])
        for row, new in ready:
            number, same = known.get(new.idempotency_key or "", ("", True))
            if number:
                _known(tally, row, maker, number, same=same)
            else:
                tally.taken += 1
        if progress:
            progress(tally)
    return tally


def run(rows: Iterable[Row], maker: Maker, *, progress: Progress | None = None) -> Tally:
    """Register the rows. Safe to run again from anywhere."""
    records.forget()
    tally = Tally()
    for batch in _batches(rows):
        _register(batch, maker, tally)
        if progress:
            progress(tally)
    return tally


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, TOGETHER)):
        yield batch


def _ready(rows: list[Row], maker: Maker, tally: Tally, seen: dict[str, tuple[str, int]]) -> list[tuple[Row, NewCase]]:
    """Those that can be tried; the bad ones, and those that stand in `seen` already, are counted."""
    tally.read += len(rows)
    ready: list[tuple[Row, NewCase]] = []
    for row in rows:
        if not maker.wanted(row):
            continue
        try:
            new = maker.make(row)
        except RowRefused as refused:
            tally.bad.append(Bad(row, refused.reason))
            continue
        key = new.idempotency_key or ""
        if key in seen:
            content, number = seen[key]
            if content == new.content:
                tally.known += 1
            else:
                why = _("编号“%(key)s”在第 %(row)d 行已经有了，内容却不同；请改正编号。")
                tally.bad.append(Bad(row, Reason(why, {"key": maker.cell(row, "key")[:60], "row": number})))
            continue
        seen[key] = new.content, row.number
        ready.append((row, new))
    return ready


def _register(rows: list[Row], maker: Maker, tally: Tally) -> None:
    ready = _ready(rows, maker, tally, {})
    known = service.same_as_known([new for _row, new in ready])
    given = [
        new if (new.idempotency_key or "") in known else maker.with_customer(new, row) for row, new in ready
    ]  # fmt: skip
    for (row, _new), outcome in zip(ready, service.register_many(given), strict=True):
        if outcome.replayed:
            _known(tally, row, maker, outcome.number, same=True)
        elif outcome.refusal is None:
            tally.taken += 1
        elif outcome.refusal.because == "key_used_otherwise":
            _known(tally, row, maker, outcome.number, same=False)
        else:
            refusal = outcome.refusal
            tally.bad.append(Bad(row, Reason("", refusal.data, refusal.because, maker.playbook.key)))


def _known(tally: Tally, row: Row, maker: Maker, number: str, *, same: bool) -> None:
    """A row that is in already. By its own number it may say something else now, which is for a person to judge."""
    if same or not maker.cell(row, "key"):
        tally.known += 1
        return
    why = _("这一行以前导入过（%(number)s），但内容已经不同；请直接更正那个工单。")
    tally.bad.append(Bad(row, Reason(why, {"number": number})))
