"""The story of a case: its events and its conversation, in one order, with the words put back.

What only supervisors may see (fields marked so) is left out for everybody else; a customer gets the steps
that moved the case, what they did themselves, and the messages meant for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tuoshan.cases import library, neighbours
from tuoshan.cases.chain import EventRow, event_of
from tuoshan.cases.models import Event, Message, Words
from tuoshan.core.case import Event as CaseEvent
from tuoshan.core.case import Json, decode
from tuoshan.core.case import Words as Reference
from tuoshan.core.playbook import Playbook

SUPERVISORS = frozenset({"lead", "manager", "director"})
ERASED = "…"
"""Shown in place of words that were erased."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story: an event (with its values in words), a message, or both when one made the other."""

    at: datetime
    seq: int
    event: CaseEvent | None
    message: Message | None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def moves(self) -> bool:
        """Whether the event brought the case into a state."""
        return self.event is not None and any(change["op"] in ("enter", "back") for change in self.event.changes)


def timeline(case: Any, person: Any = None, *, supervisor: bool | None = None) -> list[Entry]:
    """For a person of ours, or for the customer (`person` None), oldest first. Four statements at most."""
    playbook = library.pinned(case.playbook, case.playbook_hash)
    events = [event_of(_columns(row)) for row in Event.objects.filter(case_id=case.pk).order_by("seq")]
    messages: QuerySet[Message] = Message.objects.filter(case_id=case.pk)
    if person is None:
        messages = messages.filter(visible_to_customer=True)
        supervisor = False
    elif supervisor is None:
        supervisor = bool(neighbours.holding(person, case).parties & SUPERVISORS)
    words = words_of(case.pk)
    hidden = frozenset() if supervisor else hidden_fields(playbook)
    by_seq: dict[int, list[Message]] = {}
    loose: list[Message] = []
    for message in messages.order_by("at", "id"):
        (loose if message.event_seq is None else by_seq.setdefault(message.event_seq, [])).append(message)
    entries = [Entry(message.at, 0, None, message) for message in loose]
    for event in events:
        own = by_seq.pop(event.seq, [])
        entry = Entry(
            event.at, event.seq, _seen(event, hidden), own[0] if own else None, values_of(event, words, hidden)
        )
        if person is not None or own or entry.moves or event.actor.kind == "customer":
            entries.append(entry)
        entries += [Entry(message.at, event.seq, None, message) for message in own[1:]]
    return sorted(entries, key=lambda entry: (entry.at, entry.seq))


def words_of(case_id: int) -> dict[str, str]:
    """Reference → text; erased ones as an ellipsis."""
    rows = Words.objects.filter(case_id=case_id)
    return {row.ref: ERASED if row.erased_at else row.text for row in rows}


def hidden_fields(playbook: Playbook) -> frozenset[str]:
    """The fields that only supervisors may see."""
    return frozenset(name for name, known in playbook.facts.items() if known.supervisors_only)


def values_of(event: CaseEvent, words: Mapping[str, str], hidden: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What was filled in with an event, the words put back."""
    given = event.input.get("values", {})
    return {name: in_words(decode(value), words) for name, value in given.items() if name not in hidden}


def facts_of(case_state: Any, words: Mapping[str, str], hidden: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The facts of a case, the words put back. A task's facts (`inquire[qa].finding`) hide by their last part."""
    return {
        name: in_words(value, words)
        for name, value in case_state.facts.items()
        if name.rpartition(".")[2] not in hidden
    }


def in_words(value: Any, words: Mapping[str, str]) -> Any:
    """A value as a person may read it."""
    if isinstance(value, Reference):
        return words.get(value.ref, ERASED)
    if isinstance(value, Mapping):
        return {name: in_words(item, words) for name, item in value.items()}
    if isinstance(value, list):
        return [in_words(item, words) for item in value]
    return value


def _seen(event: CaseEvent, hidden: frozenset[str]) -> CaseEvent:
    """The event without the values of hidden fields, in its input and in its changes."""
    if not hidden:
        return event
    changes = tuple(
        {**change, "values": _without(change["values"], hidden)} if change["op"] == "facts" else change
        for change in event.changes
    )
    given: dict[str, Json] = dict(event.input)
    for name in ("values", "before"):
        if name in given:
            given[name] = _without(given[name], hidden)
    return CaseEvent(event.seq, event.at, event.kind, event.name, event.actor, given, changes)


def _without(values: Mapping[str, Json], hidden: frozenset[str]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if name.rpartition(".")[2] not in hidden}


def _columns(row: Event) -> EventRow:
    return EventRow(
        row.case_id, row.seq, row.at, row.kind, row.name, row.actor_kind, row.actor_id, row.on_behalf_of_id, row.body
    )
