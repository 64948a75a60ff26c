"""What is written about a case, as one audience may read it: events, messages, the words behind references."""

from collections.abc import Mapping
from typing import Any

from tuoshan.cases.chain import EventRow, event_of
from tuoshan.cases.models import Case, Event, Message, Words
from tuoshan.core.case import CaseState, Json
from tuoshan.core.case import Event as CaseEvent
from tuoshan.core.facts import Words as Reference
from tuoshan.core.facts import decode
from tuoshan.core.playbook import Playbook

ERASED = "…"
"""Shown in place of words that were erased."""

CHANGES = "changes"
"""What a correction brings: facts by name with their new values."""


class Record:
    """Read with three statements. What the audience may not see is taken out here, before anybody tells it.

    Without `findings`, fields that only supervisors may see are gone from what was filled in, corrected and changed;
    for the customer (`is_for_customer`) there are only the messages meant for them.
    """

    def __init__(self, case: Case, playbook: Playbook, *, findings: bool, is_for_customer: bool) -> None:
        self.case = case
        self.playbook = playbook
        self.hidden = frozenset() if findings else hidden_fields(playbook)
        rows = Event.objects.filter(case_id=case.pk).order_by("seq")
        self.events = [seen(event_of(columns_of(row)), self.hidden) for row in rows]
        messages = Message.objects.filter(case_id=case.pk).order_by("at", "id")
        self.messages = list(messages.filter(visible_to_customer=True) if is_for_customer else messages)
        self.words = words_of(case.pk)

    def values(self, event: CaseEvent) -> dict[str, Any]:
        """What was filled in with an event, the words put back."""
        given = event.input.get("values", {})
        return {name: in_words(decode(value), self.words) for name, value in given.items()}

    def facts(self, state: CaseState) -> dict[str, Any]:
        """The facts of the case, the words put back."""
        return {name: in_words(value, self.words) for name, value in _without(state.facts, self.hidden).items()}


def hidden_fields(playbook: Playbook) -> frozenset[str]:
    """The fields that only supervisors may see."""
    return frozenset(name for name, known in playbook.facts.items() if known.supervisors_only)


def words_of(case_id: int) -> dict[str, str]:
    """Reference → text; erased ones as an ellipsis."""
    rows = Words.objects.filter(case_id=case_id)
    return {row.ref: ERASED if row.erased_at else row.text for row in rows}


def in_words(value: Any, words: Mapping[str, str]) -> Any:
    """A value as a person may read it."""
    if isinstance(value, Reference):
        return words.get(value.ref, ERASED)
    if isinstance(value, Mapping):
        return {name: in_words(item, words) for name, item in value.items()}
    if isinstance(value, list):
        return [in_words(item, words) for item in value]
    return value


def seen(event: CaseEvent, hidden: frozenset[str]) -> CaseEvent:
    """The event without the values of hidden fields, in its form, in what a correction replaced, in its changes."""
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
    corrected = given.get("values", {}).get(CHANGES)
    if isinstance(corrected, Mapping) and isinstance(corrected.get("map"), Mapping):
        given["values"] = {**given["values"], CHANGES: {"map": _without(corrected["map"], hidden)}}
    return CaseEvent(event.seq, event.at, event.kind, event.name, event.actor, given, changes)


def _without(values: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """A task's facts (`inquire[qa].finding`) hide by their last part."""
    return {name: value for name, value in values.items() if name.rpartition(".")[2] not in hidden}


def columns_of(row: Event) -> EventRow:
    """The stored columns of an event, as the chain reads them."""
    return EventRow(
        row.case_id, row.seq, row.at, row.kind, row.name, row.actor_kind, row.actor_id, row.on_behalf_of_id, row.body
    )
