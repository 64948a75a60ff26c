"""What a playbook gives: the facts that somebody fills in, and what its messages can say of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from tuoshan.core.checker.reads import set_by
from tuoshan.core.playbook import Playbook, Task

MESSAGE_VARIABLES: Final = frozenset({
    "number", "title", "playbook", "state", "customer", "contact", "handler", "company", "hours", "unit", "due",
    "sooner", "today", "link", "survey_link", "remedy", "amount_words", "result",
})  # fmt: skip
"""What a message may name in braces besides the facts, numbers and deadlines of its playbook; `knowledge.case_values`
says what stands for each."""

STANDS_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "remedy": ("remedy_steps", "remedies"), "result": ("how_done", "review_why", "why"), "amount_words": ("amount",),
}  # fmt: skip
"""Variables that are said in the words of facts: of the first of these that is given."""


def message_variables(book: Playbook) -> frozenset[str]:
    """All that a message of this playbook may name in braces: nothing that it has no words for."""
    told = told_facts(book)
    silent = {name for name, facts in STANDS_FOR.items() if told.isdisjoint(facts)}
    silent |= {"survey_link"} if not book.means.get("survey") else set()
    return (MESSAGE_VARIABLES - silent) | told | book.numbers().keys() | {f"due.{name}" for name in book.deadlines}


def told_facts(book: Playbook) -> frozenset[str]:
    """Facts that a message can say: neither what is kept to supervisors, nor a file, nor what is asked of each
    department by itself, as there are several answers to that.
    """
    once = _given(book, [task for task in book.tasks.values() if not task.each])
    known = (book.facts[name] for name in once & book.facts.keys())
    return frozenset(item.name for item in known if not item.supervisors_only and item.kind not in ("photo", "file"))


def given_facts(book: Playbook) -> frozenset[str]:
    """Every fact that some form, registration, verb or import can give."""
    return _given(book, book.tasks.values())


def _given(book: Playbook, tasks: Collection[Task]) -> frozenset[str]:
    forms = [book.register, *(action.form for action in book.actions.values())]
    forms += [task.form for task in tasks] + [hold.form for hold in book.holds.values()]
    found = {item.name for form in forms for item in form}
    found |= {name for name, item in book.facts.items() if item.imported}
    for action in book.actions.values():
        found |= set_by(action.do)
    for task in tasks:
        found |= {name for verbs in task.do.values() for name in set_by(verbs)}
    return frozenset(found)
