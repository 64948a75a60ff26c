"""New cases: one at a time, or hundreds in one transaction for imports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from tuoshan import clock, identifiers
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library, sql
from tuoshan.cases.flushing import Change, flush
from tuoshan.cases.models.titles import ERASED
from tuoshan.cases.orders import NewCase, Order, Outcome
from tuoshan.cases.personal import form_fields, without_words
from tuoshan.cases.rows import Row
from tuoshan.cases.writing import judge, outcome_of, remember, repeated
from tuoshan.core.case import CaseState, Refusal
from tuoshan.core.numbering import format_number
from tuoshan.core.playbook import Playbook

MOST_AT_ONCE = 200


@dataclass(slots=True)
class _Prepared:
    """One case to come, with everything but its number."""

    new: NewCase
    order: Order
    playbook: Playbook
    values: dict[str, Any]
    words: dict[str, str]
    fingerprint: str
    moment: datetime
    outcome: Outcome | None = None
    change: Change | None = None
    row: Row | None = field(default=None)


def register(new: NewCase) -> Outcome:
    """Register one case. Raises library.PlaybookUnknown; a refusal gives an outcome without a case (id 0)."""
    return register_many([new])[0]


def resting_state(playbook: Playbook) -> str:
    """Where a case of the past rests: the first ordinary end. Raises ValueError for a playbook without one."""
    for state in playbook.states.values():
        if state.end == "ordinary":
            return state.name
    raise ValueError(f"{playbook.key} has no ordinary end")


def register_many(cases: Sequence[NewCase]) -> list[Outcome]:
    """Register cases, up to 200 in one transaction; an outcome for each, in their order.

    A refused row does not keep the others back. A row whose idempotency key is known gives its first reply.
    """
    outcomes: list[Outcome] = []
    for start in range(0, len(cases), MOST_AT_ONCE):
        batch = cases[start : start + MOST_AT_ONCE]
        for key in {new.playbook for new in batch}:
            library.ensure_stored(library.current(key))
        outcomes += repeated(lambda batch=batch: _register(batch))  # type: ignore[misc]
    return outcomes


def same_as_known(cases: Sequence[NewCase]) -> dict[str, tuple[str, bool]]:
    """Which of these are registered already: idempotency key → (number of the case, whether it tells the same)."""
    found: dict[str, tuple[str, bool]] = {}
    for start in range(0, len(cases), MOST_AT_ONCE):
        prepared = [_prepare(new) for new in cases[start : start + MOST_AT_ONCE]]
        with connection.cursor() as cursor:
            _replay(cursor, prepared)
        for one in prepared:
            if one.outcome is not None and one.outcome.number:
                found[one.new.idempotency_key or ""] = one.outcome.number, one.outcome.refusal is None
    return found


def _register(cases: Sequence[NewCase]) -> list[Outcome]:
    prepared = [_prepare(new) for new in cases]
    with write_transaction() as cursor:
        _replay(cursor, prepared)
        fresh = [one for one in prepared if one.outcome is None]
        for one in fresh:
            one.row = _row(one)
            one.change = judge(cursor, one.row, one.playbook, one.order, one.values, one.words, one.moment)
            one.change.before = None
            if one.change.decision.refusal is not None:
                one.outcome = Outcome(0, "", 0, refusal=one.change.decision.refusal)
        taken = [one for one in fresh if one.outcome is None]
        if not taken:
            transaction.set_rollback(True)  # files bound to a refused case go back to their draft
        changes = [one.change for one in taken if one.change is not None]
        flush(cursor, changes, lambda: _give_numbers(cursor, taken))
        replies = []
        for one in taken:
            assert one.change is not None
            one.outcome = outcome_of(one.change)
            if one.order.command_key:
                replies.append((one.order, one.fingerprint, one.outcome, one.moment))
        remember(cursor, replies)
    return [one.outcome for one in prepared if one.outcome is not None]


def _prepare(new: NewCase) -> _Prepared:
    playbook = library.current(new.playbook)
    order = new.order()
    words: dict[str, str] = {}
    values = without_words(form_fields(playbook, "start", "start"), new.values, words)
    now = clock.now()
    moment = min(new.received_at, now) if new.history and new.received_at else now
    return _Prepared(new, order, playbook, values, words, order.fingerprint(new.playbook, values), moment)


def _row(one: _Prepared) -> Row:
    new = one.new
    registrant = new.acting.id if new.acting.kind == "person" else None
    return Row(
        id=identifiers.next_id(), number="", playbook=new.playbook, playbook_hash=one.playbook.hash,
        title=new.title[:200].replace(ERASED, ""), channel=new.channel[:30],
        customer_id=new.customer_id, unit_id=new.unit_id, registrant_id=registrant, is_history=bool(new.history),
        created_at=one.moment, head_hash="", snapshot="", seq=0, state=CaseState(playbook=new.playbook),
    )  # fmt: skip


def _replay(cursor: Any, prepared: Sequence[_Prepared]) -> None:
    """Fill in the outcomes of those whose key is known, or stands twice among them."""
    keys = [one.order.command_key for one in prepared if one.order.command_key]
    if not keys:
        return
    cursor.execute(sql.SELECT_COMMANDS.format(keys=sql.marks(len(keys))), keys)
    known = {key: (fingerprint, reply) for key, _, fingerprint, reply in cursor.fetchall()}
    seen: set[str] = set()
    for one in prepared:
        key = one.order.command_key
        if key in known:
            fingerprint, reply = known[key]
            outcome = Outcome.from_text(reply)
            if fingerprint != one.fingerprint:
                refusal = Refusal("key_used_otherwise", {"key": one.order.idempotency_key, "number": outcome.number})
                outcome = Outcome(outcome.case_id, outcome.number, outcome.seq, refusal=refusal)
            one.outcome = outcome
        elif key and key in seen:
            one.outcome = Outcome(0, "", 0, refusal=Refusal("key_used_otherwise", {"key": one.order.idempotency_key}))
        seen.add(key)


def _give_numbers(cursor: Any, taken: Sequence[_Prepared]) -> None:
    """Unique, not gapless: a month's counter moves on by as many as there are."""
    zone = ZoneInfo(settings.TIME_ZONE)
    months: dict[tuple[int, int], list[_Prepared]] = {}
    for one in taken:
        local = one.moment.astimezone(zone)
        months.setdefault((local.year, local.month), []).append(one)
    for (year, month), members in sorted(months.items()):
        last = sql.next_serials(cursor, f"case:{year:04d}-{month:02d}", len(members))
        for serial, one in enumerate(members, last - len(members) + 1):
            assert one.row is not None
            one.row.number = format_number(year, month, serial)
