"""The hash chain of a case's events.

    hash = SHA-256(previous hash + canonical JSON of {actor, at, case, changes, input, kind, name, seq})

Canonical JSON: keys sorted, no spaces, UTF-8. The previous hash of the first event is the empty text. A row
keeps `changes` and `input` as its body; the other members stand in columns, so no column can be changed
without breaking the chain.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tuoshan.core.case import SYSTEM_ACTOR, Actor, Event
from tuoshan.core.facts import moment_text


class ActorUnknown(ValueError):
    """An actor's id is no number, and it is not the system: its column could not keep it."""


@dataclass(slots=True)
class EventRow:
    """An event as its columns, without the hashes."""

    case_id: int
    seq: int
    at: datetime
    kind: str
    name: str
    actor_kind: str
    actor_id: int | None
    on_behalf_of_id: int | None
    body: str


def canonical(value: Any) -> str:
    """The one text of a JSON value."""
    return _encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode


def row_of(case_id: int, event: Event) -> EventRow:
    """The columns of an event. Raises ActorUnknown."""
    actor = event.actor
    return EventRow(
        case_id, event.seq, event.at, event.kind, event.name, actor.kind, _number(actor, actor.id),
        _number(actor, actor.on_behalf_of),
        canonical({"changes": [dict(change) for change in event.changes], "input": dict(event.input)}),
    )  # fmt: skip


def _number(actor: Actor, text: str) -> int | None:
    if not text or (actor.kind == "system" and text == SYSTEM_ACTOR.id):
        return None
    if not (text.isascii() and text.isdigit()) or str(int(text)) != text:
        raise ActorUnknown(f"{actor.kind} {text!r}")
    return int(text)


def actor_of(row: EventRow) -> Actor:
    """The actor as the event's JSON names it."""
    if row.actor_kind == "system" and row.actor_id is None:
        return SYSTEM_ACTOR
    return Actor(
        row.actor_kind,  # type: ignore[arg-type]
        "" if row.actor_id is None else str(row.actor_id),
        frozenset(),
        "" if row.on_behalf_of_id is None else str(row.on_behalf_of_id),
    )


def event_of(row: EventRow) -> Event:
    """The event back from its columns."""
    body = json.loads(row.body)
    return Event(row.seq, row.at, row.kind, row.name, actor_of(row), body["input"], tuple(body["changes"]))


def canonical_event(row: EventRow) -> str:
    """The canonical JSON of the event with its case.

    `changes` and `input` lie side by side in the order of keys, so the stored body is spliced in as it is.
    """
    actor = actor_of(row)
    who: dict[str, str] = {"id": actor.id, "kind": actor.kind}
    if actor.on_behalf_of:
        who["on_behalf_of"] = actor.on_behalf_of
    return (
        f'{{"actor":{canonical(who)},"at":"{moment_text(row.at)}","case":{row.case_id},{row.body[1:-1]},'
        f'"kind":{canonical(row.kind)},"name":{canonical(row.name)},"seq":{row.seq}}}'
    )


def event_hash(previous: str, row: EventRow) -> str:
    """The hash of an event that follows the event with hash `previous`."""
    return hashlib.sha256((previous + canonical_event(row)).encode()).hexdigest()
