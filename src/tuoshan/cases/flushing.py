"""Decisions into the database: the one place where a case's rows are written.

One call writes one case or many, always with the same few statements, in the transaction of the caller.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tuoshan import identifiers
from tuoshan.agenda import sql as agenda_sql
from tuoshan.cases import hooks, sql, units
from tuoshan.cases.chain import canonical, event_hash, row_of
from tuoshan.cases.orders import MessageDraft, Order
from tuoshan.cases.rows import Row
from tuoshan.cases.summary import deadline_rows, summarise, task_rows
from tuoshan.core.case import CaseState, Decision, Effect
from tuoshan.core.playbook import Playbook
from tuoshan.secrets import encrypt

NOT_CANCELLED = frozenset({"adopt", "disown"})
"""Effects that carry a case's bookkeeping to another case; a withdrawal does not take them back."""


@dataclass(slots=True)
class Change:
    """One decided case on its way to the database. `before` is None for a new one."""

    row: Row
    playbook: Playbook
    before: CaseState | None
    decision: Decision
    now: datetime
    order: Order
    words: dict[str, str] = field(default_factory=dict)

    @property
    def keeps_words(self) -> bool:
        return self.decision.refusal is None and bool(self.words)


def wake_key(case_id: int) -> str:
    """The agenda key of a case's one wake."""
    return f"wake:{case_id}"


def flush(cursor: Any, changes: Sequence[Change], give_numbers: Callable[[], None] | None = None) -> None:
    """Write what has changed. Rows' `head_hash`, `snapshot` and `seq` are brought up to date on the way.

    The case comes late, and the number of a new one just before: until the commit, nobody else can take one. Its
    tasks follow it, as the tally's triggers want.
    """
    events = [row for change in changes for row in _event_rows(change)]
    sql.insert(cursor, sql.INSERT_WORDS, [row for change in changes for row in _words_rows(change)])
    sql.insert(cursor, sql.INSERT_EVENTS, events)
    sql.insert(cursor, sql.UPSERT_DEADLINES, [row for change in changes for row in _changed(change, deadline_rows)])
    messages = [(change, draft, identifiers.next_id()) for change in changes for draft in _drafts(change)]
    sql.insert(cursor, sql.INSERT_MESSAGES, [_message_row(*message) for message in messages])
    for change in changes:
        _cancel(cursor, change)
    agenda = [row for change in changes for row in _agenda_rows(change)]
    agenda += [_delivery_row(change, number) for change, draft, number in messages if draft.deliver]
    agenda_sql.upsert(cursor, agenda)
    asleep = [change for change in changes if _falls_asleep(change)]
    if asleep:
        agenda_sql.finish_wakes(cursor, [wake_key(change.row.id) for change in asleep], asleep[0].now)
    if give_numbers is not None:
        give_numbers()
    _write_cases(cursor, [change for change in changes if change.decision.events])
    sql.insert(cursor, sql.UPSERT_TASKS, [row for change in changes for row in _changed(change, task_rows)])


# -- the case and its events ----------------------------------------------------------------------------------


def _event_rows(change: Change) -> Iterable[tuple[Any, ...]]:
    row = change.row
    for event in change.decision.events:
        columns = row_of(row.id, event)
        digest = event_hash(row.head_hash, columns)
        yield (
            columns.case_id, columns.seq, columns.at, columns.kind, columns.name, columns.actor_kind,
            columns.actor_id, columns.on_behalf_of_id, columns.body, digest, row.head_hash,
        )  # fmt: skip
        row.head_hash, row.seq = digest, event.seq
    if change.decision.events:
        row.state = change.decision.case
        row.snapshot = canonical(row.state.to_json())


def _words_rows(change: Change) -> Iterable[tuple[Any, ...]]:
    if change.keeps_words:
        for ref, text in change.words.items():
            yield (change.row.id, ref, encrypt(text))


def _write_cases(cursor: Any, changes: Sequence[Change]) -> None:
    new, known = [], []
    for change in changes:
        row, summary = change.row, summarise(change.playbook, change.decision.case).values()
        if change.before is None:
            new.append((
                row.id, row.number, row.playbook, row.playbook_hash, row.playbook, row.title, row.channel,
                row.customer_id, row.unit_id, row.registrant_id, row.is_history, row.created_at, row.head_hash,
                row.snapshot, *summary,
            ))  # fmt: skip
        else:
            known.append(sql.adapted((row.head_hash, row.snapshot, *summary, row.id)))
    sql.insert(cursor, sql.INSERT_CASES, new)
    if len(known) == 1:
        cursor.execute(sql.UPDATE_CASE, known[0])
    elif known:
        cursor.executemany(sql.UPDATE_CASE, known)
    for change in changes:
        if any(units.move_of(event) for event in change.decision.events):
            cursor.execute(sql.MOVE_CASE, [change.row.unit_id, change.row.id])


