"""The closed lists of keys: what may stand where in a playbook and in a fragment."""

from __future__ import annotations

from typing import Final

SECTIONS: Final = (
    "fields", "phases", "parties", "states", "shared", "tasks", "deadlines", "holds", "messages", "tables",
)  # fmt: skip
"""Sections that a fragment may bring as well as a playbook."""

PLAYBOOK: Final = (
    "playbook", "version", "title", "source", "number", "about", "portal", "calendar", "takes", "register", "start",
    "first_answer", "means", *SECTIONS, "walks",
)  # fmt: skip
"""`number` says nothing any more: cases of every playbook are numbered together, as `TS…`. Kept versions hold it."""
FRAGMENT: Final = ("fragment", "title", "source", "parameters", *SECTIONS)

FIELD: Final = (
    "kind", "label", "choices", "list", "unit", "min", "max", "help", "supervisors_only", "show_if", "required",
    "imported", "correctable", "past", "customer", "customer_help",
)  # fmt: skip
STATE: Final = ("title", "customer", "phase", "waits", "can", "end", "reviews")
WAITS: Final = (
    "for", "within", "at", "promise", "no_promise", "else", "late", "warn", "pauses", "clock", "calendar",
    "for_customer", "remind",
)  # fmt: skip
ACTION: Final = (
    "title", "by", "not_by", "not_by_why", "form", "evidence", "if", "as_soon_as", "to", "do", "tell", "rule", "source",
    "customer", "backdate", "speaks_for", "retimes", "evidence_shown",
)  # fmt: skip
SHARED: Final = ("from", *ACTION)
TASK: Final = (
    "title", "for", "each", "opens", "asked_by", "while", "before", "optional", "owed", "until", "if", "within", "at",
    "clock", "calendar", "late", "warn", "pauses", "form", "evidence", "outcomes", "not_by", "do", "tell", "customer",
    "not_by_why",
)  # fmt: skip
DEADLINE: Final = (
    "title", "from", "until", "within", "at", "clock", "calendar", "pauses", "runs_while", "warn", "late", "else",
    "again", "for_customer", "customer",
)  # fmt: skip
OUTCOME: Final = ("title", "customer", "evidence")
PHASE: Final = ("customer", "states", "expected")
HOLD: Final = ("title", "by", "form", "stops", "limit", "release_by")
PARTY: Final = ("title", "superior", "outside", "customer")
MESSAGE: Final = ("to", "subject", "text")

LATER: Final = {
    "group": "成组工单 / groups",
    "groups": "成组工单 / groups",
    "members": "成组工单 / groups",
    "duty": "例行职责 / duties",
    "duties": "例行职责 / duties",
}
"""Keys of concepts that come with the first process that needs them."""

ELSEWHERE: Final = {
    "then": "else",
    "when": "as_soon_as",
    "need": "evidence",
    "needs": "evidence",
    "who": "by",
    "wait": "waits",
    "actions": "can",
    "next": "to",
    "condition": "if",
    "deadline": "within",
    "limit": "within",
    "name": "title",
    "label": "title",
    "type": "kind",
    "minimum": "min",
    "maximum": "max",
}
"""Words that people try, and what they are called here."""
