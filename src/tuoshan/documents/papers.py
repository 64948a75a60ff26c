"""What the printed papers say: plain values, so that papers know nothing of cases.

All texts are taken literally; moments carry their zone and are printed in the zone of the settings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Issuer:
    """Who issues the paper and how they are reached."""

    name: str
    phone: str = ""
    address: str = ""
    website: str = ""


@dataclass(frozen=True)
class SlipData:
    """受理回执: what the customer takes home from the counter."""

    issuer: Issuer
    number: str
    received_at: datetime
    complaint: str
    tracking_url: str
    handler: str = ""
    handler_phone: str = ""
    hear_by: datetime | None = None
    sooner: str = ""
    customer: str = ""
    product: str = ""
    received_by: str = ""


@dataclass(frozen=True)
class LetterData:
    """处理结果告知书: the decision with its reasons, to the customer."""

    issuer: Issuer
    number: str
    customer: str
    complaint: str
    received_at: datetime
    decided_at: datetime
    upheld: bool
    decision: str
    """More words of the decision, below its heading."""
    reasons: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    appeal_until: datetime | None = None
    tracking_url: str = ""
    handler: str = ""
    handler_phone: str = ""
    verdict: str = ""
    """The heading of the decision; empty: upheld or not upheld."""


@dataclass(frozen=True)
class RulingPart:
    """One matter of a ruling: what is due in one sentence, then each sentence with its sign and its clauses.

    Signs: due, needed, refused, asked, cost, said. `clauses` are name, text and book of each that is cited.
    """

    title: str
    verdict: str
    lines: tuple[tuple[str, str, str], ...] = ()
    """Sign, words, names of the clauses."""
    differences: tuple[str, ...] = ()
    provisional: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    clauses: tuple[tuple[str, str], ...] = ()
    books: tuple[str, ...] = ()
    choice: str = ""
    """The remedy that the customer chose, with the number of pieces; empty where none was chosen."""


@dataclass(frozen=True)
class RulingTitles:
    """What stands over the parts of a ruling: the same on paper and in the text that is copied."""

    choice: str
    questions: str
    lines: str
    differences: str
    provisional: str
    facts: str
    clauses: str
    books: str
    sums: str


@dataclass(frozen=True)
class RulingData:
    """售后裁定: what the rule books say of one or several matters, to be handed over and kept."""

    issuer: Issuer
    asked_on: datetime
    parts: tuple[RulingPart, ...]
    titles: RulingTitles
    number: str = ""
    sums: tuple[tuple[str, str], ...] = ()
    """What is paid for each matter and altogether, where there are several."""
    within: tuple[tuple[str, str], ...] = ()
    """What of the last of them is for what; nothing to be added up."""
    digest: str = ""


@dataclass(frozen=True)
class TimelineLine:
    """One thing that happened."""

    at: datetime
    what: str
    who: str = ""


@dataclass(frozen=True)
class EvidenceLine:
    """One file handed in; `fingerprint` is its SHA-256."""

    name: str
    kind: str
    at: datetime
    handed_in_by: str = ""
    size: int = 0
    fingerprint: str = ""


@dataclass(frozen=True)
class RecordData:
    """投诉登记表: the case on paper, with its particulars, course, evidence and room to sign."""

    issuer: Issuer
    number: str
    received_at: datetime
    complaint: str
    particulars: tuple[tuple[str, str], ...] = ()
    timeline: tuple[TimelineLine, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    signatures: tuple[str, ...] = ()
    printed_at: datetime | None = None
    printed_by: str = ""
    gaps: str = ""
    """What is missing, told at the head: something that cannot be decrypted."""


@dataclass(frozen=True)
class Picture:
    """A stored picture printed in an archive: JPEG, PNG, GIF or WebP bytes and what stands below it."""

    content: bytes
    caption: str


@dataclass(frozen=True)
class ArchiveData:
    """工单档案: a record with its conversation and pictures, to be put on file."""

    record: RecordData
    conversation: tuple[TimelineLine, ...] = ()
    pictures: tuple[Picture, ...] = ()
    chain_head: str = ""
    sections: tuple[tuple[str, str], ...] = field(default=())
