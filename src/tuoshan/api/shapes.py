"""What goes over the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import AwareDatetime

Moment = Annotated[AwareDatetime, Field(ge=datetime(1990, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC))]
"""A moment with its zone, not before 1990 and not after 2100."""
Limit = Annotated[int, Field(ge=1, le=200)]
"""How many a page has at most."""


class ProblemOut(Schema):
    """RFC 9457: what happened, for programs (`code`, `facts`) and for people (`detail`)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    facts: dict[str, Any] | None = None
    errors: list[dict[str, str]] | None = None
    scope: str | None = None


class CaseRow(Schema):
    """A case in a list."""

    number: str
    playbook: str
    title: str
    state: str
    phase: str
    grade: str
    channel: str
    ended: bool
    overdue: bool
    paused: bool
    due_at: datetime | None
    waits_for: str
    handler_id: int | None
    unit_id: int | None
    customer_id: int | None
    category_id: int | None
    product_id: int | None
    created_at: datetime
    closed_at: datetime | None
    seq: int


class CasePage(Schema):
    """One page; hand `next` back as `cursor` for the one after."""

    cases: list[CaseRow]
    next: str
    previous: str


class DecidedOut(Schema):
    """A step of the decision that was appealed against, as its event says; `hash` is that event's in the chain."""

    action: str
    title: str
    at: datetime
    who: str
    details: dict[str, str]
    evidence: list[str]
    hash: str


class CaseOut(CaseRow):
    """One case: its facts by name (amounts and moments as text), who holds what, the playbook it is pinned to, when and
    with which particulars of its channel it reached us.
    """

    playbook_hash: str
    facts: dict[str, Any]
    assigned: dict[str, str]
    hold: str
    merged_into: str
    watching: bool
    received_at: datetime | None
    reply_due: datetime | None
    particulars: dict[str, str]
    same_subject: list[str]
    """Numbers of other cases about the same order or shop, newest first."""
    same_subject_paid: str
    """What all of them have paid or are to pay, yuan: it may be why this case's amount needs an approval."""
    same_subject_offered: str
    """What all of them offer and nobody has answered, yuan; it counts likewise."""
    first_decision: list[DecidedOut]
    """What an appeal is, or was, about; empty where nobody appealed."""


class ClockOut(Schema):
    """One clock with the arithmetic that leads to its due moment."""

    key: str
    name: str
    kind: str
    title: str
    standing: str
    started: datetime
    due: datetime | None
    ended: datetime | None
    provisional: bool
    recorded_late: bool
    paused_seconds: int
    held_seconds: int
    explanation: list[str]


class EntryOut(Schema):
    """One line of the timeline."""

    kind: str
    at: datetime
    who: str
    text: str
    channel: str
    details: dict[str, str]
    evidence: list[str]


class EntryPage(Schema):
    """One page, oldest first; hand `next` back as `cursor` for the one after."""

    entries: list[EntryOut]
    next: str


class FieldOut(Schema):
    """One field of a form."""

    name: str
    kind: str
    label: str
    required: bool
    choices: list[dict[str, str]]
    list: str
    help: str


class PossibleOut(Schema):
    """Something that the caller can do with the case now."""

    kind: str
    name: str
    title: str
    task: str
    outcomes: list[str]
    evidence: list[str]
    fields: list[FieldOut]
    backdate: bool
    blocked: str
    blocked_because: str


class RegisterIn(Schema):
    """A new case. `values` are the fields of the playbook's registration."""

    playbook: str = "complaint"
    values: dict[str, Any]
    title: str = Field("", max_length=200)
    customer_phone: str = ""
    customer_name: str = Field("", max_length=60)
    customer_email: str = Field("", max_length=200)
    customer_address: str = Field("", max_length=200)
    identity: str = Field("", description="result of the identity check, a value of the playbook's field `identity`")
    identity_note: str = Field("", max_length=300)
    unit_id: int | None = Field(
        None, ge=1, le=2**63 - 1, description="left out: the store named, else the order's unit, else the caller's"
    )
    received_at: Moment | None = None
    reply_due: Moment | None = Field(None, description="by when an authority wants an answer")
    particulars: dict[str, str] = Field(
        {}, description="what the channel tells, by name: for `authority` its `authority_name` and `document_no`"
    )
    product_said: str = Field(
        "", max_length=200, description="the product as the customer calls it, where `values` names none"
    )
    upload_token: str = ""


