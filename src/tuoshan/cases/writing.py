"""The one write path: lock the case, decide, write everything in one transaction.

A crash anywhere leaves nothing half done, because there is one commit. Nothing else changes a case.
"""

import time as machine_time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection

from tuoshan import clock, identifiers
from tuoshan.agenda import sql as agenda_sql
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import hooks, library, neighbours, sql, units
from tuoshan.cases.acting import ActingAs, actor_in
from tuoshan.cases.around import CaseAround, decides_at_first_hand
from tuoshan.cases.chain import EventRow, event_of
from tuoshan.cases.flushing import Change, effect_seq, flush, wake_key
from tuoshan.cases.orders import CaseUnknown, Order, Outcome
from tuoshan.cases.personal import form_fields, without_words
from tuoshan.cases.rows import Row
from tuoshan.core import judging, mending
from tuoshan.core.case import CaseState, Command, Decision, Event, Json, Refusal
from tuoshan.core.decide import decide
from tuoshan.core.playbook import Playbook
from tuoshan.core.undelivered import UNDELIVERED

MOST_TRIES = 6
NOTE = "note"
IRREVERSIBLE = frozenset({"tell", "book", "push", "start", "send"})
"""Effects that cannot be taken back once delivered: a transition that had one is not stepped back."""

SERIALIZATION = frozenset({"40001", "40P01", "55P03"})
T = TypeVar("T")


def execute(case_id: int, order: Order) -> Outcome:
    """Carry out one command. Raises CaseUnknown; a business refusal is an outcome, not an error."""
    return repeated(lambda: _execute(case_id, order))


def repeated(attempt: Callable[[], T]) -> T:
    """Run a transaction again when the database asks for it (deadlock, busy file, the same key at once)."""
    for number in range(1, MOST_TRIES + 1):
        try:
            return attempt()
        except (OperationalError, IntegrityError) as error:
            if number == MOST_TRIES or not _is_passing(error):
                raise
            machine_time.sleep(identifiers.random_source().random() * 0.02 * 2**number)
    raise AssertionError("unreachable")