def _changed(change: Change, rows_of: Any) -> Iterable[tuple[Any, ...]]:
    """The rows that are new or differ from before."""
    if not change.decision.events or change.decision.case is change.before:
        return
    before = rows_of(change.row.id, change.before) if change.before else {}
    for key, row in rows_of(change.row.id, change.decision.case).items():
        if before.get(key) != row:
            yield row


# -- messages ---------------------------------------------------------------------------------------------------


def _drafts(change: Change) -> list[MessageDraft]:
    draft = change.order.message
    return [draft] if draft is not None and change.decision.refusal is None else []


def _message_row(change: Change, draft: MessageDraft, number: int) -> tuple[Any, ...]:
    seq = next((e.seq for e in reversed(change.decision.events) if e.name == change.order.name), None)
    return (
        number, change.row.id, change.now, draft.direction, draft.channel, draft.author_id, encrypt(draft.subject),
        encrypt(draft.text), draft.visible_to_customer, seq, "pending" if draft.deliver else "none",
    )  # fmt: skip


# -- the agenda ---------------------------------------------------------------------------------------------------


def _agenda_row(
    change: Change, kind: str, name: str, key: str, due: datetime, payload: dict[str, Any]
) -> tuple[Any, ...]:
    ready = due
    if kind == "wake" and due < change.now and not change.decision.events:
        ready = change.now + timedelta(seconds=1)  # nothing went off: do not spin
    text = canonical(payload) if payload else "{}"
    return (identifiers.next_id(), change.row.id, kind, name, key, due, ready, text, change.now)


def _agenda_rows(change: Change) -> Iterable[tuple[Any, ...]]:
    if change.row.is_history and change.before is None:
        return
    case_id = change.row.id
    if change.decision.wake_at is not None:
        yield _agenda_row(change, "wake", "case", wake_key(case_id), change.decision.wake_at, {})
    for effect in change.decision.effects:
        if effect.verb != "cancel":
            payload = {**effect.data, "seq": effect.seq}
            yield _agenda_row(change, "effect", effect.verb, effect_key(case_id, effect), change.now, payload)
    for event in change.decision.events:
        for name in hooks.effects_of(event, change.order, change.playbook):
            key = f"{case_id}:{event.seq}.follow.{name}"
            yield _agenda_row(change, "effect", name, key, change.now, {"seq": event.seq})


def effect_key(case_id: int, effect: Effect) -> str:
    """The agenda key of an effect, which is its idempotency key towards the outside as well."""
    return f"{case_id}:{effect.key}"


def _delivery_row(change: Change, message_id: int) -> tuple[Any, ...]:
    key = f"{change.row.id}:message:{message_id}"
    return _agenda_row(change, "effect", "send", key, change.now, {"message": message_id})


def _falls_asleep(change: Change) -> bool:
    """Whether an open wake may be there that nothing needs any more."""
    if change.decision.wake_at is not None or change.before is None:
        return False
    return change.order.kind == "wake" or bool(change.before.running_clocks())


def _cancel(cursor: Any, change: Change) -> None:
    """Take back effects that are not delivered yet: since a transition, or all from before this decision."""
    for effect in change.decision.effects:
        if effect.verb != "cancel":
            continue
        since = int(effect.data.get("since", 0))
        cursor.execute(sql.OPEN_EFFECTS, [change.row.id])
        ids = [
            number for number, name, key in cursor.fetchall()
            if name not in NOT_CANCELLED and name not in hooks.FOLLOWERS and since <= effect_seq(key) < effect.seq
        ]  # fmt: skip
        if ids:
            statement = sql.CANCEL_EFFECTS.format(ids=sql.marks(len(ids)))
            cursor.execute(statement, [sql.adapt(change.now), *ids])


def effect_seq(key: str) -> int:
    """The number of the event that an effect's agenda key names; -1 for keys of another form."""
    part = key.partition(":")[2].partition(".")[0]
    return int(part) if part.isdigit() else -1


__all__ = ["Change", "effect_key", "effect_seq", "flush", "wake_key"]
