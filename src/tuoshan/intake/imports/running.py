"""Dry run and run: hundreds of rows to a transaction, bad rows kept for the report, known rows not doubled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from tuoshan.cases import service
from tuoshan.cases.orders import NewCase
from tuoshan.cases.refusals import sentence
from tuoshan.intake.imports import records, tables
from tuoshan.intake.imports.records import Maker, RowRefused
from tuoshan.intake.imports.tables import Row

TOGETHER = 200
Progress = Callable[["Tally"], None]


@dataclass(slots=True)
class Bad:
    """A row that was not taken: where it stands, what it holds, what is wrong."""

    row: Row
    why: str


@dataclass(slots=True)
class Tally:
    """How far an import has come."""

    read: int = 0
    taken: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)


def dry_run(path: Path, maker: Maker, progress: Progress | None = None) -> Tally:
    """Judge every row and write nothing. Rows with the same key after the first count as known."""
    records.forget()
    tally, seen = Tally(), set[str]()
    for row in tables.rows(path):
        tally.read += 1
        if not maker.wanted(row):
            continue
        try:
            maker.check(row)
        except RowRefused as refused:
            tally.bad.append(Bad(row, str(refused)))
        else:
            key = maker.key(row)
            tally.known += key in seen
            tally.taken += key not in seen
            seen.add(key)
        if progress and tally.read % 500 == 0:
            progress(tally)
    return tally


def run(path: Path, maker: Maker, *, skip: int = 0, most: int | None = None, progress: Progress | None = None) -> Tally:
    """Register the rows after the first `skip`, at most `most` of them. Safe to run again from anywhere."""
    records.forget()
    tally = Tally()
    for batch in _batches(path, skip, most):
        _register(batch, maker, tally)
        if progress:
            progress(tally)
    return tally


def _batches(path: Path, skip: int, most: int | None) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for number, row in enumerate(tables.rows(path)):
        if number < skip:
            continue
        if most is not None and number >= skip + most:
            break
        batch.append(row)
        if len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _register(rows: list[Row], maker: Maker, tally: Tally) -> None:
    tally.read += len(rows)
    ready: list[tuple[Row, NewCase]] = []
    keys: set[str] = set()
    for row in rows:
        if not maker.wanted(row):
            continue
        try:
            new = maker.make(row)
        except RowRefused as refused:
            tally.bad.append(Bad(row, str(refused)))
            continue
        if new.idempotency_key in keys:
            tally.known += 1
            continue
        keys.add(new.idempotency_key or "")
        ready.append((row, new))
    for (row, _new), outcome in zip(ready, service.register_many([new for _row, new in ready]), strict=True):
        if outcome.replayed:
            tally.known += 1
        elif outcome.refusal is None:
            tally.taken += 1
        elif outcome.refusal.because == "key_used_otherwise":
            number = outcome.number
            tally.bad.append(
                Bad(row, _("这一行以前导入过（%(number)s），但内容已经不同；请直接更正那个工单。") % {"number": number})
            )
        else:
            tally.bad.append(Bad(row, sentence(outcome.refusal, maker.playbook)))
