"""Dry run and run: hundreds of rows to a transaction, bad rows kept for the report, known rows not doubled."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from django.utils.translation import gettext_noop as _

from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import service
from tuoshan.cases.orders import NewCase, Outcome
from tuoshan.cases.writing import repeated
from tuoshan.intake import arrivals
from tuoshan.intake.imports import order_rows, records
from tuoshan.intake.imports.cells import RowRefused
from tuoshan.intake.imports.order_rows import OrderMaker
from tuoshan.intake.imports.reasons import Reason
from tuoshan.intake.imports.records import Maker, Ready
from tuoshan.intake.imports.tables import Row
from tuoshan.intake.imports.tally import Bad, Tally
from tuoshan.intake.models import Imported

TOGETHER = 200
Progress = Callable[[Tally], None]


def dry_run(rows: Iterable[Row], maker: Maker | OrderMaker, progress: Progress | None = None) -> Tally:
    """Judge every row and write nothing. Rows that are in already, or the same as one above, count as known."""
    _forget()
    tally, seen = Tally(), dict[str, tuple[str, int]]()
    for batch in _batches(rows):
        if isinstance(maker, OrderMaker):
            order_rows.take(batch, maker, tally, write=False)
        else:
            _judge(batch, maker, tally, seen)
        if progress:
            progress(tally)
    return tally


def run(
    rows: Iterable[Row], maker: Maker | OrderMaker, *, progress: Progress | None = None, kept_as: int | None = None
) -> Tally:
    """Register the rows, or record their orders. Safe to run again from anywhere. `kept_as` is the id of the import's
    record, by which its cases are found again.
    """
    _forget()
    tally = Tally()
    for batch in _batches(rows):
        if isinstance(maker, OrderMaker):
            order_rows.take(batch, maker, tally, write=True)
        else:
            _register(batch, maker, tally, kept_as)
        if progress:
            progress(tally)
    return tally


def _forget() -> None:
    records.forget()
    order_rows.forget()


def _judge(rows: list[Row], maker: Maker, tally: Tally, seen: dict[str, tuple[str, int]]) -> None:
    ready = _ready(rows, maker, tally, seen)
    known = service.same_as_known([one.new for one in ready])
    for one in ready:
        number, same = known.get(one.new.idempotency_key or "", ("", True))
        if number:
            _known(tally, one.row, maker, number, same=same)
        else:
            _taken(tally, one)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, TOGETHER)):
        yield batch


def _ready(rows: list[Row], maker: Maker, tally: Tally, seen: dict[str, tuple[str, int]]) -> list[Ready]:
    """Those that can be tried; the bad ones, and those that stand in `seen` already, are counted."""
    tally.read += len(rows)
    ready: list[Ready] = []
    for row in rows:
        if not maker.wanted(row):
            continue
        try:
            one = maker.prepare(row)
        except RowRefused as refused:
            tally.bad.append(Bad(row, refused.reason))
            continue
        key, new = one.new.idempotency_key or "", one.new
        if key in seen:
            content, number = seen[key]
            if content == new.content:
                tally.known += 1
            else:
                why = _("编号“%(key)s”在第 %(row)d 行已经有了，内容却不同；请改正编号。")
                tally.bad.append(Bad(row, Reason(why, {"key": maker.cell(row, "key")[:60], "row": number})))
            continue
        seen[key] = new.content, row.number
        ready.append(one)
    return ready


def _register(rows: list[Row], maker: Maker, tally: Tally, kept_as: int | None) -> None:
    ready = _ready(rows, maker, tally, {})
    known = service.same_as_known([one.new for one in ready])
    given = [one.new if (one.new.idempotency_key or "") in known else maker.settled(one) for one in ready]
    for one, outcome in zip(ready, _registered(ready, given, kept_as), strict=True):
        row = one.row
        if outcome.replayed:
            _known(tally, row, maker, outcome.number, same=True)
        elif outcome.refusal is None:
            _taken(tally, one)
        elif outcome.refusal.because == "key_used_otherwise":
            _known(tally, row, maker, outcome.number, same=False)
        else:
            refusal = outcome.refusal
            tally.bad.append(Bad(row, Reason("", refusal.data, refusal.because, maker.playbook.key)))


def _registered(ready: Sequence[Ready], given: Sequence[NewCase], kept_as: int | None) -> list[Outcome]:
    """Register them, and keep with each by which import and how it came: of history only what the case itself does not
    tell.
    """

    def attempt() -> list[Outcome]:
        with write_transaction() as cursor:
            outcomes = service.register_many(given)
            made = [outcome.refusal is None and not outcome.replayed for outcome in outcomes]
            if kept_as is not None:
                Imported.objects.bulk_create(
                    Imported(case_id=outcome.case_id, run_id=kept_as)
                    for outcome, fresh in zip(outcomes, made, strict=True) if fresh
                )
            for one, new, outcome, fresh in zip(ready, given, outcomes, made, strict=True):
                if fresh and (one.came.particulars or not new.history):
                    arrivals.keep(
                        cursor, case_id=outcome.case_id, came=one.came, registered_at=outcome.events[0].at,
                        order_no=str(new.values.get("order_no", "")), text=one.said,
                    )  # fmt: skip
        return outcomes

    return repeated(attempt)


def _taken(tally: Tally, one: Ready) -> None:
    tally.taken += 1
    tally.remarks += [Bad(one.row, why) for why in one.remarks]


def _known(tally: Tally, row: Row, maker: Maker, number: str, *, same: bool) -> None:
    """A row that is in already. By its own number it may say something else now, which is for a person to judge."""
    if same or not maker.cell(row, "key"):
        tally.known += 1
        return
    why = _("这一行以前导入过（%(number)s），但内容已经不同；请直接更正那个工单。")
    tally.bad.append(Bad(row, Reason(why, {"number": number})))
