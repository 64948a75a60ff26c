"""Proving cases: replay gives the stored state, the chain is unbroken, every row follows from the state, and the words
that the chain knows by their keyed hashes are those that were written.

It only reads. Cases are taken in batches in the order of their ids; on PostgreSQL in one snapshot per batch,
so that work going on meanwhile is not taken for a fault.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from tuoshan import clock, identifiers
from tuoshan.cases import library, neighbours, sql, units
from tuoshan.cases.around import CaseAround
from tuoshan.cases.chain import EventRow, canonical, event_hash, event_of
from tuoshan.cases.flushing import wake_key
from tuoshan.cases.models import Case
from tuoshan.cases.rows import Row
from tuoshan.cases.summary import (
    DEADLINE_COLUMNS,
    SUMMARY_COLUMNS,
    TASK_COLUMNS,
    deadline_rows,
    summarise,
    task_rows,
)
from tuoshan.cases.writing import event_row
from tuoshan.core import evolve
from tuoshan.core.case import CaseState, Command
from tuoshan.core.decide import decide
from tuoshan.core.playbook import Playbook
from tuoshan.secrets import decrypt, words_ref

BATCH = 200
_CASE_COLUMNS = (*sql.LOADED_COLUMNS, *SUMMARY_COLUMNS)
_MOMENTS = frozenset({
    "updated_at", "closed_at", "due_at", "queue_at", "started_at", "ended_at", "opened_at", "completed_at",
})  # fmt: skip
_TRUTHS = frozenset({"ended", "overdue", "paused", "provisional"})
_REFERENCE = re.compile(r'\{"words":"([0-9a-f]{64})"\}')
"""How an event's body refers to words kept outside of the chain (`core.facts.encode`)."""


_WHAT = {
    "case": "工单", "chain": "事件链", "snapshot": "状态", "words": "文字", "column": "工单行", "deadline": "时限行",
    "task": "待办行", "wake": "日程", "unreadable": "读不出来", "evidence": "凭证",
}  # fmt: skip

