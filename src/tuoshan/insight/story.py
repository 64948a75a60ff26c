"""The story of a case, told once for whoever reads it: messages, notes, calls and events, oldest first.

An audience is a member of staff, whose reach the caller has checked, or the person whose page of the case it is. For
staff `told_to_staff` finds the words, for the customer `told_to_customer`; what either may not know is taken out
before, in `record`. A finding against a person is told to supervisors alone; notes never reach a customer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Protocol

from tuoshan.cases import lists
from tuoshan.cases.models import Case, Message
from tuoshan.core.case import Event
from tuoshan.core.playbook import Playbook
from tuoshan.documents.models import Evidence
from tuoshan.identifiers import is_id
from tuoshan.insight.record import Record
from tuoshan.insight.values import day_heading
from tuoshan.parties.models import Customer, Person
from tuoshan.parties.permissions import sees_findings

EntryKind = Literal["in", "out", "note", "call", "event"]


@dataclass(frozen=True, slots=True)
class Detail:
    """One filled-in field of a form: its label and what was given."""

    label: str
    value: str
    supervisors_only: bool = False


@dataclass(slots=True)
class Entry:
    """One line or card of the story. To a customer an `event` is a state that was reached."""

    kind: EntryKind
    at: datetime
    who: str
    text: str
    title: str = ""
    channel: str = ""
    details: list[Detail] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    chips: list[tuple[str, str]] = field(default_factory=list)
    delivery: str = ""
    mine: bool = False
    for_whom: str = ""
    icon: str = ""
    seq: int = 0


@dataclass(frozen=True)
class Audience:
    """Who the story is told to."""

    viewer: Any = None
    """The person of ours who reads; None for the customer."""
    findings: bool = False
    """Whether findings against a person are told."""
    handler: tuple[int, str] | None = None
    """For the customer: who handles the case, by the name that customers may know."""

    @staticmethod
    def staff(person: Any) -> "Audience":
        """A person of ours within whose reach the case lies."""
        return Audience(person, sees_findings(person))

    @staticmethod
    def customer(handler: tuple[int, str] | None = None) -> "Audience":
        """The person whose page of the case it is."""
        return Audience(handler=handler)

    @property
    def is_customer(self) -> bool:
        return self.viewer is None


class Telling(Protocol):
    """Finds the words for one audience."""

    def of_event(self, event: Event) -> Iterable[Entry]: ...

    def of_message(self, message: Message) -> Entry: ...


class Story:
    """One case for one audience, read with a fixed number of statements."""

    def __init__(self, case: Case, playbook: Playbook, audience: Audience) -> None:
        self.case = case
        self.playbook = playbook
        self.audience = audience
        self.record = Record(case, playbook, findings=audience.findings, is_for_customer=audience.is_customer)
        self.files = {item.pk: item for item in self._shown_evidence()}
        self.evidence = {number: item for number, item in self.files.items() if item.removed_at is None}

    def _shown_evidence(self) -> Iterable[Evidence]:
        """What the audience may know of; to staff also the traces of files that were taken away or erased."""
        rows = Evidence.objects.filter(case_id=self.case.pk).order_by("id")
        if self.audience.is_customer:
            return rows.filter(visible_to_customer=True, supervisors_only=False, removed_at=None)
        return rows if self.audience.findings else rows.filter(supervisors_only=False)

    @cached_property
    def people(self) -> dict[int, str]:
        """The names of everybody of ours whom the story mentions."""
        found = {number for event in self.record.events for number in _persons_in(event)}
        found |= {str(message.author_id) for message in self.record.messages}
        numbers = [int(number) for number in found if is_id(number)]
        known = Person.objects.filter(pk__in=numbers).only("display_name", "username")
        return {person.pk: str(person) for person in known}

    def telling(self) -> Telling:
        """Who finds the words."""
        from tuoshan.insight.told_to_customer import ToldToCustomer
        from tuoshan.insight.told_to_staff import ToldToStaff

        return ToldToCustomer(self) if self.audience.is_customer else ToldToStaff(self)

    @cached_property
    def customer(self) -> Customer | None:
        """The customer of the case, unless unknown."""
        return Customer.objects.filter(pk=self.case.customer_id).first() if self.case.customer_id else None

    def entries(self) -> list[Entry]:
        """Oldest first. Registration is the first message of whoever asked; a record of a message is the message.

        To a customer a state that is entered twice in a row is told once.
        """
        telling = self.telling()
        with lists.remembered():
            told = [entry for event in self.record.events for entry in telling.of_event(event)]
        said = [telling.of_message(message) for message in self.record.messages]
        if not self.audience.is_customer:
            return sorted([*told, *said], key=lambda entry: (entry.at, entry.seq))
        return _once(sorted([*told, *said], key=lambda entry: (entry.at, entry.seq, entry.kind == "event")))

    def days(self) -> list[tuple[str, list[Entry]]]:
        """Entries grouped by local day, with the day's heading."""
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries():
            grouped.setdefault(day_heading(entry.at), []).append(entry)
        return list(grouped.items())


def _persons_in(event: Event) -> Iterable[str]:
    if event.actor.kind == "person":
        yield event.actor.id
    yield event.actor.on_behalf_of
    for change in event.changes:
        if change.get("op") == "assign":
            yield str(change["person"])
    for value in event.input.get("values", {}).values():
        if isinstance(value, str):
            yield value


def _once(entries: list[Entry]) -> list[Entry]:
    kept: list[Entry] = []
    state = ""
    for entry in entries:
        if entry.kind == "event" and entry.text == state:
            continue
        state = entry.text if entry.kind == "event" else state
        kept.append(entry)
    return kept