def _is_passing(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return "cases_command" in str(error)
    if connection.in_atomic_block:
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in SERIALIZATION or "locked" in str(error)


def _execute(case_id: int, order: Order) -> Outcome:
    with write_transaction() as cursor:
        row = load(cursor, [case_id]).get(case_id)
        if row is None:
            raise CaseUnknown(case_id)
        playbook = library.pinned(row.playbook, row.playbook_hash)
        words: dict[str, str] = {}
        values = without_words(form_fields(playbook, order.kind, order.name, order.task), order.values, words)
        fingerprint = order.fingerprint(case_id, values)
        if order.command_key:
            earlier = replay(cursor, order, fingerprint)
            if earlier is not None:
                return earlier
        drafted = neighbours.drafted_uploads(order.upload_token, order.acting.holders(case_id))
        change = judge(cursor, row, playbook, order, values, words)
        if change.decision.refusal is not None:
            neighbours.return_uploads(drafted)
        if change.decision.events or order.kind == "wake":
            flush(cursor, [change])
        outcome = outcome_of(change)
        if order.command_key and outcome.accepted:
            remember(cursor, [(order, fingerprint, outcome, change.now)])
        return outcome


def load(cursor: Any, ids: Sequence[int]) -> dict[int, Row]:
    """The cases by id, locked, in the order of their ids."""
    return {values[0]: Row.loaded(values) for values in sql.select_cases(cursor, ids, lock=True)}


def judge(
    cursor: Any, row: Row, playbook: Playbook, order: Order, values: dict[str, Any], words: dict[str, str],
    moment: datetime | None = None,
) -> Change:  # fmt: skip
    """Decide on a loaded case; nothing is written yet. `moment` is the past one of a case that comes as history."""
    state = row.state
    now = moment or clock.now()
    if state.last_at is not None:
        now = max(now, state.last_at)
    around = CaseAround(playbook, row, now, _decider(playbook, order, state))
    stale = _changed_since(cursor, row, order)
    if stale is not None:
        fired = decide(playbook, state, Command("wake"), now, around)
        changed = [*stale, *(_told(event) for event in fired.events)]
        refusal = Refusal("stale", {"expected_seq": order.expected_seq, "seq": row.seq, "changes": changed})
        decision = Decision(fired.case, fired.events, fired.effects, refusal, fired.wake_at)
        return Change(row, playbook, state, decision, now, order)
    barred = _nobody_left(row, order) or _not_correctable(playbook, order)
    if barred is not None:
        fired = decide(playbook, state, Command("wake"), now, around)
        decision = Decision(fired.case, fired.events, fired.effects, barred, fired.wake_at)
        return Change(row, playbook, state, decision, now, order)
    actor = actor_in(order.acting, row, playbook, state, needed_parties(playbook, order, state))
    evidence, extra = _evidence(row.id, order)
    placed = _placed(cursor, row, _corrected(playbook, order, values))
    if placed.unit_id != row.unit_id:
        extra[units.MOVED] = {"before": row.unit_id, "after": placed.unit_id}
    command = Command(
        order.kind, order.name, actor, values, evidence, order.task, order.outcome, order.key, order.at,
        order.expected_seq, extra,
    )  # fmt: skip
    looks_back = order.kind in ("step_back", "adopt") or (order.kind, order.name) == ("record", UNDELIVERED)
    if looks_back or _goes_back(playbook, order):
        command = _with_events(cursor, row, command)
    decision = decide(playbook, state, command, now, CaseAround(playbook, placed, now, around.deciding))
    if decision.refusal is not None and placed.unit_id != row.unit_id:
        # What fell due all the same is assigned and told where the case stays.
        decision = decide(playbook, state, command, now, around)
    if decision.refusal is None and order.acting.kind != "system":
        barred = _unseen(row.id, playbook, order, extra) or hooks.barred(row.id, order, playbook, decision.case)
        if barred is not None:
            fired = decide(playbook, state, Command("wake"), now, around)
            decision = Decision(fired.case, fired.events, fired.effects, barred, fired.wake_at)
    if decision.refusal is None:
        row.unit_id = placed.unit_id
    return Change(row, playbook, state, decision, now, order, words)


def _placed(cursor: Any, row: Row, corrected: Mapping[str, Any]) -> Row:
    """The case in the unit to which it belongs once these facts are corrected."""
    unit_id = units.after_correction(row, corrected, lambda: events_of(cursor, row.id, 0, 1)[0]) if corrected else None
    return replace(row, unit_id=unit_id) if corrected and unit_id != row.unit_id else row


def _decider(playbook: Playbook, order: Order, state: CaseState) -> int | None:
    """The person of ours whose own decision this is, so that the customer is answered by who decided."""
    first_hand = order.kind == "act" and order.acting.kind == "person"
    return order.acting.id if first_hand and decides_at_first_hand(playbook, state, order.name) else None


def needed_parties(playbook: Playbook, order: Order, state: CaseState) -> tuple[str, ...]:
    """The parties that may give this command: tells for whom a delegate acts."""
    match order.kind:
        case "act" | "step_back" | "correct" if order.name in playbook.actions:
            return playbook.actions[order.name].by
        case "task":
            run = state.tasks.get(order.task)
            return (run.party,) if run else ()
        case "ask" if order.name in playbook.tasks:
            return playbook.tasks[order.name].asked_by
        case "hold" if order.name in playbook.holds:
            return playbook.holds[order.name].by
    return ()


def _corrected(playbook: Playbook, order: Order, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts that a command gives new values to, where it is a correction; else none."""
    action = playbook.actions.get(order.name) if order.kind == "act" else None
    if order.kind != "correct" and (action is None or not judging.corrects(action)):
        return {}
    changes = values.get("changes", values)
    return changes if isinstance(changes, Mapping) else {}


def _not_correctable(playbook: Playbook, order: Order) -> Refusal | None:
    changes = _corrected(playbook, order, order.values)
    return mending.not_correctable(playbook, changes) or _kept_to_supervisors(playbook, order, changes)


def _nobody_left(row: Row, order: Order) -> Refusal | None:
    """An erased customer is neither written to nor called, nor heard; a note among colleagues is none of these."""
    speaks = order.message is not None and order.message.direction != NOTE
    return Refusal("customer_erased", {}) if speaks and row.is_erased else None


def _kept_to_supervisors(playbook: Playbook, order: Order, changes: Mapping[str, Any]) -> Refusal | None:
    """Who may not read a finding against a person does not correct it: what they would replace is unknown to them."""
    kept = sorted(name for name in changes if name in playbook.facts and playbook.facts[name].supervisors_only)
    return Refusal("kept_to_supervisors", {"facts": kept}) if kept and not order.acting.sees_findings else None


def _goes_back(playbook: Playbook, order: Order) -> bool:
    return order.kind == "act" and order.name in playbook.actions and playbook.actions[order.name].back


def _evidence(case_id: int, order: Order) -> tuple[tuple[str, ...], dict[str, Json]]:
    """The kinds of the evidence given, for the rule; its ids, for the event. Files of other cases do not count."""
    ids = [*order.evidence, *neighbours.bind_uploads(order.upload_token, case_id, order.acting.holders(case_id))]
    extra: dict[str, Json] = dict(order.extra)
    if not ids:
        return (), extra
    kinds = neighbours.evidence_kinds(case_id, ids)
    extra["evidence_ids"] = sorted(kinds)
    return tuple(sorted(set(kinds.values()))), extra


def _unseen(case_id: int, playbook: Playbook, order: Order, extra: Mapping[str, Json]) -> Refusal | None:
    """A step whose message says that the evidence stands on the page is refused where nothing of it would."""
    action = playbook.actions.get(order.name) if order.kind == "act" else None
    if action is None or not action.evidence_shown:
        return None
    ids = extra.get("evidence_ids", [])
    seen = isinstance(ids, list) and neighbours.on_their_page(case_id, ids)
    return None if seen else Refusal("evidence_not_shown", {"action": action.name})


# -- what happened before ------------------------------------------------------------------------------------------


def events_of(cursor: Any, case_id: int, after: int, until: int) -> list[Event]:
    """Events with after < seq ≤ until."""
    cursor.execute(sql.SELECT_EVENTS, [case_id, after, until])
    return [event_of(event_row(values)) for values in cursor.fetchall()]


def event_row(values: Sequence[Any]) -> EventRow:
    """An event's columns as selected by hand."""
    at = sql.moment(values[2])
    assert at is not None
    return EventRow(values[0], values[1], at, *values[3:9])


def _changed_since(cursor: Any, row: Row, order: Order) -> list[Json] | None:
    """What the sender has not seen, or None when the page was fresh.

    Notices of clocks, and what was written beside the main line (notes, calls, messages), change nothing of it.
    """
    if order.expected_seq is None or order.expected_seq == row.seq:
        return None
    newer = events_of(cursor, row.id, order.expected_seq, row.seq)
    if newer and all(event.kind in ("clock", "record") for event in newer):
        return None
    return [_told(event) for event in newer]


def _told(event: Event) -> Json:
    told = event.to_json()
    return {name: told[name] for name in ("seq", "at", "kind", "name", "actor")}


def _with_events(cursor: Any, row: Row, command: Command) -> Command:
    """What looking back needs: all that has happened; to step back, also what was delivered since."""
    events = tuple(events_of(cursor, row.id, 0, row.seq))
    extra = command.extra
    since = int(row.state.moved.get("seq", 0))
    if command.kind not in ("adopt", "record") and since:
        cursor.execute(sql.DONE_EFFECTS, [row.id])
        delivered = sorted(key for name, key in cursor.fetchall() if name in IRREVERSIBLE and effect_seq(key) >= since)
        extra = {**extra, "delivered": delivered} if delivered else extra
    return replace(command, events=events, extra=extra)


# -- idempotency ---------------------------------------------------------------------------------------------------


def replay(cursor: Any, order: Order, fingerprint: str) -> Outcome | None:
    """The reply already given under this key; a refusal when the key was used for something else."""
    cursor.execute(sql.SELECT_COMMANDS.format(keys="%s"), [order.command_key])
    found = cursor.fetchone()
    if found is None:
        return None
    outcome = Outcome.from_text(found[3])
    if found[2] != fingerprint:
        refusal = Refusal("key_used_otherwise", {"key": order.idempotency_key, "number": outcome.number})
        return Outcome(outcome.case_id, outcome.number, outcome.seq, refusal=refusal)
    return outcome


def remember(cursor: Any, replies: Sequence[tuple[Order, str, Outcome, datetime]]) -> None:
    """Keep the replies of commands that were taken. A refused command may be sent again with its key."""
    rows = [
        (order.command_key, outcome.case_id, order.acting.id, fingerprint, outcome.to_text(), now)
        for order, fingerprint, outcome, now in replies
    ]
    sql.insert(cursor, sql.INSERT_COMMANDS, rows)


def outcome_of(change: Change) -> Outcome:
    """What the sender is told."""
    row, decision = change.row, change.decision
    return Outcome(row.id, row.number, row.seq, decision.events, decision.refusal, state=decision.case)


# -- waking --------------------------------------------------------------------------------------------------------

_WAKE = Order("wake", ActingAs.by_system())


def wake(case_id: int) -> Outcome | None:
    """Let everything that is due in a case go off, and arm its next alarm; None when the case is gone."""
    outcomes = wake_many([case_id])
    return outcomes[0] if outcomes else None


def wake_many(case_ids: Sequence[int]) -> list[Outcome]:
    """The same for many cases in one transaction, locked in the order of their ids."""
    return execute_many(case_ids, _WAKE)


def execute_many(case_ids: Sequence[int], order: Order) -> list[Outcome]:
    """One command of ours, without values, for many cases in one transaction; cases that are gone are left out."""
    return repeated(lambda: _execute_many(sorted(set(case_ids)), order))


def _execute_many(case_ids: Sequence[int], order: Order) -> list[Outcome]:
    if not case_ids:
        return []
    with write_transaction() as cursor:
        rows = load(cursor, case_ids)
        changes = [
            judge(cursor, row, library.pinned(row.playbook, row.playbook_hash), order, {}, {}) for row in rows.values()
        ]
        flush(cursor, [change for change in changes if change.decision.events or order.kind == "wake"])
        gone = [wake_key(case_id) for case_id in case_ids if case_id not in rows]
        agenda_sql.finish_wakes(cursor, gone, clock.now())
        return [outcome_of(change) for change in changes]