_FILES = {
    "missing": ("文件不见了", "is missing"), "changed": ("内容变了", "has another content"),
    "thumbnail_missing": ("缺少缩略图", "has no thumbnail"), "no_hash": ("没有像样的散列值", "has no proper hash"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a case that is not as it must be. `what` is a fixed name, `detail` says where.

    `zh` is the same in Chinese.
    """

    case_id: int
    number: str
    what: str
    detail: str
    zh: str = ""

    def __str__(self) -> str:
        said = f"{self.number} ({self.case_id}): {_WHAT.get(self.what, self.what)}：{self.zh or self.detail} / "
        return f"{said}{self.what}: {self.detail}"


@dataclass(slots=True)
class Tally:
    """How far the proof has come."""

    cases: int = 0
    events: int = 0
    faults: int = 0


def verify(
    *, case_ids: Sequence[int] | None = None, sample: int = 0, progress: Callable[[Tally], None] | None = None
) -> Iterator[Fault]:
    """The faults of these cases, of a random sample, or of all."""
    tally = Tally()
    for ids in batches(case_ids, sample):
        for fault in verify_batch(ids, tally):
            tally.faults += 1
            yield fault
        if progress is not None:
            progress(tally)
    if case_ids is None and not sample:
        yield from _without_a_case()


def _without_a_case() -> Iterator[Fault]:
    """Histories whose case is gone."""
    with one_moment() as cursor:
        cursor.execute(
            "SELECT DISTINCT case_id FROM cases_event e"
            " WHERE NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = e.case_id) ORDER BY case_id"
        )
        lost = [row[0] for row in cursor.fetchall()]
    yield from (Fault(number, "?", "case", "is missing, its events are there", "工单不在，事件还在") for number in lost)


def verify_files() -> Iterator[Fault]:
    """The faults of stored evidence, where `documents` is installed."""
    for fault in neighbours.verify_evidence():
        zh, en = _FILES.get(fault.problem, (fault.problem, fault.problem))
        place = f"{fault.evidence_id} {fault.stored_hash[:12]}"
        yield Fault(fault.case_id or 0, "", "evidence", f"{place} {en}", f"{place} {zh}")


def sampled(many: int) -> list[int]:
    """So many cases, chosen by chance; all where there are no more."""
    every = list(Case.objects.order_by("id").values_list("id", flat=True))
    return sorted(identifiers.random_source().sample(every, min(many, len(every))))


def batches(case_ids: Sequence[int] | None, sample: int = 0) -> Iterator[list[int]]:
    """These cases, a random sample, or all in the order of their ids, a few hundred at a time."""
    if case_ids is None and sample:
        case_ids = sampled(sample)
    if case_ids is not None:
        for start in range(0, len(case_ids), BATCH):
            yield list(case_ids[start : start + BATCH])
        return
    last = 0
    while ids := list(Case.objects.filter(id__gt=last).order_by("id").values_list("id", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]


def verify_batch(ids: Sequence[int], tally: Tally) -> list[Fault]:
    """The faults of up to a few hundred cases, read with six statements."""
    with one_moment() as cursor:
        cases = _select(cursor, "cases_case", _CASE_COLUMNS, "id", ids, "id")
        events = _select(cursor, "cases_event", sql.EVENT_COLUMNS, "case_id", ids, "case_id, seq")
        deadlines = _select(cursor, "cases_deadline", DEADLINE_COLUMNS, "case_id", ids, "case_id")
        tasks = _select(cursor, "cases_task", TASK_COLUMNS, "case_id", ids, "case_id")
        words = _select(cursor, "cases_words", ("case_id", "ref", "text", "erased_at"), "case_id", ids, "case_id")
        items = _select(cursor, "agenda_item", ("key", "due_at", "kind", "done_at"), "case_id", ids, "id")
    by_case = {number: list(rows) for number, rows in groupby(events, key=itemgetter(0))}
    clocks = {number: list(rows) for number, rows in groupby(deadlines, key=itemgetter(0))}
    works = {number: list(rows) for number, rows in groupby(tasks, key=itemgetter(0))}
    written = {number: list(rows) for number, rows in groupby(words, key=itemgetter(0))}
    due = {key: sql.moment(at) for key, at, kind, done in items if kind == "wake" and done is None}
    found: list[Fault] = []
    for values in cases:
        tally.cases += 1
        own = by_case.pop(values[0], [])
        tally.events += len(own)
        proof = _Proof(values, own, clocks.get(values[0], []), works.get(values[0], []), due.get(wake_key(values[0])))
        found += proof.faults(written.get(values[0], []))
    for number in {*ids} - {values[0] for values in cases}:
        found.append(Fault(number, "?", "case", "is missing", "工单不在"))
    return found


@contextmanager
def one_moment() -> Iterator[Any]:
    """All reads inside see the same moment. SQLite reads without the write lock that `atomic` would take."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            yield cursor
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield cursor
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield cursor
            finally:
                cursor.execute("ROLLBACK")


def _select(
    cursor: Any, table: str, columns: Sequence[str], by: str, values: Sequence[Any], order: str
) -> list[tuple[Any, ...]]:
    statement = f"SELECT {', '.join(columns)} FROM {table} WHERE {by} IN ({sql.marks(len(values))}) ORDER BY {order}"  # noqa: S608
    cursor.execute(statement, list(values))
    return list(cursor.fetchall())


class _Proof:
    """Everything stored of one case, against what its events say."""

    def __init__(
        self, values: tuple[Any, ...], events: list[tuple[Any, ...]], deadlines: list[tuple[Any, ...]],
        tasks: list[tuple[Any, ...]], wake_at: datetime | None,
    ) -> None:  # fmt: skip
        self.stored = dict(zip(_CASE_COLUMNS, values, strict=True))
        self.values = values
        self.events = events
        self.deadlines = deadlines
        self.tasks = tasks
        self.wake_at = wake_at
        self.found: list[Fault] = []
        self.moved: Mapping[str, Any] = {}

    def fault(self, what: str, zh: str, detail: str) -> None:
        self.found.append(Fault(self.stored["id"], self.stored["number"], what, detail, zh))

    def faults(self, words: list[tuple[Any, ...]]) -> list[Fault]:
        """What is wrong with the case and with the words that were written in it."""
        self._words(words)
        try:
            state = self._replayed()
            playbook = library.pinned(self.stored["playbook"], self.stored["playbook_hash"])
            self._columns(playbook, state)
            self._rows("deadline", DEADLINE_COLUMNS, self.deadlines, deadline_rows(self.stored["id"], state))
            self._rows("task", TASK_COLUMNS, self.tasks, task_rows(self.stored["id"], state))
            self._wake(playbook, state)
        except _Broken:
            pass
        except Exception as error:
            self.fault("unreadable", f"{type(error).__name__}: {error}", f"{type(error).__name__}: {error}")
        return self.found

    def _replayed(self) -> CaseState:
        state = CaseState(playbook=self.stored["playbook"])
        previous = ""
        for values in self.events:
            row: EventRow = event_row(values)
            if row.seq != state.seq + 1:
                self.fault("chain", f"事件 {row.seq} 接在 {state.seq} 后面", f"event {row.seq} follows {state.seq}")
                raise _Broken
            if values[10] != previous or event_hash(previous, row) != values[9]:
                self.fault("chain", f"事件 {row.seq} 的散列值不符", f"the hash of event {row.seq} does not fit")
                raise _Broken
            previous = values[9]
            event = event_of(row)
            self.moved = units.move_of(event) or self.moved
            state = evolve.apply(state, event)
        if previous != self.stored["head_hash"]:
            self.fault(
                "chain", f"工单记的链尾不是最后一个事件（{state.seq}）的散列值",
                f"the case's head is not the hash of its last event ({state.seq})",
            )  # fmt: skip
        if canonical(state.to_json()) != self.stored["snapshot"]:
            stored = json.loads(self.stored["snapshot"])
            different = [name for name, value in state.to_json().items() if stored.get(name) != value]
            self.fault(
                "snapshot", f"重放得到的 {'、'.join(different) or '写法'} 不同",
                f"replay gives another {', '.join(different) or 'spelling'}",
            )  # fmt: skip
        return state

    def _words(self, stored: list[tuple[Any, ...]]) -> None:
        """Every reference in the chain has its words, and they are the ones that were referred to, unless erased."""
        told = {ref for values in self.events for ref in _REFERENCE.findall(event_row(values).body)}
        for ref in sorted(told - {row[1] for row in stored}):
            self.fault("words", f"缺少 {ref[:12]}…", f"{ref[:12]}… is missing")
        for _case, ref, text, erased_at in stored:
            if erased_at is not None:
                continue
            try:
                same = words_ref(decrypt(text)) == ref
            except InvalidToken:
                self.fault("words", f"{ref[:12]}… 无法解密", f"{ref[:12]}… cannot be decrypted")
            else:
                if not same:
                    self.fault("words", f"{ref[:12]}… 与当时写的不同", f"{ref[:12]}… is not what was written")

    def _columns(self, playbook: Playbook, state: CaseState) -> None:
        wanted = dict(zip(SUMMARY_COLUMNS, summarise(playbook, state).values(), strict=True))
        for name, value in wanted.items():
            if plain(name, self.stored[name]) != plain(name, value):
                self.fault(
                    "column", f"{name} 记着 {self.stored[name]!r}，应为 {value!r}",
                    f"{name} is {self.stored[name]!r}, not {value!r}",
                )  # fmt: skip
        if self.moved and self.moved["after"] != self.stored["unit_id"]:
            self.fault(
                "column", f"unit_id 记着 {self.stored['unit_id']!r}，应为 {self.moved['after']!r}",
                f"unit_id is {self.stored['unit_id']!r}, not {self.moved['after']!r}",
            )  # fmt: skip

    def _rows(
        self, what: str, columns: Sequence[str], stored: list[tuple[Any, ...]], wanted: dict[str, tuple[Any, ...]]
    ) -> None:
        known = {row[1]: row for row in stored}
        for key in sorted({*known, *wanted}):
            if key not in wanted or key not in known:
                self.fault(
                    what, f"{'缺少' if key in wanted else '不该有'} {key}",
                    f"{key} {'is missing' if key in wanted else 'should not be there'}",
                )  # fmt: skip
                continue
            for name, have, want in zip(columns, known[key], wanted[key], strict=True):
                if plain(name, have) != plain(name, want):
                    self.fault(
                        what, f"{key}：{name} 记着 {have!r}，应为 {want!r}", f"{key}: {name} is {have!r}, not {want!r}"
                    )

    def _wake(self, playbook: Playbook, state: CaseState) -> None:
        """The agenda's wake is the case's next alarm. Alarms that are due already may go off at any moment."""
        if self.stored["is_history"] and state.seq == 1:
            return
        last = state.last_at or clock.now()
        around = CaseAround(playbook, Row.loaded(self.values[: len(sql.LOADED_COLUMNS)]), last)
        expected = decide(playbook, state, Command("wake"), last, around)
        if not expected.events and expected.wake_at != self.wake_at:
            self.fault(
                "wake", f"日程记着 {self.wake_at}，下一次应在 {expected.wake_at}",
                f"the agenda has {self.wake_at}, the next alarm is at {expected.wake_at}",
            )  # fmt: skip


class _Broken(Exception):
    """The chain is broken: what follows from it cannot be judged."""


def plain(name: str, value: Any) -> Any:
    """A column's value in one form for both databases."""
    if value is None:
        return None
    if name in _MOMENTS:
        return sql.moment(value)
    if name in _TRUTHS:
        return bool(value)
    if name == "amount":
        return Decimal(str(value)).quantize(Decimal("0.01"))
    return value


def faults_of(case_ids: Iterable[int]) -> list[Fault]:
    """All faults of these cases: for tests and the case page."""
    return list(verify(case_ids=list(case_ids)))
