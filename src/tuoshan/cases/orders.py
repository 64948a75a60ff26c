"""What goes into the write path and what comes out of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tuoshan.cases.acting import ActingAs
from tuoshan.cases.chain import canonical
from tuoshan.core.case import CaseState, CommandKind, Event, Json, Refusal
from tuoshan.core.facts import encode, moment_text
from tuoshan.secrets import words_ref


class CaseUnknown(LookupError):
    """There is no case with this id."""


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A row of the conversation that a command writes beside its event."""

    direction: str
    text: str
    channel: str = ""
    subject: str = ""
    author_id: int | None = None
    visible_to_customer: bool = False
    deliver: bool = False
    typed: str = ""
    """Subject and text before their variables were filled in: another try is known by them, as a deadline that the
    text names may have moved meanwhile."""

    def content(self) -> list[str]:
        """What is said, to whom and how; words by their reference."""
        said = (self.typed,) if self.typed else (self.subject, self.text)
        return [self.direction, self.channel, *map(words_ref, said)]


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it is given, before the case is locked and the actor's parties are known."""

    kind: CommandKind
    acting: ActingAs
    name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[int, ...] = ()
    upload_token: str = ""
    task: str = ""
    outcome: str = ""
    key: str = ""
    at: datetime | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)
    expected_seq: int | None = None
    idempotency_key: str | None = None
    message: MessageDraft | None = None
    content: str = ""

    @property
    def command_key(self) -> str:
        """The idempotency key as it is stored: senders cannot meet each other's keys.

        One with `content` tells of a thing of the world, a row of a table: it is the same whoever sends it.
        """
        sender = "content" if self.content else self.acting.key
        return f"{sender}:{self.idempotency_key}"[:200] if self.idempotency_key else ""

    def fingerprint(self, about: object, values: Mapping[str, Any]) -> str:
        """Tells whether a key is used again for the same command; personal values enter by reference.

        All that was said counts. What another try of the same need not repeat is left out: what its page had seen
        (`expected_seq`), the draft whose files the first try has already taken (`upload_token`), and what follows
        from the sender, who stands in the key.
        """
        if self.content:
            return hashlib.sha256(canonical([about, self.kind, self.content]).encode()).hexdigest()
        what = [
            about, self.kind, self.name, self.task, self.outcome, self.key, list(self.evidence), _plain(values),
            self.message.content() if self.message else [], dict(self.extra),
        ]  # fmt: skip
        if self.kind == "act" and self.at is not None:
            what.append(moment_text(self.at))
        return hashlib.sha256(canonical(what).encode()).hexdigest()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in values.items():
        try:
            plain[name] = encode(value)
        except TypeError:
            plain[name] = repr(value)
    return plain


@dataclass(frozen=True, slots=True)
class NewCase:
    """One case to register. `history` is the state in which a case of the past rests: no clocks, no messages.

    `content` stands for what the idempotency key is the key of; the same key with other content is refused, the
    same content again is the same case, however it comes in and whoever sends it.
    """

    playbook: str
    acting: ActingAs
    values: Mapping[str, Any]
    channel: str = ""
    customer_id: int | None = None
    unit_id: int | None = None
    title: str = ""
    idempotency_key: str | None = None
    received_at: datetime | None = None
    history: str = ""
    upload_token: str = ""
    extra: Mapping[str, Json] = field(default_factory=dict)
    content: str = ""

    def order(self) -> Order:
        """The command that begins the case."""
        extra = dict(self.extra)
        if self.channel:
            extra["channel"] = self.channel
        if self.history:
            extra["history"] = self.history
        elif self.received_at is not None:
            extra["received_at"] = moment_text(self.received_at)
        return Order(
            "start", self.acting, "start", self.values, at=self.received_at, extra=extra,
            upload_token=self.upload_token, idempotency_key=self.idempotency_key,
            content=self.content,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command. A refused one may still have let alarms go off: they are in `events`.

    `state` is the case as the command left it; a reply that is given again knows its name alone, `left_in`.
    """

    case_id: int
    number: str
    seq: int
    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None
    replayed: bool = False
    state: CaseState | None = field(default=None, compare=False, repr=False)
    left_in: str = field(default="", compare=False)

    @property
    def accepted(self) -> bool:
        return self.refusal is None

    def to_text(self) -> str:
        """The reply as it is kept under the idempotency key."""
        events = [event.to_json() for event in self.events]
        told = {"case_id": self.case_id, "number": self.number, "seq": self.seq, "events": events}
        if self.state is not None:
            told["state"] = self.state.state
        return json.dumps(told, ensure_ascii=False)

    @staticmethod
    def from_text(text: str) -> "Outcome":
        """The same reply again."""
        data = json.loads(text)
        events = tuple(Event.from_json(item) for item in data["events"])
        return Outcome(
            data["case_id"], data["number"], data["seq"], events, replayed=True, left_in=data.get("state", "")
        )