class StepIn(Schema):
    """Values of a form. `expected_seq`: refuse when the case changed after this event. `at`: the earlier moment at
    which the step really happened, where `possible` says `backdate`.
    """

    values: dict[str, Any] = {}
    evidence: list[int] = []
    upload_token: str = ""
    expected_seq: int | None = None
    at: Moment | None = None


class TaskIn(StepIn):
    """Completing a task, with one of its outcomes."""

    outcome: str = ""


class TextIn(Schema):
    """Something written."""

    text: str = Field(min_length=1, max_length=20000)


class MessageIn(TextIn):
    """A message to the customer, or (`direction: in`) one that came from them."""

    channel: str = "sms"
    subject: str = ""
    direction: str = Field("out", pattern="^(in|out)$")


class ReasonIn(Schema):
    """Why."""

    reason: str = Field("", max_length=500)


class RemovalIn(Schema):
    """Why a file is taken out of its case; kept in the history."""

    reason: str = Field(min_length=1, max_length=200)


class CorrectionIn(ReasonIn):
    """New values for facts already given."""

    values: dict[str, Any]
    expected_seq: int | None = None


class MergeIn(ReasonIn):
    """The case to merge into."""

    into: str


class BatchIn(Schema):
    """One action for many cases."""

    numbers: list[str] = Field(max_length=500)
    action: str
    values: dict[str, Any] = {}


class BatchMemberOut(Schema):
    """What became of one member."""

    number: str
    done: bool
    code: str
    detail: str


class OutcomeOut(Schema):
    """What a command did: the events it wrote, and where the case now stands."""

    number: str
    state: str
    seq: int
    events: list[str]
    replayed: bool


class EvidenceOut(Schema):
    """A stored file. Ids are texts: they do not fit into a JavaScript number."""

    id: str
    kind: str
    name: str
    content_type: str
    size: int
    sha256: str
    at: datetime
    url: str
    removed_at: datetime | None
    erased_at: datetime | None
    visible_to_customer: bool
    supervisors_only: bool


class CustomerOut(Schema):
    """A customer. Contact data is whole for who may write and sees all cases of the customer; for who handles one of
    several it is the phone alone (the mail address where there is none), else masked.
    """

    id: int
    name: str
    phone: str
    email: str
    address: str
    language: str
    way: str
    """How they are told: sms, mail, both, none; empty: as the company tells everybody."""
    cases: int
    erased_at: datetime | None = None
    """When they were erased: told to who may read the record of changes; all else is then empty."""


class CustomerIn(Schema):
    """What is to be put right; what is left out stays. `way`: sms, mail, both, none, or empty for the company's."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    language: str = ""
    way: str = ""


class JoinIn(Schema):
    """Whom the customer turned out to be."""

    into: int = Field(ge=1, le=9223372036854775807)


class ChangedField(Schema):
    """A field that was put right, its values masked."""

    name: str
    before: str
    after: str


class CustomerChangeOut(Schema):
    """One correction: `changed`, `joined` or `erased`, by whom and when."""

    at: datetime
    action: str
    person_id: int | None
    fields: list[ChangedField]


class PlaybookOut(Schema):
    """A playbook in use."""

    key: str
    version: int
    hash: str
    title: str
    source: str
    register_fields: list[FieldOut]
    states: dict[str, str]
    actions: dict[str, str]


class ListEntry(Schema):
    """An entry of a company list; `group` is the upper level where there is one."""

    value: str
    title: str
    group: str = ""


class QueueOut(Schema):
    """A built-in queue and how many cases it holds."""

    name: str
    title: str
    count: int


class PersonOut(Schema):
    """Somebody who works here."""

    id: int
    username: str
    name: str
    roles: list[str]
    unit_id: int | None
    is_active: bool


class SaidOut(Schema):
    """What became of it, in words."""

    said: str


class ReplyIn(Schema):
    """A quick reply, with `{variables}`; what is left out of a change stays. `language`: zh-hans or en, as it is
    offered for customers of that language.
    """

    title: str = ""
    text: str = ""
    category: str = ""
    shortcut: str = ""
    language: str = "zh-hans"


class ReplyRow(Schema):
    """A quick reply and how often it was used."""

    id: int
    title: str
    text: str
    category: str
    shortcut: str
    language: str
    used: int
