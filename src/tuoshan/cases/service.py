"""The public face of cases: every change of a case is one of these calls.

All are keyword-only. A business refusal is returned in the outcome; CaseUnknown and PlaybookUnknown are
raised. With an idempotency key a call can be sent again and gives the same outcome, with `replayed` set.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tuoshan.cases import library, registering, writing
from tuoshan.cases.acting import ActingAs
from tuoshan.cases.merging import merge, unmerge
from tuoshan.cases.models import Command as SentCommand
from tuoshan.cases.orders import CaseUnknown, MessageDraft, NewCase, Order, Outcome
from tuoshan.cases.registering import register_many, resting_state, same_as_known
from tuoshan.cases.writing import wake, wake_many
from tuoshan.core.case import Json

__all__ = [
    "ActingAs",
    "CaseUnknown",
    "MessageDraft",
    "NewCase",
    "Order",
    "Outcome",
    "act",
    "add_evidence",
    "ask_task",
    "call",
    "complete_task",
    "correct",
    "given_before",
    "hold",
    "merge",
    "message",
    "note",
    "record",
    "register",
    "register_many",
    "release",
    "resting_state",
    "same_as_known",
    "step_back",
    "unmerge",
    "wake",
    "wake_many",
]

Values = Mapping[str, Any]
_NOTHING: dict[str, Any] = {}


def register(
    *, playbook: str, actor: ActingAs, values: Values, channel: str, customer_id: int | None, unit_id: int | None,
    title: str = "", idempotency_key: str | None = None, received_at: datetime | None = None, history: bool = False,
    history_state: str = "", upload_token: str = "", extra: Mapping[str, Json] = _NOTHING,
) -> Outcome:  # fmt: skip
    """Begin a case. As `history` it comes in without clocks, tasks or messages, at rest in `history_state`
    (the playbook's first ordinary end, when none is given)."""
    if history and not history_state:
        history_state = resting_state(library.current(playbook))
    new = NewCase(
        playbook, actor, values, channel, customer_id, unit_id, title, idempotency_key, received_at,
        history_state if history else "", upload_token, extra,
    )  # fmt: skip
    return registering.register(new)


def act(
    *, case_id: int, action: str, actor: ActingAs, values: Values = _NOTHING, evidence: Sequence[int] = (),
    expected_seq: int | None = None, idempotency_key: str | None = None, at: datetime | None = None,
    upload_token: str = "",
) -> Outcome:  # fmt: skip
    """Take an action. `at` is a declared earlier moment, where the action allows one."""
    order = Order(
        "act", actor, action, values, tuple(evidence), upload_token, at=at, expected_seq=expected_seq,
        idempotency_key=idempotency_key,
    )  # fmt: skip
    return writing.execute(case_id, order)


def complete_task(
    *, case_id: int, task_key: str, actor: ActingAs, values: Values = _NOTHING, evidence: Sequence[int] = (),
    outcome: str = "", expected_seq: int | None = None, idempotency_key: str | None = None, upload_token: str = "",
) -> Outcome:  # fmt: skip
    """Complete a task run with one of its outcomes (the first that it declares, when none is given)."""
    name = task_key.partition("#")[0].partition("[")[0]
    order = Order(
        "task", actor, name, values, tuple(evidence), upload_token, task=task_key, outcome=outcome,
        expected_seq=expected_seq, idempotency_key=idempotency_key,
    )  # fmt: skip
    return writing.execute(case_id, order)


def ask_task(
    *, case_id: int, task: str, actor: ActingAs, values: Values = _NOTHING, key: str = "",
    expected_seq: int | None = None, idempotency_key: str | None = None,
) -> Outcome:  # fmt: skip
    """Open a task on demand."""
    order = Order("ask", actor, task, values, key=key, expected_seq=expected_seq, idempotency_key=idempotency_key)
    return writing.execute(case_id, order)


def hold(
    *, case_id: int, name: str, actor: ActingAs, values: Values = _NOTHING, expected_seq: int | None = None,
    idempotency_key: str | None = None,
) -> Outcome:  # fmt: skip
    """Freeze the case by a named hold."""
    order = Order("hold", actor, name, values, expected_seq=expected_seq, idempotency_key=idempotency_key)
    return writing.execute(case_id, order)


def release(
    *, case_id: int, name: str = "", actor: ActingAs, values: Values = _NOTHING, expected_seq: int | None = None,
    idempotency_key: str | None = None,
) -> Outcome:  # fmt: skip
    """Take the hold off; the case returns to where it was."""
    order = Order("release", actor, name, values, expected_seq=expected_seq, idempotency_key=idempotency_key)
    return writing.execute(case_id, order)


def correct(
    *, case_id: int, values: Values, actor: ActingAs, reason: str = "", expected_seq: int | None = None,
    idempotency_key: str | None = None,
) -> Outcome:  # fmt: skip
    """Give facts new values; the event keeps the old ones. The reason is kept as a note."""
    order = Order(
        "correct", actor, "correct", values, expected_seq=expected_seq, idempotency_key=idempotency_key,
        message=MessageDraft("note", reason, author_id=actor.id) if reason else None,
    )  # fmt: skip
    return writing.execute(case_id, order)


def step_back(
    *, case_id: int, actor: ActingAs, reason: str = "", expected_seq: int | None = None,
    idempotency_key: str | None = None,
) -> Outcome:  # fmt: skip
    """Take back the last transition, by a lead, while its effects are undelivered or reversible."""
    order = Order(
        "step_back", actor, "step_back", expected_seq=expected_seq, idempotency_key=idempotency_key,
        message=MessageDraft("note", reason, author_id=actor.id) if reason else None,
    )  # fmt: skip
    return writing.execute(case_id, order)


def given_before(*, actor: ActingAs, idempotency_key: str | None) -> Outcome | None:
    """What this actor's command under this key came to, when it was taken already."""
    key = Order("record", actor, idempotency_key=idempotency_key).command_key
    reply = SentCommand.objects.filter(key=key).values_list("reply", flat=True).first() if key else None
    return Outcome.from_text(reply) if reply is not None else None


# -- beside the main line ---------------------------------------------------------------------------------------


def record(
    *, case_id: int, name: str, actor: ActingAs, values: Values = _NOTHING, extra: Mapping[str, Json] = _NOTHING,
    message: MessageDraft | None = None, idempotency_key: str | None = None,
) -> Outcome:  # fmt: skip
    """A fact beside the main line: an identity check, a delivery's failure, a survey's answer …"""
    order = Order("record", actor, name, values, extra=extra, message=message, idempotency_key=idempotency_key)
    return writing.execute(case_id, order)


def note(*, case_id: int, actor: ActingAs, text: str, idempotency_key: str | None = None) -> Outcome:
    """A note among colleagues; the customer never sees it."""
    draft = MessageDraft("note", text, author_id=actor.id)
    return record(case_id=case_id, name="note", actor=actor, message=draft, idempotency_key=idempotency_key)


def call(
    *, case_id: int, actor: ActingAs, text: str, idempotency_key: str | None = None,
    extra: Mapping[str, Json] = _NOTHING,
) -> Outcome:  # fmt: skip
    """What was said in a call."""
    draft = MessageDraft("call", text, channel="phone", author_id=actor.id)
    return record(
        case_id=case_id, name="call", actor=actor, message=draft, idempotency_key=idempotency_key, extra=extra
    )


def message(
    *, case_id: int, actor: ActingAs, text: str, channel: str, subject: str = "", direction: str = "out",
    idempotency_key: str | None = None, typed: str = "",
) -> Outcome:  # fmt: skip
    """A message to the customer (delivered after commit by the effect `send`), or `in`: one that came from them.

    `typed`: subject and text before their variables were filled in, by which another try is known.
    """
    outgoing = direction == "out"
    author = actor.id if actor.kind == "person" else None
    draft = MessageDraft(
        direction, text, channel, subject, author, visible_to_customer=True, deliver=outgoing, typed=typed
    )
    name = "message" if outgoing else "message_received"
    return record(case_id=case_id, name=name, actor=actor, message=draft, idempotency_key=idempotency_key,
                  extra={"channel": channel})  # fmt: skip


def add_evidence(
    *, case_id: int, actor: ActingAs, evidence: Sequence[int] = (), upload_token: str = "",
    idempotency_key: str | None = None,
) -> Outcome:  # fmt: skip
    """Note that files were handed in (`documents` has stored them) or give a draft's uploads to the case."""
    order = Order(
        "record", actor, "evidence", evidence=tuple(evidence), upload_token=upload_token,
        idempotency_key=idempotency_key,
    )  # fmt: skip
    return writing.execute(case_id, order)
